package main

import (
	"errors"
	"slices"
	"testing"
)

// shapes returns a writer of the Go functions f, g and panic, which is a trap, and
// of other functions.
func shapes() *writer {
	m := &module{
		types:    [][]byte{goType, {0x60, 0, 1, i64}, {0x60, 1, i32, 0}},
		funcType: []uint32{0, 0, 0, 1, 1, 2},
		names:    []string{"f", "g", "panic", "barrier", "runtime.notInitialized", "wasm_pc_f_loop_export"},
		bodies:   make([][]byte, 6),
	}
	p := &program{module: m, snapshot: &snapshot{memory: make(memory, 1<<16), globals: []uint64{0, 0, 1024, 0, 0, 0, 0, 0}}, barrier: 4096}
	p.setWord(1024+gGuard, 2048)
	return &writer{reached: &reached{program: p, traps: map[uint32]bool{2: true}}}
}

const pcOfF = tableStart << 16

var (
	copySP = []instr{pat(opGlobalGet, globalSP), pat(opLocalSet, 1)}
	pushPC = []instr{pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Sub, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP), pat(opLocalGet, 1), pat(opI64Const, pcOfF+3), pat(opI64Store, 0)}
	ret    = []instr{pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Add, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP), pat(opI32Const, 0), pat(opReturn, 0)}
	push   = []instr{pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Sub, 0), pat(opGlobalSet, globalSP)} // what remains of pushPC
	byPC   = []instr{pat(opI64Const, 16), pat(opI64ShrU, 0), pat(opI32Wrap, 0), pat(opLocalSet, 0), pat(opI32Const, 0), pat(opLocalGet, 0), pat(opCallIndirect, 0)}
)

// call returns a call of a function by its index.
func call(fn, exit int64) []instr {
	return slices.Concat(pushPC, []instr{pat(opI32Const, 0), pat(opCall, fn)}, copySP, []instr{pat(opBrIf, exit)})
}

// callIndirect returns a call of a function by its PC.
func callIndirect(exit int64) []instr {
	return slices.Concat(pushPC, byPC, copySP, []instr{pat(opBrIf, exit)})
}

func jump(pc, loop int64) []instr {
	return []instr{pat(opI32Const, pc), pat(opLocalSet, 0), pat(opBr, loop)}
}

func jumpIf(pc, loop int64) []instr {
	return slices.Concat([]instr{pat(opIf, voidBlock)}, jump(pc, loop+1), []instr{pat(opEnd, 0)})
}

// goFunction returns a function as Go's compiler writes it, whose block numbers are
// the indices of the regions.
func goFunction(loop bool, regions ...[]instr) []instr {
	code := []instr{}
	for range regions {
		code = append(code, pat(opBlock, voidBlock))
	}
	table := appendUnsigned([]byte{opBrTable}, uint64(len(regions)-1))
	for i := range regions {
		table = append(table, byte(i))
	}
	code = append(code, pat(opLocalGet, 0), instr{op: opBrTable, imm: int64(len(regions) - 1), raw: table})
	for _, r := range regions {
		code = append(append(code, pat(opEnd, 0)), r...)
	}
	if loop {
		code = slices.Concat([]instr{pat(opLoop, voidBlock)}, code, []instr{pat(opEnd, 0)})
	}
	return slices.Concat(copySP, []instr{pat(opBlock, voidBlock)}, code, []instr{pat(opUnreachable, 0), pat(opEnd, 0), pat(opI32Const, 1), pat(opEnd, 0)})
}

func same(a, b []instr) bool {
	return slices.EqualFunc(a, b, func(a, b instr) bool { return a.op == b.op && a.imm == b.imm })
}

// TestShape simplifies a function, and rejects it if any one of its instructions is
// missing.
func TestShape(t *testing.T) {
	// g(); loop: if !x { closure() }; if x { goto loop }; panic()
	function := goFunction(true, call(1, 4), slices.Concat([]instr{pat(opLocalGet, 2)}, jumpIf(3, 2)), callIndirect(2), slices.Concat([]instr{pat(opLocalGet, 2)}, jumpIf(1, 0), call(2, 1)))
	w := shapes()
	want := slices.Concat(copySP, []instr{pat(opBlock, voidBlock)}, push, []instr{pat(opCall, 1)}, copySP,
		[]instr{pat(opEnd, 0), pat(opLoop, voidBlock), pat(opBlock, voidBlock), pat(opLocalGet, 2), pat(opBrIf, 0)},
		push, []instr{pat(opI64Const, 16), pat(opI64ShrU, 0), pat(opI32Wrap, 0), pat(opCallIndirect, 0)}, copySP,
		[]instr{pat(opEnd, 0), pat(opLocalGet, 2), pat(opBrIf, 0), pat(opUnreachable, 0), pat(opEnd, 0), pat(opUnreachable, 0), pat(opEnd, 0)})
	got, err := w.plainBody(0, function)
	if err != nil || !same(got, want) {
		t.Fatalf("%v, %v,\nwant %v", got, err, want)
	}
	for i, in := range function {
		if matches([]instr{in}, pat(opLocalGet, 2)) { // not of the shape
			continue
		}
		if _, err := w.plainBody(0, slices.Delete(slices.Clone(function), i, i+1)); !errors.Is(err, errShape) {
			t.Errorf("without the instruction %d, %#x %d: %v", i, in.op, in.imm, err)
		}
	}
}

func TestShapes(t *testing.T) {
	// one returns a function with an empty region and the given one.
	one := func(loop bool, region ...[]instr) []instr {
		return goFunction(loop, nil, slices.Concat(region...))
	}
	frame := []instr{pat(opLocalGet, 1), pat(opI32Const, 24), pat(opI32Add, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP)}
	tail := slices.Concat([]instr{pat(opI32Const, 0), pat(opCall, 1)}, copySP, []instr{pat(opReturn, 0)})
	noResume := slices.Concat(pushPC, []instr{pat(opI32Const, 0), pat(opCall, 1)}, copySP, []instr{pat(opIf, voidBlock), pat(opUnreachable, 0), pat(opEnd, 0)})
	nilCheck := slices.Concat([]instr{pat(opIf, voidBlock)}, call(2, 1), []instr{pat(opEnd, 0)})
	other := func(list []instr, i int, in instr) []instr {
		list = slices.Clone(list)
		list[i] = in
		return list
	}
	plainRet := []instr{pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Add, 0), pat(opGlobalSet, globalSP), pat(opReturn, 0)}
	barrier := func(op byte) []instr { return []instr{pat(opI64Const, 4096), pat(opI32Wrap, 0), pat(op, 0)} }
	endless := []instr{pat(opBlock, voidBlock), pat(opEnd, 0), pat(opLoop, voidBlock), pat(opBr, 0), pat(opEnd, 0)}
	for _, test := range []struct {
		name     string
		function []instr
		want     []instr // nil if it is rejected
	}{
		{"return", one(false, ret), plainRet},
		{"return with a frame", one(false, frame, ret), slices.Concat([]instr{pat(opLocalGet, 1), pat(opI32Const, 32)}, plainRet[2:])},
		{"jump to a function", one(false, tail), []instr{pat(opCall, 1), pat(opReturn, 0)}},
		{"jump to a function with a frame", one(false, frame, tail), slices.Concat(frame, []instr{pat(opCall, 1), pat(opReturn, 0)})},
		{"frame of 8 bytes", one(false, pushPC[:5], ret), slices.Concat(pushPC[:5], plainRet)},
		{"frame of 8 bytes, with an argument", one(false, pushPC[:5], pushPC[5:6], []instr{pat(opI64Const, 5), pat(opI64Store, 0)}, ret),
			slices.Concat(pushPC[:6], []instr{pat(opI64Const, 5), pat(opI64Store, 0)}, plainRet)},
		{"call that does not resume", one(false, noResume, ret), slices.Concat(push, []instr{pat(opCall, 1)}, copySP, plainRet)},
		{"nil check", one(false, []instr{pat(opLocalGet, 2)}, nilCheck, ret), slices.Concat([]instr{pat(opLocalGet, 2), pat(opIf, voidBlock), pat(opUnreachable, 0), pat(opEnd, 0)}, plainRet)},
		{"jump to itself", one(true, jump(1, 0)), endless},
		{"jump by a block number after the last", one(true, jump(9, 0)), endless},
		{"branch of its own", one(false, []instr{pat(opLoop, voidBlock), pat(opLocalGet, 2), pat(opBrIf, 0), pat(opEnd, 0)}, ret), slices.Concat([]instr{pat(opLoop, voidBlock), pat(opLocalGet, 2), pat(opBrIf, 0), pat(opEnd, 0)}, plainRet)},
		{"the stack's end", one(false, []instr{pat(opGlobalGet, globalG), pat(opI32Wrap, 0), pat(opI32Load, gGuard), pat(opLocalSet, 2)}, ret), slices.Concat([]instr{pat(opI32Const, 2048), pat(opLocalSet, 2)}, plainRet)},
		{"write barrier", one(true, barrier(opI64Load32U), []instr{pat(opI64Eqz, 0), pat(opI64ExtendU, 0), pat(opI64Eqz, 0), pat(opI32Eqz, 0)}, jumpIf(1, 0), []instr{pat(opCall, 3)}, ret),
			endless},
		{"write barrier of the runtime", one(true, barrier(opI64Load8U), []instr{pat(opI32Wrap, 0)}, jumpIf(1, 0), ret), plainRet},

		{"jump with an else", one(true, slices.Insert(jumpIf(1, 0), 4, pat(0x05, 0)), ret),
			slices.Concat(endless[:3], []instr{pat(opIf, voidBlock), pat(opBr, 1), pat(0x05, 0), pat(opEnd, 0)}, plainRet, endless[4:])},

		{"return of 1", one(false, other(ret, 5, pat(opI32Const, 1))), nil},
		{"return only", one(false, []instr{pat(opReturn, 0)}), nil},
		{"jump to a function that is not Go's", one(false, other(tail, 1, pat(opCall, 3))), nil},
		{"jump to a function by its PC", one(false, byPC, copySP, []instr{pat(opReturn, 0)}), nil},
		{"call from block 1 on", one(false, other(call(1, 1), 8, pat(opI32Const, 1)), ret), nil},
		{"call with the PC of another", one(false, other(call(1, 1), 6, pat(opI64Const, pcOfF+1<<16)), ret), nil},
		{"call that leaves a loop only", one(true, call(1, 0), jump(1, 0)), nil},
		{"call of a function that is not Go's, with a PC", one(false, call(3, 0), ret), nil},
		{"call of another type", one(false, other(callIndirect(0), 14, pat(opCallIndirect, 1)), ret), nil},
		{"jump out of the function", one(true, jump(1, 1)), nil},
		{"jump by a PC to the loop", slices.Replace(one(true, jump(1, 0)), 7, 8, instr{op: opBrTable, imm: 2, raw: []byte{opBrTable, 1, 0, 2}}), nil},
		{"jump without a loop", one(false, jump(1, 0)), nil},
		{"branch to another region", goFunction(false, []instr{pat(opLocalGet, 2), pat(opBrIf, 0)}, ret), nil},
		{"table of its own", one(false, []instr{pat(opLocalGet, 2), {op: opBrTable, raw: []byte{opBrTable, 0, 0}}}, ret), nil},
		{"use of the parameter", one(false, []instr{pat(opLocalGet, 0), pat(opLocalSet, 2)}, ret), nil},
		{"read of the PC of its caller", one(false, []instr{pat(opLocalGet, 1), pat(opI64Load, 0), pat(opLocalSet, 2)}, ret), nil},
		{"read of the PC of its caller, with a frame", one(false, pushPC[:5], []instr{pat(opLocalGet, 1), pat(opI64Load, 8), pat(opLocalSet, 2)}, ret), nil},
		{"end without a block", one(false, []instr{pat(opEnd, 0)}, ret), nil},
		{"nothing", nil, nil},
	} {
		code, err := shapes().plainBody(0, test.function)
		want := slices.Concat(copySP, test.want, []instr{pat(opUnreachable, 0), pat(opEnd, 0)})
		switch {
		case test.want == nil && !errors.Is(err, errShape):
			t.Errorf("%s: %v, %v, want: %v", test.name, code, err, errShape)
		case test.want != nil && (err != nil || !same(code, want)):
			t.Errorf("%s: %v, %v,\nwant %v", test.name, code, err, want)
		}
	}
}

func TestExportShapes(t *testing.T) {
	start := []instr{pat(opGlobalGet, globalSP), pat(opI32Eqz, 0), pat(opIf, voidBlock), pat(opCall, 4), pat(opEnd, 0)}
	pc := []instr{pat(opGlobalGet, globalSP), pat(opI64Const, pcOfF+1), pat(opI64Store, 0)}
	run := []instr{pat(opI32Const, 0), pat(opCall, 1), pat(opIf, voidBlock), pat(opI64Const, pcOfF+1), pat(opI64Const, 16), pat(opI64ShrU, 0), pat(opI32Wrap, 0), pat(opCall, 5), pat(opEnd, 0)}
	whole := slices.Concat(start, []instr{pat(opLocalGet, 0)}, pc, run, []instr{pat(opReturn, 0), pat(opUnreachable, 0), pat(opEnd, 0)})
	got, err := shapes().plainExport(0, whole)
	if want := []instr{pat(opLocalGet, 0), pat(opCall, 1), pat(opReturn, 0), pat(opUnreachable, 0), pat(opEnd, 0)}; err != nil || !same(got, want) {
		t.Fatalf("%v, %v, want %v", got, err, want)
	}
	for i := range run {
		if _, err := shapes().plainExport(0, slices.Concat(start, pc, run[:i], run[i+1:])); !errors.Is(err, errShape) && i != 1 {
			t.Errorf("without the instruction %d: %v", i, err)
		}
	}
	run[3].imm += 1 << 16
	if _, err := shapes().plainExport(0, run); !errors.Is(err, errShape) {
		t.Errorf("with the PC of another: %v", err)
	}
	stored := []instr{pat(opGlobalGet, globalSP), pat(opI64Const, 5), pat(opI64Store, 0)}
	if got, err := shapes().plainExport(0, stored); err != nil || !same(got, stored) {
		t.Errorf("%v, %v, want %v", got, err, stored)
	}
	if _, err := shapes().plainExport(0, []instr{pat(opCallIndirect, 0)}); !errors.Is(err, errShape) {
		t.Errorf("a call by a PC: %v", err)
	}
}
