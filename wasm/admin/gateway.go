package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

// A gateway forwards the requests of the browser with the session to the real
// service, with credentials that the browser does not have. It parses each
// request and each response with the library and encodes it again, so no other
// part of either passes through.
type gateway struct {
	client  *httpwire.Client
	session *session
	api     *api
	files   *files
	slots   chan struct{} // one for each request in progress
}

// upstreamTimeout limits a request to the service, response included.
const upstreamTimeout = 30 * time.Second

// mostAtOnce is the maximum of requests to the service in progress, for the
// browser and for a job each. Further ones of the browser are refused.
const mostAtOnce = 16

func newGateway(client *httpwire.Client, s *session, a *api, f *files) *gateway {
	return &gateway{client, s, a, f, make(chan struct{}, mostAtOnce)}
}

// newUpstream returns a client for an upstream: https, TLS 1.2 or later, no
// redirects, and the proxy of the environment only if proxy is set.
func newUpstream(upstream string, proxy bool, c httpwire.Credentials) (*httpwire.Client, error) {
	u, err := url.Parse(upstream)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Path != "" && u.Path != "/" {
		return nil, errUpstream
	}
	base := strings.TrimSuffix(upstream, "/")
	if _, err := httpwire.NewRequest(context.Background(), base, &user.CreateRequest{Identity: "a"}); err != nil {
		return nil, errUpstream
	}
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxConnsPerHost:     2 * mostAtOnce,
		MaxIdleConnsPerHost: mostAtOnce,
		IdleConnTimeout:     90 * time.Second,
	}
	if proxy {
		transport.Proxy = http.ProxyFromEnvironment
	}
	return &httpwire.Client{Base: base, Credentials: c, HTTP: &http.Client{Transport: transport, Timeout: upstreamTimeout}}, nil
}

var errUpstream = errors.New("upstream: want https://host without user name, path and query, such as " + httpwire.BaseURL)

// ServeHTTP serves the page to everybody, and the rest only to the browser with
// the session, and only to pages of this origin.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
	path := r.URL.EscapedPath()
	key, isUser := strings.CutPrefix(path, httpwire.Path+"/")
	switch {
	case g.files.serve(w, r):
	case path == linkPath && r.Method == http.MethodGet:
		g.session.open(w, r)
	case !sameOrigin(r):
		http.Error(w, "a page of another origin may not use this program", http.StatusForbidden)
	case !g.session.has(r):
		http.Error(w, "no session: open the link that the program has printed, or press Enter in its terminal for another", http.StatusUnauthorized)
	case isAPI(path):
		g.api.ServeHTTP(w, r)
	case path == httpwire.Path && r.Method == http.MethodPost:
		g.forward(w, func() { g.create(w, r) })
	case isUser && isRead(r.Method):
		g.forward(w, func() { g.fetch(w, key) })
	default:
		fail(w, &user.APIError{Status: http.StatusNotFound, Message: "The gateway has no such resource"})
	}
}

func isAPI(path string) bool {
	return path == aboutPath || path == jobsPath || strings.HasPrefix(path, jobsPath+"/")
}

// sameOrigin reports whether r comes from a page of this origin, from the
// address bar, or from no browser. It checks GET as well, as net/http does not.
func sameOrigin(r *http.Request) bool {
	asPost := *r
	asPost.Method = http.MethodPost
	return http.NewCrossOriginProtection().Check(&asPost) == nil
}

// forward calls f unless too many requests are in progress.
func (g *gateway) forward(w http.ResponseWriter, f func()) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		f()
	default:
		fail(w, &user.APIError{Status: http.StatusServiceUnavailable, RetryAfter: 1, Message: "The gateway has too many requests in progress; this one was not sent"})
	}
}

// create creates a user with one request. It does not stop when the browser
// disconnects, since it would then be unknown whether the user was created.
func (g *gateway) create(w http.ResponseWriter, r *http.Request) {
	req, err := httpwire.ReadRequest(r, nil)
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		fail(w, &user.APIError{Status: e.Status, Message: e.Err.Error()})
		return
	}
	u, _, err := g.client.Create(context.Background(), &req)
	if err != nil {
		fail(w, answerTo(err, "the user may have been created: look it up before you send the request again"))
		return
	}
	_ = httpwire.WriteUser(w, &u, httpwire.ResponseHeader{}) // only a lost connection can fail here
}

// fetch looks up the user whose SID or identity is the segment, percent-encoded
// once.
func (g *gateway) fetch(w http.ResponseWriter, segment string) {
	key, err := url.PathUnescape(segment)
	if err != nil || strings.Contains(segment, "/") {
		fail(w, &user.APIError{Status: http.StatusNotFound, Message: "The gateway has no such resource"})
		return
	}
	u, err := g.client.Fetch(context.Background(), key)
	if err != nil {
		fail(w, answerTo(err, "it is unknown whether the user exists"))
		return
	}
	body, err := encode.AppendUser(nil, &u)
	if err != nil { // does not happen to a parsed user
		fail(w, &user.APIError{Status: http.StatusBadGateway, Message: err.Error()})
		return
	}
	w.Header().Set("Content-Type", httpwire.JSONType)
	_, _ = w.Write(body)
}

// answerTo returns the gateway's response to an error of its client. An error
// that concerns the request is passed on. If the service refused the
// credentials, or if it is unknown what happened, the status is 502, or 504
// after a timeout; unknown says what is unknown then.
func answerTo(err error, unknown string) *user.APIError {
	e, ok := errors.AsType[*user.APIError](err)
	if !ok {
		var timeout net.Error
		var dial *net.OpError
		switch {
		case errors.As(err, &dial) && dial.Op == "dial", errors.As(err, new(*tls.CertificateVerificationError)):
			return &user.APIError{Status: http.StatusBadGateway, Message: fmt.Sprintf("The gateway cannot connect to the service (%v); nothing was sent", err)}
		case errors.As(err, &timeout) && timeout.Timeout():
			return &user.APIError{Status: http.StatusGatewayTimeout, Message: "The service did not answer in time; " + unknown}
		case errors.As(err, new(*url.Error)):
			return &user.APIError{Status: http.StatusBadGateway, Message: fmt.Sprintf("No response from the service (%v); %s", err, unknown)}
		}
		return &user.APIError{Status: http.StatusBadRequest, Message: err.Error()} // the request is not valid and was not sent
	}
	answer := &user.APIError{Status: e.Status, Code: e.Code, Message: e.Message, MoreInfo: e.MoreInfo, RetryAfter: e.RetryAfter}
	what := ""
	switch e.Class() {
	case user.Refused:
		what = "The service refused the gateway's own credentials, or they do not allow this"
	case user.Ambiguous:
		what = "The service's response does not say what happened; " + unknown
	default:
		return answer
	}
	answer.Status = http.StatusBadGateway
	answer.Message = fmt.Sprintf("%s (%v). %s", what, err, e.Message)
	return answer
}

// fail writes an error in the legacy envelope, without CORS headers.
func fail(w http.ResponseWriter, e *user.APIError) {
	e.Message = strings.ToValidUTF8(cmp.Or(e.Message, http.StatusText(e.Status)), "\ufffd")
	_ = httpwire.WriteError(w, e, httpwire.ResponseHeader{}) // only a lost connection can fail here
}
