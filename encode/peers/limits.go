package peers

import (
	"encoding/binary"
	"math/bits"
)

// The physical limits: to copy the bytes that an operation reads, or to compare
// each of them, eight or one at a time, which is less than any contender does.
// The results are kept and the scans not inlined, so that the compiler cannot
// remove them.
var limits = [...]struct {
	name string
	run  func(buf, in []byte) int
}{
	{"memcpy", func(buf, in []byte) int { return copy(buf, in) }},
	{"8-byte scan", scanWords},
	{ByteScan, scanBytes},
	{TableScan, scanTable},
}

// The names of the limits that convuser's time is divided by: a loop that
// compares each byte, and one that looks each up in a table without branches,
// the fastest way to read one byte at a time.
const (
	ByteScan  = "byte scan"
	TableScan = "table scan"
)

// Limits returns the limits of the operation as contenders of it.
func (op *Operation) Limits() []Contender {
	var list []Contender
	for _, l := range limits {
		list = append(list, Contender{l.name, func(in *Input) Call {
			src := []byte(op.Reads(in))
			buf, n := make([]byte, len(src)), 0
			return Call{
				Run:    func() error { n = l.run(buf, src); return nil },
				Answer: func() any { return n },
			}
		}})
	}
	return list
}

// scanWords counts the bytes that end a run of plain text in a JSON string
// (quotes, backslashes, controls, non-ASCII), eight at a time.
//
//go:noinline
func scanWords(_, in []byte) (n int) {
	for len(in) >= 8 {
		n += bits.OnesCount64(notPlain(binary.LittleEndian.Uint64(in)))
		in = in[8:]
	}
	if len(in) > 0 {
		var last [8]byte
		copy(last[:], in)
		n += bits.OnesCount64(notPlain(binary.LittleEndian.Uint64(last[:])) << (8 * (8 - len(in))))
	}
	return n
}

// notPlain sets the high bit of each byte of w that is not plain text; a borrow
// may set more above the first.
func notPlain(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, backslash := w^ones*'"', w^ones*'\\'
	return (w | (w - ones*' ') | (quote - ones) | (backslash - ones)) & highs
}

// scanBytes counts them one at a time.
//
//go:noinline
func scanBytes(_, in []byte) (n int) {
	for _, c := range in {
		if c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			n++
		}
	}
	return n
}

// scanTable counts them with a table and no branches.
//
//go:noinline
func scanTable(_, in []byte) (n int) {
	for _, c := range in {
		n += int(special[c])
	}
	return n
}

// special has 1 for a byte that is not plain text.
var special = func() (t [256]uint8) {
	for c := range t {
		if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			t[c] = 1
		}
	}
	return t
}()
