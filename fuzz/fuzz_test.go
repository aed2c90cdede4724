package fuzz_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const (
	example = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","url":"https://a/b","links":{"user_conversations":"https://a/c","x":1},` +
		`"identity":"a\u00e9","role_sid":null,"is_online":true,"attributes":"{}","n":[1,{"m":-1.5e3}],"friendly_name":"\ud83d\ude00","o":"\/"}`
	exampleForm    = "Identity=a%40b&FriendlyName=%C3%A9+x&Attributes=%7B%7D&RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	exampleRequest = `{"Identity":"a","FriendlyName":"\u00e9","Attributes":"{\"a\":1}","RoleSid":"RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`
)

// seeds returns the inputs of tables, by their paths from the project's
// root, and skips those that do not exist. It reads them by itself because
// each table has fields of its own, which vectors.Load would not take.
func seeds(f *testing.F, tables ...string) (list []string) {
	f.Helper()
	for _, table := range tables {
		b, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(table)))
		if err != nil {
			continue
		}
		var rows []json.RawMessage
		if err := json.Unmarshal(b, &rows); err != nil {
			f.Fatalf("%s: %v", table, err)
		}
		for _, row := range rows {
			var v struct{ vectors.Text }
			if json.Unmarshal(row, &v) == nil { // else its "in" is no text
				list = append(list, v.String())
			}
		}
	}
	return list
}

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

// faultOf returns what an error of the core says, and whether it is about
// syntax.
func faultOf(t *testing.T, err error) (f fault, syntax bool) {
	t.Helper()
	switch e := err.(type) {
	case nil:
	case *validate.Error:
		f = fault{e.Code, e.Offset, e.Field}
	case *encode.SyntaxError:
		f, syntax = fault{e.Code, e.Offset, e.Field}, true
	default:
		t.Fatalf("an error of the type %T", err)
	}
	if err != nil && len(err.Error()) > 256 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	return f, syntax
}

// expect compares an error of package validate with what the oracle says.
func expect(t *testing.T, s string, err error, want fault) {
	t.Helper()
	got, syntax := faultOf(t, err)
	if got != want || syntax {
		t.Errorf("%q: got %+v, want %+v", s, got, want)
	}
}

// expectParsed does the same for an error of package encode, where a fault
// of the bytes has another type than one of the contract.
func expectParsed(t *testing.T, s string, err error, want fault) {
	t.Helper()
	got, syntax := faultOf(t, err)
	if want.field == "" {
		got.field = "" // not every oracle knows it
	}
	isSyntax := false
	switch want.code {
	case validate.JSON, validate.UTF8, validate.Surrogate, validate.Depth, validate.Percent, validate.Semicolon:
		isSyntax = true
	}
	if got != want || syntax != isSyntax {
		t.Errorf("%q: got %+v, syntax %v, want %+v", s, got, syntax, want)
	}
}

// same fails where two values differ.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s, -want +got:\n%s", what, cmp.Diff(want, got))
	}
}

// Oracles for text.

var sids = map[string]*regexp.Regexp{
	"AC": regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`),
	"IS": regexp.MustCompile(`^IS[0-9a-fA-F]{32}$`),
	"RL": regexp.MustCompile(`^RL[0-9a-fA-F]{32}$`),
	"US": regexp.MustCompile(`^US[0-9a-fA-F]{32}$`),
}

func FuzzSID(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/sid.json") {
		f.Add("RL", s)
		f.Add("US", s)
	}
	f.Fuzz(func(t *testing.T, prefix, s string) {
		re := sids[prefix]
		if re == nil {
			prefix, re = "RL", sids["RL"]
		}
		err := validate.SID(prefix, s)
		if (err == nil) != re.MatchString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		expect(t, s, err, sidFault(re, prefix, s))
	})
}

// sidFault finds the fault by completing the text before it.
func sidFault(re *regexp.Regexp, prefix, s string) fault {
	whole := prefix + strings.Repeat("0", 32)
	for i := 0; ; i++ {
		switch {
		case re.MatchString(s):
			return fault{}
		case i == len(s) || i == len(whole):
			return fault{code: validate.Length, at: i}
		case re.MatchString(s[:i+1] + whole[i+1:]):
		case i < len(prefix):
			return fault{code: validate.Prefix, at: i}
		default:
			return fault{code: validate.Hex, at: i}
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/text.json") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.Text(s)
		if (err == nil) != utf8.ValidString(s) {
			t.Errorf("%q: %v", s, err)
		}
		expect(t, s, err, utf8Fault(s))
	})
}

func utf8Fault(s string) fault {
	if i := validUTF8(s); i < len(s) {
		return fault{code: validate.UTF8, at: i}
	}
	return fault{}
}

// Oracles for JSON.

func FuzzAttributes(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/attributes.json", "validate/testdata/advice.json") {
		f.Add(s)
	}
	for _, s := range []string{example, `{"a":"\udc00\udc00"}`, `{"a":"\ud800\ud800\udc00"}`, "{\"a\":\"\x1f\"}", "{\"a\":\"\xe2\"}", `{"a":1.e}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		expect(t, s, validate.Attributes(s), earliest(jsonFault(s), topFault(s, validate.Object)))
	})
}

// jsonFault returns the first fault of a JSON text: what encoding/json says,
// and the documented differences, of which there are two. It takes invalid
// UTF-8 and unpaired surrogate escapes, and puts U+FFFD in their place; the
// house limits refuse them. The third house limit is encoding/json's own: it
// also nests at most 10,000 deep.
func jsonFault(s string) fault {
	return earliest(syntaxFault(s), utf8Fault(s), surrogateFault(s))
}

// syntaxFault returns what encoding/json finds, which reads a byte at a time
// and so stops at the first that no valid text could have there.
func syntaxFault(s string) fault {
	var raw json.RawMessage
	// The newline makes the end of the text a byte with an offset. It is
	// white space behind a value, and refused inside of a string.
	e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(s+"\n"), &raw))
	switch {
	case !ok:
		return fault{}
	case strings.Contains(e.Error(), "max depth"):
		return fault{code: validate.Depth, at: int(e.Offset) - 1}
	}
	return fault{code: validate.JSON, at: int(e.Offset) - 1}
}

// escape matches an escape sequence of JSON. What an unpaired surrogate is
// stands in its group.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}` +
	`|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\(?s:.)`)

// surrogateFault returns the first unpaired surrogate escape. It need not
// know where strings are: a backslash outside of one is a fault before it.
func surrogateFault(s string) fault {
	for _, m := range escape.FindAllStringSubmatchIndex(s, -1) {
		if m[2] >= 0 {
			return fault{code: validate.Surrogate, at: m[2]}
		}
	}
	return fault{}
}

// topFault returns the fault of a text that starts with another value than
// an object, which its first token tells.
func topFault(s string, code validate.Code) fault {
	i := skip(s, 0, "")
	if i < len(s) && s[i] != '{' && startsValue(s[i:]) {
		return fault{code: code, at: i}
	}
	return fault{}
}

// skip returns the offset behind white space and the other bytes given.
func skip(s string, i int, other string) int {
	return len(s) - len(strings.TrimLeft(s[i:], " \t\r\n"+other))
}

var (
	scalarBytes = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?|true|false|null)`)
	scalar      = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$`)
)

// startsValue reports whether s starts with a token that is or starts a
// value.
func startsValue(s string) bool {
	if s == "" || strings.IndexByte(`"[{`, s[0]) >= 0 {
		return s != ""
	}
	if strings.IndexByte("tfn", s[0]) >= 0 {
		return strings.HasPrefix(s, "true") || strings.HasPrefix(s, "false") || strings.HasPrefix(s, "null")
	}
	return scalar.MatchString(scalarBytes.FindString(s))
}

// A schema gives for each known name the bytes with which its value may
// start; a 0 stands for any number.
type schema map[string]string

// A memberReader reads an object by the tokens of encoding/json.Decoder, up
// to the first fault of its members: of a repeated, unknown or mistyped one.
// It also stops at a fault of the text, which jsonFault knows better.
type memberReader struct {
	s      string
	strict bool
	sub    string // the member whose members are read as well
	subs   schema
	dec    *json.Decoder
	list   []member
	fault  fault
}

// A member is a member as it was read; that of an object in an object has
// the outer name and a point before its name in known.
type member struct{ known, name, raw string }

// read returns the members and the first fault of a text.
func (r *memberReader) read(known schema) ([]member, fault) {
	top := topFault(r.s, validate.Type)
	r.dec = json.NewDecoder(strings.NewReader(r.s))
	if top.code == "" {
		r.object("", known)
	}
	return r.list, earliest(jsonFault(r.s), top, r.fault)
}

// object reads an object and reports whether to go on.
func (r *memberReader) object(prefix string, known schema) bool {
	if _, err := r.dec.Token(); err != nil {
		return false
	}
	seen := map[string]bool{}
	for r.dec.More() {
		at := skip(r.s, int(r.dec.InputOffset()), ",")
		token, err := r.dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return false
		}
		want, isKnown := known[name]
		switch {
		case isKnown && seen[name]:
			r.fault = fault{validate.Repeated, at, prefix + name}
			return false
		case jsonFault(r.s[at:r.dec.InputOffset()]).code != "":
			return false // the bytes of a name count before the name does
		case !isKnown && r.strict:
			r.fault = fault{code: validate.Unknown, at: at}
			return false
		}
		if seen[name] = true; !r.member(prefix, name, want) {
			return false
		}
	}
	_, err := r.dec.Token()
	return err == nil
}

// member reads the value of a member that may start with the bytes of want.
func (r *memberReader) member(prefix, name, want string) bool {
	at := skip(r.s, int(r.dec.InputOffset()), ":")
	if at >= len(r.s) {
		return false
	}
	m := member{name: name}
	if want != "" {
		m.known = prefix + name
		if r.fault = kindFault(r.s[at:], want); r.fault.code != "" {
			r.fault.at, r.fault.field = at, m.known
			return false
		}
	}
	if prefix == "" && r.subs != nil && name == r.sub && r.s[at] == '{' {
		m.raw = "{}"
		r.list = append(r.list, m)
		return r.object(name+".", r.subs)
	}
	var raw json.RawMessage
	if r.dec.Decode(&raw) != nil {
		return false
	}
	if m.raw = string(raw); want == "" {
		m.known = prefix // the object whose unknown member it is
	}
	r.list = append(r.list, m)
	return true
}

// kindFault returns the fault of a value that starts with other bytes.
func kindFault(s, want string) fault {
	c := s[0]
	if c == '-' || '0' <= c && c <= '9' {
		c = '0'
	}
	switch {
	case strings.IndexByte(want, c) >= 0 || !startsValue(s):
		return fault{}
	case c == 'n':
		return fault{code: validate.Null}
	}
	return fault{code: validate.Type}
}

// known returns the values of known members, and unknown returns the others
// of an object as name and text.
func known(list []member) map[string]any {
	values := map[string]any{}
	for _, m := range list {
		if m.known != "" && !strings.HasSuffix(m.known, ".") {
			var v any
			if json.Unmarshal([]byte(m.raw), &v) != nil {
				panic("the decoder gave a value that is none")
			}
			values[m.known] = v
		}
	}
	return values
}

func unknownOf(list []member, object string) (others []string) {
	for _, m := range list {
		if m.known == object {
			others = append(others, m.name, m.raw)
		}
	}
	return others
}

// membersOf reads a list of members without the braces around it.
func membersOf(t *testing.T, members string) (others []string) {
	t.Helper()
	r := memberReader{s: "{" + members + "}"}
	list, f := r.read(nil)
	if f.code != "" {
		t.Errorf("Unknown %q: %+v", members, f)
	}
	return unknownOf(list, "")
}

// values decodes an object, numbers to the digit.
func values(t *testing.T, s string) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// htmlUnsafe is what HTMLSafe promises not to write.
const htmlUnsafe = "<>&\u2028\u2029"

// A user as JSON.

var userSchema = schema{
	"sid": `"n`, "account_sid": `"n`, "chat_service_sid": `"n`, "role_sid": `"n`, "identity": `"n`,
	"friendly_name": `"n`, "attributes": `"n`, "date_created": `"n`, "date_updated": `"n`, "url": `"n`,
	"is_online": "tfn", "is_notifiable": "tfn", "links": "{n",
}

var linksSchema = schema{"user_conversations": `"n`}

func FuzzParseUser(f *testing.F) {
	for _, s := range seeds(f, "encode/testdata/user.json") {
		f.Add(s)
	}
	for _, s := range []string{
		"{}", example, `{"x":1,"sid":"a","y" : 2 ,"x":3}`, `{"links":{"user_conversations":null,"a":"<\u2028"}}`,
		`{"is_online":null,"is_notifiable":false,"s\u0069d":""}`, `{"sid":1}`, `{"sid":"","sid":""}`, `[]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := memberReader{s: s, sub: "links", subs: linksSchema}
		list, want := r.read(userSchema)
		u, err := encode.ParseUser(s)
		expectParsed(t, s, err, want)
		if err != nil {
			if u != (user.User{}) {
				t.Errorf("%q: a value beside an error", s)
			}
			return
		}
		sameUser(t, list, &u)
		appendUser(t, s, &u)
		permuted(t, list, &u)
	})
}

// sameUser compares u with the members that encoding/json has read.
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

// put sets a member to nil where it is null, and to a plain string or bool
// where it has a value.
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

// appendUser writes u, which was read from s, and reads it again.
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

// permuted writes the members of an object in reverse, those of links in
// order, and has the parser read them: a parser that guesses which member
// comes next must not depend on it.
func permuted(t *testing.T, list []member, u *user.User) {
	t.Helper()
	var members, links []string
	for _, m := range list {
		name, err := json.Marshal(m.name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(name) + ":" + m.raw
		switch {
		case strings.HasPrefix(m.known, "links."):
			links = append(links, text)
		default:
			members = append(members, text)
		}
	}
	slices.Reverse(members)
	for k, m := range members {
		if m == `"links":{}` {
			members[k] = `"links":{` + strings.Join(links, ",") + "}"
		}
	}
	s := "{" + strings.Join(members, ",") + "}"
	back, err := encode.ParseUser(s)
	if err != nil {
		t.Fatalf("permuted: %q: %v", s, err)
	}
	same(t, "permuted", userValues(u), userValues(&back))
	want := membersOf(t, u.Unknown)
	slices.Reverse(want) // pairs of name and text, the wrong way around
	got := membersOf(t, back.Unknown)
	for k := 0; k+1 < len(got); k += 2 {
		got[k], got[k+1] = got[k+1], got[k]
	}
	same(t, "permuted unknown members", want, got)
}

// FuzzAppendUser writes members that the program gave, not a parser.
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
		u.Unknown = strings.Trim(unknown, " \t\r\n") // what a parser leaves out
		u.Links = user.Some(user.Links{Unknown: strings.Trim(links, " \t\r\n")})
		if back, err := encode.ParseUser(string(out[1:])); err != nil || back != u {
			t.Errorf("%q is read back as %+v, %v, want %+v", out, back, err, u)
		}
	})
}

// nested returns so many empty arrays in each other.
func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// areUnknown reports whether s is empty or a list of members none of whose
// names is known, in an object with so many containers around it.
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
	return f.code == "" && len(list) > 0 && jsonFault(around).code == ""
}

// A request as JSON.

var requestSchema = schema{"Identity": `"`, "FriendlyName": `"`, "Attributes": `"`, "RoleSid": `"`}

// A reference is the request as encoding/json reads it. It folds the case of
// names, which matters only for those that are unknown.
type reference struct {
	Identity     string
	FriendlyName *string
	Attributes   *user.Attributes
	RoleSid      *user.RoleSID
}

func (r reference) request() user.CreateRequest {
	return user.CreateRequest{
		Identity:     r.Identity,
		FriendlyName: opt(r.FriendlyName),
		Attributes:   opt(r.Attributes),
		RoleSID:      opt(r.RoleSid),
	}
}

func opt[T user.Value](p *T) user.Opt[T] {
	if p == nil {
		return user.Opt[T]{}
	}
	return user.Some(*p)
}

func FuzzParseRequest(f *testing.F) {
	for _, s := range seeds(f, "encode/testdata/request.json") {
		f.Add(s, false)
		f.Add(s, true)
	}
	for _, s := range []string{"{}", exampleRequest, `{"Identity":null}`, `{"identity":""}`, `{"x":[1],"Identity":"a"}`} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, allowUnknown bool) {
		var opts []encode.Option
		if allowUnknown {
			opts = append(opts, encode.AllowUnknown)
		}
		m := memberReader{s: s, strict: !allowUnknown}
		list, want := m.read(requestSchema)
		r, err := encode.ParseRequest(s, opts...)
		expectParsed(t, s, err, want)
		if err != nil {
			if r != (user.CreateRequest{}) {
				t.Errorf("%q: a value beside an error", s)
			}
			return
		}
		if want := decodeRequest(t, s, list); r != want || r.Clone() != want {
			t.Errorf("%q: %+v, want %+v", s, r, want)
		}
		appendRequest(t, &r)
	})
}

// decodeRequest has encoding/json decode what is known of s.
func decodeRequest(t *testing.T, s string, list []member) user.CreateRequest {
	t.Helper()
	if others := unknownOf(list, ""); others != nil {
		b, err := json.Marshal(known(list)) // without names that it would fold
		if err != nil {
			t.Fatal(err)
		}
		s = string(b)
	}
	var ref reference
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	if err := d.Decode(&ref); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return ref.request()
}

// appendRequest writes r and reads it back.
func appendRequest(t *testing.T, r *user.CreateRequest) {
	t.Helper()
	for _, o := range []encode.Option{0, encode.HTMLSafe} {
		text, err := encode.AppendRequest(nil, r, o)
		if err != nil || !json.Valid(text) {
			t.Fatalf("%+v is written as %q, %v", r, text, err)
		}
		if back, err := encode.ParseRequest(string(text)); err != nil || back != *r {
			t.Errorf("%q is read back as %+v, %v, want %+v", text, back, err, *r)
		}
		if o == encode.HTMLSafe && strings.ContainsAny(string(text), htmlUnsafe) {
			t.Errorf("not HTML-safe: %q", text)
		}
	}
}

// Forms.

var requestNames = []string{"Identity", "FriendlyName", "Attributes", "RoleSid"}

func FuzzParseForm(f *testing.F) {
	for _, s := range seeds(f, "encode/testdata/form.json") {
		f.Add(s, false)
		f.Add(s, true)
	}
	for _, s := range []string{
		"", exampleForm, "Identity", "&&Identity=&", "Identity=a;b", "Identity=%4", "Identity=%C3", "FriendlyName=%C3\xa9",
		"Identity=a&%49dentity=b", "identity=a", "Attributes[a]=1", "x=%zz", "%C3%A9=\xff", "Identity=%C3&=%A9", "Identity=%89",
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, allowUnknown bool) {
		var opts []encode.Option
		if allowUnknown {
			opts = append(opts, encode.AllowUnknown)
		}
		r, err := encode.ParseForm(s, opts...)
		want := formFault(s, allowUnknown)
		if want.code == validate.Unknown { // the field is a guess at what was meant
			want.field = ""
		}
		expectParsed(t, s, err, want)
		if err != nil {
			if r != (user.CreateRequest{}) {
				t.Errorf("%q: a value beside an error", s)
			}
			return
		}
		parsedForm(t, s, &r)
		if r.Clone() != r {
			t.Errorf("the clone differs: %+v, %+v", r.Clone(), r)
		}
	})
}

// parsedForm compares r with what net/url reads, and writes it.
func parsedForm(t *testing.T, s string, r *user.CreateRequest) {
	t.Helper()
	all, err := url.ParseQuery(s)
	if err != nil {
		t.Fatalf("%q: accepted, and net/url says: %v", s, err)
	}
	want := url.Values{}
	for _, name := range requestNames {
		if all.Has(name) {
			want[name] = all[name]
		}
	}
	got := formValues(r)
	if r.Identity == "" && want.Has("Identity") {
		got.Set("Identity", "") // empty means missing
	}
	same(t, "values", want, got)
	form, err := encode.AppendForm(nil, r)
	if back, errBack := encode.ParseForm(string(form)); err != nil || errBack != nil || back != *r {
		t.Errorf("%q is written as %q, %v, and read back as %+v, %v", s, form, err, back, errBack)
	}
}

// formValues returns the members of r that are not absent.
func formValues(r *user.CreateRequest) url.Values {
	v := url.Values{}
	if r.Identity != "" {
		v.Set("Identity", r.Identity)
	}
	if s, ok := r.FriendlyName.Get(); ok {
		v.Set("FriendlyName", s)
	}
	if s, ok := r.Attributes.Get(); ok {
		v.Set("Attributes", string(s))
	}
	if s, ok := r.RoleSID.Get(); ok {
		v.Set("RoleSid", string(s))
	}
	return v
}

// formFault returns the first fault of a form, pair by pair: of the bytes of
// a name, of the name, of the bytes of the value. Unlike the WHATWG's parser
// and, in part, net/url, it refuses a bad %, a raw semicolon, what is not
// UTF-8 once unescaped, and repeated names.
func formFault(s string, allowUnknown bool) fault {
	seen, at := map[string]bool{}, 0
	for pair := range strings.SplitSeq(s, "&") {
		start := at
		if at += len(pair) + 1; pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, f := formUnescape(rawName)
		f.at += start
		known := slices.Contains(requestNames, name)
		switch {
		case f.code != "":
			return f
		case known && seen[name]:
			return fault{validate.Repeated, start, name}
		case !known && !allowUnknown:
			return fault{code: validate.Unknown, at: start}
		}
		seen[name] = true
		if _, f = formUnescape(rawValue); f.code != "" {
			if f.at += start + len(rawName) + 1; known {
				f.field = name
			}
			return f
		}
	}
	return fault{}
}

// formUnescape returns what raw stands for, or its first fault: a byte that
// cannot be there, or else an invalid sequence that starts before it.
func formUnescape(raw string) (string, fault) {
	var text []byte
	var from []int // the offset in raw of each byte of text
	var f fault
	for i := 0; i < len(raw) && f.code == ""; i++ {
		c, start := raw[i], i
		switch c {
		case ';':
			f = fault{code: validate.Semicolon, at: i}
			continue
		case '+':
			c = ' '
		case '%':
			digits := len(raw[i+1:]) - len(strings.TrimLeft(raw[i+1:], "0123456789abcdefABCDEF"))
			if digits < 2 {
				f = fault{code: validate.Percent, at: i + 1 + digits}
				continue
			}
			n, _ := strconv.ParseUint(raw[i+1:i+3], 16, 8)
			c, i = byte(n), i+2
		}
		text, from = append(text, c), append(from, start)
	}
	if i := validUTF8(string(text)); i < len(text) {
		return "", fault{code: validate.UTF8, at: from[i]}
	}
	return string(text), f
}

func FuzzAppendForm(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/text.json", "validate/testdata/advice.json") {
		f.Add(s, "", s, s, byte(7))
	}
	f.Add("a", "b c", "{}", "~*-._+%&=;", byte(7))
	f.Add("", "\xff", "", "", byte(1))
	f.Add("", "\xff", "", "", byte(6))
	f.Add("", "", "", "\xff", byte(4))
	f.Fuzz(func(t *testing.T, identity, friendlyName, attributes, role string, present byte) {
		r := user.CreateRequest{Identity: identity}
		if present&1 != 0 {
			r.FriendlyName = user.Some(friendlyName)
		}
		if present&2 != 0 {
			r.Attributes = user.Some(user.Attributes(attributes))
		}
		if present&4 != 0 {
			r.RoleSID = user.Some(user.RoleSID(role))
		}
		form, err := encode.AppendForm([]byte("x"), &r)
		want, code := wantForm(&r)
		got, _ := faultOf(t, err)
		if string(form) != "x"+want || got.code != code {
			t.Fatalf("got %q, %v, want %q", form, err, want)
		}
		if err == nil {
			parsedForm(t, want, &r)
			appendRequest(t, &r)
		}
	})
}

// likeWHATWG turns what url.QueryEscape writes into what the serializer of
// the WHATWG writes: the two differ in ~ and *.
var likeWHATWG = strings.NewReplacer("~", "%7E", "%2A", "*")

// wantForm returns the form that r is, or the code of why it is none.
func wantForm(r *user.CreateRequest) (string, validate.Code) {
	var pairs []string
	v := formValues(r)
	for _, name := range requestNames {
		if !v.Has(name) {
			continue
		}
		if !utf8.ValidString(v.Get(name)) {
			return "", validate.UTF8
		}
		pairs = append(pairs, name+"="+likeWHATWG.Replace(url.QueryEscape(v.Get(name))))
	}
	return strings.Join(pairs, "&"), ""
}

// Dates and addresses.

// completed reports whether one of the ends makes a valid text of s.
func completed(s string, valid func(string) bool, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return valid(s + end) })
}

func FuzzDateTime(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/datetime.json") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.DateTime(s)
		if (err == nil) != isDateTime(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil {
			return
		}
		got, _ := faultOf(t, err)
		if got.code != validate.Date || got.at < 0 || got.at > len(s) {
			t.Fatalf("%q: %+v", s, got)
		}
		// That a second 60 is not the last of a day in UTC shows only at the
		// end, and is said there.
		if len(s) > 18 && s[17:19] == "60" && got.at > 18 {
			return
		}
		if !completed(s[:got.at], isDateTime, dateEnds(got.at)) {
			t.Errorf("%q: byte %d, and nothing completes what is before it", s, got.at)
		}
		if got.at < len(s) && completed(s[:got.at+1], isDateTime, dateEnds(got.at+1)) {
			t.Errorf("%q: byte %d can be there", s, got.at)
		}
	})
}

var dateTime = regexp.MustCompile(
	`^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$`)

// isDateTime reads by the grammar of RFC 3339 section 5.6 and leaves the
// ranges to time.Parse, which knows no second 60. The rule for that one is
// section 5.7's: it is the last of a day in UTC, so the second before it is
// 23:59:59 there.
func isDateTime(s string) bool {
	m := dateTime.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	leap := m[3] == "60"
	if leap {
		m[3] = "59"
	}
	at, err := time.Parse(time.RFC3339, m[1]+"T"+m[2]+":"+m[3]+m[4]+strings.ToUpper(m[5]))
	if err != nil {
		return false
	}
	at = at.UTC()
	return !leap || at.Hour() == 23 && at.Minute() == 59
}

// dateEnds returns the ends from an offset on of some date-times: the days
// are such that each start of a month or day has its end among them.
func dateEnds(at int) (ends []string) {
	for _, date := range []string{"0000-01-01", "0000-10-10"} {
		for _, zone := range []string{"Z", "+00:00", "+10:00"} {
			if s := date + "T00:00:00" + zone; at <= len(s) {
				ends = append(ends, s[at:])
			}
		}
	}
	// A fraction shifts the zone, and a second 6 wants the last minute.
	ends = append(ends, "", "0", "Z", "0Z", ":00", "0:00", "00:00", "00")
	for minute := range 24 * 60 {
		if at == 18 {
			ends = append(ends, fmt.Sprintf("0+%02d:%02d", minute/60, minute%60))
		}
	}
	return ends
}

func FuzzURI(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/uri.json") {
		f.Add(s)
	}
	for _, s := range []string{
		"a:b|", "a://h:1x", "a://u:p%4", "a://[1:2:3:4:5::192.0.2.1]",
		"a://[::1:2:3:4:5:192.0.2.1]", "a://[::1:2:3:4:5:6:7]", "a://[1::2::3]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.URI(s)
		if (err == nil) != isURI(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil {
			if u, err := url.Parse(s); (err != nil || !u.IsAbs()) && !urlRefuses(s) {
				t.Errorf("%q: accepted, and net/url says: %v", s, err)
			}
			return
		}
		got, _ := faultOf(t, err)
		if got.code != validate.Address || got.at < 0 || got.at > len(s) {
			t.Fatalf("%q: %+v", s, got)
		}
		if !completed(s[:got.at], isURI, uriEnds) {
			t.Errorf("%q: byte %d, and nothing completes what is before it", s, got.at)
		}
		if got.at < len(s) && completed(s[:got.at+1], isURI, uriEnds[len(userEnds):]) {
			t.Errorf("%q: byte %d can be there", s, got.at)
		}
	})
}

// uriPattern returns the collected ABNF of RFC 3986 appendix A for a URI.
func uriPattern() string {
	const (
		pct   = `%[0-9A-Fa-f]{2}`
		plain = `A-Za-z0-9\-._~!$&'()*+,;=` // unreserved and sub-delims
		pchar = `(?:[` + plain + `:@]|` + pct + `)`
		query = `(?:[` + plain + `:@/?]|` + pct + `)*`
		octet = `(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
		ipv4  = octet + `(?:\.` + octet + `){3}`
		h16   = `[0-9A-Fa-f]{1,4}`
		ls32  = `(?:` + h16 + `:` + h16 + `|` + ipv4 + `)`
	)
	ipv6 := []string{`(?:` + h16 + `:){6}` + ls32, `::(?:` + h16 + `:){5}` + ls32}
	for before := range 5 { // groups before the ::, one more than this at most
		ipv6 = append(ipv6, fmt.Sprintf(`(?:(?:%s:){0,%d}%s)?::(?:%s:){%d}%s`, h16, before, h16, h16, 4-before, ls32))
	}
	ipv6 = append(ipv6,
		`(?:(?:`+h16+`:){0,5}`+h16+`)?::`+h16,
		`(?:(?:`+h16+`:){0,6}`+h16+`)?::`)
	later := `[vV][0-9A-Fa-f]+\.[` + plain + `:]+`
	host := `(?:\[(?:` + strings.Join(ipv6, "|") + `|` + later + `)\]|(?:[` + plain + `]|` + pct + `)*)`
	authority := `(?:(?:[` + plain + `:]|` + pct + `)*@)?` + host + `(?::[0-9]*)?`
	path := `(?://` + authority + `(?:/` + pchar + `*)*|/(?:` + pchar + `+(?:/` + pchar + `*)*)?|` + pchar + `+(?:/` + pchar + `*)*|)`
	return `^[A-Za-z][A-Za-z0-9+.\-]*:` + path + `(?:\?` + query + `)?(?:#` + query + `)?$`
}

var uri = regexp.MustCompile(uriPattern())

func isURI(s string) bool { return uri.MatchString(s) }

// urlRefuses names what RFC 3986 allows and net/url does not take: an
// address of a later version in brackets, and a percent-encoded byte of
// ASCII in a host, which it leaves to non-ASCII bytes.
func urlRefuses(s string) bool {
	return laterAddress.MatchString(s) || escapedHost.MatchString(s)
}

var (
	laterAddress = regexp.MustCompile(`^[^:/?#]+://(?:[^/?#]*@)?\[[vV]`)
	escapedHost  = regexp.MustCompile(`^[^:/?#]+://(?:[^/?#]*@)?[^/?#]*%[0-7]`)
)

// userEnds make a user of what looks like a host and a port. Whether one is
// there shows only at its @: a fault of a port counts where there is none,
// although an @ behind it would have made it part of a user.
var userEnds = []string{"@", "0@", "00@"}

// uriEnds are what may complete the start of a URI: of a scheme, a user, a %
// or an address in brackets. The last may lack up to eight groups or four octets.
var uriEnds = func() []string {
	ends := append(slices.Clone(userEnds), "", ":", "a:", "0", "00", "]", "::]", ":]", ".a]", "0.a]", "a]")
	for n := range 9 {
		for _, start := range []string{"", "0"} {
			ends = append(ends, start+strings.Repeat(":0", n)+"]", start+strings.Repeat(".0", n)+"]")
		}
	}
	return ends
}()

// Advice.

func FuzzAdvise(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/advice.json", "validate/testdata/attributes.json") {
		f.Add(s, s, s)
	}
	f.Add("a", "b", `{"a":"\ud55c"}`)
	f.Add("a", "b", `{"a":"\u00e9\/\n\u000a","\u0061":9007199254740993,"b":[1e400,{"a":1}]}`)
	f.Fuzz(func(t *testing.T, identity, friendlyName, attributes string) {
		r := user.CreateRequest{
			Identity:     identity,
			FriendlyName: user.Some(friendlyName),
			Attributes:   user.Some(user.Attributes(attributes)),
		}
		fields := map[string]string{"Identity": identity, "FriendlyName": friendlyName, "Attributes": attributes}
		got := map[string][]validate.Code{}
		for _, a := range r.Advise() {
			if value, ok := fields[a.Field]; !ok || a.Offset < 0 || a.Offset >= len(value) || a.Source == "" {
				t.Errorf("%+v, of %d bytes", a, len(value))
			}
			got[a.Field] = append(got[a.Field], a.Code)
		}
		for field, want := range map[string]map[validate.Code]bool{
			"Identity":     nameAdvice(identity, true),
			"FriendlyName": nameAdvice(friendlyName, false),
			"Attributes":   attributesAdvice(attributes),
		} {
			adviceIs(t, field, fields[field], want, got[field])
		}
	})
}

// adviceIs compares codes, each of which may come once.
func adviceIs(t *testing.T, field, value string, want map[validate.Code]bool, got []validate.Code) {
	t.Helper()
	codes := map[validate.Code]bool{}
	for _, c := range got {
		codes[c] = true
	}
	if len(codes) != len(got) {
		t.Errorf("%s: a code twice: %v", field, got)
	}
	for _, c := range adviceCodes {
		if want[c] != codes[c] {
			t.Errorf("%s %q: %s: got %v, want %v", field, value, c, codes[c], want[c])
		}
	}
}

var adviceCodes = []validate.Code{
	validate.Long, validate.Reserved, validate.SIDShaped, validate.Character, validate.ControlChar, validate.Bidi,
	validate.RepeatedName, validate.BigInteger, validate.Overflow, validate.NeedlessEsc,
}

var userSID = regexp.MustCompile(`^US[0-9a-f]{32}$`)

func nameAdvice(s string, identity bool) map[validate.Code]bool {
	return map[validate.Code]bool{
		validate.Long:        utf8.RuneCountInString(s) > 256,
		validate.Reserved:    identity && slices.Contains([]string{"system", "private", "unique"}, s),
		validate.SIDShaped:   identity && userSID.MatchString(s),
		validate.Character:   strings.ContainsAny(s, "!*'();:@&=+$,/?%#[]"),
		validate.ControlChar: strings.ContainsFunc(s, unicode.IsControl),
		validate.Bidi:        strings.ContainsFunc(s, isBidi),
	}
}

func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// attributesAdvice returns what encoding/json's tokens say of a text.
func attributesAdvice(s string) map[validate.Code]bool {
	if earliest(jsonFault(s), topFault(s, validate.Object)).code != "" {
		return nil
	}
	want := map[validate.Code]bool{validate.Long: len(s) > 16_384}
	// Escaped lines and columns are what long text has: no advice on those.
	s = escape.ReplaceAllStringFunc(s, func(e string) string {
		switch e {
		case `\n`, `\r`, `\t`:
			return "-"
		}
		if needless(e) {
			want[validate.NeedlessEsc] = true
		}
		return e
	})
	tokenAdvice(s, want)
	return want
}

// needless reports whether an escape sequence stands for printable text
// that needs none.
func needless(e string) bool {
	var text string
	if e == `\/` {
		return true
	}
	if !strings.HasPrefix(e, `\u`) || json.Unmarshal([]byte(`"`+e+`"`), &text) != nil {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsControl(r) && !isBidi(r) && r != '"' && r != '\\'
}

// tokenAdvice adds what the names, strings and numbers of a text say.
func tokenAdvice(s string, want map[validate.Code]bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var open []map[string]bool // the names of each open object, nil for an array
	isName := false
	for {
		token, err := d.Token()
		if err != nil {
			return // the text is valid, so this is its end
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			isName = len(open) > 0 && open[len(open)-1] != nil
			continue
		case json.Number:
			numberAdvice(string(v), want)
		case string:
			want[validate.ControlChar] = want[validate.ControlChar] || strings.ContainsFunc(v, unicode.IsControl)
			want[validate.Bidi] = want[validate.Bidi] || strings.ContainsFunc(v, isBidi)
			if isName {
				names := open[len(open)-1]
				want[validate.RepeatedName] = want[validate.RepeatedName] || names[v]
				names[v], isName = true, false
				continue
			}
		}
		isName = len(open) > 0 && open[len(open)-1] != nil
	}
}

func numberAdvice(text string, want map[validate.Code]bool) {
	if n, ok := new(big.Int).SetString(text, 10); ok && n.CmpAbs(big.NewInt(1<<53)) > 0 {
		want[validate.BigInteger] = true
	}
	var f float64
	if json.Unmarshal([]byte(text), &f) != nil {
		want[validate.Overflow] = true
	}
}

// Error answers.

var errorSchema = schema{
	"code": anyKind, "message": anyKind, "more_info": anyKind, "title": anyKind, "type": anyKind, "detail": anyKind,
	"instance": anyKind, "details": anyKind, "params": anyKind, "errors": anyKind, "userError": anyKind,
}

const anyKind = `"{[tfn0`

func FuzzParseError(f *testing.F) {
	for _, s := range []string{
		"", "<html>", `{"code":50201,"message":"User exists","more_info":"https://a/50201","status":409}`,
		`{"type":"https://a","title":"t","detail":"d","instance":"i","code":"020001","errors":[{"a":1}]}`,
		`{"code":1e3,"message":null,"title":"\u00e9","httpStatusCode":400,"params":{},"userError":true}`,
		`{"code":1234567890,"message":1,"details":{},"userError":null}`,
	} {
		f.Add(409, "application/json", s)
	}
	for _, s := range seeds(f, "encode/testdata/apierror.json") {
		f.Add(400, "application/problem+json", s)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		e := encode.ParseError(status, contentType, body)
		want := user.APIError{Status: status, ContentType: contentType, Body: body}
		r := memberReader{s: body}
		if list, f := r.read(errorSchema); f.code == "" {
			setError(&want, list)
		}
		if *e != want {
			t.Fatalf("%q, -want +got:\n%s", body, cmp.Diff(&want, e))
		}
		appendError(t, e)
	})
}

var shortCode = regexp.MustCompile(`^(?:[0-9]{1,9}|"[0-9]{1,9}")$`)

// setError sets what the members say.
func setError(e *user.APIError, list []member) {
	raw := map[string]string{}
	for _, m := range list {
		if m.known != "" {
			raw[m.known] = m.raw
		}
	}
	text := func(names ...string) (s string) {
		for _, name := range names {
			if s == "" && strings.HasPrefix(raw[name], `"`) {
				_ = json.Unmarshal([]byte(raw[name]), &s) // a string that was read before
			}
		}
		return s
	}
	if shortCode.MatchString(raw["code"]) {
		e.Code, _ = strconv.Atoi(strings.Trim(raw["code"], `"`))
	}
	e.Message, e.MoreInfo = text("message", "title"), text("more_info", "type")
	e.Detail, e.Instance = text("detail"), text("instance")
	for _, name := range []string{"errors", "params", "details"} {
		if strings.HasPrefix(raw[name], "[") || strings.HasPrefix(raw[name], "{") {
			e.Extra = raw[name]
		}
	}
	switch raw["userError"] {
	case "true", "false":
		e.UserError = user.Some(raw["userError"] == "true")
	case "null":
		e.UserError = user.Null[bool]()
	}
}

// appendError writes e in the legacy envelope and reads that.
func appendError(t *testing.T, e *user.APIError) {
	t.Helper()
	out, err := encode.AppendError(nil, e)
	if err != nil || !json.Valid(out) || !bytes.HasPrefix(out, []byte(`{"code":`)) {
		t.Fatalf("%+v is written as %q, %v", e, out, err)
	}
	back := encode.ParseError(e.Status, "", string(out))
	want := user.APIError{Status: e.Status, Code: e.Code, Message: e.Message, MoreInfo: e.MoreInfo, Body: string(out)}
	if *back != want {
		t.Errorf("%q is read back as %+v", out, back)
	}
}
