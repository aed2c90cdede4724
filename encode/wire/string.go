package wire

import (
	"math/bits"
	"strings"
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
	return consumeChars(s, i+1)
}

// consumeChars is ConsumeString from a char of the string on.
func consumeChars(s string, i int) (end, saved int, f Fault) {
	for {
		if i = skipPlain(s, i); i == len(s) {
			return i, 0, WantQuote
		}
		switch c := s[i]; {
		case c == '"':
			return i + 1, saved, OK
		case c == '\\':
			if n, escapes := consumeDense(s, i); n > i {
				i, saved = n, saved+escapes
				continue
			}
			r, n, f := consumeEscape(s, i)
			if f != OK {
				return n, 0, f
			}
			saved += n - i - utf8.RuneLen(r)
			i = n
		case c < ' ':
			return i, 0, Control
		default:
			if i, f = consumeNonASCII(s, i); f != OK {
				return i, 0, f
			}
		}
	}
}

// consumeDense consumes words of eight printable ASCII bytes in which every
// backslash escapes a quote or a backslash, as in a string that holds JSON
// text. It returns the offset of the closing quote or of where that ends to
// be so, never between the two bytes of an escape, and the number of escapes.
func consumeDense(s string, i int) (end, n int) {
	var carry uint64 // marks the first byte of a word where the byte before escapes it
	for b := newBlock(i); i+8 <= len(s); {
		var quiet bool
		if b, quiet = b.at(i); quiet {
			break
		}
		w := load8(s, i)
		if notText(w) != 0 {
			break
		}
		quotes, backslashes := equalASCII(w, '"'), equalASCII(w, '\\')
		b.marks |= backslashes
		e := escapingOf(backslashes, carry)
		if e.escaped&^(quotes|backslashes) != 0 {
			break
		}
		if closing := quotes &^ e.escaped; closing != 0 {
			k := first(closing)
			before := uint64(1)<<(8*k) - 1
			return i + k, n + bits.OnesCount64(e.introducers&before)
		}
		n += bits.OnesCount64(e.introducers)
		carry = e.carry
		i += 8
	}
	if carry != 0 {
		return i - 1, n - 1
	}
	return i, n
}

// A block is some words of text that is likely to have escapes. A loop over
// such text does not ask each word whether it has, which in JSON inside of JSON
// nobody can foretell, but stops behind a block without.
type block struct {
	end   int    // where it ends, at least
	marks uint64 // of all its escapes
}

const blockLen = 64

func newBlock(i int) block { return block{end: i + blockLen} }

// at returns the block that s[i] is in, and whether one without marks has just
// ended.
func (b block) at(i int) (now block, quiet bool) {
	if i < b.end {
		return b, false
	}
	return newBlock(i), b.marks == 0
}

// consumeEscape consumes the escape sequence whose backslash is s[i], both
// halves of a surrogate pair included, and returns its character and the
// offset behind it.
func consumeEscape(s string, i int) (r rune, end int, f Fault) {
	if i+1 >= len(s) {
		return 0, len(s), WantEscape
	}
	if c := escaped[s[i+1]]; c != 0 {
		return rune(c), i + 2, OK
	}
	if s[i+1] != 'u' {
		return 0, i + 1, WantEscape
	}
	r, end, f = consumeHex4(s, i+2)
	if f != OK || !isSurrogate(r) {
		return r, end, f
	}
	if low := lowSurrogate(s, end); r < lowSurrogates && low != 0 {
		return (r-highSurrogates)<<10 | (low - lowSurrogates) + 0x10000, end + len(`\udc00`), OK
	}
	return 0, i, Surrogate
}

const (
	highSurrogates  = 0xd800
	lowSurrogates   = 0xdc00
	afterSurrogates = 0xe000
)

func isSurrogate(r rune) bool { return highSurrogates <= r && r < afterSurrogates }

// lowSurrogate returns the low surrogate whose escape s[i:] starts with, else
// 0.
func lowSurrogate(s string, i int) rune {
	if i+1 >= len(s) || s[i] != '\\' || s[i+1] != 'u' {
		return 0
	}
	r, _, f := consumeHex4(s, i+2)
	if f != OK || r < lowSurrogates || r >= afterSurrogates {
		return 0
	}
	return r
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

// Unescape returns the value of a string: raw is what stands between the
// quotes of one that [ConsumeString] has consumed, and saved what that
// returned. Without an escape it is raw itself, else a copy of that size.
func Unescape(raw string, saved int) string {
	if saved == 0 {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw) - saved)
	WriteUnescaped(&b, raw)
	return b.String()
}

// WriteUnescaped writes the value of a string, of which raw is what stands
// between the quotes, to b: len(raw)-saved bytes, see [ConsumeString].
func WriteUnescaped(b *strings.Builder, raw string) {
	var buf [1024]byte
	for i := 0; i < len(raw); {
		n, end, _ := CopyChars(buf[:], raw, i)
		b.Write(buf[:n])
		i = end
	}
}

// CopyChars writes as much of the value of a string to buf as fits, from the
// char at s[i] on, and checks it as it goes. It returns the number of bytes
// written, and the offset of the closing quote, of the end of s or of the
// first char that did not fit. Where ok is false there is a fault at or behind
// that offset, which [ConsumeString] tells. With at least four bytes in buf and
// one char to come it always gets ahead.
func CopyChars(buf []byte, s string, i int) (wrote, end int, ok bool) {
	n := 0
	for i < len(s) && s[i] != '"' && n+utf8.UTFMax <= len(buf) {
		n, i = copyPlain(buf, n, s, i)
		n, i = copyDense(buf, n, s, i)
		if n, i, ok = copySome(buf, n, s, i); !ok {
			return n, i, false
		}
	}
	return n, i, true
}

// copySome is CopyChars for some chars: what words do not take.
func copySome(buf []byte, n int, s string, i int) (wrote, end int, ok bool) {
	for stop := min(i+8, len(s)); i < stop && s[i] != '"' && n+utf8.UTFMax <= len(buf); {
		switch c := s[i]; {
		case c == '\\':
			r, end, f := consumeEscape(s, i)
			if f != OK {
				return n, i, false
			}
			n += utf8.EncodeRune(buf[n:], r)
			i = end
		case c < ' ':
			return n, i, false
		case c < utf8.RuneSelf:
			buf[n] = c
			n, i = n+1, i+1
		default:
			end, _ := consumeNonASCII(s[:min(len(s), i+len(buf)-n)], i)
			if end == i {
				return n, i, false
			}
			n += copy(buf[n:], s[i:end])
			i = end
		}
	}
	return n, i, true
}

// copyDense is CopyChars for words of eight printable ASCII bytes in which
// every backslash escapes a quote or a backslash, so that to unescape is to
// leave backslashes out. It goes on at buf[n].
func copyDense(buf []byte, n int, s string, i int) (wrote, end int) {
	var carry uint64
	for b := newBlock(i); i+8 <= len(s) && n+8 <= len(buf); {
		var quiet bool
		if b, quiet = b.at(i); quiet {
			break
		}
		w := load8(s, i)
		if notText(w) != 0 {
			break
		}
		quotes, backslashes := equalASCII(w, '"'), equalASCII(w, '\\')
		b.marks |= backslashes
		e := escapingOf(backslashes, carry)
		if e.escaped&^(quotes|backslashes) != 0 {
			break
		}
		read := 8
		if closing := quotes &^ e.escaped; closing != 0 {
			read = first(closing)
			e.introducers &= 1<<(8*read&63) - 1
		}
		for out := e.introducers; out != 0; {
			mark := out & -out
			below := mark>>7 - 1
			w = w&below | w>>8&^below
			out = out &^ mark >> 8
		}
		store8(buf, n, w)
		n, i, carry = n+read-bits.OnesCount64(e.introducers), i+read, e.carry
		if read < 8 {
			return n, i
		}
	}
	if carry != 0 {
		return n, i - 1 // the backslash was left out, but its byte is to come
	}
	return n, i
}

// copyPlain copies whole words of plain text to buf[n:].
func copyPlain(buf []byte, n int, s string, i int) (wrote, end int) {
	for i+8 <= len(s) && n+8 <= len(buf) && notPlain(load8(s, i)) == 0 {
		store8(buf, n, load8(s, i))
		n, i = n+8, i+8
	}
	return n, i
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

// stringBytes holds what a string writes for each byte: one or two bytes of
// output from the lowest, and how many they are in the highest; 0 for a byte
// that takes more or is not ASCII.
var stringBytes = func() (t [256]uint32) {
	for c := range utf8.RuneSelf {
		switch e := needsEscape[c]; e {
		case 0:
			t[c] = uint32(c) | 1<<24
		case 'u':
		default:
			t[c] = '\\' | uint32(e)<<8 | 2<<24
		}
	}
	return t
}()

// A Key is what stands before the value of a member that is not the first,
// written out once: a comma, the name in quotes, and a colon.
type Key struct {
	text  string             // with the quote of a string behind it
	words [keyLen / 8]uint64 // the same, with zeros up to keyLen bytes
}

// keyLen is how long the text of a key may be.
const keyLen = 24

// NewKey returns the key of a name that needs no escape, of at most 19 bytes;
// it panics where there are more. The zero Key is of no use.
func NewKey(name string) Key {
	k := Key{text: `,"` + name + `":"`}
	for i := range k.text {
		k.words[i/8] |= uint64(k.text[i]) << (8 * (i % 8))
	}
	return k
}

// String returns the key as it is written.
func (k *Key) String() string { return k.text[:len(k.text)-1] }

// Name returns the name.
func (k *Key) Name() string { return k.text[2 : len(k.text)-3] }

// AppendMember appends the key and s as its value, a JSON string, as
// [AppendString] does.
func AppendMember(dst []byte, key *Key, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	n := len(dst)
	if cap(dst)-n < keyLen+8+len(s) || htmlSafe {
		return appendMember(dst, append(dst, key.String()...), s, htmlSafe)
	}
	// Text that needs no escape, into ample room.
	buf := dst[n:cap(dst)]
	words := (*[3]uint64)(&key.words) // all, one by one: a loop takes a tenth of a user's time
	store8(buf, 0, words[0])
	store8(buf, 8, words[1])
	store8(buf, 16, words[2])
	n += len(key.text)
	if !copyWhole(buf[len(key.text):], s) {
		return appendMember(dst, dst[:n-1], s, false)
	}
	return dst[:n+len(s)+1], len(s), OK
}

// copyWhole copies s and a quote behind it to the start of buf, which has room
// for them and for at least eight bytes. It reports whether s is plain text;
// else what it wrote is of no use.
func copyWhole(buf []byte, s string) bool {
	if len(s) < 8 {
		w := loadShort(s)
		store8(buf, 0, w)
		buf[len(s)] = '"'
		return notPlain(w) == 0
	}
	buf[len(s)] = '"'
	l := inRegisters
	for i := 0; i < len(s)-8; i += 8 {
		w := load8(s, i)
		if l.marks(w)&highs != 0 {
			return false
		}
		store8(buf, i, w)
	}
	w := load8(s, len(s)-8) // it may begin inside the one before
	store8(buf, len(s)-8, w)
	return l.marks(w)&highs == 0
}

// appendMember is AppendMember behind the key, for any text.
func appendMember(orig, dst []byte, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	if dst, at, f = AppendString(dst, s, htmlSafe); f != OK {
		return orig, at, f
	}
	return dst, at, OK
}

// AppendString appends s as a JSON string in quotes, with as few escapes as
// RFC 8259 section 7 allows and everything else as raw UTF-8. With htmlSafe
// it also escapes <, >, &, U+2028 and U+2029, so that the text may stand
// inside a script element. Where s is not valid UTF-8 it returns dst as it
// was, the offset in s, and [UTF8]; the offset is of no use otherwise.
func AppendString(dst []byte, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	lead := len(dst)
	if cap(dst)-lead < len(s)+len(`""`) {
		dst = Grow(dst, len(`"`)+roomFor(s, htmlSafe))
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		if cap(dst)-len(dst) < len(s)-i+1 { // the escapes have no room
			dst = Grow(dst, roomFor(s[i:], htmlSafe))
		}
		if dst, i = appendWords(dst, s, i, htmlSafe); i == len(s) {
			break
		}
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c, htmlSafe)
			for i++; i < len(s) && s[i] < ' '; i++ { // controls come in runs
				dst = appendASCII(dst, s[i], htmlSafe)
			}
			continue
		}
		end, f := consumeNonASCII(s, i)
		if f != OK {
			return dst[:lead], end, f
		}
		dst = appendNonASCII(dst, s[i:end], htmlSafe)
		i = end
	}
	return append(dst, '"'), len(s), OK
}

// roomFor returns how many bytes the text for s takes with the quote behind
// it.
func roomFor(s string, htmlSafe bool) int {
	return len(s) + EscapesLen(s, htmlSafe) + len(`"`)
}

// appendASCII appends a byte below 0x80.
func appendASCII(dst []byte, c byte, htmlSafe bool) []byte {
	if needsEscape[c] != 0 || htmlSafe && (c == '<' || c == '>' || c == '&') {
		return appendEscape(dst, c, '0')
	}
	return append(dst, c)
}

// EscapesLen returns by how many bytes the text that [AppendString] writes
// for s between the quotes is longer than s.
func EscapesLen(s string, htmlSafe bool) (n int) {
	for i := 0; i < len(s); {
		if i+8 <= len(s) && notPlain(load8(s, i))&^load8(s, i) == 0 && !(htmlSafe && hasHTML(load8(s, i))) {
			i += 8
			continue
		}
		for end := min(i+8, len(s)); i < end; i++ {
			switch e := needsEscape[s[i]]; {
			case e == 'u' || htmlSafe && (s[i] == '<' || s[i] == '>' || s[i] == '&'):
				n += len(`\u0000`) - 1
			case e != 0:
				n++
			case htmlSafe && i+3 <= len(s) && isLineSeparator(s[i:i+3]):
				n += len(`\u2028`) - len("\u2028")
			}
		}
	}
	return n
}

// hasHTML reports whether a word has a <, > or &, or a byte that U+2028 starts
// with.
func hasHTML(w uint64) bool {
	separators := (w ^ 0xe2*ones - ones) & w
	return (notHTMLSafe(w)&^w|separators)&highs != 0
}

// appendWords appends text from s[i] on, as long as it is ASCII with escapes
// of no more than two bytes, and returns the offset behind it. It goes by
// words of eight bytes where there is ample room, and stops where there
// is none for one.
func appendWords(dst []byte, s string, i int, htmlSafe bool) ([]byte, int) {
	buf, n := dst[:cap(dst)], len(dst)
	for b := newBlock(i); i+8 <= len(s) && n+stringWindow <= len(buf); {
		var quiet bool
		if b, quiet = b.at(i); quiet && !htmlSafe {
			n, i = copyPlain(buf, n, s, i)
			return buf[:n], i
		}
		w := load8(s, i)
		if htmlSafe && notHTMLSafe(w) != 0 {
			return buf[:n], i
		}
		if notText(w) != 0 {
			for end := i + 8; i < end; i++ {
				e := stringBytes[s[i]]
				if e == 0 {
					return buf[:n], i
				}
				buf[n], buf[n+1] = byte(e), byte(e>>8)
				n += int(e >> 24)
			}
			continue
		}
		// Quotes or backslashes: where the next word goes depends on how many
		// there are, not on where, so that this word holds nobody up.
		marks := equalASCII(w, '"') | equalASCII(w, '\\')
		b.marks |= marks
		at := n
		n, i = n+8+bits.OnesCount64(marks), i+8
		for marks != 0 {
			k := first(marks)
			store8(buf, at, w)
			buf[at+k] = '\\'
			at += k + 1
			w >>= 8 * k & 63
			marks = marks >> (8 * k & 63) &^ 0x80
		}
		store8(buf, at, w)
	}
	for ; i < len(s) && n+2 <= len(buf) && !htmlSafe; i++ {
		e := stringBytes[s[i]]
		if e == 0 {
			break
		}
		buf[n], buf[n+1] = byte(e), byte(e>>8)
		n += int(e >> 24)
	}
	return buf[:n], i
}

// stringWindow is how much room a word of eight bytes may take: eight escapes
// of two bytes, the last of which starts a store of eight.
const stringWindow = 8*2 - 1 + 8

// appendNonASCII appends text without a byte below 0x80.
func appendNonASCII(dst []byte, s string, htmlSafe bool) []byte {
	if htmlSafe {
		return AppendJSON(dst, s, true)
	}
	return append(dst, s...)
}

// appendEscape appends the escape sequence of c, a byte below 0x80, or of the
// character U+20c for the page '2'. It is rare, and many places call it.
//
//go:noinline
func appendEscape(dst []byte, c, page byte) []byte {
	if e := needsEscape[c]; e != 0 && e != 'u' {
		return append(dst, '\\', e)
	}
	return append(dst, '\\', 'u', page, '0', lowerHex[c>>4], lowerHex[c&15])
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
	start := 0
	for i := 0; htmlSafe && i < len(s); i++ {
		switch c := s[i]; {
		case c == '<' || c == '>' || c == '&':
			dst = appendEscape(append(dst, s[start:i]...), c, '0')
			start = i + 1
		case c == 0xe2 && i+3 <= len(s) && isLineSeparator(s[i:i+3]):
			dst = appendEscape(append(dst, s[start:i]...), s[i+2]&0x7f, '2')
			start = i + 3
		}
	}
	return append(dst, s[start:]...)
}
