package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sourceText = `package p

// A comment, and a line that is there twice.
func f(a, b int) bool {
	if a < b && a != 0 { // reason
		return a <= b
	}
	return a <= b
}
`

const results = `{"files": [{"file_name": "f.go", "mutations": [
	{"type": "CONDITIONALS_BOUNDARY", "status": "LIVED", "line": 5, "column": 7},
	{"type": "CONDITIONALS_NEGATION", "status": "KILLED", "line": 5, "column": 7},
	{"type": "INVERT_LOGICAL", "status": "LIVED", "line": 5, "column": 11},
	{"type": "CONDITIONALS_BOUNDARY", "status": "LIVED", "line": 6, "column": 12},
	{"type": "CONDITIONALS_BOUNDARY", "status": "LIVED", "line": 8, "column": 11},
	{"type": "CONDITIONALS_NEGATION", "status": "TIMED OUT", "line": 8, "column": 11},
	{"type": "CONDITIONALS_NEGATION", "status": "NOT COVERED", "line": 6, "column": 11}]}]}`

const head = "package         killed  survived  justified  timed out  not covered\n"

// TestReport: a line of the list stands for one mutant, and is found wherever
// its statement moves.
func TestReport(t *testing.T) {
	const (
		logical = "a/p/f.go\tINVERT_LOGICAL\tif a < b [[&&]] a != 0 {"
		first   = "a/p/f.go\tCONDITIONALS_BOUNDARY\tif a [[<]] b && a != 0 {"
		twice   = "a/p/f.go\tCONDITIONALS_BOUNDARY\treturn a [[<=]] b"
		other   = "a/q/f.go\tCONDITIONALS_BOUNDARY\treturn a [[<=]] b"
	)
	for name, c := range map[string]struct {
		list []string
		ok   bool
		want string
	}{
		"all": {[]string{logical, first, twice, twice, other}, true, head +
			"a/p                  1         0          4          1            1\n"},
		"one missing": {[]string{logical, first, twice}, false, head +
			"a/p                  1         1          3          1            1\n" +
			"survived, and not in .tools/mutants/survivors.txt: a/p/f.go:8:11\n" + twice + "\n"},
		"one too many": {[]string{logical, logical, first, twice, twice}, false, head +
			"a/p                  1         0          4          1            1\n" +
			"in .tools/mutants/survivors.txt, and did not survive: " + logical + "\n"},
	} {
		root := t.TempDir()
		write(t, root, "a/p/f.go", sourceText)
		write(t, root, ".build/mutants/a/p.json", results)
		write(t, root, list, "# A comment.\n\n"+strings.Join(c.list, "\treason\n")+"\treason\n")
		var got strings.Builder
		ok, err := report(&got, root, []string{"./a/p"})
		if ok != c.ok || err != nil || got.String() != c.want {
			t.Errorf("%s: %t, %v,\n%s\nwant\n%s", name, ok, err, got.String(), c.want)
		}
	}
}

// TestReportErrors: a line without a reason, and a package without results.
func TestReportErrors(t *testing.T) {
	root := t.TempDir()
	for _, text := range []string{"", "a/p/f.go\tINVERT_LOGICAL\ta [[&&]] b\n"} {
		write(t, root, list, text)
		if ok, err := report(&strings.Builder{}, root, []string{"./a/p"}); ok || err == nil {
			t.Errorf("%q: %t, %v", text, ok, err)
		}
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	name = filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
