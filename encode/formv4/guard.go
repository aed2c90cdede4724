package formv4

import (
	"net/url"
	"reflect"
	"strings"

	"github.com/convuser/convuser/validate"
)

// The limits of a form.
const (
	MaxName    = 256    // bytes of one name
	MaxIndex   = 255    // the highest index of an element
	MaxIndexed = 1000   // names with brackets
	MaxWork    = 10_000 // visits: for each name with brackets, the product of the number of names in each element around it
)

// guard returns the values of the names that t has, or their errors. Of other
// names it checks the brackets only.
func guard(t reflect.Type, v url.Values) (url.Values, error) {
	known := make(url.Values, len(v))
	var errs validate.Errors
	indexed := 0
	for name, values := range v {
		if !wellFormed(name) {
			return nil, ErrName
		}
		p, err := locate(t, name)
		if err != nil {
			return nil, err
		}
		if len(values) == 0 || !p.isLeaf() {
			continue
		}
		if strings.IndexByte(name, '[') >= 0 {
			indexed++
		}
		known[name] = values
		errs = append(errs, checkValues(p, values)...)
	}
	if indexed > MaxIndexed || work(known) > MaxWork {
		return nil, ErrTooMany
	}
	for name := range known {
		// An element is named both x[0] and, in order, x.
		if i := strings.LastIndexByte(name, '['); i >= 0 && name[len(name)-1] == ']' && known[name[:i]] != nil {
			p, _ := locate(t, name)
			errs = append(errs, &validate.Error{Field: p.field, Code: validate.CodeRepeated, Offset: -1})
		}
	}
	return known, sorted(errs)
}

// wellFormed reports whether form/v4 can read a name: each bracket is closed before
// the next one opens.
func wellFormed(name string) bool {
	if len(name) > MaxName || validate.Text(name) != nil {
		return false
	}
	open := false
	for i := range len(name) {
		switch name[i] {
		case '[':
			if open {
				return false
			}
			open = true
		case ']':
			if !open {
				return false
			}
			open = false
		}
	}
	return !open
}

// checkValues returns the errors of values that do not depend on the type: too
// many of them, or one that is not UTF-8.
func checkValues(p place, values []string) (errs validate.Errors) {
	most := 1
	switch p.typ.Kind() {
	case reflect.Slice:
		most = len(values)
	case reflect.Array:
		most = p.typ.Len()
	}
	if len(values) > most {
		return validate.Errors{{Field: p.field, Code: validate.CodeRepeated, Offset: -1}}
	}
	for _, s := range values {
		if e, ok := validate.Text(s).(*validate.Error); ok {
			e.Field = p.field
			return validate.Errors{e}
		}
	}
	return nil
}

// work returns how often form/v4 visits the names with brackets, or a number above
// MaxWork. form/v4 decodes the element x[0] once for each name that begins with
// x[0], and each time all elements in it likewise.
func work(known url.Values) int {
	sharing := map[string]int{}
	for name := range known {
		for i := range len(name) {
			if name[i] == ']' {
				sharing[name[:i+1]]++
			}
		}
	}
	total := 0
	for name := range known {
		visits := 1
		for i := range len(name) {
			if name[i] == ']' && visits <= MaxWork {
				visits *= sharing[name[:i+1]]
			}
		}
		if visits > 1 || strings.IndexByte(name, ']') >= 0 {
			total += visits
		}
		if total > MaxWork {
			break
		}
	}
	return total
}
