package validate

import (
	"strings"
	"unicode/utf8"
)

// isUserSID reports whether s is US and 32 lower-case hex digits.
func isUserSID(s string) bool {
	if _, c, _ := sid("US", s); c != "" {
		return false
	}
	for i := 2; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'F' {
			return false
		}
	}
	return true
}

// adviseLong adds advice at the first code point beyond the limit.
func adviseLong(list []Advice, field, s string, server int, source string) []Advice {
	n := 0
	for i := range s {
		if n++; n > maxCodePoints {
			return append(list, Advice{field, CodeLong, i, server, source})
		}
	}
	return list
}

// adviseName adds all advice but adviseLong's that an Identity and a FriendlyName
// have in common.
func adviseName(list []Advice, field, s string) []Advice {
	list, has := adviseCharacters(list, field, s)
	for i := range nameRules {
		r := &nameRules[i]
		if has&r.needs != r.needs || r.code == CodePath && field != "Identity" {
			continue
		}
		if at := r.first(s); at >= 0 {
			list = append(list, Advice{field, r.code, at, 0, r.source})
		}
	}
	return list
}

// nameRules are in the order of the advice.
var nameRules = [...]struct {
	code   Code
	source string
	needs  traits             // the rule finds nothing without all of these
	first  func(s string) int // returns the first offset, or -1
}{
	{CodeSpace, "Unicode White_Space", hasSpace, firstSpace},
	{CodeInvisible, "Unicode UTS #39 section 3.1, Default_Ignorable_Code_Point", hasIgnorable, firstInvisible},
	{CodeReplacement, sourceReplacement, hasReplacement, firstReplacement},
	{CodeMojibake, sourceMojibake, hasLead | hasTrail, firstMojibake},
	{CodeNotNFC, "Unicode UAX #15", hasMarks, firstNotNFC},
	{CodeMixedScript, "Unicode UTS #39 section 5.1", hasLatin | hasLookalike, firstMixedScript},
	{CodePath, "RFC 3986 sections 3.3 and 6.2.2.3", hasSpecial, firstOfPath},
	{CodePlaceholder, "inferred", hasSpecial, firstPlaceholder},
}

// traits say which characters a name has, so that most names need one pass.
type traits uint16

const (
	hasSpace       traits = 1 << iota // White_Space
	hasIgnorable                      // see isIgnorable
	hasReplacement                    // see isReplacement
	hasLead                           // possibly a first byte of UTF-8 that was read as Windows-1252
	hasTrail                          // possibly a later one
	hasMarks                          // possibly marks, or not in NFC
	hasLatin                          // possibly Latin letters
	hasLookalike                      // possibly Greek or Cyrillic letters that look like them
	hasSpecial                        // a character with a kind, isDots or isMissing
)

// traitsOf returns the traits of a character, but for hasSpecial.
func traitsOf(r rune) traits {
	switch {
	case isASCIILetter(r):
		return hasLatin
	case isSpace(r):
		return hasSpace | traitsOfRange(r)
	case r < utf8.RuneSelf:
		return 0
	case isIgnorable(r):
		return hasIgnorable | traitsOfRange(r)
	case isReplacement(r):
		return hasReplacement | traitsOfRange(r)
	}
	return traitsOfRange(r)
}

// traitsOfRange returns the traits that are possible in a range of code points.
// Looking a character up in the tables would be exact, but slower.
func traitsOfRange(r rune) traits {
	switch {
	case r < utf8.RuneSelf:
		return 0
	case r < 0xc0:
		return hasTrail | hasLatin
	case r <= 0xff:
		return hasLead | hasLatin
	case r < 0x370:
		return hasTrail | hasMarks | hasLatin
	case 0x400 <= r && r < 0x483 || 0x48a <= r && r < 0x530: // Cyrillic
		return hasLookalike
	case r < 0x530:
		return hasLookalike | hasMarks
	case 0x3100 <= r && r < 0xa600 || 0xac00 <= r && r < 0xf900: // Han and Hangul
		return 0
	case r < 0x1d00:
		return hasMarks
	}
	return hasTrail | hasMarks | hasLatin | hasLookalike
}

// adviseCharacters adds advice on single characters, and returns the traits of
// the name.
func adviseCharacters(list []Advice, field, s string) ([]Advice, traits) {
	var found [ofNone]bool
	var has traits
	for i, r := range s {
		has |= traitsOf(r)
		k := characterKind(r)
		if k == ofNone || found[k] {
			continue
		}
		found[k] = true
		has |= hasSpecial
		if k < len(characterCodes) {
			list = append(list, Advice{field, characterCodes[k].code, i, 0, characterCodes[k].source})
		}
	}
	if isDots(s) || isMissing(s) {
		has |= hasSpecial
	}
	return list, has
}

// The kinds of characters.
const (
	ofDocumentation = iota // the documentation advises against it
	ofControl              // a control character
	ofBidi                 // it turns the direction of text
	ofPath                 // any other that must be percent-encoded in the path of a URL
	ofNone
)

// characterCodes has the kinds that are advice on their own.
var characterCodes = [...]struct {
	code   Code
	source string
}{
	ofDocumentation: {CodeCharacter, "documented"},
	ofControl:       {CodeControl, "Unicode general category Cc"},
	ofBidi:          {CodeBidi, "Unicode UAX #9, explicit formatting"},
}

func characterKind(r rune) int {
	switch r {
	case '!', '*', '\'', '(', ')', ';', ':', '@', '&', '=', '+', '$', ',', '/', '?', '%', '#', '[', ']':
		return ofDocumentation
	case ' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}':
		return ofPath
	case 0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069:
		return ofBidi
	}
	if r < 0x20 || 0x7f <= r && r < 0xa0 {
		return ofControl
	}
	return ofNone
}

// firstSpace finds white space at an end, and two in a row: names that differ in
// these alone look the same and are different users. The text is not empty.
func firstSpace(s string) int {
	before := 0 // the offset of white space before s[i], or -1; the start counts as such
	for i, r := range s {
		switch {
		case !isSpace(r):
			before = -1
		case before >= 0:
			return before
		default:
			before = i
		}
	}
	return before
}

// isSpace reports whether r is White_Space (PropList.txt).
func isSpace(r rune) bool {
	switch {
	case r <= ' ':
		return r == ' ' || '\t' <= r && r <= '\r'
	case r < 0x1680:
		return r == 0x85 || r == 0xa0
	}
	return 0x2000 <= r && r <= 0x200a || r == 0x1680 || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000
}

// firstReplacement finds U+FFFD, which replaces what could not be decoded, and
// noncharacters. Bytes that are not UTF-8 are an error, see [Text].
func firstReplacement(s string) int {
	for i, r := range s {
		if isReplacement(r) && (r != utf8.RuneError || strings.HasPrefix(s[i:], "\ufffd")) {
			return i
		}
	}
	return -1
}

const sourceReplacement = "The Unicode Standard, sections 23.7 and 23.8"

func isReplacement(r rune) bool {
	return r == 0xfffd || r&0xfffe == 0xfffe || 0xfdd0 <= r && r <= 0xfdef
}

// firstOfPath finds a character of the kind ofPath: the calls that fetch, update
// and delete a user have the identity in the path of their URL.
func firstOfPath(s string) int {
	if isDots(s) {
		return 0
	}
	for i := range len(s) {
		if s[i] < utf8.RuneSelf && characterKind(rune(s[i])) == ofPath {
			return i
		}
	}
	return -1
}

// isDots reports whether s is a segment that is removed from a path, even if it is
// percent-encoded.
func isDots(s string) bool { return s == "." || s == ".." }

// isMissing reports whether s is what a programming language writes for a missing
// value. People may be called Null or None Smith.
func isMissing(s string) bool {
	switch s {
	case "undefined", "null", "string", "NULL", "None", "NaN", "nil", "(null)", "%!s(<nil>)":
		return true
	}
	return false
}

// firstPlaceholder finds what a program writes for a missing value, and templates
// and formats that were not filled in.
func firstPlaceholder(s string) int {
	if n := len(s) - 1; isMissing(s) || n > 1 && s[0] == '<' && s[n] == '>' && !strings.ContainsAny(s[1:n], "<>/=\"'`") { // not HTML
		return 0
	}
	at, closed, closedTwice := -1, false, false
	for i := len(s) - 1; i >= 0; i-- {
		found := false
		switch s[i] {
		case '}':
			closed, closedTwice = true, closedTwice || strings.HasPrefix(s[i:], "}}")
		case '$':
			found = closed && strings.HasPrefix(s[i:], "${")
		case '{':
			found = closedTwice && strings.HasPrefix(s[i:], "{{")
		case '[':
			found = isObject(s[i:])
		case '%':
			found = isVerb(s, i)
		}
		if found {
			at = i
		}
	}
	return at
}

// isObject reports whether s starts with what JavaScript writes for an object, such
// as [object Object].
func isObject(s string) bool {
	name, found := strings.CutPrefix(s, "[object ")
	return found && name != "" && 'A' <= name[0] && name[0] <= 'Z'
}

// isVerb reports whether s[i] starts a verb of a format, such as %s, that is a word
// of its own. Percent-encoding such as %dA is not.
func isVerb(s string, i int) bool {
	if i+1 == len(s) || s[i+1] != 's' && s[i+1] != 'd' && s[i+1] != 'v' {
		return false
	}
	return (i == 0 || s[i-1] != '%' && !inWord(s[i-1])) && (i+2 == len(s) || !inWord(s[i+2]))
}

// inWord reports whether c is an ASCII letter or digit, or beyond ASCII.
func inWord(c byte) bool {
	return '0' <= c && c <= '9' || isASCIILetter(rune(c)) || c >= utf8.RuneSelf
}
