package fuzz_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// FuzzParseResponse wants a user for a 201 whose body is a user with a valid sid,
// and the error of ParseError with a reason for every other answer.
func FuzzParseResponse(f *testing.F) {
	for _, v := range vectors.Load[struct {
		Name, ContentType string
		vectors.Text
		Status int
		Want   any
	}](f, "encode/testdata/response.json") {
		f.Add(v.Status, v.ContentType, v.String(), false)
		f.Add(201, v.ContentType, v.String(), v.Status == 201)
	}
	for _, s := range append(seeds(f, "encode/testdata/user.json"), seeds(f, "encode/testdata/apierror.json")...) {
		f.Add(201, "application/json", s, false)
	}
	f.Add(0, "", "", false)
	f.Fuzz(func(t *testing.T, status int, contentType, body string, redirected bool) {
		want, parsing := encode.ParseUser(body)
		wantErr := encode.ParseError(status, contentType, body)
		switch {
		case status == 201:
			wantErr.Reason, wantErr.Err = validate.CodeNoUser, parsing
		case status/100 == 3:
			wantErr.Reason = validate.CodeRedirected
		case status < 300:
			wantErr.Reason = validate.CodeNotCreated
		}
		sid, _ := want.SID.Get()
		created := status == 201 && parsing == nil && sids["US"].MatchString(string(sid))
		got, err := encode.ParseResponse(status, contentType, body)
		sameAnswer(t, created, want, wantErr, got, err)

		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body))}
		if resp.Request = (&http.Request{}); redirected {
			resp.Request.Response = &http.Response{}
			created, wantErr.Reason, wantErr.Err = false, validate.CodeRedirected, nil
		}
		got, _, err = httpwire.ReadResponse(resp, nil)
		sameAnswer(t, created, want, wantErr, got, err)
	})
}

// sameAnswer compares a result with the user that was created, or with the error.
func sameAnswer(t *testing.T, created bool, want user.User, wantErr *user.APIError, got user.User, err error) {
	t.Helper()
	if created {
		if got != want || err != nil {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
		return
	}
	if got != (user.User{}) {
		t.Errorf("%v: a value with an error", got)
	}
	if d := cmp.Diff(error(wantErr), err); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if wantErr.Reason != "" && (wantErr.Class() != user.Ambiguous || !errors.Is(err, wantErr.Reason)) {
		t.Errorf("%v is %v", err, wantErr.Class())
	}
}
