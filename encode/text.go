package encode

import (
	"strings"

	"github.com/convuser/convuser/encode/wire"
)

// A texts makes strings out of raw text with escapes. They all share one
// allocation, of the size that it was made with.
type texts struct {
	b    strings.Builder
	size int
	form bool // the escapes are a form's, else JSON's
}

// text returns the value of raw.
func (t *texts) text(raw string, escaped bool) string {
	if !escaped {
		return raw
	}
	var buf [chunk]byte
	wrote, read := t.unescape(buf[:], raw)
	if wrote == t.size && read == len(raw) {
		return string(buf[:wrote]) // the only text, and a short one
	}
	start := t.start()
	for t.b.Write(buf[:wrote]); read < len(raw); t.b.Write(buf[:wrote]) {
		raw = raw[read:]
		wrote, read = t.unescape(buf[:], raw)
	}
	return t.b.String()[start:]
}

// chunk is how many bytes are unescaped at a time, on the stack.
const chunk = 128

// unescape writes as much of the value of raw to buf as fits.
func (t *texts) unescape(buf []byte, raw string) (wrote, read int) {
	if t.form {
		return wire.CopyFormUnescaped(buf, raw)
	}
	return wire.CopyUnescaped(buf, raw)
}

// start returns where the next string starts, and allocates for the first.
func (t *texts) start() int {
	if t.b.Len() == 0 {
		t.b.Grow(t.size)
	}
	return t.b.Len()
}
