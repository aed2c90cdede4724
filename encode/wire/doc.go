// Package wire is the lexical layer of convuser: one function for each
// production of the grammars that the Create User call uses. It serves the
// other packages of this library, and changes with them: it carries no promise
// of compatibility, and no line in .ci/api.txt.
//
// # Specifications
//
//   - JSON: RFC 8259, with the productions named as they are there
//     (object, member, array, number, string, ws).
//   - UTF-8: RFC 3629 section 4. No overlong form, no surrogate, nothing
//     above U+10FFFF.
//   - Forms: the application/x-www-form-urlencoded serializer of the WHATWG
//     URL Standard, section 5.2, to the byte; and a reader that is stricter
//     than the parser of section 5.1, see [ConsumeFormText].
//
// Three house limits are stricter than RFC 8259: text must be valid UTF-8
// (section 8.1 of the RFC asks for it, its grammar does not), an escaped
// surrogate must be one half of a pair (section 8.2 leaves it open), and
// containers nest at most [MaxDepth] deep (section 9 allows a limit).
//
// # Terminology
//
// A Consume function reads one production that starts at an offset and
// returns the offset behind it. Offsets are in bytes from 0. When the text
// is at fault, it returns the offset of the first byte that no valid text
// could have there, or the length of the text where it ends too early, and a
// [Fault] that says what was wanted; for [UTF8] and [Surrogate], that of the
// first byte of the sequence or of the escape. An Append function appends to a
// buffer and returns the extended one, as the functions of strconv do.
//
// Nothing here recurses, but for an [Object] in another. Everything is safe for
// concurrent use, but for an [Arena] and an [Object], which their callers own.
// The Consume functions do not allocate, but for what an Arena collects; the
// Append functions do only where the buffer is too small.
//
// The grammar is here. What looks at every byte of a text is a kernel, a leaf
// with one contract and several bodies: see internal/kernel.
package wire
