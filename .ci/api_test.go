package main

import (
	"fmt"
	"go/build"
	"go/importer"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// apiPackages are the packages whose exported names other programs use.
var apiPackages = []string{"encode", "encode/formv4", "encode/httpwire", "user", "user/usertest", "validate", "validate/validatorv10"}

// TestAPI compares the exported names with .ci/api.txt. A removed line breaks
// programs, and a new line is a promise. Either may be intended: -update records it.
func TestAPI(t *testing.T) {
	const path = ".ci/api.txt"
	want := "# The exported API, one line each. \"make unit\" compares it, \"make api-record\" writes it.\n" + strings.Join(exportedAPI(t), "\n") + "\n"
	if vectors.Update() {
		vectors.Generated(t, path, want)
		return
	}
	recorded, now := strings.Split(vectors.File(t, path), "\n"), strings.Split(want, "\n")
	for _, line := range recorded {
		if !slices.Contains(now, line) {
			t.Errorf("removed or changed, which breaks programs: %s", line)
		}
	}
	for _, line := range now {
		if !slices.Contains(recorded, line) {
			t.Errorf("not recorded: %s", line)
		}
	}
	if t.Failed() {
		t.Log("if this is intended, run make api-record")
	}
}

// exportedAPI returns the lines of all packages, sorted.
func exportedAPI(t *testing.T) []string {
	t.Helper()
	build.Default.CgoEnabled = false // net/http without a C compiler
	source := importer.ForCompiler(token.NewFileSet(), "source", nil)
	var lines []string
	for _, p := range apiPackages {
		pkg, err := source.Import("github.com/convuser/convuser/" + p)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(name); o.Exported() {
				lines = append(lines, objectLines(p, o)...)
			}
		}
	}
	slices.Sort(lines)
	return lines
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

// typeHead returns the line of a type. The fields of a struct have their own lines.
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

// typeLines returns the lines of the exported fields and methods of a type.
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
