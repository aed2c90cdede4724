package formv4

import (
	"reflect"

	"github.com/go-playground/form/v4"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// Register adds the types of package user to e and d, of which either may be nil.
// Like all registration in form/v4, it must come before their first use.
func Register(e *form.Encoder, d *form.Decoder) {
	for _, c := range typeCodecs() {
		if e != nil {
			e.RegisterCustomTypeFunc(c.encode, c.zero)
		}
		if d != nil {
			d.RegisterCustomTypeFunc(c.decode, c.zero)
		}
	}
}

// A typeCodec reads and writes one type in form/v4.
type typeCodec struct {
	zero   any
	encode form.EncodeCustomTypeFunc
	decode form.DecodeCustomTypeFunc
}

func typeCodecs() []typeCodec {
	return []typeCodec{
		text[user.AccountSID](), text[user.ChatServiceSID](), text[user.RoleSID](), text[user.UserSID](),
		text[user.Attributes](), text[user.DateTime](),
		opt[string](), opt[bool](), opt[user.Links](),
		opt[user.AccountSID](), opt[user.ChatServiceSID](), opt[user.RoleSID](), opt[user.UserSID](),
		opt[user.Attributes](), opt[user.DateTime](),
	}
}

// text returns the codec of a named string type.
func text[T ~string]() typeCodec {
	return typeCodec{
		zero: T(""),
		encode: func(x any) ([]string, error) {
			s := string(x.(T))
			return []string{s}, validate.Text(s)
		},
		decode: func(values []string) (any, error) {
			if len(values) == 0 {
				return T(""), nil
			}
			return T(values[0]), validate.Text(values[0])
		},
	}
}

// opt returns the codec of an Opt. It reads the first value only: for an element
// of a slice, form/v4 passes the values of all that follow as well.
func opt[T user.Value]() typeCodec {
	return typeCodec{
		zero:   user.Opt[T]{},
		encode: func(x any) ([]string, error) { return encodeOpt(x.(user.Opt[T])) },
		decode: func(values []string) (any, error) {
			var o user.Opt[T]
			if len(values) == 0 {
				return o, nil
			}
			if err := validate.Text(values[0]); err != nil {
				return o, err
			}
			return o, o.UnmarshalParam(values[0])
		},
	}
}

// encodeOpt returns the value of o, none if o is absent.
func encodeOpt[T user.Value](o user.Opt[T]) ([]string, error) {
	if o.IsNull() {
		return nil, &validate.Error{Code: validate.CodeNull, Offset: -1}
	}
	value, ok := o.Get()
	if !ok {
		return nil, nil
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		return []string{v.String()}, validate.Text(v.String())
	case reflect.Bool:
		if v.Bool() {
			return []string{"true"}, nil
		}
		return []string{"false"}, nil
	}
	return nil, &validate.Error{Code: validate.CodeType, Offset: -1, Want: "string"}
}
