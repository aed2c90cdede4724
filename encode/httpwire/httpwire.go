// Package httpwire sends and receives the Create User call over net/http.
//
// A client sends it with a [Client]: one user with [Client.Create], many with
// [Client.CreateAll], which limits its rate, waits after a 429, and finds out
// whether a user was created when the answer was lost. [NewRequest] and
// [ReadResponse] are for a program with a client of its own. It should not follow
// redirects: after a 301, 302 or 303 the POST becomes a GET, which creates nothing,
// and after a 307 or 308 the form, which may hold personal data, goes to another
// host.
//
//	client := &http.Client{
//		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
//	}
//
// A server reads the call with [ReadRequest], and answers with [WriteUser] or
// [WriteError].
//
// All functions may be called by several goroutines at once. Where one returns an
// error of validation or syntax, it has built no request and written no header.
//
// Options are a pointer to a struct: nil means the defaults, and so does a zero
// field. Package usertest takes its options in the same way. Only the codecs of
// package encode take bits instead, which do not allocate.
package httpwire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const (
	// BaseURL is the URL of the real service.
	BaseURL = "https://conversations.twilio.com"
	// Path is the path of the call.
	Path = "/v1/Users"
	// FormType is the media type of the request.
	FormType = "application/x-www-form-urlencoded"
	// JSONType is the media type of the answer.
	JSONType = "application/json"
	// DefaultMaxBody is the default maximum size of a body, 1 MiB.
	DefaultMaxBody = 1 << 20
)

// ReadOptions are the options of [ReadRequest] and [ReadResponse]. A nil
// *ReadOptions means the zero ReadOptions, which are the defaults.
type ReadOptions struct {
	// MaxBody is the maximum size of a body in bytes; less than 1 means
	// [DefaultMaxBody].
	MaxBody int64
	// AllowUnknown makes ReadRequest skip unknown names. ReadResponse ignores
	// it.
	AllowUnknown bool
}

// withDefaults returns a copy of o in which every default is filled in.
func (o *ReadOptions) withDefaults() (all ReadOptions) {
	if o != nil {
		all = *o
	}
	all.MaxBody = orDefault(all.MaxBody, DefaultMaxBody)
	return all
}

// NewRequest validates r and builds the documented call: a POST to baseURL and
// [Path] with the form and, if it is set, the webhook header. The caller adds the
// credentials, with SetBasicAuth. The body can be sent again, for a retry.
//
// The error is [validate.Errors] if r is not valid, or a [*validate.Error] for the
// field "baseURL", which must be an absolute http or https URL without query and
// fragment.
func NewRequest(ctx context.Context, baseURL string, r *user.CreateRequest) (*http.Request, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	form, err := encode.AppendForm(nil, r)
	if err != nil {
		return nil, err
	}
	target, err := callURL(baseURL)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", FormType)
	req.Header.Set("Accept", JSONType)
	if on, ok := r.WebhookEnabled.Get(); ok {
		req.Header.Set(user.WebhookHeader, strconv.FormatBool(on))
	}
	return req, nil
}

// callURL joins baseURL and Path.
func callURL(baseURL string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !isPort(u.Port()) ||
		strings.ContainsAny(baseURL, "?#") || validate.URI(baseURL) != nil {
		return "", errBaseURL()
	}
	return strings.TrimRight(baseURL, "/") + Path, nil
}

func errBaseURL() error {
	return &validate.Error{Field: "baseURL", Code: validate.CodeURI, Offset: -1, Want: "http_url"}
}

// isPort reports whether s is the port of a URL: none, or a number.
func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return s == "" || err == nil
}

// A RequestError is the error of a request that a server should refuse. The zero
// RequestError is not valid; a nil *RequestError reads as the zero one.
type RequestError struct {
	// Status is the HTTP status to answer: 400, 405, 413 or 415.
	Status int
	// Err is the reason, [validate.Errors] or a [*validate.Error];
	// [validate.All] lists either.
	Err error
}

// Error returns the status and the text of Err.
func (e *RequestError) Error() string {
	if e == nil {
		e = &RequestError{}
	}
	if e.Err == nil {
		return "status " + strconv.Itoa(e.Status)
	}
	return "status " + strconv.Itoa(e.Status) + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *RequestError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// refuse returns a RequestError for one field of the HTTP request.
func refuse(status int, field string, c validate.Code, want string) error {
	return &RequestError{status, &validate.Error{Field: field, Code: c, Offset: -1, Want: want}}
}

// ReadRequest reads and validates the call from an HTTP request, for a server. It
// checks, in this order, the method (POST), the media type (a form, its charset
// absent or UTF-8, no Content-Encoding), the size, the webhook header, the form
// and the values. The error is a [*RequestError] for the first step that fails;
// the last one, the values, reports all errors. It checks neither the path nor
// credentials, and does not close the body, which the server does.
//
// The strings share the memory of the body.
func ReadRequest(req *http.Request, opts *ReadOptions) (user.CreateRequest, error) {
	o := opts.withDefaults()
	if req.Method != http.MethodPost {
		return user.CreateRequest{}, refuse(http.StatusMethodNotAllowed, "", validate.CodeMethod, http.MethodPost)
	}
	if err := checkMediaType(req.Header); err != nil {
		return user.CreateRequest{}, err
	}
	body, err := readBody(req.Body, req.ContentLength, o.MaxBody)
	if err != nil {
		return user.CreateRequest{}, err
	}
	hook, err := webhookHeader(req.Header)
	if err != nil {
		return user.CreateRequest{}, &RequestError{http.StatusBadRequest, err}
	}
	var form encode.Option
	if o.AllowUnknown {
		form = encode.AllowUnknown
	}
	r, err := encode.ParseForm(body, form)
	if err == nil {
		err = r.Validate()
	}
	if err != nil {
		return user.CreateRequest{}, &RequestError{http.StatusBadRequest, err}
	}
	r.WebhookEnabled = hook
	return r, nil
}

func checkMediaType(h http.Header) error {
	if c := strings.Join(h.Values("Content-Encoding"), ", "); c != "" && !strings.EqualFold(c, "identity") {
		return refuse(http.StatusUnsupportedMediaType, "Content-Encoding", validate.CodeMediaType, "identity")
	}
	types := h.Values("Content-Type")
	mediaType, params, err := mime.ParseMediaType(strings.Join(types, ", "))
	charset, hasCharset := params["charset"]
	if err != nil || len(types) > 1 || mediaType != FormType || hasCharset && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, "Content-Type", validate.CodeMediaType, FormType)
	}
	return nil
}

// readBody reads at most limit bytes, and returns them even beside an error. It
// does not trust the length that a sender states enough to allocate it.
func readBody(body io.Reader, length, limit int64) (string, error) {
	if body == nil {
		return "", nil
	}
	if length > limit {
		return "", tooLarge(limit)
	}
	const trusted = 64 << 10
	var b strings.Builder
	b.Grow(int(min(max(length, 0), trusted)))
	n, err := io.Copy(&b, io.LimitReader(body, min(limit, math.MaxInt64-1)+1))
	text := b.String()[:min(n, limit)]
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return text, tooLarge(e.Limit) // the server's own limit
	}
	if n > limit { // before err, which may come with the last byte or after it
		return text, tooLarge(limit)
	}
	if err != nil {
		return text, refuse(http.StatusBadRequest, "", validate.CodeBody, "")
	}
	return text, nil
}

func tooLarge(limit int64) error {
	return refuse(http.StatusRequestEntityTooLarge, "", validate.CodeTooLarge, strconv.FormatInt(limit, 10))
}

// webhookHeader reads X-Twilio-Webhook-Enabled, which is absent, or one true or
// false.
func webhookHeader(h http.Header) (user.Opt[bool], error) {
	values := h.Values(user.WebhookHeader)
	if len(values) == 0 {
		return user.Opt[bool]{}, nil
	}
	err := validate.WebhookEnabled(values[0])
	if len(values) > 1 {
		err = &validate.Error{Code: validate.CodeRepeated, Offset: -1}
	}
	if e, ok := err.(*validate.Error); ok {
		e.Field = user.WebhookHeader
		return user.Opt[bool]{}, e
	}
	return user.Some(values[0] == "true"), nil
}

// WriteUser answers 201 with u as JSON and the headers of h. The error is that of
// [encode.AppendUser], before anything is written, or that of w.
func WriteUser(w http.ResponseWriter, u *user.User, h ResponseHeader) error {
	body, err := encode.AppendUser(nil, u)
	if err != nil {
		return err
	}
	SetHeader(w.Header(), h)
	return write(w, http.StatusCreated, body)
}

// WriteError answers e.Status with e in the legacy envelope, the headers of h and,
// if e has it, Retry-After. A status outside of 200 to 999, which no answer can
// end with, becomes 500; an e with a Reason becomes a 502 with the text of the
// Reason. Errors are as for [WriteUser].
func WriteError(w http.ResponseWriter, e *user.APIError, h ResponseHeader) error {
	answer := user.APIError{}
	if e != nil {
		answer = *e
	}
	if answer.Reason != "" {
		words := (&validate.Error{Code: answer.Reason, Offset: -1}).Error()
		answer = user.APIError{Status: http.StatusBadGateway, Message: words}
	}
	if answer.Status < 200 || answer.Status > 999 { // net/http panics on it, or sends 200 after it
		answer.Status = http.StatusInternalServerError
	}
	body, err := encode.AppendError(nil, &answer)
	if err != nil {
		return err
	}
	SetHeader(w.Header(), h)
	if answer.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(answer.RetryAfter))
	}
	return write(w, answer.Status, body)
}

func write(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", JSONType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// ReadResponse reads the answer to the call, for a client, and closes its body; a
// nil body is read as an empty one. Only a 201 that has a user with a valid sid,
// and did not follow a redirect, is a success, see [encode.ParseResponse]; the
// rest of the user is not validated. Every other answer is a [*user.APIError] and
// the zero user. The headers are returned in any case.
//
// Of a body that is over the limit, or ends too early, the first part is kept. A
// 201 is then an error, whose Err says which of the two it is.
func ReadResponse(resp *http.Response, opts *ReadOptions) (user.User, ResponseHeader, error) {
	h := readHeader(resp.Header)
	text, cut := readAnswer(resp, opts)
	contentType := resp.Header.Get("Content-Type")
	redirected := resp.Request != nil && resp.Request.Response != nil
	u, err := encode.ParseResponse(resp.StatusCode, contentType, text)
	if err == nil && cut == nil && !redirected {
		return u, h, nil
	}
	e, ok := err.(*user.APIError)
	if !ok { // a user that is not a success
		e = encode.ParseError(resp.StatusCode, contentType, text)
	}
	switch {
	case redirected:
		e.Reason, e.Err = validate.CodeRedirected, nil
	case cut != nil && resp.StatusCode == http.StatusCreated:
		e.Reason, e.Err = validate.CodeNoUser, errors.Unwrap(cut)
	}
	e.RetryAfter = retryAfter(resp.Header, time.Now())
	return user.User{}, h, e
}

// readAnswer reads the body of an answer and closes it. Beside an error it returns
// what it has read.
func readAnswer(resp *http.Response, opts *ReadOptions) (string, error) {
	if resp.Body == nil {
		return "", nil
	}
	defer resp.Body.Close()
	limit := opts.withDefaults().MaxBody
	return readBody(resp.Body, min(resp.ContentLength, limit), limit)
}

// retryAfter returns Retry-After (RFC 9110 section 10.2.3), which is in seconds or
// a date, in whole seconds from now, rounded up; 0 for none.
func retryAfter(h http.Header, now time.Time) int {
	const most = 1 << 30 // seconds, 34 years: fits an int of 32 bits
	v := h.Get("Retry-After")
	if v != "" && strings.Trim(v, "0123456789") == "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil || n > most {
			return most
		}
		return int(n)
	}
	at, err := http.ParseTime(v)
	if err != nil || !at.After(now) {
		return 0
	}
	wait := min(at.Sub(now), most*time.Second)
	return int((wait + time.Second - 1) / time.Second)
}
