package wire

import "unicode/utf8"

// ConsumeUTF8 returns the length of s and [OK] where s is valid UTF-8 (RFC
// 3629 section 4), else the offset of the first sequence that is not and
// [UTF8]. The empty string is valid.
func ConsumeUTF8(s string) (end int, f Fault) {
	i := 0
	for {
		for i+8 <= len(s) && load8(s, i)&highs == 0 {
			i += 8
		}
		for i < len(s) && s[i] < utf8.RuneSelf {
			i++
		}
		if i == len(s) {
			return i, OK
		}
		if i, f = consumeNonASCII(s, i); f != OK {
			return i, f
		}
	}
}

// consumeNonASCII consumes characters from U+0080 up to the next byte below
// 0x80. It does not go back to the words of eight in between: text outside
// of ASCII comes in runs.
func consumeNonASCII(s string, i int) (int, Fault) {
	for i < len(s) && s[i] >= utf8.RuneSelf {
		if i+8 <= len(s) && isTwoOfThree(load8(s, i)) {
			i += 6
			continue
		}
		n := runeLen(s, i)
		if n == 0 {
			return i, UTF8
		}
		i += n
	}
	return i, OK
}

// isTwoOfThree reports whether a word starts with two characters of three
// bytes, as most text in Chinese, Japanese and Korean does. It leaves out the
// two leads that narrow the range of the byte behind them.
func isTwoOfThree(w uint64) bool {
	const (
		bits = 0xc0c0f0_c0c0f0
		want = 0x8080e0_8080e0
	)
	return w&bits == want && !isNarrow(byte(w)) && !isNarrow(byte(w>>24))
}

func isNarrow(lead byte) bool { return lead == 0xe0 || lead == 0xed }

// runeLen returns the length of the UTF-8 sequence of two to four bytes that
// starts at s[i], a byte above 0x7f, and 0 where none does. The cases are
// the rows of RFC 3629 section 4.
func runeLen(s string, i int) int {
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

// isSecond reports whether c may follow lead, the first of three or four
// bytes: four leads narrow the range of the byte behind them, to shut out
// overlong forms, surrogates and what is above U+10FFFF.
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
