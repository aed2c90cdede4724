package validate

import "unicode/utf8"

// The values of letterKinds, the same as in validate/tables.
const (
	kindLatin      = iota + 1 // letters of the script
	kindLookalike             // Greek and Cyrillic letters that confusables.txt has for one of A to Z or a to z
	kindGreek                 // the other Greek and Cyrillic letters
	kindMark                  // combining marks of every script
	kindArabic                // letters and marks of the script
	kindMongolian             // letters of the script
	kindHan                   // letters of the script
	kindPictograph            // Extended_Pictographic: emoji and code points reserved for them
)

// kindOf returns the kind of r, 0 for none.
func kindOf(r rune) uint8 { return letterKinds.at(r) }

// firstMixedScript finds a word with Latin letters and with Greek or Cyrillic
// letters that look like Latin ones (UTS #39 section 5.1), and returns where the
// word changes to or from Latin. A word is letters of these scripts and marks.
func firstMixedScript(s string) int {
	var before uint8 // the kind of the letter before, 0 at the start of the word
	isLatin, looksLatin, turn := false, false, -1
	kinds := stepReader{table: &letterKinds}
	for i, r := range s {
		var kind uint8
		if r >= utf8.RuneSelf {
			kind = kinds.at(r)
		} else if isASCIILetter(r) {
			kind = kindLatin
		}
		switch kind {
		case kindMark:
			continue
		case kindLatin:
			isLatin = true
		case kindLookalike:
			looksLatin = true
		case kindGreek:
		default:
			before, isLatin, looksLatin, turn = 0, false, false, -1
			continue
		}
		if turn < 0 && before != 0 && (before == kindLatin) != (kind == kindLatin) {
			turn = i
		}
		if isLatin && looksLatin {
			return turn
		}
		before = kind
	}
	return -1
}

func isASCIILetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }

// firstInvisible finds an ignorable character that the text does not need.
func firstInvisible(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0x1f3f4:
			n += flagTags(s[i+n:])
		case isIgnorable(r) && !isNeeded(s[:i], r, s[i+n:]):
			return i
		}
		i += n
	}
	return -1
}

// isIgnorable reports whether r is Default_Ignorable_Code_Point
// (DerivedCoreProperties.txt) or interlinear annotation, but not of the kind
// ofBidi, which has a code of its own.
func isIgnorable(r rune) bool {
	switch {
	case r < 0x2000:
		switch r {
		case 0xad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5:
			return true
		}
		return 0x180b <= r && r <= 0x180f
	case r < 0x3000:
		return 0x200b <= r && r <= 0x200d || 0x2060 <= r && r <= 0x206f && characterKind(r) != ofBidi
	case r <= 0xffff:
		return 0xfe00 <= r && r <= 0xfe0f || 0xfff0 <= r && r <= 0xfffb || r == 0x3164 || r == 0xfeff || r == 0xffa0
	}
	return 0xe0000 <= r && r <= 0xe0fff || 0x1bca0 <= r && r <= 0x1bca3 || 0x1d173 <= r && r <= 0x1d17a
}

const (
	joiner    = 0x200d // U+200D ZERO WIDTH JOINER
	nonJoiner = 0x200c // U+200C ZERO WIDTH NON-JOINER
	keycap    = 0x20e3 // U+20E3 COMBINING ENCLOSING KEYCAP
)

// isNeeded reports whether an ignorable character has a meaning between the text
// before it and the text after it.
func isNeeded(before string, r rune, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case r == joiner || r == nonJoiner:
		return joins(before, after) || r == joiner && kindOf(emojiAtEnd(before)) == kindPictograph && kindOf(next) == kindPictograph
	case r == 0xfe0e || r == 0xfe0f: // text or emoji presentation, keycaps of a digit, # or * (UTS #51 ED-8a, ED-9a and ED-14c)
		return kindOf(last) == kindPictograph || next == keycap && ('0' <= last && last <= '9' || last == '#' || last == '*')
	case 0xfe00 <= r && r <= 0xfe02 || 0xe0100 <= r && r <= 0xe01ef: // StandardizedVariants.txt, UTS #37
		return kindOf(last) == kindHan
	case 0x180b <= r && r <= 0x180f:
		return kindOf(last) == kindMongolian
	}
	return false
}

// joins reports whether a joiner or non-joiner has a meaning in a word: after a
// virama of an Indic script or between Arabic letters (RFC 5892 appendixes A.1
// and A.2), or before a virama, as in Bengali and Kannada.
func joins(before, after string) bool {
	last, n := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	if normClass(last) == virama || normClass(next) == virama {
		return true
	}
	if kindOf(next) != kindArabic {
		return false
	}
	for kindOf(last) == kindMark { // the vowels of Arabic
		before = before[:len(before)-n]
		last, n = utf8.DecodeLastRuneInString(before)
	}
	return kindOf(last) == kindArabic
}

// emojiAtEnd returns the emoji at the end of s, without a skin tone modifier or
// variation selector.
func emojiAtEnd(s string) rune {
	r, n := utf8.DecodeLastRuneInString(s)
	if r == 0xfe0f || 0x1f3fb <= r && r <= 0x1f3ff {
		r, _ = utf8.DecodeLastRuneInString(s[:len(s)-n])
	}
	return r
}

// flagTags returns the length of the tag sequence at the start of s that makes a
// black flag the flag of a region: three to six letters or digits and an end (UTS
// #51 ED-14a). It returns 0 if there is none.
func flagTags(s string) int {
	const size = len("\U000e0061")
	for n := 0; ; n++ {
		r, _ := utf8.DecodeRuneInString(s[min(n*size, len(s)):])
		switch {
		case 0xe0030 <= r && r <= 0xe0039 || 0xe0061 <= r && r <= 0xe007a:
			if n < 6 {
				continue
			}
		case r == 0xe007f && n >= 3:
			return (n + 1) * size
		}
		return 0
	}
}
