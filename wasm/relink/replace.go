package main

import (
	"strings"
)

// An action is what becomes of a function that is reached.
type action int

const (
	keep     action = iota
	trap            // it traps
	replaced        // its code is that of newCode
	rejected        // the program is rejected, since the function needs what is dropped
)

// actions has the actions of functions by name; * at the end of a name matches
// anything. Panics become traps. So do the growth of the stack, whose size is
// fixed, and write barriers, since no collection runs.
var actions = []struct {
	action
	names []string
}{
	{replaced, []string{"runtime.mallocgc", "main.heapSize", "main.truncateHeap"}},
	{trap, []string{
		"runtime.gopanic", "runtime.goPanic*", "runtime.panic*", "runtime.sigpanic", "runtime.throw", "runtime.fatal", "runtime.abort",
		"runtime.morestack", "runtime.morestack_noctxt",
		"runtime.gcWriteBarrier*", "runtime.wbZero", "runtime.wbMove", "runtime.bulkBarrierPreWrite", "runtime.bulkBarrierPreWriteSrcOnly",
		"go_buildid",                                      // not a function: the constant 1<<28 looks like its PC
		"runtime.notInitialized", "wasm_pc_f_loop_export", // called before _initialize, or when a goroutine is switched
		"runtime.rtype.string", "runtime.__TypeAssertionError_.Error", // for the message of a panic
		"internal_runtime_maps.mapKeyError2", // for maps by interfaces, whose hash is rejected
	}},
	{rejected, []string{
		"runtime.deferproc*", "runtime.deferreturn", "runtime.deferrangefunc", "runtime.gorecover", "runtime.Goexit",
		"runtime.newproc", "runtime.Gosched", "runtime.block", "runtime.gopark", "runtime.goready",
		"runtime.makechan*", "runtime.chan*", "runtime.closechan", "runtime.select*",
		"runtime.mcall", "runtime.gogo", "runtime.systemstack", "runtime.asmcgocall", "runtime.pause",
		"runtime.GC", "runtime.SetFinalizer", "runtime.AddCleanup", "runtime.addCleanup*",
		// They read what is dropped: the tables of functions, the names of types, the list of itabs.
		"runtime.findfunc", "runtime.activeModules", "runtime.Callers", "runtime.callers", "runtime.Caller", "runtime.FuncForPC",
		"runtime.resolveNameOff", "runtime.resolveTypeOff", "runtime.rtype.*", "runtime.toRType", "reflect.*", "internal_reflectlite.*",
		"runtime.typehash", "runtime.getitab", "runtime.typesEqual", "runtime.assertE2I*", "runtime.typeAssert", "runtime.interfaceSwitch",
		"internal_abi.Name.*", "internal_abi.__Type_.*", "internal_abi.__UncommonType_.*",
	}},
}

// actionOf returns the action of a function. A whole name precedes a pattern.
func actionOf(name string) action {
	for _, whole := range []bool{true, false} {
		for _, f := range actions {
			for _, n := range f.names {
				begin, isBegin := strings.CutSuffix(n, "*")
				if whole && n == name || !whole && isBegin && strings.HasPrefix(name, begin) {
					return f.action
				}
			}
		}
	}
	return keep
}

// goType is the type of Go functions. The parameter is the number of the block to
// start at, the result 1 if the goroutine is switched, else 0.
var goType = []byte{0x60, 1, i32, 1, i32}

// globalHeap is the global that relink adds: the address of the first free byte.
const globalHeap = 8

// newCode returns the new body of a function, whose new type is voidType. start is
// the start of the heap. With poison, freed memory is filled with 0xcc.
func newCode(name string, start uint64, poison bool) []byte {
	heapAt := func(code ...byte) []byte { return append(appendSigned([]byte{0, opI32Const}, int64(start)), code...) } // no locals
	switch name {
	case "main.heapSize":
		// heap - start, into the result at SP + 8
		b := append([]byte{0, 0x23, globalSP, 0x23, globalHeap}, heapAt()[1:]...)
		return append(append(b, opI32Sub, 0x36, 2, 8), popPC...)
	case "main.truncateHeap":
		b := heapAt(0x23, globalSP, opI32Load, 2, 8, opI32Add, 0x24, globalHeap) // heap = start + n
		if poison {
			// memory.fill(heap, 0xcc, memory.size << 16 - heap)
			b = append(b, 0x23, globalHeap, opI32Const, 0xcc, 1, 0x3f, 0, 0x41, 16, 0x74, 0x23, globalHeap, opI32Sub, 0xfc, 11, 0)
		}
		return append(b, popPC...)
	}
	return mallocBody
}

// popPC pops the space of the PC off the stack, and ends a body.
var popPC = []byte{0x23, globalSP, opI32Const, 8, opI32Add, 0x24, globalSP, opEnd}

// mallocBody is the body of runtime.mallocgc(size, typ, needzero). It rounds the
// global heap up to a multiple of 8 and adds size. If the memory must grow, it
// grows by 1 MiB more than needed, and if it cannot, mallocgc traps. The arguments
// and the result are on the stack after the space of the PC: size at SP + 8,
// needzero at SP + 24, the result at SP + 32.
var mallocBody = []byte{
	1, 2, i64, // locals: 0 start, 1 end
	0x23, globalHeap, 0xad, 0x42, 7, 0x7c, 0x42, 0x78, 0x83, 0x22, 0, // start = (heap + 7) & -8
	0x23, globalSP, 0x29, 3, 8, 0x7c, 0x22, 1, // end = start + size
	0x42, 0xf8, 0xff, 0xff, 0xff, 0x0f, 0x56, 0x04, 0x40, 0x00, 0x0b, // if end > 1<<32 - 8, trap
	0x20, 1, 0x3f, 0, 0xad, 0x42, 16, 0x86, 0x56, 0x04, 0x40, // if end > memory.size << 16
	0x20, 1, 0x3f, 0, 0xad, 0x42, 16, 0x86, 0x7d, 0x42, 0xff, 0xff, 0x03, 0x7c, 0x42, 16, 0x88, 0xa7, // the pages needed
	0x41, 16, 0x6a, 0x40, 0, 0x41, 0x7f, 0x46, 0x04, 0x40, 0x00, 0x0b, // plus 16; if memory.grow returns -1, trap
	0x0b,
	0x23, globalSP, 0x2d, 0, 24, 0x04, 0x40, // if needzero
	0x20, 0, 0xa7, 0x41, 0, 0x23, globalSP, 0x29, 3, 8, 0xa7, 0xfc, 11, 0, // memory.fill(start, 0, size)
	0x0b,
	0x20, 1, 0xa7, 0x24, globalHeap, // heap = end
	0x23, globalSP, 0x20, 0, 0x37, 3, 32, // the result
	0x23, globalSP, 0x41, 8, 0x6a, 0x24, globalSP, // pop the space of the PC
	0x0b,
}
