package encode

import (
	"strings"

	"github.com/convuser/convuser/encode/wire"
)

// A texts makes strings out of the members of a valid JSON text. Those with
// escapes share one allocation: of the size that it was made with or, where
// some were long and are in it already, of that of the source.
type texts struct {
	src  string
	b    strings.Builder
	size int
}

// member returns the value of a string.
func (t *texts) member(m *wire.Member) string {
	switch {
	case m.Long:
		return t.b.String()[m.Start:m.End]
	case !m.Escape:
		return t.src[m.Start:m.End]
	}
	return t.text(t.src[m.Start:m.End])
}

// text returns the value of raw, which has escapes.
func (t *texts) text(raw string) string {
	if t.size == 0 || t.size > small || t.b.Len() > 0 {
		return t.several(raw)
	}
	var buf [small]byte
	if wrote, end, _ := wire.CopyChars(buf[:], raw, 0); wrote == t.size && end == len(raw) {
		return string(buf[:wrote]) // the only text
	}
	return t.several(raw)
}

// Bytes that are unescaped at a time, on the stack.
const (
	small = 128
	chunk = 1024
)

// several returns the value of raw as a part of what all texts share.
func (t *texts) several(raw string) string {
	start := t.start()
	wire.WriteUnescaped(&t.b, raw)
	return t.b.String()[start:]
}

// start returns where the next string starts, and allocates for the first.
func (t *texts) start() int {
	if t.b.Len() == 0 {
		t.b.Grow(t.size)
	}
	return t.b.Len()
}
