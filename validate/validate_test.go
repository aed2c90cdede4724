package validate_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

type vector struct {
	Name, Prefix string
	vectors.Text
	vectors.Violation
}

func (v vector) String() string { return v.Text.String() }

// rules pairs each table with the functions that it tests.
var rules = []struct {
	table string
	rule  func(prefix, s string) error
	is    func(prefix, s string) bool // nil where there is none
}{
	{"sid", validate.SID, validate.IsSID},
	{"attributes", func(_, s string) error { return validate.Attributes(s) }, func(_, s string) bool { return validate.IsAttributes(s) }},
	{"text", func(_, s string) error { return validate.Text(s) }, func(_, s string) bool { return validate.IsText(s) }},
	{"datetime", func(_, s string) error { return validate.DateTime(s) }, nil},
	{"uri", func(_, s string) error { return validate.URI(s) }, nil},
	{"webhook", func(_, s string) error { return validate.WebhookEnabled(s) }, nil},
}

// TestRules: the error of each vector, and no allocation for a valid one.
func TestRules(t *testing.T) {
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			t.Run(r.table+"/"+v.Name, func(t *testing.T) {
				s, want := v.String(), v.Violation.Error()
				if diff := cmp.Diff(want, r.rule(v.Prefix, s)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if r.is != nil && r.is(v.Prefix, s) != (want == nil) {
					t.Error("the Is function returns something else")
				}
				var err error
				if n := testing.AllocsPerRun(10, func() { err = r.rule(v.Prefix, s) }); want == nil && (n != 0 || err != nil) {
					t.Errorf("%v allocations, %v", n, err)
				}
			})
		}
	}
}

// TestRulesLookNoFurther puts other bytes after each error: they must not matter.
func TestRulesLookNoFurther(t *testing.T) {
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			s := v.String()
			if v.Code == "" || v.Offset >= len(s) {
				continue
			}
			switch {
			case v.Code == "utf8", v.Code == "surrogate", v.Code == "object", v.Want == "no_byte_order_mark":
				continue // the error is about several bytes
			}
			e, ok := errors.AsType[*validate.Error](r.rule(v.Prefix, s[:v.Offset+1]+"\x00\xff"))
			if !ok || e.Offset != v.Offset {
				t.Errorf("%s/%s: with other bytes after the error: %v, want offset %d", r.table, v.Name, e, v.Offset)
			}
		}
	}
}

func TestDepth(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}" }
	if err := validate.Attributes(deep(10_000)); err != nil {
		t.Errorf("10,000 deep: %v", err)
	}
	for _, n := range []int{10_001, 1_000_000} {
		if err := validate.Attributes(deep(n)); !errors.Is(err, validate.CodeDepth) {
			t.Errorf("%d deep: %v, want depth", n, err)
		}
	}
}

func TestErrorsUnwrap(t *testing.T) {
	one := &validate.Error{Field: "RoleSid", Code: validate.CodeHex, Offset: 7}
	five := slices.Repeat(validate.Errors{one}, 5)
	if !errors.Is(five, validate.CodeHex) || errors.Is(five, validate.CodeJSON) {
		t.Error("errors.Is does not find the code")
	}
	if e, ok := errors.AsType[*validate.Error](error(five)); !ok || e != one {
		t.Error("errors.As does not find the error")
	}
}

// TestErrorText has the text of each code, with and without Want.
func TestErrorText(t *testing.T) {
	at := func(c validate.Code, want string) *validate.Error {
		return &validate.Error{Code: c, Offset: -1, Want: want}
	}
	long := strings.Repeat("x", 64)
	for want, err := range map[string]error{
		"required":                              at(validate.CodeRequired, "RL"),
		"null is not allowed":                   at(validate.CodeNull, ""),
		"want 34 bytes":                         at(validate.CodeLength, "34"),
		"want RL":                               at(validate.CodePrefix, "RL"),
		"want POST":                             at(validate.CodeMethod, "POST"),
		"want text/plain":                       at(validate.CodeMediaType, "text/plain"),
		"want a hex digit":                      at(validate.CodeHex, ""),
		"not JSON, want a colon":                at(validate.CodeJSON, "colon"),
		"want a JSON object":                    at(validate.CodeObject, ""),
		"want true or false":                    at(validate.CodeBoolean, ""),
		"not an RFC 3339 date-time, want a T":   at(validate.CodeDateTime, "t"),
		"not an absolute URI, want an address":  at(validate.CodeURI, "address"),
		"want a JSON string":                    at(validate.CodeType, "string"),
		"repeated name":                         at(validate.CodeRepeated, ""),
		"unknown name":                          at(validate.CodeUnknown, ""),
		"unknown name; did you mean Sid?":       at(validate.CodeUnknown, "Sid"),
		"invalid UTF-8":                         at(validate.CodeUTF8, ""),
		"unpaired surrogate escape":             at(validate.CodeSurrogate, ""),
		"nested deeper than 10000":              at(validate.CodeDepth, ""),
		"want two hex digits after %":           at(validate.CodePercent, ""),
		"raw semicolon, want %3B":               at(validate.CodeSemicolon, ""),
		"want at most 9 bytes":                  at(validate.CodeTooLarge, "9"),
		"the body could not be read to its end": at(validate.CodeBody, ""),
		"not acceptable":                        at("new", "w"),
		"a: not acceptable":                     &validate.Error{Field: "a", Code: "new", Offset: -1},
		"wrong length":                          at(validate.CodeLength, ""),
		"wrong prefix":                          at(validate.CodePrefix, ""),
		"not JSON":                              at(validate.CodeJSON, ""),
		"not an RFC 3339 date-time":             at(validate.CodeDateTime, ""),
		"not an absolute URI":                   at(validate.CodeURI, ""),
		"wrong type":                            at(validate.CodeType, ""),
		"wrong method":                          at(validate.CodeMethod, ""),
		"wrong media type":                      at(validate.CodeMediaType, ""),
		"too large":                             at(validate.CodeTooLarge, ""),
		"byte 1: not JSON, want a value; put the name in double quotes": &validate.Error{Code: validate.CodeJSON, Offset: 1, Want: "value", Hint: validate.HintUnquotedName},
		"want RL; this is the SID of another resource: Account":         &validate.Error{Code: validate.CodePrefix, Offset: -1, Want: "RL", Hint: validate.HintSIDKind, Found: "Account"},
		"want " + long:                      at(validate.CodePrefix, long),
		"want another value":                at(validate.CodePrefix, long+"x"),
		"byte 0: want a hex digit":          &validate.Error{Code: validate.CodeHex},
		"sid: byte 12: want a hex digit":    &validate.Error{Field: "sid", Code: validate.CodeHex, Offset: 12},
		"RoleSid: byte 7: want a hex digit": &validate.Error{Field: "RoleSid", Code: validate.CodeHex, Offset: 7},
		"sid: required":                     &validate.Error{Field: "sid", Code: validate.CodeRequired, Offset: -1},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestErrorsText: the text has as many errors as fit into 256 bytes, exactly.
func TestErrorsText(t *testing.T) {
	field := func(n int) *validate.Error {
		return &validate.Error{Field: strings.Repeat("f", n), Code: validate.CodeRequired, Offset: -1}
	}
	text := func(n int) string { return strings.Repeat("f", n) + ": required" }
	const room = len("; and 9223372036854775807 more")
	fits := 256 - room - len("; ") - 2*len(": required") - 50
	for _, c := range []struct {
		errs validate.Errors
		want string
	}{
		{validate.Errors{field(1)}, text(1)},
		{validate.Errors{field(1), field(2)}, text(1) + "; " + text(2)},
		{validate.Errors{field(1), field(2), field(3)}, text(1) + "; " + text(2) + "; " + text(3)},
		{validate.Errors{field(1), field(2), field(3), field(4)}, text(1) + "; " + text(2) + "; " + text(3) + "; and 1 more"},
		{slices.Repeat(validate.Errors{field(1)}, 5), text(1) + "; " + text(1) + "; " + text(1) + "; and 2 more"},
		{slices.Repeat(validate.Errors{field(1)}, 15), text(1) + "; " + text(1) + "; " + text(1) + "; and 12 more"},
		{validate.Errors{field(50), field(fits)}, text(50) + "; " + text(fits)},
		{validate.Errors{field(50), field(fits + 1)}, text(50) + "; and 1 more"},
		{validate.Errors{field(245), field(1)}, text(245) + "; and 1 more"},
		{validate.Errors{}, ""},
	} {
		if got := c.errs.Error(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestFaultCodes: each fault of package wire has its code, and one of JSON's grammar
// its word.
func TestFaultCodes(t *testing.T) {
	codes := map[wire.Fault]validate.Code{
		wire.UTF8: validate.CodeUTF8, wire.Surrogate: validate.CodeSurrogate, wire.Depth: validate.CodeDepth,
		wire.Percent: validate.CodePercent, wire.Semicolon: validate.CodeSemicolon, wire.Repeated: validate.CodeRepeated,
		wire.Unknown: validate.CodeUnknown, wire.Null: validate.CodeNull, wire.WrongType: validate.CodeType,
	}
	for f := wire.OK + 1; f < 255; f++ {
		want, word := validate.CodeJSON, f.String()
		if c, ok := codes[f]; ok {
			want, word = c, ""
		}
		if f == wire.WrongType {
			word = "boolean"
		}
		if e := validate.JSONError("a", "x", 0, f, "boolean"); e.Field != "a" || e.Code != want || e.Want != word || e.Offset != 0 {
			t.Errorf("%v: %+v", f, e)
		}
		if e := validate.FormError("a", "x", 0, f); e.Code != want {
			t.Errorf("%v: %+v", f, e)
		}
	}
}

// TestWants: programs compare the words of Want, so none of them may change. The
// file has a row for each that the grammars and the other tables have.
func TestWants(t *testing.T) {
	rows := map[[2]string]bool{}
	for _, v := range vectors.Load[struct{ Code, Want, Text string }](t, "validate/testdata/wants.json") {
		rows[[2]string{v.Code, v.Want}] = true
		if got := (&validate.Error{Code: validate.Code(v.Code), Want: v.Want, Offset: -1}).Error(); got != v.Text {
			t.Errorf("%s, %s: %q, want %q", v.Code, v.Want, got, v.Text)
		}
	}
	has := func(code validate.Code, want string) {
		if want != "" && !rows[[2]string{string(code), want}] {
			t.Errorf("%s, %q has no row", code, want)
		}
	}
	for f := wire.BOM; f <= wire.Trailing; f++ {
		has(validate.CodeJSON, f.String())
	}
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			has(v.Code, v.Want)
		}
	}
}

// TestSyntax: six codes are of malformed input.
func TestSyntax(t *testing.T) {
	for c, want := range map[validate.Code]bool{
		validate.CodeJSON: true, validate.CodeUTF8: true, validate.CodeSurrogate: true, validate.CodeDepth: true,
		validate.CodePercent: true, validate.CodeSemicolon: true,
		validate.CodeRequired: false, validate.CodeNull: false, validate.CodeHex: false, validate.CodeObject: false,
		validate.CodeType: false, validate.CodeRepeated: false, validate.CodeUnknown: false, "": false,
	} {
		if got := (&validate.Error{Code: c}).Syntax(); got != want {
			t.Errorf("%q: %v", c, got)
		}
	}
}

// wrapped holds errors as those of other packages do.
type wrapped struct{ errs []error }

func (wrapped) Error() string     { return "wrapped" }
func (w wrapped) Unwrap() []error { return w.errs }

// TestAll: every error, in order, whatever wraps it, until the loop stops.
func TestAll(t *testing.T) {
	a, b, c := &validate.Error{Field: "a"}, &validate.Error{Field: "b"}, &validate.Error{Field: "c"}
	all := validate.Errors{a, b}
	var none *validate.Error
	for i, tt := range []struct {
		err  error
		want []*validate.Error
	}{
		{nil, nil},
		{none, nil},
		{errors.New("other"), nil},
		{a, []*validate.Error{a}},
		{all, all},
		{validate.Errors{a, nil, b}, all},
		{fmt.Errorf("w: %w", all), all},
		{errors.Join(c, fmt.Errorf("w: %w", all), errors.New("other")), []*validate.Error{c, a, b}},
		{wrapped{[]error{nil, all, c}}, []*validate.Error{a, b, c}},
	} {
		if got := slices.Collect(validate.All(tt.err)); !slices.Equal(got, tt.want) {
			t.Errorf("%d: %v, want %v", i, got, tt.want)
		}
		for n := range tt.want {
			got := tt.want[:0:0]
			for e := range validate.All(tt.err) {
				if got = append(got, e); len(got) > n {
					break
				}
			}
			if !slices.Equal(got, tt.want[:n+1]) {
				t.Errorf("%d, the first %d: %v", i, n+1, got)
			}
		}
	}
}

// TestSIDPrefixes: with a prefix that is not two bytes long, a SID has fewer or more
// digits.
func TestSIDPrefixes(t *testing.T) {
	digits := strings.Repeat("0aF", 12)
	for _, prefix := range []string{"", "R", "RLX"} {
		good := prefix + digits[:34-len(prefix)]
		if err := validate.SID(prefix, good); err != nil {
			t.Errorf("%q: %v", prefix, err)
		}
		want := error(&validate.Error{Code: validate.CodeHex, Offset: 33})
		if diff := cmp.Diff(want, validate.SID(prefix, good[:33]+"g")); diff != "" {
			t.Errorf("%q, -want +got:\n%s", prefix, diff)
		}
	}
	for s, offset := range map[string]int{"BA" + digits[:32]: 0, "AB" + digits[:32]: 1} {
		want := error(&validate.Error{Code: validate.CodePrefix, Offset: offset, Want: "AA"})
		if diff := cmp.Diff(want, validate.SID("AA", s)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", s, diff)
		}
	}
}

// TestNilError: a nil error reads as the zero one.
func TestNilError(t *testing.T) {
	var e *validate.Error
	if got, want := e.Error(), new(validate.Error).Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if e.Is(validate.CodeRequired) || e.Syntax() {
		t.Error("Is or Syntax returns true")
	}
}
