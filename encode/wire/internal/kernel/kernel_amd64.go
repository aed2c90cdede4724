//go:build !purego

package kernel

import (
	"strings"
	"unicode/utf8"
)

// The implementations with AVX2 call assembly, which reads and writes blocks of 32
// bytes. Near the end of dst, the implementations by words finish the work.

var avx2 = hasAVX2()

// Near is the length in bytes from which calling a kernel is faster than a loop over
// words in the caller.
const Near = 96

// short is the length in bytes up to which words are used: a call of assembly takes
// about 3 ns.
const short = 32

// blockLen is the length of a block; copyPlainBlocks needs at least one.
const blockLen = 32

// whole returns the length of s[:n] without a character that is cut off at its end.
// All before that is valid UTF-8.
func whole(s string, n int) int {
	for i := n - 1; i >= 0 && i >= n-3 && s[i] >= utf8.RuneSelf; i-- {
		if c := s[i]; c >= 0xf0 || c >= 0xe0 && n-i < 3 || c >= 0xc0 && n-i < 2 {
			return i
		} else if c >= 0xc0 {
			break
		}
	}
	return n
}

func jsonChars(s string) (n, escapes int) {
	head := s[:min(len(s), short)] // most strings with escapes are short
	n, escapes = jsonCharsWords(head)
	if n == len(s) || s[n] == '"' || n < len(head)-utf8.UTFMax {
		return n, escapes
	}
	k, more := 0, 0 // of the rest, which starts with a char that was cut off, if any
	if avx2 {
		k, more = jsonCharsAVX2(s[n:])
	} else {
		k, more = jsonCharsWords(s[n:])
	}
	return n + k, escapes + more
}

func jsonCharsAVX2(s string) (n, escapes int) {
	n, escapes = jsonCharsBlocks(s)
	return whole(s, n), escapes
}

func escapeJSON(dst []byte, s string) (wrote, read int) {
	if !avx2 || len(s) <= short {
		return escapeJSONWords(dst, s)
	}
	return escapeJSONAVX2(dst, s)
}

func escapeJSONAVX2(dst []byte, s string) (wrote, read int) {
	n, i := escapeJSONBlocks(dst, s)
	read = whole(s, i)
	wrote = n - (i - read)
	if read == len(s) {
		return wrote, read
	}
	w, r := escapeJSONWords(dst[wrote:], s[read:])
	return wrote + w, read + r
}

func unescapeJSON(dst []byte, s string) (wrote, read int) {
	if !avx2 || len(s) <= short {
		return unescapeJSONWords(dst, s)
	}
	return unescapeJSONAVX2(dst, s)
}

func unescapeJSONAVX2(dst []byte, s string) (wrote, read int) {
	for {
		n, i := unescapeJSONBlocks(dst[wrote:], s[read:])
		back := i - whole(s[read:], i)
		wrote, read = wrote+n-back, read+i-back
		if read == len(s) || s[read] == '"' {
			return wrote, read
		}
		start := read
		for read < len(s) && s[read] == '\\' && len(dst)-wrote >= ampleRoom { // \u escapes come in runs
			r, k := decodeChar(s[read:])
			if k == 0 {
				return wrote, read
			}
			wrote += utf8.EncodeRune(dst[wrote:], r)
			read += k
		}
		if read == start {
			n, i = unescapeJSONWords(dst[wrote:], s[read:])
			return wrote + n, read + i
		}
	}
}

// ampleRoom is more than unescapeJSONBlocks needs.
const ampleRoom = 64

func copyPlain(dst []byte, s string) bool {
	if !avx2 || len(s) < blockLen {
		return copyPlainWords(dst, s)
	}
	return copyPlainBlocks(dst[:len(s)], s)
}

func htmlSafe(s string) int {
	if !avx2 || len(s) <= short {
		return htmlSafeWords(s)
	}
	return htmlSafeBlocks(s)
}

func validUTF8(s string) int {
	if !avx2 || len(s) <= short {
		return validUTF8Words(s)
	}
	return validUTF8AVX2(s)
}

func validUTF8AVX2(s string) int { return whole(s, utf8Blocks(s)) }

// percents calls the standard library's assembly.
func percents(s string) int { return strings.Count(s, "%") }

func formPlain(s string) int {
	n := formPlainWords(s[:min(len(s), 2*short)]) // most values end soon
	switch {
	case n < 2*short:
		return n
	case avx2:
		return n + formPlainBlocks(s[n:])
	}
	return n + formPlainWords(s[n:])
}

func escapeForm(dst []byte, s string) (wrote, read int) {
	if !avx2 || len(s) <= short {
		return escapeFormWords(dst, s)
	}
	return escapeFormAVX2(dst, s)
}

func escapeFormAVX2(dst []byte, s string) (wrote, read int) {
	wrote, read = escapeFormBlocks(dst, s)
	if read == len(s) {
		return wrote, read
	}
	n, i := escapeFormWords(dst[wrote:], s[read:])
	return wrote + n, read + i
}

func unescapeForm(dst []byte, s string) (wrote, read int) {
	if !avx2 || len(s) <= short {
		return unescapeFormWords(dst, s)
	}
	return unescapeFormAVX2(dst, s)
}

func unescapeFormAVX2(dst []byte, s string) (wrote, read int) {
	wrote, read = unescapeFormBlocks(dst, s)
	if read == len(s) || s[read] == '&' {
		return wrote, read
	}
	n, i := unescapeFormWords(dst[wrote:], s[read:])
	return wrote + n, read + i
}
