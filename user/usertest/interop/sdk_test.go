package interop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// readme:begin sdk

// toServer sends every request to the server at the address, whatever host
// the SDK names: it has no setting for one.
type toServer string

func (addr toServer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "http", string(addr), ""
	return http.DefaultTransport.RoundTrip(r)
}

func Example() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	api := conversations.NewApiServiceWithClient(&client.Client{
		Credentials: client.NewCredentials("ACtest", "secret"), // the SDK takes letters and digits only
		HTTPClient:  &http.Client{Transport: toServer(srv.Listener.Addr().String())},
	})
	params := (&conversations.CreateUserParams{}).SetIdentity("alice").SetAttributes(`{"duty":"tech"}`)
	u, err := api.CreateUser(params)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*u.Identity, *u.Attributes)
	_, err = api.CreateUser(params)
	fmt.Println(err)
	// Output:
	// alice {"duty":"tech"}
	// Status: 409 - ApiError 50201: User already exists (null) More info: https://www.twilio.com/docs/errors/50201
}

// readme:end

// The SDK fetches a user by its identity, as after a lost answer. It does not
// escape the identity in the path, so the caller has to.
func TestSDKFetches(t *testing.T) {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	api := conversations.NewApiServiceWithClient(&client.Client{
		Credentials: client.NewCredentials(account, password),
		HTTPClient:  &http.Client{Transport: toServer(srv.Listener.Addr().String())},
	})
	srv.Handler.Fail(usertest.Failure{Kind: usertest.Cut})
	if _, err := api.CreateUser((&conversations.CreateUserParams{}).SetIdentity("a/b")); err == nil {
		t.Fatal("no error, want a connection that is cut")
	}
	users := srv.Handler.Users()
	if len(users) != 1 {
		t.Fatalf("%d users, want 1", len(users))
	}
	for _, key := range []string{"a%2Fb", string(users[0].SID.Or(""))} {
		u, err := api.FetchUser(key)
		if err != nil {
			t.Fatal(err)
		}
		if *u.Identity != "a/b" || *u.Sid != string(users[0].SID.Or("")) {
			t.Errorf("%s: fetched %q", key, *u.Identity)
		}
	}
	_, err := api.FetchUser("none")
	if e, ok := errors.AsType[*client.TwilioRestError](err); !ok || e.Code != 20404 {
		t.Errorf("got %v, want code 20404", err)
	}
}

// A recorder is a toServer that records the last exchange.
type recorder struct {
	toServer
	header http.Header // of the request
	sent   string
	resp   *http.Response
	got    []byte
}

func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	var b []byte
	if r.Body != nil { // a redirect to a GET has none
		var err error
		if b, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(b))
	c.header, c.sent, c.resp = r.Header, string(b), nil
	resp, err := c.toServer.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	c.got, err = io.ReadAll(resp.Body)
	resp.Body.Close()
	c.resp, resp.Body = resp, io.NopCloser(bytes.NewReader(c.got))
	return resp, err
}

// again returns the answer for another reader.
func (c *recorder) again() *http.Response {
	resp := *c.resp
	resp.Body = io.NopCloser(bytes.NewReader(c.got))
	return &resp
}

// newSDK returns the SDK's API for the server.
func newSDK(srv *httptest.Server, username, password string) (*conversations.ApiService, *recorder) {
	c := &recorder{toServer: toServer(srv.Listener.Addr().String())}
	return conversations.NewApiServiceWithClient(&client.Client{
		Credentials: client.NewCredentials(username, password),
		HTTPClient:  &http.Client{Transport: c},
	}), c
}

const (
	account  = "AC0123456789abcdef0123456789abcdef"
	password = "0123456789abcdef0123456789abcdef"
)

// sdkSays returns what a program that uses the SDK gets.
func sdkSays(u *conversations.ConversationsV1User, err error) string {
	if err != nil {
		return fmt.Sprintf("%T: %v", err, err)
	}
	quoted := func(s *string) string {
		if s == nil {
			return "nil"
		}
		return strconv.Quote(*s)
	}
	return fmt.Sprintf("Identity %s, FriendlyName %s, Attributes %s", quoted(u.Identity), quoted(u.FriendlyName), quoted(u.Attributes))
}

// weSay returns what a program that uses httpwire gets.
func weSay(u user.User, err error) string {
	e, ok := errors.AsType[*user.APIError](err)
	if !ok && err != nil {
		return err.Error()
	}
	if ok {
		s := fmt.Sprintf("Status %d", e.Status)
		for _, f := range []struct {
			name  string
			value any
			show  bool
		}{
			{"Reason", string(e.Reason), e.Reason != ""},
			{"Code", e.Code, e.Code != 0},
			{"Message", e.Message, e.Message != ""},
			{"Detail", e.Detail, e.Detail != ""},
			{"Extra", e.Extra, e.Extra != ""},
			{"RetryAfter", e.RetryAfter, e.RetryAfter != 0},
			{"ContentType", e.ContentType, e.ContentType != "" && !strings.Contains(e.ContentType, "json")},
			{"Body", e.Body, e.Message == ""},
		} {
			if f.show {
				s += fmt.Sprintf(", %s %#v", f.name, f.value)
			}
		}
		return s
	}
	name := "absent"
	if u.FriendlyName.IsNull() {
		name = "null"
	} else if v, ok := u.FriendlyName.Get(); ok {
		name = strconv.Quote(v)
	}
	return fmt.Sprintf("Identity %q, FriendlyName %s, Attributes %q", u.Identity.Or(""), name, u.Attributes.Or(""))
}

// answers are the rows of the first table: one exchange, read twice. The endpoint
// answers, or a server with the answer of the row.
var answers = []struct {
	name     string
	password string // if it is not the endpoint's
	failure  usertest.Kind
	answer   http.HandlerFunc
	params   *conversations.CreateUserParams
	sdk, we  string
}{
	{name: "create", params: params().SetIdentity("alice"),
		sdk: `Identity "alice", FriendlyName nil, Attributes "{}"`,
		we:  `Identity "alice", FriendlyName null, Attributes "{}"`},
	{name: "conflict", params: params().SetIdentity("alice"),
		sdk: `*client.TwilioRestError: Status: 409 - ApiError 50201: User already exists (null) More info: https://www.twilio.com/docs/errors/50201`,
		we:  `Status 409, Code 50201, Message "User already exists"`},
	{name: "bad attributes", params: params().SetIdentity("bob").SetAttributes(`{"a":1`),
		sdk: `*client.TwilioRestError: Status: 400 - ApiError 50304: Attributes: byte 6: not JSON, want a comma or } (null) More info: https://www.twilio.com/docs/errors/50304`,
		we:  `Status 400, Code 50304, Message "Attributes: byte 6: not JSON, want a comma or }"`},
	{name: "bad role", params: params().SetIdentity("bob").SetRoleSid("RL123"),
		sdk: `*client.TwilioRestError: Status: 400 - ApiError 20001: RoleSid: byte 5: want 34 bytes (null) More info: https://www.twilio.com/docs/errors/20001`,
		we:  `Status 400, Code 20001, Message "RoleSid: byte 5: want 34 bytes"`},
	{name: "wrong credentials", password: "wrong", params: params().SetIdentity("bob"),
		sdk: `*client.TwilioRestError: Status: 401 - ApiError 20003: Authenticate (null) More info: https://www.twilio.com/docs/errors/20003`,
		we:  `Status 401, Code 20003, Message "Authenticate"`},
	{name: "429 with Retry-After: 7", failure: usertest.TooManyRequests, params: params().SetIdentity("bob"),
		sdk: `*client.TwilioRestError: Status: 429 - ApiError 20429: Too Many Requests (null) More info: https://www.twilio.com/docs/errors/20429`,
		we:  `Status 429, Code 20429, Message "Too Many Requests", RetryAfter 7`},
	{name: "500", failure: usertest.ServerError, params: params().SetIdentity("bob"),
		sdk: `*client.TwilioRestError: Status: 500 - ApiError 20500: Internal server error (null) More info: https://www.twilio.com/docs/errors/20500`,
		we:  `Status 500, Code 20500, Message "Internal server error"`},
	{name: "502 with HTML", failure: usertest.BadGateway, params: params().SetIdentity("bob"),
		sdk: `*errors.withStack: error decoding the response for an HTTP error code: 502: invalid character '<' looking for beginning of value`,
		we:  `Status 502, ContentType "text/html; charset=utf-8", Body "<html><body><h1>502 Bad Gateway</h1></body></html>\n"`},
	{name: "503 with text", answer: answer(503, "text/plain", "upstream connect error"), params: params().SetIdentity("bob"),
		sdk: `*errors.withStack: error decoding the response for an HTTP error code: 503: invalid character 'u' looking for beginning of value`,
		we:  `Status 503, ContentType "text/plain", Body "upstream connect error"`},
	{name: "504 without a body", answer: answer(504, "", ""), params: params().SetIdentity("bob"),
		sdk: `*errors.withStack: error decoding the response for an HTTP error code: 504: EOF`,
		we:  `Status 504, Body ""`},
	{name: "400 with problem details (RFC 9457)", answer: answer(400, "application/problem+json",
		`{"type":"about:blank","title":"Bad Request","status":400,"code":20001,"detail":"RoleSid is unknown"}`), params: params().SetIdentity("bob"),
		sdk: `*client.TwilioRestError: Status: 400 - ApiError 20001:  (null) More info: `,
		we:  `Status 400, Code 20001, Message "Bad Request", Detail "RoleSid is unknown"`},
	{name: "400 whose details are a list", answer: answer(400, "application/json",
		`{"code":20001,"message":"Invalid","status":400,"details":["RoleSid"]}`), params: params().SetIdentity("bob"),
		sdk: `*errors.withStack: error decoding the response for an HTTP error code: 400: json: cannot unmarshal array into Go struct field TwilioRestError.details of type map[string]interface {}`,
		we:  `Status 400, Code 20001, Message "Invalid", Extra "[\"RoleSid\"]"`},
	{name: "400 whose body names no status", answer: answer(400, "application/json",
		`{"code":20001,"message":"Invalid"}`), params: params().SetIdentity("bob"),
		sdk: `*client.TwilioRestError: Status: 0 - ApiError 20001: Invalid (null) More info: `,
		we:  `Status 400, Code 20001, Message "Invalid"`},
	{name: "201 with a date of another form", answer: answer(201, "application/json",
		`{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","identity":"bob","attributes":"{}","date_created":"2026-01-02 03:04:05"}`), params: params().SetIdentity("bob"),
		sdk: `*time.ParseError: parsing time "2026-01-02 03:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse " 03:04:05" as "T"`,
		we:  `Identity "bob", FriendlyName absent, Attributes "{}"`},
	{name: "201 with an empty object", answer: answer(201, "application/json", `{}`), params: params().SetIdentity("bob"),
		sdk: `Identity nil, FriendlyName nil, Attributes nil`,
		we:  `Status 201, Reason "no_user", Body "{}"`},
	{name: "201 with the body of an error", answer: answer(201, "application/json", `{"code":50201,"message":"User already exists"}`), params: params().SetIdentity("bob"),
		sdk: `Identity nil, FriendlyName nil, Attributes nil`,
		we:  `Status 201, Reason "no_user", Code 50201, Message "User already exists"`},
	{name: "200 of a captive portal", answer: answer(200, "application/json", `{"message":"Log in to the network"}`), params: params().SetIdentity("bob"),
		sdk: `Identity nil, FriendlyName nil, Attributes nil`,
		we:  `Status 200, Reason "not_created", Message "Log in to the network"`},
	{name: "302 to the List page", answer: toList, params: params().SetIdentity("bob"),
		sdk: `Identity nil, FriendlyName nil, Attributes nil`,
		we:  `Status 200, Reason "redirected", Body "{\"users\":[]}"`},
}

// toList redirects a POST to the answer to a GET of the same path.
func toList(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
		return
	}
	answer(200, "application/json", `{"users":[]}`)(w, r)
}

func params() *conversations.CreateUserParams { return &conversations.CreateUserParams{} }

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// TestAnswers runs the SDK against the endpoint, and reads each answer with
// httpwire.ReadResponse as well.
func TestAnswers(t *testing.T) {
	srv := usertest.NewServer(&usertest.Options{Username: account, Password: password})
	defer srv.Close()
	rows := [][]string{{"the server's answer", "the SDK reports", "httpwire.ReadResponse reports"}}
	for _, c := range answers {
		to, pass := srv.Server, password
		if c.answer != nil {
			to = httptest.NewServer(c.answer)
			defer to.Close()
		}
		if c.password != "" {
			pass = c.password
		}
		if c.failure != "" {
			srv.Handler.Fail(usertest.Failure{Kind: c.failure, RetryAfter: 7})
		}
		api, exchange := newSDK(to, account, pass)
		sdk := sdkSays(api.CreateUser(c.params))
		if exchange.resp == nil {
			t.Fatalf("%s: no exchange: %s", c.name, sdk)
		}
		u, _, err := httpwire.ReadResponse(exchange.again(), nil)
		we := weSay(u, err)
		if sdk != c.sdk {
			t.Errorf("%s: the SDK reports\n %s\nwant\n %s", c.name, sdk, c.sdk)
		}
		if we != c.we {
			t.Errorf("%s: httpwire reports\n %s\nwant\n %s", c.name, we, c.we)
		}
		rows = append(rows, []string{c.name, code(sdk), code(we)})
	}
	if users := srv.Handler.Users(); len(users) != 1 || users[0].Identity != user.Some("alice") {
		t.Errorf("the endpoint has %d users, want alice", len(users))
	}
	block(t, "answers", table(t, rows))
}

// sent are the rows of the second table: what the SDK sends unchecked, and the
// error of Validate for the same values, which stops httpwire.
var sent = []struct {
	name   string
	params *conversations.CreateUserParams
	body   string // received by the server
	status int
	code   int
	we     string
}{
	{"no identity", params().SetFriendlyName("Alice"), `FriendlyName=Alice`, 400, 50204, `Identity: required`},
	{"nothing at all", nil, ``, 400, 50204, `Identity: required`},
	{"empty identity", params().SetIdentity(""), `Identity=`, 400, 50204, `Identity: required`},
	{"identity not UTF-8", params().SetIdentity("ann\xff"), `Identity=ann%FF`, 400, 20001, `Identity: byte 3: invalid UTF-8`},
	{"friendly name not UTF-8", params().SetIdentity("ann").SetFriendlyName("\xc0\xaf"), `FriendlyName=%C0%AF&Identity=ann`, 400, 20001, `FriendlyName: byte 0: invalid UTF-8`},
	{"attributes not JSON", params().SetIdentity("bob").SetAttributes(`{'a':1}`), `Attributes=%7B%27a%27%3A1%7D&Identity=bob`, 400, 50304, `Attributes: byte 1: not JSON, want a name in quotes or }; use double quotes: JSON has no single ones`},
	{"attributes cut off", params().SetIdentity("bob").SetAttributes(`{"a":1`), `Attributes=%7B%22a%22%3A1&Identity=bob`, 400, 50304, `Attributes: byte 6: not JSON, want a comma or }`},
	{"attributes with a comma too many", params().SetIdentity("bob").SetAttributes(`{"a":1,}`), `Attributes=%7B%22a%22%3A1%2C%7D&Identity=bob`, 400, 50304, `Attributes: byte 7: not JSON, want a name in quotes; remove the comma before the end`},
	{"attributes empty", params().SetIdentity("bob").SetAttributes(``), `Attributes=&Identity=bob`, 400, 50304, `Attributes: byte 0: not JSON, want a value; write an object such as {"name":"value"}`},
	{"attributes an array", params().SetIdentity("bob").SetAttributes(`[]`), `Attributes=%5B%5D&Identity=bob`, 400, 50304, `Attributes: byte 0: want a JSON object; write {} instead of [], which PHP writes for an empty array`},
	{"attributes null", params().SetIdentity("bob").SetAttributes(`null`), `Attributes=null&Identity=bob`, 400, 50304, `Attributes: byte 0: want a JSON object; write an object such as {"name":"value"}`},
	{"attributes twice encoded", params().SetIdentity("bob").SetAttributes(`"{}"`), `Attributes=%22%7B%7D%22&Identity=bob`, 400, 50304, `Attributes: byte 0: want a JSON object; encode the object once: it was encoded twice, as a JSON string`},
	{"attributes with a BOM", params().SetIdentity("bob").SetAttributes("\ufeff{}"), `Attributes=%EF%BB%BF%7B%7D&Identity=bob`, 400, 50304, `Attributes: byte 0: not JSON, want no byte order mark; remove the invisible character: JSON allows only spaces, tabs and line breaks here`},
	{"attributes not UTF-8", params().SetIdentity("bob").SetAttributes("{\"a\":\"\xff\"}"), `Attributes=%7B%22a%22%3A%22%FF%22%7D&Identity=bob`, 400, 20001, `Attributes: byte 6: invalid UTF-8`},
	{"half a surrogate pair", params().SetIdentity("bob").SetAttributes(`{"a":"\ud800"}`), `Attributes=%7B%22a%22%3A%22%5Cud800%22%7D&Identity=bob`, 400, 50304, `Attributes: byte 6: unpaired surrogate escape`},
	{"role too short", params().SetIdentity("bob").SetRoleSid("RL123"), `Identity=bob&RoleSid=RL123`, 400, 20001, `RoleSid: byte 5: want 34 bytes`},
	{"role of another kind", params().SetIdentity("bob").SetRoleSid("US" + role[2:]), `Identity=bob&RoleSid=US` + role[2:], 400, 20001, `RoleSid: byte 0: want RL; this is the SID of another resource: User`},
	{"role with a letter that is not a hex digit", params().SetIdentity("bob").SetRoleSid(role[:33] + "O"), `Identity=bob&RoleSid=` + role[:33] + `O`, 400, 20001, `RoleSid: byte 33: want a hex digit`},
	{"role with a line end", params().SetIdentity("bob").SetRoleSid(role + "\n"), `Identity=bob&RoleSid=` + role + `%0A`, 400, 20001, `RoleSid: byte 34: want 34 bytes; remove the white space`},
	{"role empty", params().SetIdentity("bob").SetRoleSid(""), `Identity=bob&RoleSid=`, 400, 20001, `RoleSid: byte 0: want 34 bytes`},
	{"webhook header neither true nor false", params().SetIdentity("bob").SetXTwilioWebhookEnabled("yes"), `Identity=bob`, 400, 20001, `X-Twilio-Webhook-Enabled: byte 0: want true or false`},
}

// request converts the SDK's parameters to this library's request.
func request(p *conversations.CreateUserParams) (r user.CreateRequest, err error) {
	if p == nil {
		return r, r.Validate()
	}
	if p.Identity != nil {
		r.Identity = *p.Identity
	}
	if p.FriendlyName != nil {
		r.FriendlyName = user.Some(*p.FriendlyName)
	}
	if p.Attributes != nil {
		r.Attributes = user.Some(user.Attributes(*p.Attributes))
	}
	if p.RoleSid != nil {
		r.RoleSID = user.Some(user.RoleSID(*p.RoleSid))
	}
	if p.XTwilioWebhookEnabled != nil { // a string in the SDK
		if err := validate.WebhookEnabled(*p.XTwilioWebhookEnabled); err != nil {
			return r, fmt.Errorf("%s: %w", user.WebhookHeader, err)
		}
		r.WebhookEnabled = user.Some(*p.XTwilioWebhookEnabled == "true")
	}
	return r, r.Validate()
}

// TestSent compares what the SDK sends with the error that this library returns
// instead.
func TestSent(t *testing.T) {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	api, exchange := newSDK(srv.Server, account, password)
	rows := [][]string{{"the caller's mistake", "the SDK sends", "answer", "CreateRequest.Validate, before anything is sent"}}
	for _, c := range sent {
		_, err := api.CreateUser(c.params)
		e, ok := errors.AsType[*client.TwilioRestError](err)
		if !ok {
			t.Errorf("%s: %v, want an error of the SDK's own type", c.name, err)
			continue
		}
		if e.Status != c.status || e.Code != c.code {
			t.Errorf("%s: status %d, code %d, want %d, %d", c.name, e.Status, e.Code, c.status, c.code)
		}
		if exchange.sent != c.body {
			t.Errorf("%s: the SDK sends\n %s\nwant\n %s", c.name, exchange.sent, c.body)
		}
		_, err = request(c.params)
		if we := fmt.Sprint(err); we != c.we {
			t.Errorf("%s: Validate says\n %s\nwant\n %s", c.name, we, c.we)
		}
		wire := code(exchange.sent)
		if exchange.sent == "" {
			wire = "an empty form"
		}
		if h := exchange.header.Get(user.WebhookHeader); h != "" {
			wire += " and the header " + code(user.WebhookHeader+": "+h)
		}
		rows = append(rows, []string{c.name, wire, fmt.Sprintf("%d, code %d", e.Status, e.Code), code(fmt.Sprint(err))})
	}
	if n := len(srv.Handler.Users()); n != 0 {
		t.Errorf("%d users were created", n)
	}
	block(t, "sent", table(t, rows))
}

// TestSDKCredentials: with credentials that are not letters and digits, the SDK
// sends nothing, and reports an error that looks like the service's.
func TestSDKCredentials(t *testing.T) {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	api, exchange := newSDK(srv.Server, "test-account", "secret")
	_, err := api.CreateUser(params().SetIdentity("alice"))
	if e, ok := errors.AsType[*client.TwilioRestError](err); !ok || e.Status != 400 || e.Code != 21222 {
		t.Errorf("got %v, want status 400, code 21222", err)
	}
	if exchange.header != nil {
		t.Error("a request was sent")
	}
}
