package wire

import (
	"math/bits"
	"unicode/utf8"
)

// escaped holds the byte that a backslash and the index stand for, 0 where
// RFC 8259 section 7 has no such escape. \u is not in it: it takes four
// digits more.
var escaped = [256]byte{
	'"': '"', '\\': '\\', '/': '/',
	'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// ConsumeString consumes the string (RFC 8259 section 7) whose opening quote
// is s[i] and returns the offset behind its closing quote. Saved is the
// number of bytes by which its value is shorter than what stands between the
// quotes: 0 means that there is no escape and the two are the same.
func ConsumeString(s string, i int) (end, saved int, f Fault) {
	if i >= len(s) || s[i] != '"' {
		return i, 0, WantName
	}
	i++
	for {
		for i+8 <= len(s) {
			if m := notPlain(load8(s, i)); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(s) {
			return len(s), 0, WantQuote
		}
		switch c := s[i]; {
		case c == '"':
			return i + 1, saved, OK
		case c == '\\':
			n, width, f := consumeEscape(s, i)
			if f != OK {
				return n, 0, f
			}
			saved += n - i - width
			i = n
		case c < ' ':
			return i, 0, Control
		case c >= utf8.RuneSelf:
			if i, f = consumeNonASCII(s, i); f != OK {
				return i, 0, f
			}
		default: // fewer than eight bytes were left
			i++
		}
	}
}

// consumeEscape consumes the escape sequence whose backslash is s[i], both
// halves of a surrogate pair included, and returns the offset behind it and
// how many bytes of UTF-8 its character takes.
func consumeEscape(s string, i int) (end, width int, f Fault) {
	if i+1 >= len(s) {
		return len(s), 0, WantEscape
	}
	if escaped[s[i+1]] != 0 {
		return i + 2, 1, OK
	}
	if s[i+1] != 'u' {
		return i + 1, 0, WantEscape
	}
	r, end, f := consumeHex4(s, i+2)
	if f != OK {
		return end, 0, f
	}
	if !isSurrogate(r) {
		return end, utf8.RuneLen(r), OK
	}
	if r >= lowSurrogates || !hasLowSurrogate(s, end) {
		return i, 0, Surrogate
	}
	return end + 6, 4, OK
}

const (
	highSurrogates  = 0xd800
	lowSurrogates   = 0xdc00
	afterSurrogates = 0xe000
)

func isSurrogate(r rune) bool { return highSurrogates <= r && r < afterSurrogates }

// hasLowSurrogate reports whether s[i:] starts with the escape of a low
// surrogate.
func hasLowSurrogate(s string, i int) bool {
	if i+1 >= len(s) || s[i] != '\\' || s[i+1] != 'u' {
		return false
	}
	r, _, f := consumeHex4(s, i+2)
	return f == OK && lowSurrogates <= r && r < afterSurrogates
}

// consumeHex4 consumes the four hex digits of a \u escape and returns the
// code unit that they stand for.
func consumeHex4(s string, i int) (r rune, end int, f Fault) {
	for end = i; end < i+4; end++ {
		if end >= len(s) || unhex[s[end]] > 15 {
			return 0, end, WantHex
		}
		r = r<<4 | rune(unhex[s[end]])
	}
	return r, end, OK
}

// AppendUnescaped appends the value of a string to dst: raw is what stands
// between the quotes of one that [ConsumeString] has consumed. It appends
// len(raw)-saved bytes.
func AppendUnescaped(dst []byte, raw string) []byte {
	dst, _ = appendUnescaped(dst, raw, len(dst)+len(raw))
	return dst
}

// CopyUnescaped is [AppendUnescaped] for a buffer of fixed size: it writes
// as much of the value of raw to buf as fits and returns the number of bytes
// written and of those read. With at least four bytes in buf and one in raw
// it always gets ahead.
func CopyUnescaped(buf []byte, raw string) (wrote, read int) {
	dst, read := appendUnescaped(buf[:0:len(buf)], raw, len(buf)-3)
	return len(dst), read
}

// appendUnescaped appends characters of raw to dst while dst is shorter
// than limit, and returns dst and how much of raw it has read.
func appendUnescaped(dst []byte, raw string, limit int) ([]byte, int) {
	i := 0
	for i < len(raw) && len(dst) < limit {
		if c := raw[i]; c != '\\' {
			j, most := i+1, min(len(raw), i+limit-len(dst))
			for j < most && raw[j] != '\\' {
				j++
			}
			dst = append(dst, raw[i:j]...)
			i = j
			continue
		}
		if c := escaped[raw[i+1]]; c != 0 {
			dst = append(dst, c)
			i += 2
			continue
		}
		r, end, _ := consumeHex4(raw, i+2)
		if isSurrogate(r) {
			low, after, _ := consumeHex4(raw, end+2)
			r, end = (r-highSurrogates)<<10|(low-lowSurrogates)+0x10000, after
		}
		dst = utf8.AppendRune(dst, r)
		i = end
	}
	return dst, i
}

// needsEscape says how a string writes each byte below 0x80 that it cannot
// hold as it is: the letter behind the backslash, or 'u' for six bytes.
var needsEscape = [256]byte{
	0: 'u', 1: 'u', 2: 'u', 3: 'u', 4: 'u', 5: 'u', 6: 'u', 7: 'u',
	'\b': 'b', '\t': 't', '\n': 'n', 11: 'u', '\f': 'f', '\r': 'r', 14: 'u', 15: 'u',
	16: 'u', 17: 'u', 18: 'u', 19: 'u', 20: 'u', 21: 'u', 22: 'u', 23: 'u',
	24: 'u', 25: 'u', 26: 'u', 27: 'u', 28: 'u', 29: 'u', 30: 'u', 31: 'u',
	'"': '"', '\\': '\\',
}

const lowerHex = "0123456789abcdef"

// AppendString appends s as a JSON string in quotes, with as few escapes as
// RFC 8259 section 7 allows and everything else as raw UTF-8. With htmlSafe
// it also escapes <, >, &, U+2028 and U+2029, so that the text may stand
// inside a script element. Where s is not valid UTF-8 it returns dst as it
// was, the offset in s, and [UTF8]; the offset is of no use otherwise.
func AppendString(dst []byte, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	lead := len(dst)
	dst = append(dst, '"')
	start, i := 0, 0 // s[start:i] is clean and not appended yet
	for {
		for i+8 <= len(s) {
			w := load8(s, i)
			m := notPlain(w)
			if htmlSafe {
				m |= notHTMLSafe(w)
			}
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(s) {
			dst = append(dst, s[start:]...)
			return append(dst, '"'), i, OK
		}
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			n := runeLen(s, i)
			if n == 0 {
				return dst[:lead], i, UTF8
			}
			if htmlSafe && isLineSeparator(s[i:i+n]) {
				dst = appendLineSeparator(append(dst, s[start:i]...), s[i+2])
				start = i + n
			}
			i += n
		case needsEscape[c] != 0 || htmlSafe && (c == '<' || c == '>' || c == '&'):
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
		default:
			i++
		}
	}
}

// appendEscape appends the escape sequence of c, a byte below 0x80.
func appendEscape(dst []byte, c byte) []byte {
	if e := needsEscape[c]; e != 0 && e != 'u' {
		return append(dst, '\\', e)
	}
	return append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
}

// notHTMLSafe marks <, > and &.
func notHTMLSafe(w uint64) uint64 {
	return (((w ^ '<'*ones) - ones) | ((w ^ '>'*ones) - ones) | ((w ^ '&'*ones) - ones)) & highs
}

// isLineSeparator reports whether the character is U+2028 or U+2029, which
// end a line in JavaScript before ES2019.
func isLineSeparator(s string) bool { return s == "\u2028" || s == "\u2029" }

// AppendJSON appends a JSON text or part of one that a Consume function has
// accepted, as it is; with htmlSafe, <, >, &, U+2028 and U+2029, which can
// only stand inside its strings, are escaped as [AppendString] does.
func AppendJSON(dst []byte, s string, htmlSafe bool) []byte {
	if !htmlSafe {
		return append(dst, s...)
	}
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '<' || c == '>' || c == '&':
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			start = i + 1
		case c == 0xe2 && i+3 <= len(s) && isLineSeparator(s[i:i+3]):
			dst = appendLineSeparator(append(dst, s[start:i]...), s[i+2])
			start = i + 3
		}
	}
	return append(dst, s[start:]...)
}

// appendLineSeparator appends the escape of U+2028 or U+2029, of whose UTF-8
// last is the last byte.
func appendLineSeparator(dst []byte, last byte) []byte {
	return append(append(dst, `\u202`...), lowerHex[last&15])
}
