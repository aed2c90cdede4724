package encode

import (
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

// text appends a member that is a string.
func (w *jsonWriter) text(k *wire.Key, s string) {
	if w.err != nil {
		return
	}
	dst, at, f := wire.AppendMember(w.dst, k, s, w.html)
	w.dst = dst
	if f != wire.OK {
		w.err = &validate.Error{Field: k.Name(), Code: validate.UTF8, Offset: at}
	}
}

// literal appends a member whose value is JSON text of this package's own.
func (w *jsonWriter) literal(k *wire.Key, value string) {
	w.dst = append(append(w.dst, k.String()...), value...)
}

// bool appends a member that is a boolean or null, and nothing where it is
// absent.
func (w *jsonWriter) bool(k *wire.Key, o user.Opt[bool]) {
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
}](w *jsonWriter, k *wire.Key, o *user.Opt[T]) {
	if s, ok := o.Get(); ok {
		w.text(k, string(s))
	} else if o.IsNull() {
		w.literal(k, "null")
	}
}
