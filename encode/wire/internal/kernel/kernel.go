// Package kernel holds the loops of encode/wire that look at every byte of a
// text, and no grammar beyond one character.
//
// Each kernel has a body that goes byte by byte (bytes.go), which says what it
// does and is what the tests compare with, one that goes by words of eight bytes
// (swar.go), for every platform, and one for processors with AVX2
// (kernel_amd64.go), where that is faster. All of them return the same. The tag
// purego leaves assembly out. Text is plain that stands for itself.
//
// A kernel that writes to dst goes on while what the next character, or in a form
// the next byte, becomes fits in dst whole; it may change dst behind what it
// wrote, and dst and s must not overlap.
package kernel

import "unicode/utf8"

// JSONChars returns the length of the longest prefix of s that consists of chars
// of a JSON string (RFC 8259 section 7) without \u escapes: a quote, a control
// character, a backslash without one of "\/bfnrt behind it, or what is not valid
// UTF-8 ends it. Escapes is how many of them are escape sequences.
func JSONChars(s string) (n, escapes int) { return jsonChars(s) }

// A Word is eight bytes of a text. Its methods take the place of a kernel where a
// call would cost more than the work.
type Word uint64

// Load returns s[i:i+8], which must be there.
func Load(s string, i int) Word { return Word(load8(s, i)) }

// IsJSONPlain reports whether all of it stands as it is in a JSON string: ASCII
// without quotes, backslashes and controls.
func (w Word) IsJSONPlain() bool { return notPlain(uint64(w)) == 0 }

// JSONPlain returns the length of the longest prefix that stands as it is.
func (w Word) JSONPlain() int { return first(notPlain(uint64(w))) }

// EscapeJSON writes s to dst as it stands between the quotes of a JSON string:
// " and \ and controls escaped, in two bytes where there is such an escape, the
// rest as it is. It stops before what is not valid UTF-8: that is the reason
// where it has not read all of s and left six bytes of dst or more.
func EscapeJSON(dst []byte, s string) (wrote, read int) { return escapeJSON(dst, s) }

// CopyPlain copies s to dst, which has room for eight bytes more, where s is as it
// stands in a JSON string: ASCII without quotes, backslashes and controls. It
// reports whether that is so; else what it wrote is not to be used.
func CopyPlain(dst []byte, s string) bool { return copyPlain(dst, s) }

// UnescapeJSON writes the value of the chars of a JSON string that s starts with
// to dst. It stops before a quote and before what is no char: one of them is the
// reason where it has not read all of s and left four bytes of dst or more.
func UnescapeJSON(dst []byte, s string) (wrote, read int) { return unescapeJSON(dst, s) }

// HTMLSafe returns the length of the longest prefix of s without <, > and &, and
// without 0xE2, which U+2028 and U+2029 start with.
func HTMLSafe(s string) int { return htmlSafe(s) }

// UTF8 returns the length of the longest prefix of s that is valid UTF-8 (RFC
// 3629 section 4).
func UTF8(s string) int { return validUTF8(s) }

// UTF16Len returns how many UTF-16 code units s takes, which is valid UTF-8: one
// for each character, and one more where that is beyond U+FFFF.
func UTF16Len(s string) int { return utf16LenWords(s) }

// Percents returns how many % s has.
func Percents(s string) int { return percents(s) }

// FormPlain returns the length of the longest prefix of s that is ASCII without
// &, %, + and ;, which stands for itself in the value of a form.
func FormPlain(s string) int { return formPlain(s) }

// EscapeForm writes s to dst as the application/x-www-form-urlencoded serializer
// does (WHATWG URL section 5.2): a space as +, ASCII alphanumerics and *-._ as
// they are, every other byte as % and two upper-case hex digits. It stops only
// where the next of them does not fit in dst.
func EscapeForm(dst []byte, s string) (wrote, read int) { return escapeForm(dst, s) }

// UnescapeForm writes what a value of a form stands for to dst: a + as a space, %
// and two hex digits as a byte, any other byte as it is. It stops before &, ;
// and a % without two hex digits: one of them is the reason where it has not read
// all of s and not filled dst.
func UnescapeForm(dst []byte, s string) (wrote, read int) { return unescapeForm(dst, s) }

// IsJSONPlain reports whether a JSON string holds c as it is, and c is ASCII.
func IsJSONPlain(c byte) bool { return c < utf8.RuneSelf && escapeOf[c] == 0 }

// IsFormBare reports whether EscapeForm writes c as it is.
func IsFormBare(c byte) bool { return isFormBare(c) }

// Unhex returns the value of a hex digit in either case, and 0xff for every other
// byte.
func Unhex(c byte) byte { return unhex[c] }

// Hex returns the length of the longest prefix of s that is hex digits, in either
// case.
func Hex(s string) int { return hexWords(s) }
