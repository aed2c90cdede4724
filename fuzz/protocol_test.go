package fuzz_test

import (
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The two ends of the interface that abiPage describes.
const (
	abiPage = "wasm/ABI.md"
	goEnd   = "wasm/protocol.go"
	jsEnd   = "wasm/npm/src/door.js"
)

// TestABI holds the two ends of the interface to its page: every number by its
// name, but for the version, which TestMembers writes.
func TestABI(t *testing.T) {
	page, jsText, numbers := readFile(t, abiPage), readFile(t, jsEnd), goConstants(t)
	ops, last := named(numbers, "op"), numbers["ops"]
	delete(ops, "s") // their number
	same(t, "how many operations there are", last, len(ops))
	same(t, "operations", tableOf(t, page, "op"), ops)
	same(t, "operations", ops, jsMembers(t, jsText, "op"))
	flags := named(numbers, "flag")
	same(t, "flags", tableOf(t, page, "flag"), flags)
	for name, n := range jsMembers(t, jsText, "flag") { // it needs no answer in JSON
		same(t, "the flag "+name, flags[name], n)
	}
	states := tableOf(t, page, "length")
	for _, state := range []struct{ page, goName, jsName string }{
		{"absent", "absent", "ABSENT"}, {"null", "null", "NULL"}, {"another type", "mistyped", "MISTYPED"}, {"an object", "object", "OBJECT"},
		{"true", "isTrue", "TRUE"}, {"false", "isFalse", "FALSE"}, {"", "here", "HERE"}, {"", "apart", "APART"},
	} {
		n, ok := numbers[state.goName]
		if !ok {
			t.Errorf("%s has no %s", goEnd, state.goName)
		}
		if same(t, state.goName, n, jsNumber(t, jsText, state.jsName)); state.page != "" {
			same(t, state.page, n, states[state.page])
		}
	}
}

// tableOf returns the numbers of a page's table, whose first column has this
// head, by the names in its second.
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

// TestPackageVersion holds the version that the package tells to that under
// which it is published.
func TestPackageVersion(t *testing.T) {
	var manifest struct{ Version string }
	if err := json.Unmarshal([]byte(readFile(t, "wasm/npm/package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^export const version = "([^"]+)";$`).FindStringSubmatch(readFile(t, "wasm/npm/src/version.js"))
	if m == nil {
		t.Fatal("version.js exports no version")
	}
	same(t, "version.js", manifest.Version, m[1])
}

// goConstants returns the numbers of the Go program's constants. Only they are
// worked out: what it imports is not looked at.
func goConstants(t *testing.T) map[string]int {
	t.Helper()
	paths, err := filepath.Glob("../wasm/*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	ignore := types.Config{Error: func(error) {}}
	pkg, _ := ignore.Check("main", set, files, nil)
	numbers := map[string]int{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Val().Kind() == constant.Int {
			n, _ := constant.Int64Val(c.Val())
			numbers[name] = int(n)
		}
	}
	return numbers
}

// named returns the constants whose names start so, by the rest of the name as
// JavaScript writes it: opValidateSID is validateSid.
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

// jsMembers returns the numbers of an object that a module exports.
func jsMembers(t *testing.T, source, name string) map[string]int {
	t.Helper()
	_, text, found := strings.Cut(source, "\nexport const "+name+" = {")
	text, _, ended := strings.Cut(text, "};")
	if !found || !ended {
		t.Fatalf("%s exports no object %s", jsEnd, name)
	}
	members := map[string]int{}
	for member := range strings.SplitSeq(strings.TrimRight(text, ", \n"), ",") {
		key, value, _ := strings.Cut(member, ":")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			t.Fatalf("%s: %s: %v", jsEnd, name, err)
		}
		members[strings.TrimSpace(key)] = n
	}
	return members
}

// jsNumber returns a number that a module exports.
func jsNumber(t *testing.T, source, name string) int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^export const ` + name + ` = (-?\d+);$`).FindStringSubmatch(source)
	if m == nil {
		t.Fatalf("%s exports no number %s", jsEnd, name)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
