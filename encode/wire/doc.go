// Package wire is the lexical layer of convuser: one function for each
// production of the grammars that the Create User call uses. It serves the
// other packages of this library, and changes with them: it carries no promise
// of compatibility, and no line in .ci/api.txt.
//
// # Specifications
//
//   - JSON: RFC 8259, with the productions named as they are there
//     (object, member, array, number, string, char, ws).
//   - UTF-8: RFC 3629 section 4, without overlong forms, surrogates and what is
//     above U+10FFFF.
//   - Forms: the application/x-www-form-urlencoded serializer of the WHATWG
//     URL Standard, section 5.2, byte for byte; and a reader that is stricter
//     than the parser of section 5.1, see [ConsumeFormText].
//
// Three house limits are stricter than the grammar of RFC 8259: text must be valid
// UTF-8 (as section 8.1 requires), an escaped surrogate must be one of a pair
// (section 8.2 leaves it open), and containers nest at most [MaxDepth] deep
// (section 9 allows a limit).
//
// # Terminology
//
// A Consume function reads one production that starts at an offset and returns
// the offset after it. Offsets are in bytes from 0. If the text is not valid, it
// returns a [Fault], which says what was wanted, and the offset of the first byte
// that no valid text has there, or the length of a text that ends too early. For
// [UTF8] and [Surrogate] the offset is that of the whole sequence or escape. An
// Append function appends to a buffer and returns the extended buffer, as the
// functions of strconv do.
//
// Functions may be called concurrently. An [Arena] or [Object] belongs to one
// caller at a time. The Consume functions do not allocate, except in an Arena, and
// the Append functions only if the buffer is too small. Nothing recurses, except
// an Object in another.
//
// The loops over every byte of a text are in internal/kernel, in several versions.
package wire
