package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/validate"
)

// Option changes how a function reads or writes. Options are bits, and can be
// combined with | or given one after the other. The zero Option changes
// nothing.
type Option uint8

const (
	// AllowUnknown makes ParseForm and ParseRequest skip names that they do
	// not know, still checking that they are well-formed. Other functions
	// do not look at it.
	AllowUnknown Option = 1 << iota
	// HTMLSafe makes AppendUser and AppendRequest escape <, >, &, U+2028
	// and U+2029, so that the text may stand inside a script element. Other
	// functions do not look at it.
	HTMLSafe
)

// options joins what a caller gave.
func options(opts []Option) (all Option) {
	for _, o := range opts {
		all |= o
	}
	return all
}

// A SyntaxError is bytes that no text of the format can have: those that
// package wire refuses. Its fields are those of [validate.Error], with
// Offset in the source.
type SyntaxError validate.Error

// Error returns one line such as
// "FriendlyName: byte 31: want two hex digits after %", of at most 256 bytes.
func (e *SyntaxError) Error() string { return (*validate.Error)(e).Error() }

// Expected returns what Want says as a word for programs: see
// [validate.Error.Expected].
func (e *SyntaxError) Expected() string { return (*validate.Error)(e).Expected() }

// Is reports whether target is the error's [validate.Code].
func (e *SyntaxError) Is(target error) bool { return (*validate.Error)(e).Is(target) }

// faultError returns the error for a fault that package wire found at the
// offset: of the contract for a fault of an object's members, else of syntax.
// Kind is the JSON type that the field wants.
func faultError(field string, at int, f wire.Fault, kind string) error {
	c, want := validate.Fault(f)
	e := &validate.Error{Field: field, Code: c, Offset: at, Want: want}
	switch c {
	case validate.Type:
		e.Want = kind
	case validate.Null, validate.Repeated, validate.Unknown:
	default:
		return (*SyntaxError)(e)
	}
	return e
}

// kindName returns the name of the type that a field wants.
func kindName(k wire.Kinds) string {
	switch {
	case k&wire.StringKind != 0:
		return "string"
	case k&wire.BoolKind != 0:
		return "boolean"
	}
	return "object"
}
