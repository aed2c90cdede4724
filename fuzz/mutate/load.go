package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A listed is what "go list" says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Name       string
	GoFiles    []string
	Export     string
}

// A corePackage is one that is mutated.
type corePackage struct {
	listed
	label   string // the path below the module's
	files   []*sourceFile
	mutants []*mutant
}

// A sourceFile is one file of it, as it is in the tree.
type sourceFile struct {
	path string // of the file
	name string // as a coverage profile names it
	src  string
	ast  *ast.File
	fset *token.FileSet
}

func (f *sourceFile) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// A function is a function or method with a body, or a function literal
// without parameters that a package-level variable is set to the result of.
type function struct {
	label string // such as encode/wire.ConsumeText or encode.formParser.pair
	file  *sourceFile
	decl  *ast.FuncDecl // nil for a literal
	start int           // of the text to copy: behind the word func for a literal
	end   int
	body  *ast.BlockStmt
}

// A loader knows where the compiler has put what the core imports.
type loader struct {
	fset    *token.FileSet
	exports map[string]string
	types   types.Importer
}

func newLoader(patterns []string) (*loader, error) {
	l := &loader{fset: token.NewFileSet(), exports: map[string]string{}}
	deps, err := goList(append([]string{"-export", "-deps"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	for _, d := range deps {
		l.exports[d.ImportPath] = d.Export
	}
	l.types = importer.ForCompiler(l.fset, "gc", func(path string) (io.ReadCloser, error) {
		if l.exports[path] == "" {
			return nil, errors.New("no export data of " + path)
		}
		return os.Open(l.exports[path])
	})
	return l, nil
}

// goList runs "go list -json".
func goList(args ...string) (list []listed, err error) {
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Name,GoFiles,Export"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// load reads a package and finds its mutants.
func (l *loader) load(p listed) (*corePackage, error) {
	c := &corePackage{listed: p, label: strings.TrimPrefix(p.ImportPath, module+"/")}
	var trees []*ast.File
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(l.fset, path, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
		c.files = append(c.files, &sourceFile{path, p.ImportPath + "/" + name, string(src), tree, l.fset})
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: l.types}).Check(p.ImportPath, l.fset, trees, info); err != nil {
		return nil, err
	}
	for _, f := range c.files {
		for _, fn := range c.functions(f) {
			c.mutants = append(c.mutants, distinct(find(fn, info))...)
		}
	}
	return c, nil
}

// functions returns the functions of a file that can be mutated.
func (c *corePackage) functions(f *sourceFile) (list []*function) {
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				list = append(list, &function{c.label + "." + funcName(d), f, d, f.offset(d.Pos()), f.offset(d.End()), d.Body})
			}
		case *ast.GenDecl:
			list = append(list, c.literals(f, d)...)
		}
	}
	return list
}

// literals returns the function literals that variables are set to the
// result of.
func (c *corePackage) literals(f *sourceFile, d *ast.GenDecl) (list []*function) {
	for _, s := range d.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			continue
		}
		call, ok := v.Values[0].(*ast.CallExpr)
		if !ok || len(call.Args) > 0 {
			continue
		}
		if lit, ok := call.Fun.(*ast.FuncLit); ok {
			start := f.offset(lit.Pos()) + len("func")
			list = append(list, &function{c.label + "." + v.Names[0].Name, f, nil, start, f.offset(lit.End()), lit.Body})
		}
	}
	return list
}

// funcName returns the name of a function, with its type's for a method.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	return t.(*ast.Ident).Name + "." + d.Name.Name
}

// distinct leaves out what makes the same text as a mutant before it.
func distinct(all []*mutant) (list []*mutant) {
	seen := map[string]bool{}
	for _, m := range all {
		text := m.fn.file.src[:m.edit.start] + m.edit.text + m.fn.file.src[m.edit.end:]
		if seen[text] {
			continue
		}
		seen[text] = true
		list = append(list, m)
	}
	return list
}
