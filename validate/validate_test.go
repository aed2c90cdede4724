package validate_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

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
}{
	{"sid", validate.SID},
	{"attributes", func(_, s string) error { return validate.Attributes(s) }},
	{"text", func(_, s string) error { return validate.Text(s) }},
	{"datetime", func(_, s string) error { return validate.DateTime(s) }},
	{"uri", func(_, s string) error { return validate.URI(s) }},
	{"webhook", func(_, s string) error { return validate.WebhookEnabled(s) }},
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
			})
		}
	}
}

// TestOffsetMovesRight cuts each bad input at its fault and puts the start of
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
