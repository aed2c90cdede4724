package validate

// A wording is the text of an error: alone where Want is "", otherwise before and
// after Want.
type wording struct {
	code                 Code
	alone, before, after string
}

var wordings = [...]wording{
	{CodeRequired, "required", "", ""},
	{CodeNull, "null is not allowed", "", ""},
	{CodeLength, "wrong length", "want ", " bytes"},
	{CodePrefix, "wrong prefix", "want ", ""},
	{CodeHex, "want a hex digit", "", ""},
	{CodeJSON, "not JSON", "not JSON, want ", ""},
	{CodeObject, "want a JSON object", "", ""},
	{CodeBoolean, "want true or false", "", ""},
	{CodeDateTime, "not an RFC 3339 date-time", "not an RFC 3339 date-time, want ", ""},
	{CodeURI, "not an absolute URI", "not an absolute URI, want ", ""},
	{CodeType, "wrong type", "want a JSON ", ""},
	{CodeRepeated, "repeated name", "", ""},
	{CodeUnknown, "unknown name", "unknown name; did you mean ", "?"},
	{CodeUTF8, "invalid UTF-8", "", ""},
	{CodeSurrogate, "unpaired surrogate escape", "", ""},
	{CodeDepth, "nested deeper than 10000", "", ""},
	{CodePercent, "want two hex digits after %", "", ""},
	{CodeSemicolon, "raw semicolon, want %3B", "", ""},
	{CodeMethod, "wrong method", "want ", ""},
	{CodeMediaType, "wrong media type", "want ", ""},
	{CodeTooLarge, "too large", "want at most ", " bytes"},
	{CodeBody, "the body could not be read to its end", "", ""},
	{CodeRedirected, "redirected", "", ""},
	{CodeNotCreated, "want status 201", "", ""},
	{CodeNoUser, "want a user with a valid sid", "", ""},
}

// phrases has the English for each word of Want that is not clear by itself.
var phrases = [...]struct {
	code       Code
	want, text string
}{
	{CodeJSON, "value", "a value"},
	{CodeJSON, "name_or_end", "a name in quotes or }"},
	{CodeJSON, "name", "a name in quotes"},
	{CodeJSON, "colon", "a colon"},
	{CodeJSON, "comma_or_brace", "a comma or }"},
	{CodeJSON, "comma_or_bracket", "a comma or ]"},
	{CodeJSON, "quote", "a closing quote"},
	{CodeJSON, "escape", `one of "\/bfnrtu after a backslash`},
	{CodeJSON, "hex_digits", `four hex digits after \u`},
	{CodeJSON, "digit", "a digit"},
	{CodeJSON, "literal", "true, false or null"},
	{CodeJSON, "end", "nothing more"},
	{CodeJSON, "no_byte_order_mark", "no byte order mark"},
	{CodeJSON, "no_control_character", "no raw control character in a string"},

	{CodeDateTime, wantYear, "a year of four digits"},
	{CodeDateTime, wantMonth, "a month from 01 to 12"},
	{CodeDateTime, wantDay, "a day of that month"},
	{CodeDateTime, wantHour, "an hour from 00 to 23"},
	{CodeDateTime, wantMinute, "a minute from 00 to 59"},
	{CodeDateTime, wantSecond, "a second from 00 to 60"},
	{CodeDateTime, wantLeapSecond, "a second 60 only at 23:59 UTC"},
	{CodeDateTime, wantDash, "a dash"},
	{CodeDateTime, wantColon, "a colon"},
	{CodeDateTime, wantT, "a T"},
	{CodeDateTime, wantDigit, "a digit"},
	{CodeDateTime, wantZone, "Z or an offset such as +01:00"},
	{CodeDateTime, wantEnd, "nothing more"},
	{CodeDateTime, "date_time", "a date-time"},

	{CodeURI, wantScheme, "a scheme and a colon"},
	{CodeURI, wantCharacter, "a character that a URI may hold"},
	{CodeURI, wantHostEnd, "the end of the host or port"},
	{CodeURI, wantHexDigits, "two hex digits after %"},
	{CodeURI, wantIPv6, "an IPv6 address"},
	{CodeURI, wantVersion, "a version and a point"},
	{CodeURI, wantAddress, "an address"},
	{CodeURI, wantBracket, "a closing bracket"},
	{CodeURI, "http_url", "http or https, a host and no query"},

	{CodePrefix, "known_prefix", "AC, IS, RL or US"},
	{CodePrefix, "any_prefix", "a prefix of two capital letters"},
	{CodeMediaType, "identity", "no encoding"},
}

// appendReason appends the text for a code and what it wants.
func appendReason(dst []byte, c Code, want string) []byte {
	w := wording{alone: "not acceptable"}
	for i := range wordings {
		if wordings[i].code == c {
			w = wordings[i]
		}
	}
	switch {
	case want == "" || w.before == "":
		return appendAll(dst, w.alone)
	case len(want) > maxWant:
		want = "another value"
	}
	for i := range phrases {
		if p := &phrases[i]; p.code == c && p.want == want {
			want = p.text
		}
	}
	return appendAll(dst, w.before, want, w.after)
}
