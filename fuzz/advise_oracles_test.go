package fuzz_test

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// The oracles of advice on a name: package unicode, golang.org/x/text and
// regular expressions.

// hasLooseSpace reports whether there is white space at an end or twice in a row.
func hasLooseSpace(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.Is(unicode.White_Space, r) })
	return utf8.RuneCountInString(strings.Join(words, " ")) != utf8.RuneCountInString(s)
}

// hasReplacement reports whether there is U+FFFD or a noncharacter. Bytes that
// are not UTF-8 do not count.
func hasReplacement(s string) bool {
	return strings.ContainsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return r == unicode.ReplacementChar || unicode.Is(unicode.Noncharacter_Code_Point, r)
	})
}

// placeholder matches what a program sends in place of a value.
var placeholder = regexp.MustCompile(`(?s)^(?:undefined|null|string|NULL|None|NaN|nil|\(null\)|%!s\(<nil>\)|<[^<>/="'\x60]+>)$` +
	`|\[object [A-Z]|\{\{.*\}\}|\$\{.*\}|(?:^|[^0-9A-Za-z%\x{80}-\x{10FFFF}])%[sdv](?:$|[^0-9A-Za-z\x{80}-\x{10FFFF}])`)

// pictographic is Extended_Pictographic (emoji-data.txt).
var pictographic = regexp.MustCompile(`^[\x{A9}\x{AE}\x{203C}\x{2049}\x{2122}\x{2139}\x{2194}-\x{2199}\x{21A9}\x{21AA}\x{231A}\x{231B}\x{2328}\x{2388}` +
	`\x{23CF}\x{23E9}-\x{23F3}\x{23F8}-\x{23FA}\x{24C2}\x{25AA}\x{25AB}\x{25B6}\x{25C0}\x{25FB}-\x{25FE}\x{2600}-\x{2605}\x{2607}-\x{2612}\x{2614}-\x{2685}` +
	`\x{2690}-\x{2705}\x{2708}-\x{2712}\x{2714}\x{2716}\x{271D}\x{2721}\x{2728}\x{2733}\x{2734}\x{2744}\x{2747}\x{274C}\x{274E}\x{2753}-\x{2755}\x{2757}` +
	`\x{2763}-\x{2767}\x{2795}-\x{2797}\x{27A1}\x{27B0}\x{27BF}\x{2934}\x{2935}\x{2B05}-\x{2B07}\x{2B1B}\x{2B1C}\x{2B50}\x{2B55}\x{3030}\x{303D}\x{3297}\x{3299}` +
	`\x{1F000}-\x{1F0FF}\x{1F10D}-\x{1F10F}\x{1F12F}\x{1F16C}-\x{1F171}\x{1F17E}\x{1F17F}\x{1F18E}\x{1F191}-\x{1F19A}\x{1F1AD}-\x{1F1E5}\x{1F201}-\x{1F20F}` +
	`\x{1F21A}\x{1F22F}\x{1F232}-\x{1F23A}\x{1F23C}-\x{1F23F}\x{1F249}-\x{1F3FA}\x{1F400}-\x{1F53D}\x{1F546}-\x{1F64F}\x{1F680}-\x{1F6FF}\x{1F774}-\x{1F77F}` +
	`\x{1F7D5}-\x{1F7FF}\x{1F80C}-\x{1F80F}\x{1F848}-\x{1F84F}\x{1F85A}-\x{1F85F}\x{1F888}-\x{1F88F}\x{1F8AE}-\x{1F8FF}\x{1F90C}-\x{1F93A}\x{1F93C}-\x{1F945}` +
	`\x{1F947}-\x{1FAFF}\x{1FC00}-\x{1FFFD}]$`)

func isPictographic(r rune) bool { return pictographic.MatchString(string(r)) }

// isIgnorable reports whether r is Default_Ignorable_Code_Point by its
// derivation in DerivedCoreProperties.txt, or an interlinear annotation, and
// not Bidi_Control.
func isIgnorable(r rune) bool {
	switch {
	case isBidi(r), unicode.Is(unicode.White_Space, r), unicode.Is(unicode.Prepended_Concatenation_Mark, r), 0x13430 <= r && r <= 0x13440:
		return false
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Cf, unicode.Variation_Selector)
}

var flagSequence = regexp.MustCompile(`\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{3,6}\x{E007F}`)

// hasInvisible reports whether an ignorable character stands where neither a
// script nor an emoji needs it.
func hasInvisible(s string) bool {
	text := []rune(flagSequence.ReplaceAllString(s, "\U0001f3f4"))
	for i, r := range text {
		if isIgnorable(r) && !isNeeded(text, i) {
			return true
		}
	}
	return false
}

func isNeeded(text []rune, i int) bool {
	before := func(skip func(rune) bool) rune {
		for k := i - 1; k >= 0; k-- {
			if !skip(text[k]) {
				return text[k]
			}
		}
		return 0
	}
	at := func(k int) rune {
		if k < 0 || k >= len(text) {
			return 0
		}
		return text[k]
	}
	is := func(r rune, script *unicode.RangeTable) bool {
		return (unicode.IsLetter(r) || script == unicode.Arabic && unicode.IsMark(r)) && unicode.Is(script, r)
	}
	last, next := at(i-1), at(i+1)
	switch r := text[i]; {
	case r == 0x200c, r == 0x200d:
		emoji := last
		if last == 0xfe0f || 0x1f3fb <= last && last <= 0x1f3ff {
			emoji = at(i - 2)
		}
		return class(last) == 9 || class(next) == 9 || is(next, unicode.Arabic) && is(before(isMark), unicode.Arabic) ||
			r == 0x200d && isPictographic(emoji) && isPictographic(next)
	case r == 0xfe0e, r == 0xfe0f:
		return isPictographic(last) || next == 0x20e3 && strings.ContainsRune("0123456789#*", last)
	case 0xfe00 <= r && r <= 0xfe02, 0xe0100 <= r && r <= 0xe01ef:
		return is(last, unicode.Han)
	case 0x180b <= r && r <= 0x180f:
		return is(last, unicode.Mongolian)
	}
	return false
}

func class(r rune) uint8 { return norm.NFC.PropertiesString(string(r)).CCC() }

// isMark reports whether r is a combining mark of every script.
func isMark(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me) && unicode.Is(unicode.Inherited, r) && !unicode.Is(unicode.Variation_Selector, r)
}

// lookalikes are the Greek and Cyrillic letters that confusables.txt maps to
// one letter of ASCII.
const lookalikes = "\u0391\u0410\u0392\u0412\u03f9\u0421\u0395\u0415\u03dc\u050c\u0397\u041d\u037f\u0408\u039a\u041a\u039c\u03fa\u041c\u039d" +
	"\u039f\u041e\u03a1\u0420\u0405\u03a4\u0422\u0474\u051c\u03a7\u0425\u03a5\u03d2\u0423\u04ae\u0396\u03b1\u0430\u042c\u03f2\u0441\u0501\u0435\u04bd\u04bb" +
	"\u037a\u03b9\u0456\u04cf\u1fbe\ua647\u03f3\u0458\u0399\u0406\u04c0\u03bf\u03c3\u043e\u03c1\u03f1\u0440\u051b\u0433\u1d26\u0455\u03c5\u03bd\u0475\u0461\u051d\u0445\u03b3\u0443\u04af"

func isLatin(r rune) bool     { return unicode.IsLetter(r) && unicode.Is(unicode.Latin, r) }
func isLookalike(r rune) bool { return strings.ContainsRune(lookalikes, r) }

// hasMixedScript reports whether a word has Latin letters and lookalikes.
func hasMixedScript(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return !isMark(r) && !(unicode.IsLetter(r) && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic))
	})
	return slices.ContainsFunc(words, func(word string) bool {
		return strings.ContainsFunc(word, isLatin) && strings.ContainsFunc(word, isLookalike)
	})
}

// mostMarks is the longest run of non-starters, and of starters that may compose,
// in the Stream-Safe Text Format. Norm calls no longer run normal.
const mostMarks = 30

// isNFC reports what norm does or, for longer runs, the algorithm of UAX #15.
func isNFC(s string) bool {
	run := 0
	for _, r := range s {
		for _, part := range decomposed(r) {
			if run++; norm.NFC.PropertiesString(string(part)).BoundaryBefore() {
				run = 0
			}
			if run > mostMarks-3 { // norm counts the marks of a starter too
				return slices.Equal(composed([]rune(s)), []rune(s))
			}
		}
	}
	return norm.NFC.IsNormalString(s)
}

// decomposed returns the full canonical decomposition of a character.
func decomposed(r rune) []rune {
	if d := norm.NFD.PropertiesString(string(r)).Decomposition(); d != nil {
		return []rune(string(d))
	}
	if 0xac00 <= r && r < 0xd7a4 {
		return []rune(norm.NFD.String(string(r)))
	}
	return []rune{r}
}

// composed returns a text in NFC, by the definitions D109 to D117 of The
// Unicode Standard.
func composed(s []rune) []rune {
	var text []rune
	for _, r := range s {
		text = append(text, decomposed(r)...)
	}
	for i := range text { // sorts the marks, stably
		for k := i; k > 0 && class(text[k]) > 0 && class(text[k-1]) > class(text[k]); k-- {
			text[k-1], text[k] = text[k], text[k-1]
		}
	}
	var out []rune
	starter := -1 // its index in out
	for _, r := range text {
		if starter >= 0 && !isBlocked(out[starter+1:], r) {
			if c := composedPair(out[starter], r); c != 0 {
				out[starter] = c
				continue
			}
		}
		if class(r) == 0 {
			starter = len(out)
		}
		out = append(out, r)
	}
	return out
}

func isBlocked(between []rune, r rune) bool {
	return len(between) > 0 && class(between[len(between)-1]) >= class(r)
}

// composedPair returns the primary composite of two characters, or 0.
func composedPair(a, b rune) rune {
	s := []rune(norm.NFC.String(string([]rune{a, b})))
	if len(s) > 1 || s[0] == a {
		return 0
	}
	return s[0]
}

// bytesRead returns the bytes of a text in Windows-1252, each as the character
// of its number. It has 0 for a character that has no byte there and for one of
// ASCII that is no letter.
func bytesRead(s string) string {
	return strings.Map(func(r rune) rune {
		b, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case 0x80 <= r && r < 0xa0:
			return r
		case !ok, b < utf8.RuneSelf && !unicode.IsLetter(rune(b)):
			return 0
		}
		return rune(b)
	}, strings.ToValidUTF8(s, "\x00"))
}

// Well-formed sequences of UTF-8, table 3-7 of The Unicode Standard.
const (
	twoBytes  = `[\xC2-\xDF][\x80-\xBF]`
	sequences = `(?:` + twoBytes + `|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]` +
		`|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2})`
	punctuation = `\x82\x84\x85\x8B\x91-\x94\x96\x97\x9B\xA0\xAB\xBB`
)

var (
	mojibake = regexp.MustCompile(`\xE2\x80|\xE2\x82\xAC|\xE2\x84\xA2|\xEF\xBB\xBF|\xEF\xBF\xBD|\xF0\x9F[\x80-\xBF]{2}` +
		`|[\xC2\xC3][\x80\x81\x83\x86-\x8A\x8C-\x90\x95\x98-\x9A\x9C-\x9F\xA1-\xAA\xAC-\xBA\xBC-\xBF]` +
		`|(?:^|[^A-Z])[\xC2\xC3][` + punctuation + `][A-Za-z]`)
	twoSequences = regexp.MustCompile(`^(` + sequences + `)(` + sequences + `)`)
)

// hasMojibake reports whether the bytes of a text in Windows-1252 are UTF-8 that
// the text is unlikely to have by intention: two sequences in a row, or one that
// mojibake matches.
func hasMojibake(s string) bool {
	read := bytesRead(s)
	for i := range read {
		if m := twoSequences.FindStringSubmatch(read[i:]); m != nil {
			a, b := []rune(m[1]), []rune(m[2])
			if len(a) > 2 || len(b) > 2 || a[0] == b[0] || a[1] != b[1] {
				return true
			}
		}
	}
	return mojibake.MatchString(read)
}
