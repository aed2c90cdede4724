//go:build wasm

package main

import "unsafe"

// theMachine serves every call: a program of this kind has one thread, and no
// operation waits.
var theMachine machine

const (
	recordLen   = 9
	firstBuffer = 16 << 10 // bytes; enough for most calls
	keptBuffer  = 1 << 20  // bytes; a longer one is given up after its call
)

var (
	record [recordLen]int32
	input  []byte
)

// recordAddress makes the input buffer, and returns the address of the record.
func recordAddress() int32 {
	resize(firstBuffer)
	return address(&record[0])
}

// resize makes a new input buffer, in words of eight bytes so that numbers in
// it are aligned.
func resize(n int) {
	words := make([]uint64, (n+7)/8)
	input = unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	record[1], record[2] = address(&input[0]), int32(len(input))
}

func address[T any](p *T) int32 { return int32(uintptr(unsafe.Pointer(p))) }

// The exports that both builds have: see ABI.md. They must not block.

//go:wasmexport reserve
func exportReserve(stamp, n int32) {
	if int(n) > len(input) {
		resize(int(n))
	}
	record[0] = stamp
}

//go:wasmexport validate
func exportValidate(stamp, l0, l1, l2, l3, hook int32) {
	texts := unsafe.String(&input[0], len(input)) // nothing keeps it
	if theMachine.isValid(texts, l0, l1, l2, l3, hook) {
		record[7], record[0] = 0, stamp // nobody reads the rest
	} else {
		theMachine.explain(texts, l0, l1, l2, l3, hook)
		answer(stamp)
	}
	if len(input) > keptBuffer {
		release()
	}
}

//go:wasmexport call
func exportCall(stamp, o, flags, n int32) {
	if n > 0 {
		theMachine.lengths = unsafe.Slice((*int32)(unsafe.Pointer(&input[0])), n)
	}
	header := 4 * int(n)
	theMachine.texts = unsafe.String(&input[header], len(input)-header)
	theMachine.run(o, flags)
	answer(stamp)
	release()
}

// release gives up a long input buffer.
func release() {
	if len(input) > keptBuffer {
		resize(firstBuffer)
	}
}

// answer fills the record; the stamp comes last.
func answer(stamp int32) {
	m := &theMachine
	record[3], record[4] = 0, int32(len(m.text))
	if len(m.text) > 0 {
		record[3] = address(&m.text[0])
	}
	record[5], record[6] = 0, int32(len(m.numbers))
	if len(m.numbers) > 0 {
		record[5] = address(&m.numbers[0])
	}
	record[7], record[8] = int32(m.issues), 0
	if m.inBody {
		record[8] = 1
	}
	record[0] = stamp
}
