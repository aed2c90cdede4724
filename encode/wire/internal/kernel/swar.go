package kernel

import (
	"math/bits"
	"unicode/utf8"
)

// Eight bytes at a time ("SIMD within a register"). A predicate over a word marks
// bytes by setting their high bits. The subtractions borrow from the byte above, so
// bits above the lowest one set may be wrong; the lowest never is, and a word
// without a match has no bit set. A predicate that is exact in every byte says so.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// load8 returns s[i:i+8] with s[i] in the lowest byte. It compiles to one load, as
// encoding/binary does for a slice of bytes.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// store8 writes w to b[i:i+8], its lowest byte first, in one store.
func store8(b []byte, i int, w uint64) {
	d := b[i : i+8]
	d[0], d[1], d[2], d[3] = byte(w), byte(w>>8), byte(w>>16), byte(w>>24)
	d[4], d[5], d[6], d[7] = byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56)
}

// loadShort is load8 for a text of less than eight bytes, padded with spaces.
func loadShort(s string) uint64 {
	w := uint64(' ' * ones)
	for i := len(s) - 1; i >= 0; i-- {
		w = w<<8 | uint64(s[i])
	}
	return w
}

// first returns the index of the lowest byte that m marks, 8 for none.
func first(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// equalASCII marks the bytes that are c, if all bytes of w are below 0x80. It is
// exact.
func equalASCII(w uint64, c byte) uint64 { return (highs - (w ^ uint64(c)*ones)) & highs }

// notPlain marks what is not plain in a JSON string, and what is not ASCII. With bit
// 1 flipped, the quote is next to the control characters, and the space is not.
func notPlain(w uint64) uint64 {
	return (((w ^ 0x02*ones) - 0x21*ones) | ((w ^ '\\'*ones) - ones) | w) & highs
}

// notText marks control characters and what is not ASCII.
func notText(w uint64) uint64 { return ((w - ' '*ones) | w) & highs }

// notHTMLSafe marks <, > and &, and all that is not ASCII.
func notHTMLSafe(w uint64) uint64 {
	return (((w ^ '<'*ones) - ones) | ((w ^ '>'*ones) - ones) | ((w ^ '&'*ones) - ones) | w) & highs
}

// notFormPlain marks & % + ; and what is not ASCII. It also marks $ and ', since
// telling them from % and & would be slower.
func notFormPlain(w uint64) uint64 {
	and := (w | 0x03*ones) ^ 0x27*ones // $ % & '
	plus := (w | 0x10*ones) ^ ';'*ones // + ;
	return ((and - ones) | (plus - ones) | w) & highs
}

// notFormRun is notFormPlain without the +.
func notFormRun(w uint64) uint64 {
	and := (w | 0x03*ones) ^ 0x27*ones
	return ((and - ones) | ((w ^ ';'*ones) - ones) | w) & highs
}

// notFormBare marks all but spaces and what a form has unescaped. It also marks *,
// which is rare.
func notFormBare(w uint64) uint64 {
	letters := w | 0x20*ones
	bare := (w+(0x80-'0')*ones)&^(w+(0x7f-'9')*ones) |
		(letters+(0x80-'a')*ones)&^(letters+(0x7f-'z')*ones) |
		(w+(0x80-'-')*ones)&^(w+(0x7f-'.')*ones) |
		equalASCII(w, '_') | equalASCII(w, ' ')
	return ^(bare &^ w) & highs
}

// notHex marks the bytes that are not hex digits. It is exact.
func notHex(w uint64) uint64 {
	low := w &^ highs
	digit := (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones)
	low |= 0x20 * ones
	letter := (low + (0x80-'a')*ones) &^ (low + (0x7f-'f')*ones)
	return (^(digit | letter) | w) & highs
}

func jsonCharsWords(s string) (n, escapes int) {
	for n < len(s) {
		start := n
		switch c := s[n]; {
		case c == '"':
			return n, escapes
		case isPair(s, n):
			n += 2
		case c >= utf8.RuneSelf:
			n = skipRunes(s, n)
		case c == '\\':
			k := 0
			if n, k = skipDense(s, n); n == start && n+1 < len(s) && unescapeOf[s[n+1]] != 0 {
				n, k = n+2, 1
			}
			escapes += k
		default:
			n = skipPlain(s, n)
		}
		if n == start {
			break
		}
	}
	return n, escapes
}

// skipPlain returns the offset of the first byte from s[i] on that notPlain
// marks.
func skipPlain(s string, i int) int {
	near := s[:min(i+nearLen, len(s))]
	for ; i+8 <= len(near); i += 8 {
		if m := notPlain(load8(near, i)); m != 0 {
			return i + first(m)
		}
	}
	if i+8 > len(s) {
		return skipBytes(s, i)
	}
	return skipLong(s, i, 0x02*ones, 0x21*ones, '\\'*ones, ones)
}

// nearLen is the length in bytes after which plain text is expected to be long.
const nearLen = 40

// skipLong is skipPlain for long text. Its other arguments are the constants of
// notPlain: as constants they would be loaded for each word, which takes a third
// more time.
//
//go:noinline
func skipLong(s string, i int, flip, bound, backslash, one uint64) int {
	for ; i+32 <= len(s); i += 32 {
		t := s[i : i+32]
		a, b, c, d := load8(t, 0), load8(t, 8), load8(t, 16), load8(t, 24)
		m := ((a ^ flip) - bound) | ((a ^ backslash) - one) | a |
			((b ^ flip) - bound) | ((b ^ backslash) - one) | b |
			((c ^ flip) - bound) | ((c ^ backslash) - one) | c |
			((d ^ flip) - bound) | ((d ^ backslash) - one) | d
		if m&highs != 0 {
			break
		}
	}
	for ; i+8 <= len(s); i += 8 {
		if m := notPlain(load8(s, i)); m != 0 {
			return i + first(m)
		}
	}
	return skipBytes(s, i)
}

// skipBytes is skipPlain byte by byte, for the end of a text.
func skipBytes(s string, i int) int {
	for i < len(s) && s[i] < utf8.RuneSelf && escapeOf[s[i]] == 0 {
		i++
	}
	return i
}

// skipDense skips words of printable ASCII in which every backslash escapes a quote
// or a backslash, as in a string that contains JSON text. It returns where that
// ends, never inside an escape, and the number of escapes.
//
// In such text it is unpredictable whether a word has a backslash, and a branch that
// is predicted wrongly takes as long as several words. So it branches for blocks of
// eight words only, and ends after a block without escapes. So do escapeDense and
// unescapeDense.
func skipDense(s string, i int) (end, n int) {
	var carry uint64 // 1 where the byte before a word escapes its first one
loop:
	for plain := false; !plain; { // until a block has no backslash
		plain = true
		for block := s[:min(i+64, len(s))]; i+8 <= len(block); i += 8 {
			w := load8(block, i)
			if notText(w) != 0 {
				break loop
			}
			quotes, backslashes := equalASCII(w, '"'), equalASCII(w, '\\')
			escaped, introducers := splitBackslashes(backslashes, carry)
			if escaped&^(quotes|backslashes) != 0 {
				break loop
			}
			if closing := quotes &^ escaped; closing != 0 {
				k := first(closing)
				return i + k, n + bits.OnesCount64(introducers&(1<<(8*k)-1))
			}
			n += bits.OnesCount64(introducers)
			carry = introducers >> 63
			plain = plain && backslashes == 0
		}
		plain = plain || i+8 > len(s)
	}
	return i - int(carry), n - int(carry)
}

// splitBackslashes marks the bytes of a word that are escaped, and the backslashes
// that escape the byte after them. Carry is 1 if the first byte is escaped. In a run
// of backslashes, every second one is escaped: subtracting the run from the bits of
// every second byte flips the bits of the whole run (as in simdjson, which has a bit
// for each byte). Three in a row, with a digit for a byte, the first on the right:
//
//	backslashes       01110
//	shifted, | odd    11110   odd is 01010
//	- backslashes     10000
//	codes: ^ odd      11010
//	escaped           10100   codes ^ backslashes
//	introducers       01010   codes & backslashes
func splitBackslashes(backslashes, carry uint64) (escaped, introducers uint64) {
	if after := backslashes<<8 | carry<<7; after&backslashes == 0 {
		return after, backslashes // none follows another
	}
	const odd = 0x0100010001000100
	b := backslashes >> 7
	starts := b &^ carry
	codes := ((starts<<8|odd)-starts)&ones ^ odd
	return (codes ^ (b | carry)) << 7, codes & b << 7
}

// skipRunes returns the offset after the characters beyond ASCII at s[i].
func skipRunes(s string, i int) int {
	for i < len(s) && s[i] >= utf8.RuneSelf {
		if i+8 <= len(s) && isTwoOfThree(load8(s, i)) {
			i += 6
			continue
		}
		n := sequenceLen(s, i)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// copyRunes copies the characters beyond ASCII at s[i] to dst[n:], as far as they
// fit.
func copyRunes(dst []byte, n int, s string, i int) (wrote, read int) {
	end := skipRunes(s[:min(len(s), i+len(dst)-n)], i)
	return n + copy(dst[n:], s[i:end]), end
}

// isPair reports whether a character of two bytes starts at s[i]. In the languages of
// Europe, most characters beyond ASCII have two, and stand alone.
func isPair(s string, i int) bool {
	return s[i] >= 0xc2 && s[i] < 0xe0 && i+1 < len(s) && isTail(s[i+1])
}

// sequenceLen returns the length of the UTF-8 sequence at s[i], a byte above 0x7f,
// and 0 if there is none. The cases are the rows of RFC 3629 section 4.
func sequenceLen(s string, i int) int {
	switch c := s[i]; {
	case c < 0xc2:
		return 0
	case c < 0xe0:
		if i+1 < len(s) && isTail(s[i+1]) {
			return 2
		}
	case c < 0xf0:
		if i+2 < len(s) && isSecond(c, s[i+1]) && isTail(s[i+2]) {
			return 3
		}
	case c < 0xf5:
		if i+3 < len(s) && isSecond(c, s[i+1]) && isTail(s[i+2]) && isTail(s[i+3]) {
			return 4
		}
	}
	return 0
}

// isTail reports whether c is a UTF8-tail.
func isTail(c byte) bool { return c&0xc0 == 0x80 }

// isSecond reports whether c may follow lead, the first of three or four bytes: four
// of them narrow the range of the second byte, to exclude overlong forms, surrogates
// and what is above U+10FFFF.
func isSecond(lead, c byte) bool {
	switch lead {
	case 0xe0:
		return 0xa0 <= c && c <= 0xbf
	case 0xed:
		return 0x80 <= c && c <= 0x9f
	case 0xf0:
		return 0x90 <= c && c <= 0xbf
	case 0xf4:
		return 0x80 <= c && c <= 0x8f
	}
	return isTail(c)
}

// isTwoOfThree reports whether a word starts with two characters of three bytes, as
// most in Chinese, Japanese and Korean text are. It excludes the two first bytes
// that narrow the range of the second.
func isTwoOfThree(w uint64) bool {
	const (
		mask = 0xc0c0f0_c0c0f0
		want = 0x8080e0_8080e0
	)
	return w&mask == want && !isNarrow(byte(w)) && !isNarrow(byte(w>>24))
}

func isNarrow(lead byte) bool { return lead == 0xe0 || lead == 0xed }

func validUTF8Words(s string) (n int) {
	for {
		for n+8 <= len(s) && load8(s, n)&highs == 0 {
			n += 8
		}
		for n < len(s) && s[n] < utf8.RuneSelf {
			n++
		}
		start := n
		if n < len(s) {
			n = skipRunes(s, n)
		}
		if n == start {
			return n
		}
	}
}

func utf16LenWords(s string) int {
	n, i := len(s), 0
	for ; i+8 <= len(s); i += 8 {
		if w := load8(s, i); w&highs != 0 {
			n -= bits.OnesCount64(w & ^(w << 1) & highs)                      // what continues a character
			n += bits.OnesCount64(w & (w << 1) & (w << 2) & (w << 3) & highs) // the first of four bytes
		}
	}
	return n - (len(s) - i) + utf16LenBytes(s[i:])
}

func escapeJSONWords(dst []byte, s string) (wrote, read int) {
	n, i := 0, 0
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			n, i = copyPlainPart(dst, n, s, i)
			n, i = escapeDense(dst, n, s, i)
		}
		for end := min(i+8, len(s)); i < end; {
			switch c := s[i]; {
			case isPair(s, i) && n+2 <= len(dst):
				dst[n], dst[n+1] = c, s[i+1]
				n, i = n+2, i+2
			case c >= utf8.RuneSelf:
				start := i
				if n, i = copyRunes(dst, n, s, i); i == start {
					return n, i
				}
			case escapeOf[c] == 0 && n < len(dst):
				dst[n] = c
				n, i = n+1, i+1
			case escapeOf[c] == 'u' && n+6 <= len(dst):
				n, i = n+len(appendChar(dst[n:n], s[i:i+1])), i+1
			case escapeOf[c] != 0 && escapeOf[c] != 'u' && n+2 <= len(dst):
				dst[n], dst[n+1] = '\\', escapeOf[c]
				n, i = n+2, i+1
			default:
				return n, i
			}
		}
	}
	return n, i
}

// copyPlainPart copies words of plain text to dst[n:], and the rest of s if less than
// a word is left and it is plain.
func copyPlainPart(dst []byte, n int, s string, i int) (wrote, read int) {
	start := i
	for i+8 <= len(s) && n+8 <= len(dst) {
		w := load8(s, i)
		if notPlain(w) != 0 {
			return n, i
		}
		store8(dst, n, w)
		n, i = n+8, i+8
	}
	rest := len(s) - i
	if rest <= 0 || rest >= 8 || n+rest > len(dst) {
		return n, i
	}
	if i > start { // the last word may overlap the one before
		if w := load8(s, len(s)-8); notPlain(w) == 0 {
			store8(dst, n+rest-8, w)
			n, i = n+rest, len(s)
		}
	} else if w := loadShort(s[i:]); notPlain(w) == 0 && n+8 <= len(dst) {
		store8(dst, n, w)
		n, i = n+rest, len(s)
	}
	return n, i
}

func copyPlainWords(dst []byte, s string) bool {
	if len(s) < 8 {
		w := loadShort(s)
		store8(dst, 0, w)
		return notPlain(w) == 0
	}
	for i := 0; i < len(s)-8; i += 8 {
		w := load8(s, i)
		if notPlain(w) != 0 {
			return false
		}
		store8(dst, i, w)
	}
	w := load8(s, len(s)-8) // it may overlap the one before
	store8(dst, len(s)-8, w)
	return notPlain(w) == 0
}

// escapeDense is EscapeJSON for words of printable ASCII, until eight of them have no
// quote or backslash, or dst has little room. See skipDense.
func escapeDense(dst []byte, n int, s string, i int) (wrote, read int) {
	for plain := false; !plain; {
		plain = true
		for block := s[:min(i+64, len(s))]; i+8 <= len(block); i += 8 {
			w := load8(block, i)
			if n+16+8 > len(dst) || notText(w) != 0 {
				return n, i
			}
			// The place of the next word depends only on the number of marks, so
			// that the processor can start on it before this one is done.
			marks := equalASCII(w, '"') | equalASCII(w, '\\')
			plain = plain && marks == 0
			at := n
			n += 8 + bits.OnesCount64(marks)
			for marks != 0 {
				k := first(marks)
				store8(dst, at, w)
				dst[at+k] = '\\'
				at += k + 1
				w >>= 8 * k & 63 // & 63 tells the compiler that it is less than 64
				marks = marks >> (8 * k & 63) &^ 0x80
			}
			store8(dst, at, w)
		}
		plain = plain || i+8 > len(s)
	}
	return n, i
}

func unescapeJSONWords(dst []byte, s string) (wrote, read int) {
	n, i := 0, 0
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			n, i = copyPlainPart(dst, n, s, i)
			n, i = unescapeDense(dst, n, s, i)
		}
		for end := min(i+8, len(s)); i < end; {
			switch c := s[i]; {
			case isPair(s, i) && n+2 <= len(dst):
				dst[n], dst[n+1] = c, s[i+1]
				n, i = n+2, i+2
			case c >= utf8.RuneSelf:
				start := i
				if n, i = copyRunes(dst, n, s, i); i == start {
					return n, i
				}
			case c != '\\':
				if escapeOf[c] != 0 || n == len(dst) {
					return n, i
				}
				dst[n] = c
				n, i = n+1, i+1
			default:
				r, k := decodeChar(s[i:])
				if k == 0 || n+utf8.RuneLen(r) > len(dst) {
					return n, i
				}
				n += utf8.EncodeRune(dst[n:], r)
				i += k
			}
		}
	}
	return n, i
}

// unescapeDense is UnescapeJSON for the text of skipDense, in which unescaping is
// dropping backslashes.
func unescapeDense(dst []byte, n int, s string, i int) (wrote, read int) {
	var carry uint64
loop:
	for plain := false; !plain; {
		plain = true
		for block := s[:min(i+64, len(s))]; i+8 <= len(block) && n+8 <= len(dst); i += 8 {
			w := load8(block, i)
			if notText(w) != 0 {
				break loop
			}
			quotes, backslashes := equalASCII(w, '"'), equalASCII(w, '\\')
			escaped, introducers := splitBackslashes(backslashes, carry)
			if escaped&^(quotes|backslashes) != 0 {
				break loop
			}
			k, out := 8, introducers
			if closing := quotes &^ escaped; closing != 0 {
				k = first(closing)
				out &= 1<<(8*k) - 1
			}
			kept := k - bits.OnesCount64(out)
			for out != 0 {
				mark := out & -out
				below := mark>>7 - 1
				w = w&below | w>>8&^below
				out = out &^ mark >> 8
			}
			store8(dst, n, w)
			if n += kept; k < 8 {
				return n, i + k
			}
			carry = introducers >> 63
			plain = plain && backslashes == 0
		}
		plain = plain || i+8 > len(s) || n+8 > len(dst)
	}
	return n, i - int(carry)
}

func htmlSafeWords(s string) (n int) {
	for n < len(s) {
		if n+8 <= len(s) {
			k := first(notHTMLSafe(load8(s, n)))
			if n += k; k == 8 {
				continue
			}
		}
		if !isHTMLSafe(s[n]) {
			break
		}
		n++
	}
	return n
}

func percentsWords(s string) (n int) {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := load8(s, i)
		n += bits.OnesCount64(equalASCII(w&^highs, '%') &^ w)
	}
	return n + percentsBytes(s[i:])
}

func formPlainWords(s string) (n int) {
	for {
		for n+8 <= len(s) && notFormPlain(load8(s, n)) == 0 {
			n += 8
		}
		if n+8 > len(s) {
			break
		}
		if n += first(notFormPlain(load8(s, n))); !isFormPlain(s[n]) { // $ and ' are plain
			return n
		}
		n++
	}
	for n < len(s) && isFormPlain(s[n]) {
		n++
	}
	return n
}

func hexWords(s string) (n int) {
	for ; n+8 <= len(s); n += 8 {
		if m := notHex(load8(s, n)); m != 0 {
			return n + first(m)
		}
	}
	for n < len(s) && isHex(s[n]) {
		n++
	}
	return n
}

// formBytes has what EscapeForm writes for each byte: up to three bytes, the first
// lowest, and their number in the highest byte.
var formBytes = func() (t [256]uint32) {
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

// storeForm stores what EscapeForm writes for c at dst[n], as four bytes of which it
// returns how many count.
func storeForm(dst []byte, n int, c byte) int {
	e, b := formBytes[c], (*[4]byte)(dst[n:])
	b[0], b[1], b[2], b[3] = byte(e), byte(e>>8), byte(e>>16), byte(e>>24)
	return int(e >> 24)
}

func escapeFormWords(dst []byte, s string) (wrote, read int) {
	n, i, bare := 0, 0, true
	for {
		for bare && i+8 <= len(s) && n+8 <= len(dst) && notFormBare(load8(s, i)) == 0 {
			w := load8(s, i)
			store8(dst, n, w^equalASCII(w, ' ')>>7*(' '^'+'))
			n, i = n+8, i+8
		}
		if i+formBlock > len(s) || n+3*formBlock >= len(dst) {
			break
		}
		start := n
		for end := i + formBlock; i < end; i++ {
			n += storeForm(dst, n, s[i])
		}
		bare = n == start+formBlock
	}
	for ; i < len(s) && n+4 <= len(dst); i++ {
		n += storeForm(dst, n, s[i])
	}
	if i < len(s) {
		w, r := escapeFormBytes(dst[n:], s[i:])
		n, i = n+w, i+r
	}
	return n, i
}

// formBlock is the number of bytes without an escape after which more are expected:
// to check words all the time made text with many escapes a tenth slower.
const formBlock = 16

func unescapeFormWords(dst []byte, s string) (wrote, read int) {
	n, i := 0, 0
	for i < len(s) && n < len(dst) {
		if i+8 <= len(s) && n+8 <= len(dst) {
			w := load8(s, i)
			m := notFormRun(w)
			plus := equalASCII(w&^highs, '+') >> 7
			store8(dst, n, w^plus*('+'^' '))
			if m == 0 {
				n, i = n+8, i+8
				continue
			}
			k := first(m)
			n, i = n+k, i+k
		}
		c := s[i]
		if c == '%' { // escapes come in runs
			for {
				if i+2 >= len(s) || unhex[s[i+1]]|unhex[s[i+2]] > 15 {
					return n, i
				}
				dst[n] = unhex[s[i+1]]<<4 | unhex[s[i+2]]
				n++
				if i += 3; i >= len(s) || s[i] != '%' || n == len(dst) {
					break
				}
			}
			continue
		}
		if c == '&' || c == ';' {
			break
		}
		if c == '+' {
			c = ' '
		}
		dst[n] = c
		n, i = n+1, i+1
	}
	return n, i
}
