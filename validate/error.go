package validate

import (
	"iter"
	"strconv"

	"github.com/convuser/convuser/encode/wire"
)

// A Code says which rule a value breaks. Codes are stable, lower case, and
// part of the API: switch on them, show them, translate them. A Code is also
// a target for [errors.Is]. The zero Code, "", is not valid.
type Code string

// The codes of values that break the contract or a house limit.
const (
	CodeRequired  Code = "required"  // a required value is missing or empty
	CodeNull      Code = "null"      // null, where the contract has a value
	CodeLength    Code = "length"    // too short or too long; Want is the length in bytes
	CodePrefix    Code = "prefix"    // a SID of another kind; Want is the prefix
	CodeHex       Code = "hex"       // a byte of a SID that is not a hex digit
	CodeJSON      Code = "json"      // not JSON (RFC 8259); Want says what was wanted
	CodeObject    Code = "object"    // JSON, but not an object
	CodeBoolean   Code = "boolean"   // neither true nor false
	CodeDateTime  Code = "datetime"  // not a date-time of RFC 3339; Want says what was wanted
	CodeURI       Code = "uri"       // not an absolute URI (RFC 3986); Want says what was wanted
	CodeType      Code = "type"      // another JSON type; Want names the right one
	CodeRepeated  Code = "repeated"  // a name for the second time
	CodeUnknown   Code = "unknown"   // an unknown name; Want is the most similar known one, or ""
	CodeUTF8      Code = "utf8"      // house limit: not valid UTF-8 (RFC 3629)
	CodeSurrogate Code = "surrogate" // house limit: an escaped surrogate that is not one of a pair
	CodeDepth     Code = "depth"     // house limit: JSON nested deeper than 10,000
	CodePercent   Code = "percent"   // form: a % without two hex digits
	CodeSemicolon Code = "semicolon" // form: a raw semicolon
)

// The codes of a request that is refused before its values are checked.
const (
	CodeMethod    Code = "method"     // another HTTP method; Want is the right one
	CodeMediaType Code = "media_type" // another Content-Type or Content-Encoding; Want is the right one
	CodeTooLarge  Code = "too_large"  // more bytes than the limit; Want is the limit
	CodeBody      Code = "body"       // a body that could not be read to its end
)

// The codes of an answer to Create User that looks like a success, but is not.
const (
	CodeRedirected Code = "redirected"  // a redirect, or an answer after one, which may not be the service's
	CodeNotCreated Code = "not_created" // a success with another status than 201
	CodeNoUser     Code = "no_user"     // a 201 whose body is not a whole user with a valid sid
)

// Error makes a Code a target for [errors.Is]. It returns the code itself.
func (c Code) Error() string { return string(c) }

// Error is one violation of the contract, or one syntax error. The zero Error is
// not valid. The methods treat a nil *Error as a zero one.
type Error struct {
	// Field is the wire name: "RoleSid" in a request, "role_sid" in a
	// response, "links.user_conversations", "X-Twilio-Webhook-Enabled". It
	// is "" for the whole input and for a value that was checked alone.
	Field string
	// Code is the rule that is broken.
	Code Code
	// Offset is in bytes from 0, within the value for a rule and within the
	// source for a parser; -1 where no byte is wrong, as in a missing value.
	Offset int
	// Want is a stable word for what was expected, never part of the value;
	// "" where the code says it all. By code it is:
	//
	//   - [CodeJSON]: value, name, name_or_end, colon, comma_or_brace,
	//     comma_or_bracket, quote, escape, hex_digits, digit, literal, end,
	//     no_byte_order_mark or no_control_character
	//   - [CodeDateTime]: year, month, day, hour, minute, second, leap_second
	//     (a second 60 only at 23:59 UTC), dash, colon, t, digit, zone, end or
	//     date_time
	//   - [CodeURI]: scheme, character, host_end, hex_digits, ipv6, version,
	//     address, bracket or http_url
	//   - [CodeType]: string, boolean, number, object or value
	//   - [CodePrefix]: the prefix, such as RL; known_prefix for one of AC, IS,
	//     RL and US; any_prefix for two capital letters
	//   - [CodeLength] and [CodeTooLarge]: the number of bytes
	//   - [CodeUnknown]: the known name that is most similar
	//   - [CodeMethod] and [CodeMediaType]: the right one; identity for no
	//     Content-Encoding
	Want string
	// Hint is the probable mistake, "" where none is recognized.
	Hint Hint
	// Found is, with [HintSIDKind], the resource whose SID was given, as the
	// service's documentation names it, such as "Account"; otherwise "".
	Found string
}

// maxWant limits how long a caller's prefix can make the text.
const maxWant = 64

// Error returns one line such as "RoleSid: byte 7: want a hex digit", and the
// sentence of the hint where there is one, of at most 256 bytes.
func (e *Error) Error() string {
	return string(e.AppendText(make([]byte, 0, 96)))
}

// AppendText appends the text that [Error.Error] returns to dst.
func (e *Error) AppendText(dst []byte) []byte {
	if e == nil {
		e = &Error{}
	}
	if e.Field != "" {
		dst = appendAll(dst, e.Field, ": ")
	}
	if e.Offset >= 0 {
		dst = appendAll(strconv.AppendInt(appendAll(dst, "byte "), int64(e.Offset), 10), ": ")
	}
	dst = appendReason(dst, e.Code, e.Want)
	if e.Hint == "" {
		return dst
	}
	return e.Hint.appendSentence(appendAll(dst, "; "), e.Found)
}

func appendAll(dst []byte, parts ...string) []byte {
	for _, s := range parts {
		dst = append(dst, s...)
	}
	return dst
}

// Syntax reports whether the source or value is malformed: not JSON, not a form,
// not UTF-8. All other errors are about well-formed input that breaks the
// contract.
func (e *Error) Syntax() bool {
	if e == nil {
		return false
	}
	switch e.Code {
	case CodeJSON, CodeUTF8, CodeSurrogate, CodeDepth, CodePercent, CodeSemicolon:
		return true
	}
	return false
}

// All returns every [*Error] in an error of this library, in order: those of
// [Errors], and those that its Unwrap methods return, such as that of
// *httpwire.RequestError. It yields none for nil and for other errors.
func All(err error) iter.Seq[*Error] {
	return func(yield func(*Error) bool) { eachError(err, yield) }
}

// eachError calls yield for every Error in err, until it returns false.
func eachError(err error, yield func(*Error) bool) bool {
	switch e := err.(type) {
	case nil:
	case *Error:
		return e == nil || yield(e)
	case Errors:
		for _, one := range e {
			if !eachError(one, yield) {
				return false
			}
		}
	case interface{ Unwrap() error }:
		return eachError(e.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if !eachError(one, yield) {
				return false
			}
		}
	}
	return true
}

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	if e == nil {
		return false
	}
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Errors holds all errors of a request or response, in the order of the fields.
// The library never returns an empty one as an error.
type Errors []*Error

const (
	shown   = 3   // how many errors the text of Errors has
	maxText = 256 // bytes of any error's text
)

// Error returns the first three errors on one line, then "and N more", in at most
// 256 bytes: fewer than three where they do not fit.
func (e Errors) Error() string {
	const room = len("; and 9223372036854775807 more")
	dst, n := make([]byte, 0, maxText), 0
	for ; n < len(e) && n < shown; n++ {
		before := len(dst)
		if n > 0 {
			dst = appendAll(dst, "; ")
		}
		if dst = e[n].AppendText(dst); n > 0 && len(dst) > maxText-room {
			dst = dst[:before]
			break
		}
	}
	if more := len(e) - n; more > 0 {
		dst = appendAll(strconv.AppendInt(appendAll(dst, "; and "), int64(more), 10), " more")
	}
	return string(dst)
}

// Unwrap returns the errors, so that [errors.Is] and [errors.As] see each.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// faultCodes holds the codes of the faults that are not of JSON's grammar.
var faultCodes = [...]Code{
	wire.UTF8:      CodeUTF8,
	wire.Surrogate: CodeSurrogate,
	wire.Depth:     CodeDepth,
	wire.Percent:   CodePercent,
	wire.Semicolon: CodeSemicolon,
	wire.Repeated:  CodeRepeated,
	wire.Unknown:   CodeUnknown,
	wire.Null:      CodeNull,
	wire.WrongType: CodeType,
}

// codeOf returns the code of a fault, and for CodeJSON what was wanted.
func codeOf(f wire.Fault) (c Code, want string) {
	if f == wire.OK {
		return "", ""
	}
	if int(f) < len(faultCodes) && faultCodes[f] != "" {
		return faultCodes[f], ""
	}
	return CodeJSON, f.String()
}
