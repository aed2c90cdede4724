package wire

import "unicode/utf8"

// unhex holds the value of each hex digit and 0xff for every other byte.
var unhex = func() (t [256]byte) {
	for c := range t {
		t[c] = 0xff
	}
	for d := byte(0); d < 16; d++ {
		t[lowerHex[d]] = d
		t["0123456789ABCDEF"[d]] = d
	}
	return t
}()

// formBytes holds what the form serializer writes for each byte: up to three
// bytes of output from the lowest, and how many they are in the highest.
var formBytes = func() (t [256]uint32) {
	const upperHex = "0123456789ABCDEF"
	for c := range t {
		switch {
		case c == ' ':
			t[c] = '+' | 1<<24
		case isFormBare(byte(c)):
			t[c] = uint32(c) | 1<<24
		default:
			t[c] = '%' | uint32(upperHex[c>>4])<<8 | uint32(upperHex[c&15])<<16 | 3<<24
		}
	}
	return t
}()

// isFormBare reports whether c is outside of the
// application/x-www-form-urlencoded percent-encode set (WHATWG URL section
// 1.3): ASCII alphanumerics and *-._
func isFormBare(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' ||
		c == '*' || c == '-' || c == '.' || c == '_'
}

// FormLen returns how many bytes [AppendFormText] appends for s.
func FormLen(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n += int(formBytes[s[i]] >> 24)
	}
	return n
}

// AppendFormText appends s, a name or a value, as the
// application/x-www-form-urlencoded serializer writes it (WHATWG URL section
// 5.2): a space as +, ASCII alphanumerics and *-._ as they are, every other
// byte as % and two upper-case hex digits. It does not look at UTF-8, but it
// says whether s is ASCII and needs no such look.
func AppendFormText(dst []byte, s string) (out []byte, ascii bool) {
	if 3*len(s) > cap(dst)-len(dst) {
		dst = Grow(dst, FormLen(s))
	}
	// Each entry is stored whole, four bytes. Three more bytes of input are at
	// least three more of output, so up to there it stays inside.
	n, i, bare := len(dst), 0, true
	var seen byte
	for buf := dst[:cap(dst)]; i+3 < len(s); {
		for bare && i+8 <= len(s) && notFormBare(load8(s, i)) == 0 {
			store8(buf, n, load8(s, i)^equalASCII(load8(s, i), ' ')>>7*(' '^'+'))
			n, i = n+8, i+8
		}
		start := n
		for end := min(i+formBlock, len(s)-3); i < end; i++ {
			seen |= s[i]
			e := formBytes[s[i]]
			b := buf[n : n+4]
			b[0], b[1], b[2], b[3] = byte(e), byte(e>>8), byte(e>>16), byte(e>>24)
			n += int(e >> 24)
		}
		bare = n == start+formBlock
	}
	for dst = dst[:n]; i < len(s); i++ {
		seen |= s[i]
		e := formBytes[s[i]]
		if e>>24 == 1 {
			dst = append(dst, byte(e))
		} else {
			dst = append(dst, byte(e), byte(e>>8), byte(e>>16))
		}
	}
	return dst, seen < utf8.RuneSelf
}

// formBlock is how many bytes without an escape make it likely that eight more
// have none: to ask all the time made text with many escapes a tenth slower.
const formBlock = 16

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

// inFormText says of each byte whether it goes on unchanged inside a name
// or value of a form: 0 where it does.
var inFormText = func() (t [256]byte) {
	for c := range t {
		if c >= utf8.RuneSelf {
			t[c] = formNonASCII
		}
	}
	t['&'], t['='], t['%'], t['+'], t[';'] = formEnd, formEquals, formPercent, formPlus, formSemicolon
	return t
}()

const (
	formEquals = 1 + iota
	formPercent
	formPlus
	formNonASCII
	formStop      = 0x10 // a value ends here, well or not
	formEnd       = formStop | 1
	formSemicolon = formStop | 2
)

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
		if !name {
			i = SkipFormPlain(s, i)
		}
		for plain := false; !plain; { // escapes come in runs
			if i >= len(s) {
				return i, saved, escaped, OK
			}
			switch inFormText[s[i]] {
			case formEnd:
				return i, saved, escaped, OK
			case formEquals:
				if name {
					return i, saved, escaped, OK
				}
				i++
			case formPlus:
				escaped = true
				i++
			case formSemicolon:
				return i, 0, false, Semicolon
			case formPercent:
				if isFormASCII(s, i) {
					saved, escaped, i = saved+2, true, i+3
					break
				}
				fallthrough
			case formNonASCII:
				n, width, f := consumeFormRune(s, i)
				if f != OK {
					return n, 0, false, f
				}
				saved += n - i - width
				escaped = escaped || n-i != width
				i = n
			default:
				plain = true
				i++
			}
		}
	}
}

// SkipFormPlain returns the offset of the first byte from s[i] on that is no
// plain text inside a value: an & or %, a + or ;, or non-ASCII.
func SkipFormPlain(s string, i int) int {
	for {
		for i+8 <= len(s) && notFormPlain(load8(s, i)) == 0 {
			i += 8
		}
		if i+8 > len(s) {
			break
		}
		if i += first(notFormPlain(load8(s, i))); inFormText[s[i]] != 0 { // a $ or ' is none
			return i
		}
		i++
	}
	for i < len(s) && (inFormText[s[i]] == 0 || s[i] == '=') {
		i++
	}
	return i
}

// CopyFormValue unescapes the value that goes on at s[i] into buf, up to the
// next & or the end of s, or until buf is full, and returns the number of
// bytes written, the offset of what it has not read, and whether all that it
// wrote is ASCII; other text is not checked to be UTF-8. Where ok is false,
// there is a fault at or behind that offset, which [ConsumeFormText] locates.
func CopyFormValue(buf []byte, s string, i int) (wrote, end int, ascii, ok bool) {
	n := 0
	var seen byte
	for n < len(buf) && i < len(s) {
		if i+8 <= len(s) && n+8 <= len(buf) {
			w := load8(s, i)
			m := notFormRun(w)
			plus := equalASCII(w&^highs, '+') >> 7
			store8(buf, n, w^plus*('+'^' '))
			if m == 0 {
				n, i = n+8, i+8
				continue
			}
			if k := first(m); k > 0 {
				n, i = n+k, i+k
			}
		}
		c := s[i]
		if c == '%' { // escapes come in runs
			for {
				if i+2 >= len(s) || unhex[s[i+1]]|unhex[s[i+2]] > 15 {
					return n, i, false, false
				}
				c = unhex[s[i+1]]<<4 | unhex[s[i+2]]
				seen |= c
				buf[n] = c
				n++
				if i += 3; i == len(s) || s[i] != '%' || n == len(buf) {
					break
				}
			}
			continue
		}
		if inFormText[c]&formStop != 0 {
			return n, i, seen < utf8.RuneSelf, c == '&'
		}
		if c == '+' {
			c = ' '
		}
		buf[n] = c
		seen |= c
		n++
		i++
	}
	return n, i, seen < utf8.RuneSelf, true
}

// isFormASCII reports whether s[i:] starts with a percent-encoded byte below
// 0x80, which is nearly always the case and needs no look at UTF-8.
func isFormASCII(s string, i int) bool {
	return i+2 < len(s) && s[i] == '%' && unhex[s[i+1]] < 8 && unhex[s[i+2]] < 16
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
		if n := width + 1; runeLen(string(seq[:n]), 0) == n {
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
		if end >= len(s) || unhex[s[end]] > 15 {
			return 0, end, Percent
		}
		c = c<<4 | unhex[s[end]]
	}
	return c, end, OK
}

// IsHex reports whether c is a HEXDIG of RFC 5234, in either case.
func IsHex(c byte) bool { return unhex[c] < 16 }

// ConsumeHex consumes as many of them as there are and returns the offset
// behind the last, i where there is none.
func ConsumeHex(s string, i int) int {
	for i+8 <= len(s) {
		if m := notHex(load8(s, i)); m != 0 {
			return i + first(m)
		}
		i += 8
	}
	for i < len(s) && IsHex(s[i]) {
		i++
	}
	return i
}

// IsHex32 reports whether s is exactly 32 of them.
func IsHex32(s string) bool {
	return len(s) == 32 &&
		notHex(load8(s, 0))|notHex(load8(s, 8))|notHex(load8(s, 16))|notHex(load8(s, 24)) == 0
}
