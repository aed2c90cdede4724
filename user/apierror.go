package user

import (
	"strconv"

	"github.com/convuser/convuser/validate"
)

// An APIError is an answer to Create User that does not say that a user was
// created. It keeps the status of every answer, whatever its body was, and
// what the body said where it could be read. The zero APIError is not valid;
// a nil one reads as it. Package encode reads one from a body and package
// httpwire from a response.
//
// Strings are the server's words: show them as text, never as markup.
type APIError struct {
	// Status is the HTTP status, 100 to 599.
	Status int
	// Reason says why an answer with a status below 400, or behind a
	// redirect, is no success: [validate.CodeRedirected], [validate.CodeNotCreated]
	// or [validate.CodeNoUser]; "" for an error answer of the service.
	Reason validate.Code
	// Err is the error of reading the body of a 201, nil for none: that of
	// the parser, or a [*validate.Error] with the code TooLarge or Body.
	Err error
	// Code is the service's own code, such as 50201 for a user that
	// exists; 0 where the answer had none.
	Code int
	// Message says what is wrong: message, or title of RFC 9457.
	Message string
	// MoreInfo is a URL about the code: more_info, or type of RFC 9457.
	MoreInfo string
	// Detail says what is wrong this time: detail of RFC 9457.
	Detail string
	// Instance names this occurrence: instance of RFC 9457.
	Instance string
	// Extra is the JSON text of details, params or errors, where the answer
	// had one of them, to the byte; the first of them in that order.
	Extra string
	// UserError says that the service puts the fault with the caller, the
	// member userError.
	UserError Opt[bool]
	// ContentType is the media type of the answer, as it was sent.
	ContentType string
	// Body is the body to the byte, as much of it as the reader keeps.
	Body string
	// RetryAfter is how many seconds to wait before the next try, from the
	// header Retry-After; 0 where the answer had none.
	RetryAfter int
}

// Error returns the status and the code, such as
// "twilio: status 409, code 50201", and then Err or else the words for
// Reason, such as "twilio: status 200: want status 201". The server's words,
// which may hold personal data, are in the fields.
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
	Invalid             // the request is at fault: the same again fails again
	Refused             // the credentials are, or may not do this
	RateLimited         // not processed: safe to send again, after RetryAfter seconds
	Ambiguous           // the service failed, or the answer only looks like a success: the user may exist, so look before the next try
)

var classNames = [...]string{"other", "already_exists", "invalid", "refused", "rate_limited", "ambiguous"}

// String returns the class as a word that is stable, such as "already_exists".
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[Other]
}

// The service's codes that a status alone does not tell apart.
const (
	codeExists       = 50201
	codeTooMany      = 20429
	codeTooManyUsers = 50063
	codeTooManyCalls = 50074
)

// Class returns the class of e: Ambiguous where it has a Reason, else by its
// code where that is known, else by its status.
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
