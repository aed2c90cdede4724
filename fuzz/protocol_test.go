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

// The two ends of the protocol between the Go program and its loader.
const (
	goEnd = "wasm/protocol.go"
	jsEnd = "wasm/npm/src/door.js"
)

// TestProtocol holds the two ends of the protocol to each other: its text to
// the word, and every number by its name.
func TestProtocol(t *testing.T) {
	jsText := readFile(t, jsEnd)
	text := protocolComment(t, goEnd, readFile(t, goEnd))
	same(t, "the protocol in "+goEnd+" and in "+jsEnd, text, protocolComment(t, jsEnd, jsText))
	if len(text) < 1000 {
		t.Errorf("the protocol has %d bytes", len(text))
	}

	numbers := goConstants(t)
	ops, last := named(numbers, "op"), numbers["ops"]
	delete(ops, "s") // their number
	same(t, "operations", ops, jsMembers(t, jsText, "op"))
	same(t, "flags", named(numbers, "flag"), jsMembers(t, jsText, "flag"))
	same(t, "how many operations there are", last, len(ops))
	same(t, "abi", numbers["abi"], jsNumber(t, jsText, "abi"))
	for goName, jsName := range map[string]string{
		"absent": "ABSENT", "null": "NULL", "mistyped": "MISTYPED", "object": "OBJECT",
		"isTrue": "TRUE", "isFalse": "FALSE", "here": "HERE", "apart": "APART",
	} {
		n, ok := numbers[goName]
		if !ok {
			t.Errorf("%s has no %s", goEnd, goName)
		}
		same(t, goName, n, jsNumber(t, jsText, jsName))
	}
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

// protocolComment returns the comment that starts with the word protocol.
func protocolComment(t *testing.T, path, source string) string {
	t.Helper()
	_, text, found := strings.Cut(source, "/* protocol\n")
	text, _, ended := strings.Cut(text, "*/")
	if !found || !ended {
		t.Fatalf("%s has no comment that starts with /* protocol", path)
	}
	return text
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
			rest = strings.NewReplacer("SID", "Sid", "HTML", "Html").Replace(rest)
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
