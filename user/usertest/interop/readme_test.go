package interop

import (
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

const readme = "user/usertest/interop/README.md"

// block compares README.md between <!-- name:begin --> and <!-- name:end -->
// with the text.
func block(t *testing.T, name, text string) {
	t.Helper()
	doc := vectors.Between(t, vectors.File(t, readme), "<!-- "+name+":begin -->\n", text, "<!-- "+name+":end -->\n")
	vectors.Generated(t, readme, doc)
}

// TestReadmePrograms compares the programs in README.md with those that the tests
// run.
func TestReadmePrograms(t *testing.T) {
	for name, file := range map[string]string{
		"shared": "program_test.go", "gin": "gin_test.go", "echo": "echo_test.go", "sdk": "sdk_test.go",
	} {
		_, source, ok := strings.Cut(vectors.File(t, "user/usertest/interop/"+file), "// readme:begin "+name+"\n")
		source, _, ok2 := strings.Cut(source, "// readme:end\n")
		if !ok || !ok2 {
			t.Fatalf("%s has no part for the README", file)
		}
		if head, rest, ok := strings.Cut(source, "\t// readme:skip\n"); ok {
			_, tail, _ := strings.Cut(rest, "\t// readme:unskip\n")
			source = head + tail
		}
		block(t, name, "```go\n"+strings.TrimSpace(source)+"\n```\n")
	}
}

// TestReadmeLeniencies compares the table in README.md with the leniencies, which
// TestLeniencies tests.
func TestReadmeLeniencies(t *testing.T) {
	rows := [][]string{{"leniency", "body", "gin", "echo", "the strict readers"}}
	for _, c := range leniencies {
		body := "none"
		if c.body != "" {
			body = code(escape(c.body))
		}
		if c.query != "" {
			body += " to " + code(c.query)
		}
		rows = append(rows, []string{c.name, body, code(c.gin), code(c.echo), code(c.strict)})
	}
	block(t, "leniencies", table(t, rows))
}

// escape escapes bytes that are not UTF-8.
func escape(s string) string { return strings.ReplaceAll(s, "\xff", `\xff`) }

// code writes s as code in a cell of a table.
func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

// table returns rows as Markdown, the first as the head, and logs them.
func table(t *testing.T, rows [][]string) string {
	t.Helper()
	var b strings.Builder
	for i, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(r)) + "|\n")
		}
	}
	t.Log("\n" + b.String())
	return b.String()
}
