// Program relink makes of a Go program for wasip1, built as a reactor, a
// module without imports and without Go's scheduler, collector and unwinding:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o in.wasm .
//	relink in.wasm out.wasm
//
// The program is run up to where it waits for calls of its exports. Its memory
// is kept as it is then, and only the functions that the exports reach are
// written: allocation becomes a pointer that moves, and what panics, a trap.
// The new module exports the same functions and the memory. A program gives
// memory back by itself: of package main, heapSize() int32 becomes how many
// bytes have been allocated, and truncateHeap(n int32) what gives back all that
// was allocated since they were n. After a trap the instance is dead.
//
// What was random when the program was initialized, such as the seeds of maps,
// is the same in every instance. Code that defers, recovers, starts goroutines,
// uses channels, reflects, asserts to an interface or hashes one is refused.
//
// The steps, a file each: read, snapshot, prune, which finds the data that may
// be dead, reach, replace and write, which for each function does calls, fold
// and flow. They rely on the inside of Go's toolchain, in layout.go above all;
// what they rely on they check, and what they do not know ends the program with
// one line.
// What nothing can check beforehand is a call of a function by an address that
// was found nowhere: its place in the table is empty, and the call traps.
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
	module, err := r.write(o)
	return &result{module, r.library()}, err
}
