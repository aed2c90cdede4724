package fuzz_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
)

var userSchema = schema{
	"sid": `"n`, "account_sid": `"n`, "chat_service_sid": `"n`, "role_sid": `"n`, "identity": `"n`,
	"friendly_name": `"n`, "attributes": `"n`, "date_created": `"n`, "date_updated": `"n`, "url": `"n`,
	"is_online": "tfn", "is_notifiable": "tfn", "links": "{n",
}

var linksSchema = schema{"user_conversations": `"n`}

func FuzzParseUser(f *testing.F) {
	add(f, seeds(f, "encode/testdata/user.json"), asMembers(vectors.SuiteTexts(f, jsonSuite, "json_roundtrip")), []string{
		"{}", example, `{"x":1,"sid":"a","y" : 2 ,"x":3}`, `{"links":{"user_conversations":null,"a":"<\u2028"}}`,
		`{"is_online":null,"is_notifiable":false,"s\u0069d":""}`, `{"sid":1}`, `{"sid":"","sid":""}`, `[]`,
	})
	f.Fuzz(func(t *testing.T, s string) {
		r := memberReader{s: s, sub: "links", subs: linksSchema}
		list, want := r.read(userSchema)
		u, err := encode.ParseUser(s)
		expectParsed(t, s, err, want)
		if err != nil {
			if u != (user.User{}) {
				t.Errorf("%q: a value with an error", s)
			}
			return
		}
		sameUser(t, list, &u)
		appendUser(t, s, &u)
		sameReference(t, list, &u)
		rearranged(t, s, list, &u)
	})
}

// sameUser compares u with the members that encoding/json reads.
func sameUser(t *testing.T, list []member, u *user.User) {
	t.Helper()
	same(t, "known members", known(list), userValues(u))
	same(t, "unknown members", unknownOf(list, ""), membersOf(t, u.Unknown))
	links, _ := u.Links.Get()
	same(t, "unknown members of links", unknownOf(list, "links."), membersOf(t, links.Unknown))
	if u.Clone() != *u {
		t.Errorf("the clone differs: %+v, %+v", u.Clone(), *u)
	}
}

// userValues returns the members of u that are not absent.
func userValues(u *user.User) map[string]any {
	v := map[string]any{}
	put(v, "sid", u.SID)
	put(v, "account_sid", u.AccountSID)
	put(v, "chat_service_sid", u.ChatServiceSID)
	put(v, "role_sid", u.RoleSID)
	put(v, "identity", u.Identity)
	put(v, "friendly_name", u.FriendlyName)
	put(v, "attributes", u.Attributes)
	put(v, "is_online", u.IsOnline)
	put(v, "is_notifiable", u.IsNotifiable)
	put(v, "date_created", u.DateCreated)
	put(v, "date_updated", u.DateUpdated)
	put(v, "url", u.URL)
	switch l, ok := u.Links.Get(); {
	case ok:
		v["links"] = map[string]any{}
		put(v, "links.user_conversations", l.UserConversations)
	case u.Links.IsNull():
		v["links"] = nil
	}
	return v
}

// put sets a member to nil if it is null, and to a plain string or bool if it has
// a value.
func put[T user.Value](values map[string]any, name string, o user.Opt[T]) {
	switch v, ok := o.Get(); {
	case !ok && o.IsNull():
		values[name] = nil
	case ok && reflect.TypeOf(v).Kind() == reflect.String:
		values[name] = reflect.ValueOf(v).String()
	case ok:
		values[name] = v
	}
}

// appendUser writes u, which was read from s, and reads it back.
func appendUser(t *testing.T, s string, u *user.User) {
	t.Helper()
	for _, o := range []encode.Option{0, encode.HTMLSafe} {
		out, err := encode.AppendUser([]byte("x"), u, o)
		if err != nil || out[0] != 'x' || !json.Valid(out[1:]) {
			t.Fatalf("%q is written as %q, %v", s, out, err)
		}
		text := string(out[1:])
		same(t, "written", values(t, s), values(t, text))
		back, err := encode.ParseUser(text)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", s, text, err)
		}
		if o == 0 && back != *u {
			t.Errorf("%q is read back as %+v, want %+v", text, back, *u)
		}
		if o == encode.HTMLSafe && strings.ContainsAny(text, htmlUnsafe) {
			t.Errorf("not HTML-safe: %q", text)
		}
		if again, err := encode.AppendUser(nil, &back, o); string(again) != text || err != nil {
			t.Errorf("written again: %q, %v, want %q", again, err, text)
		}
	}
}

// rearranged parses the members of an accepted user in another order, and with
// unknown ones among them.
func rearranged(t *testing.T, s string, list []member, u *user.User) {
	t.Helper()
	random := randomOf(s)
	top := topMembers(t, list)
	for _, members := range append(shuffled(random, top), injected(random, top)) {
		text := object(t, members)
		back, err := encode.ParseUser(text)
		if err != nil {
			t.Fatalf("rearranged: %q: %v", text, err)
		}
		same(t, "rearranged", userValues(u), userValues(&back))
		same(t, "rearranged unknown members", unknownTo(members, userSchema), membersOf(t, back.Unknown))
	}
	if members, want := repeating(t, random, top, userSchema); members != nil {
		_, err := encode.ParseUser(object(t, members))
		expectParsed(t, object(t, members), err, want)
	}
}

// A userReference is a user for encoding/json, of plain types. Encoding/json
// ignores the case of names, so it gets the known members only.
type userReference struct {
	SID            *string `json:"sid"`
	AccountSID     *string `json:"account_sid"`
	ChatServiceSID *string `json:"chat_service_sid"`
	RoleSID        *string `json:"role_sid"`
	Identity       *string `json:"identity"`
	FriendlyName   *string `json:"friendly_name"`
	Attributes     *string `json:"attributes"`
	IsOnline       *bool   `json:"is_online"`
	IsNotifiable   *bool   `json:"is_notifiable"`
	DateCreated    *string `json:"date_created"`
	DateUpdated    *string `json:"date_updated"`
	URL            *string `json:"url"`
	Links          *struct {
		UserConversations *string `json:"user_conversations"`
	} `json:"links"`
}

// sameReference compares u with what encoding/json decodes into a struct.
func sameReference(t *testing.T, list []member, u *user.User) {
	t.Helper()
	var knownMembers []member
	for _, m := range list {
		if m.known != "" && !strings.HasSuffix(m.known, ".") {
			knownMembers = append(knownMembers, m)
		}
	}
	var want userReference
	d := json.NewDecoder(strings.NewReader(object(t, topMembers(t, knownMembers))))
	d.DisallowUnknownFields()
	if err := d.Decode(&want); err != nil {
		t.Fatalf("%+v: %v", list, err)
	}
	got := userReference{
		SID: pointer[string](u.SID), AccountSID: pointer[string](u.AccountSID), ChatServiceSID: pointer[string](u.ChatServiceSID),
		RoleSID: pointer[string](u.RoleSID), Identity: pointer[string](u.Identity), FriendlyName: pointer[string](u.FriendlyName),
		Attributes: pointer[string](u.Attributes), IsOnline: pointer[bool](u.IsOnline), IsNotifiable: pointer[bool](u.IsNotifiable),
		DateCreated: pointer[string](u.DateCreated), DateUpdated: pointer[string](u.DateUpdated), URL: pointer[string](u.URL),
	}
	if l, ok := u.Links.Get(); ok {
		got.Links = &struct {
			UserConversations *string `json:"user_conversations"`
		}{pointer[string](l.UserConversations)}
	}
	same(t, "as a struct", want, got)
}

// pointer returns the value of a member as a plain type, nil for null and absent,
// which a struct of pointers does not tell apart.
func pointer[P any, T user.Value](o user.Opt[T]) *P {
	v, ok := o.Get()
	if !ok {
		return nil
	}
	p := reflect.ValueOf(v).Convert(reflect.TypeFor[P]()).Interface().(P)
	return &p
}

// FuzzAppendUser writes unknown members that no parser has checked.
func FuzzAppendUser(f *testing.F) {
	f.Add("a", `"a":1,"b":{}`, `"c":"<"`)
	f.Add("\u2028", ` "a" : [ ] `, "")
	f.Add("\xff", `"sid":1`, `"a":1},"b":{`)
	f.Add("", `"a":`+nested(9_999), `"a":`+nested(9_998))
	f.Add("", "", `"a":`+nested(9_999))
	for _, s := range seeds(f, "encode/testdata/user.json") {
		f.Add("a", strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}"), "")
	}
	f.Fuzz(func(t *testing.T, identity, unknown, links string) {
		u := user.User{
			Identity: user.Some(identity),
			Links:    user.Some(user.Links{Unknown: links}),
			Unknown:  unknown,
		}
		good := utf8.ValidString(identity) && areUnknown(unknown, userSchema, 0) && areUnknown(links, linksSchema, 1)
		out, err := encode.AppendUser([]byte("x"), &u)
		if (err == nil) != good || err != nil && string(out) != "x" {
			t.Fatalf("%+v: %q, %v", u, out, err)
		}
		if err != nil {
			return
		}
		u.Unknown = strings.Trim(unknown, " \t\r\n") // as a parser does
		u.Links = user.Some(user.Links{Unknown: strings.Trim(links, " \t\r\n")})
		if back, err := encode.ParseUser(string(out[1:])); err != nil || back != u {
			t.Errorf("%q is read back as %+v, %v, want %+v", out, back, err, u)
		}
		appendUser(t, string(out[1:]), &u)
	})
}

// nested returns n empty arrays in each other.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// areUnknown reports whether s is empty or a list of members without a known name,
// valid in an object that is nested in depth containers.
func areUnknown(s string, known schema, depth int) bool {
	if s == "" {
		return true
	}
	r := memberReader{s: "{" + s + "}"}
	list, f := r.read(nil)
	for _, m := range list {
		if _, ok := known[m.name]; ok {
			return false
		}
	}
	around := strings.Repeat("[", depth) + r.s + strings.Repeat("]", depth)
	return f.code == "" && len(list) > 0 && jsonViolation(around).code == ""
}
