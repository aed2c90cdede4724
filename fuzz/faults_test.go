package fuzz_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/validate"
)

// A fault is what an oracle says of a text. The zero fault is none.
type fault struct {
	code  validate.Code
	at    int
	field string // where the oracle knows it
}

// earliest returns the fault that is furthest to the left, of two at one
// place the one that is given first.
func earliest(faults ...fault) (first fault) {
	for _, f := range faults {
		if f.code != "" && (first.code == "" || f.at < first.at) {
			first = f
		}
	}
	return first
}

// faultOf returns what an error of the core says.
func faultOf(t *testing.T, err error) fault {
	t.Helper()
	if err == nil {
		return fault{}
	}
	e, ok := err.(*validate.Error)
	if !ok {
		t.Fatalf("an error of the type %T", err)
	}
	if len(err.Error()) > 256 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	return fault{e.Code, e.Offset, e.Field}
}

// expect compares an error of package validate with what the oracle says.
func expect(t *testing.T, s string, err error, want fault) {
	t.Helper()
	if got := faultOf(t, err); got != want {
		t.Errorf("%q: got %+v, want %+v", s, got, want)
	}
}

// expectParsed does the same for an error of package encode.
func expectParsed(t *testing.T, s string, err error, want fault) {
	t.Helper()
	got := faultOf(t, err)
	if want.field == "" {
		got.field = "" // not every oracle knows it
	}
	if got != want {
		t.Errorf("%q: got %+v, want %+v", s, got, want)
	}
}

// same fails where two values differ.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s, -want +got:\n%s", what, cmp.Diff(want, got))
	}
}
