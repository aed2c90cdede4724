package fuzz_test

import (
	"encoding/json"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/convuser/convuser/"

// apiPackages are those whose exported names people build on.
var apiPackages = []string{"encode", "encode/httpwire", "encode/wire", "user", "user/usertest", "validate"}

// TestAPI holds the exported names to .ci/api.txt. A line that has gone
// breaks somebody's program; a new line is a promise. Either is fine when it
// is meant: -update records it.
func TestAPI(t *testing.T) {
	const path = ".ci/api.txt"
	want := "# The exported API, one line each. \"make api\" compares it, \"make api-record\" writes it.\n" + strings.Join(exportedAPI(t), "\n") + "\n"
	if *update {
		generated(t, path, want)
		return
	}
	recorded, now := strings.Split(readFile(t, path), "\n"), strings.Split(want, "\n")
	for _, line := range recorded {
		if !slices.Contains(now, line) {
			t.Errorf("breaks programs: gone or changed: %s", line)
		}
	}
	for _, line := range now {
		if !slices.Contains(recorded, line) {
			t.Errorf("new, and not recorded: %s", line)
		}
	}
	if t.Failed() {
		t.Log("where this is meant, run make api-record")
	}
}

// exportedAPI returns the lines of all packages, sorted.
func exportedAPI(t *testing.T) []string {
	t.Helper()
	var lines []string
	for p, pkg := range importPackages(t, apiPackages) {
		for _, name := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(name); o.Exported() {
				lines = append(lines, objectLines(p, o)...)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// importPackages returns what the compiler knows of packages of the module, by
// their paths in it.
func importPackages(t *testing.T, paths []string) map[string]*types.Package {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export"}
	for _, p := range paths {
		args = append(args, modulePath+p)
	}
	exports := map[string]string{}
	list(t, args, func(p struct{ ImportPath, Export string }) { exports[p.ImportPath] = p.Export })
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	packages := map[string]*types.Package{}
	for _, p := range paths {
		pkg, err := imp.Import(modulePath + p)
		if err != nil {
			t.Fatal(err)
		}
		packages[p] = pkg
	}
	return packages
}

// list runs the go command and hands on each JSON value that it prints.
func list[T any](t *testing.T, args []string, each func(T), env ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Stderr, cmd.Env = "..", os.Stderr, append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		each(v)
	}
}

// qualify names packages as an importer of the module would.
func qualify(p *types.Package) string { return p.Name() }

// objectLines returns the lines of one exported object.
func objectLines(pkg string, o types.Object) []string {
	head := "pkg " + pkg + ", "
	switch o := o.(type) {
	case *types.Const:
		return []string{head + fmt.Sprintf("const %s %s = %s", o.Name(), types.TypeString(o.Type(), qualify), o.Val().ExactString())}
	case *types.TypeName:
		return append([]string{head + "type " + typeHead(o)}, typeLines(head, o)...)
	}
	return []string{head + types.ObjectString(o, qualify)}
}

// typeHead is the line of a type; what a struct or interface holds has lines
// of its own or is the line.
func typeHead(o *types.TypeName) string {
	if o.IsAlias() {
		return o.Name() + " = " + types.TypeString(types.Unalias(o.Type()), qualify)
	}
	name := o.Name()
	if params := o.Type().(*types.Named).TypeParams(); params.Len() > 0 {
		name = types.TypeString(o.Type(), func(*types.Package) string { return "" })
	}
	if _, ok := o.Type().Underlying().(*types.Struct); ok {
		comparable := ""
		if !types.Comparable(o.Type()) {
			comparable = ", not comparable"
		}
		return name + " struct" + comparable
	}
	return name + " " + types.TypeString(o.Type().Underlying(), qualify)
}

// typeLines are the exported fields and methods of a type.
func typeLines(head string, o *types.TypeName) (lines []string) {
	named, ok := o.Type().(*types.Named)
	if !ok || o.IsAlias() {
		return nil
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for i := range s.NumFields() {
			if f := s.Field(i); f.Exported() {
				line := head + fmt.Sprintf("field %s.%s %s", o.Name(), f.Name(), types.TypeString(f.Type(), qualify))
				if f.Embedded() {
					line += " embedded"
				}
				if tag := s.Tag(i); tag != "" {
					line += " `" + tag + "`"
				}
				lines = append(lines, line)
			}
		}
	}
	for m := range named.Methods() {
		if m.Exported() {
			lines = append(lines, head+types.ObjectString(m, qualify))
		}
	}
	return lines
}
