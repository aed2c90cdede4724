package fuzz_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// FuzzOpt reads a JSON text into an Opt of every type, alone and as a member of a
// struct, and writes it again.
func FuzzOpt(f *testing.F) {
	add(f, vectors.SuiteTexts(f, jsonSuite, "json_roundtrip"), []string{
		"null", "true", "false", `""`, `"a"`, `"\u00e9\n"`, `"\ud83d\ude00"`, `"\ud800"`, "\"\xff\"", " null ", "\t\"a\"\n", "1", "[]", "{}", "",
		"nul", `"`, `"a" x`, `{"user_conversations":"https://a/b","x":[1]}`, `{"user_conversations":null}`, `{"x":1,"user_conversations":"a","y":2}`,
		`{"user_conversations":1}`, `{"user_conversations":"","user_conversations":""}`, `{"User_Conversations":1}`, "\ufeffnull", `"<\u2028>&"`,
	})
	for _, s := range vectors.SuiteTexts(f, "str_blns", "utf8_flenniken") {
		if text, err := json.Marshal(s); err == nil {
			f.Add(string(text))
		}
		f.Add(`"` + s + `"`)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fuzzOpt[string, string](t, s)
		fuzzOpt[user.AccountSID, string](t, s)
		fuzzOpt[user.ChatServiceSID, string](t, s)
		fuzzOpt[user.RoleSID, string](t, s)
		fuzzOpt[user.UserSID, string](t, s)
		fuzzOpt[user.Attributes, string](t, s)
		fuzzOpt[user.DateTime, string](t, s)
		fuzzOpt[bool, bool](t, s)
		fuzzOpt[user.Links, plainLinks](t, s)
	})
}

// plainLinks is Links for encoding/json.
type plainLinks struct {
	UserConversations *string `json:"user_conversations"`
}

// fuzzOpt reads s into an Opt[T]; P is a plain type for the same value.
func fuzzOpt[T user.Value, P any](t *testing.T, s string) {
	t.Helper()
	want, f := wantOpt[T, P](t, s)
	var o user.Opt[T]
	err := o.UnmarshalJSON([]byte(s))
	expect(t, s, err, f)
	if o != want {
		t.Errorf("%T: %q: got %+v, want %+v", o, s, o, want)
	}
	asMember(t, s, want, f)
	if err == nil {
		writeOpt(t, o)
	}
	asParameter(t, s, want)
}

// wantOpt returns the Opt that encoding/json makes of s, and the first violation.
func wantOpt[T user.Value, P any](t *testing.T, s string) (o user.Opt[T], f violation) {
	t.Helper()
	if f = jsonViolation(s); f.code != "" {
		return o, f
	}
	if strings.Trim(s, " \t\r\n") == "null" {
		return user.Null[T](), f
	}
	if _, isLinks := any(&o).(*user.Opt[user.Links]); isLinks {
		l, f := wantLinks(t, s)
		if f.code == "" {
			o = any(user.Some(l)).(user.Opt[T])
		}
		return o, f
	}
	var p P
	if json.Unmarshal([]byte(s), &p) != nil {
		return o, violation{code: validate.CodeType, at: skip(s, 0, "")}
	}
	return user.Some(reflect.ValueOf(p).Convert(reflect.TypeFor[T]()).Interface().(T)), f
}

// wantLinks reads links by the tokens of encoding/json.
func wantLinks(t *testing.T, s string) (l user.Links, f violation) {
	t.Helper()
	r := memberReader{s: s}
	list, f := r.read(linksSchema)
	if f.code != "" {
		if f.field != "" {
			f.field = "links." + f.field
		}
		return l, f
	}
	var unknown []string
	for _, m := range list {
		switch {
		case m.known != "user_conversations":
			unknown = append(unknown, m.name, m.raw)
		case m.raw == "null":
			l.UserConversations = user.Null[string]()
		default:
			var text string
			if err := json.Unmarshal([]byte(m.raw), &text); err != nil {
				t.Fatal(err)
			}
			l.UserConversations = user.Some(text)
		}
	}
	var o user.Opt[user.Links]
	if o.UnmarshalJSON([]byte(s)) == nil { // of Unknown, a text, the members are compared
		got, _ := o.Get()
		same(t, "unknown members of links", unknown, membersOf(t, got.Unknown))
		l.Unknown = got.Unknown
	}
	return l, f
}

// asMember reads s as a member of a struct. Encoding/json checks the grammar
// itself; the rest is the same.
func asMember[T user.Value](t *testing.T, s string, want user.Opt[T], f violation) {
	t.Helper()
	type holder struct {
		M user.Opt[T] `json:"m,omitzero"`
		N user.Opt[T] `json:"n"`
	}
	var h holder
	if err := json.Unmarshal([]byte("{}"), &h); err != nil || h != (holder{}) {
		t.Errorf("absent: %+v, %v", h, err)
	}
	text := `{"m":` + s + `}`
	if syntaxViolation(s).code != "" || syntaxViolation(text).code != "" {
		return // encoding/json rejects it before it calls an Opt
	}
	err := json.Unmarshal([]byte(text), &h)
	if (err != nil) != (f.code != "") {
		t.Fatalf("%T as a member: %q: %v, want %+v", h.M, s, err, f)
	}
	if err != nil {
		if h != (holder{}) {
			t.Errorf("%T as a member: %q: a value with an error: %+v", h.M, s, h)
		}
		return
	}
	if h.M != want || !h.N.IsZero() {
		t.Errorf("%T as a member: %q: got %+v, want %+v", h.M, s, h, want)
	}
	out, err := json.Marshal(h)
	if err != nil {
		t.Fatalf("%+v: %v", h, err)
	}
	var back holder
	if err := json.Unmarshal(out, &back); err != nil || back.M != htmlEscaped(t, h.M) || !back.N.IsNull() {
		t.Errorf("%s is read back as %+v, %v, want %+v", out, back, err, h)
	}
	var names map[string]json.RawMessage
	if out, err = json.Marshal(holder{N: want}); err != nil || json.Unmarshal(out, &names) != nil || names["m"] != nil || names["n"] == nil {
		t.Errorf("absent is written: %s, %v", out, err)
	}
}

// htmlEscaped returns o as it is read back after encoding/json has written it,
// which escapes <, > and & in unknown members too.
func htmlEscaped[T user.Value](t *testing.T, o user.Opt[T]) user.Opt[T] {
	t.Helper()
	l, ok := any(o.Or(*new(T))).(user.Links)
	if !ok || o.IsNull() {
		return o
	}
	var b bytes.Buffer
	json.HTMLEscape(&b, []byte(compact(t, l.Unknown)))
	l.Unknown = b.String()
	return any(user.Some(l)).(user.Opt[T])
}

// compact returns a list of members without white space.
func compact(t *testing.T, members string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte("{"+members+"}")); err != nil {
		t.Fatal(err)
	}
	return b.String()[1 : b.Len()-1]
}

// writeOpt writes an Opt that was read, and reads it again.
func writeOpt[T user.Value](t *testing.T, o user.Opt[T]) {
	t.Helper()
	out, err := o.MarshalJSON()
	if err != nil || !json.Valid(out) {
		t.Fatalf("%+v is written as %q, %v", o, out, err)
	}
	var back user.Opt[T]
	if err := back.UnmarshalJSON(out); err != nil || back != o {
		t.Errorf("%q is read back as %+v, %v, want %+v", out, back, err, o)
	}
	if again, err := back.MarshalJSON(); err != nil || !bytes.Equal(again, out) {
		t.Errorf("written again: %q, %v, want %q", again, err, out)
	}
}

// asParameter sets an Opt to s, which is any text, as a form does, and writes it as
// JSON, which must be UTF-8.
func asParameter[T user.Value](t *testing.T, s string, before user.Opt[T]) {
	t.Helper()
	o := before
	err := o.UnmarshalParam(s)
	v, ok := o.Get()
	switch kind := reflect.TypeFor[T]().Kind(); {
	case kind == reflect.Struct || kind == reflect.Bool && s != "true" && s != "false":
		if err == nil || o != before {
			t.Errorf("%T: %q: %+v, %v, want an error and what was there", o, s, o, err)
		}
		return
	case err != nil || !ok:
		t.Errorf("%T: %q: %v", o, s, err)
	case kind == reflect.Bool && any(v) != any(s == "true"):
		t.Errorf("%q is not %v", s, o)
	case kind == reflect.String && reflect.ValueOf(v).String() != s:
		t.Errorf("%q is %+v", s, o)
	}
	out, err := o.MarshalJSON()
	if !utf8.ValidString(s) {
		expect(t, s, err, utf8Violation(s))
		return
	}
	var plain any
	if jsonErr := json.Unmarshal(out, &plain); err != nil || jsonErr != nil {
		t.Fatalf("%q is written as %q, %v, %v", s, out, err, jsonErr)
	}
	if plain != any(s) && plain != any(s == "true") {
		t.Errorf("%q is written as %q", s, out)
	}
}
