package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// FormLen returns the number of bytes that [AppendFormText] appends for s.
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
// application/x-www-form-urlencoded serializer does (WHATWG URL section 5.2): a
// space as +, ASCII alphanumerics and *-._ unchanged, every other byte as % and two
// upper-case hex digits. It does not check that s is valid UTF-8.
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

// Grow returns b with room for n more bytes. A new buffer has at least twice the
// capacity, so that many appends take linear time. Unlike slices.Grow, it takes one
// allocation under the race detector, too. It is not inlined, since many places call
// it and none often.
//
//go:noinline
func Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, max(len(b)+n, 2*cap(b))), b...)
}

// ConsumeFormText consumes a value of a form, from s[i] to the next & or the end of
// s, or a name, which an = ends, too. Saved is the number of bytes by which the text
// is shorter once unescaped, and escaped says whether it contains a % or +.
//
// It accepts what the parser of WHATWG URL section 5.1 accepts, except for three
// things that lose or change text there: a percent sign without two hex digits
// ([Percent]), a raw semicolon, which some readers take for a separator
// ([Semicolon]), and unescaped text that is not valid UTF-8 ([UTF8], at the first
// byte of the invalid sequence or its %).
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

// SkipFormPlain returns the offset of the first byte from s[i] on that is &, %, +,
// ; or not ASCII. All others stand for themselves in a value.
func SkipFormPlain(s string, i int) int { return i + kernel.FormPlain(s[i:]) }

// skipFormName is SkipFormPlain for a name, which an = ends.
func skipFormName(s string, i int) int {
	for i < len(s) && s[i] < utf8.RuneSelf && strings.IndexByte("=&%+;", s[i]) < 0 {
		i++
	}
	return i
}

// CopyFormValue unescapes the rest of a value, from s[i] to the next & or the end of
// s, into buf until that is full. It returns the number of bytes written and the
// offset of what it has not read. It does not check that the value is UTF-8. If ok
// is false, the value has another fault, which [ConsumeFormText] returns.
func CopyFormValue(buf []byte, s string, i int) (wrote, end int, ok bool) {
	wrote, read := kernel.UnescapeForm(buf, s[i:])
	end = i + read
	return wrote, end, end == len(s) || s[end] == '&' || wrote == len(buf)
}

// consumeFormRune consumes the character at s[i], whose bytes may be
// percent-encoded, and returns the offset after it and its length in UTF-8.
func consumeFormRune(s string, i int) (end, width int, f Fault) {
	var seq [utf8.UTFMax]byte
	for end = i; end < len(s) && width < utf8.UTFMax; width++ {
		c, next, f := formByte(s, end)
		if f != OK {
			if width > 0 {
				return i, 0, UTF8 // the sequence is not complete before the %
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

// formByte returns the byte at s[i], percent-encoded or not, and the offset after
// it, or that of the first byte that is not a digit.
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

// Unhex returns the value of a hex digit (HEXDIG of RFC 5234, in either case), and
// more than 15 for another byte.
func Unhex(c byte) byte { return kernel.Unhex(c) }

// IsHex reports whether c is a hex digit (HEXDIG of RFC 5234, in either case).
func IsHex(c byte) bool { return kernel.Unhex(c) <= 15 }

// ConsumeHex consumes hex digits and returns the offset after them.
func ConsumeHex(s string, i int) int { return i + kernel.Hex(s[i:]) }
