package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const roleSID = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(issue{})); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}

func text(s string) field { return field{s, present} }

// An issue's message has neither the field nor the offset, which JavaScript
// gets apart.
func TestIssuesOf(t *testing.T) {
	hex := &validate.Error{Field: "RoleSid", Code: validate.Hex, Offset: 7}
	hexIssue := issue{"RoleSid", "hex", "want a hex digit", 7}
	for name, c := range map[string]struct {
		err  error
		want []issue
	}{
		"nil":    {nil, nil},
		"one":    {hex, []issue{hexIssue}},
		"all":    {validate.Errors{hex, {Field: "Identity", Code: validate.Required, Offset: -1}}, []issue{hexIssue, {"Identity", "required", "required", -1}}},
		"syntax": {&encode.SyntaxError{Field: "Identity", Code: validate.Percent, Offset: 3}, []issue{{"Identity", "percent", "want two hex digits after %", 3}}},
		"other":  {errors.New("boom"), []issue{{"", "error", "boom", -1}}},
	} {
		diff(t, name, c.want, issuesOf(c.err))
	}
	diff(t, "the error itself", &validate.Error{Field: "RoleSid", Code: validate.Hex, Offset: 7}, hex)
}

func TestForm(t *testing.T) {
	full := form{text("admin"), text("name"), text(`{ "duty": "tech" }`), text(roleSID), text("true")}
	for _, c := range []struct {
		name       string
		f          form
		body, hook string
		issues     []issue
	}{
		{"all", full, "Identity=admin&FriendlyName=name&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&RoleSid=" + roleSID, "true", nil},
		{"identity only", form{identity: text("a")}, "Identity=a", "", nil},
		{"absent", form{identity: text("a"), friendlyName: field{state: absent}}, "Identity=a", "", nil},
		{"empty is not absent", form{identity: text("a"), friendlyName: text("")}, "Identity=a&FriendlyName=", "", nil},
		{"webhook off", form{identity: text("a"), webhookEnabled: text("false")}, "Identity=a", "false", nil},

		{"nothing", form{}, "", "", []issue{{"Identity", "required", "required", -1}}},
		{"empty", form{identity: text("")}, "", "", []issue{{"Identity", "required", "required", -1}}},
		{"identity null", form{identity: field{state: null}}, "", "", []issue{{"Identity", "null", "null is not allowed", -1}}},
		{"null", form{text("a"), field{state: null}, field{state: null}, field{state: null}, field{state: null}}, "", "", []issue{
			{"FriendlyName", "null", "null is not allowed", -1},
			{"Attributes", "null", "null is not allowed", -1},
			{"RoleSid", "null", "null is not allowed", -1},
			{user.WebhookHeader, "null", "null is not allowed", -1},
		}},
		{"mistyped", form{field{state: mistyped}, field{state: mistyped}, field{state: mistyped}, field{state: mistyped}, field{state: mistyped}}, "", "", []issue{
			{"Identity", "type", "want a JSON string", -1},
			{"FriendlyName", "type", "want a JSON string", -1},
			{"Attributes", "type", "want a JSON string", -1},
			{"RoleSid", "type", "want a JSON string", -1},
			{user.WebhookHeader, "type", "want a JSON boolean", -1},
		}},
		{"mistyped and at fault", form{field{state: null}, field{state: null}, field{state: mistyped}, text("x"), field{}}, "", "", []issue{
			{"Identity", "null", "null is not allowed", -1},
			{"FriendlyName", "null", "null is not allowed", -1},
			{"Attributes", "type", "want a JSON string", -1},
			{"RoleSid", "prefix", "want RL", 0},
		}},
		{"several", form{identity: text("a\xed\xa0\x80"), attributes: text(`{"a":}`), roleSID: text("RL0")}, "", "", []issue{
			{"Identity", "utf8", "invalid UTF-8", 1}, // what main_js.go makes of a lone surrogate
			{"Attributes", "json", "not JSON, want a value", 5},
			{"RoleSid", "length", "want 34 bytes", 3},
		}},
		{"not an object", form{identity: text("a"), attributes: text("[]")}, "", "", []issue{{"Attributes", "object", "want a JSON object", 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			diff(t, "validateForm", c.issues, validateForm(&c.f))
			body, hook, issues := encodeForm(&c.f)
			diff(t, "body", c.body, body)
			diff(t, "webhook header", c.hook, hook)
			diff(t, "encodeForm", c.issues, issues)
		})
	}
}

// What the browser accepts, the server reads as the same request.
func TestFormIsRead(t *testing.T) {
	f := form{text("a&b=ü\x00"), text(""), text("{\n}"), text(roleSID), text("false")}
	body, _, issues := encodeForm(&f)
	if issues != nil {
		t.Fatal(issues)
	}
	got, err := encode.ParseForm(body)
	if err != nil {
		t.Fatal(err)
	}
	want, issues := f.request()
	if issues != nil {
		t.Fatal(issues)
	}
	diff(t, "webhook header", user.Some(false), want.WebhookEnabled)
	want.WebhookEnabled = user.Opt[bool]{} // no part of the form
	diff(t, "request", want, got)
}

func TestOpt(t *testing.T) {
	diff(t, "absent", user.Opt[string]{}, opt[string](field{}))
	diff(t, "null", user.Null[user.RoleSID](), opt[user.RoleSID](field{state: null}))
	diff(t, "empty", user.Some(user.Attributes("")), opt[user.Attributes](text("")))
	diff(t, "mistyped", user.Opt[string]{}, opt[string](field{state: mistyped})) // an issue says so
}

func TestParseUser(t *testing.T) {
	for body, want := range map[string]string{
		"{}":                            "{}",
		" { \"sid\" : null }\n":         `{"sid":null}`,
		`{"identity":"a","url":"u"}`:    `{"url":"u","identity":"a"}`,
		`{"new":[1, 2],"identity":"a"}`: `{"identity":"a","new":[1, 2]}`,
		`{"__proto__":{},"links":{}}`:   `{"links":{},"__proto__":{}}`,
		`{"identity":"\u00fc\ud83d\ude00","is_online":false}`: `{"identity":"ü😀","is_online":false}`,
	} {
		compact, issues := parseUser(body)
		diff(t, body, want, compact)
		diff(t, body, []issue(nil), issues)
	}
	for body, want := range map[string]issue{
		"":                                {"", "json", "not JSON, want a value", 0},
		"<html>":                          {"", "json", "not JSON, want a value", 0},
		`{"sid":1}`:                       {"sid", "type", "want a JSON string", 7},
		`{"is_online":"true"}`:            {"is_online", "type", "want a JSON boolean", 13},
		`{"links":[]}`:                    {"links", "type", "want a JSON object", 9},
		`{"sid":"a","sid":"b"}`:           {"sid", "repeated", "repeated name", 11},
		`{"a":` + strings.Repeat("[", 20): {"", "json", "not JSON, want a value", 25},
	} {
		compact, issues := parseUser(body)
		diff(t, body, "", compact)
		diff(t, body, []issue{want}, issues)
	}
}
