package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loaded returns the package that src is, with its mutants.
func loaded(t *testing.T, src string) (*loader, *corePackage) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := newLoader([]string{"os", "strconv"}) // what the selector imports
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.load(listed{ImportPath: module + "/p", Dir: dir, Name: "p", GoFiles: []string{"p.go"}})
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func TestFind(t *testing.T) {
	for statement, want := range map[string][]string{
		"_ = a < b":                            {"[[_ = a < b -> ]]", "_ = a [[< -> <=]] b", "_ = a [[< -> >=]] b"},
		"a++":                                  {"a[[++ -> --]]", "[[a++ -> ]]"},
		"a |= b":                               {"a [[|= -> &=]] b", "[[a |= b -> ]]"},
		"for c { break }":                      {"for [[c -> false]] { break }", "for c { [[break -> continue]] }"},
		"switch { case c: f(a, b, c) }":        {"switch { case [[c -> true]]: f(a, b, c) }", "switch { case [[c -> false]]: f(a, b, c) }", "switch { case c: [[f(a, b, c) -> ]] }"},
		"b = min(a, 1)":                        {"[[b = min(a, 1) -> ]]", "b = [[min -> max]](a, 1)", "b = min(a, [[1 -> 2]])", "b = min(a, [[1 -> 0]])"},
		"b = k":                                {"[[b = k -> ]]", "b = [[k -> k + 1]]"},
		"const n = 1; var x [n + 1]int; _ = x": {"const n = 1; var x [n + 1]int; [[_ = x -> ]]"},
		"return":                               nil,
	} {
		_, c := loaded(t, "package p\n\nconst k = 7\n\nfunc f(a, b int, c bool) {\n"+statement+"\n}\n")
		var got []string
		for _, m := range c.mutants {
			got = append(got, strings.Split(m.key(), "\t")[2])
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, -want +got:\n%s", statement, diff)
		}
	}
}

func TestResults(t *testing.T) {
	_, c := loaded(t, "package p\n\nfunc f(a int, s string, e error) (int, string, error) { return a, s, e }\n")
	var got []string
	for _, m := range c.mutants {
		got = append(got, m.mark.text)
	}
	if diff := cmp.Diff([]string{"(a) + 1", `""`, "nil"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestGenerate: what is generated is Go, goes to each copy, and leaves out
// what the compiler would refuse.
func TestGenerate(t *testing.T) {
	l, c := loaded(t, `package p

type s struct{}

func (s) method(_ int, more ...bool) bool { return len(more) > 0 }

func generic[T any](v T) (n int) { n = 1; return n }

var table = func() (t [2]int) { t[1] = 1; return t }()

func unused() { x := 1; _ = x }

func last() int {
	for {
		if table[0] == 0 { break }
	}
	return 1
}
`)
	for i, m := range c.mutants {
		m.id = i + 1
	}
	texts, err := c.generate(l)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		tree, err := parser.ParseFile(token.NewFileSet(), "", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		functions := 0
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, copyPrefix) {
				functions++
				if !strings.Contains(text, f.Name.Name+"(") && !strings.Contains(text, f.Name.Name+"[T](") {
					t.Errorf("nothing calls %s", f.Name.Name)
				}
			}
		}
		if functions != len(c.mutants) {
			t.Errorf("%d copies of %d mutants", functions, len(c.mutants))
		}
	}
	for _, m := range c.mutants {
		if strings.Contains(m.key(), "[[_ = x -> ]]") {
			t.Error("a variable that nothing uses is no Go")
		}
	}
}
