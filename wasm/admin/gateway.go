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

// A gateway sends what a browser with a session asks for to the real service,
// with credentials of its own. A request is read by the library and written
// anew, and so is an answer: nothing else of either passes.
type gateway struct {
	client  *httpwire.Client
	session *session
	api     *api
	files   *files
	slots   chan struct{} // taken by requests on their way
}

// upstreamTimeout is for a request to the service and its answer.
const upstreamTimeout = 30 * time.Second

// mostAtOnce is how many requests of browsers are on their way to the service
// at a time; further ones are refused.
const mostAtOnce = 16

func newGateway(client *httpwire.Client, s *session, a *api, f *files) *gateway {
	return &gateway{client, s, a, f, make(chan struct{}, mostAtOnce)}
}

// newUpstream returns a client for an upstream: https, no redirects, TLS 1.2
// or later, and no proxy but, where asked for, the one that the environment
// names.
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

// ServeHTTP answers one request. Files of the page are for everybody; the rest
// is for the browser that has the session, and only for pages of this origin.
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
		http.Error(w, "no session: open the link that the program has printed; Enter in its terminal prints another", http.StatusUnauthorized)
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
// address bar, or from no browser. Other than net/http, it asks GETs as well.
func sameOrigin(r *http.Request) bool {
	asPost := *r
	asPost.Method = http.MethodPost
	return http.NewCrossOriginProtection().Check(&asPost) == nil
}

// forward calls f unless too many requests are on their way.
func (g *gateway) forward(w http.ResponseWriter, f func()) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		f()
	default:
		fail(w, &user.APIError{Status: http.StatusServiceUnavailable, RetryAfter: 1, Message: "The gateway has too many requests on their way; this one was not sent"})
	}
}

// create sends a creation once. It goes on when the browser does not wait for
// the answer, since breaking it off would leave open whether there is a user.
func (g *gateway) create(w http.ResponseWriter, r *http.Request) {
	req, err := httpwire.ReadRequest(r, nil)
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		fail(w, &user.APIError{Status: e.Status, Message: e.Err.Error()})
		return
	}
	u, _, err := g.client.Create(context.Background(), &req)
	if err != nil {
		fail(w, answerTo(err, "the user may have been created: fetch it before you send it again"))
		return
	}
	_ = httpwire.WriteUser(w, &u, httpwire.ResponseHeader{}) // of what was parsed, only a lost connection can fail here
}

// fetch looks up a user, whose SID or identity is one segment of the path,
// percent-decoded once.
func (g *gateway) fetch(w http.ResponseWriter, segment string) {
	key, err := url.PathUnescape(segment)
	if err != nil || strings.Contains(segment, "/") {
		fail(w, &user.APIError{Status: http.StatusNotFound, Message: "The gateway has no such resource"})
		return
	}
	u, err := g.client.Fetch(context.Background(), key)
	if err != nil {
		fail(w, answerTo(err, "nothing is known of the user"))
		return
	}
	body, err := encode.AppendUser(nil, &u)
	if err != nil { // not of what was parsed
		fail(w, &user.APIError{Status: http.StatusBadGateway, Message: err.Error()})
		return
	}
	w.Header().Set("Content-Type", httpwire.JSONType)
	_, _ = w.Write(body)
}

// answerTo returns how the gateway answers an error of Client. What the service
// says of the request is passed on, as far as the library has read it. What
// it says of the gateway's credentials, and an answer that leaves open what
// happened, is the gateway's own answer: 502, or 504 where none came in time.
// meaning says what is then left open.
func answerTo(err error, meaning string) *user.APIError {
	e, ok := errors.AsType[*user.APIError](err)
	if !ok {
		var timeout net.Error
		var dial *net.OpError
		switch {
		case errors.As(err, &dial) && dial.Op == "dial", errors.As(err, new(*tls.CertificateVerificationError)):
			return &user.APIError{Status: http.StatusBadGateway, Message: fmt.Sprintf("The gateway cannot connect to the service (%v); nothing was sent", err)}
		case errors.As(err, &timeout) && timeout.Timeout():
			return &user.APIError{Status: http.StatusGatewayTimeout, Message: "The service did not answer in time; " + meaning}
		case errors.As(err, new(*url.Error)):
			return &user.APIError{Status: http.StatusBadGateway, Message: fmt.Sprintf("No answer of the service (%v); %s", err, meaning)}
		}
		return &user.APIError{Status: http.StatusBadRequest, Message: err.Error()} // of the library: nothing was sent
	}
	answer := &user.APIError{Status: e.Status, Code: e.Code, Message: e.Message, MoreInfo: e.MoreInfo, RetryAfter: e.RetryAfter}
	words := ""
	switch e.Class() {
	case user.Refused:
		words = "The service refused the gateway's own credentials, or these may not do this"
	case user.Ambiguous:
		words = "No answer of the service that tells what happened; " + meaning
	default:
		return answer
	}
	answer.Status = http.StatusBadGateway
	answer.Message = fmt.Sprintf("%s (%v). %s", words, err, e.Message)
	return answer
}

// fail answers with an error in the legacy envelope, without CORS headers.
func fail(w http.ResponseWriter, e *user.APIError) {
	e.Message = strings.ToValidUTF8(cmp.Or(e.Message, http.StatusText(e.Status)), "\ufffd")
	_ = httpwire.WriteError(w, e, httpwire.ResponseHeader{}) // of what was parsed, only a lost connection can fail here
}
