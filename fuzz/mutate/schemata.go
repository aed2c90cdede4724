package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// variable holds the number of the mutant, in each package that has some.
const (
	variable    = "mutant_"
	environment = "CONVUSER_MUTANT"
)

// selector is the file that sets it.
func selector(name string) string {
	return "package " + name + "\n\nimport (\n\t\"os\"\n\t\"strconv\"\n)\n\n" +
		"var " + variable + ", _ = strconv.Atoi(os.Getenv(\"" + environment + "\"))\n"
}

// A region is the part of a generated file that is one mutant's.
type region struct {
	start, end int
	m          *mutant
}

// schemata returns a file with a copy of its functions for each mutant behind
// it, and a switch to them at the start of each function.
func schemata(f *sourceFile, mutants []*mutant) (text string, regions []region) {
	byFunction := map[*function][]*mutant{}
	for _, m := range mutants {
		if m.fn.file == f {
			byFunction[m.fn] = append(byFunction[m.fn], m)
		}
	}
	var inserts []edit
	for fn, list := range byFunction {
		inserts = append(inserts, fn.dispatch(list)...)
	}
	b := &strings.Builder{}
	b.WriteString(apply(f.src, inserts))
	for _, m := range mutants {
		if m.fn.file == f {
			start := b.Len()
			b.WriteString("\n" + m.copied() + "\n")
			regions = append(regions, region{start, b.Len(), m})
		}
	}
	return b.String(), regions
}

// dispatch returns the edits that make fn go to its mutants.
func (fn *function) dispatch(mutants []*mutant) (edits []edit) {
	call, edits := fn.call()
	b := &strings.Builder{}
	fmt.Fprintf(b, "\nswitch %s {\n", variable)
	for _, m := range mutants {
		fmt.Fprintf(b, "case %d:\n%s\n", m.id, call(m.name()))
	}
	b.WriteString("}\n")
	at := fn.file.offset(fn.body.Lbrace) + 1
	return append(edits, edit{at, at, b.String()})
}

// call returns how to call a copy, and the edits that give each parameter a
// name to hand on.
func (fn *function) call() (call func(name string) string, edits []edit) {
	if fn.decl == nil {
		return func(name string) string { return "return " + name + "()" }, nil
	}
	receiver, prefix := "", ""
	if fn.decl.Recv != nil {
		names, e := fn.names(fn.decl.Recv, "receiver_")
		receiver, edits = names[0]+".", e
	}
	args, e := fn.names(fn.decl.Type.Params, "param_")
	edits = append(edits, e...)
	if n := fn.decl.Type.Params.NumFields(); n > 0 {
		last := fn.decl.Type.Params.List[len(fn.decl.Type.Params.List)-1]
		if _, ok := last.Type.(*ast.Ellipsis); ok {
			args[n-1] += "..."
		}
	}
	if fn.decl.Type.Results.NumFields() > 0 {
		prefix = "return "
	}
	return func(name string) string {
		s := prefix + receiver + name + fn.typeArguments() + "(" + strings.Join(args, ", ") + ")"
		if prefix == "" {
			s += "\nreturn"
		}
		return s
	}, edits
}

// typeArguments returns those of a generic function's own parameters.
func (fn *function) typeArguments() string {
	if fn.decl.Type.TypeParams == nil {
		return ""
	}
	var names []string
	for _, f := range fn.decl.Type.TypeParams.List {
		for _, n := range f.Names {
			names = append(names, n.Name)
		}
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// names returns the names of the fields, and the edits that name those that
// have none.
func (fn *function) names(fields *ast.FieldList, prefix string) (names []string, edits []edit) {
	for _, f := range fields.List {
		for _, n := range f.Names {
			name := n.Name
			if name == "_" {
				name = prefix + fmt.Sprint(len(names))
				edits = append(edits, edit{fn.file.offset(n.Pos()), fn.file.offset(n.End()), name})
			}
			names = append(names, name)
		}
		if len(f.Names) == 0 {
			name, at := prefix+fmt.Sprint(len(names)), fn.file.offset(f.Type.Pos())
			edits = append(edits, edit{at, at, name + " "})
			names = append(names, name)
		}
	}
	return names, edits
}

// copyPrefix starts the name of each copy: in lower case, since tests that
// walk the exported methods must not meet it.
const copyPrefix = "mutant"

// name returns the name of the mutant's copy.
func (m *mutant) name() string {
	name := m.fn.label[strings.LastIndexByte(m.fn.label, '.')+1:]
	return fmt.Sprintf("%s%d_%s", copyPrefix, m.id, name)
}

// copied returns the mutant's copy of its function.
func (m *mutant) copied() string {
	edits := []edit{shift(m.edit, m.fn.start)}
	head := "func " + m.name()
	if d := m.fn.decl; d != nil {
		head = ""
		at := edit{m.fn.file.offset(d.Name.Pos()), m.fn.file.offset(d.Name.End()), m.name()}
		edits = append(edits, shift(at, m.fn.start))
	}
	return head + apply(m.fn.file.src[m.fn.start:m.fn.end], edits)
}

func shift(e edit, by int) edit { return edit{e.start - by, e.end - by, e.text} }

// apply makes edits, which do not overlap.
func apply(src string, edits []edit) string {
	sort.Slice(edits, func(i, k int) bool { return edits[i].start < edits[k].start })
	b, done := &strings.Builder{}, 0
	for _, e := range edits {
		b.WriteString(src[done:e.start] + e.text)
		done = e.end
	}
	return b.String() + src[done:]
}

// generate returns the package's files by path, with all of its mutants that
// the compiler would take; it drops the others from c.mutants.
func (c *corePackage) generate(l *loader) (map[string]string, error) {
	for {
		texts, bad, err := c.attempt(l)
		if err != nil || len(bad) == 0 {
			return texts, err
		}
		kept := c.mutants[:0]
		for _, m := range c.mutants {
			if !bad[m] {
				kept = append(kept, m)
			}
		}
		c.mutants = kept
	}
}

// attempt generates the files and returns the mutants that are no Go.
func (c *corePackage) attempt(l *loader) (texts map[string]string, bad map[*mutant]bool, err error) {
	texts, bad = map[string]string{}, map[*mutant]bool{}
	fset, regions := token.NewFileSet(), map[string][]region{}
	var trees []*ast.File
	blame := func(e types.Error) {
		at := e.Fset.Position(e.Pos)
		for _, r := range regions[at.Filename] {
			if r.start <= at.Offset && at.Offset < r.end {
				bad[r.m] = true
				return
			}
		}
		err = e
	}
	for _, f := range c.files {
		texts[f.path], regions[f.path] = schemata(f, c.mutants)
		tree, err := parser.ParseFile(fset, f.path, texts[f.path], parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		trees = append(trees, tree)
	}
	tree, _ := parser.ParseFile(fset, "selector.go", selector(c.Name), parser.SkipObjectResolution)
	config := types.Config{Importer: l.types, Error: func(e error) { blame(e.(types.Error)) }}
	_, _ = config.Check(c.ImportPath, fset, append(trees, tree), nil)
	return texts, bad, err
}
