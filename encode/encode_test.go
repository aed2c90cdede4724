package encode_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// requestVector is a row of form.json and request.json.
type requestVector struct {
	Name string
	vectors.Text
	AllowUnknown bool
	Value        map[string]string
	Form, JSON   *string // the value as Append writes it
	Fault        vectors.Violation
}

func (v requestVector) options() []encode.Option {
	if v.AllowUnknown {
		return []encode.Option{encode.AllowUnknown}
	}
	return nil
}

// request returns the vector's value.
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

func TestParseForm(t *testing.T) {
	testParseRequest(t, "form", encode.ParseForm)
}

func TestParseRequest(t *testing.T) {
	testParseRequest(t, "request", encode.ParseRequest)
}

func testParseRequest(t *testing.T, table string, parse func(string, ...encode.Option) (user.CreateRequest, error)) {
	for _, v := range vectors.Load[requestVector](t, "encode/testdata/"+table+".json") {
		t.Run(v.Name, func(t *testing.T) {
			got, err := parse(v.String(), v.options()...)
			if diff := cmp.Diff(v.Fault.Error(), err); diff != "" {
				t.Errorf("error, -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(v.request(), got); diff != "" {
				t.Errorf("request, -want +got:\n%s", diff)
			}
		})
	}
}

// TestAppendRequests writes the value of every vector in both formats, after a
// lead that must stay, and reads it back.
func TestAppendRequests(t *testing.T) {
	rows := append(vectors.Load[requestVector](t, "encode/testdata/form.json"),
		vectors.Load[requestVector](t, "encode/testdata/request.json")...)
	for _, v := range rows {
		if v.Fault.Code != "" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			r := v.request()
			form := roundTrip(t, r, func(b []byte) ([]byte, error) { return encode.AppendForm(b, &r) }, encode.ParseForm)
			if v.Form != nil && form != *v.Form {
				t.Errorf("form %s, want %s", form, *v.Form)
			}
			text := roundTrip(t, r, func(b []byte) ([]byte, error) { return encode.AppendRequest(b, &r) }, encode.ParseRequest)
			if v.JSON != nil && text != *v.JSON {
				t.Errorf("JSON %s, want %s", text, *v.JSON)
			}
			roundTrip(t, r, func(b []byte) ([]byte, error) { return encode.AppendRequest(b, &r, encode.HTMLSafe) }, encode.ParseRequest)
		})
	}
}

// roundTrip returns what write appends, and checks that it reads back equal.
func roundTrip[T any](t *testing.T, v T, write func([]byte) ([]byte, error), parse func(string, ...encode.Option) (T, error)) string {
	t.Helper()
	const lead = "lead&{"
	b, err := write([]byte(lead))
	if err != nil || string(b[:len(lead)]) != lead {
		t.Fatalf("append: %v, behind the lead %q", err, b[:min(len(lead), len(b))])
	}
	text := string(b[len(lead):])
	got, err := parse(text)
	if err != nil {
		t.Fatalf("parse of %q: %v", text, err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("round trip of %q, -want +got:\n%s", text, diff)
	}
	return text
}

func TestAppendErrors(t *testing.T) {
	sid := user.Some(user.RoleSID("RL\xff"))
	requests := []struct {
		r    user.CreateRequest
		want validate.Error
	}{
		{user.CreateRequest{Identity: "a\xff"}, validate.Error{Field: "Identity", Code: validate.CodeUTF8, Offset: 1}},
		{user.CreateRequest{Identity: "a\xff", FriendlyName: user.Some("\xff")}, validate.Error{Field: "Identity", Code: validate.CodeUTF8, Offset: 1}},
		{user.CreateRequest{FriendlyName: user.Null[string]()}, validate.Error{Field: "FriendlyName", Code: validate.CodeNull, Offset: -1}},
		{user.CreateRequest{Attributes: user.Null[user.Attributes]()}, validate.Error{Field: "Attributes", Code: validate.CodeNull, Offset: -1}},
		{user.CreateRequest{Attributes: user.Some(user.Attributes("{\x81"))}, validate.Error{Field: "Attributes", Code: validate.CodeUTF8, Offset: 1}},
		{user.CreateRequest{Identity: "a", RoleSID: sid}, validate.Error{Field: "RoleSid", Code: validate.CodeUTF8, Offset: 2}},
		{user.CreateRequest{Identity: "a", RoleSID: user.Null[user.RoleSID]()}, validate.Error{Field: "RoleSid", Code: validate.CodeNull, Offset: -1}},
	}
	for _, c := range requests {
		b, err := encode.AppendForm([]byte("lead"), &c.r)
		checkAppendError(t, "form", b, err, &c.want)
		b, err = encode.AppendRequest([]byte("lead"), &c.r)
		checkAppendError(t, "JSON", b, err, &c.want)
	}
	users := []struct {
		u    user.User
		want validate.Error
	}{
		{user.User{SID: user.Some(user.UserSID("\xc3"))}, validate.Error{Field: "sid", Code: validate.CodeUTF8, Offset: 0}},
		{user.User{FriendlyName: user.Some("ab\xc3(")}, validate.Error{Field: "friendly_name", Code: validate.CodeUTF8, Offset: 2}},
		{user.User{Links: user.Some(user.Links{UserConversations: user.Some("\xff")})}, validate.Error{Field: "links.user_conversations", Code: validate.CodeUTF8, Offset: 0}},
		{user.User{Links: user.Some(user.Links{Unknown: "x"})}, validate.Error{Field: "links.Unknown", Code: validate.CodeJSON, Offset: 0, Want: "name"}},
		{user.User{Links: user.Some(user.Links{Unknown: `"a":1,`})}, validate.Error{Field: "links.Unknown", Code: validate.CodeJSON, Offset: 6, Want: "name"}},
		{user.User{Links: user.Some(user.Links{Unknown: `"user_conversations":1`})}, validate.Error{Field: "links.Unknown", Code: validate.CodeRepeated, Offset: 0}},
		{user.User{Unknown: `"a":1}`}, validate.Error{Field: "Unknown", Code: validate.CodeJSON, Offset: 5, Want: "comma_or_brace"}},
		{user.User{Unknown: `"a":1,`}, validate.Error{Field: "Unknown", Code: validate.CodeJSON, Offset: 6, Want: "name"}},
		{user.User{Unknown: `"a":1,"s\u0069d":2`}, validate.Error{Field: "Unknown", Code: validate.CodeRepeated, Offset: 6}},
		{user.User{Unknown: `"a":"\ud800"`}, validate.Error{Field: "Unknown", Code: validate.CodeSurrogate, Offset: 5}},
		{user.User{Unknown: " "}, validate.Error{Field: "Unknown", Code: validate.CodeJSON, Offset: 1, Want: "name"}},
	}
	for _, c := range users {
		b, err := encode.AppendUser([]byte("lead"), &c.u)
		checkAppendError(t, "user", b, err, &c.want)
	}
	for field, e := range map[string]*user.APIError{"message": {Message: "a\xff"}, "more_info": {MoreInfo: "a\xff"}} {
		b, err := encode.AppendError([]byte("lead"), e)
		checkAppendError(t, "error", b, err, &validate.Error{Field: field, Code: validate.CodeUTF8, Offset: 1})
	}
}

func checkAppendError(t *testing.T, name string, b []byte, err error, want *validate.Error) {
	t.Helper()
	if string(b) != "lead" {
		t.Errorf("%s, %v: the buffer became %q", name, want, b)
	}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("%s, -want +got:\n%s", name, diff)
	}
}

type userVector struct {
	Name string
	vectors.Text
	Out, Unknown, LinksUnknown string
	Fault                      vectors.Violation
}

func TestParseUser(t *testing.T) {
	for _, v := range vectors.Load[userVector](t, "encode/testdata/user.json") {
		t.Run(v.Name, func(t *testing.T) {
			u, err := encode.ParseUser(v.String())
			if diff := cmp.Diff(v.Fault.Error(), err); diff != "" {
				t.Errorf("error, -want +got:\n%s", diff)
			}
			if err != nil {
				if diff := cmp.Diff(user.User{}, u); diff != "" {
					t.Errorf("a user beside an error, -want +got:\n%s", diff)
				}
				return
			}
			if u.Unknown != v.Unknown || u.Links.Or(user.Links{}).Unknown != v.LinksUnknown {
				t.Errorf("unknown %q, in links %q", u.Unknown, u.Links.Or(user.Links{}).Unknown)
			}
			out := roundTrip(t, u, func(b []byte) ([]byte, error) { return encode.AppendUser(b, &u) }, parseUser)
			if out != v.Out {
				t.Errorf("wrote %s, want %s", out, v.Out)
			}
		})
	}
}

func TestHTMLSafe(t *testing.T) {
	const text = "</script>&\u2028\u2029\u2027é"
	const want = `\u003c/script\u003e\u0026\u2028\u2029` + "\u2027é"
	u := user.User{
		Identity: user.Some(text),
		Links:    user.Some(user.Links{UserConversations: user.Some("<"), Unknown: `"<":">"`}),
		Unknown:  `"` + text + `":["` + text + `"]`,
	}
	got, err := encode.AppendUser(nil, &u, encode.HTMLSafe)
	if want := `{"links":{"user_conversations":"\u003c","\u003c":"\u003e"},"identity":"` + want + `","` + want + `":["` + want + `"]}`; string(got) != want || err != nil {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	got, err = encode.AppendUser(nil, &u, encode.AllowUnknown)
	if want := `{"links":{"user_conversations":"<","<":">"},"identity":"` + text + `","` + text + `":["` + text + `"]}`; string(got) != want || err != nil {
		t.Errorf("without the option: got %s, %v\nwant %s", got, err, want)
	}
}

// TestUnknownBetween: unknown members before, between and behind all known ones.
func TestUnknownBetween(t *testing.T) {
	text, want := `{"x":0`, `"x":0`
	for k, m := range user.UserMembers() {
		unknown := fmt.Sprintf(`"x%d":%d`, k, k)
		text += `,"` + m.Name + `":null,` + unknown
		want += "," + unknown
	}
	u, err := encode.ParseUser(text + "}")
	if err != nil || u.Unknown != want {
		t.Errorf("%v, %s", err, u.Unknown)
	}
}

// TestHTMLSafeRequest: HTMLSafe escapes, and AllowUnknown changes nothing.
func TestHTMLSafeRequest(t *testing.T) {
	r := user.CreateRequest{Identity: "<"}
	for want, opts := range map[string][]encode.Option{
		`{"Identity":"<"}`: {encode.AllowUnknown}, `{"Identity":"\u003c"}`: {encode.AllowUnknown, encode.HTMLSafe},
	} {
		if got, err := encode.AppendRequest(nil, &r, opts...); string(got) != want || err != nil {
			t.Errorf("%v: %s, %v", opts, got, err)
		}
		slices.Reverse(opts)
		if got, err := encode.AppendRequest(nil, &r, opts...); string(got) != want || err != nil {
			t.Errorf("%v: %s, %v", opts, got, err)
		}
	}
}

func TestParseError(t *testing.T) {
	type vector struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        struct {
			Code                                       int
			Message, MoreInfo, Detail, Instance, Extra string
			UserError                                  *bool
		}
	}
	for _, v := range vectors.Load[vector](t, "encode/testdata/apierror.json") {
		t.Run(v.Name, func(t *testing.T) {
			want := &user.APIError{
				Status: v.Status, ContentType: v.ContentType, Body: v.String(),
				Code: v.Want.Code, Message: v.Want.Message, MoreInfo: v.Want.MoreInfo,
				Detail: v.Want.Detail, Instance: v.Want.Instance, Extra: v.Want.Extra,
			}
			switch {
			case v.Want.UserError != nil:
				want.UserError = user.Some(*v.Want.UserError)
			case v.Name == "newer, nulls":
				want.UserError = user.Null[bool]()
			}
			if diff := cmp.Diff(want, encode.ParseError(v.Status, v.ContentType, v.String())); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestParseResponse: a user and no error for a 201 with a valid sid, and for
// no other answer.
func TestParseResponse(t *testing.T) {
	type vector struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        struct {
			SID                       user.UserSID // of a success
			Reason                    validate.Code
			Class                     string
			Err                       *vectors.Violation
			Code                      int
			Message, MoreInfo, Detail string
		}
	}
	for _, v := range vectors.Load[vector](t, "encode/testdata/response.json") {
		t.Run(v.Name, func(t *testing.T) {
			u, err := encode.ParseResponse(v.Status, v.ContentType, v.String())
			if v.Want.SID != "" {
				if u.SID != user.Some(v.Want.SID) || err != nil {
					t.Errorf("got %v, %v", u, err)
				}
				return
			}
			want := &user.APIError{
				Status: v.Status, Reason: v.Want.Reason, Code: v.Want.Code, Message: v.Want.Message,
				MoreInfo: v.Want.MoreInfo, ContentType: v.ContentType, Body: v.String(),
			}
			if f := v.Want.Err; f != nil {
				want.Err = f.Error()
				if !errors.Is(err, f.Code) {
					t.Errorf("errors.Is does not find %s in %v", f.Code, err)
				}
			}
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(user.User{}, u); diff != "" {
				t.Errorf("the user beside an error: %s", diff)
			}
			if got := want.Class().String(); got != v.Want.Class {
				t.Errorf("class %q, want %q", got, v.Want.Class)
			}
			if errors.Is(err, validate.Code("")) || v.Want.Reason != "" != errors.Is(err, v.Want.Reason) {
				t.Errorf("errors.Is of %q: %v", v.Want.Reason, err)
			}
		})
	}
}

func TestAppendErrorRoundTrip(t *testing.T) {
	e := &user.APIError{Status: 409, Code: 50201, Message: `User "x" exists`, MoreInfo: "https://www.twilio.com/docs/errors/50201"}
	b, err := encode.AppendError(nil, e)
	if want := `{"code":50201,"message":"User \"x\" exists","more_info":"https://www.twilio.com/docs/errors/50201","status":409}`; string(b) != want || err != nil {
		t.Fatalf("got %s, %v\nwant %s", b, err, want)
	}
	got := encode.ParseError(409, "", string(b))
	got.Body = ""
	if diff := cmp.Diff(e, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
