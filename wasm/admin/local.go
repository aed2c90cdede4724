package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user/usertest"
)

// local serves the page and its interface, and passes all other requests to
// the endpoint in memory.
type local struct {
	endpoint *usertest.Handler
	api      *api
	files    *files
}

// newLocal returns the handler of a program that serves at the URL base.
func newLocal(s settings, base string, f *files) *local {
	s.Endpoint.Hosts = []string{s.Host}
	endpoint := usertest.NewHandler(&s.Endpoint)
	client := &httpwire.Client{
		Base:        base,
		Credentials: httpwire.BasicAuth(cmp.Or(s.Endpoint.Username, "job"), cmp.Or(s.Endpoint.Password, "job")),
		HTTP:        &http.Client{Transport: inProcess{endpoint}, Timeout: upstreamTimeout},
	}
	// A random account, since the next start of the program has other users and
	// must not continue these journals.
	owner := header{Version: 1, Account: rand.Text()}
	return &local{endpoint, &api{mode: "local", jobs: newJobs(client, jobOptions(s.Rate), s.Journal, owner)}, f}
}

func (l *local) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	reset := path == usertest.ControlPath && r.Method == http.MethodDelete
	switch {
	case l.files.serve(w, r):
	case !isAPI(path) && !reset:
		l.endpoint.ServeHTTP(w, r)
	case !sameOrigin(r):
		http.Error(w, "a page of another origin may not use this program", http.StatusForbidden)
	case reset:
		l.endpoint.ServeHTTP(w, r)
		l.api.jobs.forget(rand.Text())
	default:
		l.api.ServeHTTP(w, r)
	}
}

// inProcess is a transport that calls a handler instead of using the network.
type inProcess struct{ handler http.Handler }

var errCut = errors.New("the connection was closed")

func (t inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() != nil { // without a connection to close, the endpoint panics
			resp, err = nil, errCut
		}
	}()
	in := r.Clone(r.Context())
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, in)
	if err := r.Context().Err(); err != nil { // the client timed out during a delay
		return nil, err
	}
	resp = w.Result()
	resp.Request = r
	return resp, nil
}
