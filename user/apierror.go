package user

import (
	"strconv"

	"github.com/convuser/convuser/validate"
)

// An APIError is an answer to Create User that does not say that a user was
// created: its status, and what its body says if it can be read. Package encode
// reads one from a body, package httpwire from a response. The zero APIError is
// not valid; a nil *APIError reads as the zero one.
//
// The strings come from the server: show them as text, never as markup.
type APIError struct {
	// Status is the HTTP status, 100 to 599.
	Status int
	// Reason says why an answer with a status below 400, or one after a
	// redirect, is not a success: [validate.CodeRedirected],
	// [validate.CodeNotCreated] or [validate.CodeNoUser]. It is "" for an
	// error answer of the service.
	Reason validate.Code
	// Err is the error of reading the body of a 201, or nil: that of the
	// parser, or a [*validate.Error] with [validate.CodeTooLarge] or
	// [validate.CodeBody].
	Err error
	// Code is the service's own code, such as 50201 for a user that exists;
	// 0 for none.
	Code int
	// Message is the member message, or title of RFC 9457.
	Message string
	// MoreInfo is a URL about the code: more_info, or type of RFC 9457.
	MoreInfo string
	// Detail is the member detail of RFC 9457.
	Detail string
	// Instance is the member instance of RFC 9457.
	Instance string
	// Extra is the JSON text of details, params or errors, the first of them
	// that is an array or an object, unchanged.
	Extra string
	// UserError is the member userError: whether the caller caused the error.
	UserError Opt[bool]
	// ContentType is the header Content-Type, unchanged.
	ContentType string
	// Body is the body, up to the reader's limit.
	Body string
	// RetryAfter is the seconds to wait before the next try, from the header
	// Retry-After; 0 for none.
	RetryAfter int
}

// Error returns the status, the code, and the text of Err or of Reason, such as
// "twilio: status 409, code 50201" or "twilio: status 200: want status 201". It
// leaves out the server's strings, which may hold personal data.
func (e *APIError) Error() string {
	if e == nil {
		e = &APIError{}
	}
	dst := append(make([]byte, 0, 48), "twilio: status "...)
	dst = strconv.AppendInt(dst, int64(e.Status), 10)
	if e.Code != 0 {
		dst = append(dst, ", code "...)
		dst = strconv.AppendInt(dst, int64(e.Code), 10)
	}
	switch {
	case e.Err != nil:
		dst = append(append(dst, ": "...), e.Err.Error()...)
	case e.Reason != "":
		dst = (&validate.Error{Code: e.Reason, Offset: -1}).AppendText(append(dst, ": "...))
	}
	return string(dst)
}

// Is reports whether target is the error's Reason.
func (e *APIError) Is(target error) bool {
	c, ok := target.(validate.Code)
	return ok && e != nil && c != "" && c == e.Reason
}

// Unwrap returns Err.
func (e *APIError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// A Class says what a caller can do about an [APIError].
type Class uint8

// The classes. Other is the zero Class.
const (
	Other         Class = iota
	AlreadyExists       // the identity is taken: fetch the user, or go on
	Invalid             // the request is invalid: it would fail again
	Refused             // the credentials are invalid, or not allowed to do this
	RateLimited         // not processed: safe to send again, after RetryAfter seconds
	Ambiguous           // the service failed, or the answer is no valid success: the user may exist, so fetch it before the next try
)

var classNames = [...]string{"other", "already_exists", "invalid", "refused", "rate_limited", "ambiguous"}

// String returns the class as a stable word, such as "already_exists".
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[Other]
}

// The service's codes whose status alone does not give the class.
const (
	codeExists       = 50201
	codeTooMany      = 20429
	codeTooManyUsers = 50063
	codeTooManyCalls = 50074
)

// Class returns the class of e: Ambiguous if it has a Reason, else that of its
// code if that is known, else that of its status.
func (e *APIError) Class() Class {
	if e == nil {
		return Other
	}
	if e.Reason != "" {
		return Ambiguous
	}
	switch e.Code {
	case codeExists:
		return AlreadyExists
	case codeTooMany, codeTooManyUsers, codeTooManyCalls:
		return RateLimited
	}
	switch {
	case e.Status == 429:
		return RateLimited
	case e.Status == 409 && e.Code == 0:
		return AlreadyExists
	case e.Status == 401, e.Status == 403:
		return Refused
	case e.Status == 400, e.Status == 413, e.Status == 415, e.Status == 422:
		return Invalid
	case e.Status >= 500, e.Status >= 200 && e.Status < 400:
		return Ambiguous
	}
	return Other
}
