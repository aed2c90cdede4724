// Package kernel holds the loops of encode/wire that read every byte of a text.
// Their grammar is that of single characters.
//
// A kernel has up to three implementations that return the same: by bytes
// (bytes.go), which is the specification that the tests compare with; by words of
// eight bytes (swar.go), for every platform; and with AVX2 (kernel_amd64.go), where
// that is faster. The build tag purego excludes assembly. Plain text is text that
// stands for itself.
//
// A kernel that writes to dst stops if the next character, or in a form the next
// byte, does not fit in dst once escaped or unescaped. It may change dst beyond what
// it wrote. Dst and s must not overlap.
package kernel

import "unicode/utf8"

// JSONChars returns the length of the longest prefix of s that consists of chars of
// a JSON string (RFC 8259 section 7) without \u escapes. It ends at a quote, a
// control character, a backslash without one of "\/bfnrt after it, or invalid UTF-8.
// Escapes is the number of escape sequences.
func JSONChars(s string) (n, escapes int) { return jsonChars(s) }

// A Word is eight bytes of a text. Its methods replace a kernel where a call would
// take longer than the work.
type Word uint64

// Load returns s[i:i+8], which must be there.
func Load(s string, i int) Word { return Word(load8(s, i)) }

// IsJSONPlain reports whether all of w is plain in a JSON string: ASCII without
// quotes, backslashes and control characters.
func (w Word) IsJSONPlain() bool { return notPlain(uint64(w)) == 0 }

// JSONPlain returns the length of the longest prefix that is plain in a JSON string.
func (w Word) JSONPlain() int { return first(notPlain(uint64(w))) }

// EscapeJSON writes s to dst as the chars of a JSON string: ", \ and control
// characters escaped, in two bytes where that is possible, the rest unchanged. It
// stops before invalid UTF-8; if it has not read all of s and left six bytes of dst
// or more, that is the reason.
func EscapeJSON(dst []byte, s string) (wrote, read int) { return escapeJSON(dst, s) }

// CopyPlain copies s to dst, which has room for eight bytes more, and reports
// whether s is plain in a JSON string: ASCII without quotes, backslashes and control
// characters. If it is not, what was written to dst is not valid.
func CopyPlain(dst []byte, s string) bool { return copyPlain(dst, s) }

// UnescapeJSON writes the value of the chars of a JSON string at the start of s to
// dst. It stops before a quote and before what is not a char; if it has not read
// all of s and left four bytes of dst or more, that is the reason.
func UnescapeJSON(dst []byte, s string) (wrote, read int) { return unescapeJSON(dst, s) }

// HTMLSafe returns the length of the longest prefix of s without <, > and &, and
// without 0xE2, which U+2028 and U+2029 start with.
func HTMLSafe(s string) int { return htmlSafe(s) }

// UTF8 returns the length of the longest prefix of s that is valid UTF-8 (RFC
// 3629 section 4).
func UTF8(s string) int { return validUTF8(s) }

// UTF16Len returns the number of UTF-16 code units of s, which must be valid UTF-8:
// one for each character up to U+FFFF, and two for each beyond.
func UTF16Len(s string) int { return utf16LenWords(s) }

// Percents returns the number of % in s.
func Percents(s string) int { return percents(s) }

// FormPlain returns the length of the longest prefix of s that is plain in the value
// of a form: ASCII without &, %, + and ;.
func FormPlain(s string) int { return formPlain(s) }

// EscapeForm writes s to dst as the application/x-www-form-urlencoded serializer
// does (WHATWG URL section 5.2): a space as +, ASCII alphanumerics and *-._
// unchanged, every other byte as % and two upper-case hex digits.
func EscapeForm(dst []byte, s string) (wrote, read int) { return escapeForm(dst, s) }

// UnescapeForm writes the unescaped value of a form to dst: a + as a space, % and
// two hex digits as a byte, any other byte unchanged. It stops before &, ; and a %
// without two hex digits; if it has not read all of s and not filled dst, that is
// the reason.
func UnescapeForm(dst []byte, s string) (wrote, read int) { return unescapeForm(dst, s) }

// IsJSONPlain reports whether c is plain in a JSON string, and ASCII.
func IsJSONPlain(c byte) bool { return c < utf8.RuneSelf && escapeOf[c] == 0 }

// IsFormBare reports whether EscapeForm writes c unchanged.
func IsFormBare(c byte) bool { return isFormBare(c) }

// Unhex returns the value of a hex digit in either case, and 0xff for another byte.
func Unhex(c byte) byte { return unhex[c] }

// Hex returns the length of the longest prefix of s that is hex digits, in either
// case.
func Hex(s string) int { return hexWords(s) }
