package fuzz_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// FuzzReadRequest reads whole HTTP requests as net/http parses them: with a length,
// in chunks, or with neither.
func FuzzReadRequest(f *testing.F) {
	add := func(text string) { f.Add([]byte(text), int64(0), false) }
	for _, s := range append(seeds(f, "encode/testdata/form.json"), vectors.SuiteTexts(f, parserSuite)...) {
		add(requestText("", s))
		f.Add([]byte(requestText("", s)), int64(16), true)
	}
	for _, s := range append(seeds(f, "validate/testdata/attributes.json"), asMembers(vectors.SuiteTexts(f, jsonSuite))...) {
		add(requestText("", "Identity=a&Attributes="+url.QueryEscape(s)))
	}
	for _, s := range seeds(f, "validate/testdata/sid.json") {
		add(requestText("", "Identity=a&RoleSid="+url.QueryEscape(s)))
	}
	for _, s := range seeds(f, "validate/testdata/webhook.json") {
		add(requestText(user.WebhookHeader+": "+s+"\r\n", exampleForm))
	}
	const chunked = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
	for limit := range int64(12) { // the bodies have ten bytes, or announce ten
		f.Add([]byte(requestText("", "Identity=a")), limit, false)
		f.Add([]byte(chunked+"4\r\nIden\r\n6\r\ntity=a\r\n0\r\n\r\n"), limit, false)
		f.Add([]byte(strings.TrimSuffix(requestText("", "Identity=a"), "=a")), limit, false)
	}
	for _, head := range []string{
		user.WebhookHeader + ": true\r\n" + user.WebhookHeader + ": false\r\n", "Content-Encoding: gzip\r\n", "Content-Encoding: Identity\r\n",
		"Content-Type: text/plain\r\n", "content-type: " + httpwire.FormType + "\r\n", "X-Twilio-Webhook-Enabled : true\r\n", "Expect: 100-continue\r\n",
	} {
		add(requestText(head, exampleForm))
	}
	for _, params := range []string{
		";charset=utf-8", "; charset=UTF-8", `; charset="utf-8"`, "; charset=latin1", ";charset=", "; charset", ";", "; a=b; charset=utf-8",
		";charset=utf-8;charset=utf-8", ";charset=latin1;charset=utf-8", ";charset=utf-8;a=b;a=c", "; charset*=utf-8''utf-8", "; charset*0=utf;charset*1=-8", " ", ", text/plain", `; charset="utf\-8"`,
	} {
		add("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded" + params + "\r\nContent-Length: 10\r\n\r\nIdentity=a")
	}
	add("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: Application/X-WWW-Form-Urlencoded; a=\"b\r\nContent-Type: c\"\r\n\r\n") // valid only if the two are joined
	add(chunked + "A;x=y\r\nIdentity=a\r\n0\r\nTrailer: x\r\n\r\n")
	add(chunked + "A\r\nIdentity=a\r\nz\r\n") // a bad length
	add(chunked + "A\r\nIdentity")            // cut
	add("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nIdentity=a")
	add("POST / HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nIdentity=a")
	add("GET /?Identity=b HTTP/1.1\r\nHost: h\r\n\r\n")
	f.Fuzz(func(t *testing.T, text []byte, limit int64, allowUnknown bool) {
		req, ok := wholeRequest(text)
		if !ok {
			return
		}
		r, err := httpwire.ReadRequest(req, &httpwire.ReadOptions{MaxBody: limit, AllowUnknown: allowUnknown})
		want := requestAnswer(t, text, limit, allowUnknown)
		if got := answerOf(t, err); !want.is(got) {
			t.Fatalf("%q: got %+v, want %+v", text, got, want)
		}
		if err != nil {
			if r != (user.CreateRequest{}) {
				t.Errorf("%q: a value with an error", text)
			}
			return
		}
		sameAsNetHTTP(t, text, &r)
		sentAgain(t, &r)
	})
}

// requestText returns a request with more headers and a body.
func requestText(head, body string) string {
	return "POST /v1/Users HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n" + head +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// wholeRequest parses a request.
func wholeRequest(text []byte) (*http.Request, bool) {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	return req, err == nil
}

// An answer is the result of ReadRequest: a status, 0 for success, and the
// violations.
type answer struct {
	status     int
	violations []violation
}

// is compares answers, but for the field of an unknown name, which is that of the
// nearest known one.
func (a answer) is(got answer) bool {
	if a.status != got.status || len(a.violations) != len(got.violations) {
		return false
	}
	for i, f := range a.violations {
		if f.code == validate.CodeUnknown {
			f.field = got.violations[i].field
		}
		if f != got.violations[i] {
			return false
		}
	}
	return true
}

// answerOf returns an error of ReadRequest as an answer.
func answerOf(t *testing.T, err error) (a answer) {
	t.Helper()
	if err == nil {
		return a
	}
	e, ok := errors.AsType[*httpwire.RequestError](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	for f := range validate.All(e) {
		a.violations = append(a.violations, violation{f.Code, f.Offset, f.Field})
	}
	a.status = e.Status
	return a
}

// requestAnswer applies the rules in their order: the method, the media type, the
// size, the webhook header, the form and the values.
func requestAnswer(t *testing.T, text []byte, limit int64, allowUnknown bool) answer {
	t.Helper()
	req, _ := wholeRequest(text)
	one := func(status int, field string, code validate.Code, at int) answer {
		return answer{status, []violation{{code, at, field}}}
	}
	if req.Method != "POST" {
		return one(405, "", validate.CodeMethod, -1)
	}
	if encoding := strings.Join(req.Header["Content-Encoding"], ", "); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return one(415, "Content-Encoding", validate.CodeMediaType, -1)
	}
	if !isFormType(t, req.Header["Content-Type"]) {
		return one(415, "Content-Type", validate.CodeMediaType, -1)
	}
	if limit < 1 {
		limit = 1 << 20
	}
	body, err := io.ReadAll(req.Body)
	switch {
	case req.ContentLength > limit || int64(len(body)) > limit:
		return one(413, "", validate.CodeTooLarge, -1)
	case err != nil:
		return one(400, "", validate.CodeBody, -1)
	}
	hook := req.Header[http.CanonicalHeaderKey(user.WebhookHeader)]
	switch {
	case len(hook) > 1:
		return one(400, user.WebhookHeader, validate.CodeRepeated, -1)
	case len(hook) == 1 && hook[0] != "true" && hook[0] != "false":
		return one(400, user.WebhookHeader, validate.CodeBoolean, common(hook[0], "true", "false"))
	}
	if f := formViolation(string(body), allowUnknown); f.code != "" {
		return answer{400, []violation{f}}
	}
	if list := requestViolations(requestIn(string(body))); list != nil {
		return answer{400, list}
	}
	return answer{}
}

// common returns the length of the longest prefix that s shares with a word.
func common(s string, words ...string) (longest int) {
	for _, w := range words {
		i := 0
		for i < min(len(s), len(w)) && s[i] == w[i] {
			i++
		}
		longest = max(longest, i)
	}
	return longest
}

// requestIn returns the request of a form without a violation.
func requestIn(form string) *user.CreateRequest {
	v, _ := url.ParseQuery(form) // no error: FuzzParseForm checks that
	p := plainRequest{Identity: v.Get("Identity")}
	for name, member := range map[string]**string{"FriendlyName": &p.FriendlyName, "Attributes": &p.Attributes, "RoleSid": &p.RoleSid} {
		if v.Has(name) {
			*member = &v[name][0]
		}
	}
	r := p.request()
	return &r
}

// formType is the grammar of a form's Content-Type (RFC 9110 section 8.3.1), with
// the tokens of RFC 2045 section 5.1, which may have braces.
var (
	formType  = regexp.MustCompile(`^(?i:application/x-www-form-urlencoded)[ \t]*((?:;[ \t]*[!#$%&'*+.^_` + "`" + `|~{}0-9A-Za-z-]+=(?:[!#$%&'*+.^_` + "`" + `|~{}0-9A-Za-z-]+|"(?:[^"\\]|\\.)*")[ \t]*)*)$`)
	typeParam = regexp.MustCompile(`;[ \t]*([^=]+)=([^" \t;]+|"(?:[^"\\]|\\.)*")`)
)

// isFormType reports whether there is one Content-Type, which is that of a form
// and names no other charset than UTF-8.
func isFormType(t *testing.T, values []string) bool {
	t.Helper()
	if len(values) != 1 {
		return false
	}
	if mimeDiffers.MatchString(values[0]) {
		return mimeTakes(values[0])
	}
	m := formType.FindStringSubmatch(values[0])
	if m == nil {
		return false
	}
	params := map[string]string{"charset": "utf-8"}
	seen := map[string]bool{}
	for _, p := range typeParam.FindAllStringSubmatch(m[1], -1) {
		name, value := strings.ToLower(p[1]), strings.Trim(p[2], `"`)
		if seen[name] && params[name] != value {
			return false // two values for one parameter
		}
		params[name], seen[name] = value, true
	}
	return strings.EqualFold(params["charset"], "utf-8")
}

// mimeDiffers matches what package mime does not read by the grammar: parameters
// of RFC 2231 (with a * in the name), white space around an equals sign, and a
// semicolon with nothing after it.
var mimeDiffers = regexp.MustCompile(`;[^=]*\*[^=]*=|[ \t]=|=[ \t]|;[ \t]*(;|$)`)

// mimeTakes reports whether package mime reads a form's Content-Type.
func mimeTakes(value string) bool {
	mediaType, params, err := mime.ParseMediaType(value)
	charset, found := params["charset"]
	return err == nil && mediaType == httpwire.FormType && (!found || strings.EqualFold(charset, "utf-8"))
}

// sameAsNetHTTP compares r with what net/http parses.
func sameAsNetHTTP(t *testing.T, text []byte, r *user.CreateRequest) {
	t.Helper()
	req, _ := wholeRequest(text)
	req.URL.RawQuery = "" // not part of the form, and net/http rejects semicolons in it
	if err := req.ParseForm(); err != nil {
		t.Fatalf("%q: accepted, and net/http says: %v", text, err)
	}
	want := url.Values{}
	for _, name := range requestNames {
		if v, ok := req.PostForm[name]; ok {
			want[name] = v
		}
	}
	same(t, "PostForm", want, formValues(r))
	hook := ""
	if on, ok := r.WebhookEnabled.Get(); ok {
		hook = strconv.FormatBool(on)
	}
	same(t, user.WebhookHeader, req.Header.Get(user.WebhookHeader), hook)
}

// sentAgain builds the request of r, writes it and reads it back.
func sentAgain(t *testing.T, r *user.CreateRequest) {
	t.Helper()
	req, err := httpwire.NewRequest(t.Context(), "http://h", r)
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		t.Fatal(err)
	}
	again, ok := wholeRequest(wire.Bytes())
	if !ok {
		t.Fatalf("%q is no request", wire.Bytes())
	}
	if back, err := httpwire.ReadRequest(again, nil); err != nil || back != *r {
		t.Errorf("%q is read back as %+v, %v, want %+v", wire.Bytes(), back, err, *r)
	}
}
