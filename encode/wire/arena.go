package wire

import (
	"strings"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// An Arena collects strings in one allocation, whose size [Arena.Grow] is told
// before. The zero Arena is empty. It must not be copied.
type Arena struct{ b strings.Builder }

// The sizes of the buffers on the stack that texts are unescaped by way of, in
// bytes. A buffer is set to zero first, so most texts, which are short, have a
// small one.
const (
	small = 128
	chunk = 2048
)

// Grow makes room for n bytes, if nothing has been collected yet.
func (a *Arena) Grow(n int) {
	if a.b.Len() == 0 {
		a.b.Grow(n)
	}
}

// Join returns the spans of s with commas between them.
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

// Unescape returns the value of a string, of which raw is what stands between
// the quotes; see [ConsumeString].
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

// Text returns what has been collected at sp.
func (a *Arena) Text(sp Span) string { return a.b.String()[sp.Start:sp.End] }

// collectChars is ConsumeString from a char of the string on, whose value it
// collects at sp, in one pass. It stops before the closing quote. Where ok is
// false there is a fault at that offset, which [ConsumeString] tells.
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

// UnescapeForm returns the value of a form that starts at s[i], which is not
// checked to be UTF-8, and the offset of the & behind it or of the end. The first
// one makes room for all of s[i:]. Where ok is false the value has a fault, which
// [ConsumeFormText] tells, or there is no room for it.
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

// formRoom returns how many bytes a form takes once unescaped, if each % has two
// digits behind it. For a short one that is not worth counting.
func formRoom(s string) int {
	if len(s) <= countFrom {
		return len(s)
	}
	return max(0, len(s)-2*kernel.Percents(s))
}

const countFrom = 512

// unescapeFormRest goes on with what was too long for a small buffer.
func (a *Arena) unescapeFormRest(s string, i int) (end int, ok bool) {
	var buf [chunk]byte
	for ok = true; ok && i < len(s) && s[i] != '&'; {
		var wrote int
		wrote, i, ok = CopyFormValue(buf[:], s, i)
		ok = ok && a.add(buf[:wrote])
	}
	return i, ok
}

// add collects p, if there is room for it, and reports whether there was.
func (a *Arena) add(p []byte) bool {
	if a.b.Len()+len(p) > a.b.Cap() {
		return false
	}
	a.b.Write(p)
	return true
}
