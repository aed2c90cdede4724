package validate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

type vector struct {
	Name, Prefix string
	vectors.Text
	Code, Want string
	Offset     int
}

// rules pairs each table with the function that it is about.
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

func TestRules(t *testing.T) {
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			t.Run(r.table+"/"+v.Name, func(t *testing.T) {
				var want error
				if v.Code != "" {
					want = &validate.Error{Code: validate.Code(v.Code), Offset: v.Offset, Want: v.Want}
				}
				if diff := cmp.Diff(want, r.rule(v.Prefix, v.String())); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if r.is != nil && r.is(v.Prefix, v.String()) != (want == nil) {
					t.Error("the Is function says something else")
				}
			})
		}
	}
}

// TestRulesLookNoFurther puts other bytes behind each fault: they must not
// matter.
func TestRulesLookNoFurther(t *testing.T) {
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			s := v.String()
			if v.Code == "" || v.Offset >= len(s) {
				continue
			}
			switch {
			case v.Code == "utf8", v.Code == "surrogate", v.Code == "object", v.Want == "byte order mark":
				continue // a sequence of several bytes is at fault as a whole
			}
			e, ok := errors.AsType[*validate.Error](r.rule(v.Prefix, s[:v.Offset+1]+"\x00\xff"))
			if !ok || e.Offset != v.Offset {
				t.Errorf("%s/%s: with other bytes behind the fault: %v, want offset %d", r.table, v.Name, e, v.Offset)
			}
		}
	}
}

func TestRulesDoNotAllocate(t *testing.T) {
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			if v.Code != "" {
				continue
			}
			s := v.String()
			var err error
			if n := testing.AllocsPerRun(10, func() { err = r.rule(v.Prefix, s) }); n != 0 || err != nil {
				t.Errorf("%s/%s: %v allocations, %v", r.table, v.Name, n, err)
			}
		}
	}
}

func TestDepth(t *testing.T) {
	deep := func(n int) string {
		b := make([]byte, 0, 7+2*n)
		b = append(b, `{"a":`...)
		for range n - 1 {
			b = append(b, '[')
		}
		for range n - 1 {
			b = append(b, ']')
		}
		return string(append(b, '}'))
	}
	if err := validate.Attributes(deep(10_000)); err != nil {
		t.Errorf("10,000 deep: %v", err)
	}
	for _, n := range []int{10_001, 1_000_000} {
		if err := validate.Attributes(deep(n)); !errors.Is(err, validate.Depth) {
			t.Errorf("%d deep: %v, want depth", n, err)
		}
	}
}

type adviceVector struct {
	Name, Field string
	vectors.Text
	Advice []validate.Advice
}

func TestAdvice(t *testing.T) {
	advise := map[string]func(string) []validate.Advice{
		"Identity":     validate.AdviseIdentity,
		"FriendlyName": validate.AdviseFriendlyName,
		"Attributes":   validate.AdviseAttributes,
	}
	for _, v := range vectors.Load[adviceVector](t, "validate/testdata/advice.json") {
		t.Run(v.Field+"/"+v.Name, func(t *testing.T) {
			var got []validate.Advice
			for _, a := range advise[v.Field](v.String()) {
				if a.Field != v.Field || a.Source == "" {
					t.Errorf("field %q, source %q", a.Field, a.Source)
				}
				got = append(got, validate.Advice{Code: a.Code, Offset: a.Offset, Server: a.Server})
			}
			if len(v.Advice) == 0 {
				v.Advice = nil
			}
			if diff := cmp.Diff(v.Advice, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestErrorsText(t *testing.T) {
	one := &validate.Error{Field: "RoleSid", Code: validate.Hex, Offset: 7}
	if got, want := one.Error(), "RoleSid: byte 7: want a hex digit"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	five := validate.Errors{one, one, one, one, one}
	want := one.Error() + "; " + one.Error() + "; " + one.Error() + "; and 2 more"
	if got := five.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(five, validate.Hex) || errors.Is(five, validate.JSON) {
		t.Error("errors.Is does not find the code")
	}
	if e, ok := errors.AsType[*validate.Error](error(five)); !ok || e != one {
		t.Error("errors.As does not find the error")
	}
	if got := (&validate.Error{Code: "new", Offset: -1}).Error(); got != "not acceptable" {
		t.Errorf("an unknown code prints %q", got)
	}
}

// TestErrorText has a line for each way in which a code becomes words.
func TestErrorText(t *testing.T) {
	at := func(c validate.Code, want string) *validate.Error {
		return &validate.Error{Code: c, Offset: -1, Want: want}
	}
	long := strings.Repeat("x", 64)
	for want, err := range map[string]error{
		"required":                              at(validate.Required, "RL"),
		"null is not allowed":                   at(validate.Null, ""),
		"want 34 bytes":                         at(validate.Length, "34"),
		"want RL":                               at(validate.Prefix, "RL"),
		"want POST":                             at(validate.Method, "POST"),
		"want text/plain":                       at(validate.MediaType, "text/plain"),
		"want a hex digit":                      at(validate.Hex, ""),
		"not JSON, want a colon":                at(validate.JSON, "want a colon"),
		"want a JSON object":                    at(validate.Object, ""),
		"want true or false":                    at(validate.Boolean, ""),
		"not an RFC 3339 date-time, a T":        at(validate.Date, "a T"),
		"not an absolute URI, an address":       at(validate.Address, "an address"),
		"want a JSON string":                    at(validate.Type, "string"),
		"repeated name":                         at(validate.Repeated, ""),
		"unknown name":                          at(validate.Unknown, ""),
		"unknown name; did you mean Sid?":       at(validate.Unknown, "Sid"),
		"unknown name; " + validate.NestedForm:  at(validate.Unknown, validate.NestedForm),
		"invalid UTF-8":                         at(validate.UTF8, ""),
		"unpaired surrogate escape":             at(validate.Surrogate, ""),
		"nested deeper than 10000":              at(validate.Depth, ""),
		"want two hex digits after %":           at(validate.Percent, ""),
		"raw semicolon, want %3B":               at(validate.Semicolon, ""),
		"want at most 9 bytes":                  at(validate.TooLarge, "9"),
		"the body could not be read to its end": at(validate.Body, ""),
		"not acceptable":                        at("new", "w"),
		"want " + long:                          at(validate.Prefix, long),
		"want another value":                    at(validate.Prefix, long+"x"),
		"byte 0: want a hex digit":              &validate.Error{Code: validate.Hex},
		"sid: byte 12: want a hex digit":        &validate.Error{Field: "sid", Code: validate.Hex, Offset: 12},
		"sid: required":                         &validate.Error{Field: "sid", Code: validate.Required, Offset: -1},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestErrorsFit spells out as many faults as fit into 256 bytes, to the byte.
func TestErrorsFit(t *testing.T) {
	field := func(n int) *validate.Error {
		return &validate.Error{Field: strings.Repeat("f", n), Code: validate.Required, Offset: -1}
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

// TestFault: each fault of package wire has its code.
func TestFault(t *testing.T) {
	codes := map[wire.Fault]validate.Code{
		wire.OK: "", wire.UTF8: validate.UTF8, wire.Surrogate: validate.Surrogate, wire.Depth: validate.Depth,
		wire.Percent: validate.Percent, wire.Semicolon: validate.Semicolon, wire.Repeated: validate.Repeated,
		wire.Unknown: validate.Unknown, wire.Null: validate.Null, wire.WrongType: validate.Type,
	}
	for f := wire.OK; f <= wire.WrongType; f++ {
		want, words := validate.JSON, f.String()
		if c, ok := codes[f]; ok {
			want, words = c, ""
		}
		if c, w := validate.Fault(f); c != want || w != words {
			t.Errorf("%v: %q, %q", f, c, w)
		}
	}
}

// TestExpected: programs compare these words, so none of them may change. There
// is one for each Want of JSON's grammar and of the tables.
func TestExpected(t *testing.T) {
	rows := map[[2]string]bool{}
	for _, v := range vectors.Load[struct{ Code, Want, Expected string }](t, "validate/testdata/expected.json") {
		rows[[2]string{v.Code, v.Want}] = true
		if got := (&validate.Error{Code: validate.Code(v.Code), Want: v.Want}).Expected(); got != v.Expected {
			t.Errorf("%s, %q: %q, want %q", v.Code, v.Want, got, v.Expected)
		}
	}
	has := func(code, want string) {
		if want != "" && !rows[[2]string{code, want}] {
			t.Errorf("%s, %q has no row", code, want)
		}
	}
	for f := range wire.Fault(255) {
		if c, want := validate.Fault(f); f <= wire.WrongType {
			has(string(c), want)
		} else if w := f.Expected(); w != "" {
			t.Errorf("fault %d: %q", f, w)
		}
	}
	for _, r := range rules {
		for _, v := range vectors.Load[vector](t, "validate/testdata/"+r.table+".json") {
			has(v.Code, v.Want)
		}
	}
}

// TestAdviceText has the words of each code, and the whole line.
func TestAdviceText(t *testing.T) {
	for c, want := range map[validate.Code]string{
		validate.Long:         "longer than the service is known to take",
		validate.Reserved:     "reserved by the service",
		validate.SIDShaped:    "looks like a user SID",
		validate.Character:    "a character that the documentation advises against",
		validate.ControlChar:  "a control character",
		validate.Bidi:         "a character that turns the direction of text",
		validate.RepeatedName: "a name for the second time; which one counts differs between readers",
		validate.BigInteger:   "an integer beyond 2^53, which JavaScript rounds",
		validate.Overflow:     "a number beyond the range of a float64",
		validate.NeedlessEsc:  "an escape that is not needed; raw UTF-8 is safer",
		"new":                 "",
	} {
		if got := (validate.Advice{Code: c}).Message(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	bidi := validate.Advice{Code: validate.Bidi, Offset: 3, Source: "seen"}
	if got, want := bidi.String(), "byte 3: a character that turns the direction of text (seen)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	bidi.Field, bidi.Server = "Identity", 7
	if got, want := bidi.String(), "Identity: byte 3: a character that turns the direction of text (server code 7; seen)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSIDPrefixes: a prefix of another length than the contract's two letters
// leaves fewer or more digits.
func TestSIDPrefixes(t *testing.T) {
	digits := strings.Repeat("0aF", 12)
	for _, prefix := range []string{"", "R", "RLX"} {
		good := prefix + digits[:34-len(prefix)]
		if err := validate.SID(prefix, good); err != nil {
			t.Errorf("%q: %v", prefix, err)
		}
		want := error(&validate.Error{Code: validate.Hex, Offset: 33})
		if diff := cmp.Diff(want, validate.SID(prefix, good[:33]+"g")); diff != "" {
			t.Errorf("%q, -want +got:\n%s", prefix, diff)
		}
	}
	for s, offset := range map[string]int{"BA" + digits[:32]: 0, "AB" + digits[:32]: 1} {
		want := error(&validate.Error{Code: validate.Prefix, Offset: offset, Want: "AA"})
		if diff := cmp.Diff(want, validate.SID("AA", s)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", s, diff)
		}
	}
}

// TestCharacters looks at each character of the planes' start on its own.
func TestCharacters(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		want := validate.Code("")
		switch {
		case strings.ContainsRune("!*'();:@&=+$,/?%#[]", r):
			want = validate.Character
		case unicode.Is(unicode.Cc, r):
			want = validate.ControlChar
		case unicode.Is(unicode.Bidi_Control, r):
			want = validate.Bidi
		}
		var got validate.Code
		if list := validate.AdviseFriendlyName("a" + string(r)); len(list) == 1 && list[0].Offset == 1 {
			got = list[0].Code
		}
		if got != want {
			t.Errorf("%U: %q, want %q", r, got, want)
		}
	}
}

// TestNilError: a nil error reads as the zero one.
func TestNilError(t *testing.T) {
	var e *validate.Error
	if got, want := e.Error(), new(validate.Error).Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if e.Is(validate.Required) || e.Expected() != "" {
		t.Error("it has a code, or words")
	}
}

// TestFaults: every fault has a code, whatever number it is.
func TestFaults(t *testing.T) {
	for f := range 256 {
		if c, _ := validate.Fault(wire.Fault(f)); (c == "") != (f == 0) {
			t.Errorf("fault %d: %q", f, c)
		}
	}
}
