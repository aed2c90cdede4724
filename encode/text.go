package encode

import "github.com/convuser/convuser/encode/wire"

// A texts makes strings out of raw JSON strings with escapes. They all share one
// allocation, of the size that it was made with.
type texts struct {
	b    builder
	size int
}

// text returns the value of raw.
func (t *texts) text(raw string, escaped bool) string {
	if !escaped {
		return raw
	}
	if t.size == 0 || t.size > small || t.b.Len() > 0 {
		return t.long(raw)
	}
	var buf [small]byte
	if wrote, read := wire.CopyUnescaped(buf[:], raw); wrote == t.size && read == len(raw) {
		return string(buf[:wrote]) // the only text
	}
	return t.long(raw)
}

// Bytes that are unescaped at a time, on the stack.
const (
	small = 128
	chunk = 1024
)

// long returns the value of raw as a part of what all texts share.
func (t *texts) long(raw string) string {
	start := t.start()
	var buf [chunk]byte
	for raw != "" {
		wrote, read := wire.CopyUnescaped(buf[:], raw)
		t.b.Write(buf[:wrote])
		raw = raw[read:]
	}
	return t.b.from(start)
}

// start returns where the next string starts, and allocates for the first.
func (t *texts) start() int {
	if t.b.Len() == 0 {
		t.b.Grow(t.size)
	}
	return t.b.Len()
}
