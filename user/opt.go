package user

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/validate"
)

// Value is the type of a value in an [Opt].
type Value interface {
	string | bool | AccountSID | ChatServiceSID | RoleSID | UserSID | Attributes | DateTime | Links
}

// Opt is a member that is absent, null, or has a value. The zero Opt is
// absent. Opts can be compared with ==.
type Opt[T Value] struct {
	value T // zero unless state is set
	state state
}

type state uint8

const (
	absent state = iota
	null
	set
)

// Some returns a member with a value, which may be empty.
func Some[T Value](v T) Opt[T] { return Opt[T]{v, set} }

// Null returns a member that is null.
func Null[T Value]() Opt[T] { return Opt[T]{state: null} }

// FromPtr returns a member with the value that p points to, or an absent one if
// p is nil.
func FromPtr[T Value](p *T) Opt[T] {
	if p == nil {
		return Opt[T]{}
	}
	return Some(*p)
}

// Get returns the value and true, or the zero value and false if the member is
// absent or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == set }

// Or returns the value, or v if the member is absent or null.
func (o Opt[T]) Or(v T) T {
	if o.state == set {
		return o.value
	}
	return v
}

// Ptr returns a pointer to a copy of the value, or nil if the member is absent or
// null.
func (o Opt[T]) Ptr() *T {
	if o.state != set {
		return nil
	}
	return &o.value
}

// IsSet reports whether the member has a value.
func (o Opt[T]) IsSet() bool { return o.state == set }

// IsZero reports whether the member is absent. With the option omitzero,
// encoding/json then leaves it out.
func (o Opt[T]) IsZero() bool { return o.state == absent }

// IsNull reports whether the member is null.
func (o Opt[T]) IsNull() bool { return o.state == null }

// Equal reports whether o == p, for go-cmp.
func (o Opt[T]) Equal(p Opt[T]) bool { return o == p }

// String returns the value as text, "null" or "absent": a string as it is, a bool
// as true or false, Links as JSON. It is for printing, and does not distinguish
// the text null from a null.
func (o Opt[T]) String() string {
	switch o.state {
	case absent:
		return "absent"
	case null:
		return "null"
	}
	if s, ok := text(&o.value); ok {
		return *s
	}
	b, err := o.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// MarshalJSON returns the value as JSON, or null if the member is null or absent:
// a struct field needs the option omitzero to be left out. If a string is not
// valid UTF-8, the error is a [*validate.Error].
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != set {
		return []byte("null"), nil
	}
	if s, ok := text(&o.value); ok {
		b, _, f := wire.AppendString(nil, *s, false)
		if f != wire.OK {
			return nil, validate.Text(*s)
		}
		return b, nil
	}
	switch v := any(&o.value).(type) {
	case *bool:
		if *v {
			return []byte("true"), nil
		}
		return []byte("false"), nil
	case *Links:
		return v.MarshalJSON()
	}
	return nil, &validate.Error{Code: validate.CodeType, Offset: -1}
}

// UnmarshalJSON sets o to the JSON value b. If b has the wrong type or is not
// JSON, or o is nil, the error is a [*validate.Error] and o is unchanged.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	if o == nil {
		return nilReceiver()
	}
	s := string(b)
	i := wire.ConsumeSpace(s, 0)
	if end, f := wire.ConsumeText(s); f != wire.OK {
		return validate.JSONError("", s, end, f, "")
	}
	var p Opt[T]
	err := p.parse(s, i)
	if err == nil {
		*o = p
	}
	return err
}

// parse sets o to the value that starts at s[i]; s is a valid text.
func (o *Opt[T]) parse(s string, i int) error {
	if s[i] == 'n' {
		o.state = null
		return nil
	}
	o.state = set
	if v, ok := text(&o.value); ok {
		if s[i] != '"' {
			return validate.JSONError("", s, i, wire.WrongType, "string")
		}
		*v = unquote(s, i)
		return nil
	}
	switch v := any(&o.value).(type) {
	case *bool:
		if *v = s[i] == 't'; !*v && s[i] != 'f' {
			return validate.JSONError("", s, i, wire.WrongType, "boolean")
		}
	case *Links:
		if s[i] != '{' {
			return validate.JSONError("", s, i, wire.WrongType, "object")
		}
		return v.parse(s, i)
	}
	return nil
}

// UnmarshalParam sets o to a value of a form or query, for the binding of gin and
// echo. A bool must be exactly true or false; a string is kept as it is. Links
// cannot be in a form. Beside an error o is unchanged; a nil o is an error.
func (o *Opt[T]) UnmarshalParam(param string) error {
	if o == nil {
		return nilReceiver()
	}
	p := Opt[T]{state: set}
	if s, ok := text(&p.value); ok {
		*s = param
	} else if b, ok := any(&p.value).(*bool); ok {
		if err := validate.WebhookEnabled(param); err != nil {
			return err
		}
		*b = param == "true"
	} else {
		return &validate.Error{Code: validate.CodeType, Offset: -1, Want: "object"}
	}
	*o = p
	return nil
}

// nilReceiver returns the error for a nil receiver.
func nilReceiver() error { return &validate.Error{Code: validate.CodeNull, Offset: -1} }

// ValidatorValue returns the value, or nil if the member is absent or null. It is
// the method of Valuer in github.com/go-playground/validator/v10, by which tags
// such as omitempty and len apply to the value.
func (o Opt[T]) ValidatorValue() any {
	if o.state != set {
		return nil
	}
	return o.value
}

// text returns v as a pointer to a string, and whether it is one.
func text[T Value](v *T) (*string, bool) {
	switch v := any(v).(type) {
	case *string:
		return v, true
	case *AccountSID:
		return (*string)(v), true
	case *ChatServiceSID:
		return (*string)(v), true
	case *RoleSID:
		return (*string)(v), true
	case *UserSID:
		return (*string)(v), true
	case *Attributes:
		return (*string)(v), true
	case *DateTime:
		return (*string)(v), true
	}
	return nil, false
}

// unquote returns the value of the string that starts at s[i].
func unquote(s string, i int) string {
	end, saved, _ := wire.ConsumeString(s, i)
	return wire.Unescape(s[i+1:end-1], saved)
}
