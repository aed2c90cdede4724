package fuzz_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/validate"
)

// A violation is what breaks a rule by an oracle. The zero violation means a valid text.
type violation struct {
	code  validate.Code
	at    int
	field string // if the oracle knows it
}

// earliest returns the violation with the smallest offset, the first of two that
// have the same.
func earliest(violations ...violation) (first violation) {
	for _, f := range violations {
		if f.code != "" && (first.code == "" || f.at < first.at) {
			first = f
		}
	}
	return first
}

// violationOf returns an error of the core as a violation.
func violationOf(t *testing.T, err error) violation {
	t.Helper()
	if err == nil {
		return violation{}
	}
	e, ok := err.(*validate.Error)
	if !ok {
		t.Fatalf("the error is a %T", err)
	}
	if len(err.Error()) > 256 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	return violation{e.Code, e.Offset, e.Field}
}

// expect compares an error with a violation.
func expect(t *testing.T, s string, err error, want violation) {
	t.Helper()
	if got := violationOf(t, err); got != want {
		t.Errorf("%q: got %+v, want %+v", s, got, want)
	}
}

// expectParsed does the same for an error of package encode, whose field not every
// oracle knows.
func expectParsed(t *testing.T, s string, err error, want violation) {
	t.Helper()
	got := violationOf(t, err)
	if want.field == "" {
		got.field = ""
	}
	if got != want {
		t.Errorf("%q: got %+v, want %+v", s, got, want)
	}
}

// same fails if two values differ.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s, -want +got:\n%s", what, cmp.Diff(want, got))
	}
}
