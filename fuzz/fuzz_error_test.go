package fuzz_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
)

var errorSchema = schema{
	"code": anyKind, "message": anyKind, "more_info": anyKind, "title": anyKind, "type": anyKind, "detail": anyKind,
	"instance": anyKind, "details": anyKind, "params": anyKind, "errors": anyKind, "userError": anyKind,
}

const anyKind = `"{[tfn0`

func FuzzParseError(f *testing.F) {
	for _, s := range []string{
		"", "<html>", `{"code":50201,"message":"User exists","more_info":"https://a/50201","status":409}`,
		`{"type":"https://a","title":"t","detail":"d","instance":"i","code":"020001","errors":[{"a":1}]}`,
		`{"code":1e3,"message":null,"title":"\u00e9","httpStatusCode":400,"params":{},"userError":true}`,
		`{"code":1234567890,"message":1,"details":{},"userError":null}`,
	} {
		f.Add(409, "application/json", s)
	}
	for _, s := range seeds(f, "encode/testdata/apierror.json") {
		f.Add(400, "application/problem+json", s)
	}
	for _, s := range asMembers(vectors.SuiteTexts(f, jsonSuite)) {
		f.Add(500, "", s)
	}
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		e := encode.ParseError(status, contentType, body)
		want := user.APIError{Status: status, ContentType: contentType, Body: body}
		r := memberReader{s: body}
		if list, f := r.read(errorSchema); f.code == "" {
			setError(&want, list)
		}
		if *e != want {
			t.Fatalf("%q, -want +got:\n%s", body, cmp.Diff(&want, e))
		}
		appendError(t, e)
	})
}

var shortCode = regexp.MustCompile(`^(?:[0-9]{1,9}|"[0-9]{1,9}")$`)

// setError sets the fields of e from the members.
func setError(e *user.APIError, list []member) {
	raw := map[string]string{}
	for _, m := range list {
		if m.known != "" {
			raw[m.known] = m.raw
		}
	}
	text := func(names ...string) (s string) {
		for _, name := range names {
			if s == "" && strings.HasPrefix(raw[name], `"`) {
				_ = json.Unmarshal([]byte(raw[name]), &s) // raw has been read as JSON
			}
		}
		return s
	}
	if shortCode.MatchString(raw["code"]) {
		e.Code, _ = strconv.Atoi(strings.Trim(raw["code"], `"`))
	}
	e.Message, e.MoreInfo = text("message", "title"), text("more_info", "type")
	e.Detail, e.Instance = text("detail"), text("instance")
	for _, name := range []string{"errors", "params", "details"} {
		if strings.HasPrefix(raw[name], "[") || strings.HasPrefix(raw[name], "{") {
			e.Extra = raw[name]
		}
	}
	switch raw["userError"] {
	case "true", "false":
		e.UserError = user.Some(raw["userError"] == "true")
	case "null":
		e.UserError = user.Null[bool]()
	}
}

// appendError writes e in the legacy envelope and reads it back.
func appendError(t *testing.T, e *user.APIError) {
	t.Helper()
	out, err := encode.AppendError(nil, e)
	if err != nil || !json.Valid(out) || !bytes.HasPrefix(out, []byte(`{"code":`)) {
		t.Fatalf("%+v is written as %q, %v", e, out, err)
	}
	back := encode.ParseError(e.Status, "", string(out))
	want := user.APIError{Status: e.Status, Code: e.Code, Message: e.Message, MoreInfo: e.MoreInfo, Body: string(out)}
	if *back != want {
		t.Errorf("%q is read back as %+v", out, back)
	}
}
