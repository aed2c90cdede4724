// Program relink makes a WebAssembly module without imports from a Go program for
// wasip1. The program must be a reactor with the names of its functions:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o in.wasm .
//	relink in.wasm out.wasm
//
// The new module exports the memory and the functions that the program exports.
// It has no scheduler, no garbage collector and no stack unwinding:
//
//   - The memory starts as it is after the program's packages are initialized.
//     What was random then, such as the seeds of maps, is the same in every
//     instance.
//   - Only the functions that the exports reach are kept.
//   - An allocation advances a pointer. Nothing is freed unless the program does
//     it: if package main declares heapSize() int32 and truncateHeap(n int32),
//     the first returns how many bytes are allocated, and the second frees what
//     was allocated after heapSize was n.
//   - A panic is a trap. The instance must not be used after it.
//
// A program is rejected if its exports reach code that defers, recovers, starts
// goroutines, uses channels, reflects, asserts to an interface or hashes one.
//
// # Steps
//
// Each step is a file: read, snapshot, prune (which finds the data that may be
// dropped), reach, replace and write. For each function, write uses calls, fold
// and flow. The steps rely on internals of Go's toolchain, most of them listed in
// layout.go. They check what they rely on, and the program ends with an error of
// one line if anything differs. Only one thing cannot be checked: that every
// function that is called by its address has been found. The table has no entry
// for one that has not, and the call traps.
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
	flag.BoolVar(&o.poison, "poison", false, "overwrite dropped data with 0xcc instead of zeros, for tests")
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
	p, err := load(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{p.readModuledata, p.readOwn, p.checkNoCollection} {
		if err := step(); err != nil {
			return nil, err
		}
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
	module, err := r.write(o)
	return &result{module, r.library()}, err
}

// load reads a program and initializes it.
func load(ctx context.Context, b []byte) (*program, error) {
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
	p.snapshot, err = takeSnapshot(ctx, m)
	return p, err
}
