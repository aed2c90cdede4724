package httpwire_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// noLog drops what a server logs about connections that are cut.
var noLog = log.New(io.Discard, "", 0)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// clientOf returns a Client for a TLS server on a loopback address.
func clientOf(t *testing.T, h http.Handler) *httpwire.Client {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = noLog
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return &httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("name", "s3cret"), HTTP: srv.Client()}
}

// TestClientCreate: a call is sent once, with the credentials, whatever the answer
// is.
func TestClientCreate(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{Username: "name", Password: "s3cret"})
	c := clientOf(t, h)
	r := documented()
	u, header, err := c.Create(t.Context(), &r)
	diff(t, "error", nil, err)
	diff(t, "users", h.Users(), []user.User{u})
	diff(t, "header", httpwire.DefaultHeader(), header)

	h.Fail(usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 7}, usertest.Failure{Kind: usertest.BadGateway}, usertest.Failure{Kind: usertest.Redirect})
	for _, want := range []user.APIError{{Status: 429, Code: 20429, RetryAfter: 7}, {Status: 502}, {Status: 307, Reason: validate.CodeRedirected}, {Status: 409, Code: 50201}} {
		_, header, err := c.Create(t.Context(), &r)
		e, ok := errors.AsType[*user.APIError](err)
		if !ok {
			t.Fatal(err)
		}
		diff(t, "answer", want, user.APIError{Status: e.Status, Code: e.Code, RetryAfter: e.RetryAfter, Reason: e.Reason})
		diff(t, "header", httpwire.DefaultHeader(), header)
	}
	h.Fail(usertest.Failure{Kind: usertest.Cut})
	_, _, err = c.Create(t.Context(), &user.CreateRequest{Identity: "bob"})
	if e, ok := errors.AsType[*url.Error](err); !ok || !errors.Is(err, io.EOF) || e.URL != httpwire.Path {
		t.Errorf("cut: %v", err)
	}
	diff(t, "users", 2, len(h.Users()))

	c.Credentials = httpwire.Credentials{}
	_, _, err = c.Create(t.Context(), &r)
	if e, ok := errors.AsType[*user.APIError](err); !ok || e.Status != 401 {
		t.Errorf("without credentials: %v", err)
	}
}

// TestClientSendsNothing: with wrong arguments or settings there is an error of
// this library and no request.
func TestClientSendsNothing(t *testing.T) {
	c := &httpwire.Client{HTTP: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("it was sent")
		return nil, io.EOF
	})}}
	_, _, err := c.Create(t.Context(), nil)
	diff(t, "no request", error(validate.Errors{{Field: "Identity", Code: validate.CodeRequired, Offset: -1}}), err)
	_, err = c.Fetch(t.Context(), "")
	diff(t, "no identity", error(&validate.Error{Field: "Identity", Code: validate.CodeRequired, Offset: -1}), err)
	_, err = c.Fetch(t.Context(), "a\xff")
	if e, ok := err.(*validate.Error); !ok || e.Field != "Identity" || e.Code != validate.CodeUTF8 || e.Offset != 1 {
		t.Errorf("not UTF-8: %v", err)
	}
	var none context.Context
	if _, _, err = c.Create(none, &user.CreateRequest{Identity: "a"}); err == nil {
		t.Error("Create without a context")
	}
	if _, err = c.Fetch(none, "a"); err == nil {
		t.Error("Fetch without a context")
	}
	for _, base := range []string{"h", "http://h?", "http://name:s3cret@h", "https://name@h/x"} {
		c.Base = base
		_, _, err = c.Create(t.Context(), &user.CreateRequest{Identity: "a"})
		_, err2 := c.Fetch(t.Context(), "a")
		for _, err := range []error{err, err2} {
			if e, ok := err.(*validate.Error); !ok || e.Field != "baseURL" || e.Code != validate.CodeURI {
				t.Errorf("%s: %v", base, err)
			}
		}
	}
	_, _, err = (*httpwire.Client)(nil).Create(t.Context(), nil)
	diff(t, "nil Client", error(validate.Errors{{Field: "Identity", Code: validate.CodeRequired, Offset: -1}}), err)
	_, err = (*httpwire.Client)(nil).Fetch(t.Context(), "")
	diff(t, "nil Client", error(&validate.Error{Field: "Identity", Code: validate.CodeRequired, Offset: -1}), err)
}

// TestClientZero: the zero Base is the real service, and the zero HTTP works.
func TestClientZero(t *testing.T) {
	var sent []string
	c := httpwire.Client{HTTP: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization"))
		return &http.Response{StatusCode: 404, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})}}
	_, _, _ = c.Create(t.Context(), &user.CreateRequest{Identity: "a"})
	for _, key := range []string{"a b", ".", ".."} {
		_, _ = c.Fetch(t.Context(), key)
	}
	const users = "https://conversations.twilio.com/v1/Users"
	diff(t, "requests", []string{"POST " + users + " ", "GET " + users + "/a%20b ", "GET " + users + "/%2E ", "GET " + users + "/%2E%2E "}, sent)

	srv := usertest.NewServer(nil)
	defer srv.Close()
	c = httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("any", "pair")}
	u, _, err := c.Create(t.Context(), &user.CreateRequest{Identity: "a"})
	diff(t, "error", nil, err)
	found, err := c.Fetch(t.Context(), "a")
	diff(t, "error", nil, err)
	diff(t, "user", u, found)
}

// TestClientRedirects: with any http.Client, no redirect is followed, and one
// to an invalid URL gives the same error.
func TestClientRedirects(t *testing.T) {
	other := clientOf(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, location := range []string{other.Base + httpwire.Path, "/v1/Users/alice", "http://[s3cret", ""} {
			sent := 0
			c := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				sent++
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			}))
			transport := c.HTTP.Transport
			c.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error {
				t.Error("asked whether to follow")
				return nil
			}
			_, _, err := c.Create(t.Context(), &user.CreateRequest{Identity: "alice"})
			want := error(&user.APIError{Status: status, Reason: validate.CodeRedirected})
			diff(t, "Create", want, err)
			_, err = c.Fetch(t.Context(), "alice")
			diff(t, "Fetch", want, err)
			diff(t, "requests", 2, sent)
			diff(t, "the client given is as it was", true, c.HTTP.CheckRedirect != nil && c.HTTP.Transport == transport)
		}
	}
}

// TestClientIsSilent: neither the text of a Client nor its errors hold the
// credentials or the identity.
func TestClientIsSilent(t *testing.T) {
	const username, password, identity = "us3rname", "s3cret", "al1ce"
	secrets := []string{username, password, identity, base64.StdEncoding.EncodeToString([]byte(username + ":" + password))}
	silent := func(what, text string) {
		t.Helper()
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s: %s", what, text)
			}
		}
	}
	c := httpwire.Client{Base: "https://h.test", Credentials: httpwire.BasicAuth(username, password)}
	type holder struct {
		Client  httpwire.Client
		private httpwire.Client
		creds   *httpwire.Credentials
	}
	for _, v := range []any{c, &c, c.Credentials, &c.Credentials, holder{c, c, &c.Credentials}, []httpwire.Client{c}, map[string]any{"c": &c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%t"} {
			silent(verb, fmt.Sprintf(verb, v))
		}
		var lines bytes.Buffer
		slog.New(slog.NewTextHandler(&lines, nil)).Info("", "v", v)
		slog.New(slog.NewJSONHandler(&lines, nil)).Info("", "v", v)
		silent("slog", lines.String())
	}

	h := usertest.NewHandler(&usertest.Options{Username: username, Password: "another"})
	answering := clientOf(t, h)
	answering.Credentials = c.Credentials
	late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	refused := c
	refused.Base = "http://127.0.0.1:1"
	untrusted := *answering
	untrusted.HTTP = &http.Client{}
	r := user.CreateRequest{Identity: identity, RoleSID: user.Some(user.RoleSID(password))}
	good := user.CreateRequest{Identity: identity}
	for what, call := range map[string]func() error{
		"refused":    func() error { _, _, err := refused.Create(t.Context(), &good); return err },
		"untrusted":  func() error { _, err := untrusted.Fetch(t.Context(), identity); return err },
		"deadline":   func() error { _, err := answering.Fetch(late, identity); return err },
		"401":        func() error { _, _, err := answering.Create(t.Context(), &good); return err },
		"401, Fetch": func() error { _, err := answering.Fetch(t.Context(), identity); return err },
		"not valid":  func() error { _, _, err := answering.Create(t.Context(), &r); return err },
		"not UTF-8":  func() error { _, err := answering.Fetch(t.Context(), identity+"\xff"); return err },
		"bad Base": func() error {
			c := c
			c.Base = "https://" + username + ":" + password + "@h"
			_, err := c.Fetch(t.Context(), identity)
			return err
		},
		"cannot dial": func() error { c := c; c.Base = "https://h.invalid"; _, err := c.Fetch(late, identity); return err },
	} {
		err := call()
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		for _, verb := range []string{"%v", "%+v", "%q"} {
			silent(what, fmt.Sprintf(verb, err))
		}
	}
	diff(t, "users", 0, len(h.Users()))
}

// TestClientFetch: every identity is one segment of the path.
func TestClientFetch(t *testing.T) {
	h := usertest.NewHandler(nil)
	c := clientOf(t, h)
	identities := []string{
		"alice", "Alice", "a/b", "a%2Fb", "/", "//", "%", "%%", "a b", "a+b", " ", "é", "日本", "a?b#c;d", "?", "#", ".", "..", "...", "./a", "../a", "a/..",
		"\x00", "\n", `"`, `\`, "Conversations", "a@b.c", "a:b", "a,b", "a&b=c", "!*'()[]$", "~-_.", "a|b", "{}", "\u202e", strings.Repeat("a", 256),
	}
	for _, identity := range identities {
		u, _, err := c.Create(t.Context(), &user.CreateRequest{Identity: identity})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{identity, string(u.SID.Or(""))} {
			found, err := c.Fetch(t.Context(), key)
			diff(t, key, u, found)
			diff(t, key, nil, err)
		}
	}
	for _, key := range []string{"ALICE", "bob", "alice/Conversations", "alice ", "US" + strings.Repeat("0", 32)} {
		_, err := c.Fetch(t.Context(), key)
		if e, ok := errors.AsType[*user.APIError](err); !ok || e.Status != 404 || e.Code != 20404 || e.Reason != "" {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// TestClientFetchAnswers: only a 200 with the requested user is a success.
func TestClientFetchAnswers(t *testing.T) {
	const body = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","identity":"alice","new":1}`
	long := strings.Repeat(" ", 100) + body
	_, eof := encode.ParseUser("{")
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   *user.APIError
	}{
		{"the user", 200, body, nil},
		{"another case", 200, strings.Replace(body, "alice", "Alice", 1), &user.APIError{Status: 404}},
		{"null", 200, strings.Replace(body, `"alice"`, "null", 1), &user.APIError{Status: 404}},
		{"the List page", 200, `{"users":[],"meta":{}}`, &user.APIError{Status: 200, Reason: validate.CodeNoUser, Body: `{"users":[],"meta":{}}`}},
		{"half a user", 200, `{`, &user.APIError{Status: 200, Reason: validate.CodeNoUser, Err: eof, Body: `{`}},
		{"too long", 200, long, &user.APIError{Status: 200, Reason: validate.CodeNoUser, Body: long[:100], Err: &validate.Error{Code: validate.CodeTooLarge, Offset: -1, Want: "100"}}},
		{"201", 201, body, &user.APIError{Status: 201, Reason: validate.CodeNoUser, Body: body}},
		{"204", 204, "", &user.APIError{Status: 204, Reason: validate.CodeNoUser}},
		{"302", 302, "", &user.APIError{Status: 302, Reason: validate.CodeRedirected}},
		{"404", 404, `{"code":20404}`, &user.APIError{Status: 404, Code: 20404, Body: `{"code":20404}`}},
		{"429", 429, "", &user.APIError{Status: 429, RetryAfter: 5}},
		{"502", 502, "<html>", &user.APIError{Status: 502, Body: "<html>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				diff(t, "request", "GET /v1/Users/alice application/json", r.Method+" "+r.RequestURI+" "+r.Header.Get("Accept"))
				w.Header()["Content-Type"] = nil
				if c.status == 429 {
					w.Header().Set("Retry-After", "5")
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			client.MaxBody = 100
			u, err := client.Fetch(t.Context(), "alice")
			if c.want == nil {
				diff(t, "error", nil, err)
				diff(t, "unknown members", `"new":1`, u.Unknown)
				return
			}
			diff(t, "error", error(c.want), err)
			diff(t, "user", user.User{}, u)
		})
	}
	cut := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, body)
	}))
	_, err := cut.Fetch(t.Context(), "alice")
	if e, ok := errors.AsType[*user.APIError](err); !ok || e.Class() != user.Ambiguous || !errors.Is(err, validate.CodeBody) {
		t.Errorf("an answer that breaks off: %v", err)
	}
}

// TestClientMaxBody: a user that is too long is an error.
func TestClientMaxBody(t *testing.T) {
	c := clientOf(t, usertest.NewHandler(nil))
	c.MaxBody = 100
	_, _, err := c.Create(t.Context(), &user.CreateRequest{Identity: "a"})
	if !errors.Is(err, validate.CodeTooLarge) {
		t.Error(err)
	}
}
