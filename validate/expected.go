package validate

import "github.com/convuser/convuser/encode/wire"

// Expected returns what Want says as a word for programs, which is stable; ""
// where there is none. By code it is:
//
//   - [JSON]: value, name, name_or_end, colon, comma_or_brace,
//     comma_or_bracket, quote, escape, hex_digits, digit, literal, end,
//     no_byte_order_mark or no_control_character
//   - [Date]: year, month, day, hour, minute, second, leap_second (a second 60
//     only at 23:59 UTC), dash, colon, t, digit, zone, end or date_time
//   - [Address]: scheme, character, host_end, hex_digits, ipv6, version,
//     address, bracket or http_url
//   - [Type]: string, boolean, number, object or value
//   - [Prefix]: the prefix, such as RL; known_prefix for one of AC, IS, RL and
//     US; any_prefix for two capital letters
//   - [Length] and [TooLarge]: the number of bytes
//   - [Unknown]: the known name that is nearest
//   - [Method] and [MediaType]: the right one; identity for no Content-Encoding
func (e *Error) Expected() string {
	if e == nil {
		return ""
	}
	if e.Code == JSON {
		for f := wire.BOM; f <= wire.Trailing; f++ {
			if f.String() == e.Want {
				return f.Expected()
			}
		}
	}
	for i := range wants {
		if wants[i].text == e.Want {
			return wants[i].expected
		}
	}
	return e.Want
}

// wanted is what the grammar of a date-time or a URI asks for.
type wanted uint8

const (
	nothing wanted = iota

	wantYear
	wantMonth
	wantDay
	wantHour
	wantMinute
	wantSecond
	wantLeapSecond
	wantDash
	wantColon
	wantT
	wantDigit
	wantZone
	wantEnd

	wantScheme
	wantCharacter
	wantHostEnd
	wantHexDigits
	wantIPv6
	wantVersion
	wantAddress
	wantBracket
)

// wants are the words of each: for people, and for programs. Then come those
// of other packages.
var wants = [...]struct{ text, expected string }{
	wantYear:       {"a year of four digits", "year"},
	wantMonth:      {"a month from 01 to 12", "month"},
	wantDay:        {"a day of that month", "day"},
	wantHour:       {"an hour from 00 to 23", "hour"},
	wantMinute:     {"a minute from 00 to 59", "minute"},
	wantSecond:     {"a second from 00 to 60", "second"},
	wantLeapSecond: {"a second 60 only at 23:59 UTC", "leap_second"},
	wantDash:       {"a dash", "dash"},
	wantColon:      {"a colon", "colon"},
	wantT:          {"a T", "t"},
	wantDigit:      {"a digit", "digit"},
	wantZone:       {"Z or an offset such as +01:00", "zone"},
	wantEnd:        {"nothing more", "end"},

	wantScheme:    {"a scheme and a colon", "scheme"},
	wantCharacter: {"a character that a URI may hold", "character"},
	wantHostEnd:   {"the end of the host or port", "host_end"},
	wantHexDigits: {"two hex digits after %", "hex_digits"},
	wantIPv6:      {"an IPv6 address", "ipv6"},
	wantVersion:   {"a version and a point", "version"},
	wantAddress:   {"an address", "address"},
	wantBracket:   {"a closing bracket", "bracket"},

	{NestedForm, "Attributes"},
	{"string; pass JSON.stringify(value)", "string"},
	{"string, which links are not", "string"},
	{"a date-time", "date_time"},
	{"want http or https, a host and no query", "http_url"},
	{"AC, IS, RL or US", "known_prefix"},
	{"a prefix of two capital letters in the tag", "any_prefix"},
	{"another prefix", "any_prefix"},
	{"no encoding", "identity"},
}
