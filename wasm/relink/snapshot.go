package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// A snapshot is the program after _initialize: every package is initialized,
// and the main goroutine waits for calls of the exports.
type snapshot struct {
	memory
	globals []uint64
}

// takeSnapshot runs _initialize in wazero. By default, a program there has no
// arguments, environment and files, and its clock and random bytes are the same
// each time. So the snapshot is the same each time.
func takeSnapshot(ctx context.Context, m *module) (*snapshot, error) {
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter()) // for a single run, compiling takes longer
	defer rt.Close(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		return nil, err
	}
	var output bytes.Buffer // what Go's runtime prints on a crash
	inst, err := rt.InstantiateWithConfig(ctx, m.withGlobals(),
		wazero.NewModuleConfig().WithStartFunctions().WithStdout(&output).WithStderr(&output))
	if err != nil {
		return nil, fmt.Errorf("instantiate: %w", err)
	}
	if _, err := inst.ExportedFunction(initialize).Call(ctx); err != nil {
		said, _, _ := bytes.Cut(output.Bytes(), []byte("\n"))
		return nil, fmt.Errorf("_initialize does not return: %q", said)
	}
	return newSnapshot(inst)
}

func newSnapshot(inst api.Module) (*snapshot, error) {
	s := &snapshot{}
	for i := range goGlobals {
		s.globals = append(s.globals, inst.ExportedGlobal(globalName(i)).Get())
	}
	mem := inst.Memory()
	b, ok := mem.Read(0, mem.Size())
	if !ok || len(b) > 1<<30 {
		return nil, fmt.Errorf("%d bytes of memory after _initialize", len(b))
	}
	s.memory = slices.Clone(memory(b))
	return s, nil
}

// globalName returns a name that no Go program exports.
func globalName(i int) string { return "relink global " + strconv.Itoa(i) }

// withGlobals returns the module with its globals exported.
func (m *module) withGlobals() []byte {
	var list vector
	for _, e := range m.exports {
		list.add(appendExport(nil, e))
	}
	for i := range goGlobals {
		list.add(appendExport(nil, export{globalName(i), kindGlobal, uint32(i)}))
	}
	out := bytes.Clone(magic)
	for id, content := range m.sections {
		if id == secExport {
			content = list.bytes()
		}
		if content != nil {
			out = appendSection(out, byte(id), content)
		}
	}
	return out
}

// memory is linear memory. Bytes outside of it read as 0.
type memory []byte

func (m memory) word(a uint64) (v uint64) {
	for i := range uint64(8) {
		v |= uint64(m.byte(a+i)) << (8 * i)
	}
	return v
}

func (m memory) byte(a uint64) byte {
	if a < uint64(len(m)) {
		return m[a]
	}
	return 0
}

func (m memory) setWord(a, v uint64) { binary.LittleEndian.PutUint64(m[a:], v) }

// An extent is a range of addresses, [start, end).
type extent struct{ start, end uint64 }

func (e extent) has(a uint64) bool { return e.start <= a && a < e.end }

// Offsets of fields of runtime.g and runtime.m.
const (
	gStackLo = 0
	gStackHi = 8
	gGuard   = 16
	gPanic   = 32
	gDefer   = 40
	gM       = 48
	gGoid    = 152
	mG0      = 0

	stackGuard = 928 // bytes below the guard, for functions that do not check the stack
)

// checkParked checks that the main goroutine waits in runtime.main, and returns the
// extents of its stack and the scheduler's. An export may use the stack as if it
// were empty, and nothing on either is read again.
func (p *program) checkParked() (stacks []extent, err error) {
	g, sp := p.globals[globalG], p.globals[globalSP]
	main := extent{p.word(g + gStackLo), p.word(g + gStackHi)}
	g0 := p.word(p.word(g+gM) + mG0)
	wasmStack, err := p.wasmStack()
	switch {
	case err != nil:
		return nil, err
	case p.word(g+gGoid) != 1:
		return nil, fmt.Errorf("goroutine %d runs after _initialize, not the main one", p.word(g+gGoid))
	case p.word(g+gPanic) != 0 || p.word(g+gDefer) != 0:
		return nil, errors.New("the main goroutine defers or panics after _initialize")
	case !main.has(sp) || main.end > uint64(len(p.memory)) || p.word(g+gGuard) != main.start+stackGuard:
		return nil, errors.New("the main goroutine's stack has an unknown layout")
	case p.word(g0+gM) != p.word(g+gM) || !wasmStack.has(p.word(g0+gStackHi)):
		return nil, errors.New("the scheduler's stack has an unknown layout")
	}
	// runtime.main has called pause, with the SP of its caller, goexit.
	if fn, ok := p.entry(p.word(sp) &^ 0xffff); !ok || p.names[fn] != "runtime.goexit" {
		return nil, errors.New("the main goroutine does not wait in runtime.main after _initialize")
	}
	return []extent{main, wasmStack}, nil
}

// wasmStack returns the extent of the variable runtime.wasmStack, the scheduler's
// stack. It has 8192 bytes, and the first constant in runtime.notInitialized is the
// address 24 bytes before its end. (The stack bounds in g0 are estimates, and
// include other variables.)
func (p *program) wasmStack() (extent, error) {
	i := slices.Index(p.names, "runtime.notInitialized") - len(p.imports)
	if i < 0 || len(p.code[i]) == 0 || p.code[i][0].op != opI64Const {
		return extent{}, errors.New("runtime.notInitialized has an unknown layout")
	}
	end := uint64(p.code[i][0].imm) + 24
	return extent{end - 8192, end}, nil
}

// checkNoCollection checks that runtime.writeBarrier is 0, so that write barriers
// have nothing to do. It is the variable that every function with a write barrier
// reads.
func (p *program) checkNoCollection() error {
	var common map[uint64]bool
	for i, code := range p.code {
		if !p.callsBarrier(code) {
			continue
		}
		read := variablesRead(code)
		if common == nil {
			common = read
		}
		maps.DeleteFunc(common, func(a uint64, _ bool) bool { return !read[a] })
		if len(common) == 0 {
			return fmt.Errorf("%s has a write barrier that does not read runtime.writeBarrier", p.name(i))
		}
	}
	if len(common) != 1 {
		return fmt.Errorf("runtime.writeBarrier may be any of %d variables", len(common))
	}
	for a := range common {
		p.barrier = a
		if p.word(a)<<32 != 0 {
			return errors.New("a collection runs after _initialize: runtime.writeBarrier is not 0")
		}
	}
	return nil
}

// callsBarrier reports whether a function calls runtime.gcWriteBarrier1 to 8.
func (p *program) callsBarrier(code []instr) bool {
	return slices.ContainsFunc(code, func(in instr) bool {
		return in.op == opCall && strings.HasPrefix(p.names[in.imm], "runtime.gcWriteBarrier")
	})
}

// variablesRead returns the addresses of the variables of four bytes that a
// function reads, by i64.const, i32.wrap_i64, i64.load32_u.
func variablesRead(code []instr) map[uint64]bool {
	read := map[uint64]bool{}
	for i := 2; i < len(code); i++ {
		if code[i].op == opI64Load32U && code[i].imm == 0 && code[i-1].op == opI32Wrap && code[i-2].op == opI64Const {
			read[uint64(code[i-2].imm)] = true
		}
	}
	return read
}
