package validate

import (
	"strings"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire"
)

// A Hint is the probable mistake behind an [Error], recognized from the text
// around its offset. Hints are stable words, like codes; the zero Hint, "", means
// that none is recognized. A value without the mistake is valid, or has its
// first error further to the right.
type Hint string

// The hints for JSON texts.
const (
	HintSingleQuotes   Hint = "single_quotes"    // {'a': 1}
	HintSmartQuotes    Hint = "smart_quotes"     // typographic quotes around a name or string
	HintUnquotedName   Hint = "unquoted_name"    // {a: 1}
	HintTrailingComma  Hint = "trailing_comma"   // {"a": 1,}
	HintComment        Hint = "comment"          // a comment that begins with //, /* or #
	HintPythonLiteral  Hint = "python_literal"   // True, False or None
	HintJSLiteral      Hint = "js_literal"       // NaN, Infinity, undefined, or a number such as 0x10, .5 or +1
	HintEscapedJSON    Hint = "escaped_json"     // {\"a\": 1}: quotes escaped once too often
	HintDoubledQuotes  Hint = "doubled_quotes"   // {""a"": 1}: a cell of a CSV file
	HintStringOfJSON   Hint = "string_of_json"   // "{\"a\": 1}": an object encoded twice
	HintPercentEncoded Hint = "percent_encoded"  // %7B%22a%22...
	HintHTMLEscaped    Hint = "html_escaped"     // {&quot;a&quot;: 1}
	HintObjectToString Hint = "object_tostring"  // [object Object], map[a:1] or #<Object>
	HintArrayForObject Hint = "array_for_object" // [], which PHP makes of an empty array
	HintCutOff         Hint = "cut_off"          // JSON that ends too early, at a length that is a common limit
	HintNotJSONSpace   Hint = "not_json_space"   // a no-break space, a byte order mark or the like between tokens
	HintSingleValue    Hint = "single_value"     // neither an object nor an array: hello, or nothing
	HintNotStringified Hint = "not_stringified"  // an object where its JSON text is wanted
)

// The hints for forms, and for text.
const (
	HintJSONBody     Hint = "json_body"      // JSON instead of a form
	HintHeaderInForm Hint = "header_in_form" // the webhook header as a pair or member
	HintNestedForm   Hint = "nested_form"    // Attributes[a]=1, which the Node SDK makes of an object
	HintLatin1       Hint = "latin1"         // bytes that look like Windows-1252 and are not UTF-8
)

// The hints for SIDs.
const (
	HintSIDCase  Hint = "sid_case"  // the prefix in small letters
	HintSIDSpace Hint = "sid_space" // white space around or inside
	HintSIDKind  Hint = "sid_kind"  // the SID of another resource, which Found names
)

// JSONError returns the error, with its hint, for a fault that package wire found
// at an offset of the JSON text src, where a value of the JSON type kind is
// wanted. Like [FormError] it is for the parsers of this library. For an offset
// outside src there is no hint.
func JSONError(field, src string, at int, f wire.Fault, kind string) *Error {
	e := jsonError(field, src, at, f, kind)
	return &e
}

func jsonError(field, src string, at int, f wire.Fault, kind string) Error {
	e := Error{Field: field, Offset: at}
	if 0 <= at && at <= len(src) {
		e.Hint = jsonHint(field, src, at, f, kind)
	}
	if e.Code, e.Want = codeOf(f); e.Code == CodeType {
		e.Want = kind
	}
	return e
}

// FormError returns the error, with its hint, for a fault that package wire found
// at an offset of the form src.
func FormError(field, src string, at int, f wire.Fault) *Error {
	e := &Error{Field: field, Offset: at}
	e.Code, e.Want = codeOf(f)
	switch start := wire.ConsumeSpace(src, 0); {
	case field == "" && isJSONObject(src[start:]):
		e.Hint = HintJSONBody
	case f == wire.UTF8 && 0 <= at && at <= len(src) && isLatin1(formText(src, at), true):
		e.Hint = HintLatin1
	}
	return e
}

// isJSONObject reports whether s begins as a JSON object does.
func isJSONObject(s string) bool {
	if !strings.HasPrefix(s, "{") {
		return false
	}
	i := wire.ConsumeSpace(s, 1)
	return i < len(s) && (s[i] == '"' || s[i] == '}')
}

// formText returns the name or value of a form around src[at], still escaped.
func formText(src string, at int) string {
	start := at
	for start > 0 && src[start-1] != '&' && src[start-1] != '=' {
		start--
	}
	text, _, _ := strings.Cut(src[start:], "&")
	return text
}

// isLatin1 reports whether s, unescaped if it is part of a form, looks like
// Windows-1252: it has bytes beyond ASCII, and none of them look like UTF-8.
func isLatin1(s string, form bool) bool {
	found, before := false, byte(0)
	for i := 0; i < len(s); {
		c, end := byteAt(s, i, form)
		next, _ := byteAt(s, end, form)
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return false
		case c < utf8.RuneSelf:
		case c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d || c >= 0xfe: // not assigned, or binary
			return false
		case c >= 0xc0 && next&0xc0 == 0x80: // UTF-8, cut off or overlong, or a surrogate
			return false
		case (c == 0xc2 || c == 0xc3) && !isLetter(next): // the first byte of most letters that a limit cuts in two
			return false
		case c >= 0xc0 && !isLetter(next) && !isLetter(before):
			return false
		}
		found = found || c >= utf8.RuneSelf
		before, i = c, end
	}
	return found
}

// byteAt returns the byte at s[i], unescaped if s is part of a form, and the
// offset after it; 0 at the end of s.
func byteAt(s string, i int, form bool) (c byte, end int) {
	switch {
	case i >= len(s):
		return 0, i
	case form && s[i] == '+':
		return ' ', i + 1
	case form && s[i] == '%' && wire.ConsumeHex(s[:min(len(s), i+3)], i+1) == i+3:
		return wire.Unhex(s[i+1])<<4 | wire.Unhex(s[i+2]), i + 3
	}
	return s[i], i + 1
}

// isLetter reports whether c is a letter in Windows-1252; from À on, nearly all
// characters are.
func isLetter(c byte) bool { return c|0x20-'a' < 26 || c >= 0xc0 }

func jsonHint(field, s string, at int, f wire.Fault, kind string) Hint {
	first := wire.ConsumeSpace(s, 0)
	switch f {
	case wire.WrongType:
		return typeHint(field, s, at, kind, at == first)
	case wire.UTF8:
		if isLatin1(s, false) {
			return HintLatin1
		}
		if isCutLength(len(s)) && !utf8.FullRuneInString(s[at:]) {
			return HintCutOff
		}
		return ""
	case wire.WantQuote, wire.WantEscape, wire.WantHex, wire.Control, wire.Surrogate, wire.Depth:
		if at == len(s) && isCutLength(len(s)) {
			return HintCutOff
		}
		return ""
	}
	h := tokenHint(s, at, f, at == first)
	lone := kind == "object" && (first == len(s) || strings.IndexByte(`{["`, s[first]) < 0)
	switch {
	case h != "" && !(lone && (h == HintPythonLiteral || h == HintJSLiteral)): // true or 0 is not an object either
		return h
	case lone && IsText(s):
		return HintSingleValue
	case at == len(s) && isCutLength(len(s)):
		return HintCutOff
	}
	return ""
}

// isCutLength reports whether n is a common limit: that of a VARCHAR or TEXT
// column, or one in KiB.
func isCutLength(n int) bool {
	switch n {
	case 255, 256, 1024, 4096, 16384, 32767, 65535:
		return true
	}
	return false
}

// typeHint returns the hint for a value at s[at] of the wrong type; whole says
// that it is the whole text.
func typeHint(field, s string, at int, kind string, whole bool) Hint {
	if at == len(s) {
		return ""
	}
	switch c := s[at]; {
	case kind == "string" && c == '{' && (field == "Attributes" || field == "attributes"):
		return HintNotStringified
	case kind != "object":
		return ""
	case strings.HasPrefix(s[at:], "[object "):
		return HintObjectToString
	case c == '[':
		if i := wire.ConsumeSpace(s, at+1); i < len(s) && s[i] == ']' {
			return HintArrayForObject
		}
	case !whole:
	case c == '"':
		return stringHint(s, at)
	default:
		return HintSingleValue
	}
	return ""
}

// stringHint returns the hint for a text that begins with a string.
func stringHint(s string, at int) Hint {
	end, saved, f := wire.ConsumeString(s, at)
	if f == wire.OK && wire.ConsumeSpace(s, end) == len(s) {
		if IsAttributes(wire.Unescape(s[at+1:end-1], saved)) {
			return HintStringOfJSON
		}
		return HintSingleValue
	}
	cell := s[at+1:]
	cell = cell[:len(cell)-spaceBefore(cell)]
	if strings.HasPrefix(cell, `{""`) && strings.HasSuffix(cell, `}"`) && isDoubled(cell[:len(cell)-1]) {
		return HintDoubledQuotes
	}
	return ""
}

// spaceBefore returns the length of the JSON white space at the end of s.
func spaceBefore(s string) int {
	i := len(s)
	for i > 0 && wire.ConsumeSpace(s[i-1:i], 0) == 1 {
		i--
	}
	return len(s) - i
}

// isDoubled reports whether all quotes in s are doubled.
func isDoubled(s string) bool {
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return true
		}
		if i+1 == len(s) || s[i+1] != '"' {
			return false
		}
		s = s[i+2:]
	}
}

// tokenHint returns the hint for what is at s[at] instead of the token that is
// wanted; whole says that it is the first token of the text.
func tokenHint(s string, at int, f wire.Fault, whole bool) Hint {
	rest := s[at:]
	switch {
	case rest == "":
		return ""
	case f != wire.WantDigit && beginsWithSpace(rest): // between tokens, not inside a number
		return HintNotJSONSpace
	case isComment(s, at, f):
		return HintComment
	case isTrailingComma(s, at, f):
		return HintTrailingComma
	}
	switch f {
	case wire.WantValue, wire.WantName, wire.WantNextName:
		if h := quoteHint(rest, whole); h != "" {
			return h
		}
		if f != wire.WantValue {
			if isUnquotedName(rest) {
				return HintUnquotedName
			}
			return ""
		}
		return valueHint(s, at, whole)
	case wire.WantDigit:
		ends := strings.IndexByte(" \t\r\n,]}", rest[0]) >= 0
		if at > 0 && (s[at-1] == '.' && ends || s[at-1] == '-' && isJSNumber(rest)) { // 1. or -Infinity
			return HintJSLiteral
		}
	case wire.WantColon, wire.WantMemberEnd, wire.WantElementEnd:
		switch {
		case strings.HasSuffix(s[:at], `""`) && strings.IndexByte(s, '"') == at-2 && strings.Contains(rest, `""`) && isDoubled(s):
			return HintDoubledQuotes
		case f != wire.WantColon && isHexNumber(s, at):
			return HintJSLiteral
		}
	}
	return ""
}

// beginsWithSpace reports whether s begins with Unicode white space or a
// character without a width.
func beginsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isSpace(r) || 0x200b <= r && r <= 0x200d || r == 0x2060 || r == 0xfeff
}

// isComment reports whether a comment begins at s[at]. A URL without quotes may
// also begin with //, and a color begins with #.
func isComment(s string, at int, f wire.Fault) bool {
	rest := s[at:]
	if len(rest) < 2 {
		return false
	}
	spaced := rest[1] == ' ' || rest[1] == '\t'
	switch rest[:2] {
	case "/*":
		return true
	case "//":
		return f != wire.WantValue || len(rest) > 2 && rest[2] == ' '
	}
	return rest[0] == '#' && spaced
}

// isTrailingComma reports whether a comma comes before the end of an object or
// array at s[at], or is itself there and ends the text.
func isTrailingComma(s string, at int, f wire.Fault) bool {
	switch f {
	case wire.WantNextName, wire.WantValue:
		before := s[:at-spaceBefore(s[:at])]
		return strings.HasSuffix(before, ",") && (s[at] == '}' && f == wire.WantNextName || s[at] == ']' && f == wire.WantValue)
	case wire.Trailing:
		return s[at] == ',' && wire.ConsumeSpace(s, at+1) == len(s)
	}
	return false
}

// quoteHint returns the hint for a quote that is not JSON's. Whole says that it
// is the first character of the text, where it counts only before an object.
func quoteHint(rest string, whole bool) Hint {
	r, n := utf8.DecodeRuneInString(rest)
	if whole && (n == len(rest) || rest[n] != '{') {
		return ""
	}
	switch r {
	case '\'':
		return HintSingleQuotes
	case '\u201c', '\u201d', '\u201e', '\u201f', '\u2018', '\u2019', '\u201a', '\u201b', '\u00ab', '\u00bb', '\u2033', '\uff02':
		return HintSmartQuotes
	case '\\':
		if strings.HasPrefix(rest, `\"`) {
			return HintEscapedJSON
		}
	case '&':
		for _, quote := range [...]string{"&quot;", "&#34;", "&#034;", "&#x22;", "&#X22;"} {
			if strings.HasPrefix(rest, quote) {
				return HintHTMLEscaped
			}
		}
	}
	return ""
}

// isUnquotedName reports whether a word or number and a colon begin rest.
func isUnquotedName(rest string) bool {
	n := len(word(rest))
	i := wire.ConsumeSpace(rest, n)
	return n > 0 && i < len(rest) && rest[i] == ':'
}

// word returns the letters, digits, underscores and dollar signs at the start of
// s. Every byte beyond ASCII counts as a letter.
func word(s string) string {
	for i := range len(s) {
		if c := s[i]; c < utf8.RuneSelf && c|0x20-'a' >= 26 && c-'0' >= 10 && c != '_' && c != '$' {
			return s[:i]
		}
	}
	return s
}

// valueHint returns the hint for what is at s[at] instead of a value.
func valueHint(s string, at int, whole bool) Hint {
	rest := s[at:]
	switch w := word(rest); {
	case w == "True" || w == "False" || w == "None":
		return HintPythonLiteral
	case w == "undefined" || isJSNumber(rest):
		return HintJSLiteral
	case w == "object" && at > 0 && s[at-1] == '[' && strings.HasPrefix(rest, "object "),
		w == "map" && strings.HasPrefix(rest, "map[") && strings.IndexByte(rest, ']') > 0,
		strings.HasPrefix(rest, "#<") && strings.IndexByte(rest, '>') > 0:
		return HintObjectToString
	case whole && rest[0] == '%' && isEncodedObject(rest):
		return HintPercentEncoded
	}
	return ""
}

// isJSNumber reports whether rest begins with a number of JavaScript that is not
// one of JSON: NaN, Infinity, .5 or +1.
func isJSNumber(rest string) bool {
	if rest[0] == '+' && len(rest) > 1 {
		rest = rest[1:]
		if rest[0]-'0' < 10 {
			return true
		}
	}
	w := word(rest)
	return w == "NaN" || w == "Infinity" || len(rest) > 1 && rest[0] == '.' && rest[1]-'0' < 10
}

// isHexNumber reports whether s[at] is the x of a number such as 0x10; in JSON,
// the number ends before it.
func isHexNumber(s string, at int) bool {
	if at < 2 || at+1 >= len(s) || s[at]|0x20 != 'x' || s[at-1] != '0' || !wire.IsHex(s[at+1]) {
		return false
	}
	return strings.IndexByte(" \t\r\n:,[-", s[at-2]) >= 0
}

// isEncodedObject reports whether s begins as a percent-encoded object does.
func isEncodedObject(s string) bool {
	buf := make([]byte, min(len(s), 64))
	n, _, _ := wire.CopyFormValue(buf, s, 0)
	return isJSONObject(string(buf[:n]))
}

// sidHint returns the hint for a SID whose first error is at s[at], and the text
// for Found.
func sidHint(prefix, s string, at int, c Code) (h Hint, found string) {
	switch {
	case at < len(s) && beginsWithSpace(s[at:]):
		return HintSIDSpace, ""
	case c != CodePrefix || len(s) < 2 || len(prefix) != 2:
		return "", ""
	case s[0]|0x20 == prefix[0]|0x20 && s[1]|0x20 == prefix[1]|0x20 && isLetter(s[0]) && isLetter(s[1]):
		return HintSIDCase, ""
	}
	if len(s) == SIDLen && wire.ConsumeHex(s, 2) == SIDLen {
		for i := range resources {
			if resources[i].prefix == s[:2] {
				return HintSIDKind, resources[i].name
			}
		}
	}
	return "", ""
}

// resources are those whose SIDs users often have, named as in the service's
// glossary.
var resources = [...]struct{ prefix, name string }{
	{"AC", "Account"},
	{"AD", "Address"},
	{"AP", "Application"},
	{"CA", "Call"},
	{"CF", "Conference"},
	{"CH", "Conversation"},
	{"CR", "Credential"},
	{"FW", "Flow"},
	{"HX", "Content Template"},
	{"IG", "Address Configuration"},
	{"IM", "Conversation Message"},
	{"IS", "Conversation Service"},
	{"MB", "Participant"},
	{"ME", "Media"},
	{"MG", "Messaging Service"},
	{"MM", "Message"},
	{"PN", "Phone Number"},
	{"RE", "Recording"},
	{"RL", "Role"},
	{"RM", "Room"},
	{"SK", "API Key"},
	{"SM", "Message"},
	{"US", "User"},
	{"VA", "Verify Service"},
	{"WH", "Webhook"},
	{"WK", "Worker"},
	{"WS", "Workspace"},
}

// sentences has the text of each hint.
var sentences = [...]struct {
	hint Hint
	text string
}{
	{HintSingleQuotes, "use double quotes: JSON has no single ones"},
	{HintSmartQuotes, "use straight double quotes: these are typographic ones"},
	{HintUnquotedName, "put the name in double quotes"},
	{HintTrailingComma, "remove the comma before the end"},
	{HintComment, "remove the comment: JSON has none"},
	{HintPythonLiteral, "write true, false or null, not True, False or None"},
	{HintJSLiteral, "JSON has no NaN, Infinity or undefined, and no number such as 0x10, .5 or +1"},
	{HintEscapedJSON, "remove the backslashes: the quotes were escaped once too often"},
	{HintDoubledQuotes, `replace each "" with ": the text was cut out of a CSV file`},
	{HintStringOfJSON, "encode the object once: it was encoded twice, as a JSON string"},
	{HintPercentEncoded, "decode the text first: it is percent-encoded"},
	{HintHTMLEscaped, "decode the text first: it is escaped for HTML"},
	{HintObjectToString, "encode the object as JSON: this is what a program prints for it"},
	{HintArrayForObject, "write {} instead of [], which PHP writes for an empty array"},
	{HintCutOff, "the text was probably cut off: its length is a common limit"},
	{HintNotJSONSpace, "remove the invisible character: JSON allows only spaces, tabs and line breaks here"},
	{HintSingleValue, `write an object such as {"name":"value"}`},
	{HintNotStringified, "pass the object as JSON text, as JSON.stringify makes it"},
	{HintJSONBody, "send a form such as Identity=name: this is JSON"},
	{HintHeaderInForm, "send it as the header X-Twilio-Webhook-Enabled, here the field WebhookEnabled"},
	{HintNestedForm, "Attributes is one JSON text, not a nested form"},
	{HintLatin1, "convert the text to UTF-8: the bytes look like Windows-1252"},
	{HintSIDCase, "write the prefix in capital letters"},
	{HintSIDSpace, "remove the white space"},
	{HintSIDKind, "this is the SID of another resource"},
}

// Message returns a sentence that names the mistake or tells how to correct it,
// such as "remove the comma before the end". It returns "" for an unknown Hint.
func (h Hint) Message() string {
	for i := range sentences {
		if sentences[i].hint == h {
			return sentences[i].text
		}
	}
	return ""
}

func (h Hint) appendSentence(dst []byte, found string) []byte {
	dst = appendAll(dst, h.Message())
	if found != "" {
		dst = appendAll(dst, ": ", found)
	}
	return dst
}
