package fuzz_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// secret is in every input below and must be in no error.
const secret = "s3cret"

func errOf[T any](_ T, err error) error { return err }

// received returns the error of reading an HTTP request that change has changed.
func received(body string, change func(*http.Request), opts ...*httpwire.ReadOptions) error {
	r := httptest.NewRequest(http.MethodPost, "/v1/Users?"+secret, strings.NewReader(body))
	r.Header.Set("Content-Type", httpwire.FormType)
	if change != nil {
		change(r)
	}
	return errOf(httpwire.ReadRequest(r, cmp.Or(opts...)))
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = values }
}

// answered returns the error of reading a response.
func answered(status int, body string, opts ...*httpwire.ReadOptions) error {
	_, _, err := httpwire.ReadResponse(&http.Response{
		StatusCode: status,
		Header:     http.Header{"X-" + secret: {secret}, "Content-Type": {secret}},
		Body:       io.NopCloser(strings.NewReader(body)),
	}, cmp.Or(opts...))
	return err
}

// TestErrors checks every error of every package: its field, code and offset, that
// its text has at most 256 bytes, and that it has nothing of the input.
func TestErrors(t *testing.T) {
	const identity = "Identity=" + secret
	hex := strings.Repeat("a", 32)
	rows := []struct {
		name   string
		err    error
		field  string
		code   validate.Code
		offset int
	}{
		{"sid, empty", validate.SID("RL", ""), "", "length", 0},
		{"sid, prefix", validate.SID("RL", secret), "", "prefix", 0},
		{"sid, hex", validate.SID("RL", "RL"+secret), "", "hex", 2},
		{"sid, short", validate.SID("RL", "RLaaa"), "", "length", 5},
		{"sid, long", validate.SID("RL", "RL"+hex+secret), "", "length", 34},
		{"sid, long prefix", validate.SID(strings.Repeat("P", 1000), secret), "", "prefix", 0},
		{"attributes, empty", validate.Attributes(""), "", "json", 0},
		{"attributes, text", validate.Attributes(secret), "", "json", 0},
		{"attributes, array", validate.Attributes(`["` + secret + `"]`), "", "object", 0},
		{"attributes, cut", validate.Attributes(`{"` + secret), "", "json", 8},
		{"attributes, control", validate.Attributes("{\"" + secret + "\n"), "", "json", 8},
		{"attributes, surrogate", validate.Attributes(`{"` + secret + `\ud800"`), "", "surrogate", 8},
		{"attributes, UTF-8", validate.Attributes(`{"` + secret + "\xff"), "", "utf8", 8},
		{"attributes, depth", validate.Attributes(`{"` + secret + `":` + strings.Repeat("[", 10_000)), "", "depth", 10 + 9_999},
		{"attributes, trailing data", validate.Attributes(`{}` + secret), "", "json", 2},
		{"text", validate.Text(secret + "\xff" + secret), "", "utf8", 6},
		{"date", validate.DateTime("2019-" + secret), "", "datetime", 5},
		{"URI, relative", validate.URI("/" + secret), "", "uri", 0},
		{"URI, space", validate.URI("https://h/" + secret + " "), "", "uri", 16},
		{"header", validate.WebhookEnabled("true" + secret), "", "boolean", 4},
		{"type RoleSID", user.RoleSID("RL" + secret).Validate(), "", "hex", 2},

		{"request, no identity", (&user.CreateRequest{FriendlyName: user.Some(secret)}).Validate(), "Identity", "required", -1},
		{"request, identity", (&user.CreateRequest{Identity: secret + "\xff"}).Validate(), "Identity", "utf8", 6},
		{"request, attributes", (&user.CreateRequest{Identity: secret, Attributes: user.Some(user.Attributes(secret))}).Validate(), "Attributes", "json", 0},
		{"request, role", (&user.CreateRequest{Identity: secret, RoleSID: user.Some(user.RoleSID(secret))}).Validate(), "RoleSid", "prefix", 0},
		{"request, null name", (&user.CreateRequest{Identity: secret, FriendlyName: user.Null[string]()}).Validate(), "FriendlyName", "null", -1},
		{"request, null header", (&user.CreateRequest{Identity: secret, WebhookEnabled: user.Null[bool]()}).Validate(), "X-Twilio-Webhook-Enabled", "null", -1},
		{"user, sid", (&user.User{SID: user.Some(user.UserSID(secret))}).Validate(), "sid", "prefix", 0},
		{"user, date", (&user.User{DateCreated: user.Some(user.DateTime(secret))}).Validate(), "date_created", "datetime", 0},
		{"user, url", (&user.User{URL: user.Some(secret)}).Validate(), "url", "uri", 6},
		{"user, links", (&user.User{Links: user.Some(user.Links{UserConversations: user.Some("a:" + secret + "\n")})}).Validate(), "links.user_conversations", "uri", 8},
		{"Opt, type", new(user.Opt[bool]).UnmarshalJSON([]byte(`"` + secret + `"`)), "", "type", 0},
		{"Opt, text", new(user.Opt[string]).UnmarshalJSON([]byte(secret)), "", "json", 0},
		{"Opt, parameter", new(user.Opt[bool]).UnmarshalParam(secret), "", "boolean", 0},
		{"Opt, links parameter", new(user.Opt[user.Links]).UnmarshalParam(secret), "", "type", -1},
		{"Links, array", new(user.Links).UnmarshalJSON([]byte(`["` + secret + `"]`)), "", "type", 0},

		{"form, percent", errOf(encode.ParseForm(identity + "%" + secret)), "Identity", "percent", 16},
		{"form, semicolon", errOf(encode.ParseForm(identity + ";" + secret)), "Identity", "semicolon", 15},
		{"form, UTF-8", errOf(encode.ParseForm(identity + "%FF")), "Identity", "utf8", 15},
		{"form, repeated", errOf(encode.ParseForm(identity + "&" + identity)), "Identity", "repeated", 16},
		{"form, unknown", errOf(encode.ParseForm(secret + "=1")), "", "unknown", 0},
		{"form, near miss", errOf(encode.ParseForm("identity=" + secret)), "", "unknown", 0},
		{"form, nested", errOf(encode.ParseForm("Attributes[" + secret + "]=1")), "Attributes", "unknown", 0},
		{"form, skipped", errOf(encode.ParseForm(secret+"=%", encode.AllowUnknown)), "", "percent", 8},
		{"JSON request, null", errOf(encode.ParseRequest(`{"Identity":null,"` + secret)), "Identity", "null", 12},
		{"JSON request, type", errOf(encode.ParseRequest(`{"Attributes":{"` + secret + `":1}}`)), "Attributes", "type", 14},
		{"JSON request, unknown", errOf(encode.ParseRequest(`{"` + secret + `":1}`)), "", "unknown", 1},
		{"JSON request, text", errOf(encode.ParseRequest(secret)), "", "json", 0},
		{"JSON request, array", errOf(encode.ParseRequest(`["` + secret + `"]`)), "", "type", 0},
		{"JSON request, escape", errOf(encode.ParseRequest(`{"Identity":"` + secret + `\x"`)), "Identity", "json", 20},
		{"user JSON, cut", errOf(encode.ParseUser(`{"sid":"` + secret)), "sid", "json", 14},
		{"user JSON, type", errOf(encode.ParseUser(`{"is_online":"` + secret + `"}`)), "is_online", "type", 13},
		{"user JSON, repeated", errOf(encode.ParseUser(`{"sid":"` + secret + `","sid":"` + secret + `"}`)), "sid", "repeated", 16},
		{"user JSON, links", errOf(encode.ParseUser(`{"links":{"user_conversations":["` + secret + `"]}}`)), "links.user_conversations", "type", 31},
		{"user JSON, trailing data", errOf(encode.ParseUser(`{}` + secret)), "", "json", 2},
		{"AppendForm, null", errOf(encode.AppendForm(nil, &user.CreateRequest{Identity: secret, RoleSID: user.Null[user.RoleSID]()})), "RoleSid", "null", -1},
		{"AppendForm, UTF-8", errOf(encode.AppendForm(nil, &user.CreateRequest{Identity: secret + "\xff"})), "Identity", "utf8", 6},
		{"AppendRequest, UTF-8", errOf(encode.AppendRequest(nil, &user.CreateRequest{Identity: secret + "\xff"})), "Identity", "utf8", 6},
		{"AppendUser, UTF-8", errOf(encode.AppendUser(nil, &user.User{Identity: user.Some(secret + "\xff")})), "identity", "utf8", 6},
		{"AppendUser, unknown", errOf(encode.AppendUser(nil, &user.User{Unknown: `"` + secret + `"`})), "Unknown", "json", 8},
		{"AppendUser, known", errOf(encode.AppendUser(nil, &user.User{Unknown: `"` + secret + `":1,"sid":2`})), "Unknown", "repeated", 11},
		{"AppendUser, links", errOf(encode.AppendUser(nil, &user.User{Links: user.Some(user.Links{Unknown: secret})})), "links.Unknown", "json", 0},
		{"AppendError, UTF-8", errOf(encode.AppendError(nil, &user.APIError{Message: secret + "\xff"})), "message", "utf8", 6},

		{"HTTP, method", received(identity, func(r *http.Request) { r.Method = "S3CRET" }), "", "method", -1},
		{"HTTP, type", received(identity, header("Content-Type", "text/"+secret)), "Content-Type", "media_type", -1},
		{"HTTP, charset", received(identity, header("Content-Type", httpwire.FormType+"; charset="+secret)), "Content-Type", "media_type", -1},
		{"HTTP, encoding", received(identity, header("Content-Encoding", secret)), "Content-Encoding", "media_type", -1},
		{"HTTP, size", received(identity, nil, &httpwire.ReadOptions{MaxBody: 10}), "", "too_large", -1},
		{"HTTP, broken body", received("", func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(errors.New(secret))) }), "", "body", -1},
		{"HTTP, header", received(identity, header(user.WebhookHeader, secret)), "X-Twilio-Webhook-Enabled", "boolean", 0},
		{"HTTP, header twice", received(identity, header(user.WebhookHeader, "true", secret)), "X-Twilio-Webhook-Enabled", "repeated", -1},
		{"HTTP, form", received(identity+"%", nil), "Identity", "percent", 16},
		{"HTTP, no identity", received("FriendlyName="+secret, nil), "Identity", "required", -1},
		{"HTTP, role", received(identity+"&RoleSid=RL"+secret, nil), "RoleSid", "hex", 2},
		{"HTTP client, URL", errOf(httpwire.NewRequest(t.Context(), "ftp://"+secret+":"+secret+"@h", &user.CreateRequest{Identity: secret})), "baseURL", "uri", -1},
		{"HTTP client, bad URL", errOf(httpwire.NewRequest(t.Context(), "http://h/%zz"+secret, &user.CreateRequest{Identity: secret})), "baseURL", "uri", -1},
		{"HTTP client, request", errOf(httpwire.NewRequest(t.Context(), httpwire.BaseURL, &user.CreateRequest{FriendlyName: user.Some(secret)})), "Identity", "required", -1},
		{"HTTP answer, text", answered(201, secret), "", "json", 0},
		{"HTTP answer, size", answered(201, `{"identity":"`+secret+`"}`, &httpwire.ReadOptions{MaxBody: 5}), "", "too_large", -1},
		{"HTTP answer, no sid", answered(201, `{"identity":"`+secret+`"}`), "", "no_user", -1},
		{"HTTP answer, other status", answered(200, secret), "", "not_created", -1},
		{"HTTP answer, redirect", answered(302, secret), "", "redirected", -1},
	}
	if len(rows) < 60 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			e := located(r.err)
			if e == nil {
				t.Fatalf("%T %v has no field and offset", r.err, r.err)
			}
			if e.Field != r.field || e.Code != r.code || e.Offset != r.offset {
				t.Errorf("field %q, code %s, offset %d; want %q, %s, %d", e.Field, e.Code, e.Offset, r.field, r.code, r.offset)
			}
			if !errors.Is(r.err, r.code) {
				t.Errorf("errors.Is does not find %s", r.code)
			}
			checkSilent(t, r.err, e)
		})
	}
}

// located returns the first error with a place in err, or the reason of an
// answer, which has none.
func located(err error) *validate.Error {
	if e, ok := errors.AsType[*validate.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*user.APIError](err); ok {
		return &validate.Error{Code: e.Reason, Offset: -1}
	}
	return nil
}

// checkSilent looks for the secret in the text of the error and in what the verbs
// of fmt print.
func checkSilent(t *testing.T, err error, e *validate.Error) {
	t.Helper()
	if text := err.Error(); text == "" || len(text) > 256 || strings.ContainsAny(text, "\n\r\x00") {
		t.Errorf("%d bytes: %q", len(text), text)
	}
	if answer, ok := err.(*user.APIError); ok { // its fields are data: see SECURITY.md
		err = errors.New(answer.Error())
	}
	for _, shown := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprintf("%+v %#v", *e, *e)} {
		if strings.Contains(strings.ToLower(shown), secret) {
			t.Errorf("the error has some of its input: %s", shown)
		}
	}
}

// TestManyErrors bounds the text of a list of errors with the longest fields and
// numbers.
func TestManyErrors(t *testing.T) {
	var all validate.Errors
	for range 1000 {
		all = append(all, &validate.Error{
			Field: "links.user_conversations", Code: validate.CodeURI, Offset: 1 << 40, Want: "a character that a URI may hold",
		})
	}
	if text := all.Error(); len(text) > 256 || !strings.HasSuffix(text, "more") {
		t.Errorf("%d bytes: %q", len(text), text)
	}
}

// TestAPIErrorIsSilent checks that the server's message is not in the text.
func TestAPIErrorIsSilent(t *testing.T) {
	err := answered(409, `{"code":50201,"message":"`+secret+`"}`)
	if got, want := err.Error(), "twilio: status 409, code 50201"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
