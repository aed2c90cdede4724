package validate

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
)

// A Code says which rule a value breaks. Codes are stable, lower case, and
// part of the API: switch on them, show them, translate them. A Code is also
// a target for [errors.Is]. The zero Code, "", is that of no fault.
type Code string

// The codes of values that break the contract or a house limit.
const (
	Required  Code = "required"  // a value that must be there is missing or empty
	Null      Code = "null"      // null, where the contract has a value
	Length    Code = "length"    // too short or too long; Want is the length in bytes
	Prefix    Code = "prefix"    // a SID of another kind; Want is the prefix
	Hex       Code = "hex"       // a byte of a SID that is no hex digit
	JSON      Code = "json"      // not JSON (RFC 8259); Want says what was wanted
	Object    Code = "object"    // JSON, but not an object
	Boolean   Code = "boolean"   // neither true nor false
	Date      Code = "datetime"  // not a date-time of RFC 3339; Want says what was wanted
	Address   Code = "uri"       // not an absolute URI (RFC 3986); Want says what was wanted
	Type      Code = "type"      // another JSON type; Want names the right one
	Repeated  Code = "repeated"  // a name for the second time
	Unknown   Code = "unknown"   // a name that is not known; Want is the known one that is nearest, or ""
	UTF8      Code = "utf8"      // house limit: not valid UTF-8 (RFC 3629)
	Surrogate Code = "surrogate" // house limit: an escaped surrogate that is not one of a pair
	Depth     Code = "depth"     // house limit: JSON nested deeper than 10,000
	Percent   Code = "percent"   // form: a % without two hex digits
	Semicolon Code = "semicolon" // form: a raw semicolon
)

// The codes of a request that is refused before its values are looked at.
const (
	Method    Code = "method"     // another HTTP method; Want is the right one
	MediaType Code = "media_type" // another Content-Type or Content-Encoding; Want is the right one
	TooLarge  Code = "too_large"  // more bytes than a limit allows; Want is the limit
	Body      Code = "body"       // a body that could not be read to its end
)

// The codes of an answer to Create User that looks like a success and is none.
const (
	Redirected Code = "redirected"  // an answer that came behind a redirect, or is one: it need not be the service's
	NotCreated Code = "not_created" // a success with another status than 201
	NoUser     Code = "no_user"     // a 201 whose body is not a whole user with a valid sid
)

// Error makes a Code a target for [errors.Is]. It returns the code itself.
func (c Code) Error() string { return string(c) }

// NestedForm is what Want says of an Attributes member that was spread over
// form names such as Attributes[a], which the Node SDK does to an object.
const NestedForm = "Attributes is one JSON text, not a nested form"

// Error is one fault: well-formed bytes that break the contract. The zero
// Error is of no use; a nil one reads as it.
type Error struct {
	// Field is the wire name: "RoleSid" of a request, "role_sid" of a
	// response, "links.user_conversations", "X-Twilio-Webhook-Enabled"; ""
	// for the whole input or a value that was checked on its own.
	Field string
	// Code is the rule that is broken.
	Code Code
	// Offset is in bytes from 0: within the value for a rule, within the
	// source for a parser, -1 where there is no place.
	Offset int
	// Want is what the rule asks for, in this library's own words: see the
	// codes. It is never any part of what was given. Programs compare what
	// Expected returns.
	Want string
}

// maxWant bounds the part of a text that a caller's prefix can take.
const maxWant = 64

// Error returns one line such as "RoleSid: byte 7: want a hex digit", of at
// most 256 bytes.
func (e *Error) Error() string {
	return string(e.AppendText(make([]byte, 0, 96)))
}

// AppendText appends what [Error.Error] returns to dst.
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
	want := e.Want
	if len(want) > maxWant {
		want = "another value"
	}
	return appendReason(dst, e.Code, want)
}

// appendReason appends the words for a code.
func appendReason(dst []byte, c Code, want string) []byte {
	before, behind := wordsOf(c)
	switch {
	case c == Unknown && want == "":
		before, behind = "unknown name", ""
	case c == Unknown && want == NestedForm:
		before, behind = "unknown name; ", ""
	case before[len(before)-1] != ' ': // says it all
		want = ""
	}
	return appendAll(dst, before, want, behind)
}

func appendAll(dst []byte, parts ...string) []byte {
	for _, s := range parts {
		dst = append(dst, s...)
	}
	return dst
}

// A wording is what stands before Want and behind it. Where the first ends
// without a space, it stands alone.
type wording struct {
	code           Code
	before, behind string
}

var words = [...]wording{
	{Required, "required", ""},
	{Null, "null is not allowed", ""},
	{Length, "want ", " bytes"},
	{Prefix, "want ", ""},
	{Method, "want ", ""},
	{MediaType, "want ", ""},
	{Hex, "want a hex digit", ""},
	{JSON, "not JSON, ", ""},
	{Object, "want a JSON object", ""},
	{Boolean, "want true or false", ""},
	{Date, "not an RFC 3339 date-time, ", ""},
	{Address, "not an absolute URI, ", ""},
	{Type, "want a JSON ", ""},
	{Repeated, "repeated name", ""},
	{Unknown, "unknown name; did you mean ", "?"},
	{UTF8, "invalid UTF-8", ""},
	{Surrogate, "unpaired surrogate escape", ""},
	{Depth, "nested deeper than 10000", ""},
	{Percent, "want two hex digits after %", ""},
	{Semicolon, "raw semicolon, want %3B", ""},
	{TooLarge, "want at most ", " bytes"},
	{Body, "the body could not be read to its end", ""},
	{Redirected, "redirected", ""},
	{NotCreated, "want status 201", ""},
	{NoUser, "want a user with a valid sid", ""},
}

// wordsOf returns the words for a code.
func wordsOf(c Code) (before, behind string) {
	for i := range words {
		if w := &words[i]; w.code == c {
			return w.before, w.behind
		}
	}
	return "not acceptable", ""
}

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	if e == nil {
		return false
	}
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Errors is every fault of a value, in the order of its fields. It is never
// empty where it is returned as an error.
type Errors []*Error

const (
	shown   = 3   // how many faults the text of Errors spells out
	maxText = 256 // bytes of any error's text
)

// Error returns the first three faults on one line, then "and N more", in at
// most 256 bytes: fewer than three where they would not fit.
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

// Unwrap returns the faults, so that [errors.Is] and [errors.As] see each.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// faultCodes holds the code of each fault that is none of JSON's grammar.
var faultCodes = [...]Code{
	wire.UTF8:      UTF8,
	wire.Surrogate: Surrogate,
	wire.Depth:     Depth,
	wire.Percent:   Percent,
	wire.Semicolon: Semicolon,
	wire.Repeated:  Repeated,
	wire.Unknown:   Unknown,
	wire.Null:      Null,
	wire.WrongType: Type,
}

// Fault returns the code, and the words for [Error.Want], of a fault that
// package wire found. Faults of an object with known members are codes of
// their own: Repeated, Unknown, Null and Type.
func Fault(f wire.Fault) (c Code, want string) {
	if f == wire.OK {
		return "", ""
	}
	if int(f) < len(faultCodes) && faultCodes[f] != "" {
		return faultCodes[f], ""
	}
	return JSON, f.String()
}
