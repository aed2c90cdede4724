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

// A Client sends the call. It follows no redirect, whatever HTTP says: a
// redirect is the answer, a [*user.APIError] with a Reason. Its methods may be
// called by several goroutines at once, as long as nobody changes its fields.
// The zero Client calls the real service without credentials; a nil one reads
// as it.
//
// Its errors hold neither what was sent nor the credentials, and neither do
// the texts that package fmt and package log/slog make of it.
type Client struct {
	// Base is the URL of the service without [Path], see [NewRequest], here
	// without a user name as well; "" means [BaseURL]. Over http, anybody on
	// the way reads the credentials.
	Base string
	// Credentials go with every request, to the host of Base alone.
	Credentials Credentials
	// HTTP sends the requests, with its own timeout, proxy and TLS settings;
	// without a timeout, a request lasts as long as its context. Nil means one
	// that all such Clients share: TLS 1.2 or later, no proxy, no cookies, and
	// 30 seconds for a request and its answer.
	HTTP *http.Client
	// MaxBody is how many bytes of an answer's body are read; less than 1
	// means [DefaultMaxBody].
	MaxBody int64
}

// Credentials are a user name and a password for HTTP's Basic authentication
// (RFC 7617). The zero Credentials are none: no Authorization header is sent.
type Credentials struct {
	// A function, which every verb of package fmt prints as an address. Of a
	// pointer some print what it points to.
	set func(*http.Request)
}

// BasicAuth returns Credentials: an account SID and its auth token, or the SID
// of an API key and its secret. A user name has no colon.
func BasicAuth(username, password string) Credentials {
	return Credentials{func(req *http.Request) { req.SetBasicAuth(username, password) }}
}

// Create validates r and sends it once. It returns what [ReadResponse] does
// for the answer. Where nothing was sent, the error is that of [NewRequest].
// Where there was no answer it is a [*url.Error], which wraps that of the
// transport or of ctx: as for a [*user.APIError] of the class
// [user.Ambiguous], the user may have been created all the same, which Fetch
// finds out. [Client.CreateAll] does that, for one user too.
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

// Fetch returns the user whose identity or SID key is, both to the byte. The
// user has a valid sid; the rest is not validated.
//
// Every answer but a 200 with such a user is a [*user.APIError], with Status
// 404 where there is no user. Status 404 and nothing else says that the answer
// was a user with another identity and SID: an identity is one segment of the
// path, and although every byte of it that could have another meaning is
// percent-encoded, many servers take "." and ".." for steps in the path, and
// some take an encoded slash for a slash. Those cannot be fetched there. Where
// nothing was sent, the error is a [*validate.Error] for the field "Identity",
// which must not be empty, or for "baseURL". Without an answer it is as of
// [Client.Create].
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

// segment returns key as one segment of a path (RFC 3986 section 3.3). A dot
// needs no escape but where it is all of the segment.
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
		if cut != nil { // whatever was read up to there
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

// target returns the URL of the call.
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

// newRequest is NewRequest with the checks of target.
func (c *Client) newRequest(ctx context.Context, r *user.CreateRequest) (*http.Request, error) {
	req, err := NewRequest(ctx, cmp.Or(c.Base, BaseURL), r)
	if err == nil && req.URL.User != nil {
		return nil, errBaseURL()
	}
	return req, err
}

// ownClient is that of every Client without one.
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
		e.URL = Path // all of it may hold an identity
	}
	return resp, err
}

// stay is a transport whose answers lead nowhere. A client has then nothing
// to follow. With CheckRedirect alone, a Location that is no URL would still
// be an error, and quoted in it.
type stay struct{ http.RoundTripper }

func (s stay) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Header.Del("Location")
	}
	return resp, err
}
