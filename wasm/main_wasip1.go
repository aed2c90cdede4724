package main

import "unsafe"

// main is not called: the host calls the exports of the module that wasm/relink
// makes of this program.
func main() {}

// instance serves every call: the program has one thread, and no operation
// waits.
var instance session

const (
	recordLen   = 9
	firstBuffer = 16 << 10 // bytes; enough for most calls
	keptBuffer  = 1 << 20  // bytes; a longer buffer is not kept after its call
	keptHeap    = 1 << 20  // bytes; a larger heap is freed before the next call
)

var (
	record   [recordLen]int32
	first    [firstBuffer / 8]uint64 // of words, so that lengths in the input are aligned
	input    []byte
	inputEnd int32 // the size of the heap with the input alone; 0 if that is first
)

func init() { setInput(first[:]) }

func setInput(words []uint64) {
	input = unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	record[1], record[2] = address(&input[0]), int32(len(input))
}

func address[T any](p *T) int32 { return int32(uintptr(unsafe.Pointer(p))) }

// The module has no garbage collector: the heap only grows, until it is
// truncated. wasm/relink writes the bodies of the next two functions.

// heapSize returns the size of the heap in bytes.
//
//go:noinline
func heapSize() int32 { return 0 }

// truncateHeap frees what was allocated after heapSize was n.
//
//go:noinline
func truncateHeap(n int32) {}

// trim frees what earlier calls allocated, once it exceeds keptHeap.
func trim() {
	if heapSize()-inputEnd > keptHeap {
		instance.drop()
		truncateHeap(inputEnd)
	}
}

// drop drops the references to the heap. The kinds have none.
func (s *session) drop() {
	s.lengths, s.texts, s.numbers, s.text, s.others = nil, "", nil, nil, nil
}

// ABI.md specifies the exports.

//go:wasmexport abi
func exportABI() int32 { return abi }

//go:wasmexport record
func exportRecord() int32 { return address(&record[0]) }

//go:wasmexport reserve
func exportReserve(stamp, n int32) {
	if int(n) > len(input) {
		instance.drop()
		truncateHeap(0)
		setInput(make([]uint64, (n+7)/8))
		inputEnd = heapSize()
	}
	record[0] = stamp
}

//go:wasmexport validate
func exportValidate(stamp, l0, l1, l2, l3, hook int32) {
	texts := unsafe.String(&input[0], len(input)) // not read after the call
	if instance.isValid(texts, l0, l1, l2, l3, hook) {
		record[7], record[0] = 0, stamp // the host reads no other word
	} else {
		trim()
		instance.explain(texts, l0, l1, l2, l3, hook)
		answer(stamp)
	}
	release()
}

//go:wasmexport call
func exportCall(stamp, o, flags, n int32) {
	trim()
	if n > 0 {
		instance.lengths = unsafe.Slice((*int32)(unsafe.Pointer(&input[0])), n)
	}
	header := 4 * int(n)
	instance.texts = unsafe.String(&input[header], len(input)-header)
	instance.run(o, flags)
	answer(stamp)
	release()
}

// release goes back to the first buffer after a long one, which trim frees.
func release() {
	if len(input) > keptBuffer {
		setInput(first[:])
		inputEnd = 0
	}
}

// answer fills the record, with the stamp last: it says that the call completed.
func answer(stamp int32) {
	s := &instance
	record[3], record[4] = 0, int32(len(s.text))
	if len(s.text) > 0 {
		record[3] = address(&s.text[0])
	}
	record[5], record[6] = 0, int32(len(s.numbers))
	if len(s.numbers) > 0 {
		record[5] = address(&s.numbers[0])
	}
	record[7], record[8] = int32(s.issues), 0
	if s.inBody {
		record[8] = 1
	}
	record[0] = stamp
}
