package wire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// ConsumeString consumes the string (RFC 8259 section 7) whose opening quote is
// s[i] and returns the offset after its closing quote. Saved is the number of bytes
// by which its value is shorter than the text between the quotes: 0 means that the
// string has no escapes.
func ConsumeString(s string, i int) (end, saved int, f Fault) {
	if i >= len(s) || s[i] != '"' {
		return i, 0, WantName
	}
	return consumeChars(s, i+1)
}

// consumeChars is ConsumeString from a char of the string on.
func consumeChars(s string, i int) (end, saved int, f Fault) {
	for {
		n, escapes := kernel.JSONChars(s[i:])
		i, saved = i+n, saved+escapes
		switch {
		case i == len(s):
			return i, 0, WantQuote
		case s[i] == '"':
			return i + 1, saved, OK
		case s[i] < ' ':
			return i, 0, Control
		case s[i] != '\\':
			return i, 0, UTF8
		}
		r, end, f := consumeEscape(s, i)
		if f != OK {
			return end, 0, f
		}
		saved += end - i - utf8.RuneLen(r)
		i = end
	}
}

// consumeEscape consumes an escape sequence that kernel.JSONChars does not: \u and
// four hex digits or, for a surrogate, two of these. Its backslash is s[i]. It
// returns the character and the offset after it.
func consumeEscape(s string, i int) (r rune, end int, f Fault) {
	if i+1 >= len(s) {
		return 0, len(s), WantEscape
	}
	if s[i+1] != 'u' {
		return 0, i + 1, WantEscape
	}
	r, end, f = consumeHex4(s, i+2)
	if f != OK || !utf16.IsSurrogate(r) {
		return r, end, f
	}
	if strings.HasPrefix(s[end:], `\u`) {
		low, after, f := consumeHex4(s, end+2)
		if both := utf16.DecodeRune(r, low); f == OK && both != utf8.RuneError {
			return both, after, OK
		}
	}
	return 0, i, Surrogate
}

// consumeHex4 consumes the four hex digits of a \u escape and returns their value.
func consumeHex4(s string, i int) (r rune, end int, f Fault) {
	for end = i; end < i+4; end++ {
		if end >= len(s) || !IsHex(s[end]) {
			return 0, end, WantHex
		}
		r = r<<4 | rune(kernel.Unhex(s[end]))
	}
	return r, end, OK
}

// Unescape returns the value of a string: raw is the text between its quotes, and
// saved is what [ConsumeString] returned. Without an escape the value is raw itself,
// otherwise a copy of that size.
func Unescape(raw string, saved int) string {
	if saved == 0 {
		return raw
	}
	var a Arena
	a.Grow(len(raw) - saved)
	return a.Unescape(raw)
}

// CopyChars writes as much of the value of a string to buf as fits, from the char
// at s[i] on. It returns the number of bytes written, and the offset of the closing
// quote, of the end of s, or of the first char that did not fit. If ok is false, the
// string has a fault at that offset or later, which [ConsumeString] returns. A buf
// of at least four bytes always has room for a char.
func CopyChars(buf []byte, s string, i int) (wrote, end int, ok bool) {
	wrote, read := kernel.UnescapeJSON(buf, s[i:])
	end = i + read
	return wrote, end, end == len(s) || s[end] == '"' || len(buf)-wrote < utf8.UTFMax
}

// A Key is the text before the value of a member that is not the first: a comma,
// the name in quotes, and a colon.
type Key struct {
	text   string       // with the opening quote of the value
	padded [keyLen]byte // the same, padded with zeros
}

// keyLen is the maximum length of the text of a key.
const keyLen = 24

// NewKey returns the key of a name that needs no escape. It panics if the name has
// more than 19 bytes. The zero Key is not valid.
func NewKey(name string) Key {
	k := Key{text: `,"` + name + `":"`}
	if copy(k.padded[:], k.text) < len(k.text) {
		panic("wire: a name that is too long")
	}
	return k
}

// String returns the text of the key.
func (k *Key) String() string { return k.text[:len(k.text)-1] }

// Name returns the name.
func (k *Key) Name() string { return k.text[2 : len(k.text)-3] }

// AppendMember appends the key and s as its value, a JSON string, as
// [AppendString] does.
func AppendMember(dst []byte, key *Key, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	n := len(dst)
	if buf := dst[n:cap(dst)]; !htmlSafe && len(buf) >= keyLen+len(s)+8 {
		*(*[keyLen]byte)(buf) = key.padded // a copy of variable length takes a call
		text := buf[len(key.text):]
		if kernel.CopyPlain(text, s) {
			text[len(s)] = '"'
			return dst[:n+len(key.text)+len(s)+1], len(s), OK
		}
	}
	if out, at, f = appendChars(append(dst, key.text...), s, htmlSafe); f != OK {
		return dst, at, f
	}
	return out, at, OK
}

// AppendString appends s as a JSON string in quotes, with as few escapes as RFC
// 8259 section 7 allows and everything else as raw UTF-8. With htmlSafe it also
// escapes <, >, &, U+2028 and U+2029, so that the text may be put inside a script
// element. If s is not valid UTF-8, it returns dst unchanged, the offset in s, and
// [UTF8]. Otherwise the offset has no meaning.
func AppendString(dst []byte, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	if cap(dst)-len(dst) < len(s)+len(`""`) { // at once, with the opening quote
		dst = Grow(dst, len(`"`)+roomFor(s, htmlSafe))
	}
	if out, at, f = appendChars(append(dst, '"'), s, htmlSafe); f != OK {
		return dst, at, f
	}
	return out, at, OK
}

// appendChars is AppendString after the opening quote.
func appendChars(dst []byte, s string, htmlSafe bool) (out []byte, at int, f Fault) {
	for i := 0; ; {
		part := s[i:]
		if htmlSafe {
			part = part[:kernel.HTMLSafe(part)]
		}
		wrote, read := kernel.EscapeJSON(dst[len(dst):cap(dst)], part)
		dst, i = dst[:len(dst)+wrote], i+read
		if i == len(s) {
			return append(dst, '"'), i, OK
		}
		if read < len(part) {
			room := roomFor(s[i:], htmlSafe)
			if cap(dst)-len(dst) >= room {
				return dst, i, UTF8 // all that is left would have fit
			}
			dst = Grow(dst, room)
			continue
		}
		at := i
		if dst, i = appendHTML(dst, s, i); i == at {
			return dst, i, UTF8
		}
	}
}

// roomFor returns how many bytes appendChars appends for s.
func roomFor(s string, htmlSafe bool) int {
	return len(s) + EscapesLen(s, htmlSafe) + len(`"`)
}

// EscapesLen returns by how many bytes the escapes make the text that [AppendString]
// writes for s longer than s, the quotes not counted.
func EscapesLen(s string, htmlSafe bool) (n int) {
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte("\"\\\b\f\n\r\t", c) >= 0:
			n++
		case c < ' ' || htmlSafe && (c == '<' || c == '>' || c == '&'):
			n += len(`\u0000`) - 1
		case c == 0xe2 && htmlSafe && isLineSeparator(s[i:]):
			n += len(`\u2028`) - len("\u2028")
		}
	}
	return n
}

// isLineSeparator reports whether s starts with U+2028 or U+2029, which are not
// allowed in a JavaScript string before ES2019.
func isLineSeparator(s string) bool {
	return strings.HasPrefix(s, "\u2028") || strings.HasPrefix(s, "\u2029")
}

// appendHTML appends the character at s[i], where kernel.HTMLSafe stopped, and
// returns the offset after it, or i if it is not valid UTF-8.
func appendHTML(dst []byte, s string, i int) (out []byte, end int) {
	switch c := s[i]; {
	case c < utf8.RuneSelf:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15]), i + 1
	case isLineSeparator(s[i:]):
		return append(dst, '\\', 'u', '2', '0', '2', hexDigits[s[i+2]&15]), i + 3
	}
	end = i + kernel.UTF8(s[i:min(i+3, len(s))])
	return append(dst, s[i:end]...), end
}

const hexDigits = "0123456789abcdef"

// AppendJSON appends s, a JSON text or part of one that a Consume function has
// accepted. With htmlSafe it escapes <, >, &, U+2028 and U+2029, which occur only in
// strings, as [AppendString] does.
func AppendJSON(dst []byte, s string, htmlSafe bool) []byte {
	if !htmlSafe {
		return append(dst, s...)
	}
	for i := 0; i < len(s); {
		n := kernel.HTMLSafe(s[i:])
		dst = append(dst, s[i:i+n]...)
		if i += n; i < len(s) {
			at := i
			if dst, i = appendHTML(dst, s, i); i == at { // s is not valid UTF-8
				dst, i = append(dst, s[i]), i+1
			}
		}
	}
	return dst
}

// AppendObject appends an object that stands in another: the member key, which
// is the string s where kind is [StringKind], null where it is [NullKind] and
// left out where it is 0; then rest, a text of other members, which may be
// empty. Where s is not valid UTF-8 it returns dst as it was, -1 and [UTF8];
// where rest is not such a text, dst, the offset in rest and the fault.
func AppendObject(dst []byte, key *Key, kind Kinds, s, rest string, htmlSafe bool) (out []byte, at int, f Fault) {
	out = dst
	switch kind {
	case StringKind:
		if out, _, f = AppendMember(out, key, s, htmlSafe); f != OK {
			return dst, -1, f
		}
	case NullKind:
		out = append(append(out, key.String()...), "null"...)
	}
	if rest != "" {
		o := Object{Fields: []Field{{Name: key.Name()}}, Forbid: true}
		if at, f = o.ConsumeMembers(rest, 1); f != OK {
			return dst, at, f
		}
		out = AppendJSON(append(out, ','), rest, htmlSafe)
	}
	return CloseObject(out, len(dst)), 0, OK
}

// CloseObject ends the object whose members, each with a comma before it, are
// dst[start:]. The first comma becomes the opening brace.
func CloseObject(dst []byte, start int) []byte {
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{'
	return append(dst, '}')
}
