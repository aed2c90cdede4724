package kernel

import "unicode/utf8"

// The specification of each kernel. The program in avo repeats some of the sets of
// bytes, since it is another module.

func jsonCharsBytes(s string) (n, escapes int) {
	for n < len(s) {
		switch k := runeLen(s[n:]); {
		case k == 0 || s[n] == '"' || s[n] < ' ':
			return n, escapes
		case s[n] != '\\':
			n += k
		case n+1 == len(s) || unescapeOf[s[n+1]] == 0:
			return n, escapes
		default:
			n, escapes = n+2, escapes+1
		}
	}
	return n, escapes
}

func copyPlainBytes(dst []byte, s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || escapeOf[s[i]] != 0 {
			return false
		}
	}
	copy(dst, s)
	return true
}

func escapeJSONBytes(dst []byte, s string) (wrote, read int) {
	var buf [len(`\u0000`)]byte
	for read < len(s) {
		k := runeLen(s[read:])
		char := appendChar(buf[:0], s[read:read+k])
		if k == 0 || len(char) > len(dst)-wrote {
			break
		}
		wrote += copy(dst[wrote:], char)
		read += k
	}
	return wrote, read
}

// appendChar appends a character as a char of a JSON string.
func appendChar(dst []byte, s string) []byte {
	switch {
	case s == "" || escapeOf[s[0]] == 0:
		return append(dst, s...)
	case escapeOf[s[0]] == 'u':
		return append(dst, '\\', 'u', '0', '0', lowerHex[s[0]>>4], lowerHex[s[0]&15])
	}
	return append(dst, '\\', escapeOf[s[0]])
}

func unescapeJSONBytes(dst []byte, s string) (wrote, read int) {
	for read < len(s) {
		r, k := decodeChar(s[read:])
		if k == 0 || utf8.RuneLen(r) > len(dst)-wrote {
			break
		}
		wrote += utf8.EncodeRune(dst[wrote:], r)
		read += k
	}
	return wrote, read
}

// decodeChar returns the value of the char of a JSON string at the start of s, and
// the length of the char, 0 if there is none.
func decodeChar(s string) (r rune, n int) {
	switch n = runeLen(s); {
	case n == 0 || s[0] == '"' || s[0] < ' ':
		return 0, 0
	case s[0] != '\\':
		r, _ = utf8.DecodeRuneInString(s)
		return r, n
	case len(s) > 1 && unescapeOf[s[1]] != 0:
		return rune(unescapeOf[s[1]]), 2
	}
	r = decodeUnit(s)
	if r >= 0 && (r < 0xd800 || r > 0xdfff) {
		return r, len(`\u0000`)
	}
	if r < 0 || r >= 0xdc00 { // not the first surrogate of a pair
		return 0, 0
	}
	low := decodeUnit(s[len(`\ud800`):])
	if low < 0xdc00 || low > 0xdfff {
		return 0, 0
	}
	return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, len(`\ud800\udc00`)
}

// decodeUnit returns the code unit of the \u escape at the start of s, -1 if there is
// none.
func decodeUnit(s string) (r rune) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	for i := 2; i < 6; i++ {
		if unhex[s[i]] > 15 {
			return -1
		}
		r = r<<4 | rune(unhex[s[i]])
	}
	return r
}

func utf16LenBytes(s string) (n int) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0xf0: // the first of four bytes
			n += 2
		case c < utf8.RuneSelf || c >= 0xc0:
			n++
		}
	}
	return n
}

func percentsBytes(s string) (n int) {
	for i := range len(s) {
		if s[i] == '%' {
			n++
		}
	}
	return n
}

func htmlSafeBytes(s string) int { return span(s, isHTMLSafe) }

func isHTMLSafe(c byte) bool { return c != '<' && c != '>' && c != '&' && c != 0xe2 }

func validUTF8Bytes(s string) (n int) {
	for n < len(s) {
		k := runeLen(s[n:])
		if k == 0 {
			break
		}
		n += k
	}
	return n
}

// runeLen returns the length of the character at the start of s, 0 if there is none.
func runeLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return 0
	}
	return n
}

func formPlainBytes(s string) int { return span(s, isFormPlain) }

func isFormPlain(c byte) bool {
	return c < utf8.RuneSelf && c != '&' && c != '%' && c != '+' && c != ';'
}

func escapeFormBytes(dst []byte, s string) (wrote, read int) {
	for ; read < len(s); read++ {
		switch c := s[read]; {
		case wrote == len(dst):
			return wrote, read
		case c == ' ':
			dst[wrote] = '+'
			wrote++
		case isFormBare(c):
			dst[wrote] = c
			wrote++
		case wrote+len("%00") > len(dst):
			return wrote, read
		default:
			dst[wrote], dst[wrote+1], dst[wrote+2] = '%', upperHex[c>>4], upperHex[c&15]
			wrote += len("%00")
		}
	}
	return wrote, read
}

// isFormBare reports whether c is not in the application/x-www-form-urlencoded
// percent-encode set (WHATWG URL section 1.3).
func isFormBare(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '*' || c == '-' || c == '.' || c == '_'
}

func unescapeFormBytes(dst []byte, s string) (wrote, read int) {
	for ; read < len(s) && wrote < len(dst); wrote++ {
		switch c := s[read]; {
		case c == '&' || c == ';':
			return wrote, read
		case c == '+':
			dst[wrote] = ' '
		case c != '%':
			dst[wrote] = c
		case read+2 >= len(s) || unhex[s[read+1]]|unhex[s[read+2]] > 15:
			return wrote, read
		default:
			dst[wrote] = unhex[s[read+1]]<<4 | unhex[s[read+2]]
			read += len("00")
		}
		read++
	}
	return wrote, read
}

func hexBytes(s string) int { return span(s, isHex) }

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f' }

// span returns the length of the longest prefix of s of bytes in a set.
func span(s string, in func(c byte) bool) (n int) {
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

const (
	lowerHex = "0123456789abcdef"
	upperHex = "0123456789ABCDEF"
)

// unhex has the value of each hex digit, and 0xff for every other byte.
var unhex = func() (t [256]byte) {
	for c := range t {
		t[c] = 0xff
	}
	for d := range byte(16) {
		t[lowerHex[d]], t[upperHex[d]] = d, d
	}
	return t
}()

// unescapeOf has the value of the JSON escape sequence of a backslash and the index,
// 0 if there is none.
var unescapeOf = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapeOf has what comes after the backslash in the JSON escape sequence of the
// index: a letter, 'u' for one of six bytes, or 0 if it needs none.
var escapeOf = func() (t [256]byte) {
	for c := range byte(' ') {
		t[c] = 'u'
	}
	for _, c := range []byte("\"\\bfnrt") {
		t[unescapeOf[c]] = c
	}
	return t
}()
