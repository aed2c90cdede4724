package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/validate"
)

// An Option changes how a function reads or writes. Options are bits: combine
// them with |, or pass several. The zero Option changes nothing.
type Option uint8

const (
	// AllowUnknown makes ParseForm and ParseRequest check unknown names and
	// their values for syntax, and skip them. Other functions ignore it.
	AllowUnknown Option = 1 << iota
	// HTMLSafe makes AppendUser and AppendRequest escape <, >, &, U+2028
	// and U+2029, so that the text is safe inside a script element. Other
	// functions ignore it.
	HTMLSafe
)

// options returns all bits of opts.
func options(opts []Option) (all Option) {
	for _, o := range opts {
		all |= o
	}
	return all
}

// textError returns the error for a member that is not valid UTF-8, else nil.
func textError(field, s string) error {
	e, ok := validate.Text(s).(*validate.Error)
	if !ok {
		return nil
	}
	e.Field = field
	return e
}

// kindName returns the name of the type of a field.
func kindName(k wire.Kinds) string {
	switch {
	case k&wire.StringKind != 0:
		return "string"
	case k&wire.BoolKind != 0:
		return "boolean"
	}
	return "object"
}
