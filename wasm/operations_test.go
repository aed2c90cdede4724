package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const (
	goodAttributes = `{ "duty": "tech" }`
	goodRole       = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// A client calls a session as the loader does: out of one buffer, and with the
// words of a kind asked for once.
type client struct {
	tb      testing.TB
	session session
	buffer  []byte
	lengths []int32
	known   []words // by the number of their kind
}

// words are what the operation kind tells.
type words struct {
	field, code, want, message, basis, hint, found string
	server                                         int32
}

// An issue is one as JavaScript is told of it.
type issue struct {
	field, code, want string
	offset            int32
	hint              string // and what was found, behind a space
}

func (w words) hinted() string { return hinted(validate.Hint(w.hint), w.found) }

func hinted(h validate.Hint, found string) string { return strings.TrimSpace(string(h) + " " + found) }

// A reply is the answer to a call, taken out of the session's memory.
type reply struct {
	issues  []issue
	inBody  bool
	numbers []int32 // those behind the issues
	text    string
}

// call does an operation. A part is a text, or an int32 that crosses as it is.
func (c *client) call(o op, flags int32, parts ...any) reply {
	c.tb.Helper()
	c.write(parts)
	c.session.lengths, c.session.texts = c.lengths, c.texts()
	c.session.run(o, flags)
	return c.read()
}

// texts returns the buffer as the session sees it: the memory itself.
func (c *client) texts() string { return unsafe.String(unsafe.SliceData(c.buffer), len(c.buffer)) }

// validate does what the export of this name does.
func (c *client) validate(parts [requestMembers]any) reply {
	c.tb.Helper()
	c.write(parts[:])
	l := c.lengths
	validateTexts(&c.session, c.texts(), l[0], l[1], l[2], l[3], l[4])
	return c.read()
}

func validateTexts(m *session, texts string, l0, l1, l2, l3, hook int32) {
	if m.reset(); !m.isValid(texts, l0, l1, l2, l3, hook) {
		m.explain(texts, l0, l1, l2, l3, hook)
	}
}

// write fills the buffer.
func (c *client) write(parts []any) {
	c.buffer, c.lengths = c.buffer[:0], c.lengths[:0]
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			c.buffer = append(c.buffer, p...)
			c.lengths = append(c.lengths, int32(len(p)))
		case int32:
			c.lengths = append(c.lengths, p)
		default:
			c.tb.Fatalf("a part of the type %T", p)
		}
	}
}

// read takes the answer, and spoils the buffer: a session that kept any of it
// would tell so in the words of its kinds.
func (c *client) read() reply {
	c.tb.Helper()
	m := &c.session
	r := reply{inBody: m.inBody, text: string(m.text)}
	numbers, n := slices.Clone(m.numbers), 2*m.issues
	if m.json {
		n = 0 // they stand in the text
	}
	if n > len(numbers) {
		c.tb.Fatalf("%d issues in %d numbers", m.issues, len(numbers))
	}
	for i := range c.buffer {
		c.buffer[i] = '#'
	}
	for i := 0; i < n; i += 2 {
		w := c.words(numbers[i])
		r.issues = append(r.issues, issue{w.field, w.code, w.want, numbers[i+1], w.hinted()})
	}
	r.numbers = append(r.numbers, numbers[n:]...) // nil where there are none
	return r
}

// words returns those of a kind.
func (c *client) words(number int32) words {
	c.tb.Helper()
	if number < 0 || int(number) >= int(c.session.kinds.count) {
		c.tb.Fatalf("the kind %d of %d", number, int(c.session.kinds.count))
	}
	for n := int32(len(c.known)); n <= number; n++ {
		c.known = append(c.known, c.describe(n))
	}
	return c.known[number]
}

// describe asks for the words of a kind.
func (c *client) describe(number int32) words {
	c.tb.Helper()
	c.session.lengths, c.session.texts = []int32{number}, ""
	c.session.run(opKind, 0)
	r := newReader(c.tb, reply{numbers: c.session.numbers, text: string(c.session.text)})
	w := words{r.text(), r.text(), r.text(), r.text(), r.text(), r.text(), r.text(), r.number()}
	r.end()
	return w
}

// A reader takes the values of an answer one after the other, by their
// lengths in UTF-16 code units, as JavaScript counts them.
type reader struct {
	tb      testing.TB
	numbers []int32
	units   []uint16
}

func newReader(tb testing.TB, r reply) *reader {
	tb.Helper()
	if !utf8.ValidString(r.text) {
		tb.Fatalf("the text %q is not UTF-8", r.text)
	}
	return &reader{tb, r.numbers, utf16.Encode([]rune(r.text))}
}

func (r *reader) number() int32 {
	r.tb.Helper()
	if len(r.numbers) == 0 {
		r.tb.Fatal("a number is missing")
	}
	n := r.numbers[0]
	r.numbers = r.numbers[1:]
	return n
}

// take takes n code units of the text.
func (r *reader) take(n int32) string {
	r.tb.Helper()
	if n < 0 || int(n) > len(r.units) {
		r.tb.Fatalf("the length %d with %d code units left", n, len(r.units))
	}
	s := string(utf16.Decode(r.units[:n]))
	r.units = r.units[n:]
	return s
}

func (r *reader) text() string {
	r.tb.Helper()
	return r.take(r.number())
}

// end fails where something is left.
func (r *reader) end() {
	r.tb.Helper()
	if len(r.numbers) != 0 || len(r.units) != 0 {
		r.tb.Fatalf("%v and %q are left", r.numbers, string(utf16.Decode(r.units)))
	}
}

// nextOpt takes a member that is a text, null or absent.
func nextOpt[T interface {
	user.Value
	~string
}](r *reader) user.Opt[T] {
	r.tb.Helper()
	switch n := r.number(); n {
	case absent:
		return user.Opt[T]{}
	case null:
		return user.Null[T]()
	default:
		return user.Some(T(r.take(n)))
	}
}

// nextBool takes a member that is true, false, null or absent.
func (r *reader) nextBool() (o user.Opt[bool]) {
	r.tb.Helper()
	switch n := r.number(); n {
	case isTrue:
		return user.Some(true)
	case isFalse:
		return user.Some(false)
	case null:
		return user.Null[bool]()
	case absent:
	default:
		r.tb.Fatalf("%d for a boolean", n)
	}
	return o
}

// request returns the request of an answer.
func (r reply) request(tb testing.TB) (q user.CreateRequest) {
	tb.Helper()
	n := newReader(tb, r)
	id := nextOpt[string](n)
	q.Identity = id.Or("")
	if id == user.Some("") {
		tb.Error("an Identity that is empty is not absent")
	}
	q.FriendlyName = nextOpt[string](n)
	q.Attributes = nextOpt[user.Attributes](n)
	q.RoleSID = nextOpt[user.RoleSID](n)
	n.end()
	return q
}

// A person is a user whose members that are not known stand apart.
type person struct {
	user           user.User
	unknown, links [][2]string
}

// person returns the user of an answer.
func (r reply) person(tb testing.TB) (p person) {
	tb.Helper()
	n := newReader(tb, r)
	p = n.person()
	n.end()
	return p
}

func (n *reader) person() (p person) {
	u := &p.user
	u.SID = nextOpt[user.UserSID](n)
	u.AccountSID = nextOpt[user.AccountSID](n)
	u.ChatServiceSID = nextOpt[user.ChatServiceSID](n)
	u.RoleSID = nextOpt[user.RoleSID](n)
	u.Identity = nextOpt[string](n)
	u.FriendlyName = nextOpt[string](n)
	u.Attributes = nextOpt[user.Attributes](n)
	u.IsOnline, u.IsNotifiable = n.nextBool(), n.nextBool()
	u.DateCreated = nextOpt[user.DateTime](n)
	u.DateUpdated = nextOpt[user.DateTime](n)
	u.URL = nextOpt[string](n)
	u.Links, p.links = n.nextLinks()
	p.unknown = n.nextUnknown()
	return p
}

func (r *reader) nextLinks() (o user.Opt[user.Links], unknown [][2]string) {
	r.tb.Helper()
	switch n := r.number(); n {
	case absent:
		return o, nil
	case null:
		return user.Null[user.Links](), nil
	case here:
	default:
		r.tb.Fatalf("%d for links", n)
	}
	o = user.Some(user.Links{UserConversations: nextOpt[string](r)})
	return o, r.nextUnknown()
}

func (r *reader) nextUnknown() (list [][2]string) {
	r.tb.Helper()
	for range r.number() {
		name := r.text()
		list = append(list, [2]string{name, r.text()})
	}
	return list
}

// personOf returns a user of the core in the same way; encoding/json takes
// the members that are not known apart.
func personOf(tb testing.TB, u user.User) person {
	tb.Helper()
	p := person{user: u, unknown: membersOf(tb, u.Unknown)}
	if l, ok := u.Links.Get(); ok {
		p.links = membersOf(tb, l.Unknown)
		l.Unknown = ""
		p.user.Links = user.Some(l)
	}
	p.user.Unknown = ""
	return p
}

func membersOf(tb testing.TB, s string) (list [][2]string) {
	tb.Helper()
	d := json.NewDecoder(strings.NewReader("{" + s + "}"))
	_, err := d.Token()
	for err == nil && d.More() {
		var name json.Token
		var text json.RawMessage
		if name, err = d.Token(); err == nil {
			err = d.Decode(&text)
		}
		list = append(list, [2]string{fmt.Sprint(name), string(text)})
	}
	if err != nil {
		tb.Fatalf("%q: %v", s, err)
	}
	return list
}

// apiError returns the error of an answer. What the loader has at hand does
// not cross back.
func (r reply) apiError(tb testing.TB) (e user.APIError, class string) {
	tb.Helper()
	n := newReader(tb, r)
	e, class = n.apiError()
	n.end()
	return e, class
}

func (n *reader) apiError() (e user.APIError, class string) {
	e.Code = int(n.number())
	e.Message, e.MoreInfo, e.Detail, e.Instance, e.Extra = n.text(), n.text(), n.text(), n.text(), n.text()
	class = n.text()
	e.Reason = validate.Code(n.text())
	e.UserError = n.nextBool()
	return e, class
}

// answer returns what was read of a whole answer: a user or else an error.
func (r reply) answer(tb testing.TB) (created bool, p person, e user.APIError, class string) {
	tb.Helper()
	n := newReader(tb, r)
	switch state := n.number(); state {
	case isTrue:
		created, p = true, n.person()
	case isFalse:
		e, class = n.apiError()
	default:
		tb.Errorf("an answer begins with %d", state)
	}
	n.end()
	return created, p, e, class
}

// diff compares.
func diff(tb testing.TB, what string, want, got any) {
	tb.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(issue{}, reply{}, words{}, person{})); d != "" {
		tb.Errorf("%s: -want +got:\n%s", what, d)
	}
}

// members returns the parts of a request that has the named ones, and is
// absent otherwise.
func members(given map[int]any) (parts [requestMembers]any) {
	for i := range parts {
		parts[i] = absent
		if p, ok := given[i]; ok {
			parts[i] = p
		}
	}
	return parts
}

// memberCases are all states of every member, and texts that are good and bad,
// each with the one issue that it has; the zero issue is none.
var memberCases = [requestMembers][]struct {
	part any
	want issue
}{
	identity: {
		{"admin", issue{}},
		{"\ufeff\u00e9\U0001f600\x00", issue{}},
		{"", issue{"Identity", "required", "", -1, ""}},
		{absent, issue{"Identity", "required", "", -1, ""}},
		{null, issue{"Identity", "null", "", -1, ""}},
		{mistyped, issue{"Identity", "type", "string", -1, ""}},
		{object, issue{"Identity", "type", "string", -1, ""}},
		{isTrue, issue{"Identity", "type", "string", -1, ""}},
		{isFalse, issue{"Identity", "type", "string", -1, ""}},
		{"a\xed\xa0\x80", issue{"Identity", "utf8", "", 1, ""}}, // what the loader makes of a lone surrogate
	},
	friendlyName: {
		{"name", issue{}},
		{"", issue{}},
		{absent, issue{}},
		{null, issue{"FriendlyName", "null", "", -1, ""}},
		{mistyped, issue{"FriendlyName", "type", "string", -1, ""}},
		{object, issue{"FriendlyName", "type", "string", -1, ""}},
		{isTrue, issue{"FriendlyName", "type", "string", -1, ""}},
		{isFalse, issue{"FriendlyName", "type", "string", -1, ""}},
		{"\u00e9\xff", issue{"FriendlyName", "utf8", "", 2, ""}},
	},
	attributes: {
		{goodAttributes, issue{}},
		{absent, issue{}},
		{null, issue{"Attributes", "null", "", -1, ""}},
		{mistyped, issue{"Attributes", "type", "string", -1, ""}},
		{object, issue{"Attributes", "type", "string", -1, "not_stringified"}},
		{isTrue, issue{"Attributes", "type", "string", -1, ""}},
		{isFalse, issue{"Attributes", "type", "string", -1, ""}},
		{"", issue{"Attributes", "json", "value", 0, "single_value"}},
		{" []", issue{"Attributes", "object", "", 1, "array_for_object"}},
		{`{"a":}`, issue{"Attributes", "json", "value", 5, ""}},
	},
	roleSID: {
		{goodRole, issue{}},
		{absent, issue{}},
		{null, issue{"RoleSid", "null", "", -1, ""}},
		{mistyped, issue{"RoleSid", "type", "string", -1, ""}},
		{object, issue{"RoleSid", "type", "string", -1, ""}},
		{isTrue, issue{"RoleSid", "type", "string", -1, ""}},
		{isFalse, issue{"RoleSid", "type", "string", -1, ""}},
		{"", issue{"RoleSid", "length", "34", 0, ""}},
		{"ACaa", issue{"RoleSid", "prefix", "RL", 0, ""}},
		{"RLxyz", issue{"RoleSid", "hex", "", 2, ""}},
	},
	webhook: {
		{isTrue, issue{}},
		{isFalse, issue{}},
		{absent, issue{}},
		{null, issue{"X-Twilio-Webhook-Enabled", "null", "", -1, ""}},
		{mistyped, issue{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}},
		{object, issue{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}},
	},
}

// TestMembers puts every state into every member of a request that is good
// otherwise, through each operation that checks one.
func TestMembers(t *testing.T) {
	c := &client{tb: t}
	for i, cases := range memberCases {
		for _, m := range cases {
			parts := members(map[int]any{identity: "a"})
			parts[i] = m.part
			what, want := fmt.Sprintf("%s %#v", requestKeys[i], m.part), reply{issues: issuesOf(m.want)}
			diff(t, what, want, c.call(opValidateRequest, 0, parts[:]...))
			diff(t, what+" through the fast export", want, c.validate(parts))
			for _, o := range []op{opEncodeForm, opEncodeRequest} {
				r := c.call(o, 0, parts[:]...)
				if (r.text == "") != (want.issues != nil) {
					t.Errorf("%s: operation %d: the text %q beside %v", what, o, r.text, want.issues)
				}
				r.text = ""
				diff(t, what, want, r)
			}
		}
	}
	text := members(map[int]any{identity: "a", webhook: "true"})
	diff(t, "a text for the header", reply{issues: []issue{{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}}}, c.call(opValidateRequest, 0, text[:]...))
}

// TestSharedCharacter: two members that are next to each other in memory are
// two texts, each with a part of a character that is none.
func TestSharedCharacter(t *testing.T) {
	c := &client{tb: t}
	parts := members(map[int]any{identity: "a\xc3", friendlyName: "\xa9"})
	want := reply{issues: []issue{{"Identity", "utf8", "", 1, ""}, {"FriendlyName", "utf8", "", 0, "latin1"}}}
	diff(t, "call", want, c.call(opValidateRequest, 0, parts[:]...))
	diff(t, "validate", want, c.validate(parts))
}

// issuesOf returns those that are one.
func issuesOf(list ...issue) (some []issue) {
	for _, i := range list {
		if i != (issue{}) {
			some = append(some, i)
		}
	}
	return some
}

// TestOrder tries all requests that memberCases can make: each has the issues
// of its members, one behind the other.
func TestOrder(t *testing.T) {
	c := &client{tb: t}
	var parts [requestMembers]any
	var list [requestMembers]issue
	count := 0
	var try func(member int)
	try = func(member int) {
		if member < requestMembers {
			for _, m := range memberCases[member] {
				parts[member], list[member] = m.part, m.want
				try(member + 1)
			}
			return
		}
		count++
		want := issuesOf(list[:]...)
		got, fast := c.call(opValidateRequest, 0, parts[:]...), c.validate(parts)
		if !slices.Equal(want, got.issues) || !slices.Equal(want, fast.issues) {
			t.Fatalf("%#v:\n got %v\nfast %v\nwant %v", parts, got.issues, fast.issues, want)
		}
	}
	try(identity)
	if count != 10*9*10*10*6 {
		t.Errorf("%d requests", count)
	}
}

// TestUnknownNames: they come last, in the words of the parsers.
func TestUnknownNames(t *testing.T) {
	cases := []struct {
		name string
		want issue
	}{
		{"identity", issue{"", "unknown", "Identity", -1, ""}},
		{"role_sid", issue{"", "unknown", "RoleSid", -1, ""}},
		{"FirendlyName", issue{"", "unknown", "FriendlyName", -1, ""}},
		{"Attributes[duty]", issue{"Attributes", "unknown", "", -1, "nested_form"}},
		{"", issue{"", "unknown", "", -1, ""}},
		{"x\"\\\n", issue{"", "unknown", "", -1, ""}},
		{"__proto__", issue{"", "unknown", "", -1, ""}},
		{"\u00e9\U0001f600", issue{"", "unknown", "", -1, ""}},
		{"a\xed\xa0\x80", issue{"", "unknown", "", -1, ""}},
		{strings.Repeat("Identity", 100), issue{"", "unknown", "", -1, ""}},
	}
	parts := []any{null, absent, "[]", absent, mistyped}
	want := []issue{
		{"Identity", "null", "", -1, ""},
		{"Attributes", "object", "", 0, "array_for_object"},
		{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""},
	}
	c := &client{tb: t}
	for _, k := range cases {
		for _, o := range []op{opValidateRequest, opEncodeForm, opEncodeRequest} {
			diff(t, k.name, reply{issues: []issue{k.want}}, c.call(o, 0, "a", absent, absent, absent, absent, k.name))
		}
		parts, want = append(parts, k.name), append(want, k.want)
	}
	diff(t, "all", reply{issues: want}, c.call(opValidateRequest, 0, parts...))
}

// TestEncode: what an operation writes is what the core writes.
func TestEncode(t *testing.T) {
	const html = "</script>&\u2028"
	full := []any{"admin", "name", goodAttributes, goodRole, isTrue}
	cases := []struct {
		name  string
		o     op
		flags int32
		parts []any
		want  string
	}{
		{"form", opEncodeForm, 0, full, "Identity=admin&FriendlyName=name&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&RoleSid=" + goodRole},
		{"form, Identity alone", opEncodeForm, 0, []any{"a b", absent, absent, absent, absent}, "Identity=a+b"},
		{"form, empty is not absent", opEncodeForm, 0, []any{"a", "", absent, absent, isFalse}, "Identity=a&FriendlyName="},
		{"form, more than ASCII", opEncodeForm, 0, []any{"\u00e9\U0001f600\x00", absent, absent, absent, absent}, "Identity=%C3%A9%F0%9F%98%80%00"},
		{"JSON", opEncodeRequest, 0, full, `{"Identity":"admin","FriendlyName":"name","Attributes":"{ \"duty\": \"tech\" }","RoleSid":"` + goodRole + `"}`},
		{"JSON, Identity alone", opEncodeRequest, 0, []any{html, absent, absent, absent, absent}, `{"Identity":"` + html + `"}`},
		{"JSON for HTML", opEncodeRequest, flagHTMLSafe, []any{html, absent, absent, absent, absent}, `{"Identity":"\u003c/script\u003e\u0026\u2028"}`},
		{"other flags", opEncodeRequest, flagAllowUnknown | flagValidate, []any{"<", absent, absent, absent, absent}, `{"Identity":"<"}`},
		{"user", opEncodeUser, 0, []any{`{"z":"<","__proto__": {} ,"links":{"n":[1, 2],"user_conversations":null},"sid":"US"}`},
			`{"sid":"US","links":{"user_conversations":null,"n":[1, 2]},"z":"<","__proto__": {}}`},
		{"user for HTML", opEncodeUser, flagHTMLSafe, []any{`{"identity":"` + html + `","<":1}`}, `{"identity":"\u003c/script\u003e\u0026\u2028","\u003c":1}`},
		{"no member", opEncodeUser, 0, []any{"{}"}, "{}"},
	}
	c := &client{tb: t}
	for _, k := range cases {
		diff(t, k.name, reply{text: k.want}, c.call(k.o, k.flags, k.parts...))
	}
}

// TestFormIsRead: what the browser writes, the server reads as the same
// request.
func TestFormIsRead(t *testing.T) {
	want := user.CreateRequest{
		Identity:     "a&b=\u00fc\x00",
		FriendlyName: user.Some(""),
		Attributes:   user.Some(user.Attributes("{\n}")),
		RoleSID:      user.Some(user.RoleSID(goodRole)),
	}
	c := &client{tb: t}
	parts := []any{want.Identity, "", "{\n}", goodRole, isFalse}
	for o, parse := range map[op]func(string, ...encode.Option) (user.CreateRequest, error){
		opEncodeForm:    encode.ParseForm,
		opEncodeRequest: encode.ParseRequest,
	} {
		got, err := parse(c.call(o, 0, parts...).text)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, "request", want, got)
	}
}

// requestVector is a row of form.json and request.json.
type requestVector struct {
	Name string
	vectors.Text
	AllowUnknown bool
	Value        map[string]string
	Form, JSON   *string
	Fault        vectors.Violation
}

func (v requestVector) flags() int32 {
	if v.AllowUnknown {
		return flagAllowUnknown
	}
	return 0
}

func (v requestVector) request() user.CreateRequest {
	r := user.CreateRequest{Identity: v.Value["Identity"]}
	if s, ok := v.Value["FriendlyName"]; ok {
		r.FriendlyName = user.Some(s)
	}
	if s, ok := v.Value["Attributes"]; ok {
		r.Attributes = user.Some(user.Attributes(s))
	}
	if s, ok := v.Value["RoleSid"]; ok {
		r.RoleSID = user.Some(user.RoleSID(s))
	}
	return r
}

// bodyFault returns the answer of a parser to a body with a fault.
func bodyFault(f vectors.Violation) reply {
	return reply{issues: []issue{{f.Field, string(f.Code), f.Want, int32(f.Offset), hinted(f.Hint, f.Found)}}, inBody: true}
}

// TestParse runs the vectors through the two parsers of a request.
func TestParse(t *testing.T) {
	c := &client{tb: t}
	for table, o := range map[string]op{"form": opParseForm, "request": opParseRequest} {
		for _, v := range vectors.Load[requestVector](t, "encode/testdata/"+table+".json") {
			t.Run(table+"/"+v.Name, func(t *testing.T) {
				c.tb = t
				for _, check := range []int32{0, flagValidate} {
					testParse(t, c, o, check, v)
				}
			})
		}
	}
}

// testParse compares an answer with a vector. Where the values are checked as
// well, they stand beside their issues.
func testParse(t *testing.T, c *client, o op, check int32, v requestVector) {
	t.Helper()
	got := c.call(o, v.flags()|check, v.String())
	if v.Fault.Code != "" {
		diff(t, "answer", bodyFault(v.Fault), got)
		return
	}
	want := v.request()
	diff(t, "request", want, got.request(t))
	var issues []issue
	if check != 0 {
		issues = coreIssues(want.Validate())
	}
	diff(t, "issues", issues, got.issues)
	if got.inBody {
		t.Error("places in the body")
	}
}

// coreIssues returns what an error of the core says.
func coreIssues(err error) (list []issue) {
	for e := range validate.All(err) {
		list = append(list, issue{e.Field, string(e.Code), e.Want, int32(e.Offset), hinted(e.Hint, e.Found)})
	}
	return list
}

// TestParseAndValidate: the places of such issues are in the values.
func TestParseAndValidate(t *testing.T) {
	issues := []issue{
		{"Identity", "required", "", -1, ""},
		{"Attributes", "json", "value", 5, ""},
		{"RoleSid", "hex", "", 2, ""},
	}
	value := user.CreateRequest{
		FriendlyName: user.Some("\u00e9\U0001f600"),
		Attributes:   user.Some(user.Attributes(`{"a":}`)),
		RoleSID:      user.Some(user.RoleSID("RLx")),
	}
	c := &client{tb: t}
	for o, body := range map[op]string{
		opParseForm:    "Identity=&FriendlyName=%C3%A9%F0%9F%98%80&Attributes=%7B%22a%22:}&RoleSid=RLx",
		opParseRequest: `{"Identity":"","FriendlyName":"\u00e9\ud83d\ude00","Attributes":"{\"a\":}","RoleSid":"RLx"}`,
	} {
		got := c.call(o, flagValidate, body)
		diff(t, body, issues, got.issues)
		diff(t, body, value, got.request(t))
		if got.inBody {
			t.Errorf("%s: places in the body", body)
		}
		got = c.call(o, 0, body)
		diff(t, body, []issue(nil), got.issues)
		diff(t, body, value, got.request(t))
	}
}

// userVector is a row of user.json.
type userVector struct {
	Name string
	vectors.Text
	Out, Unknown, LinksUnknown string
	Fault                      vectors.Violation
}

// TestUsers runs the vectors through the three operations on a user.
func TestUsers(t *testing.T) {
	c := &client{tb: t}
	for _, v := range vectors.Load[userVector](t, "encode/testdata/user.json") {
		t.Run(v.Name, func(t *testing.T) {
			c.tb = t
			parsed := c.call(opParseUser, 0, v.String())
			written := c.call(opEncodeUser, 0, v.String())
			checked := c.call(opValidateUser, 0, v.String())
			if v.Fault.Code != "" {
				want := bodyFault(v.Fault)
				diff(t, "parsed", want, parsed)
				want.inBody, want.issues[0].offset = false, -1 // nobody has seen this text
				diff(t, "written", want, written)
				diff(t, "checked", want, checked)
				return
			}
			u, err := encode.ParseUser(v.String())
			if err != nil {
				t.Fatal(err)
			}
			diff(t, "user", personOf(t, u), parsed.person(t))
			diff(t, "written", reply{text: v.Out}, written)
			diff(t, "checked", reply{issues: coreIssues(u.Validate())}, checked)
		})
	}
}

// TestParseUser takes members apart, known and not.
func TestParseUser(t *testing.T) {
	conversations := func(s string) user.Opt[user.Links] {
		return user.Some(user.Links{UserConversations: user.Some(s)})
	}
	for body, want := range map[string]person{
		"{}": {},
		` { "sid" : null , "links":null,"is_online":null}`: {user: user.User{
			SID: user.Null[user.UserSID](), Links: user.Null[user.Links](), IsOnline: user.Null[bool]()}},
		`{"identity":"\u00fc\ud83d\ude00","is_online":false,"is_notifiable":true}`: {user: user.User{
			Identity: user.Some("ü😀"), IsOnline: user.Some(false), IsNotifiable: user.Some(true)}},
		`{"links":{}}`: {user: user.User{Links: user.Some(user.Links{})}},
		"{\"links\":{\"\\u0061\\n\" :\t1 ,\r\n\"user_conversations\":\"u\",\"\": [1 , {\"b\":2}] }}": {
			user:  user.User{Links: conversations("u")},
			links: [][2]string{{"a\n", "1"}, {"", `[1 , {"b":2}]`}}},
		`{"__proto__" : {"a":1},"identity":"a","\ud83d\ude00":"\ud83d\ude00","__proto__":-1.5e3 }`: {
			user:    user.User{Identity: user.Some("a")},
			unknown: [][2]string{{"__proto__", `{"a":1}`}, {"\U0001f600", `"\ud83d\ude00"`}, {"__proto__", "-1.5e3"}}},
		`{"ab\"\\":true,"c":null,"d":"\\\"","links":{"x":false}}`: {
			user:    user.User{Links: user.Some(user.Links{})},
			unknown: [][2]string{{`ab"\`, "true"}, {"c", "null"}, {"d", `"\\\""`}},
			links:   [][2]string{{"x", "false"}}},
	} {
		got := (&client{tb: t}).call(opParseUser, 0, body)
		diff(t, body, reply{}.issues, got.issues)
		diff(t, body, want, got.person(t))
	}
}

// TestDepth: a member that is not known may nest as deep as the parser lets it.
func TestDepth(t *testing.T) {
	deep := strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998)
	c := &client{tb: t}
	got := c.call(opParseUser, 0, `{"links":{"deep":`+deep+`},"deep":[`+deep+`]}`).person(t)
	diff(t, "in links", [][2]string{{"deep", deep}}, got.links)
	diff(t, "beside links", [][2]string{{"deep", "[" + deep + "]"}}, got.unknown)
	fault := c.call(opParseUser, 0, `{"links":{"deep":[`+deep+`]}}`)
	diff(t, "deeper", []issue{{"links", "depth", "", 10_015, ""}}, fault.issues)
}

// TestValidateUser: a fault of a value has its place in the value, one of the
// text that the loader made has none.
func TestValidateUser(t *testing.T) {
	for text, want := range map[string][]issue{
		`{"sid":"US","role_sid":null,"url":"/","links":{"user_conversations":"a b"},"identity":"","date_created":"2019"}`: {
			{"sid", "length", "34", 2, ""},
			{"date_created", "datetime", "dash", 4, ""},
			{"url", "uri", "scheme", 0, ""},
			{"links.user_conversations", "uri", "scheme", 1, ""},
		},
		`{"unknown":{}}`:                     nil,
		`{"sid":1}`:                          {{"sid", "type", "string", -1, ""}},
		`{"sid":"a","sid":"b"}`:              {{"sid", "repeated", "", -1, ""}},
		`{"links":{"user_conversations":1}}`: {{"links.user_conversations", "type", "string", -1, ""}},
		`[]`:                                 {{"", "type", "object", -1, "array_for_object"}},
		`{"identity":"\ud800"}`:              {{"identity", "surrogate", "", -1, ""}},
	} {
		c := &client{tb: t}
		diff(t, text, reply{issues: want}, c.call(opValidateUser, 0, text))
	}
	diff(t, "no text", []issue{{"", "json", "value", -1, "single_value"}}, (&client{tb: t}).call(opEncodeUser, 0, object).issues)
}

// TestParseError runs the vectors, and answers of every class.
func TestParseError(t *testing.T) {
	type vector struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        json.RawMessage
	}
	c := &client{tb: t}
	for _, v := range vectors.Load[vector](t, "encode/testdata/apierror.json") {
		checkError(t, c, v.Status, v.ContentType, v.String())
	}
	for status := 100; status < 600; status++ {
		checkError(t, c, status, "a", `{"code":999999999,"message":"\ud83d\ude00","userError":false,"errors":[ ]}`)
	}
	checkError(t, c, 400, "application/json", `{"code":50201,"userError":null,"detail":"\u00e9"}`)
}

func checkError(t *testing.T, c *client, status int, contentType, body string) {
	t.Helper()
	want := encode.ParseError(status, contentType, body)
	r := c.call(opParseError, 0, int32(status), contentType, body)
	got, class := r.apiError(t)
	got.Status, got.ContentType, got.Body = status, contentType, body
	diff(t, body, *want, got)
	diff(t, body, want.Class().String(), class)
	diff(t, body, reply{}.issues, r.issues)
}

// TestParseResponse runs the vectors, and every status.
func TestParseResponse(t *testing.T) {
	c := &client{tb: t}
	for _, v := range vectors.Load[struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        json.RawMessage
	}](t, "encode/testdata/response.json") {
		checkResponse(t, c.call(opParseResponse, 0, int32(v.Status), v.ContentType, v.String()), v.Status, v.ContentType, v.String())
	}
	for status := 100; status < 600; status++ {
		const body = `{"sid":"US0123456789abcdef0123456789ABCDEF","code":7,"new":[ ],"links":{"x":1}}`
		checkResponse(t, c.call(opParseResponse, 0, int32(status), "a", body), status, "a", body)
	}
}

// checkResponse compares an answer with that of the core.
func checkResponse(t *testing.T, r reply, status int, contentType, body string) {
	t.Helper()
	u, err := encode.ParseResponse(status, contentType, body)
	created, p, got, class := r.answer(t)
	if diff(t, "created", err == nil, created); err == nil {
		diff(t, "user", personOf(t, u), p)
		diff(t, "reply", reply{numbers: r.numbers, text: r.text}, r)
		return
	}
	want := *err.(*user.APIError)
	var issues []issue
	switch {
	case want.Err != nil:
		issues = coreIssues(want.Err)
	case want.Reason != "":
		issues = []issue{{"", string(want.Reason), "", -1, ""}}
	}
	diff(t, "issues", issues, r.issues)
	diff(t, "in a body", want.Err != nil, r.inBody)
	diff(t, "class", want.Class().String(), class)
	want.Err, want.Status, want.ContentType, want.Body = nil, 0, "", ""
	diff(t, "error", want, got)
}

// TestValidateSID runs the vectors, and what is no text.
func TestValidateSID(t *testing.T) {
	type vector struct {
		Name string
		vectors.Text
		vectors.Violation
		Prefix string
	}
	c := &client{tb: t}
	for _, v := range vectors.Load[vector](t, "validate/testdata/sid.json") {
		diff(t, v.Name, reply{issues: coreIssues(v.Violation.Error())}, c.call(opValidateSID, 0, v.Prefix, v.Text.String()))
	}
	for _, prefix := range []string{"AC", "IS", "RL", "US", "AC"} {
		diff(t, prefix, []issue{{"", "prefix", prefix, 0, ""}}, c.call(opValidateSID, 0, prefix, "x").issues)
		checkStates(t, c, opValidateSID, "", prefix)
	}
	for _, prefix := range []any{"", "RLa", "rl", "SM", "\xff", absent, mistyped} {
		diff(t, fmt.Sprint(prefix), []issue{{"", "prefix", "known_prefix", -1, ""}}, c.call(opValidateSID, 0, prefix, goodRole).issues)
	}
}

// TestValidateAttributes runs the vectors, and what is no text.
func TestValidateAttributes(t *testing.T) {
	type vector struct {
		Name string
		vectors.Text
		vectors.Violation
	}
	c := &client{tb: t}
	for _, v := range vectors.Load[vector](t, "validate/testdata/attributes.json") {
		diff(t, v.Name, reply{issues: coreIssues(v.Violation.Error())}, c.call(opValidateAttributes, 0, v.Text.String()))
	}
	checkStates(t, c, opValidateAttributes, "not_stringified")
}

// checkStates puts every state that is no text behind the parts; the issue of
// an object has the hint.
func checkStates(t *testing.T, c *client, o op, hint string, parts ...any) {
	t.Helper()
	for state, want := range map[int32]issue{
		absent:   {"", "required", "", -1, ""},
		null:     {"", "null", "", -1, ""},
		mistyped: {"", "type", "string", -1, ""},
		object:   {"", "type", "string", -1, hint},
		isTrue:   {"", "type", "string", -1, ""},
		isFalse:  {"", "type", "string", -1, ""},
	} {
		diff(t, fmt.Sprint(state), reply{issues: []issue{want}}, c.call(o, 0, append(parts, state)...))
	}
}

// advice returns the words and the places of an answer to opAdviseRequest.
func (c *client) advice(r reply) (list []words, places []int32) {
	c.tb.Helper()
	for n := newReader(c.tb, r); len(n.numbers) > 0; {
		list = append(list, c.words(n.number()))
		places = append(places, n.number())
	}
	return list, places
}

// TestAdvise: each piece has its own words, the server's code and its basis.
func TestAdvise(t *testing.T) {
	c := &client{tb: t}
	r := c.call(opAdviseRequest, 0, "system", strings.Repeat("\u00e9", 257), `{"a":1e999,"b":"\/"}`, "RL", isTrue, "unknown")
	list, places := c.advice(r)
	diff(t, "words", []words{
		{field: "Identity", code: "reserved", message: "reserved by the service; choose another name", basis: "code documented; the names from a sister product", server: 50203},
		{field: "FriendlyName", code: "long", message: "longer than the service is known to take; shorten it", basis: "code documented; the figure for a Conversation's", server: 50003},
		{field: "Attributes", code: "overflow", message: "a number beyond the range of a float64; write it as a string", basis: "RFC 8259 section 6", server: 0},
		{field: "Attributes", code: "escape", message: "an escape that is not needed; raw UTF-8 is safer; write the character itself", basis: "seen, one report", server: 50304},
	}, list)
	diff(t, "places", []int32{0, 512, 5, 16}, places)
	diff(t, "issues", reply{}.issues, r.issues)
}

// TestAdviseTypes: advice needs the types to be right, and nothing else.
func TestAdviseTypes(t *testing.T) {
	c := &client{tb: t}
	for i, cases := range memberCases {
		for _, m := range cases {
			parts := members(map[int]any{identity: "a"})
			parts[i] = m.part
			var want []issue
			if m.want.code == "type" {
				want = []issue{m.want}
			}
			diff(t, fmt.Sprintf("%s %#v", requestKeys[i], m.part), want, c.call(opAdviseRequest, 0, parts[:]...).issues)
		}
	}
	r := c.call(opAdviseRequest, 0, "system", object, object, isTrue, mistyped)
	diff(t, "all at once, and no advice", reply{issues: []issue{
		{"FriendlyName", "type", "string", -1, ""},
		{"Attributes", "type", "string", -1, "not_stringified"},
		{"RoleSid", "type", "string", -1, ""},
		{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""},
	}}, r)
}

// TestAdviceVectors runs the vectors.
func TestAdviceVectors(t *testing.T) {
	type vector struct {
		Name, Field string
		vectors.Text
		Advice []validate.Advice
	}
	c := &client{tb: t}
	for _, v := range vectors.Load[vector](t, "validate/testdata/advice.json") {
		parts := members(map[int]any{slices.Index(requestNames[:], v.Field): v.String()})
		list, places := c.advice(c.call(opAdviseRequest, 0, parts[:]...))
		if len(list) != len(v.Advice) {
			t.Errorf("%s: %v", v.Name, list)
			continue
		}
		for i, a := range v.Advice {
			got := validate.Advice{Code: validate.Code(list[i].code), Offset: int(places[i]), Server: int(list[i].server)}
			diff(t, v.Name, a, got)
		}
	}
}

// TestMessages: the words of an issue have neither its field nor its place,
// which JavaScript gets apart.
func TestMessages(t *testing.T) {
	c := &client{tb: t}
	c.call(opValidateRequest, 0, absent, null, object, "RLx", mistyped, "identity", "Attributes[a]", "x")
	c.call(opParseForm, 0, "FriendlyName=%")
	c.call(opAdviseRequest, 0, "a\x00", absent, absent, absent, absent)
	c.words(c.session.kinds.count - 1)
	diff(t, "words", []words{
		{field: "Identity", code: "required", message: "required"},
		{field: "FriendlyName", code: "null", message: "null is not allowed"},
		{field: "Attributes", code: "type", want: "string", message: "want a JSON string; pass the object as JSON text, as JSON.stringify makes it", hint: "not_stringified"},
		{field: "RoleSid", code: "hex", message: "want a hex digit"},
		{field: "X-Twilio-Webhook-Enabled", code: "type", want: "boolean", message: "want a JSON boolean"},
		{code: "unknown", want: "Identity", message: "unknown name; did you mean Identity?"},
		{field: "Attributes", code: "unknown", message: "unknown name; Attributes is one JSON text, not a nested form", hint: "nested_form"},
		{code: "unknown", message: "unknown name"},
		{field: "FriendlyName", code: "percent", message: "want two hex digits after %"},
		{field: "Identity", code: "control", message: "a control character; remove it", basis: "Unicode general category Cc"},
	}, c.known)
}

// TestKinds: whatever comes in, there are few kinds; a kind keeps its number
// and its words, and no word is out of an input.
func TestKinds(t *testing.T) {
	const secret = "s3cret"
	c := &client{tb: t}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		o, flags, parts := badCall(random, fmt.Sprint(secret, i))
		c.call(o, flags, parts...)
	}
	k := &c.session.kinds
	t.Logf("%d kinds of %d, %d bytes of %d", k.count, len(k.list), k.byteCount, len(k.bytes))
	if n := int(k.count); n < 50 || 2*n > len(k.list) || 2*k.byteCount > len(k.bytes) || 2*k.wordCount > len(k.words) {
		t.Errorf("%d kinds, %d bytes: there is no room for twice as many", n, k.byteCount)
	}
	seen := map[words]bool{}
	for n := range k.count {
		w := c.words(n)
		if seen[w] || c.describe(n) != w || w.code == "" || w.message == "" {
			t.Errorf("the kind %d: %+v, before %v, now %+v", n, w, seen[w], c.describe(n))
		}
		if seen[w] = true; strings.Contains(fmt.Sprint(w), secret) || strings.Contains(fmt.Sprint(w), "##") {
			t.Errorf("the kind %d holds an input: %+v", n, w)
		}
	}
}

// badCall returns a call whose input is most likely at fault, with the text in
// every place where an input can have one.
func badCall(random *rand.Rand, s string) (o op, flags int32, parts []any) {
	junk := func() string { return spoiled(random, s) }
	switch o = 1 + op(random.IntN(int(ops)-1)); o {
	case opValidateRequest, opAdviseRequest, opEncodeForm, opEncodeRequest:
		parts = []any{junk(), junk(), spoiled(random, `{"a":["`+s+`",1e999,-0.5,true,null]}`), spoiled(random, goodRole), null, junk()}
		parts[random.IntN(5)] = -1 - random.Int32N(6)
	case opParseForm:
		parts = []any{spoiled(random, "Identity="+s+"&Attributes=%7B%7D&"+s+"=1&RoleSid="+goodRole)}
	case opParseRequest:
		parts = []any{spoiled(random, `{"Identity":"`+s+`","Attributes":"{}","`+s+`":1,"RoleSid":"`+goodRole+`"}`)}
	case opEncodeUser, opParseUser, opValidateUser:
		parts = []any{spoiled(random, badUser(random, s))}
	case opParseResponse:
		parts = []any{200 + random.Int32N(3), s, spoiled(random, badUser(random, s))}
	case opParseError:
		parts = []any{random.Int32N(600), s, `{"message":"` + s + `","code":"` + s + `"}`}
	case opValidateSID:
		parts = []any{[]string{"AC", "IS", "RL", "US", s, junk()}[random.IntN(6)], junk()}
	case opValidateAttributes:
		parts = []any{spoiled(random, `{"`+s+`":"\u00e9`+s+`"}`)}
	}
	return o, random.Int32N(8), parts
}

// badUser returns a user of which one member is at fault.
func badUser(random *rand.Rand, s string) string {
	name := []string{"sid", "account_sid", "chat_service_sid", "role_sid", "identity", "friendly_name", "attributes",
		"is_online", "is_notifiable", "date_created", "date_updated", "url", "links", s}[random.IntN(14)]
	text := []string{"1", "{}", "true", `"` + s + `"`, `"2019-12-16T22:` + s + `"`, `"https:` + s + `"`, `{"user_conversations":"` + s + `"}`,
		`{"user_conversations":1}`, `{"user_conversations":"","user_conversations":""}`}[random.IntN(9)]
	return `{"` + name + `":` + text + `,"` + s + `":1,"` + name + `":null}`
}

// spoiled returns s with one to three bytes changed, or as it is.
func spoiled(random *rand.Rand, s string) string {
	b := []byte(s)
	for range random.IntN(4) {
		const bytes = "{}[]\",:\\%&=;+ \x00\x1f\xff\xc3\xed.-/?#0aEu"
		b[random.IntN(len(b))] = bytes[random.IntN(len(bytes))]
	}
	return string(b)
}

// TestKindsAreStable: a fault has the same number each time, and another one
// another number, whatever was asked in between.
func TestKindsAreStable(t *testing.T) {
	c := &client{tb: t}
	numbersOf := func(parts ...any) []int32 {
		c.call(opValidateRequest, 0, parts...)
		c.write(parts)
		c.session.lengths, c.session.texts = c.lengths, c.texts()
		c.session.run(opValidateRequest, 0)
		return slices.Clone(c.session.numbers)
	}
	first := numbersOf("", null, absent, absent, absent)
	diff(t, "numbered as they turn up", []int32{0, -1, 1, -1}, first)
	diff(t, "another", []int32{1, -1, 2, 0}, numbersOf("a", null, "[]", absent, absent))
	c.describe(2)
	diff(t, "the first again", first, numbersOf("", null, absent, absent, absent))
}

// TestAnswersDoNotMix: no call sees anything of those before it.
func TestAnswersDoNotMix(t *testing.T) {
	calls := []struct {
		o     op
		flags int32
		parts []any
	}{
		{opParseForm, 0, []any{"Identity=%"}},
		{opParseForm, 0, []any{"Identity=abc&Attributes={}"}},
		{opParseForm, flagValidate, []any{"Identity=abc&RoleSid=x"}},
		{opParseUser, 0, []any{`{"sid":"US","a":1}`}},
		{opParseUser, 0, []any{`{"sid":`}},
		{opValidateRequest, 0, []any{"a", absent, absent, absent, absent}},
		{opValidateRequest, 0, []any{"", absent, absent, absent, absent, "x"}},
		{opEncodeForm, 0, []any{"a", absent, absent, absent, absent}},
		{opAdviseRequest, 0, []any{"system", absent, absent, absent, absent}},
		{opValidateSID, 0, []any{"RL", "AC"}},
		{opValidateAttributes, 0, []any{"{}"}},
		{opParseError, 0, []any{int32(409), "", `{"code":50201}`}},
		{opParseResponse, 0, []any{int32(201), "", `{"sid":"US0123456789abcdef0123456789ABCDEF"}`}},
		{opParseResponse, 0, []any{int32(201), "", `{"code":50201}`}},
		{opEncodeUser, 0, []any{`{"sid":1}`}},
	}
	used := &client{tb: t}
	for _, a := range calls {
		for _, b := range calls {
			used.call(a.o, a.flags, a.parts...)
			got := used.call(b.o, b.flags, b.parts...)
			want := (&client{tb: t}).call(b.o, b.flags, b.parts...)
			if b.o == opAdviseRequest {
				want.numbers[0] = got.numbers[0] // a kind, whose number is the session's own
			}
			diff(t, fmt.Sprintf("%v behind %v", b, a), want, got)
		}
	}
}

// TestIsValid: the short way says yes to every good request, and to no other.
func TestIsValid(t *testing.T) {
	c := &client{tb: t}
	for i, cases := range memberCases {
		for _, m := range cases {
			parts := [requestMembers]any{"é", "😀", goodAttributes, goodRole, isTrue}
			parts[i] = m.part
			c.write(parts[:])
			l := c.lengths
			if got := c.session.isValid(c.texts(), l[0], l[1], l[2], l[3], l[4]); got != (m.want == issue{}) {
				t.Errorf("%s %#v: %v", requestKeys[i], m.part, got)
			}
		}
	}
}

// TestBrokenProtocol: a call that breaks the protocol is a panic, which the
// loader answers with a new instance, and never an answer.
func TestBrokenProtocol(t *testing.T) {
	for name, c := range map[string]struct {
		o       op
		lengths []int32
		texts   string
	}{
		"an operation too many": {ops, nil, ""},
		"a negative operation":  {-1, nil, ""},
		"a kind that is none":   {opKind, []int32{0}, ""},
		"a negative kind":       {opKind, []int32{-1}, ""},
		"no lengths":            {opValidateRequest, nil, ""},
		"too few lengths":       {opParseError, []int32{400, 0}, ""},
		"a length too long":     {opParseForm, []int32{3}, "ab"},
		"the longest length":    {opParseUser, []int32{1<<31 - 1}, "ab"},
		"two that do not fit":   {opValidateSID, []int32{2, 1}, "RL"},
	} {
		m := session{lengths: c.lengths, texts: c.texts}
		if err := panicOf(func() { m.run(c.o, 0) }); err == nil {
			t.Errorf("%s: an answer", name)
		}
	}
	m := session{}
	if err := panicOf(func() { validateTexts(&m, "ab", 1, 2, absent, absent, absent) }); err == nil {
		t.Error("validate: an answer")
	}
}

// panicOf returns the runtime error with which do panics, nil where it does
// not.
func panicOf(do func()) (err runtime.Error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(runtime.Error)
		}
	}()
	do()
	return nil
}

// TestAllocations: a good request costs none, through either export.
func TestAllocations(t *testing.T) {
	var m session
	lengths := []int32{5, 4, int32(len(goodAttributes)), int32(len(goodRole)), isTrue}
	texts := "admin" + "name" + goodAttributes + goodRole
	for name, do := range map[string]func(){
		"validate":                func() { validateTexts(&m, texts, lengths[0], lengths[1], lengths[2], lengths[3], lengths[4]) },
		"validate, Identity only": func() { validateTexts(&m, "admin", 5, absent, absent, absent, absent) },
		"call": func() {
			m.lengths, m.texts = lengths, texts
			m.run(opValidateRequest, 0)
		},
	} {
		if n := testing.AllocsPerRun(100, do); n != 0 || m.issues != 0 {
			t.Errorf("%s: %v allocations, %d issues", name, n, m.issues)
		}
	}
}
