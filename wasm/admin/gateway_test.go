package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

const (
	testAccount = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	testToken   = "0123456789secret0123456789secret"
)

// An upstream is a server over TLS in place of the real service. It records the
// requests.
type upstream struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request // with their bodies as GetBody
}

func startUpstream(t testing.TB, h http.Handler) *upstream {
	u := &upstream{}
	u.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		u.mu.Lock()
		u.requests = append(u.requests, r)
		u.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	u.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are cut
	u.StartTLS()
	t.Cleanup(u.Close)
	return u
}

// bodyOf returns the body of a request that an upstream has recorded.
func bodyOf(r *http.Request) string {
	body, _ := r.GetBody()
	text, _ := io.ReadAll(body)
	return string(text)
}

// sent returns the requests since the last call.
func (u *upstream) sent() []*http.Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	defer func() { u.requests = nil }()
	return u.requests
}

// changing is a handler that can be replaced while it is in use.
type changing struct {
	now atomic.Pointer[http.HandlerFunc]
}

func (c *changing) set(h http.HandlerFunc)                           { c.now.Store(&h) }
func (c *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*c.now.Load())(w, r) }

// trust makes a client of newUpstream trust the certificate of a test.
func trust(c *httpwire.Client, certificate *x509.Certificate) {
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	c.HTTP.Transport.(*http.Transport).TLSClientConfig.RootCAs = roots
}

func testClient(t testing.TB, u *upstream) *httpwire.Client {
	t.Helper()
	c, err := newUpstream(u.URL, false, httpwire.BasicAuth(testAccount, testToken))
	if err != nil {
		t.Fatal(err)
	}
	trust(c, u.Certificate())
	return c
}

// A page is a browser with a gateway.
type page struct {
	base, link string // as printed
	client     *http.Client
	enter      io.WriteCloser // standard input of the program
	output     *lines
	stop       func() error // ends the program
	upstream   *upstream
	settings   settings
}

// newPage returns a browser for a program that prints a link.
func newPage(t testing.TB, out *lines) *page {
	t.Helper()
	p := &page{output: out, link: out.wait(t, "admin UI   ")}
	p.base, _, _ = strings.Cut(p.link, linkPath)
	p.client = newClient()
	p.client.Jar, _ = cookiejar.New(nil) // never fails without options
	return p
}

// startGateway runs a gateway to h until the test ends. change may change its
// settings and its client.
func startGateway(t testing.TB, h http.Handler, change func(*settings, *httpwire.Client)) *page {
	t.Helper()
	u := startUpstream(t, h)
	s := settings{Host: "127.0.0.1", Package: folder(t, packageFiles...), Journal: t.TempDir(), Rate: 10_000, Upstream: u.URL}
	c := testClient(t, u)
	if change != nil {
		change(&s, c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, enter := io.Pipe()
	out := newLines()
	ended := make(chan error, 1)
	go func() { ended <- runGateway(ctx, s, c, testAccount, in, out) }()
	p := newPage(t, out)
	p.enter, p.upstream, p.settings = enter, u, s
	p.stop = sync.OnceValue(func() error {
		cancel()
		enter.Close()
		return <-ended
	})
	t.Cleanup(func() { diff(t, "run", nil, p.stop()) })
	return p
}

// open opens the link.
func (p *page) open(t testing.TB) *page {
	t.Helper()
	resp, _ := p.do(t, "GET", strings.TrimPrefix(p.link, p.base), "", nil)
	diff(t, "opening the link", 303, resp.StatusCode)
	return p
}

// cookie returns the name of the session's cookie, without TLS.
func (p *page) cookie() string { return "convuser_" + p.base[strings.LastIndex(p.base, ":")+1:] }

// do sends a request and returns the response and its body. A body is a form
// unless h has another type.
func (p *page) do(t testing.TB, method, path, body string, h http.Header) (*http.Response, string) {
	t.Helper()
	req := request(t, method, p.base+path, body)
	if body != "" {
		req.Header.Set("Content-Type", httpwire.FormType)
	}
	maps.Copy(req.Header, h)
	req.Host = h.Get("Host")
	return send(t, p.client, req)
}

// lines is what a program prints.
type lines struct {
	mu   sync.Mutex
	text string
	more chan struct{} // a value when text has grown
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1)} }

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text += string(b)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text
}

// wait waits for a line with the prefix, removes it from the text and returns
// the rest of the line.
func (l *lines) wait(t testing.TB, prefix string) string {
	t.Helper()
	for {
		l.mu.Lock()
		for line := range strings.Lines(l.text) {
			if found, ok := strings.CutPrefix(line, prefix); ok && strings.HasSuffix(line, "\n") {
				l.text = strings.Replace(l.text, line, "", 1)
				l.mu.Unlock()
				return strings.TrimSpace(found)
			}
		}
		l.mu.Unlock()
		select {
		case <-l.more:
		case <-time.After(30 * time.Second): // far longer than it takes
			t.Fatalf("the program did not print %q", prefix)
		}
	}
}

// TestGatewayCreate: the service gets the request of the page, with its webhook
// header, and the page gets the user of the service.
func TestGatewayCreate(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{Username: testAccount, Password: testToken})
	p := startGateway(t, h, nil).open(t)
	want := user.CreateRequest{Identity: "a/ü %", FriendlyName: user.Some(""), WebhookEnabled: user.Some(true)}
	form, err := encode.AppendForm(nil, &want)
	diff(t, "form", nil, err)
	resp, body := p.do(t, "POST", httpwire.Path, string(form), http.Header{user.WebhookHeader: {"true"}})
	diff(t, "status", 201, resp.StatusCode)
	u, err := encode.ParseUser(body)
	diff(t, "error", nil, err)
	diff(t, "user", h.Users()[0], u)

	for _, key := range []string{url.PathEscape("a/ü %"), string(u.SID.Or(""))} {
		for _, method := range []string{"GET", "HEAD"} {
			resp, body = p.do(t, method, httpwire.Path+"/"+key, "", nil)
			diff(t, "status", 200, resp.StatusCode)
			if method == "GET" {
				fetched, err := encode.ParseUser(body)
				diff(t, "error", nil, err)
				diff(t, "fetched", h.Users()[0], fetched)
			}
		}
	}
	for path, want := range map[string]int{"/none": 404, "/a/b": 404, "/": 400, "/%FF": 400} {
		resp, _ = p.do(t, "GET", httpwire.Path+path, "", nil)
		diff(t, path, want, resp.StatusCode)
	}
	resp, body = p.do(t, "GET", aboutPath, "", nil)
	diff(t, "about", fmt.Sprintf("{\"mode\":\"gateway\",\"upstream\":%q}\n", p.upstream.URL), body)
	diff(t, "type", httpwire.JSONType, resp.Header.Get("Content-Type"))
}

// TestGatewaySendsNothingElse: only what the library parses of a request is
// forwarded.
func TestGatewaySendsNothingElse(t *testing.T) {
	p := startGateway(t, usertest.NewHandler(nil), nil).open(t)
	h := http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("mine:mine"))}, "X-Forwarded-For": {"x"}, "Forwarded": {"x"},
		"Accept-Language": {"x"}, "User-Agent": {"x"}, "Origin": {p.base}, "Referer": {p.base + "/secret"}, "Content-Type": {httpwire.FormType + "; charset=utf-8"}, "X-Twilio-Other": {"x"}}
	resp, _ := p.do(t, "POST", httpwire.Path+"?query=x", "&&Attributes=%7b%7d&Identity=%61%20b&", h)
	diff(t, "status", 201, resp.StatusCode)
	p.do(t, "GET", httpwire.Path+"/a%20b?query=x", "", h)
	sent := p.upstream.sent()
	diff(t, "requests", 2, len(sent))
	for i, want := range []struct{ line, body string }{{"POST /v1/Users", "Identity=a+b&Attributes=%7B%7D"}, {"GET /v1/Users/a%20b", ""}} {
		diff(t, "body", want.body, bodyOf(sent[i]))
		diff(t, "line", want.line, sent[i].Method+" "+sent[i].RequestURI)
		name, password, _ := sent[i].BasicAuth()
		diff(t, "credentials", []string{testAccount, testToken}, []string{name, password})
		for name := range sent[i].Header {
			switch name {
			case "Authorization", "Accept", "Accept-Encoding", "Content-Length", "Content-Type":
			case "User-Agent":
				diff(t, "agent", "Go-http-client/1.1", sent[i].UserAgent())
			default:
				t.Errorf("the header %s", name)
			}
		}
	}
	diff(t, "type", httpwire.FormType, sent[0].Header.Get("Content-Type"))
}

// TestGatewayStrangers: a request from another origin, with a rebound Host or
// without the session is refused and not forwarded, and no response allows a
// page of another origin to read it.
func TestGatewayStrangers(t *testing.T) {
	h := usertest.NewHandler(nil)
	p := startGateway(t, h, nil)
	unopened, _ := p.do(t, "GET", aboutPath, "", http.Header{"Cookie": {p.cookie() + "="}})
	diff(t, "an empty session before the link was opened", 401, unopened.StatusCode)
	p.open(t)
	jar := p.client.Jar
	for name, c := range map[string]struct {
		header  http.Header
		session bool
		status  int
	}{
		"another site":              {http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, true, 403},
		"another site, old browser": {http.Header{"Origin": {"https://evil.example"}}, true, 403},
		"another port of this host": {http.Header{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://127.0.0.1:1"}}, true, 403},
		"a page without an origin":  {http.Header{"Origin": {"null"}}, true, 403},
		"a rebound name":            {http.Header{"Host": {"evil.example"}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://evil.example"}}, true, 421},
		"a blank Host":              {http.Header{"Host": {" "}}, true, 421},
		"no session":                {http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {p.base}}, false, 401},
		"no session, no browser":    {http.Header{}, false, 401},
		"credentials, no session":   {http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(testAccount+":"+testToken))}}, false, 401},
		"another session":           {http.Header{"Cookie": {p.cookie() + "=x"}}, false, 401},
		"an empty session":          {http.Header{"Cookie": {p.cookie() + "="}}, false, 401},
	} {
		p.client.Jar = nil
		if c.session {
			p.client.Jar = jar
		}
		for _, r := range []struct {
			method, path, body string
			h                  http.Header
		}{
			{"POST", httpwire.Path, "Identity=a", nil},
			{"GET", httpwire.Path + "/a", "", nil},
			{"OPTIONS", httpwire.Path, "", http.Header{"Access-Control-Request-Method": {"POST"}}},
			{"POST", jobsPath, `{"row":1,"request":{"Identity":"a"}}`, http.Header{"Content-Type": {"application/x-ndjson"}}},
			{"GET", jobsPath + "/x", "", nil},
			{"GET", aboutPath, "", nil},
			{"POST", usertest.ControlPath, "kind=500", nil},
		} {
			header := c.header.Clone()
			maps.Copy(header, r.h)
			resp, body := p.do(t, r.method, r.path, r.body, header)
			diff(t, name+": "+r.method+" "+r.path, c.status, resp.StatusCode)
			for k := range resp.Header {
				if strings.HasPrefix(k, "Access-Control-") {
					t.Errorf("%s: the header %s", name, k)
				}
			}
			if c.status == 401 && (!strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") || !strings.Contains(body, "no session")) {
				t.Errorf("%s: %s", name, body)
			}
		}
	}
	diff(t, "sent to the service", 0, len(p.upstream.sent()))
	diff(t, "users", 0, len(h.Users()))
	p.client.Jar = jar
	resp, _ := p.do(t, "POST", httpwire.Path, "Identity=a", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {p.base}})
	diff(t, "the page itself", 201, resp.StatusCode)
	diff(t, "sent to the service", 1, len(p.upstream.sent()))
}

// TestGatewayLink: a link works once, scripts and other sites cannot use its
// cookie, and Enter prints another link.
func TestGatewayLink(t *testing.T) {
	for _, overTLS := range []bool{false, true} {
		p := startGateway(t, usertest.NewHandler(nil), func(s *settings, _ *httpwire.Client) {
			if overTLS {
				s.TLSCert, s.TLSKey = certificate(t)
			}
		})
		at := strings.TrimPrefix(p.link, p.base)
		get := func(path string, h http.Header) *http.Response {
			resp, _ := p.do(t, "GET", path, "", h)
			return resp
		}
		for _, path := range []string{linkPath, linkPath + "?token=", linkPath + "?token=x", at[:len(at)-1], at + "x"} {
			diff(t, "a wrong token", 403, get(path, nil).StatusCode)
		}
		resp, _ := p.do(t, "HEAD", at, "", nil) // as programs send that preview links
		diff(t, "HEAD", 401, resp.StatusCode)
		if token := strings.TrimPrefix(at, linkPath+"?token="); len(token) < 26 { // of 32 letters, so 130 bits
			t.Errorf("a token of %d letters", len(token))
		}
		resp = get(at, http.Header{"Sec-Fetch-Site": {"cross-site"}}) // from a terminal in a web page
		diff(t, "first use", 303, resp.StatusCode)
		diff(t, "Location", "/", resp.Header.Get("Location"))
		cookies := resp.Cookies()
		if len(cookies) != 1 || len(cookies[0].Value) < 26 {
			t.Fatalf("cookies %v", cookies)
		}
		name := p.cookie()
		if overTLS {
			name = "__Host-" + name
		}
		diff(t, "Set-Cookie", name+"="+cookies[0].Value+"; Path=/; HttpOnly"+map[bool]string{true: "; Secure"}[overTLS]+"; SameSite=Strict", cookies[0].Raw)
		diff(t, "the page", 200, get("/", nil).StatusCode)
		diff(t, "with the session", 200, get(aboutPath, nil).StatusCode)

		resp, text := p.do(t, "GET", at, "", nil)
		diff(t, "second use", 403, resp.StatusCode)
		diff(t, "cookies", 0, len(resp.Cookies()))
		if !strings.Contains(text, "Press Enter") {
			t.Error(text)
		}

		_, err := io.WriteString(p.enter, "\n")
		diff(t, "Enter", nil, err)
		jar := p.client.Jar
		p.client.Jar, _ = cookiejar.New(nil)
		at = strings.TrimPrefix(p.output.wait(t, "admin UI   "), p.base)
		diff(t, "another link", 303, get(at, nil).StatusCode)
		diff(t, "its session", 200, get(aboutPath, nil).StatusCode)
		p.client.Jar = jar
		diff(t, "the session before", 401, get(aboutPath, nil).StatusCode)
	}
}

// certificate writes the certificate of net/http/httptest and its key.
func certificate(t testing.TB) (cert, key string) {
	t.Helper()
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	pair := srv.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der}} {
		write(t, path, string(pem.EncodeToMemory(block)))
	}
	return cert, key
}

// TestGatewayIsNoEndpoint: the endpoint in memory cannot be reached.
func TestGatewayIsNoEndpoint(t *testing.T) {
	p := startGateway(t, http.NotFoundHandler(), nil).open(t)
	for _, c := range [][2]string{{"POST", usertest.ControlPath}, {"DELETE", usertest.ControlPath}, {"POST", "/v1/users"}, {"POST", "/v1/Users/"}, {"POST", "/v1/Users/a"},
		{"DELETE", "/v1/Users/a"}, {"PUT", httpwire.Path}, {"GET", httpwire.Path}, {"OPTIONS", httpwire.Path}, {"POST", "//v1/Users"}, {"POST", "/v1%2FUsers"}, {"POST", linkPath}, {"GET", "/index.html"}} {
		resp, body := p.do(t, c[0], c[1], "kind=500", nil)
		diff(t, c[0]+" "+c[1], 404, resp.StatusCode)
		if !strings.Contains(body, "The gateway has no such resource") {
			t.Errorf("%s %s: %s", c[0], c[1], body)
		}
	}
	diff(t, "sent to the service", 0, len(p.upstream.sent()))
}

// TestGatewayHeaders: no response may be cached, sniffed, or loaded by a page
// of another origin.
func TestGatewayHeaders(t *testing.T) {
	p := startGateway(t, usertest.NewHandler(nil), nil)
	check := func(path, cache string, want int) {
		t.Helper()
		resp, _ := p.do(t, "GET", path, "", nil)
		diff(t, path, want, resp.StatusCode)
		for name, want := range map[string]string{"Cache-Control": cache, "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			diff(t, path+" "+name, want, resp.Header.Get(name))
		}
	}
	check(aboutPath, "no-store", 401)
	check(linkPath, "no-store", 403)
	check(strings.TrimPrefix(p.link, p.base), "no-store", 303)
	check("/", "no-cache", 200) // which has no secret
	check("/convuser/index.js", "no-cache", 200)
	check(aboutPath, "no-store", 200)
	check(httpwire.Path+"/a", "no-store", 404)
	p.do(t, "POST", httpwire.Path, "Identity=a", nil)
	check(httpwire.Path+"/a", "no-store", 200)
}

// TestGatewayAnswers compares what the page gets with what the service answers.
// Each request is sent once.
func TestGatewayAnswers(t *testing.T) {
	silence := func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // a return would answer 200, which a client may read while it times out
	}
	const maybe = "the user may have been created: look it up before you send the request again"
	var answer changing
	p := startGateway(t, &answer, func(_ *settings, c *httpwire.Client) {
		c.HTTP.Timeout = 2 * time.Second // for silence
	}).open(t)
	reply := func(status int, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "a=b")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("X-Other", "x")
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		answer     http.HandlerFunc
		status     int
		code       int
		message    string // part of it
		retryAfter string
	}{
		"exists":          {reply(409, `{"code":50201,"message":"User already exists","x":"y"}`), 409, 50201, "User already exists", ""},
		"invalid":         {reply(400, `{"code":50304,"message":"Attributes <b>"}`), 400, 50304, "Attributes <b>", ""},
		"too many":        {reply(429, `{"code":20429,"message":"Too many"}`, "Retry-After", "7"), 429, 20429, "Too many", "7"},
		"not found":       {reply(404, `no`), 404, 0, "Not Found", ""},
		"credentials":     {reply(401, `{"code":20003,"message":"Authenticate"}`, "WWW-Authenticate", "Basic"), 502, 20003, "refused the gateway's own credentials", ""},
		"forbidden":       {reply(403, ``), 502, 0, "refused the gateway's own credentials", ""},
		"out of order":    {reply(500, `{"code":20500,"message":"Internal"}`), 502, 20500, maybe, ""},
		"unavailable":     {reply(503, `x`, "Retry-After", "9"), 502, 0, maybe, "9"},
		"HTML":            {reply(502, `<html>secret`), 502, 0, maybe, ""},
		"redirect":        {reply(307, ``, "Location", "https://evil.example/v1/Users"), 502, 0, maybe, ""},
		"success of none": {reply(200, `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`), 502, 0, maybe, ""},
		"no user":         {reply(201, `{}`), 502, 0, maybe, ""},
		"a bad sid":       {reply(201, `{"sid":"USx"}`), 502, 0, maybe, ""},
		"no JSON":         {reply(201, `<html>`), 502, 0, maybe, ""},
		"cut":             {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 502, 0, maybe, ""},
		"silence":         {silence, 504, 0, maybe, ""},
	} {
		answer.set(c.answer)
		resp, body := p.do(t, "POST", httpwire.Path, "Identity=a", nil)
		diff(t, name, c.status, resp.StatusCode)
		e := encode.ParseError(resp.StatusCode, resp.Header.Get("Content-Type"), body)
		diff(t, name+": code", c.code, e.Code)
		if !strings.Contains(e.Message, c.message) || e.Message == "" {
			t.Errorf("%s: %q", name, e.Message)
		}
		diff(t, name+": Retry-After", c.retryAfter, resp.Header.Get("Retry-After"))
		for _, h := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "X-Other", "Location", "Www-Authenticate"} {
			diff(t, name+": "+h, "", resp.Header.Get(h))
		}
		if strings.Contains(body, "secret") || strings.Contains(body, "evil") {
			t.Errorf("%s: %s", name, body)
		}
		diff(t, name+": requests", 1, len(p.upstream.sent()))
	}

	// The user in a success is parsed and encoded again.
	answer.set(reply(201, ` {"x": 1, "sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }`, "Content-Type", "text/html"))
	resp, body := p.do(t, "POST", httpwire.Path, "Identity=a", nil)
	diff(t, "status", 201, resp.StatusCode)
	diff(t, "body", `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","x": 1}`, body)
	diff(t, "type", httpwire.JSONType, resp.Header.Get("Content-Type"))
	diff(t, "CORS", "", resp.Header.Get("Access-Control-Allow-Origin"))
	p.upstream.sent()

	// A request that is not valid is not sent.
	for form, want := range map[string]string{"": "Content-Type", "Identity=": "Identity: required", "Identity=a&RoleSid=RLx": "RoleSid: byte 2", "Identity=a&x=1": "unknown name"} {
		resp, body := p.do(t, "POST", httpwire.Path, form, nil)
		if resp.StatusCode != 400 && resp.StatusCode != 415 || !strings.Contains(body, want) {
			t.Errorf("%q: %d %s", form, resp.StatusCode, body)
		}
	}
	diff(t, "sent to the service", 0, len(p.upstream.sent()))
}

// TestGatewayLimits: with the maximum of requests in progress, another one is
// refused and not sent.
func TestGatewayLimits(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	p := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		w.WriteHeader(http.StatusNotFound)
	}), nil).open(t)
	var group sync.WaitGroup
	for range mostAtOnce {
		group.Go(func() {
			resp, _ := p.do(t, "GET", httpwire.Path+"/a", "", nil)
			diff(t, "status", 404, resp.StatusCode)
		})
		<-arrived
	}
	resp, body := p.do(t, "POST", httpwire.Path, "Identity=a", nil)
	diff(t, "one too many", 503, resp.StatusCode)
	if !strings.Contains(body, "was not sent") || resp.Header.Get("Retry-After") != "1" {
		t.Error(body)
	}
	close(release)
	group.Wait()
	diff(t, "sent to the service", mostAtOnce, len(p.upstream.sent()))
}

// TestLimitedListener: one connection too many waits for another to end.
func TestLimitedListener(t *testing.T) {
	l := newLimited(listenLoopback(t), 1)
	dial(t, l.Addr().String())
	first, err := l.Accept()
	diff(t, "error", nil, err)
	dial(t, l.Addr().String())
	second := make(chan net.Conn)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		second <- conn
	}()
	select {
	case <-second:
		t.Error("two connections are open")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // as net/http may do
	conn := <-second
	diff(t, "slots taken", 1, len(l.slots))
	conn.Close()
	diff(t, "slots taken", 0, len(l.slots))
}

// TestGatewayConns: the program has no more open connections than the maximum.
func TestGatewayConns(t *testing.T) {
	p := startGateway(t, http.NotFoundHandler(), nil) // which may still have a connection
	at := strings.TrimPrefix(p.base, "http://")
	var idle []net.Conn
	for range mostConns {
		idle = append(idle, dial(t, at))
	}
	last := dial(t, at)
	_, err := io.WriteString(last, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	diff(t, "error", nil, err)
	_ = last.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, err := last.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one connection too many is answered: %v", err)
	}
	for _, conn := range idle[:2] {
		conn.Close()
	}
	_ = last.SetReadDeadline(time.Now().Add(30 * time.Second)) // far longer than it takes
	if _, err := last.Read(make([]byte, 1)); err != nil {
		t.Errorf("when others have ended: %v", err)
	}
}

// TestNewUpstream: the URL has https, a host and nothing else; there is no proxy
// unless the flag is set; TLS is 1.2 or later, and the certificate is verified.
func TestNewUpstream(t *testing.T) {
	for _, bad := range []string{"http://u.example", "https://", "u.example", "https://name:secret@u.example", "https://u.example/path", "https://u.example?q", "https://u.example#f",
		"https://u.example:x", "https://u.example:99999", "HTTPS//u", "ftp://u.example", "https://u .example"} {
		_, err := newUpstream(bad, false, httpwire.Credentials{})
		if err != errUpstream {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, good := range []string{"https://u.example", "https://u.example/", "https://127.0.0.1:1", "https://[::1]:1"} {
		c, err := newUpstream(good, false, httpwire.Credentials{})
		diff(t, good, nil, err)
		diff(t, good, strings.TrimSuffix(good, "/"), c.Base)
		if c.HTTP.Timeout <= 0 || c.HTTP.Timeout > time.Minute || c.HTTP.Transport.(*http.Transport).Proxy != nil {
			t.Errorf("timeout %v, or a proxy", c.HTTP.Timeout)
		}
	}
	c, err := newUpstream("https://u.example", true, httpwire.Credentials{})
	diff(t, "error", nil, err)
	if c.HTTP.Transport.(*http.Transport).Proxy == nil {
		t.Error("no proxy with the flag")
	}

	old := httptest.NewUnstartedServer(usertest.NewHandler(nil))
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	c, err = newUpstream(old.URL, false, httpwire.BasicAuth("a", "b"))
	diff(t, "error", nil, err)
	trust(c, old.Certificate())
	if _, err := c.Fetch(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("TLS 1.1: %v", err)
	}
	u := startUpstream(t, usertest.NewHandler(nil))
	c, err = newUpstream(u.URL, false, httpwire.BasicAuth("a", "b"))
	diff(t, "error", nil, err)
	if _, err := c.Fetch(t.Context(), "a"); !errors.As(err, new(*tls.CertificateVerificationError)) {
		t.Errorf("a certificate of an unknown authority: %v", err)
	}
}

// TestGatewayAddr: other computers can use the gateway only over TLS.
func TestGatewayAddr(t *testing.T) {
	cert, key := certificate(t)
	s := settings{Host: "0.0.0.0", Package: folder(t, packageFiles...), Journal: t.TempDir(), Rate: 1}
	c, err := newUpstream("https://u.example", false, httpwire.Credentials{})
	diff(t, "error", nil, err)
	for _, host := range []string{"0.0.0.0", "::"} {
		s.Host = host
		err := runGateway(t.Context(), s, c, "", strings.NewReader(""), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), "addr: want a loopback address, or -tls-cert") {
			t.Errorf("%s: %v", host, err)
		}
	}
	p := startGateway(t, usertest.NewHandler(nil), func(s *settings, _ *httpwire.Client) {
		s.Host, s.TLSCert, s.TLSKey = "0.0.0.0", cert, key
	})
	if !strings.HasPrefix(p.base, "https://0.0.0.0:") {
		t.Error(p.base)
	}
	p.open(t)
	s.TLSCert, s.TLSKey = key, cert
	if err := runGateway(t.Context(), s, c, "", strings.NewReader(""), io.Discard); err == nil || !strings.HasPrefix(err.Error(), "tls-cert, tls-key: want") {
		t.Error(err)
	}
}

// TestGatewayIsSilent: the credentials are in no output, response or file of the
// program, whatever the service does.
func TestGatewayIsSilent(t *testing.T) {
	var h changing
	h.set(usertest.NewHandler(&usertest.Options{Username: testAccount, Password: "another"}).ServeHTTP)
	p := startGateway(t, &h, nil).open(t)
	var all strings.Builder
	see := func(method, path, body string, header http.Header) string {
		resp, text := p.do(t, method, path, body, header)
		fmt.Fprintln(&all, resp.Header, text)
		return text
	}
	post := func() { see("POST", httpwire.Path, "Identity=a", nil) }
	post() // 401
	see("POST", jobsPath, `{"row":1,"request":{"Identity":"a"}}`, http.Header{"Content-Type": {"application/x-ndjson"}})
	h.set(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	post()
	p.upstream.Close()
	if text := see("POST", httpwire.Path, "Identity=a", nil); !strings.Contains(text, "cannot connect to the service") || !strings.Contains(text, "nothing was sent") {
		t.Error(text)
	}
	see("GET", httpwire.Path+"/a", "", nil)
	diff(t, "run", nil, p.stop())
	all.WriteString(p.output.String())
	files := glob(t, p.settings.Journal, "*")
	diff(t, "files", 1, len(files))
	for _, f := range files {
		all.WriteString(read(t, f))
	}
	for _, secret := range []string{testToken, base64.StdEncoding.EncodeToString([]byte(testAccount + ":" + testToken)), fmt.Sprintf("%x", testToken)} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%s is in\n%s", secret, all.String())
		}
	}
	if !strings.Contains(all.String(), "refused the") || !strings.Contains(all.String(), "No response from the service") {
		t.Errorf("the responses are not those that this test is for:\n%s", all.String())
	}
}

// TestReadCredentials: credentials come from a file or the environment, and no
// error quotes them.
func TestReadCredentials(t *testing.T) {
	const account, token, key, secret = accountName, authTokenName, keyName, secretName
	type env map[string]string
	for name, c := range map[string]struct {
		env     env
		file    string
		mode    os.FileMode
		want    [2]string // name and password
		account string
		err     string
	}{
		"account":              {env: env{account: "AC1", token: "t"}, want: [2]string{"AC1", "t"}, account: "AC1"},
		"key":                  {env: env{key: "SK1", secret: "s"}, want: [2]string{"SK1", "s"}, account: "SK1"},
		"key of an account":    {env: env{account: "AC1", token: "t", key: "SK1", secret: "s"}, want: [2]string{"SK1", "s"}, account: "AC1"},
		"none":                 {err: errNoCredentials.Error()},
		"no token":             {env: env{account: "hidden"}, err: errNoCredentials.Error()},
		"no secret":            {env: env{account: "hidden", token: "hidden", key: "hidden"}, err: errNoCredentials.Error()},
		"colon":                {env: env{account: "hid:den", token: "t"}, err: "credentials: want a SID without a colon"},
		"line end":             {env: env{account: "AC1", token: "hidden\n"}, err: "credentials: want no space and no control character"},
		"two lines":            {file: "AC1\nt\n", mode: 0o600, env: env{account: "other", token: "other"}, want: [2]string{"AC1", "t"}, account: "AC1"},
		"two lines of Windows": {file: "AC1\r\nt\r\n", mode: 0o400, want: [2]string{"AC1", "t"}, account: "AC1"},
		"JSON":                 {file: `{"` + account + `":"AC1","` + key + `":"SK1","` + secret + `":"s"}`, mode: 0o600, want: [2]string{"SK1", "s"}, account: "AC1"},
		"JSON without":         {file: `{"x":"hidden"}`, mode: 0o600, env: env{account: "AC1", token: "t"}, err: errNoCredentials.Error()},
		"bad JSON":             {file: "{\"hidden\n\"}", mode: 0o600, err: "credentials: want a JSON object, with members such as TWILIO_ACCOUNT_SID, or two lines, a SID and its secret"},
		"a line":               {file: "hidden", mode: 0o600, err: "credentials: want a JSON object, with members such as TWILIO_ACCOUNT_SID, or two lines, a SID and its secret"},
		"others can read it":   {file: "AC1\nt", mode: 0o604, err: "credentials: others can read the file; chmod 600 it"},
		"the group can":        {file: "AC1\nt", mode: 0o640, err: "credentials: others can read the file; chmod 600 it"},
	} {
		path := ""
		if c.mode != 0 {
			if runtime.GOOS == "windows" && c.mode&0o077 != 0 {
				continue
			}
			path = filepath.Join(t.TempDir(), "hidden")
			write(t, path, c.file)
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
		}
		credentials, account, err := readCredentials(path, func(name string) string { return c.env[name] })
		diffError(t, name, c.err, err)
		if c.err != "" {
			continue
		}
		diff(t, name, c.account, account)
		var pair [2]string
		client := httpwire.Client{Credentials: credentials, HTTP: &http.Client{Transport: inProcess{http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			pair[0], pair[1], _ = r.BasicAuth()
		})}}}
		_, _ = client.Fetch(t.Context(), "a")
		diff(t, name, c.want, pair)
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "hidden")} {
		_, _, err := readCredentials(path, nil)
		if err == nil || strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestRunGateway: without what it needs, the program does not start.
func TestRunGateway(t *testing.T) {
	for want, c := range map[string]struct{ env, upstream string }{
		errNoCredentials.Error(): {"", "https://u.example"},
		errUpstream.Error():      {"x", "http://u.example"},
		"package: no such folder; run make wasm at the top of the repository": {"x", "https://u.example"},
	} {
		err := run(t.Context(), []string{"-upstream", c.upstream, "-package", filepath.Join(t.TempDir(), "none")}, func(string) string { return c.env }, strings.NewReader(""), io.Discard)
		diffError(t, "error", want, err)
	}
}
