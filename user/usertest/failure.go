package usertest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"time"

	"github.com/go-playground/form/v4"
	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/encode/httpwire"
)

// ControlPath is the path on which a program in any language injects
// failures. A POST of a form injects one, a DELETE removes all users and
// pending failures. Both are answered 204; a form that is not valid, 400 with
// one line of text. No credentials are needed. A request from a page of
// another site is answered 403, a Host that is not allowed 421, see
// [Handler.Guard].
//
//	kind         429, 500, 502, delay, late, drop, cut or redirect; required
//	times        how many requests, 1 to 1000; 1 if absent
//	retry_after  seconds for Retry-After of a 429, at most 3600; 1 if absent
//	delay_ms     milliseconds to wait, at most 60000
const ControlPath = "/_convuser/faults"

// A Kind is what a [Failure] does.
type Kind string

// The kinds of failures.
const (
	TooManyRequests Kind = "429"      // 429 with code 20429 and Retry-After: nothing was created
	ServerError     Kind = "500"      // 500 with code 20500: nothing was created
	BadGateway      Kind = "502"      // 502 with a body of HTML, as a proxy sends it: nothing was created
	Delay           Kind = "delay"    // wait, then answer as usual
	Late            Kind = "late"     // do as usual, then wait, then answer
	Drop            Kind = "drop"     // cut the connection without an answer: nothing was created
	Cut             Kind = "cut"      // do as usual, then cut the connection without an answer
	Redirect        Kind = "redirect" // 307 to another host: nothing was created
)

// A Failure is injected with [Handler.Fail]. It applies to the next requests
// that create or fetch a user and have valid credentials, before anything else
// in them is checked. A request without credentials, such as one from a page of
// another site, does not use it up. The zero Failure is a Delay of no time.
type Failure struct {
	// Kind is what happens. The zero Kind, and an unknown one, mean Delay.
	Kind Kind
	// Times is the number of requests; less than 1 means one.
	Times int
	// RetryAfter is in seconds, for TooManyRequests; less than 1 means one.
	RetryAfter int
	// Delay is how long to wait: for Late before the answer is sent, for
	// every other kind before the request is processed. A request whose body
	// is too large or incomplete is not delayed. The delay ends early when the
	// request's context does, because the client closed its connection or the
	// [Server] was closed: Late then sends its answer, every other kind
	// answers 503 (20503) and creates nothing. A client that has pipelined
	// another request is not noticed when it closes its connection.
	Delay time.Duration
	// Location is the target of Redirect; "" means a host that does not exist.
	Location string
}

// Fail injects failures, in order, behind those that are still pending. At most
// 1,000 are pending, where one with Times 3 counts as three; the rest is
// dropped.
func (h *Handler) Fail(failures ...Failure) {
	const most = 1000
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range failures {
		for range min(max(f.Times, 1), most-len(h.failures)) {
			h.failures = append(h.failures, f)
		}
	}
}

// FailFunc sets the function that chooses the failure of a request when none
// from [Handler.Fail] is pending. The Times of its result is ignored. It is
// called by several goroutines at once, and must not read the request's body.
// A nil function, or [Handler.Reset], removes it.
func (h *Handler) FailFunc(choose func(*http.Request) (f Failure, ok bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.choose = choose
}

// RandomFailures returns a function for [Handler.FailFunc] that chooses one of
// the failures for one request in oneIn, on average. The sequence of choices
// depends on the seed alone, and the n-th call gets the n-th choice. Without
// failures, or with a oneIn less than 1, no request fails.
func RandomFailures(seed uint64, oneIn int, failures ...Failure) func(*http.Request) (Failure, bool) {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	return func(*http.Request) (Failure, bool) {
		mu.Lock()
		defer mu.Unlock()
		if len(failures) == 0 || oneIn < 1 || random.IntN(oneIn) != 0 {
			return Failure{}, false
		}
		return failures[random.IntN(len(failures))], true
	}
}

// nextFailure removes and returns the failure for r, if there is one.
func (h *Handler) nextFailure(r *http.Request) (f Failure, ok bool) {
	h.mu.Lock()
	choose := h.choose
	if ok = len(h.failures) > 0; ok {
		f, h.failures = h.failures[0], h.failures[1:]
	}
	h.mu.Unlock()
	if ok || choose == nil {
		return f, ok
	}
	return choose(r)
}

// inject applies the next failure to a request that serve would answer, and
// reports whether the request has been answered.
func (h *Handler) inject(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) bool {
	f, ok := h.nextFailure(r)
	if !ok {
		return false
	}
	if f.Delay > 0 && f.Kind != Late && h.holdBody(r) && !sleep(w, r, f.Delay) {
		h.fail(w, http.StatusServiceUnavailable, codeUnavailable, "The delay was broken off")
		return true
	}
	switch f.Kind {
	case TooManyRequests:
		e := apiError(http.StatusTooManyRequests, codeRateLimit, "Too Many Requests")
		e.RetryAfter = max(f.RetryAfter, 1)
		_ = httpwire.WriteError(w, e, httpwire.ResponseHeader{})
	case ServerError:
		h.fail(w, http.StatusInternalServerError, codeServer, "Internal server error")
	case BadGateway:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><body><h1>502 Bad Gateway</h1></body></html>\n")
	case Late:
		answer := httptest.NewRecorder()
		serve(answer, r)
		sleep(w, r, f.Delay)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	case Drop:
		cut(w)
	case Cut:
		serve(discard{}, r)
		cut(w)
	case Redirect:
		http.Redirect(w, r, cmp.Or(f.Location, "https://elsewhere.invalid"+httpwire.Path), http.StatusTemporaryRedirect)
	default:
		return false
	}
	return true
}

// holdBody buffers the body before a delay, and reports whether it is complete
// and not too large. Only after the whole body does net/http lift its
// ReadTimeout and notice that the client has closed the connection.
func (h *Handler) holdBody(r *http.Request) bool {
	if r.Body == nil {
		return true
	}
	held := new(bytes.Buffer)
	n, err := io.Copy(held, io.LimitReader(r.Body, int64(h.opts.MaxBody)+1)) // reading on gives an error again
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(held, r.Body), r.Body}
	return err == nil && n <= int64(h.opts.MaxBody)
}

// sleep waits for d, and reports whether the request's context lasted as long.
// The server's WriteTimeout, which counts from the request's header, starts
// again after the delay.
func sleep(w http.ResponseWriter, r *http.Request, d time.Duration) bool {
	if s, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && s.WriteTimeout > 0 {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d).Add(s.WriteTimeout)) // a recorder has none
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// discard is a ResponseWriter that drops the answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// cut closes the connection. Where it cannot be hijacked, as with HTTP/2 or an
// httptest.ResponseRecorder, it aborts the handler as net/http documents.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}

// failureForm is the form of the control path.
type failureForm struct {
	Kind       Kind `form:"kind" validate:"required,oneof=429 500 502 delay late drop cut redirect"`
	Times      int  `form:"times" validate:"min=0,max=1000"`
	RetryAfter int  `form:"retry_after" validate:"min=0,max=3600"`
	DelayMS    int  `form:"delay_ms" validate:"min=0,max=60000"`
}

// newControl returns the handler of the control path, which refuses requests from
// pages of other sites.
func newControl(h *Handler) http.Handler {
	decoder := form.NewDecoder()
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			f, err := readFailure(decoder, w, r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			h.Fail(f)
		case http.MethodDelete:
			h.Reset()
		default:
			w.Header().Set("Allow", "POST, DELETE")
			http.Error(w, "want POST or DELETE", http.StatusMethodNotAllowed)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
}

// readFailure reads and checks the form of the control path.
func readFailure(decoder *form.Decoder, w http.ResponseWriter, r *http.Request) (Failure, error) {
	const mostBytes = 4096
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != httpwire.FormType {
		return Failure{}, errors.New("Content-Type: want " + httpwire.FormType)
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostBytes)
	if err := r.ParseForm(); err != nil {
		return Failure{}, errors.New("want a form of at most 4096 bytes")
	}
	for name, values := range r.PostForm {
		switch name {
		case "kind", "times", "retry_after", "delay_ms":
			if len(values) > 1 {
				return Failure{}, errors.New(name + ": repeated name")
			}
		default:
			return Failure{}, errors.New("unknown name; want kind, times, retry_after or delay_ms")
		}
	}
	var f failureForm
	if err := decoder.Decode(&f, r.PostForm); err != nil {
		return Failure{}, formError(err)
	}
	if err := f.check(); err != nil {
		return Failure{}, err
	}
	return Failure{Kind: f.Kind, Times: f.Times, RetryAfter: f.RetryAfter, Delay: time.Duration(f.DelayMS) * time.Millisecond}, nil
}

// formError returns an error of one line with the field that form/v4 could not
// read, without its value, which form/v4's error holds.
func formError(err error) error {
	all, _ := errors.AsType[form.DecodeErrors](err)
	for _, name := range []string{"times", "retry_after", "delay_ms"} {
		if all[name] != nil {
			return errors.New(name + ": want a whole number")
		}
	}
	return errors.New("the form cannot be read")
}

// check checks f against the rules in its tags. It returns an error of one line
// for the first field that breaks one, with its name and the rule, never its
// value.
func (f *failureForm) check() error {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("form") })
	all, ok := errors.AsType[validator.ValidationErrors](v.Struct(f))
	if !ok {
		return nil
	}
	want := map[string]string{"required": "a value", "oneof": "one of ", "min": "at least ", "max": "at most "}
	return errors.New(all[0].Field() + ": want " + want[all[0].Tag()] + all[0].Param())
}
