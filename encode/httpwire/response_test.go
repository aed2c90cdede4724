package httpwire_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// listBody is the answer of List to a GET of the same path.
const listBody = `{"users":[` + exampleBody + `],"meta":{"page":0,"page_size":50,"key":"users","next_page_url":null}}`

// serve answers every request of a loopback server.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

func answers(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// postTo sends the documented call and reads the answer.
func postTo(t *testing.T, c *http.Client, baseURL string) (user.User, error) {
	t.Helper()
	r := documented()
	req, err := httpwire.NewRequest(t.Context(), baseURL, &r)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	u, _, err := readResponse(t, resp, nil)
	return u, err
}

// TestReadResponseRedirected: after a 301, 302 or 303, Go's default client makes a
// GET of the POST, after a 307 or 308 it sends the POST to another host. None of
// the answers says that the service created a user.
func TestReadResponseRedirected(t *testing.T) {
	const taken = `{"code":50201,"message":"User already exists"}`
	for _, c := range []struct {
		name             string
		redirect, status int
		body             string
		method           string
		code             int
		message          string
	}{
		{"301 to the List page", 301, 200, listBody, "GET", 0, ""},
		{"302 to the List page", 302, 200, listBody, "GET", 0, ""},
		{"303 to the List page", 303, 200, listBody, "GET", 0, ""},
		{"303 to the user", 303, 200, exampleBody, "GET", 0, ""},
		{"307 to another host", 307, 201, exampleBody, "POST", 0, ""},
		{"308 to another host", 308, 201, exampleBody, "POST", 0, ""},
		{"307 to a 201 without a user", 307, 201, "<html>", "POST", 0, ""},
		{"307 to a 409", 307, 409, taken, "POST", 50201, "User already exists"},
		{"302 to a 404", 302, 404, "", "GET", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var method string
			other := serve(t, func(w http.ResponseWriter, r *http.Request) {
				method = r.Method
				answers(c.status, httpwire.JSONType, c.body)(w, r)
			})
			first := serve(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, other+r.URL.Path, c.redirect)
			})
			_, err := postTo(t, http.DefaultClient, first)
			diff(t, "error", error(&user.APIError{
				Status: c.status, Reason: validate.CodeRedirected, Code: c.code, Message: c.message, ContentType: httpwire.JSONType, Body: c.body,
			}), err)
			diff(t, "method", c.method, method)
		})
	}
}

// stays is the client of the package documentation.
var stays = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// TestReadResponseRedirect: a redirect that is not followed is the answer, and
// nothing is sent to its target.
func TestReadResponseRedirect(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, status := range []int{301, 302, 303, 307, 308} {
		first := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other)
			answers(status, "text/plain", "elsewhere")(w, nil)
		})
		_, err := postTo(t, stays, first)
		diff(t, "error", error(&user.APIError{Status: status, Reason: validate.CodeRedirected, ContentType: "text/plain", Body: "elsewhere"}), err)
	}
}

// TestReadResponseVectors: an answer over HTTP is read as package encode reads it.
func TestReadResponseVectors(t *testing.T) {
	for _, v := range vectors.Load[struct {
		Name string
		vectors.Text
		Status      int
		ContentType string
		Want        json.RawMessage
	}](t, "encode/testdata/response.json") {
		t.Run(v.Name, func(t *testing.T) {
			u, err := postTo(t, stays, serve(t, answers(v.Status, v.ContentType, v.String())))
			contentType := v.ContentType
			if v.Status == http.StatusNotModified {
				contentType = "" // the server leaves it out
			}
			want, wantErr := encode.ParseResponse(v.Status, contentType, v.String())
			diff(t, "user", want, u)
			diff(t, "error", wantErr, err)
		})
	}
}
