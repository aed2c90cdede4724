package httpwire_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const roleSID = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

// documented is the request of the documentation's example.
func documented() user.CreateRequest {
	return user.CreateRequest{
		Identity:       "admin",
		FriendlyName:   user.Some("name"),
		Attributes:     user.Some(user.Attributes(`{ "duty": "tech" }`)),
		RoleSID:        user.Some(user.RoleSID(roleSID)),
		WebhookEnabled: user.Some(true),
	}
}

const (
	// documentedForm has the pairs of the documentation's curl command, in its order.
	documentedForm = "RoleSid=" + roleSID + "&Identity=admin&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&FriendlyName=name"
	// writtenForm has the same pairs in this library's order.
	writtenForm = "Identity=admin&FriendlyName=name&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&RoleSid=" + roleSID
)

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNewRequest(t *testing.T) {
	off := user.CreateRequest{Identity: "a b&ü", WebhookEnabled: user.Some(false)}
	for _, c := range []struct {
		name, base string
		r          user.CreateRequest
		url, body  string
		hook       []string
	}{
		{"the documented call", httpwire.BaseURL, documented(), "https://conversations.twilio.com/v1/Users", writtenForm, []string{"true"}},
		{"identity only", "http://127.0.0.1:8080", user.CreateRequest{Identity: "a"}, "http://127.0.0.1:8080/v1/Users", "Identity=a", nil},
		{"webhook off, escapes", "http://[::1]:80/", off, "http://[::1]:80/v1/Users", "Identity=a+b%26%C3%BC", []string{"false"}},
		{"a base with a path", "https://proxy.example/twilio//", user.CreateRequest{Identity: "a"}, "https://proxy.example/twilio/v1/Users", "Identity=a", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := httpwire.NewRequest(t.Context(), c.base, &c.r)
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{"Content-Type": {httpwire.FormType}, "Accept": {httpwire.JSONType}}
			if c.hook != nil {
				header[user.WebhookHeader] = c.hook
			}
			diff(t, "method", http.MethodPost, req.Method)
			diff(t, "URL", c.url, req.URL.String())
			diff(t, "header", header, req.Header)
			diff(t, "Content-Length", int64(len(c.body)), req.ContentLength)
			diff(t, "body", c.body, readAll(t, req.Body))
			for range 2 { // a redirect and a retry
				body, err := req.GetBody()
				if err != nil {
					t.Fatal(err)
				}
				diff(t, "GetBody", c.body, readAll(t, body))
			}
		})
	}
}

// The contract has the pairs, not their order.
func TestNewRequestPairs(t *testing.T) {
	r := documented()
	req, err := httpwire.NewRequest(t.Context(), httpwire.BaseURL, &r)
	if err != nil {
		t.Fatal(err)
	}
	want, err := url.ParseQuery(documentedForm)
	if err != nil {
		t.Fatal(err)
	}
	got, err := url.ParseQuery(readAll(t, req.Body))
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "pairs", want, got)
}

// Each error equals a fixed one, so it does not hold the URL, which may have a
// password.
func TestNewRequestBadBase(t *testing.T) {
	want := &validate.Error{Field: "baseURL", Code: validate.CodeURI, Offset: -1, Want: "http_url"}
	for _, base := range []string{
		"", "/", "conversations.twilio.com", "//conversations.twilio.com", "http:", "http://", "http:///v1", "http:h",
		"ftp://h", "file:///etc/passwd", "mailto:a@b.c", "javascript:alert(1)", "http://h?token=secret", "http://h#secret",
		"http://h /", " http://h", "http://h\n", "http://h/\x00", "http://h/%zz", "http://h/\xff", "http://[::1", "http://h:port",
		"http://user:se cret@h", "http://h?", "http://h/?", "http://h#", "http://:80", "http://h:99999",
	} {
		req, err := httpwire.NewRequest(t.Context(), base, &user.CreateRequest{Identity: "a"})
		if req != nil {
			t.Errorf("%q: a request beside an error", base)
		}
		diff(t, base, error(want), err)
	}
}

func TestNewRequestInvalid(t *testing.T) {
	r := user.CreateRequest{
		Attributes:     user.Some(user.Attributes("[]")),
		RoleSID:        user.Null[user.RoleSID](),
		WebhookEnabled: user.Null[bool](),
	}
	req, err := httpwire.NewRequest(t.Context(), "no URL", &r)
	if req != nil {
		t.Error("a request beside an error")
	}
	diff(t, "error", error(validate.Errors{
		{Field: "Identity", Code: validate.CodeRequired, Offset: -1},
		{Field: "Attributes", Code: validate.CodeObject, Offset: 0, Hint: validate.HintArrayForObject},
		{Field: "RoleSid", Code: validate.CodeNull, Offset: -1},
		{Field: user.WebhookHeader, Code: validate.CodeNull, Offset: -1},
	}), err)
}

func TestNewRequestContext(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }))
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := httpwire.NewRequest(ctx, srv.URL, &user.CreateRequest{Identity: "a"})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp, err := srv.Client().Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// post returns a valid HTTP request with the body.
func post(body string) *http.Request {
	req := httptest.NewRequest(http.MethodPost, httpwire.Path, strings.NewReader(body))
	req.Header.Set("Content-Type", httpwire.FormType)
	return req
}

// refused returns the error for a request that is refused for one reason.
func refused(status int, field string, c validate.Code, offset int, want string) error {
	return &httpwire.RequestError{Status: status, Err: &validate.Error{Field: field, Code: c, Offset: offset, Want: want}}
}

var (
	errMethod    = refused(405, "", validate.CodeMethod, -1, "POST")
	errMediaType = refused(415, "Content-Type", validate.CodeMediaType, -1, httpwire.FormType)
	errEncoding  = refused(415, "Content-Encoding", validate.CodeMediaType, -1, "identity")
	errBody      = refused(400, "", validate.CodeBody, -1, "")
	errRequired  = error(&httpwire.RequestError{Status: 400, Err: validate.Errors{{Field: "Identity", Code: validate.CodeRequired, Offset: -1}}})
)

// checkRead compares the result and the error of ReadRequest with those wanted.
func checkRead(t *testing.T, what string, req *http.Request, want user.CreateRequest, wantErr error, opts *httpwire.ReadOptions) {
	t.Helper()
	got, err := httpwire.ReadRequest(req, opts)
	diff(t, what, want, got)
	diff(t, what+": error", wantErr, err)
}

func TestReadRequest(t *testing.T) {
	req := post(documentedForm)
	req.Header.Set(user.WebhookHeader, "true")
	checkRead(t, "the documented call", req, documented(), nil, nil)

	for _, r := range []user.CreateRequest{documented(), {Identity: "a b&ü", WebhookEnabled: user.Some(false)}, {Identity: "\x00", FriendlyName: user.Some("")}} {
		req, err := httpwire.NewRequest(t.Context(), httpwire.BaseURL, &r)
		if err != nil {
			t.Fatal(err)
		}
		checkRead(t, "round trip", req, r, nil, nil)
	}
}

func TestReadRequestMethod(t *testing.T) {
	for _, m := range []string{"", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", "POST "} {
		req := post("Identity=a")
		req.Method = m
		checkRead(t, m, req, user.CreateRequest{}, errMethod, nil)
	}
}

func TestReadRequestMediaType(t *testing.T) {
	const form = httpwire.FormType
	for contentType, want := range map[string]error{
		form:                                   nil,
		"Application/X-WWW-Form-URLEncoded":    nil,
		form + "; charset=utf-8":               nil,
		form + ";charset=UTF-8":                nil,
		form + `; Charset="Utf-8"`:             nil,
		form + "; boundary=x":                  nil,
		form + ";":                             nil,
		"":                                     errMediaType,
		"application/json":                     errMediaType,
		"text/plain":                           errMediaType,
		"multipart/form-data; boundary=x":      errMediaType,
		"x-www-form-urlencoded":                errMediaType,
		form + "x":                             errMediaType,
		form + ", text/plain":                  errMediaType,
		form + "; charset=iso-8859-1":          errMediaType,
		form + "; charset=utf-16":              errMediaType,
		form + "; charset=utf8":                errMediaType,
		form + `; charset=""`:                  errMediaType,
		form + "; charset":                     errMediaType,
		form + `; charset="utf-8`:              errMediaType,
		form + "; charset=utf-8; charset=utf-": errMediaType,
	} {
		req := post("Identity=a")
		req.Header.Set("Content-Type", contentType)
		r := user.CreateRequest{Identity: "a"}
		if want != nil {
			r = user.CreateRequest{}
		}
		checkRead(t, contentType, req, r, want, nil)
	}
	req := post("Identity=a")
	req.Header.Add("Content-Type", "text/plain")
	checkRead(t, "two Content-Types", req, user.CreateRequest{}, errMediaType, nil)
	req = post("Identity=a")
	req.Header.Del("Content-Type")
	checkRead(t, "no Content-Type", req, user.CreateRequest{}, errMediaType, nil)
}

func TestReadRequestContentEncoding(t *testing.T) {
	for encoding, want := range map[string]error{
		"": nil, "identity": nil, "IDENTITY": nil,
		"gzip": errEncoding, "br": errEncoding, "identity, gzip": errEncoding, "unheard-of": errEncoding,
	} {
		req := post("Identity=a")
		req.Header.Set("Content-Encoding", encoding)
		r := user.CreateRequest{Identity: "a"}
		if want != nil {
			r = user.CreateRequest{}
		}
		checkRead(t, encoding, req, r, want, nil)
	}
	req := post("Identity=a")
	req.Header["Content-Encoding"] = []string{"identity", "gzip"}
	checkRead(t, "two lines", req, user.CreateRequest{}, errEncoding, nil)
}

func TestReadRequestSize(t *testing.T) {
	body := func(n int) string { return "Identity=a" + strings.Repeat("&", n-len("Identity=a")) } // empty pairs are skipped
	a := user.CreateRequest{Identity: "a"}
	tooLarge := func(limit string) error { return refused(413, "", validate.CodeTooLarge, -1, limit) }
	for _, c := range []struct {
		name string
		size int
		opts *httpwire.ReadOptions
		r    user.CreateRequest
		err  error
	}{
		{"at the limit", 20, &httpwire.ReadOptions{MaxBody: 20}, a, nil},
		{"over the limit", 21, &httpwire.ReadOptions{MaxBody: 20}, user.CreateRequest{}, tooLarge("20")},
		{"far over the limit", 100_000, &httpwire.ReadOptions{MaxBody: 20}, user.CreateRequest{}, tooLarge("20")},
		{"at the default limit", 1 << 20, nil, a, nil},
		{"over the default limit", 1<<20 + 1, nil, user.CreateRequest{}, tooLarge("1048576")},
		{"0 is the default", 1<<20 + 1, &httpwire.ReadOptions{MaxBody: 0}, user.CreateRequest{}, tooLarge("1048576")},
		{"less than 0 as well", 1 << 20, &httpwire.ReadOptions{MaxBody: -1}, a, nil},
		{"more than the default", 1<<20 + 1, &httpwire.ReadOptions{MaxBody: 2 << 20}, a, nil},
		{"the highest limit", 20, &httpwire.ReadOptions{MaxBody: math.MaxInt64}, a, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkRead(t, "length known", post(body(c.size)), c.r, c.err, c.opts)
			req := post(body(c.size))
			req.ContentLength = -1
			checkRead(t, "length unknown", req, c.r, c.err, c.opts)
		})
	}

	req := post("")
	req.ContentLength = 21
	req.Body = io.NopCloser(readerFunc(func([]byte) (int, error) {
		t.Error("a body with a stated length over the limit was read")
		return 0, io.EOF
	}))
	checkRead(t, "the stated length", req, user.CreateRequest{}, tooLarge("20"), &httpwire.ReadOptions{MaxBody: 20})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// A limit of the server's own around the body gives the same error.
func TestReadRequestMaxBytesReader(t *testing.T) {
	req := post("Identity=" + strings.Repeat("a", 100))
	req.Body = http.MaxBytesReader(httptest.NewRecorder(), req.Body, 20)
	checkRead(t, "outer limit", req, user.CreateRequest{}, refused(413, "", validate.CodeTooLarge, -1, "20"), nil)
}

// Over a connection, a body of unknown length is chunked.
func TestReadRequestChunked(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cmp.Diff([]string{"chunked"}, r.TransferEncoding) != "" {
			t.Errorf("transfer encoding %q", r.TransferEncoding)
		}
		got, err := httpwire.ReadRequest(r, &httpwire.ReadOptions{MaxBody: 100})
		if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
			w.WriteHeader(e.Status)
			return
		}
		_, _ = io.WriteString(w, got.Identity)
	}))
	defer srv.Close()
	for _, c := range []struct {
		size, status int
		body         string
	}{{91, 200, strings.Repeat("a", 91)}, {92, 413, ""}} {
		body := io.MultiReader(strings.NewReader("Identity="), strings.NewReader(strings.Repeat("a", c.size))) // net/http cannot see its length
		resp, err := srv.Client().Post(srv.URL, httpwire.FormType, body)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, "status", c.status, resp.StatusCode)
		diff(t, "body", c.body, readAll(t, resp.Body))
		resp.Body.Close()
	}
}

func TestReadRequestBrokenBody(t *testing.T) {
	req := post("")
	req.Body, req.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader("Identity=a"), iotest.ErrReader(io.ErrUnexpectedEOF))), 99
	checkRead(t, "a body that ends too early", req, user.CreateRequest{}, errBody, nil)

	// The same from a client that closes the connection early.
	got := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := httpwire.ReadRequest(r, nil)
		got <- err
	}))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: "+httpwire.FormType+"\r\nContent-Length: 99\r\n\r\nIdentity=a"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	diff(t, "error", errBody, <-got)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil) // the handler has not panicked
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestReadRequestNoBody(t *testing.T) {
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		req := post("")
		req.Body = body
		checkRead(t, "no body", req, user.CreateRequest{}, errRequired, nil)
	}
}

func TestReadRequestWebhookHeader(t *testing.T) {
	hook := func(c validate.Code, offset int) error { return refused(400, user.WebhookHeader, c, offset, "") }
	for _, c := range []struct {
		values []string
		want   user.Opt[bool]
		err    error
	}{
		{nil, user.Opt[bool]{}, nil},
		{[]string{"true"}, user.Some(true), nil},
		{[]string{"false"}, user.Some(false), nil},
		{[]string{""}, user.Opt[bool]{}, hook(validate.CodeBoolean, 0)},
		{[]string{"True"}, user.Opt[bool]{}, hook(validate.CodeBoolean, 0)},
		{[]string{"yes"}, user.Opt[bool]{}, hook(validate.CodeBoolean, 0)},
		{[]string{"1"}, user.Opt[bool]{}, hook(validate.CodeBoolean, 0)},
		{[]string{"true "}, user.Opt[bool]{}, hook(validate.CodeBoolean, 4)},
		{[]string{"true, true"}, user.Opt[bool]{}, hook(validate.CodeBoolean, 4)},
		{[]string{"true", "true"}, user.Opt[bool]{}, hook(validate.CodeRepeated, -1)},
		{[]string{"true", "false"}, user.Opt[bool]{}, hook(validate.CodeRepeated, -1)},
		{[]string{"yes", "no"}, user.Opt[bool]{}, hook(validate.CodeRepeated, -1)},
	} {
		req := post("Identity=a")
		if c.values != nil {
			req.Header[user.WebhookHeader] = c.values
		}
		r := user.CreateRequest{Identity: "a", WebhookEnabled: c.want}
		if c.err != nil {
			r = user.CreateRequest{}
		}
		checkRead(t, strings.Join(c.values, "|"), req, r, c.err, nil)
	}
}

func TestReadRequestForm(t *testing.T) {
	invalid := func(field string, c validate.Code, offset int, want string) error {
		return refused(400, field, c, offset, want)
	}
	for _, c := range []struct {
		body string
		err  error
	}{
		{"Identity=%zz", invalid("Identity", validate.CodePercent, 10, "")},
		{"Identity=a;b", invalid("Identity", validate.CodeSemicolon, 10, "")},
		{"Identity=%ff", invalid("Identity", validate.CodeUTF8, 9, "")},
		{"Identity=a&Identity=b", invalid("Identity", validate.CodeRepeated, 11, "")},
		{"identity=a", invalid("", validate.CodeUnknown, 0, "Identity")},
		{"Identity=a&Attributes[b]=1", &httpwire.RequestError{Status: 400, Err: &validate.Error{Field: "Attributes", Code: validate.CodeUnknown, Offset: 11, Hint: validate.HintNestedForm}}},
		{"Identity=&RoleSid=", &httpwire.RequestError{Status: 400, Err: validate.Errors{
			{Field: "Identity", Code: validate.CodeRequired, Offset: -1},
			{Field: "RoleSid", Code: validate.CodeLength, Offset: 0, Want: "34"},
		}}},
	} {
		checkRead(t, c.body, post(c.body), user.CreateRequest{}, c.err, nil)
	}
	checkRead(t, "AllowUnknown", post("Identity=a&Other=b"), user.CreateRequest{Identity: "a"}, nil, &httpwire.ReadOptions{AllowUnknown: true})
}

// Each step fixes the error that was found: the next one must be the next in the
// documented order.
func TestReadRequestOrder(t *testing.T) {
	req := post("")
	setBody := func(s string) { req.Body, req.ContentLength = io.NopCloser(strings.NewReader(s)), int64(len(s)) }
	setBody(strings.Repeat("%", 30))
	req.Method = "GET"
	req.Header = http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"text/plain"}, user.WebhookHeader: {"yes"}}
	for _, step := range []struct {
		want error
		fix  func()
	}{
		{errMethod, func() { req.Method = "POST" }},
		{errEncoding, func() { req.Header.Del("Content-Encoding") }},
		{errMediaType, func() { req.Header.Set("Content-Type", httpwire.FormType) }},
		{refused(413, "", validate.CodeTooLarge, -1, "20"), func() { setBody("%&FriendlyName=") }},
		{refused(400, user.WebhookHeader, validate.CodeBoolean, 0, ""), func() {
			req.Header.Set(user.WebhookHeader, "true")
			setBody("%&FriendlyName=")
		}},
		{&httpwire.RequestError{Status: 400, Err: &validate.Error{Code: validate.CodePercent, Offset: 1}}, func() { setBody("FriendlyName=") }},
		{errRequired, func() { setBody("Identity=a") }},
	} {
		checkRead(t, "order", req, user.CreateRequest{}, step.want, &httpwire.ReadOptions{MaxBody: 20})
		step.fix()
	}
	checkRead(t, "fixed", req, user.CreateRequest{Identity: "a", WebhookEnabled: user.Some(true)}, nil, &httpwire.ReadOptions{MaxBody: 20})
}

func TestRequestError(t *testing.T) {
	_, err := httpwire.ReadRequest(post("RoleSid=RL"), nil)
	diff(t, "text", "status 400: Identity: required; RoleSid: byte 2: want 34 bytes", err.Error())
	if !errors.Is(err, validate.CodeLength) || errors.Is(err, validate.CodeHex) {
		t.Error("errors.Is does not find the code")
	}
}

// example is the documentation's example response.
func example() user.User {
	const url = "https://conversations.twilio.com/v1/Users/USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	return user.User{
		SID:            user.Some(user.UserSID("USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		AccountSID:     user.Some(user.AccountSID("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		ChatServiceSID: user.Some(user.ChatServiceSID("ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
		RoleSID:        user.Some(user.RoleSID(roleSID)),
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

// exampleBody is the same as JSON.
const exampleBody = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",` +
	`"url":"https://conversations.twilio.com/v1/Users/USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",` +
	`"links":{"user_conversations":"https://conversations.twilio.com/v1/Users/USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Conversations"},` +
	`"identity":"admin","role_sid":"` + roleSID + `","is_online":true,"attributes":"{ \"duty\": \"tech\" }",` +
	`"account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"2019-12-16T22:18:37Z","date_updated":"2019-12-16T22:18:38Z",` +
	`"friendly_name":"name","is_notifiable":null,"chat_service_sid":"ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`

// A record is a ResponseWriter that records the calls.
type record struct {
	header http.Header
	Status []int // of each call of WriteHeader
	Body   string
	err    error
}

func (w *record) Header() http.Header    { return w.header }
func (w *record) WriteHeader(status int) { w.Status = append(w.Status, status) }
func (w *record) Write(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.Body += string(b)
	return len(b), nil
}

func TestWriteUser(t *testing.T) {
	w, u := &record{header: http.Header{}}, example()
	if err := httpwire.WriteUser(w, &u, httpwire.DefaultHeader()); err != nil {
		t.Fatal(err)
	}
	diff(t, "header", http.Header{
		"Content-Type":                     {"application/json"},
		"Content-Length":                   {strconv.Itoa(len(exampleBody))},
		"Access-Control-Allow-Origin":      {"*"},
		"Access-Control-Allow-Methods":     {"POST, OPTIONS"},
		"Access-Control-Allow-Headers":     {"Content-Type, Authorization, X-Twilio-Webhook-Enabled"},
		"Access-Control-Allow-Credentials": {"false"},
		"Access-Control-Expose-Headers":    {"Retry-After"},
	}, w.header)
	diff(t, "status", []int{201}, w.Status)
	diff(t, "body", exampleBody, w.Body)
}

func TestWriteError(t *testing.T) {
	const body = `{"code":20429,"message":"Too \"Many\" Requests","more_info":"https://www.twilio.com/docs/errors/20429","status":429}`
	for _, retryAfter := range []int{0, -1, 7} {
		w := &record{header: http.Header{"X-Other": {"kept"}, "Access-Control-Allow-Origin": {"kept, as h has none"}}}
		err := httpwire.WriteError(w, &user.APIError{
			Status: 429, Code: 20429, Message: `Too "Many" Requests`, MoreInfo: "https://www.twilio.com/docs/errors/20429", RetryAfter: retryAfter,
		}, httpwire.ResponseHeader{})
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{
			"X-Other": {"kept"}, "Access-Control-Allow-Origin": {"kept, as h has none"},
			"Content-Type": {"application/json"}, "Content-Length": {strconv.Itoa(len(body))},
		}
		if retryAfter == 7 {
			header.Set("Retry-After", "7")
		}
		diff(t, "header", header, w.header)
		diff(t, "status", []int{429}, w.Status)
		diff(t, "body", body, w.Body)
	}
}

func untouched(t *testing.T, w *record) {
	t.Helper()
	diff(t, "header", http.Header{}, w.header)
	diff(t, "status", []int(nil), w.Status)
	diff(t, "body", "", w.Body)
}

func TestWriteNothingBesideAnError(t *testing.T) {
	u := user.User{Identity: user.Some("a\xff")}
	w := &record{header: http.Header{}}
	err := httpwire.WriteUser(w, &u, httpwire.DefaultHeader())
	diff(t, "WriteUser", error(&validate.Error{Field: "identity", Code: validate.CodeUTF8, Offset: 1}), err)
	untouched(t, w)

	err = httpwire.WriteError(w, &user.APIError{Status: 429, Message: "ab\xff", RetryAfter: 1}, httpwire.DefaultHeader())
	diff(t, "WriteError", error(&validate.Error{Field: "message", Code: validate.CodeUTF8, Offset: 2}), err)
	untouched(t, w)
}

func TestWriteFails(t *testing.T) {
	w, u := &record{header: http.Header{}, err: io.ErrClosedPipe}, example()
	if err := httpwire.WriteUser(w, &u, httpwire.ResponseHeader{}); err != io.ErrClosedPipe {
		t.Errorf("WriteUser: got %v, want the writer's error", err)
	}
	if err := httpwire.WriteError(w, &user.APIError{Status: 500}, httpwire.ResponseHeader{}); err != io.ErrClosedPipe {
		t.Errorf("WriteError: got %v, want the writer's error", err)
	}
}

// A body counts the calls of Close.
type body struct {
	io.Reader
	closed int
}

func (b *body) Close() error { b.closed++; return nil }

// answer returns a response with the body and its length.
func answer(status int, contentType, text string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: &body{Reader: strings.NewReader(text)}, ContentLength: int64(len(text))}
	if contentType != "" {
		resp.Header.Set("Content-Type", contentType)
	}
	return resp
}

// readResponse reads the answer and checks what applies to every one.
func readResponse(t *testing.T, resp *http.Response, opts *httpwire.ReadOptions) (user.User, httpwire.ResponseHeader, error) {
	t.Helper()
	u, h, err := httpwire.ReadResponse(resp, opts)
	if b, ok := resp.Body.(*body); ok && b.closed != 1 {
		t.Errorf("the body was closed %d times, want once", b.closed)
	}
	if err != nil {
		diff(t, "user beside an error", user.User{}, u)
	}
	return u, h, err
}

func TestReadResponseUser(t *testing.T) {
	for _, contentType := range []string{"application/json", "text/html", ""} { // the status decides
		u, _, err := readResponse(t, answer(201, contentType, exampleBody), nil)
		diff(t, "user", example(), u)
		diff(t, "error", nil, err)
	}
	const sid = "USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	u, _, err := readResponse(t, answer(201, "application/json", ` {"sid":"`+sid+`","role_sid":"not a SID","new":[1, 2]} `), nil)
	diff(t, "user", user.User{SID: user.Some(user.UserSID(sid)), RoleSID: user.Some(user.RoleSID("not a SID")), Unknown: `"new":[1, 2]`}, u) // not validated
	diff(t, "error", nil, err)
}

// noUser is the error for a 201 whose body is not a user.
func noUser(contentType, body string, err error) error {
	return &user.APIError{Status: 201, Reason: validate.CodeNoUser, Err: err, ContentType: contentType, Body: body}
}

func TestReadResponseBadUser(t *testing.T) {
	for text, want := range map[string]error{
		"":                      &validate.Error{Code: validate.CodeJSON, Offset: 0, Want: "value", Hint: validate.HintSingleValue},
		"<html>":                &validate.Error{Code: validate.CodeJSON, Offset: 0, Want: "value", Hint: validate.HintSingleValue},
		`{"sid":1}`:             &validate.Error{Field: "sid", Code: validate.CodeType, Offset: 7, Want: "string"},
		`{"sid":"a","sid":"b"}`: &validate.Error{Field: "sid", Code: validate.CodeRepeated, Offset: 11},
	} {
		_, _, err := readResponse(t, answer(201, "application/json", text), nil)
		diff(t, text, noUser("application/json", text, want), err)
	}
}

func TestReadResponseError(t *testing.T) {
	const problem = `{"type":"https://www.twilio.com/docs/errors/20001","title":"Bad","status":400,"code":20001,"detail":"d","instance":"i","errors":[{"detail":"x"}]}`
	const params = `{"code":50201,"message":"User already exists","httpStatusCode":409,"params":{"a": 1},"userError":true}`
	const legacy = `{"code":50304,"message":"Attributes not valid JSON","more_info":"https://www.twilio.com/docs/errors/50304","status":400,"details":{"a":[1]}}`
	for _, c := range []struct {
		name, contentType, body string
		want                    user.APIError // without Status, ContentType and Body
	}{
		{"legacy", "application/json", legacy, user.APIError{
			Code: 50304, Message: "Attributes not valid JSON", MoreInfo: "https://www.twilio.com/docs/errors/50304", Extra: `{"a":[1]}`,
		}},
		{"problem", "application/problem+json", problem, user.APIError{
			Code: 20001, Message: "Bad", MoreInfo: "https://www.twilio.com/docs/errors/20001", Detail: "d", Instance: "i", Extra: `[{"detail":"x"}]`,
		}},
		{"params", "application/json;charset=utf-8", params, user.APIError{
			Code: 50201, Message: "User already exists", Extra: `{"a": 1}`, UserError: user.Some(true),
		}},
		{"members of other types", "application/json", `{"code":{},"message":1,"userError":null}`, user.APIError{UserError: user.Null[bool]()}},
		{"escapes", "application/json", `{"code":"7","message":"\u00fc"}`, user.APIError{Code: 7, Message: "ü"}},
		{"HTML", "text/html; charset=utf-8", "<html><h1>502 Bad Gateway</h1></html>\n", user.APIError{}},
		{"text", "text/plain", "upstream connect error", user.APIError{}},
		{"broken JSON", "application/json", `{"code":50304,`, user.APIError{}},
		{"no object", "application/json", `[1]`, user.APIError{}},
		{"no UTF-8", "", "\xff\x00", user.APIError{}},
		{"empty", "", "", user.APIError{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, status := range []int{400, 401, 404, 409, 429, 500, 502} {
				want := c.want
				want.Status, want.ContentType, want.Body = status, c.contentType, c.body
				_, _, err := readResponse(t, answer(status, c.contentType, c.body), nil)
				diff(t, "error", error(&want), err)
			}
		})
	}
}

func retryAfter(t *testing.T, values ...string) int {
	t.Helper()
	resp := answer(429, "", "")
	resp.Header["Retry-After"] = values
	_, _, err := readResponse(t, resp, nil)
	e, ok := errors.AsType[*user.APIError](err)
	if !ok {
		t.Fatalf("got %v, want an APIError", err)
	}
	return e.RetryAfter
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string]int{
		"1": 1, "120": 120, "0": 0, "": 0, "-1": 0, "+1": 0, "1.5": 0, "1 s": 0, "soon": 0,
		"1073741824": 1 << 30, "1073741825": 1 << 30, "99999999999999999999": 1 << 30,
		"Fri, 31 Dec 9999 23:59:59 GMT": 1 << 30,
		"Fri, 31 Dec 1999 23:59:59 GMT": 0, // in the past
		"Fri, 31 Dec 1999 23:59:59":     0, // not an HTTP-date
	} {
		diff(t, value, want, retryAfter(t, value))
	}
	// At any time, this is further off than the maximum.
	diff(t, "far off", 1<<30, retryAfter(t, time.Now().AddDate(100, 0, 0).UTC().Format(http.TimeFormat)))
}

// The three formats of RFC 9110 section 5.6.7. The clock is read before and after,
// so that the test does not depend on how long the call takes.
func TestRetryAfterDate(t *testing.T) {
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	seconds := func(now time.Time) int { return int((at.Sub(now) + time.Second - 1) / time.Second) }
	for _, format := range []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
		to := seconds(time.Now())
		got := retryAfter(t, at.Format(format))
		if from := seconds(time.Now()); got < from || got > to {
			t.Errorf("%s: got %d, want %d to %d", format, got, from, to)
		}
	}
}

func TestReadResponseBroken(t *testing.T) {
	broken := func(status int, text string) *http.Response {
		resp := answer(status, "application/json", "")
		resp.Body = &body{Reader: io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF))}
		resp.ContentLength = 9999
		return resp
	}
	_, _, err := readResponse(t, broken(201, exampleBody), nil)
	diff(t, "201", noUser("application/json", exampleBody, &validate.Error{Code: validate.CodeBody, Offset: -1}), err)
	if !errors.Is(err, validate.CodeNoUser) || !errors.Is(err, validate.CodeBody) {
		t.Errorf("errors.Is does not find the codes of %v", err)
	}
	_, _, err = readResponse(t, broken(201, exampleBody[:90]), nil)
	diff(t, "201 in the middle", noUser("application/json", exampleBody[:90], &validate.Error{Code: validate.CodeBody, Offset: -1}), err)
	_, _, err = readResponse(t, broken(200, exampleBody), nil)
	diff(t, "200", error(&user.APIError{Status: 200, Reason: validate.CodeNotCreated, ContentType: "application/json", Body: exampleBody}), err)

	const text = `{"code":50201}`
	_, _, err = readResponse(t, broken(409, text), nil)
	diff(t, "409", error(&user.APIError{Status: 409, Code: 50201, ContentType: "application/json", Body: text}), err)
	_, _, err = readResponse(t, broken(409, text[:5]), nil)
	diff(t, "409 in the middle", error(&user.APIError{Status: 409, ContentType: "application/json", Body: text[:5]}), err)
}

func TestReadResponseLimit(t *testing.T) {
	const text = `{"code":50201}`
	tooLarge := func(limit string) error { return &validate.Error{Code: validate.CodeTooLarge, Offset: -1, Want: limit} }
	for _, known := range []bool{false, true} {
		resp := func(status int, text string) *http.Response {
			resp := answer(status, "", text)
			if !known {
				resp.ContentLength = -1
			}
			return resp
		}
		n := len(exampleBody)
		_, _, err := readResponse(t, resp(201, exampleBody), &httpwire.ReadOptions{MaxBody: int64(n) - 1})
		diff(t, "201", noUser("", exampleBody[:n-1], tooLarge(strconv.Itoa(n-1))), err)
		_, _, err = readResponse(t, resp(201, exampleBody+" "), &httpwire.ReadOptions{MaxBody: int64(n)})
		diff(t, "201, whole at the limit", noUser("", exampleBody, tooLarge(strconv.Itoa(n))), err)
		u, _, err := readResponse(t, resp(201, exampleBody), &httpwire.ReadOptions{MaxBody: int64(n)})
		diff(t, "201 at the limit", example(), u)
		diff(t, "201 at the limit", nil, err)
		_, _, err = readResponse(t, resp(409, text), &httpwire.ReadOptions{MaxBody: 13})
		diff(t, "409 cut off", error(&user.APIError{Status: 409, Body: text[:13]}), err)
		_, _, err = readResponse(t, resp(409, text), &httpwire.ReadOptions{MaxBody: 14})
		diff(t, "409 at the limit", error(&user.APIError{Status: 409, Code: 50201, Body: text}), err)
	}
	spaces := strings.Repeat(" ", 1<<20)
	_, _, err := readResponse(t, answer(201, "", spaces+"{}"), nil)
	diff(t, "201 over the default", noUser("", spaces, tooLarge("1048576")), err)
	_, _, err = readResponse(t, answer(500, "", spaces+"{}"), nil)
	diff(t, "500 over the default", error(&user.APIError{Status: 500, Body: spaces}), err)
}

func TestHeaderRoundTrip(t *testing.T) {
	for _, h := range []httpwire.ResponseHeader{
		{},
		httpwire.DefaultHeader(),
		{AllowOrigin: user.Some("https://a.example"), AllowCredentials: user.Some(true)},
		{AllowMethods: user.Some(""), AllowHeaders: user.Some("*"), ExposeHeaders: user.Some("A, B")},
	} {
		for _, status := range []int{201, 409} {
			rec, u := httptest.NewRecorder(), example()
			var err error
			if status == 201 {
				err = httpwire.WriteUser(rec, &u, h)
			} else {
				err = httpwire.WriteError(rec, &user.APIError{Status: status}, h)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := readResponse(t, rec.Result(), nil)
			diff(t, "header", h, got)
			if cmp.Diff(h, httpwire.ResponseHeader{AllowMethods: user.Some("PUT")}) == "" {
				t.Error("no difference found")
			}
		}
	}
}

func TestReadHeader(t *testing.T) {
	resp := answer(201, "", "")
	resp.Header.Add("Access-Control-Allow-Methods", "POST")
	resp.Header.Add("Access-Control-Allow-Methods", "OPTIONS")
	for _, credentials := range []string{"TRUE", "1", ""} { // not a boolean of the contract
		resp.Header.Set("Access-Control-Allow-Credentials", credentials)
		resp.Body = &body{Reader: strings.NewReader(exampleBody)}
		_, h, err := readResponse(t, resp, nil)
		diff(t, "error", nil, err)
		diff(t, credentials, httpwire.ResponseHeader{AllowMethods: user.Some("POST, OPTIONS")}, h)
	}
}

// A status that no answer can end with becomes 500, in the body as well.
func TestWriteErrorStatus(t *testing.T) {
	for status, want := range map[int]int{-1: 500, 0: 500, 99: 500, 100: 500, 101: 500, 199: 500, 200: 200, 409: 409, 999: 999, 1000: 500, math.MaxInt: 500} {
		w := httptest.NewRecorder()
		if err := httpwire.WriteError(w, &user.APIError{Status: status, Code: 1}, httpwire.ResponseHeader{}); err != nil {
			t.Fatal(err)
		}
		if body := fmt.Sprintf(`{"code":1,"message":"","more_info":"","status":%d}`, want); w.Code != want || w.Body.String() != body {
			t.Errorf("%d is answered as %d, %s; want %d", status, w.Code, w.Body, want)
		}
	}
}

// A gateway that passes on an answer that only looks like a success, or followed a
// redirect, does not answer with a success.
func TestWriteErrorReason(t *testing.T) {
	for _, e := range []user.APIError{
		{Status: 201, Reason: validate.CodeNoUser, Code: 50201, Message: "m", MoreInfo: "u"},
		{Status: 409, Reason: validate.CodeNoUser, Code: 50201, RetryAfter: 7},
	} {
		w := &record{header: http.Header{}}
		if err := httpwire.WriteError(w, &e, httpwire.ResponseHeader{}); err != nil {
			t.Fatal(err)
		}
		diff(t, "status", []int{502}, w.Status)
		diff(t, "body", `{"code":0,"message":"want a user with a valid sid","more_info":"","status":502}`, w.Body)
		diff(t, "Retry-After", "", w.header.Get("Retry-After"))
	}
}

// The transport of a test may answer without a body.
func TestReadResponseWithoutBody(t *testing.T) {
	_, _, err := httpwire.ReadResponse(&http.Response{StatusCode: 409}, nil)
	if e, ok := errors.AsType[*user.APIError](err); !ok || e.Status != 409 || e.Body != "" {
		t.Errorf("409: %v", err)
	}
	if _, _, err = httpwire.ReadResponse(&http.Response{StatusCode: 201}, nil); !errors.Is(err, validate.CodeJSON) {
		t.Errorf("201: %v", err)
	}
}

// A RequestError without Err has a text.
func TestZeroRequestError(t *testing.T) {
	if got := (&httpwire.RequestError{Status: 400}).Error(); got != "status 400" {
		t.Errorf("got %q", got)
	}
}
