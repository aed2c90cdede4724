package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const (
	goodAttributes = `{ "duty": "tech" }`
	goodRole       = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// members returns the parts of a request with the given members. The others are
// absent.
func members(given map[int]any) (parts [requestMembers]any) {
	for i := range parts {
		parts[i] = absent
		if p, ok := given[i]; ok {
			parts[i] = p
		}
	}
	return parts
}

type memberCase struct {
	part any
	want issue // the zero issue means a valid member
}

// memberCases are all states of every member, and valid and invalid texts, each
// with its issue.
var memberCases = [requestMembers][]memberCase{
	identity: textCases("Identity", "", []memberCase{
		{"admin", issue{}},
		{"\ufeff\u00e9\U0001f600\x00", issue{}},
		{"", issue{"Identity", "required", "", -1, ""}},
		{absent, issue{"Identity", "required", "", -1, ""}},
		{"a\xed\xa0\x80", issue{"Identity", "utf8", "", 1, ""}}, // what the loader makes of a lone surrogate
	}),
	friendlyName: textCases("FriendlyName", "", []memberCase{
		{"name", issue{}},
		{"", issue{}},
		{absent, issue{}},
		{"\u00e9\xff", issue{"FriendlyName", "utf8", "", 2, ""}},
	}),
	attributes: textCases("Attributes", "not_stringified", []memberCase{
		{goodAttributes, issue{}},
		{absent, issue{}},
		{"", issue{"Attributes", "json", "value", 0, "single_value"}},
		{" []", issue{"Attributes", "object", "", 1, "array_for_object"}},
		{`{"a":}`, issue{"Attributes", "json", "value", 5, ""}},
	}),
	roleSID: textCases("RoleSid", "", []memberCase{
		{goodRole, issue{}},
		{absent, issue{}},
		{"", issue{"RoleSid", "length", "34", 0, ""}},
		{"ACaa", issue{"RoleSid", "prefix", "RL", 0, ""}},
		{"RLxyz", issue{"RoleSid", "hex", "", 2, ""}},
	}),
	webhook: {
		{isTrue, issue{}},
		{isFalse, issue{}},
		{absent, issue{}},
		{null, issue{"X-Twilio-Webhook-Enabled", "null", "", -1, ""}},
		{mistyped, issue{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}},
		{object, issue{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}},
	},
}

// textCases appends the states that no text member may have. The hint is that
// of an object.
func textCases(field, hint string, cases []memberCase) []memberCase {
	return append(cases, []memberCase{
		{null, issue{field, "null", "", -1, ""}},
		{mistyped, issue{field, "type", "string", -1, ""}},
		{object, issue{field, "type", "string", -1, hint}},
		{isTrue, issue{field, "type", "string", -1, ""}},
		{isFalse, issue{field, "type", "string", -1, ""}},
	}...)
}

// A requestCase is a request with one of memberCases.
type requestCase struct {
	parts [requestMembers]any
	want  issue
}

// requestCases returns requests that differ from base in one member.
func requestCases(base [requestMembers]any) (list []requestCase) {
	for i, cases := range memberCases {
		for _, m := range cases {
			k := requestCase{base, m.want}
			k.parts[i] = m.part
			list = append(list, k)
		}
	}
	return list
}

// TestMembers checks requests in which one member has each of its cases, with
// every operation that checks a request.
func TestMembers(t *testing.T) {
	c := &client{tb: t}
	for _, k := range requestCases(members(map[int]any{identity: "a"})) {
		what, want := fmt.Sprintf("%#v", k.parts), reply{issues: issuesOf(k.want)}
		diff(t, what, want, c.call(opValidateRequest, 0, k.parts[:]...))
		diff(t, what+" by the export validate", want, c.validate(k.parts))
		for _, o := range []op{opEncodeForm, opEncodeRequest} {
			r := c.call(o, 0, k.parts[:]...)
			if (r.text == "") != (want.issues != nil) {
				t.Errorf("%s: operation %d: the text %q beside %v", what, o, r.text, want.issues)
			}
			r.text = ""
			diff(t, what, want, r)
		}
	}
	text := members(map[int]any{identity: "a", webhook: "true"})
	diff(t, "a text for the header", reply{issues: []issue{{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""}}}, c.call(opValidateRequest, 0, text[:]...))
}

// TestSharedCharacter: half a character at the end of a member, and the other
// half at the start of the next one in memory, are invalid in both.
func TestSharedCharacter(t *testing.T) {
	c := &client{tb: t}
	parts := members(map[int]any{identity: "a\xc3", friendlyName: "\xa9"})
	want := reply{issues: []issue{{"Identity", "utf8", "", 1, ""}, {"FriendlyName", "utf8", "", 0, "latin1"}}}
	diff(t, "call", want, c.call(opValidateRequest, 0, parts[:]...))
	diff(t, "validate", want, c.validate(parts))
}

// issuesOf returns the issues that are not zero.
func issuesOf(list ...issue) (some []issue) {
	for _, i := range list {
		if i != (issue{}) {
			some = append(some, i)
		}
	}
	return some
}

// TestOrder tries all combinations of memberCases: each request has the issues
// of its members, in order.
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

// TestUnknownNames: their issues come last, and are those of the parsers.
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

// TestRoundTrip: the parsers return the request that was written.
func TestRoundTrip(t *testing.T) {
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

func (v requestVector) request() user.CreateRequest {
	given := map[int]any{}
	for name, text := range v.Value {
		given[slices.Index(requestNames[:], name)] = text
	}
	parts := members(given)
	return requestOf(parts[:])
}

// parserReply returns the answer of a parser that rejects a body.
func parserReply(f vectors.Violation) reply {
	return reply{issues: []issue{{f.Field, string(f.Code), f.Want, int32(f.Offset), hinted(f.Hint, f.Found)}}, inBody: true}
}

// TestParse runs the vectors through the two parsers of a request.
func TestParse(t *testing.T) {
	c := &client{tb: t}
	for table, o := range map[string]op{"form": opParseForm, "request": opParseRequest} {
		for _, v := range vectors.Load[requestVector](t, "encode/testdata/"+table+".json") {
			t.Run(table+"/"+v.Name, func(t *testing.T) {
				c.tb = t
				testParse(t, c, o, 0, v)
				testParse(t, c, o, flagValidate, v)
			})
		}
	}
}

// testParse compares an answer with a vector. With the flag validate the answer
// has the value and its issues.
func testParse(t *testing.T, c *client, o op, flags int32, v requestVector) {
	t.Helper()
	if v.AllowUnknown {
		flags |= flagAllowUnknown
	}
	got := c.call(o, flags, v.String())
	if v.Fault.Code != "" {
		diff(t, "answer", parserReply(v.Fault), got)
		return
	}
	want := v.request()
	diff(t, "request", want, got.request(t))
	var issues []issue
	if flags&flagValidate != 0 {
		issues = coreIssues(want.Validate())
	}
	diff(t, "issues", issues, got.issues)
	if got.inBody {
		t.Error("offsets in the body")
	}
}

// coreIssues returns the issues of an error of the library.
func coreIssues(err error) (list []issue) {
	for e := range validate.All(err) {
		list = append(list, issue{e.Field, string(e.Code), e.Want, int32(e.Offset), hinted(e.Hint, e.Found)})
	}
	return list
}

// TestParseAndValidate: the offsets of issues are in the values.
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
			t.Errorf("%s: offsets in the body", body)
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
				want := parserReply(v.Fault)
				diff(t, "parsed", want, parsed)
				want.inBody, want.issues[0].offset = false, -1 // the loader has made this text
				diff(t, "written", want, written)
				diff(t, "checked", want, checked)
				return
			}
			u, err := encode.ParseUser(v.String())
			if err != nil {
				t.Fatal(err)
			}
			diff(t, "user", newParsedUser(t, u), parsed.user(t))
			diff(t, "written", reply{text: v.Out}, written)
			diff(t, "checked", reply{issues: coreIssues(u.Validate())}, checked)
		})
	}
}

func TestParseUser(t *testing.T) {
	conversations := func(s string) user.Opt[user.Links] {
		return user.Some(user.Links{UserConversations: user.Some(s)})
	}
	for body, want := range map[string]parsedUser{
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
		diff(t, body, want, got.user(t))
	}
}

// TestDepth: an unknown member may nest as deep as the parser allows.
func TestDepth(t *testing.T) {
	deep := strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998)
	c := &client{tb: t}
	got := c.call(opParseUser, 0, `{"links":{"deep":`+deep+`},"deep":[`+deep+`]}`).user(t)
	diff(t, "in links", [][2]string{{"deep", deep}}, got.links)
	diff(t, "beside links", [][2]string{{"deep", "[" + deep + "]"}}, got.unknown)
	deeper := c.call(opParseUser, 0, `{"links":{"deep":[`+deep+`]}}`)
	diff(t, "deeper", []issue{{"links", "depth", "", 10_015, ""}}, deeper.issues)
}

// TestValidateUser: the offset of an issue is in the value, or -1 if the issue is
// in the text, which the loader has made.
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

// TestParseError runs the vectors, and every status.
func TestParseError(t *testing.T) {
	c := checkAnswers(t, "encode/testdata/apierror.json", opParseError, checkError,
		`{"code":999999999,"message":"\ud83d\ude00","userError":false,"errors":[ ]}`)
	const body = `{"code":50201,"userError":null,"detail":"\u00e9"}`
	checkError(t, c.call(opParseError, 0, int32(400), "application/json", body), 400, "application/json", body)
}

// TestParseResponse runs the vectors, and every status.
func TestParseResponse(t *testing.T) {
	checkAnswers(t, "encode/testdata/response.json", opParseResponse, checkResponse,
		`{"sid":"US0123456789abcdef0123456789ABCDEF","code":7,"new":[ ],"links":{"x":1}}`)
}

// checkAnswers runs an operation on the answers of a table, and on a body with
// every status.
func checkAnswers(t *testing.T, table string, o op, check func(t *testing.T, r reply, status int, contentType, body string), body string) *client {
	t.Helper()
	c := &client{tb: t}
	for _, v := range vectors.Load[struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        json.RawMessage
	}](t, table) {
		check(t, c.call(o, 0, int32(v.Status), v.ContentType, v.String()), v.Status, v.ContentType, v.String())
	}
	for status := 100; status < 600; status++ {
		check(t, c.call(o, 0, int32(status), "a", body), status, "a", body)
	}
	return c
}

// checkError compares an answer to opParseError with that of the library.
func checkError(t *testing.T, r reply, status int, contentType, body string) {
	t.Helper()
	want := encode.ParseError(status, contentType, body)
	got, class := r.apiError(t)
	got.Status, got.ContentType, got.Body = status, contentType, body
	diff(t, body, *want, got)
	diff(t, body, want.Class().String(), class)
	diff(t, body, reply{}.issues, r.issues)
}

// checkResponse compares an answer to opParseResponse with that of the library.
func checkResponse(t *testing.T, r reply, status int, contentType, body string) {
	t.Helper()
	u, err := encode.ParseResponse(status, contentType, body)
	created, p, got, class := r.response(t)
	if diff(t, "created", err == nil, created); err == nil {
		diff(t, "user", newParsedUser(t, u), p)
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

// TestValidateSID runs the vectors, and values that are not texts.
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

// TestValidateAttributes runs the vectors, and values that are not texts.
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

// checkStates appends to the parts each state of a value that is not a text. The
// hint is that of an object.
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

func TestAdvise(t *testing.T) {
	c := &client{tb: t}
	r := c.call(opAdviseRequest, 0, "system", strings.Repeat("\u00e9", 257), `{"a":1e999,"b":"\/"}`, "RL", isTrue, "unknown")
	list, offsets := c.advice(r)
	diff(t, "kinds", []description{
		{field: "Identity", code: "reserved", message: "reserved by the service; choose another name", basis: "code documented; the names from a sister product", server: 50203},
		{field: "FriendlyName", code: "long", message: "longer than the service is known to take; shorten it", basis: "code documented; the figure for a Conversation's", server: 50003},
		{field: "Attributes", code: "overflow", message: "a number beyond the range of a float64; write it as a string", basis: "RFC 8259 section 6", server: 0},
		{field: "Attributes", code: "escape", message: "an escape that is not needed; raw UTF-8 is safer; write the character itself", basis: "seen, one report", server: 50304},
	}, list)
	diff(t, "offsets", []int32{0, 512, 5, 16}, offsets)
	diff(t, "issues", reply{}.issues, r.issues)
}

// TestAdviseTypes: the request must have the right types, but need not be valid.
func TestAdviseTypes(t *testing.T) {
	c := &client{tb: t}
	for _, k := range requestCases(members(map[int]any{identity: "a"})) {
		var want []issue
		if k.want.code == "type" {
			want = []issue{k.want}
		}
		diff(t, fmt.Sprintf("%#v", k.parts), want, c.call(opAdviseRequest, 0, k.parts[:]...).issues)
	}
	r := c.call(opAdviseRequest, 0, "system", object, object, isTrue, mistyped)
	diff(t, "all at once, and no advice", reply{issues: []issue{
		{"FriendlyName", "type", "string", -1, ""},
		{"Attributes", "type", "string", -1, "not_stringified"},
		{"RoleSid", "type", "string", -1, ""},
		{"X-Twilio-Webhook-Enabled", "type", "boolean", -1, ""},
	}}, r)
}

func TestAdviceVectors(t *testing.T) {
	type vector struct {
		Name, Field string
		vectors.Text
		Advice []validate.Advice
	}
	c := &client{tb: t}
	for _, v := range vectors.Load[vector](t, "validate/testdata/advice.json") {
		parts := members(map[int]any{slices.Index(requestNames[:], v.Field): v.String()})
		list, offsets := c.advice(c.call(opAdviseRequest, 0, parts[:]...))
		if len(list) != len(v.Advice) {
			t.Errorf("%s: %v", v.Name, list)
			continue
		}
		for i, a := range v.Advice {
			got := validate.Advice{Code: validate.Code(list[i].code), Offset: int(offsets[i]), Server: int(list[i].server)}
			diff(t, v.Name, a, got)
		}
	}
}

// TestMessages: a message has neither the field nor the offset.
func TestMessages(t *testing.T) {
	c := &client{tb: t}
	c.call(opValidateRequest, 0, absent, null, object, "RLx", mistyped, "identity", "Attributes[a]", "x")
	c.call(opParseForm, 0, "FriendlyName=%")
	c.call(opAdviseRequest, 0, "a\x00", absent, absent, absent, absent)
	c.kind(c.session.kinds.count - 1)
	diff(t, "kinds", []description{
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
	}, c.kinds)
}

// TestKinds: there are few kinds whatever the input, a kind keeps its number and
// its description, and none contains any of an input.
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
	seen := map[description]bool{}
	for n := range k.count {
		d := c.kind(n)
		if seen[d] || c.fetchKind(n) != d || d.code == "" || d.message == "" {
			t.Errorf("the kind %d: %+v, before %v, now %+v", n, d, seen[d], c.fetchKind(n))
		}
		if seen[d] = true; strings.Contains(fmt.Sprint(d), secret) || strings.Contains(fmt.Sprint(d), "##") {
			t.Errorf("the kind %d contains an input: %+v", n, d)
		}
	}
}

// badCall returns a call whose input is probably invalid, with the text wherever
// an input can have one.
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

// badUser returns a user with an invalid member.
func badUser(random *rand.Rand, s string) string {
	name := []string{"sid", "account_sid", "chat_service_sid", "role_sid", "identity", "friendly_name", "attributes",
		"is_online", "is_notifiable", "date_created", "date_updated", "url", "links", s}[random.IntN(14)]
	text := []string{"1", "{}", "true", `"` + s + `"`, `"2019-12-16T22:` + s + `"`, `"https:` + s + `"`, `{"user_conversations":"` + s + `"}`,
		`{"user_conversations":1}`, `{"user_conversations":"","user_conversations":""}`}[random.IntN(9)]
	return `{"` + name + `":` + text + `,"` + s + `":1,"` + name + `":null}`
}

// spoiled returns s with up to three bytes changed.
func spoiled(random *rand.Rand, s string) string {
	b := []byte(s)
	for range random.IntN(4) {
		const bytes = "{}[]\",:\\%&=;+ \x00\x1f\xff\xc3\xed.-/?#0aEu"
		b[random.IntN(len(b))] = bytes[random.IntN(len(bytes))]
	}
	return string(b)
}

// TestKindsAreStable: a kind has the same number each time, and another kind
// another number, whatever the calls in between.
func TestKindsAreStable(t *testing.T) {
	c := &client{tb: t}
	numbersOf := func(parts ...any) []int32 {
		c.call(opValidateRequest, 0, parts...)
		c.run(opValidateRequest, 0, parts)
		return slices.Clone(c.session.numbers)
	}
	first := numbersOf("", null, absent, absent, absent)
	diff(t, "numbered as they occur", []int32{0, -1, 1, -1}, first)
	diff(t, "another", []int32{1, -1, 2, 0}, numbersOf("a", null, "[]", absent, absent))
	c.fetchKind(2)
	diff(t, "the first again", first, numbersOf("", null, absent, absent, absent))
}

// TestAnswersDoNotMix: no answer has anything of the calls before it.
func TestAnswersDoNotMix(t *testing.T) {
	calls := []seed{
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
				want.numbers[0] = got.numbers[0] // the number of a kind, which depends on the session
			}
			diff(t, fmt.Sprintf("%v after %v", b, a), want, got)
		}
	}
}

func TestIsValid(t *testing.T) {
	c := &client{tb: t}
	for _, k := range requestCases([requestMembers]any{"é", "😀", goodAttributes, goodRole, isTrue}) {
		c.write(k.parts[:])
		l := c.lengths
		if got := c.session.isValid(c.texts(), l[0], l[1], l[2], l[3], l[4]); got != (k.want == issue{}) {
			t.Errorf("%#v: %v", k.parts, got)
		}
	}
}

// TestBrokenProtocol: a call that breaks the protocol panics, and the loader makes
// a new instance. It never gets an answer.
func TestBrokenProtocol(t *testing.T) {
	for name, k := range map[string]call{
		"operation too large": {ops, 0, nil, ""},
		"negative operation":  {-1, 0, nil, ""},
		"unknown kind":        {opKind, 0, []int32{0}, ""},
		"negative kind":       {opKind, 0, []int32{-1}, ""},
		"no lengths":          {opValidateRequest, 0, nil, ""},
		"too few lengths":     {opParseError, 0, []int32{400, 0}, ""},
		"length too long":     {opParseForm, 0, []int32{3}, "ab"},
		"longest length":      {opParseUser, 0, []int32{1<<31 - 1}, "ab"},
		"lengths too long":    {opValidateSID, 0, []int32{2, 1}, "RL"},
	} {
		if err := panicOf(func() { runCall(&session{}, k.o, k.flags, k.lengths, k.texts) }); err == nil {
			t.Errorf("%s: an answer", name)
		}
	}
	if err := panicOf(func() { runValidate(&session{}, "ab", []int32{1, 2, absent, absent, absent}) }); err == nil {
		t.Error("validate: an answer")
	}
}

// panicOf returns the runtime error of a panic in do, nil if there is none.
func panicOf(do func()) (err runtime.Error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(runtime.Error)
		}
	}()
	do()
	return nil
}

// TestAllocations: validating a valid request allocates nothing.
func TestAllocations(t *testing.T) {
	var s session
	lengths := []int32{5, 4, int32(len(goodAttributes)), int32(len(goodRole)), isTrue}
	texts := "admin" + "name" + goodAttributes + goodRole
	for name, do := range map[string]func(){
		"validate":                func() { runValidate(&s, texts, lengths) },
		"validate, Identity only": func() { runValidate(&s, "admin", []int32{5, absent, absent, absent, absent}) },
		"call":                    func() { runCall(&s, opValidateRequest, 0, lengths, texts) },
	} {
		if n := testing.AllocsPerRun(100, do); n != 0 || s.issues != 0 {
			t.Errorf("%s: %v allocations, %d issues", name, n, s.issues)
		}
	}
}
