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
	"github.com/convuser/convuser/user"
)

// ControlPath is where a program in any language orders faults. A POST of a
// form orders one; a DELETE forgets all users and faults; both answer 204,
// and 400 with one line of text where the form is at fault. It asks for no
// credentials, and refuses a browser that shows a page of another site (403)
// and a Host that is not allowed (421), see [Handler.Guard].
//
//	kind         429, 500, 502, delay, late, drop, cut or redirect; required
//	times        how many requests, 1 to 1000; 1 if absent
//	retry_after  seconds for Retry-After of a 429, at most 3600; 1 if absent
//	delay_ms     milliseconds to wait, at most 60000
const ControlPath = "/_convuser/faults"

// A Kind is what a [Fault] does.
type Kind string

// The kinds of faults.
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

// A Fault is ordered with [Handler.Fail] and applies to the next requests that
// create or fetch a user and whose credentials passed, before anything else of
// them is looked at. A request without credentials, as the page of another
// site may send it, leaves the fault for the request that it is meant for.
type Fault struct {
	// Kind is what happens; the zero Kind, and one not listed above, is
	// [Delay].
	Kind Kind
	// Times is for how many requests; less than 1 means one.
	Times int
	// RetryAfter is in seconds, for TooManyRequests; less than 1 means one.
	RetryAfter int
	// Delay is how long to wait first, for every kind but Late, which waits
	// with the answer. A request whose body is too large or breaks off is not
	// delayed. A delay ends early, with 503 (20503) and nothing created, or for
	// Late with the answer, when the request's context does: the client has
	// closed its connection, or the [Server] is closed. A client that has sent
	// another request behind (pipelining) is not seen to close.
	Delay time.Duration
	// Location is where Redirect leads; "" means a host that does not exist.
	Location string
}

// Fail orders faults; they come in the order in which they were ordered, each
// for one request that finds it. At most 1,000 requests are kept in mind;
// what goes beyond is dropped.
func (h *Handler) Fail(faults ...Fault) {
	const most = 1000
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range faults {
		for range min(max(f.Times, 1), most-len(h.faults)) {
			h.faults = append(h.faults, f)
		}
	}
}

// FailFunc makes choose say which fault applies to a request, where none that
// was ordered with [Handler.Fail] is left; its Times does not count. choose is
// called by several goroutines at once, and must not read the request's body.
// Nil, or [Handler.Reset], ends it.
func (h *Handler) FailFunc(choose func(*http.Request) (f Fault, ok bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.choose = choose
}

// RandomFaults returns a function for [Handler.FailFunc] that gives one
// request in oneIn, on average, one of the faults. The sequence depends on the
// seed alone; which request meets which part of it, on the order in which they
// come. Without faults, or where oneIn is less than 1, no request gets one.
func RandomFaults(seed uint64, oneIn int, faults ...Fault) func(*http.Request) (Fault, bool) {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	return func(*http.Request) (Fault, bool) {
		mu.Lock()
		defer mu.Unlock()
		if len(faults) == 0 || oneIn < 1 || random.IntN(oneIn) != 0 {
			return Fault{}, false
		}
		return faults[random.IntN(len(faults))], true
	}
}

// nextFault takes the next fault, if there is one.
func (h *Handler) nextFault(r *http.Request) (f Fault, ok bool) {
	h.mu.Lock()
	choose := h.choose
	if ok = len(h.faults) > 0; ok {
		f, h.faults = h.faults[0], h.faults[1:]
	}
	h.mu.Unlock()
	if ok || choose == nil {
		return f, ok
	}
	return choose(r)
}

// inject does what the next fault says, and reports whether the request was
// answered by it. Without the fault, serve answers.
func (h *Handler) inject(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) bool {
	f, ok := h.nextFault(r)
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
		_ = httpwire.WriteError(w, e, user.ResponseHeader{})
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

// holdBody reads the body ahead of a delay, and reports whether it came to its
// end. Only then does net/http lift its ReadTimeout and watch for the end of
// the connection. A body that is too large or breaks off is not held up: its
// connection must not outlast the ReadTimeout.
func (h *Handler) holdBody(r *http.Request) bool {
	if r.Body == nil {
		return true
	}
	held := new(bytes.Buffer)
	n, err := io.Copy(held, io.LimitReader(r.Body, int64(h.opts.MaxBody)+1)) // an error comes again behind what was held
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(held, r.Body), r.Body}
	return err == nil && n <= int64(h.opts.MaxBody)
}

// sleep waits for d, and reports false where the request's context ends
// first. The server's WriteTimeout, which counts from the request's header,
// starts anew behind the delay.
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

// discard is a ResponseWriter for an answer that nobody gets.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// cut closes the connection. Where there is none to close, as behind HTTP/2
// or an httptest.ResponseRecorder, it aborts the handler in the way that
// net/http provides.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}

// faultForm is the form on the control path.
type faultForm struct {
	Kind       Kind `form:"kind" setting:"kind" validate:"required,oneof=429 500 502 delay late drop cut redirect"`
	Times      int  `form:"times" setting:"times" validate:"min=0,max=1000"`
	RetryAfter int  `form:"retry_after" setting:"retry_after" validate:"min=0,max=3600"`
	DelayMS    int  `form:"delay_ms" setting:"delay_ms" validate:"min=0,max=60000"`
}

// newControl returns the handler of the control path. A page of another site
// must not be able to break somebody's tests.
func newControl(h *Handler) http.Handler {
	decoder := form.NewDecoder()
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			f, err := readFault(decoder, w, r)
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

// readFault reads and checks the form.
func readFault(decoder *form.Decoder, w http.ResponseWriter, r *http.Request) (Fault, error) {
	const mostBytes = 4096
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != httpwire.FormType {
		return Fault{}, errors.New("Content-Type: want " + httpwire.FormType)
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostBytes)
	if err := r.ParseForm(); err != nil {
		return Fault{}, errors.New("want a form of at most 4096 bytes")
	}
	for name, values := range r.PostForm {
		switch name {
		case "kind", "times", "retry_after", "delay_ms":
			if len(values) > 1 {
				return Fault{}, errors.New(name + ": repeated name")
			}
		default:
			return Fault{}, errors.New("unknown name; want kind, times, retry_after or delay_ms")
		}
	}
	var f faultForm
	if err := decoder.Decode(&f, r.PostForm); err != nil {
		return Fault{}, formError(err)
	}
	if err := CheckSettings(f); err != nil {
		return Fault{}, err
	}
	return Fault{Kind: f.Kind, Times: f.Times, RetryAfter: f.RetryAfter, Delay: time.Duration(f.DelayMS) * time.Millisecond}, nil
}

// formError says on one line which field form/v4 could not read, without the
// value, which form/v4's own text holds.
func formError(err error) error {
	all, _ := errors.AsType[form.DecodeErrors](err)
	for _, name := range []string{"times", "retry_after", "delay_ms"} {
		if all[name] != nil {
			return errors.New(name + ": want a whole number")
		}
	}
	return errors.New("the form cannot be read")
}

// CheckSettings checks a struct against the rules of validator/v10 in its
// validate tags, and returns an error of one line for the first field that
// breaks one: the name in its setting tag and the rule, never the value. The
// tags are a program's own, and so is a type that holds itself: on a wrong one
// validator/v10 panics.
func CheckSettings(settings any) error {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("setting") })
	err := v.Struct(settings)
	all, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return err
	}
	return errors.New(all[0].Field() + ": want " + ruleText(all[0]))
}

// ruleText says what a rule asks for.
func ruleText(e validator.FieldError) string {
	switch e.Tag() {
	case "required":
		return "a value"
	case "oneof":
		return "one of " + e.Param()
	case "min":
		return "at least " + e.Param()
	case "max":
		return "at most " + e.Param()
	case "excludes":
		return "no " + e.Param()
	case "ip|hostname_rfc1123":
		return "a host name or an IP address"
	}
	return e.Tag()
}
