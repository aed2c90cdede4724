package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// FormLen returns how many bytes [AppendFormText] appends for s.
func FormLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if c := s[i]; c != ' ' && !kernel.IsFormBare(c) {
			n += len("%00") - 1
		}
	}
	return n
}

// AppendFormText appends s, a name or a value, as the
// application/x-www-form-urlencoded serializer writes it (WHATWG URL section
// 5.2): a space as +, ASCII alphanumerics and *-._ as they are, every other
// byte as % and two upper-case hex digits. It does not look at UTF-8.
func AppendFormText(dst []byte, s string) []byte {
	for {
		wrote, read := kernel.EscapeForm(dst[len(dst):cap(dst)], s)
		dst = dst[:len(dst)+wrote]
		if s = s[read:]; s == "" {
			return dst
		}
		dst = Grow(dst, FormLen(s))
	}
}

// Grow returns b with room for n more bytes. It at least doubles what it moves,
// so that many appends to one buffer stay linear. slices.Grow would do the
// same, but takes two allocations under the race detector. It is rare, and many
// places call it.
//
//go:noinline
func Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, max(len(b)+n, 2*cap(b))), b...)
}

// ConsumeFormText consumes a name or a value of a form from s[i] to the next
// & or the end of s, for a name also to the next =. Saved is the number of
// bytes by which the text is shorter once unescaped, and escaped says
// whether it holds a % or + at all.
//
// It reads what the parser of WHATWG URL section 5.1 reads, but for three
// things that lose or change text there and are faults here: a percent sign
// without two hex digits ([Percent]), a raw semicolon, which some readers
// take for a separator ([Semicolon]), and unescaped text that is not valid
// UTF-8 ([UTF8], at the first byte of the bad sequence or the % of it).
func ConsumeFormText(s string, i int, name bool) (end, saved int, escaped bool, f Fault) {
	for {
		if name {
			i = skipFormName(s, i)
		} else {
			i = SkipFormPlain(s, i)
		}
		switch {
		case i == len(s) || s[i] == '&' || s[i] == '=':
			return i, saved, escaped, OK
		case s[i] == ';':
			return i, 0, false, Semicolon
		case s[i] == '+':
			escaped = true
			i++
			continue
		}
		end, width, f := consumeFormRune(s, i)
		if f != OK {
			return end, 0, false, f
		}
		saved += end - i - width
		escaped = escaped || end-i != width
		i = end
	}
}

// SkipFormPlain returns the offset of the first byte from s[i] on that does not
// stand for itself in a value: &, %, +, ; and what is not ASCII.
func SkipFormPlain(s string, i int) int { return i + kernel.FormPlain(s[i:]) }

// skipFormName is SkipFormPlain for a name, which an = ends.
func skipFormName(s string, i int) int {
	for i < len(s) && s[i] < utf8.RuneSelf && strings.IndexByte("=&%+;", s[i]) < 0 {
		i++
	}
	return i
}

// CopyFormValue unescapes the value that goes on at s[i] into buf, up to the
// next & or the end of s, or until buf is full, and returns the number of
// bytes written and the offset of what it has not read. It is not checked to be
// UTF-8. Where ok is false, the value has a fault, which [ConsumeFormText] tells.
func CopyFormValue(buf []byte, s string, i int) (wrote, end int, ok bool) {
	wrote, read := kernel.UnescapeForm(buf, s[i:])
	end = i + read
	return wrote, end, end == len(s) || s[end] == '&' || wrote == len(buf)
}

// consumeFormRune consumes the character at s[i], any of whose bytes may be
// percent-encoded, and returns the offset behind it and how many bytes of
// UTF-8 it takes.
func consumeFormRune(s string, i int) (end, width int, f Fault) {
	var seq [utf8.UTFMax]byte
	for end = i; end < len(s) && width < utf8.UTFMax; width++ {
		c, next, f := formByte(s, end)
		if f != OK {
			if width > 0 {
				return i, 0, UTF8 // the sequence broke off before the bad %
			}
			return next, 0, f
		}
		if seq[width] = c; c < utf8.RuneSelf {
			if width > 0 {
				return i, 0, UTF8
			}
			return next, 1, OK
		}
		end = next
		if n := width + 1; utf8.Valid(seq[:n]) {
			return end, n, OK
		}
	}
	return i, 0, UTF8
}

// formByte returns the byte that s[i] stands for, percent-encoded or not,
// and the offset behind it; where a % has no two digits, that of the byte
// that is none.
func formByte(s string, i int) (c byte, end int, f Fault) {
	if s[i] != '%' {
		return s[i], i + 1, OK
	}
	for end = i + 1; end < i+3; end++ {
		if end >= len(s) || !IsHex(s[end]) {
			return 0, end, Percent
		}
		c = c<<4 | kernel.Unhex(s[end])
	}
	return c, end, OK
}

// Unhex returns the value of a HEXDIG of RFC 5234, in either case; more than 15
// for another byte.
func Unhex(c byte) byte { return kernel.Unhex(c) }

// IsHex reports whether c is a HEXDIG of RFC 5234, in either case.
func IsHex(c byte) bool { return kernel.Unhex(c) <= 15 }

// ConsumeHex consumes as many hex digits as there are and returns the offset
// behind the last, i where there is none.
func ConsumeHex(s string, i int) int { return i + kernel.Hex(s[i:]) }
