package formv4

import (
	"cmp"
	"errors"
	"net/url"
	"reflect"
	"slices"

	"github.com/go-playground/form/v4"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The errors that do not concern a value: see the package documentation.
var (
	ErrType    = errors.New("formv4: want a pointer to a struct that cannot hold itself and has no interface field")
	ErrName    = errors.New("formv4: a name is too long, is not UTF-8, or has brackets that do not match")
	ErrIndex   = errors.New("formv4: an index is not a plain number, or is too high")
	ErrTooMany = errors.New("formv4: too many names with brackets")
	ErrPanic   = errors.New("formv4: form/v4 panicked")
)

// Decode sets the fields of dst, a pointer to a struct, to the values in v. The
// package documentation lists its errors.
func Decode(dst any, v url.Values) (err error) {
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.IsNil() || !plain(target.Type().Elem(), nil) || target.Elem().Kind() != reflect.Struct {
		return ErrType
	}
	target = target.Elem()
	known, err := guard(target.Type(), v)
	if err != nil {
		return err
	}
	defer recoverTo(&err)
	d := form.NewDecoder()
	d.SetMaxArraySize(MaxIndex + 1)
	Register(nil, d)
	result := reflect.New(target.Type())
	result.Elem().Set(target)
	if err := d.Decode(result.Interface(), known); err != nil {
		return clean(target.Type(), err)
	}
	target.Set(result.Elem())
	return nil
}

// Encode returns the form of src, a struct or a pointer to one. The package
// documentation lists its errors.
func Encode(src any) (v url.Values, err error) {
	source := reflect.ValueOf(src)
	for source.Kind() == reflect.Pointer && !source.IsNil() {
		source = source.Elem()
	}
	if source.Kind() != reflect.Struct || !plain(source.Type(), nil) {
		return nil, ErrType
	}
	defer func() {
		if err != nil {
			v = nil
		}
	}()
	defer recoverTo(&err)
	e := form.NewEncoder()
	Register(e, nil)
	v, err = e.Encode(source.Interface())
	if err != nil {
		return nil, clean(source.Type(), err)
	}
	dropAbsent(source.Type(), v)
	_, err = guard(source.Type(), v)
	return v, err
}

// recoverTo turns a panic into an error. It drops the value of the panic, which
// may hold input.
func recoverTo(err *error) {
	if recover() != nil {
		*err = ErrPanic
	}
}

// dropAbsent deletes names without a value, and an empty Identity.
func dropAbsent(t reflect.Type, v url.Values) {
	for name, values := range v {
		p, _ := locate(t, name)
		missing := p.owner == reflect.TypeFor[user.CreateRequest]() && p.name == "Identity" && len(values) == 1 && values[0] == ""
		if len(values) == 0 || missing {
			delete(v, name)
		}
	}
}

// clean returns the errors of form/v4 without the values.
func clean(t reflect.Type, err error) error {
	var all map[string]error
	switch e := err.(type) {
	case form.DecodeErrors:
		all = e
	case form.EncodeErrors:
		all = e
	default:
		return ErrType
	}
	var errs validate.Errors
	for name, err := range all {
		p, _ := locate(t, name)
		e := &validate.Error{Code: validate.CodeType, Offset: -1, Want: wantOf(p.typ)}
		if p.typ == timeType {
			e.Code, e.Want = validate.CodeDateTime, "date_time"
		}
		if found, ok := errors.AsType[*validate.Error](err); ok {
			*e = *found
		}
		e.Field = p.field
		errs = append(errs, e)
	}
	return sorted(errs)
}

// wantOf returns the name of the type that a field has.
func wantOf(t reflect.Type) string {
	switch {
	case t == nil:
		return "value"
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return "number"
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		return wantOf(t.Elem())
	}
	return "value"
}

// sorted returns errs in a fixed order, nil for none.
func sorted(errs validate.Errors) error {
	if len(errs) == 0 {
		return nil
	}
	slices.SortFunc(errs, func(a, b *validate.Error) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Offset, b.Offset))
	})
	return errs
}
