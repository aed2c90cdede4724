// Program relink makes of a Go program for wasip1, built as a reactor, a
// module without imports and without Go's runtime.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	var o options
	flag.BoolVar(&o.poison, "poison", false, "fill the data that is dropped with 0xcc instead of zeros, for tests")
	flag.BoolVar(&o.names, "names", false, "keep the names of functions, for stack traces")
	list := flag.Bool("list", false, "print the functions of Go's runtime and library that are kept")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: relink [-list] [-names] [-poison] in.wasm out.wasm")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), o, *list); err != nil {
		fmt.Fprintln(os.Stderr, "relink:", err)
		os.Exit(1)
	}
}

func run(in, out string, o options, list bool) error {
	b, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	res, err := relink(context.Background(), b, o)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	if list {
		fmt.Println(strings.Join(res.library, "\n"))
	}
	return os.WriteFile(out, res.module, 0o644)
}

type options struct{ poison, names bool }

type result struct {
	module  []byte
	library []string // names of the functions of Go's runtime and library that are kept
}

// relink does all steps.
func relink(ctx context.Context, b []byte, o options) (*result, error) {
	m, err := readModule(b)
	if err != nil {
		return nil, err
	}
	if err := checkRelease(m.producer); err != nil {
		return nil, err
	}
	p := &program{module: m}
	if err := p.readCode(); err != nil {
		return nil, err
	}
	if p.snapshot, err = takeSnapshot(ctx, m); err != nil {
		return nil, err
	}
	if err := p.readModuledata(); err != nil {
		return nil, err
	}
	if err := p.readOwn(); err != nil {
		return nil, err
	}
	if err := p.checkNoCollection(); err != nil {
		return nil, err
	}
	stacks, err := p.checkParked()
	if err != nil {
		return nil, err
	}
	objects, err := p.findObjects(stacks)
	if err != nil {
		return nil, err
	}
	r, err := p.reach(objects)
	if err != nil {
		return nil, err
	}
	r.drop(o.poison)
	return &result{r.write(o.names), r.library()}, nil
}
