package encode

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A jsonWriter appends an object, and keeps the first error. Every member is
// written with a comma before it; the first of them becomes the brace.
type jsonWriter struct {
	orig []byte
	dst  []byte
	html bool
	err  error
}

// finish closes the object.
func (w *jsonWriter) finish() ([]byte, error) {
	switch lead := len(w.orig); {
	case w.err != nil:
		return w.orig, w.err
	case len(w.dst) == lead:
		return append(w.dst, "{}"...), nil
	default:
		w.dst[lead] = '{'
		return append(w.dst, '}'), nil
	}
}

// A key is what stands before a member's value, written out: `,"name":`.
type key string

func newKey(name string) key { return key(`,"` + name + `":`) }

// name returns the member's name.
func (k key) name() string { return string(k[2 : len(k)-2]) }

// text appends a member that is a string.
func (w *jsonWriter) text(k key, s string) {
	if w.err != nil {
		return
	}
	dst, at, f := wire.AppendString(append(w.dst, k...), s, w.html)
	w.dst = dst
	if f != wire.OK {
		w.err = &validate.Error{Field: k.name(), Code: validate.UTF8, Offset: at}
	}
}

// literal appends a member whose value is JSON text of this package's own.
func (w *jsonWriter) literal(k key, value string) {
	w.dst = append(append(w.dst, k...), value...)
}

// int appends a member that is a number.
func (w *jsonWriter) int(k key, n int) {
	w.dst = strconv.AppendInt(append(w.dst, k...), int64(n), 10)
}

// bool appends a member that is a boolean or null, and nothing where it is
// absent.
func (w *jsonWriter) bool(k key, o user.Opt[bool]) {
	switch b, ok := o.Get(); {
	case b:
		w.literal(k, "true")
	case ok:
		w.literal(k, "false")
	case o.IsNull():
		w.literal(k, "null")
	}
}

// writeText appends a member that is a string or null, and nothing where it
// is absent.
func writeText[T interface {
	user.Value
	~string
}](w *jsonWriter, k key, o *user.Opt[T]) {
	if s, ok := o.Get(); ok {
		w.text(k, string(s))
	} else if o.IsNull() {
		w.literal(k, "null")
	}
}
