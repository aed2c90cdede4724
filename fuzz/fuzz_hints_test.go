package fuzz_test

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

// FuzzHints undoes the mistake that a hint names: the text must be valid then, or
// its first error further to the right.
func FuzzHints(f *testing.F) {
	add(f, seeds(f, "validate/testdata/hints.json", "validate/testdata/attributes.json"), vectors.SuiteTexts(f, jsonSuite))
	f.Fuzz(func(t *testing.T, s string) {
		hintHolds(t, s, validate.Attributes)
		hintHolds(t, s, func(s string) error { return validate.SID("RL", s) })
		hintHolds(t, s, validate.Text)
	})
}

func hintHolds(t *testing.T, s string, check func(string) error) {
	t.Helper()
	e, ok := check(s).(*validate.Error)
	if !ok || e.Hint == "" {
		return
	}
	if len(e.Error()) > 256 || e.Hint.Message() == "" {
		t.Errorf("%q: %v", s, e)
	}
	if e.Hint == validate.HintCutOff {
		if !slices.Contains([]int{255, 256, 1024, 4096, 16384, 32767, 65535}, len(s)) || e.Offset < len(s) && utf8.FullRuneInString(s[e.Offset:]) {
			t.Errorf("%q: %v", s, e)
		}
		return
	}
	without := undo(s, e)
	after, ok := check(without).(*validate.Error)
	if e.Hint == validate.HintDoubledQuotes && ok && after.Offset == e.Offset-1 {
		return // the error is after the quotes, and one of them is gone
	}
	// What undo puts in place of the mistake is valid, so that an error that is left
	// is after it.
	if ok && after.Offset <= e.Offset && len(without)-after.Offset >= len(s)-e.Offset {
		t.Errorf("%q: %v; without the mistake %q: %v", s, e, without, after)
	}
}

// undo returns s without the mistake that the hint of e names.
func undo(s string, e *validate.Error) string {
	before, rest := s[:e.Offset], s[e.Offset:]
	whole := strings.Trim(before, " \t\r\n") == ""
	switch e.Hint {
	case validate.HintSingleQuotes, validate.HintSmartQuotes:
		return before + doubleQuoted(rest, whole)
	case validate.HintUnquotedName:
		return before + regexp.MustCompile(`^[^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]+`).ReplaceAllString(rest, `"$0"`)
	case validate.HintTrailingComma:
		if rest[0] == ',' {
			return before + rest[1:]
		}
		i := strings.LastIndexByte(before, ',')
		return before[:i] + before[i+1:] + rest
	case validate.HintComment:
		return before + regexp.MustCompile(`^(/\*(?s:.*?)(\*/|$)|(//|#)[^\n]*)`).ReplaceAllString(rest, "")
	case validate.HintPythonLiteral:
		return before + regexp.MustCompile(`^(True|False|None)`).ReplaceAllString(rest, "null")
	case validate.HintJSLiteral:
		return withoutJSLiteral(before, rest)
	case validate.HintEscapedJSON:
		return before + strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(rest)
	case validate.HintDoubledQuotes:
		if whole { // the cell of a CSV file
			return strings.TrimSuffix(strings.ReplaceAll(strings.TrimRight(rest, " \t\r\n")[1:], `""`, `"`), `"`)
		}
		return strings.ReplaceAll(s, `""`, `"`)
	case validate.HintStringOfJSON:
		var text string
		_ = json.Unmarshal([]byte(s), &text)
		return text
	case validate.HintPercentEncoded:
		text, err := url.QueryUnescape(s)
		if err != nil {
			return `{"` // as it begins
		}
		return text
	case validate.HintHTMLEscaped:
		return before + html.UnescapeString(rest)
	case validate.HintObjectToString:
		return withoutToString(before, rest)
	case validate.HintArrayForObject:
		return before + regexp.MustCompile(`^\[[ \t\r\n]*\]`).ReplaceAllString(rest, "{}")
	case validate.HintNotJSONSpace:
		_, n := utf8.DecodeRuneInString(rest)
		return before + rest[n:]
	case validate.HintSingleValue:
		text, _ := json.Marshal(s)
		return `{"a":` + string(text) + "}"
	case validate.HintLatin1:
		return readAs1252(s)
	case validate.HintSIDCase:
		return strings.ToUpper(s[:2]) + s[2:]
	case validate.HintSIDSpace:
		return before + strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	case validate.HintSIDKind:
		return "RL" + s[2:]
	}
	return s
}

// doubleQuoted puts text in other quotes into double ones, or removes the quotes
// where they are around the whole.
func doubleQuoted(rest string, whole bool) string {
	open, n := utf8.DecodeRuneInString(rest)
	closing := map[rune]string{'\'': "'", '\u2018': "\u2019", '\u201a': "\u2018", '\u00ab': "\u00bb", '\uff02': "\uff02"}[open]
	isClosing := func(r rune) bool {
		return strings.ContainsRune("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2033\uff02", r)
	}
	text, after := rest[n:], ""
	end := strings.IndexFunc(text, isClosing)
	if closing == "'" {
		end = -1
		if loc := regexp.MustCompile(`^(?:[^\\']|\\(?s:.))*'`).FindString(text); loc != "" {
			end = len(loc) - 1
		}
		if whole {
			end = strings.LastIndexByte(text, '\'')
		}
	}
	if end >= 0 {
		_, n := utf8.DecodeRuneInString(text[end:])
		text, after = text[:end], text[end+n:]
	}
	if whole {
		return text + after
	}
	if !utf8.ValidString(text) {
		return `"`
	}
	quoted, _ := json.Marshal(strings.ReplaceAll(text, `\'`, `'`))
	return string(quoted) + after
}

// withoutJSLiteral replaces a value that JSON does not have by 0.
func withoutJSLiteral(before, rest string) string {
	if strings.HasSuffix(before, ".") {
		return before + "0" + rest
	}
	before = strings.TrimRight(before, "-0123456789")
	number := regexp.MustCompile(`^[-+.0-9]*(NaN|Infinity|undefined|[xX][0-9a-fA-F]+|[0-9]*)`)
	return before + "0" + number.ReplaceAllString(rest, "")
}

// withoutToString replaces what a program prints for an object by an object.
func withoutToString(before, rest string) string {
	if i := strings.LastIndexByte(before, '['); strings.HasPrefix(rest, "object ") && i >= 0 {
		before, rest = before[:i], before[i:]+rest
	}
	all := regexp.MustCompile(`^(\[object [^\]]*(\]|$)|map\[[^\]]*\]|#<[^>]*>)(,\[object [^\]]*\])*`)
	return before + all.ReplaceAllString(rest, "{}")
}
