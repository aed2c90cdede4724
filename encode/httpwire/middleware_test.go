package httpwire_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

// TestMiddleware wraps a handler as servers do: with a limit, a timeout, and a log
// line, which must not hold what people wrote.
func TestMiddleware(t *testing.T) {
	var lines bytes.Buffer
	log := slog.New(slog.NewTextHandler(&lines, nil))
	create := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := httpwire.ReadRequest(r, nil)
		log.InfoContext(r.Context(), "create", "request", req, "error", err)
		if err != nil {
			_ = httpwire.WriteError(w, &user.APIError{Status: 400, Code: 20001, Message: err.Error()}, httpwire.DefaultHeader())
			return
		}
		u := example()
		u.Identity = user.Some(req.Identity)
		_ = httpwire.WriteUser(w, &u, httpwire.DefaultHeader())
	})
	srv := httptest.NewServer(http.TimeoutHandler(http.MaxBytesHandler(create, 1000), time.Minute, ""))
	defer srv.Close()
	for body, want := range map[string]string{
		"Identity=s3cret":                                  `201 s3cret`,
		"Identity=s3cret&RoleSid=s3cret":                   `400 status 400: RoleSid: byte 0: want RL`,
		"Identity=s3cret" + strings.Repeat("s3cret", 1000): `400 status 413: want at most 1000 bytes`,
	} {
		resp, err := srv.Client().Post(srv.URL, httpwire.FormType, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		u, _, err := httpwire.ReadResponse(resp, nil)
		got := "201 " + u.Identity.Or("")
		if e, ok := err.(*user.APIError); ok {
			got = "400 " + e.Message
		}
		diff(t, body[:15], want, got)
	}
	if text := lines.String(); strings.Contains(text, "s3cret") || strings.Count(text, "\n") != 3 {
		t.Errorf("the log holds what was sent:\n%s", text)
	}
}
