//go:build !wasm

package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// TestNamesOfMembers compares the members in JavaScript and ABI.md with the tables
// of package user, and the version in ABI.md with protocol.go.
func TestNamesOfMembers(t *testing.T) {
	var request []string
	for _, m := range user.RequestMembers() {
		if m.Name == user.WebhookHeader {
			m.Name = m.Field
		}
		request = append(request, m.Name)
	}
	var types, declarations strings.Builder
	var all []string
	for _, m := range user.UserMembers() {
		all = append(all, m.Name)
		value, declared := `"string"`, "string"
		switch m.Kind {
		case user.BoolKind:
			value, declared = `"boolean"`, "boolean"
		case user.LinksKind:
			value, declared = `{ user_conversations: "string" }`, "Links"
		}
		fmt.Fprintf(&types, "  %s: %s,\n", m.Name, value)
		fmt.Fprintf(&declarations, "  %s?: %s | null;\n", m.Name, declared)
	}
	const source = `// Made of user/members.go by "make generate".

/** The members of a request, in the order of the documentation. */
export const requestNames = ["%s"];

/** The members of a user, and their types in JSON. */
export const userTypes = {
%s};
`
	module := fmt.Sprintf(source, strings.Join(request, `", "`), types.String())
	vectors.Generated(t, "wasm/npm/src/members.js", module)
	vectors.Generated(t, "wasm/admin/page/members.js", module)
	within(t, "wasm/npm/index.d.ts", "export interface User {\n", declarations.String(), "  unknown?: Unknown;\n")
	within(t, abiPage, "- A request: ", strings.Join(request[:len(request)-1], ", "), ".\n")
	within(t, abiPage, "- A user: ", strings.Join(all, ", "), "; of links, ")
	abi := strconv.Itoa(goConstants(t)["abi"])
	within(t, abiPage, "the version of this interface: ", abi, " |")
}

var declaredHint = regexp.MustCompile(`Hint = "([a-z0-9_]+)"`)

// TestHintWords compares the messages of the hints in JavaScript with those of
// package validate.
func TestHintWords(t *testing.T) {
	var b strings.Builder
	b.WriteString("// Made of validate/hint.go by \"make generate\".\n\n/** See messages.d.ts. */\nexport const hints = {\n")
	for _, m := range declaredHint.FindAllStringSubmatch(vectors.File(t, "validate/hint.go"), -1) {
		fmt.Fprintf(&b, "  %s: %q,\n", m[1], validate.Hint(m[1]).Message())
	}
	b.WriteString("};\n")
	vectors.Generated(t, "wasm/npm/src/hints.js", b.String())
}

// within compares the text between two others in a file with the generated one.
func within(t *testing.T, path, before, want, after string) {
	t.Helper()
	vectors.Generated(t, path, vectors.Between(t, vectors.File(t, path), before, want, after))
}

var (
	codecMember = regexp.MustCompile(`(?m)^  (?:readonly )?([A-Za-z]+)[(<:]`)
	pageMember  = regexp.MustCompile(`(?m)^\t(?:\{|api\.Set\()"([A-Za-z]+)", `)
)

// TestPageFunctions: the package's README lists the members of a codec that the
// program for syscall/js lacks.
func TestPageFunctions(t *testing.T) {
	_, codec, found := strings.Cut(vectors.File(t, "wasm/npm/index.d.ts"), "\nexport interface Codec {\n")
	codec, _, ended := strings.Cut(codec, "\n}\n")
	if !found || !ended {
		t.Fatal("index.d.ts declares no Codec")
	}
	var page []string
	for _, m := range pageMember.FindAllStringSubmatch(vectors.File(t, "wasm/objects_js.go")+vectors.File(t, "wasm/main_js.go"), -1) {
		page = append(page, m[1])
	}
	if len(page) < 10 {
		t.Fatalf("only %q are registered", page)
	}
	var missing []string
	for _, m := range codecMember.FindAllStringSubmatch(codec, -1) {
		if name := "`" + m[1] + "`"; !slices.Contains(page, m[1]) && !slices.Contains(missing, name) { // overloads occur twice
			missing = append(missing, name)
		}
	}
	last := len(missing) - 1
	want := "They are the functions of a codec, but for " + strings.Join(missing[:last], ", ") + " and " + missing[last] + ", and take no options."
	if !strings.Contains(vectors.File(t, "wasm/npm/README.md"), want) {
		t.Errorf("the package's README does not say %q", want)
	}
}

const abiPage = "wasm/ABI.md"

// states are the values that stand in the place of a length: their names in the
// table of ABI.md, "" if they are elsewhere, in Go and in JavaScript.
var states = []struct{ page, goName, jsName string }{
	{"absent", "absent", "ABSENT"}, {"null", "null", "NULL"}, {"another type", "mistyped", "MISTYPED"}, {"an object", "object", "OBJECT"},
	{"true", "isTrue", "TRUE"}, {"false", "isFalse", "FALSE"}, {"", "here", "HERE"}, {"", "apart", "APART"},
}

// TestProtocol compares the loader's constants with those of protocol.go.
func TestProtocol(t *testing.T) {
	numbers := goConstants(t)
	var b strings.Builder
	fmt.Fprintf(&b, "// Made of wasm/protocol.go by \"make generate\".\n\nexport const abi = %d;\n\nexport const op = {\n", numbers["abi"])
	ops := opNumbers(numbers)
	for _, name := range byNumber(ops) {
		fmt.Fprintf(&b, "  %s: %d,\n", name, ops[name])
	}
	b.WriteString("};\n\n")
	flags := named(numbers, "flag")
	delete(flags, "json") // the loader does not use it
	var members []string
	for _, name := range byNumber(flags) {
		members = append(members, fmt.Sprintf("%s: %d", name, flags[name]))
	}
	fmt.Fprintf(&b, "export const flag = { %s };\n\n", strings.Join(members, ", "))
	for _, s := range states {
		fmt.Fprintf(&b, "export const %s = %d;\n", s.jsName, numbers[s.goName])
	}
	vectors.Generated(t, "wasm/npm/src/protocol.js", b.String())
}

// TestABI compares the numbers in the tables of ABI.md with the constants.
func TestABI(t *testing.T) {
	page, numbers := vectors.File(t, abiPage), goConstants(t)
	ops := opNumbers(numbers)
	diff(t, "number of operations", numbers["ops"], len(ops))
	diff(t, "operations", tableOf(t, page, "op"), ops)
	diff(t, "flags", tableOf(t, page, "flag"), named(numbers, "flag"))
	lengths := tableOf(t, page, "length")
	for _, s := range states {
		if n, ok := numbers[s.goName]; !ok || s.page != "" && lengths[s.page] != n {
			t.Errorf("%s: %d in %s, %d in protocol.go (%t)", s.goName, lengths[s.page], abiPage, n, ok)
		}
	}
}

// opNumbers returns the numbers of the operations by their JavaScript names.
func opNumbers(numbers map[string]int) map[string]int {
	ops := named(numbers, "op")
	delete(ops, "s") // the constant ops
	return ops
}

// byNumber returns the names, ordered by number.
func byNumber(numbers map[string]int) []string {
	return slices.SortedFunc(maps.Keys(numbers), func(a, b string) int { return numbers[a] - numbers[b] })
}

// tableOf returns the numbers in the first column of a page's table, which has
// this head, by the names in the second column.
func tableOf(t *testing.T, page, head string) map[string]int {
	t.Helper()
	_, text, found := strings.Cut(page, "| "+head+" |")
	if !found {
		t.Fatalf("%s has no table with the column %s", abiPage, head)
	}
	_, text, _ = strings.Cut(text, "\n") // the rest of the head
	rows := map[string]int{}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			break
		}
		if n, err := strconv.Atoi(strings.TrimSpace(cells[1])); err == nil {
			rows[strings.Trim(cells[2], " `")] = n
		}
	}
	return rows
}

// TestPackageVersion compares the version that the package exports with that of
// package.json.
func TestPackageVersion(t *testing.T) {
	var manifest struct{ Version string }
	if err := json.Unmarshal([]byte(vectors.File(t, "wasm/npm/package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^export const version = "([^"]+)";$`).FindStringSubmatch(vectors.File(t, "wasm/npm/src/version.js"))
	if m == nil {
		t.Fatal("version.js exports no version")
	}
	diff(t, "version.js", manifest.Version, m[1])
}

// goConstants returns the numbers of the constants in protocol.go. Type errors are
// ignored, since its imports are not read.
func goConstants(t *testing.T) map[string]int {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "protocol.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ignore := types.Config{Error: func(error) {}}
	pkg, _ := ignore.Check("main", set, []*ast.File{file}, nil)
	numbers := map[string]int{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Val().Kind() == constant.Int {
			n, _ := constant.Int64Val(c.Val())
			numbers[name] = int(n)
		}
	}
	return numbers
}

// named returns the constants with a prefix, by the rest of the name as JavaScript
// writes it: opValidateSID is validateSid.
func named(numbers map[string]int, prefix string) map[string]int {
	some := map[string]int{}
	for name, n := range numbers {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			rest = strings.NewReplacer("SID", "Sid", "HTML", "Html", "JSON", "Json").Replace(rest)
			some[strings.ToLower(rest[:1])+rest[1:]] = n
		}
	}
	return some
}
