package user_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const role = user.RoleSID("RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

func documentedRequest() user.CreateRequest {
	return user.CreateRequest{
		Identity:       "admin",
		FriendlyName:   user.Some("name"),
		Attributes:     user.Some(user.Attributes(`{ "duty": "tech" }`)),
		RoleSID:        user.Some(role),
		WebhookEnabled: user.Some(true),
	}
}

func documentedUser() user.User {
	const url = "https://conversations.twilio.com/v1/Users/USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	return user.User{
		SID:            user.Some(user.UserSID("USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		AccountSID:     user.Some(user.AccountSID("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		ChatServiceSID: user.Some(user.ChatServiceSID("ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		RoleSID:        user.Some(role),
		Identity:       user.Some("admin"),
		FriendlyName:   user.Some("name"),
		Attributes:     user.Some(user.Attributes(`{ "duty": "tech" }`)),
		IsOnline:       user.Some(true),
		IsNotifiable:   user.Null[bool](),
		DateCreated:    user.Some(user.DateTime("2019-12-16T22:18:37Z")),
		DateUpdated:    user.Some(user.DateTime("2019-12-16T22:18:38Z")),
		URL:            user.Some(url),
		Links:          user.Some(user.Links{UserConversations: user.Some(url + "/Conversations")}),
	}
}

func TestRequestValidate(t *testing.T) {
	invalid := func(field string, c validate.Code, offset int, want string) *validate.Error {
		return &validate.Error{Field: field, Code: c, Offset: offset, Want: want}
	}
	cases := []struct {
		name   string
		change func(r *user.CreateRequest)
		want   validate.Errors
	}{
		{"documented", func(*user.CreateRequest) {}, nil},
		{"identity alone", func(r *user.CreateRequest) { *r = user.CreateRequest{Identity: "a"} }, nil},
		{"empty friendly name", func(r *user.CreateRequest) { r.FriendlyName = user.Some("") }, nil},
		{"no identity", func(r *user.CreateRequest) { r.Identity = "" }, validate.Errors{invalid("Identity", validate.CodeRequired, -1, "")}},
		{"identity", func(r *user.CreateRequest) { r.Identity = "ab\xff" }, validate.Errors{invalid("Identity", validate.CodeUTF8, 2, "")}},
		{"friendly name", func(r *user.CreateRequest) { r.FriendlyName = user.Some("\xc3") }, validate.Errors{invalid("FriendlyName", validate.CodeUTF8, 0, "")}},
		{"empty attributes", func(r *user.CreateRequest) { r.Attributes = user.Some(user.Attributes("")) },
			validate.Errors{{Field: "Attributes", Code: validate.CodeJSON, Offset: 0, Want: "value", Hint: validate.HintSingleValue}}},
		{"empty role", func(r *user.CreateRequest) { r.RoleSID = user.Some(user.RoleSID("")) },
			validate.Errors{invalid("RoleSid", validate.CodeLength, 0, "34")}},
		{"all null", func(r *user.CreateRequest) {
			*r = user.CreateRequest{FriendlyName: user.Null[string](), Attributes: user.Null[user.Attributes](),
				RoleSID: user.Null[user.RoleSID](), WebhookEnabled: user.Null[bool]()}
		}, validate.Errors{
			invalid("Identity", validate.CodeRequired, -1, ""), invalid("FriendlyName", validate.CodeNull, -1, ""), invalid("Attributes", validate.CodeNull, -1, ""),
			invalid("RoleSid", validate.CodeNull, -1, ""), invalid("X-Twilio-Webhook-Enabled", validate.CodeNull, -1, "")}},
		{"two errors", func(r *user.CreateRequest) {
			r.Attributes, r.RoleSID = user.Some(user.Attributes("[1]")), user.Some(user.RoleSID("RLxyz"))
		}, validate.Errors{invalid("Attributes", validate.CodeObject, 0, ""), invalid("RoleSid", validate.CodeHex, 2, "")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := documentedRequest()
			c.change(&r)
			checkErrors(t, c.want, r.Validate())
		})
	}
}

func checkErrors(t *testing.T, want validate.Errors, err error) {
	t.Helper()
	var got validate.Errors
	if err != nil {
		got = err.(validate.Errors)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUserValidate(t *testing.T) {
	u := documentedUser()
	checkErrors(t, nil, u.Validate())
	checkErrors(t, nil, (&user.User{}).Validate())
	nulls := user.User{SID: user.Null[user.UserSID](), URL: user.Null[string](), Links: user.Null[user.Links]()}
	checkErrors(t, nil, nulls.Validate())

	bad := user.User{
		SID:            user.Some(user.UserSID("RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		AccountSID:     user.Some(user.AccountSID("")),
		ChatServiceSID: user.Some(user.ChatServiceSID("ISg")),
		RoleSID:        user.Some(role + "a"),
		Identity:       user.Some("\xff"),
		FriendlyName:   user.Some("a\xff"),
		Attributes:     user.Some(user.Attributes("null")),
		DateCreated:    user.Some(user.DateTime("2019-12-16")),
		DateUpdated:    user.Some(user.DateTime("2019-12-16T22:18:61Z")),
		URL:            user.Some("/v1/Users"),
		Links:          user.Some(user.Links{UserConversations: user.Some("http://a b")}),
	}
	checkErrors(t, validate.Errors{
		{Field: "sid", Code: validate.CodePrefix, Offset: 0, Want: "US", Hint: validate.HintSIDKind, Found: "Role"},
		{Field: "account_sid", Code: validate.CodeLength, Offset: 0, Want: "34"},
		{Field: "chat_service_sid", Code: validate.CodeHex, Offset: 2},
		{Field: "role_sid", Code: validate.CodeLength, Offset: 34, Want: "34"},
		{Field: "identity", Code: validate.CodeUTF8, Offset: 0},
		{Field: "friendly_name", Code: validate.CodeUTF8, Offset: 1},
		{Field: "attributes", Code: validate.CodeObject, Offset: 0, Hint: validate.HintSingleValue},
		{Field: "date_created", Code: validate.CodeDateTime, Offset: 10, Want: "t"},
		{Field: "date_updated", Code: validate.CodeDateTime, Offset: 18, Want: "second"},
		{Field: "url", Code: validate.CodeURI, Offset: 0, Want: "scheme"},
		{Field: "links.user_conversations", Code: validate.CodeURI, Offset: 8, Want: "host_end"},
	}, bad.Validate())
}

func TestAdvise(t *testing.T) {
	r := documentedRequest()
	if got := r.Advise(); got != nil {
		t.Errorf("advice on the documented request: %v", got)
	}
	r = user.CreateRequest{
		Identity:     "system",
		FriendlyName: user.Some("a@b"),
		Attributes:   user.Some(user.Attributes(`{"a":1,"a":2}`)),
	}
	var got []string
	for _, a := range r.Advise() {
		got = append(got, a.String())
	}
	want := []string{
		"Identity: byte 0: reserved by the service; choose another name (server code 50203; code documented; the names from a sister product)",
		"FriendlyName: byte 1: a character that the documentation advises against; use another character (documented)",
		"Attributes: byte 7: a name for the second time; which one counts differs between readers; keep one of them (RFC 8259 section 4)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOpt(t *testing.T) {
	var absent user.Opt[string]
	null, empty, some := user.Null[string](), user.Some(""), user.Some("a")
	for i, o := range []user.Opt[string]{absent, null, empty, some} {
		for j, p := range []user.Opt[string]{absent, null, empty, some} {
			if o.Equal(p) != (i == j) || (o == p) != (i == j) {
				t.Errorf("%d and %d: Equal %v", i, j, o.Equal(p))
			}
		}
	}
	if v, ok := absent.Get(); v != "" || ok || !absent.IsZero() || absent.IsNull() || absent.Or("b") != "b" {
		t.Error("absent")
	}
	if v, ok := null.Get(); v != "" || ok || null.IsZero() || !null.IsNull() || null.Or("b") != "b" {
		t.Error("null")
	}
	if v, ok := empty.Get(); v != "" || !ok || empty.IsZero() || empty.IsNull() || empty.Or("b") != "" {
		t.Error("empty")
	}
	if v, ok := some.Get(); v != "a" || !ok || some.Or("b") != "a" {
		t.Error("some")
	}
}

// everyOpt has each type that an Opt can hold.
type everyOpt struct {
	S  user.Opt[string]              `json:"s,omitzero"`
	B  user.Opt[bool]                `json:"b,omitzero"`
	AC user.Opt[user.AccountSID]     `json:"ac,omitzero"`
	IS user.Opt[user.ChatServiceSID] `json:"is,omitzero"`
	RL user.Opt[user.RoleSID]        `json:"rl,omitzero"`
	US user.Opt[user.UserSID]        `json:"us,omitzero"`
	A  user.Opt[user.Attributes]     `json:"a,omitzero"`
	D  user.Opt[user.DateTime]       `json:"d,omitzero"`
	L  user.Opt[user.Links]          `json:"l,omitzero"`
}

func TestOptJSON(t *testing.T) {
	for _, text := range []string{
		`{}`,
		`{"s":null,"b":null,"ac":null,"is":null,"rl":null,"us":null,"a":null,"d":null,"l":null}`,
		`{"s":"é\n","b":true,"ac":"AC","is":"IS","rl":"RL","us":"US","a":"{\"a\":1}","d":"2019","l":{"user_conversations":"u","x":[1,{"y":null}]}}`,
		`{"s":"","b":false,"ac":"","is":"","rl":"","us":"","a":"","d":"","l":{}}`,
		`{"l":{"user_conversations":null}}`,
	} {
		var v everyOpt
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := json.Marshal(v)
		if string(got) != text || err != nil {
			t.Errorf("got %s, %v\nwant %s", got, err, text)
		}
	}
}

func TestOptUnmarshalJSONErrors(t *testing.T) {
	s, b, l := user.Some("kept"), user.Some(true), user.Some(user.Links{Unknown: `"a":1`})
	cases := []struct {
		into json.Unmarshaler
		text string
		want validate.Error
	}{
		{&s, "", validate.Error{Code: validate.CodeJSON, Offset: 0, Want: "value"}},
		{&s, " 1", validate.Error{Code: validate.CodeType, Offset: 1, Want: "string"}},
		{&s, `"a`, validate.Error{Code: validate.CodeJSON, Offset: 2, Want: "quote"}},
		{&s, "\"\xff\"", validate.Error{Code: validate.CodeUTF8, Offset: 1}},
		{&s, `"\ud800"`, validate.Error{Code: validate.CodeSurrogate, Offset: 1}},
		{&b, `"true"`, validate.Error{Code: validate.CodeType, Offset: 0, Want: "boolean"}},
		{&b, `[]`, validate.Error{Code: validate.CodeType, Offset: 0, Want: "boolean"}},
		{&l, `[]`, validate.Error{Code: validate.CodeType, Offset: 0, Want: "object", Hint: validate.HintArrayForObject}},
		{&user.Links{}, `[]`, validate.Error{Code: validate.CodeType, Offset: 0, Want: "object", Hint: validate.HintArrayForObject}},
		{&l, `{"user_conversations":1}`, validate.Error{Field: "links.user_conversations", Code: validate.CodeType, Offset: 22, Want: "string"}},
		{&l, `{"user_conversations":"a","user_conversations":"b"}`, validate.Error{Field: "links.user_conversations", Code: validate.CodeRepeated, Offset: 26}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(error(&c.want), c.into.UnmarshalJSON([]byte(c.text))); diff != "" {
			t.Errorf("%s, -want +got:\n%s", c.text, diff)
		}
	}
	if s != user.Some("kept") || b != user.Some(true) || l != user.Some(user.Links{Unknown: `"a":1`}) {
		t.Error("a value changed beside an error")
	}
}

func TestOptMarshalJSONErrors(t *testing.T) {
	if _, err := user.Some("a\xff").MarshalJSON(); !errors.Is(err, validate.CodeUTF8) {
		t.Errorf("string: %v", err)
	}
	if _, err := user.Some(user.Links{Unknown: "{"}).MarshalJSON(); !errors.Is(err, validate.CodeJSON) {
		t.Errorf("links: %v", err)
	}
}

// TestMarshalJSONIsRaw: escaping for HTML is left to encoding/json.
func TestMarshalJSONIsRaw(t *testing.T) {
	l := user.Links{UserConversations: user.Some("<")}
	const links = `{"user_conversations":"<"}`
	for want, v := range map[string]json.Marshaler{`"<"`: user.Some("<"), links: l, links + " ": user.Some(l)} {
		if got, err := v.MarshalJSON(); string(got) != strings.TrimSpace(want) || err != nil {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// TestUnmarshalJSONAllocates only the copy of the source, which the value shares.
func TestUnmarshalJSONAllocates(t *testing.T) {
	var o user.Opt[string]
	text := []byte(`"` + strings.Repeat("a", 100) + `"`)
	if n := testing.AllocsPerRun(10, func() { _ = o.UnmarshalJSON(text) }); n != 1 {
		t.Errorf("%v allocations", n)
	}
}

// TestLinksDepth: links on their own may nest as deep as any text.
func TestLinksDepth(t *testing.T) {
	const n = 9_999 // and the links themselves
	text := `{"x":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`
	var l user.Links
	if err := l.UnmarshalJSON([]byte(text)); err != nil || len(l.Unknown) != len(text)-2 {
		t.Errorf("%d bytes unknown, %v", len(l.Unknown), err)
	}
}

func TestLinksMarshalJSONErrors(t *testing.T) {
	for want, l := range map[string]user.Links{
		"links.user_conversations: byte 0: invalid UTF-8":        {UserConversations: user.Some("\xff")},
		"links.Unknown: byte 0: not JSON, want a name in quotes": {Unknown: "x"},
		"links.Unknown: byte 6: not JSON, want a name in quotes": {Unknown: `"a":1,`},
	} {
		if b, err := l.MarshalJSON(); b != nil || err == nil || err.Error() != want {
			t.Errorf("%q, %v, want %s", b, err, want)
		}
	}
}

func TestLinksJSON(t *testing.T) {
	const text = `{"user_conversations":"a/b","x":1}`
	var l user.Links
	if err := json.Unmarshal([]byte(` {"x" : 1, "user_conversations":"a\/b"}`), &l); err != nil || l.Unknown != `"x" : 1` {
		t.Fatalf("%+v, %v", l, err)
	}
	l.Unknown = `"x":1`
	if b, err := json.Marshal(l); string(b) != text || err != nil {
		t.Errorf("got %s, %v", b, err)
	}
	if err := l.UnmarshalJSON([]byte("[]")); !errors.Is(err, validate.CodeType) || l.Unknown != `"x":1` {
		t.Errorf("array: %v, %+v", err, l)
	}
	two := `{"x":1,"user_conversations":null,"y":2}`
	if err := l.UnmarshalJSON([]byte(two)); err != nil || l.Unknown != `"x":1,"y":2` || !l.UserConversations.IsNull() {
		t.Errorf("two runs: %v, %+v", err, l)
	}
}

// TestEncodingJSON reads and writes whole types with encoding/json.
func TestEncodingJSON(t *testing.T) {
	want := documentedUser()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got user.User
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	r := documentedRequest()
	b, err = json.Marshal(r)
	if want := `{"Identity":"admin","FriendlyName":"name","Attributes":"{ \"duty\": \"tech\" }","RoleSid":"` + string(role) + `"}`; string(b) != want || err != nil {
		t.Errorf("got %s, %v\nwant %s", b, err, want)
	}
}

func TestUnmarshalParam(t *testing.T) {
	var s user.Opt[string]
	var a user.Opt[user.Attributes]
	var b user.Opt[bool]
	l := user.Some(user.Links{Unknown: `"a":1`})
	if err := errors.Join(s.UnmarshalParam(""), a.UnmarshalParam("{}"), b.UnmarshalParam("false")); err != nil {
		t.Fatal(err)
	}
	if s != user.Some("") || a != user.Some(user.Attributes("{}")) || b != user.Some(false) {
		t.Errorf("%v %v %v", s, a, b)
	}
	if err := b.UnmarshalParam("true"); err != nil || b != user.Some(true) {
		t.Errorf("true: %v, %v", err, b)
	}
	b = user.Some(false)
	if err := b.UnmarshalParam("1"); !errors.Is(err, validate.CodeBoolean) || b != user.Some(false) {
		t.Errorf("1: %v, %v", err, b)
	}
	want := &validate.Error{Code: validate.CodeType, Offset: -1, Want: "object"}
	if diff := cmp.Diff(error(want), l.UnmarshalParam("{}")); diff != "" || l.IsZero() {
		t.Errorf("links: %v, -want +got:\n%s", l, diff)
	}
}

// TestValidatorValue applies rules of validator/v10 to the value of an Opt.
func TestValidatorValue(t *testing.T) {
	type wrapped struct {
		Role user.Opt[user.RoleSID] `validate:"omitempty,len=34,startswith=RL"`
		Name user.Opt[string]       `validate:"required"`
	}
	if v := user.Null[string]().ValidatorValue(); v != nil {
		t.Errorf("null is %#v", v)
	}
	v := validator.New(validator.WithRequiredStructEnabled())
	if err := v.Struct(&wrapped{user.Some(role), user.Some("name")}); err != nil {
		t.Error(err)
	}
	if err := v.Struct(&wrapped{user.Opt[user.RoleSID]{}, user.Some("name")}); err != nil {
		t.Errorf("absent: %v", err)
	}
	var failed []string
	all, _ := errors.AsType[validator.ValidationErrors](v.Struct(&wrapped{user.Some(role[:9]), user.Null[string]()}))
	for _, e := range all {
		failed = append(failed, e.Field()+" "+e.Tag())
	}
	if diff := cmp.Diff([]string{"Role len", "Name required"}, failed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCompare compares every type with go-cmp, without options.
func TestCompare(t *testing.T) {
	r, u := documentedRequest(), documentedUser()
	pairs := []struct{ a, same, other any }{
		{r, r.Clone(), user.CreateRequest{}},
		{u, u.Clone(), user.User{}},
		{u.Links, u.Clone().Links, user.Null[user.Links]()},
		{u.Links.Or(user.Links{}), u.Clone().Links.Or(user.Links{}), user.Links{}},
		{u.IsOnline, user.Some(true), user.Some(false)},
		{&user.APIError{Status: 409, Code: 1}, &user.APIError{Status: 409, Code: 1}, &user.APIError{Status: 400, Code: 1}},
		{validate.Errors{{Field: "a"}}, validate.Errors{{Field: "a"}}, validate.Errors{{Field: "b"}}},
		{validate.Advice{Field: "a"}, validate.Advice{Field: "a"}, validate.Advice{Field: "b"}},
	}
	for _, p := range pairs {
		if diff := cmp.Diff(p.a, p.same); diff != "" {
			t.Errorf("%T, -want +got:\n%s", p.a, diff)
		}
		if cmp.Diff(p.a, p.other) == "" {
			t.Errorf("%T: no difference found", p.a)
		}
	}
}

// TestTags: struct tags have the same name in json and form, and omitzero.
func TestTags(t *testing.T) {
	for _, v := range []any{user.CreateRequest{}, user.User{}, user.Links{}} {
		for f := range reflect.TypeOf(v).Fields() {
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name != f.Tag.Get("form") || name != "-" && option != "omitzero" {
				t.Errorf("%T.%s: tags %s", v, f.Name, f.Tag)
			}
		}
	}
}

func TestSIDTypes(t *testing.T) {
	const hex = "0123456789abcdefABCDEF0123456789"
	good := []interface{ Validate() error }{
		user.AccountSID("AC" + hex), user.ChatServiceSID("IS" + hex), user.RoleSID("RL" + hex), user.UserSID("US" + hex),
		user.Attributes("{}"), user.DateTime("2019-12-16T22:18:37Z"),
	}
	for _, v := range good {
		if err := v.Validate(); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
	for _, v := range []interface{ Validate() error }{
		user.AccountSID(""), user.ChatServiceSID(""), user.RoleSID(""), user.UserSID(""), user.Attributes(""), user.DateTime(""),
	} {
		if v.Validate() == nil {
			t.Errorf("the zero %T is valid", v)
		}
	}
}

func TestAPIErrorText(t *testing.T) {
	syntax := &validate.Error{Field: "sid", Code: validate.CodeType, Offset: 7, Want: "string"}
	for want, e := range map[string]*user.APIError{
		"twilio: status 409, code 50201":                           {Status: 409, Code: 50201, Message: "m"},
		"twilio: status 502":                                       {Status: 502, Body: "<html>"},
		"twilio: status 200: want status 201":                      {Status: 200, Reason: validate.CodeNotCreated},
		"twilio: status 201, code 7: want a user with a valid sid": {Status: 201, Code: 7, Reason: validate.CodeNoUser},
		"twilio: status 201: sid: byte 7: want a JSON string":      {Status: 201, Reason: validate.CodeNoUser, Err: syntax},
		"twilio: status 404: redirected":                           {Status: 404, Reason: validate.CodeRedirected},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestAPIErrorTargets: errors.Is finds the reason, and the code of Err.
func TestAPIErrorTargets(t *testing.T) {
	e := &user.APIError{Status: 201, Reason: validate.CodeNoUser, Err: &validate.Error{Code: validate.CodeTooLarge}}
	for _, code := range []validate.Code{validate.CodeNoUser, validate.CodeTooLarge} {
		if !errors.Is(e, code) {
			t.Errorf("errors.Is does not find %s", code)
		}
	}
	for _, target := range []error{validate.CodeRedirected, validate.Code(""), nil, errors.New("no_user")} {
		for _, e := range []*user.APIError{e, {}, nil} {
			if errors.Is(e, target) {
				t.Errorf("errors.Is finds %v in %v", target, e)
			}
		}
	}
}

func TestClass(t *testing.T) {
	cases := []struct {
		status, code int
		want         user.Class
	}{
		{409, 50201, user.AlreadyExists}, {409, 0, user.AlreadyExists}, {409, 50213, user.Other},
		{400, 50304, user.Invalid}, {400, 0, user.Invalid}, {413, 0, user.Invalid}, {415, 0, user.Invalid}, {422, 0, user.Invalid},
		{401, 20003, user.Refused}, {403, 0, user.Refused},
		{429, 20429, user.RateLimited}, {429, 0, user.RateLimited}, {429, 50063, user.RateLimited}, {503, 50074, user.RateLimited},
		{503, 20429, user.RateLimited}, {400, 50063, user.RateLimited}, {499, 0, user.Other},
		{500, 20500, user.Ambiguous}, {502, 0, user.Ambiguous}, {404, 20404, user.Other}, {0, 0, user.Other},
		{199, 0, user.Other}, {200, 0, user.Ambiguous}, {204, 0, user.Ambiguous}, {302, 0, user.Ambiguous}, {399, 0, user.Ambiguous},
	}
	for _, c := range cases {
		if got := (&user.APIError{Status: c.status, Code: c.code}).Class(); got != c.want {
			t.Errorf("status %d, code %d: %v, want %v", c.status, c.code, got, c.want)
		}
	}
	for _, e := range []user.APIError{{Status: 409, Code: 50201}, {Status: 429}, {Status: 404}, {}} { // after a redirect
		if e.Reason = validate.CodeRedirected; e.Class() != user.Ambiguous {
			t.Errorf("%v: %v, want ambiguous", &e, e.Class())
		}
	}
	for _, c := range []user.Class{user.Ambiguous + 1, 200} {
		if got := c.String(); got != "other" {
			t.Errorf("class %d prints %q", c, got)
		}
	}
}

// TestSIDsOfEachKind: each type accepts its own prefix alone.
func TestSIDsOfEachKind(t *testing.T) {
	digits := strings.Repeat("0a", 16)
	for _, prefix := range []string{"AC", "IS", "RL", "US", "", "ac"} {
		s := prefix + digits
		for kind, err := range map[string]error{
			"AC": user.AccountSID(s).Validate(), "IS": user.ChatServiceSID(s).Validate(),
			"RL": user.RoleSID(s).Validate(), "US": user.UserSID(s).Validate(),
		} {
			if (err == nil) != (kind == prefix) {
				t.Errorf("%q as %s: %v", s, kind, err)
			}
		}
	}
}

// TestOptString: how package fmt prints a member.
func TestOptString(t *testing.T) {
	for want, o := range map[string]fmt.Stringer{
		"absent":                     user.Opt[string]{},
		"null":                       user.Null[user.RoleSID](),
		"alice":                      user.Some("alice"),
		"":                           user.Some(""),
		"RLx":                        user.Some(user.RoleSID("RLx")),
		"true":                       user.Some(true),
		"false":                      user.Some(false),
		`{"user_conversations":"u"}`: user.Some(user.Links{UserConversations: user.Some("u")}),
		"links.Unknown: byte 0: not JSON, want a name in quotes": user.Some(user.Links{Unknown: "x"}),
	} {
		if got := o.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := fmt.Sprint(user.Some("alice"), user.Null[bool]()), "alice null"; got != want {
		t.Errorf("fmt shows %q, want %q", got, want)
	}
}

// TestOptPtr: a pointer to a copy, and nil for a member without a value.
func TestOptPtr(t *testing.T) {
	o := user.Some("a")
	p := o.Ptr()
	if *p = "b"; o != user.Some("a") || user.FromPtr(p) != user.Some("b") {
		t.Errorf("%v, and from the pointer %v", o, user.FromPtr(p))
	}
	for _, o := range []user.Opt[string]{{}, user.Null[string]()} {
		if o.Ptr() != nil || o.IsSet() {
			t.Errorf("%v has a value", o)
		}
	}
	if !o.IsSet() || !user.Some("").IsSet() || user.FromPtr[string](nil) != (user.Opt[string]{}) {
		t.Error("IsSet or FromPtr")
	}
}
