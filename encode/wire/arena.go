package wire

import (
	"strings"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// An Arena holds strings in one allocation, if [Arena.Grow] was called with the sum
// of their lengths. The zero Arena is empty. It must not be copied.
type Arena struct{ b strings.Builder }

// The sizes, in bytes, of the buffers on the stack for unescaping. Most texts are
// short, and a small buffer is faster to set to zero.
const (
	small = 128
	chunk = 2048
)

// Grow makes room for n bytes, if the arena is empty.
func (a *Arena) Grow(n int) {
	if a.b.Len() == 0 {
		a.b.Grow(n)
	}
}

// Join returns the spans of s, separated by commas.
func (a *Arena) Join(s string, spans []Span) string {
	start := a.b.Len()
	for k, span := range spans {
		if k > 0 {
			a.b.WriteByte(',')
		}
		a.b.WriteString(s[span.Start:span.End])
	}
	return a.b.String()[start:]
}

// Unescape returns the value of a JSON string; raw is the text between its quotes,
// which [ConsumeString] has accepted.
func (a *Arena) Unescape(raw string) string {
	start := a.b.Len()
	if len(raw) > small {
		a.collectChars(raw, 0)
	} else {
		var buf [small]byte
		wrote, _, _ := CopyChars(buf[:], raw, 0)
		a.b.Write(buf[:wrote])
	}
	return a.b.String()[start:]
}

// Text returns the part of the arena at sp.
func (a *Arena) Text(sp Span) string { return a.b.String()[sp.Start:sp.End] }

// collectChars adds the value of the rest of a JSON string, from the char at s[i]
// to the closing quote, and returns its place in the arena and the offset of the
// quote. If ok is false, the string has a fault at that offset or later.
func (a *Arena) collectChars(s string, i int) (sp Span, end int, ok bool) {
	var buf [chunk]byte
	sp.Start = a.b.Len()
	for ok = true; ok && i < len(s) && s[i] != '"'; {
		var wrote int
		wrote, i, ok = CopyChars(buf[:], s, i)
		a.b.Write(buf[:wrote])
	}
	sp.End = a.b.Len()
	return sp, i, ok && i < len(s)
}

// UnescapeForm returns the value of a form that starts at s[i], without checking
// that it is UTF-8, and the offset of the & after it or of the end. The first call
// makes room for all of s[i:]. If ok is false, the value has a fault, which
// [ConsumeFormText] returns, or there is no room for it.
func (a *Arena) UnescapeForm(s string, i int) (value string, end int, ok bool) {
	if a.b.Cap() == 0 {
		a.b.Grow(formRoom(s[i:]))
	}
	var buf [small]byte
	start := a.b.Len()
	wrote, i, ok := CopyFormValue(buf[:], s, i)
	if ok = ok && a.add(buf[:wrote]); ok && i < len(s) && s[i] != '&' {
		i, ok = a.unescapeFormRest(s, i)
	}
	return a.b.String()[start:], i, ok
}

// formRoom returns the length of s once unescaped, if each % has two digits after
// it, or a little more for a short s.
func formRoom(s string) int {
	if len(s) <= countFrom {
		return len(s)
	}
	return max(0, len(s)-2*kernel.Percents(s))
}

const countFrom = 512

// unescapeFormRest adds the rest of a value that was too long for a small buffer.
func (a *Arena) unescapeFormRest(s string, i int) (end int, ok bool) {
	var buf [chunk]byte
	for ok = true; ok && i < len(s) && s[i] != '&'; {
		var wrote int
		wrote, i, ok = CopyFormValue(buf[:], s, i)
		ok = ok && a.add(buf[:wrote])
	}
	return i, ok
}

// add adds p if there is room for it, and reports whether there was.
func (a *Arena) add(p []byte) bool {
	if a.b.Len()+len(p) > a.b.Cap() {
		return false
	}
	a.b.Write(p)
	return true
}
