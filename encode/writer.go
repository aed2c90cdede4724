package encode

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/validate"
)

// A jsonWriter appends an object, and keeps the first error.
type jsonWriter struct {
	dst  []byte
	lead int // the length of dst before
	html bool
	err  error
}

// member appends the name, and the comma before it where it is not the
// first. The names are this package's own and need no escape.
func (w *jsonWriter) member(name string) {
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(append(append(w.dst, '"'), name...), '"', ':')
}

// string appends s as the value of a member.
func (w *jsonWriter) string(field, s string) {
	if w.err != nil {
		return
	}
	dst, at, f := wire.AppendString(w.dst, s, w.html)
	w.dst = dst
	if f != wire.OK {
		w.err = &validate.Error{Field: field, Code: validate.UTF8, Offset: at}
	}
}

// finish closes the object.
func (w *jsonWriter) finish() ([]byte, error) {
	if w.err != nil {
		return w.dst[:w.lead], w.err
	}
	return append(w.dst, '}'), nil
}

// int appends a member that is a number.
func (w *jsonWriter) int(name string, n int) {
	w.member(name)
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
}
