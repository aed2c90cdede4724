package httpwire

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A Client sends the call. It follows no redirect, whatever HTTP says: a redirect
// is the answer, a [*user.APIError] with a Reason. Its methods may be called by
// several goroutines at once, as long as its fields are not changed. The zero
// Client calls the real service without credentials; a nil *Client reads as the
// zero one.
//
// Its errors hold neither what was sent nor the credentials. Packages fmt and
// log/slog do not print the credentials of a Client either.
type Client struct {
	// Base is the baseURL of [NewRequest], here without a user name; "" means
	// [BaseURL]. Over http, the credentials are sent in the clear.
	Base string
	// Credentials are sent with every request, to the host of Base alone.
	Credentials Credentials
	// HTTP sends the requests, with its own timeout, proxy and TLS settings.
	// Without a timeout, a request lasts as long as its context. Nil means a
	// client that all such Clients share: TLS 1.2 or later, no proxy, no
	// cookies, and 30 seconds for a request and its answer.
	HTTP *http.Client
	// MaxBody is the maximum size of an answer's body in bytes; less than 1
	// means [DefaultMaxBody].
	MaxBody int64
}

// Credentials are a user name and a password for HTTP's Basic authentication
// (RFC 7617). The zero Credentials are none: no Authorization header is sent.
type Credentials struct {
	// A function, which package fmt prints as an address. Of a pointer, some
	// verbs print what it points to.
	set func(*http.Request)
}

// BasicAuth returns Credentials: an account SID and its auth token, or the SID of
// an API key and its secret. A user name must not have a colon.
func BasicAuth(username, password string) Credentials {
	return Credentials{func(req *http.Request) { req.SetBasicAuth(username, password) }}
}

// Create validates r and sends it once. It returns the result of [ReadResponse]
// for the answer. If nothing was sent, the error is that of [NewRequest]. If there
// was no answer, it is a [*url.Error] that wraps the error of the transport or of
// ctx. The user may then have been created, as after a [*user.APIError] of the
// class [user.Ambiguous]: Fetch finds out, and [Client.CreateAll] does so itself,
// for one user too.
func (c *Client) Create(ctx context.Context, r *user.CreateRequest) (user.User, ResponseHeader, error) {
	c = c.orZero()
	req, err := c.newRequest(ctx, r)
	if err != nil {
		return user.User{}, ResponseHeader{}, err
	}
	resp, err := c.send(req)
	if err != nil {
		return user.User{}, ResponseHeader{}, err
	}
	return ReadResponse(resp, &ReadOptions{MaxBody: c.MaxBody})
}

// Fetch returns the user whose identity or SID is key, byte for byte. The user has
// a valid sid; the rest is not validated.
//
// Every other answer is a [*user.APIError], with Status 404 if there is no such
// user. If only Status is set, to 404, the answer was a user with another identity
// and SID: an identity is one segment of the path, and many servers resolve the
// segments "." and "..", and some an encoded slash, although it is
// percent-encoded. Such identities cannot be fetched there. If nothing was sent,
// the error is a [*validate.Error] for the field "Identity", which must not be
// empty, or for "baseURL". Without an answer it is as for [Client.Create].
func (c *Client) Fetch(ctx context.Context, key string) (user.User, error) {
	c = c.orZero()
	if key == "" {
		return user.User{}, &validate.Error{Field: "Identity", Code: validate.CodeRequired, Offset: -1}
	}
	if e, ok := validate.Text(key).(*validate.Error); ok {
		e.Field = "Identity"
		return user.User{}, e
	}
	target, err := c.target()
	if err != nil {
		return user.User{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"/"+segment(key), nil)
	if err != nil {
		return user.User{}, err
	}
	req.Header.Set("Accept", JSONType)
	resp, err := c.send(req)
	if err != nil {
		return user.User{}, err
	}
	u, err := readFetched(resp, &ReadOptions{MaxBody: c.MaxBody})
	if err == nil && u.Identity != user.Some(key) && u.SID != user.Some(user.UserSID(key)) {
		return user.User{}, &user.APIError{Status: http.StatusNotFound}
	}
	return u, err
}

// segment returns key as one segment of a path (RFC 3986 section 3.3). Dots need an
// escape only if they are the whole segment.
func segment(key string) string {
	switch key {
	case ".":
		return "%2E"
	case "..":
		return "%2E%2E"
	}
	return url.PathEscape(key)
}

// readFetched reads the answer to a fetch, and closes its body.
func readFetched(resp *http.Response, opts *ReadOptions) (user.User, error) {
	text, cut := readAnswer(resp, opts)
	e := encode.ParseError(resp.StatusCode, resp.Header.Get("Content-Type"), text)
	e.RetryAfter = retryAfter(resp.Header, time.Now())
	switch {
	case resp.StatusCode == http.StatusOK:
		u, err := encode.ParseUser(text)
		if cut != nil { // even if what was read is a user
			err = errors.Unwrap(cut)
		}
		if err == nil && u.SID.Or("").Validate() == nil {
			return u, nil
		}
		e.Reason, e.Err = validate.CodeNoUser, err
	case resp.StatusCode < 300:
		e.Reason = validate.CodeNoUser
	case resp.StatusCode < 400:
		e.Reason = validate.CodeRedirected
	}
	return user.User{}, e
}

func (c *Client) orZero() *Client {
	if c == nil {
		return &Client{}
	}
	return c
}

// target returns the URL of the call, which must not have a user name.
func (c *Client) target() (string, error) {
	target, err := callURL(cmp.Or(c.Base, BaseURL))
	if err != nil {
		return "", err
	}
	if u, err := url.Parse(target); err != nil || u.User != nil {
		return "", errBaseURL()
	}
	return target, nil
}

// newRequest is NewRequest for Base, which must not have a user name.
func (c *Client) newRequest(ctx context.Context, r *user.CreateRequest) (*http.Request, error) {
	req, err := NewRequest(ctx, cmp.Or(c.Base, BaseURL), r)
	if err == nil && req.URL.User != nil {
		return nil, errBaseURL()
	}
	return req, err
}

// ownClient is the HTTP of every Client without one.
var ownClient = &http.Client{
	Timeout: 30 * time.Second,
	Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	},
}

// send sends req with the credentials.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	if c.Credentials.set != nil {
		c.Credentials.set(req)
	}
	client := *ownClient
	if c.HTTP != nil {
		client = *c.HTTP
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = stay{client.Transport}
	resp, err := client.Do(req)
	if e, ok := errors.AsType[*url.Error](err); ok {
		e.URL = Path // the whole URL may hold an identity
	}
	return resp, err
}

// stay is a transport that removes Location, so that a client follows no redirect.
// With CheckRedirect alone, a Location that is not a URL would still be an error,
// which quotes it.
type stay struct{ http.RoundTripper }

func (s stay) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Header.Del("Location")
	}
	return resp, err
}
