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

// textError returns the error for a member that is not valid UTF-8, nil for one
// that is.
func textError(field, s string) error {
	e, ok := validate.Text(s).(*validate.Error)
	if !ok {
		return nil
	}
	e.Field = field
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
