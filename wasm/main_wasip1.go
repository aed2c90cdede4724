package main

import "unsafe"

// main is not called: of this program wasm/relink makes the module, whose host
// calls the exports.
func main() {}

// theMachine serves every call: the program has one thread, and no operation
// waits.
var theMachine machine

const (
	recordLen   = 9
	firstBuffer = 16 << 10 // bytes; enough for most calls
	keptBuffer  = 1 << 20  // bytes; a longer one is given up after its call
	keptHeap    = 1 << 20  // bytes; what calls allocate beyond it is given back
)

var (
	record   [recordLen]int32
	first    [firstBuffer / 8]uint64 // words, so that numbers in the input are aligned
	input    []byte
	inputEnd int32 // how much of the heap is in use when no call is: the input, where it is not first
)

func init() { setInput(first[:]) }

func setInput(words []uint64) {
	input = unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	record[1], record[2] = address(&input[0]), int32(len(input))
}

func address[T any](p *T) int32 { return int32(uintptr(unsafe.Pointer(p))) }

// The module has no collector: what is allocated lies one behind the other, and
// is given back all at once. wasm/relink puts the code of these two in place.

// heapSize returns how many bytes have been allocated.
//
//go:noinline
func heapSize() int32 { return 0 }

// truncateHeap gives back all that has been allocated since heapSize was n.
//
//go:noinline
func truncateHeap(n int32) {}

// tidy gives back what earlier calls allocated, once it is much.
func tidy() {
	if heapSize()-inputEnd > keptHeap {
		theMachine.forget()
		truncateHeap(inputEnd)
	}
}

// forget gives up what earlier calls allocated. The kinds are kept.
func (m *machine) forget() {
	m.lengths, m.texts, m.numbers, m.text, m.others = nil, "", nil, nil, nil
}

// The exports: see ABI.md.

//go:wasmexport abi
func exportABI() int32 { return abi }

//go:wasmexport record
func exportRecord() int32 { return address(&record[0]) }

//go:wasmexport reserve
func exportReserve(stamp, n int32) {
	if int(n) > len(input) {
		theMachine.forget()
		truncateHeap(0)
		setInput(make([]uint64, (n+7)/8))
		inputEnd = heapSize()
	}
	record[0] = stamp
}

//go:wasmexport validate
func exportValidate(stamp, l0, l1, l2, l3, hook int32) {
	texts := unsafe.String(&input[0], len(input)) // nobody reads it after the call
	if theMachine.isValid(texts, l0, l1, l2, l3, hook) {
		record[7], record[0] = 0, stamp // nobody reads the rest
	} else {
		tidy()
		theMachine.explain(texts, l0, l1, l2, l3, hook)
		answer(stamp)
	}
	release()
}

//go:wasmexport call
func exportCall(stamp, o, flags, n int32) {
	tidy()
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
		setInput(first[:])
		inputEnd = 0
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
