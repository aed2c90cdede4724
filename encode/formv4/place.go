package formv4

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convuser/convuser/user"
)

// A place is what a name refers to. The zero place refers to nothing.
type place struct {
	typ   reflect.Type // without pointers
	owner reflect.Type // the struct that has the field
	name  string       // of the field, in its struct
	field string       // the whole name, without keys of maps
}

var timeType = reflect.TypeFor[time.Time]()

// isLeaf reports whether form/v4 sets the place from values, not from its parts.
func (p place) isLeaf() bool {
	if p.typ == nil {
		return false
	}
	if k := p.typ.Kind(); k == reflect.Slice || k == reflect.Array {
		return isScalar(indirect(p.typ.Elem()))
	}
	return isScalar(p.typ)
}

func isScalar(t reflect.Type) bool {
	k := t.Kind()
	return k == reflect.String || k >= reflect.Bool && k <= reflect.Float64 && k != reflect.Uintptr || t == timeType || isOpt(t)
}

// isOpt reports whether t is an Opt, the only type of its package with the method
// UnmarshalParam.
func isOpt(t reflect.Type) bool {
	type unmarshaler interface{ UnmarshalParam(string) error }
	return t.PkgPath() == reflect.TypeFor[user.Links]().PkgPath() && reflect.PointerTo(t).Implements(reflect.TypeFor[unmarshaler]())
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// plain reports whether no value of t can hold a value of t or an interface, on
// which form/v4 recurses without end. outer are the types around t.
func plain(t reflect.Type, outer []reflect.Type) bool {
	if slices.Contains(outer, t) || t.Kind() == reflect.Interface {
		return false
	}
	outer = append(outer[:len(outer):len(outer)], t)
	switch t.Kind() {
	case reflect.Map:
		return plain(t.Key(), outer) && plain(t.Elem(), outer)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return plain(t.Elem(), outer)
	case reflect.Struct:
		return t == timeType || isOpt(t) || plainFields(t, outer)
	}
	return true
}

func plainFields(t reflect.Type, outer []reflect.Type) bool {
	for f := range t.Fields() {
		if _, ok := formName(f); ok && !plain(f.Type, outer) {
			return false
		}
	}
	return true
}

// formName returns the name of a field in form/v4, and false for a field that it
// skips.
func formName(f reflect.StructField) (string, bool) {
	tag := f.Tag.Get("form")
	if tag == "-" || f.PkgPath != "" && !f.Anonymous {
		return "", false
	}
	if i := strings.LastIndexByte(tag, ','); i >= 0 {
		tag = tag[:i]
	}
	if tag == "" {
		return f.Name, true
	}
	return tag, true
}

// locate returns the place of a name in the struct t, the zero place for a name
// that t does not have. Only an index that no element can have is an error.
func locate(t reflect.Type, name string) (place, error) {
	p := place{typ: t}
	for first := true; name != ""; first = false {
		var err error
		switch {
		case first:
			name = p.step(name)
		case name[0] == '.' && p.typ.Kind() == reflect.Struct:
			name = p.step(name[1:])
		case name[0] == '[':
			name, err = p.index(name)
		default:
			return place{}, nil
		}
		if err != nil || p.typ == nil {
			return place{}, err
		}
	}
	return p, nil
}

// step goes to the field that rest begins with, and returns what follows.
func (p *place) step(rest string) string {
	next, ok := findField(p.typ, rest)
	if !ok {
		p.typ = nil
		return ""
	}
	if p.field != "" {
		p.field += "."
	}
	p.field, p.name, p.owner, p.typ = p.field+next.name, next.name, next.owner, next.typ
	return rest[len(next.name):]
}

// findField returns the field of t, or of a struct embedded in it, with the longest
// name that rest begins with. An outer field hides an inner one.
func findField(t reflect.Type, rest string) (best place, ok bool) {
	for f := range t.Fields() {
		name, known := formName(f)
		if !known {
			continue
		}
		if inner := indirect(f.Type); f.Anonymous && inner.Kind() == reflect.Struct && !isOpt(inner) && inner != timeType {
			if p, found := findField(inner, rest); found && len(p.name) > len(best.name) {
				best, ok = p, true
			}
			continue
		}
		if begins(rest, name) && len(name) >= len(best.name) {
			best, ok = place{typ: indirect(f.Type), owner: t, name: name}, true
		}
	}
	return best, ok
}

// begins reports whether name is the first part of rest.
func begins(rest, name string) bool {
	after, ok := strings.CutPrefix(rest, name)
	return ok && (after == "" || after[0] == '.' || after[0] == '[')
}

// index goes to the element whose index rest begins with, and returns what follows.
func (p *place) index(rest string) (string, error) {
	key, rest, _ := strings.Cut(rest[1:], "]")
	switch p.typ.Kind() {
	case reflect.Slice, reflect.Array:
		n, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(n) != key || n < 0 || n > MaxIndex || p.typ.Kind() == reflect.Array && n >= p.typ.Len() {
			return "", ErrIndex
		}
		p.field += "[" + key + "]"
	case reflect.Map:
		if !isKey(p.typ.Key(), key) {
			return "", ErrIndex
		}
		p.field += "[]"
	default:
		p.typ = nil
		return "", nil
	}
	p.typ = indirect(p.typ.Elem())
	return rest, nil
}

// isKey reports whether key is the only way to write a key of type t.
func isKey(t reflect.Type, key string) bool {
	switch k := t.Kind(); {
	case k == reflect.String:
		return true
	case k >= reflect.Int && k <= reflect.Int64:
		n, err := strconv.ParseInt(key, 10, t.Bits())
		return err == nil && strconv.FormatInt(n, 10) == key
	case k >= reflect.Uint && k <= reflect.Uint64:
		n, err := strconv.ParseUint(key, 10, t.Bits())
		return err == nil && strconv.FormatUint(n, 10) == key
	}
	return false
}
