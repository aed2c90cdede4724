package httpwire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// pipes is a listener whose connections are in memory, so that the clock of
// testing/synctest advances while one side waits for the other.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// dial connects to the listener, and to no other address.
func (p *pipes) dial(_ context.Context, _, addr string) (net.Conn, error) {
	if addr != p.Addr().String() {
		return nil, fmt.Errorf("a connection to %s", addr)
	}
	near, far := net.Pipe()
	select {
	case p.conns <- buffer(far):
		return buffer(near), nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// buffered is one end of a net.Pipe whose Write does not wait for the other side.
// Otherwise both sides of a TLS connection can wait, with locks held, for the other
// to read that it is closed, which stops the clock.
type buffered struct {
	net.Conn
	queue chan []byte
	done  chan struct{}
	once  sync.Once
}

func buffer(c net.Conn) *buffered {
	b := &buffered{Conn: c, queue: make(chan []byte, 1000), done: make(chan struct{})}
	written := make(chan struct{})
	go func() {
		defer close(written)
		for {
			select {
			case data := <-b.queue:
				if _, err := c.Write(data); err != nil {
					return
				}
			case <-b.done:
				for len(b.queue) > 0 {
					if _, err := c.Write(<-b.queue); err != nil {
						return
					}
				}
				return
			}
		}
	}()
	go func() {
		<-b.done
		select {
		case <-written:
		case <-time.After(time.Second): // the other side does not read
			// Not a deadline for c: its timer crashed the race detector in a
			// bubble (golang.org/issue/78156 is similar).
		}
		c.Close()
	}()
	return b
}

func (b *buffered) Write(data []byte) (int, error) {
	select {
	case b.queue <- bytes.Clone(data):
		return len(data), nil
	case <-b.done:
		return 0, net.ErrClosed
	}
}

func (b *buffered) Close() error {
	b.once.Do(func() {
		close(b.done)
		_ = b.Conn.SetReadDeadline(time.Unix(0, 0)) // ends a Read
	})
	return nil
}

func (b *buffered) SetDeadline(t time.Time) error    { return b.SetReadDeadline(t) }
func (b *buffered) SetWriteDeadline(time.Time) error { return nil }

// serveTLS starts a TLS server in memory, and returns a Client for it with the
// default timeout of 30 seconds. It is for tests in synctest.Test, which fails if a
// goroutine is left.
func serveTLS(t *testing.T, h http.Handler) *httpwire.Client {
	t.Helper()
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	srv := httptest.NewUnstartedServer(h)
	srv.Listener.Close()
	srv.Listener = p
	srv.Config.ErrorLog = noLog
	srv.StartTLS()
	t.Cleanup(func() {
		srv.Close()
		time.Sleep(2 * time.Second) // until data that is not read is dropped, see buffered
	})
	c := srv.Client()
	c.Timeout = 30 * time.Second
	c.Transport.(*http.Transport).DialContext = p.dial
	return &httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("name", "s3cret"), HTTP: c}
}

// wrap wraps the transport of the Client.
func wrap(c *httpwire.Client, rt func(*http.Request, http.RoundTripper) (*http.Response, error)) {
	next := c.HTTP.Transport
	c.HTTP.Transport = roundTripper(func(r *http.Request) (*http.Response, error) { return rt(r, next) })
}

// identityOf returns the identity in a request.
func identityOf(t *testing.T, r *http.Request) string {
	if r.Method == http.MethodGet {
		_, segment, _ := strings.Cut(r.URL.EscapedPath(), httpwire.Path+"/")
		identity, err := url.PathUnescape(segment)
		if err != nil {
			t.Error(err)
		}
		return identity
	}
	body, err := r.GetBody()
	if err != nil {
		t.Error(err)
		return ""
	}
	form, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	values, err := url.ParseQuery(string(form))
	if err != nil {
		t.Error(err)
	}
	return values.Get("Identity")
}

// collect runs CreateAll to its end, and fails if a row ends twice.
func collect(t *testing.T, results iter.Seq2[int, httpwire.Result]) map[int]httpwire.Result {
	t.Helper()
	all := map[int]httpwire.Result{}
	for i, r := range results {
		if _, twice := all[i]; twice {
			t.Errorf("row %d ends twice", i)
		}
		all[i] = r
	}
	return all
}

// A plan chooses the failures of a run: the first three requests of each method for
// an identity may fail, which depends on the seed and not on other requests. It
// checks the limits of the run.
type plan struct {
	t        *testing.T
	seed     uint64
	failures []usertest.Failure

	mu     sync.Mutex
	counts map[string]int  // of requests, by method and identity
	lost   map[string]bool // identities with an ambiguous answer to a POST
	busy   map[string]bool // identities of requests in progress
	most   int             // the maximum of these
	sent   []time.Time
	pauses [][2]time.Time // after each 429: from its answer to its end
	seen   map[usertest.Kind]int
}

const planHeader = "X-Test-Failure"

// choose is the function for usertest.Handler.FailFunc.
func (p *plan) choose(r *http.Request) (usertest.Failure, bool) {
	k, err := strconv.Atoi(r.Header.Get(planHeader))
	if err != nil {
		return usertest.Failure{}, false
	}
	return p.failures[k], true
}

func (p *plan) roundTrip(r *http.Request, next http.RoundTripper) (*http.Response, error) {
	identity := identityOf(p.t, r)
	r = r.Clone(r.Context())
	p.start(r, identity)
	resp, err := next.RoundTrip(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, identity)
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		now := time.Now()
		p.pauses = append(p.pauses, [2]time.Time{now, now.Add(time.Duration(seconds) * time.Second)})
	}
	return resp, err
}

func (p *plan) start(r *http.Request, identity string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for _, pause := range p.pauses {
		if now.After(pause[0]) && now.Before(pause[1]) {
			p.t.Errorf("a request %v after a 429 that stated %v", now.Sub(pause[0]), pause[1].Sub(pause[0]))
		}
	}
	p.pauses = slices.DeleteFunc(p.pauses, func(pause [2]time.Time) bool { return !now.Before(pause[1]) })
	p.sent = append(p.sent, now)
	if p.busy[identity] {
		p.t.Error("two requests for one identity at once")
	}
	p.busy[identity] = true
	p.most = max(p.most, len(p.busy))
	key := r.Method + identity
	hash := fnv.New64a()
	fmt.Fprint(hash, key, p.counts[key])
	random := rand.New(rand.NewPCG(p.seed, hash.Sum64()))
	if p.counts[key]++; p.counts[key] > 3 || random.IntN(5) != 0 {
		return
	}
	k := random.IntN(len(p.failures))
	r.Header.Set(planHeader, strconv.Itoa(k))
	kind := p.failures[k].Kind
	p.seen[kind]++
	if r.Method == http.MethodPost && kind != usertest.TooManyRequests {
		p.lost[identity] = true
	}
}

// TestCreateAllUnderFailures: whatever fails, the outcome of each row matches the
// users of the endpoint, where each identity exists once. Ten thousand rows take
// seconds, but minutes in an emulator.
func TestCreateAllUnderFailures(t *testing.T) {
	start := time.Now()
	underFailures(t, 1, 1000)
	if took := time.Since(start); testing.Short() || took > 4*time.Second {
		t.Logf("a thousand rows took %v: not ten thousand", took)
		return
	}
	underFailures(t, 2, 10_000)
}

func underFailures(t *testing.T, seed uint64, n int) {
	synctest.Test(t, func(t *testing.T) {
		h := usertest.NewHandler(&usertest.Options{Username: "name", Password: "s3cret"})
		c := serveTLS(t, h)
		p := &plan{t: t, seed: seed, counts: map[string]int{}, lost: map[string]bool{}, busy: map[string]bool{}, seen: map[usertest.Kind]int{}, failures: []usertest.Failure{
			{Kind: usertest.TooManyRequests, RetryAfter: 2},
			{Kind: usertest.TooManyRequests, RetryAfter: 7},
			{Kind: usertest.ServerError},
			{Kind: usertest.BadGateway},
			{Kind: usertest.Drop},
			{Kind: usertest.Cut},
			{Kind: usertest.Delay, Delay: 40 * time.Second},
			{Kind: usertest.Late, Delay: 40 * time.Second},
			{Kind: usertest.Redirect, Location: "https://127.0.0.2/v1/Users"},
		}}
		rows := make([]user.CreateRequest, n)
		const (
			fresh = iota
			invalid
			equal
			different
		)
		kindOf := func(i int) int {
			switch {
			case i%20 == 7: // 500 of 10,000
				return invalid
			case i%100 == 33:
				return equal
			case i%100 == 66:
				return different
			}
			return fresh
		}
		for i := range rows {
			identity := fmt.Sprintf("user %d/%%ü?", i)
			rows[i] = user.CreateRequest{
				Identity: identity, FriendlyName: user.Some("name"),
				Attributes: user.Some(user.Attributes(fmt.Sprintf(`{"number":%d.0,"list":[1e2,"a"]}`, i))),
			}
			there := rows[i]
			switch kindOf(i) {
			case invalid:
				rows[i].RoleSID = user.Some(user.RoleSID("RL"))
				continue
			case equal:
				there.Attributes = user.Some(user.Attributes(fmt.Sprintf(`{ "list": [100, "\u0061"], "number": %d }`, i)))
			case different:
				there.FriendlyName = user.Some("another")
			default:
				continue
			}
			if _, _, err := c.Create(t.Context(), &there); err != nil {
				t.Fatal(err)
			}
		}
		before := map[string]user.User{}
		for _, u := range h.Users() {
			before[u.Identity.Or("")] = u
		}
		h.FailFunc(p.choose)
		wrap(c, p.roundTrip)

		start := time.Now()
		var last httpwire.Counts
		results := collect(t, c.CreateAll(t.Context(), slices.All(rows), &httpwire.CreateAllOptions{InFlight: 8, Progress: func(c httpwire.Counts) { last = c }}))
		took := time.Since(start)

		after := map[string]user.User{}
		for _, u := range h.Users() {
			identity := u.Identity.Or("")
			if _, twice := after[identity]; twice {
				t.Errorf("%q is there twice", identity)
			}
			after[identity] = u
		}
		var counts httpwire.Counts
		for i, row := range rows {
			r, there := results[i], after[row.Identity]
			counts[r.Outcome]++
			if kindOf(i) == invalid {
				if all, ok := r.Err.(validate.Errors); !ok || len(all) != 1 || r.Outcome != httpwire.Refused || r.Attempts != 0 || !there.SID.IsZero() {
					t.Errorf("row %d, not valid: %+v", i, r)
				}
				continue
			}
			want := httpwire.Created
			switch old, existed := before[row.Identity]; {
			case existed && old != there:
				t.Errorf("row %d: the user is another than before", i)
			case kindOf(i) == different:
				want = httpwire.Conflict
			case kindOf(i) == equal && !p.lost[row.Identity]:
				want = httpwire.Existed
			}
			if r.Outcome != want || r.Err != nil || r.User != there || r.Attempts < 1 || r.Attempts > 7 { // four tries, three 429s
				t.Errorf("row %d: %v (%v) after %d attempts, want %v", i, r.Outcome, r.Err, r.Attempts, want)
			}
		}
		if len(after) != n-n/20 || len(results) != n || last != counts {
			t.Errorf("%d users, %d results, progress %v, of %d rows %v", len(after), len(results), last, n, counts)
		}
		for _, f := range p.failures {
			if p.seen[f.Kind] < n/200 {
				t.Errorf("%s came %d times", f.Kind, p.seen[f.Kind])
			}
		}
		slices.SortFunc(p.sent, time.Time.Compare)
		for i := range p.sent[30:] {
			if d := p.sent[i+30].Sub(p.sent[i]); d < 999*time.Millisecond {
				t.Errorf("31 requests in %v", d)
			}
		}
		if p.most != 8 {
			t.Errorf("%d requests at a time, want 8", p.most)
		}
		t.Logf("%d rows, %d requests in %v of the test's clock: %v, failures %v", n, len(p.sent), took, counts, p.seen)
	})
}

// run runs CreateAll for rows in a bubble of synctest.
func run(t *testing.T, h http.Handler, o *httpwire.CreateAllOptions, rows ...user.CreateRequest) (results map[int]httpwire.Result, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := serveTLS(t, h)
		start := time.Now()
		results = collect(t, c.CreateAll(t.Context(), slices.All(rows), o))
		took = time.Since(start)
	})
	return results, took
}

// named returns a row for each identity.
func named(identities ...string) (rows []user.CreateRequest) {
	for _, identity := range identities {
		rows = append(rows, user.CreateRequest{Identity: identity})
	}
	return rows
}

// outcomes lists the outcomes of rows with their attempts, in the rows' order.
func outcomes(results map[int]httpwire.Result) (list []string) {
	for i := range len(results) {
		list = append(list, fmt.Sprint(results[i].Outcome, " ", results[i].Attempts))
	}
	return list
}

// status answers each request with a status and a body, and counts them.
func status(n *int, status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*n++
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// TestCreateAllAmbiguous: a service that always fails gets a bounded number of
// requests.
func TestCreateAllAmbiguous(t *testing.T) {
	n := 0
	results, took := run(t, status(&n, 500, "<html>"), nil, named("a")...)
	diff(t, "outcomes", []string{"unknown 1"}, outcomes(results))
	diff(t, "requests", 5, n) // one POST, four GETs
	if e, ok := errors.AsType[*user.APIError](results[0].Err); !ok || e.Status != 500 {
		t.Error(results[0].Err)
	}
	if took < 3750*time.Millisecond || took > 8*time.Second {
		t.Errorf("it took %v, want half to all of 0.5 + 1 + 2 + 4 seconds", took)
	}

	n = 0
	lost := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})
	results, _ = run(t, lost, &httpwire.CreateAllOptions{Tries: 3}, named("a")...)
	diff(t, "outcomes", []string{"unknown 3"}, outcomes(results))
	diff(t, "requests", 6, n)
}

// TestCreateAllRefused: a row that the service refuses is sent once.
func TestCreateAllRefused(t *testing.T) {
	for _, c := range []struct {
		status  int
		body    string
		want    []string // of three rows, one at a time
		stopped bool
	}{
		{400, `{"code":20001}`, []string{"refused 1", "refused 1", "refused 1"}, false},
		{404, ``, []string{"refused 1", "refused 1", "refused 1"}, false},
		{409, `{"code":50213}`, []string{"refused 1", "refused 1", "refused 1"}, false},
		{403, `{"code":50205}`, []string{"refused 1", "refused 1", "refused 1"}, false},
		{401, `{"code":20003}`, []string{"refused 1", "refused 0", "refused 0"}, true},
		{403, ``, []string{"refused 1", "refused 0", "refused 0"}, true},
	} {
		n := 0
		results, _ := run(t, status(&n, c.status, c.body), &httpwire.CreateAllOptions{InFlight: 1}, named("a", "b", "c")...)
		diff(t, strconv.Itoa(c.status), c.want, outcomes(results))
		for i := range 3 {
			if e, ok := errors.AsType[*user.APIError](results[i].Err); !ok || e.Status != c.status || results[i].Stopped != c.stopped {
				t.Errorf("%d: row %d: %v", c.status, i, results[i].Err)
			}
		}
		diff(t, "requests", map[bool]int{true: 1, false: 3}[c.stopped], n)
	}

	results, _ := run(t, http.NotFoundHandler(), nil, named("", "\xff")...)
	diff(t, "not valid", []string{"refused 0", "refused 0"}, outcomes(results))
	c := httpwire.Client{Base: "ftp://h"}
	results = collect(t, c.CreateAll(t.Context(), slices.All(named("a")), nil))
	diff(t, "bad Base", []string{"refused 0"}, outcomes(results))
}

// TestCreateAllRefusedLater: after a lost answer, only a request that is not valid
// is known to have created nothing.
func TestCreateAllRefusedLater(t *testing.T) {
	for status, want := range map[int]string{400: "refused 2", 401: "unknown 2", 404: "unknown 2"} {
		posts := 0
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			if posts++; posts == 1 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			w.WriteHeader(status)
		})
		results, _ := run(t, h, nil, named("a")...)
		diff(t, strconv.Itoa(status), []string{want}, outcomes(results))
		if e, ok := errors.AsType[*user.APIError](results[0].Err); !ok || e.Status != status {
			t.Errorf("%d: %v", status, results[0].Err)
		}
	}
}

// TestCreateAllStops: rows in progress when the run stops are finished; one with a
// lost answer is unknown.
func TestCreateAllStops(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.FormValue("Identity") {
		case "slow":
			time.Sleep(10 * time.Second)
			u := user.User{SID: user.Some(user.UserSID("US" + strings.Repeat("0", 32))), Identity: user.Some("slow")}
			_ = httpwire.WriteUser(w, &u, httpwire.ResponseHeader{})
		case "lost":
			w.WriteHeader(http.StatusBadGateway)
		case "bad":
			time.Sleep(100 * time.Millisecond)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			t.Errorf("%s %s", r.Method, r.FormValue("Identity"))
		}
	})
	results, took := run(t, h, &httpwire.CreateAllOptions{InFlight: 3}, named("slow", "lost", "bad", "behind")...)
	diff(t, "outcomes", []string{"created 1", "unknown 1", "refused 1", "refused 0"}, outcomes(results))
	if took < 10*time.Second || took > 11*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestCreateAllWaits: a 429 delays all rows, and none fails by it.
func TestCreateAllWaits(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 20, Times: 2})
	results, took := run(t, h, &httpwire.CreateAllOptions{InFlight: 1, Tries: 1}, named("a", "b")...)
	diff(t, "outcomes", []string{"created 3", "created 1"}, outcomes(results))
	if took < 40*time.Second || took > 41*time.Second {
		t.Errorf("it took %v, want 40 seconds", took)
	}

	// A 429 without a time.
	n := 0
	silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		usertest.NewHandler(nil).ServeHTTP(w, r)
	})
	results, took = run(t, silent, nil, named("a")...)
	diff(t, "outcomes", []string{"created 2"}, outcomes(results))
	if took < time.Second || took > 1100*time.Millisecond {
		t.Errorf("it took %v, want a second", took)
	}

	// Beyond MaxWait nothing more is sent.
	for _, c := range []struct {
		failure usertest.Failure
		want    []string
	}{
		{usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 61}, []string{"refused 1", "refused 0"}},
		{usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 30, Times: 3}, []string{"refused 3", "refused 0"}},
	} {
		h = usertest.NewHandler(nil)
		h.Fail(c.failure)
		results, took = run(t, h, &httpwire.CreateAllOptions{InFlight: 1}, named("a", "b")...)
		diff(t, "outcomes", c.want, outcomes(results))
		if took > 61*time.Second {
			t.Errorf("it took %v", took)
		}
		if e, ok := errors.AsType[*user.APIError](results[1].Err); !ok || e.Class() != user.RateLimited {
			t.Error(results[1].Err)
		}
	}
}

// TestCreateAllPace tests the rate and the burst.
func TestCreateAllPace(t *testing.T) {
	rows := make([]user.CreateRequest, 100)
	for i := range rows {
		rows[i].Identity = strconv.Itoa(i)
	}
	for _, c := range []struct {
		o    httpwire.CreateAllOptions
		want time.Duration
	}{
		{httpwire.CreateAllOptions{}, 3300 * time.Millisecond},
		{httpwire.CreateAllOptions{Rate: -1, Burst: -1, InFlight: -1, Tries: -1, MaxWait: -1}, 3300 * time.Millisecond},
		{httpwire.CreateAllOptions{Rate: 10}, 9900 * time.Millisecond},
		{httpwire.CreateAllOptions{Rate: 10, Burst: 50}, 5 * time.Second},
	} {
		_, took := run(t, usertest.NewHandler(nil), &c.o, rows...)
		if d := took - c.want; d < -10*time.Millisecond || d > 10*time.Millisecond {
			t.Errorf("%+v took %v, want %v", c.o, took, c.want)
		}
	}
}

// TestCreateAllSameIdentity: rows with the same identity are sent one after another,
// however many may be in flight.
func TestCreateAllSameIdentity(t *testing.T) {
	rows := named("a", "a", "b", "a")
	rows[3].FriendlyName = user.Some("another")
	rows[0].FriendlyName, rows[1].FriendlyName = user.Some("A"), user.Some("A")
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Kind: usertest.Late, Delay: time.Second})
	results, _ := run(t, h, nil, rows...)
	diff(t, "outcomes", []string{"created 1", "existed 1", "created 1", "conflict 1"}, outcomes(results))
}

// TestCreateAllFindsAnother: a fetched user does not count if only its SID is the
// row's identity, or if a server resolved "..".
func TestCreateAllFindsAnother(t *testing.T) {
	sid := "US" + strings.Repeat("0", 32)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_ = httpwire.WriteError(w, &user.APIError{Status: 409, Code: 50201}, httpwire.ResponseHeader{})
			return
		}
		fmt.Fprintf(w, `{"sid":"%s","identity":"another"}`, sid)
	})
	results, _ := run(t, h, nil, named(sid, "..", "Another", "another")...)
	diff(t, "outcomes", []string{"unknown 4", "unknown 4", "unknown 4", "existed 1"}, outcomes(results))
	if e, ok := errors.AsType[*user.APIError](results[0].Err); !ok || e.Status != 409 {
		t.Error(results[0].Err)
	}
}

// TestCreateAllContext: when the context ends, each row still ends, and is unknown
// without an answer.
func TestCreateAllContext(t *testing.T) {
	cause := errors.New("the cause")
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"canceled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			timer := time.AfterFunc(10*time.Second, func() { cancel(cause) })
			return ctx, func() { timer.Stop(); cancel(nil) }
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(ctx, 10*time.Second, cause)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := usertest.NewHandler(nil)
				c := serveTLS(t, h)
				h.FailFunc(func(*http.Request) (usertest.Failure, bool) {
					return usertest.Failure{Kind: usertest.Late, Delay: time.Minute}, len(h.Users()) == 2 // the third answer is late
				})
				ctx, cancel := end(t.Context())
				defer cancel()
				start := time.Now()
				results := collect(t, c.CreateAll(ctx, slices.All(named("a", "b", "c", "d", "e")), &httpwire.CreateAllOptions{InFlight: 1}))
				diff(t, "outcomes", []string{"created 1", "created 1", "unknown 1", "unknown 0", "unknown 0"}, outcomes(results))
				for i := 2; i < 5; i++ {
					diff(t, "cause", true, errors.Is(results[i].Err, cause))
				}
				diff(t, "took", 10*time.Second, time.Since(start))
				diff(t, "users", 3, len(h.Users())) // the third is unknown, and exists
			})
		})
	}
}

// TestCreateAllDeadline: a row that the rate would send after the deadline ends at
// once.
func TestCreateAllDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serveTLS(t, usertest.NewHandler(nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		results := collect(t, c.CreateAll(ctx, slices.All(named("a", "b")), &httpwire.CreateAllOptions{Rate: 0.1, InFlight: 1}))
		diff(t, "outcomes", []string{"created 1", "unknown 0"}, outcomes(results))
		diff(t, "error", true, errors.Is(results[1].Err, context.DeadlineExceeded))
	})
}

// TestCreateAllBreak: a loop that ends early, by a break or a panic, cancels the
// requests and leaves no goroutine: synctest.Test fails if one is left, and a
// request would take an hour.
func TestCreateAllBreak(t *testing.T) {
	for _, how := range []string{"break", "panic in the loop", "panic in rows", "panic in Progress"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := usertest.NewHandler(nil)
				c := serveTLS(t, h)
				c.HTTP.Timeout = 0
				h.FailFunc(func(r *http.Request) (usertest.Failure, bool) {
					return usertest.Failure{Kind: usertest.Delay, Delay: time.Hour}, len(h.Users()) == 1 || how == "panic in rows"
				})
				pulled := 0
				rows := func(yield func(int, user.CreateRequest) bool) {
					for yield(pulled, user.CreateRequest{Identity: strconv.Itoa(pulled)}) {
						if pulled++; pulled == 3 && how == "panic in rows" {
							panic(how)
						}
					}
				}
				start := time.Now()
				results := 0
				func() {
					defer func() {
						if p := recover(); p != nil && p != how {
							panic(p)
						}
					}()
					o := &httpwire.CreateAllOptions{InFlight: 7, Progress: func(httpwire.Counts) {
						if how == "panic in Progress" {
							panic(how)
						}
					}}
					for range c.CreateAll(t.Context(), rows, o) {
						results++
						if how == "panic in the loop" {
							panic(how)
						}
						break
					}
					if how != "break" {
						t.Error("no panic")
					}
				}()
				if took := time.Since(start); took > time.Minute || results > 1 || pulled > 8 {
					t.Errorf("%d results of %d rows after %v", results, pulled, took)
				}
			})
		})
	}
}

// TestCreateAllBreakWaits: the loop does not end before its goroutines, however long
// one of them takes to end.
func TestCreateAllBreakWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serveTLS(t, usertest.NewHandler(nil))
		begun, ended := make(chan struct{}), false
		wrap(c, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if identityOf(t, r) == "a" {
				<-begun
				return next.RoundTrip(r)
			}
			close(begun)
			<-r.Context().Done()
			time.Sleep(time.Second)
			ended = true
			return nil, r.Context().Err()
		})
		c.HTTP.Timeout = 0
		for range c.CreateAll(t.Context(), slices.All(named("b", "a")), nil) {
			break
		}
		diff(t, "the other request has ended", true, ended)
	})
}

// TestCreateAllBounded: no more rows are read than are in progress, and a result
// does not wait for the next row.
func TestCreateAllBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serveTLS(t, usertest.NewHandler(nil))
		pulled, yielded := 0, 0
		rows := func(yield func(int, user.CreateRequest) bool) {
			for pulled < 100 {
				if pulled >= 50 { // rows that arrive one at a time
					time.Sleep(time.Minute)
				}
				pulled++
				if !yield(pulled, user.CreateRequest{Identity: strconv.Itoa(pulled)}) {
					return
				}
				if ahead := pulled - yielded; ahead > 5 || pulled > 51 && ahead > 2 {
					t.Errorf("%d rows read, %d results yielded", pulled, yielded)
				}
			}
		}
		for range c.CreateAll(t.Context(), rows, &httpwire.CreateAllOptions{InFlight: 5}) {
			yielded++
		}
		diff(t, "results", 100, yielded)
	})
}

// TestCreateAllAgain: the results can be looped over twice, and rows may reuse a
// variable.
func TestCreateAllAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serveTLS(t, usertest.NewHandler(nil))
		results := c.CreateAll(t.Context(), slices.All(named("a", "b")), nil)
		diff(t, "first", []string{"created 1", "created 1"}, outcomes(collect(t, results)))
		diff(t, "second", []string{"existed 1", "existed 1"}, outcomes(collect(t, results)))
		var none context.Context
		all := &httpwire.CreateAllOptions{InFlight: math.MaxInt, Burst: math.MaxInt, Tries: math.MaxInt, MaxWait: math.MaxInt64, Rate: math.Inf(1)}
		diff(t, "nil context, great numbers", []string{"existed 1"}, outcomes(collect(t, c.CreateAll(none, slices.All(named("a")), all))))
		diff(t, "nil rows", 0, len(collect(t, c.CreateAll(none, nil, &httpwire.CreateAllOptions{Rate: math.NaN()}))))
		diff(t, "no rows", 0, len(collect(t, c.CreateAll(t.Context(), slices.All(named()), nil))))
	})
}

// TestCreateAllBeforeSend: BeforeSend is called before a valid row is sent, and an
// error of it stops the run.
func TestCreateAllBeforeSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := usertest.NewHandler(nil)
		c := serveTLS(t, h)
		h.Fail(usertest.Failure{Kind: usertest.ServerError}) // the first row is sent twice
		var mu sync.Mutex
		announced := map[string]int{}
		wrap(c, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			mu.Lock()
			if announced[identityOf(t, r)] != 1 {
				t.Error("a request for a row that was not announced")
			}
			mu.Unlock()
			return next.RoundTrip(r)
		})
		full := errors.New("no room")
		o := &httpwire.CreateAllOptions{InFlight: 1, BeforeSend: func(row int) error {
			mu.Lock()
			defer mu.Unlock()
			announced[strconv.Itoa(row)]++
			if row == 3 {
				return full
			}
			return nil
		}}
		rows := named("0", "", "2", "3", "4", "")
		results := collect(t, c.CreateAll(t.Context(), slices.All(rows), o))
		diff(t, "outcomes", []string{"created 2", "refused 0", "created 1", "unknown 0", "unknown 0", "refused 0"}, outcomes(results))
		diff(t, "announced", map[string]int{"0": 1, "2": 1, "3": 1}, announced)
		for i, r := range results {
			stopped := i == 3 || i == 4
			if r.Stopped != stopped || errors.Is(r.Err, full) != stopped {
				t.Errorf("row %d: %+v", i, r)
			}
		}
		diff(t, "users", 2, len(h.Users()))
	})
}

// TestCreateAllMaybeSent: a row that may have been sent is sent only if there is no
// such user.
func TestCreateAllMaybeSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := usertest.NewHandler(nil)
		c := serveTLS(t, h)
		rows := named("same", "other", "none", "new", "same too")
		collect(t, c.CreateAll(t.Context(), slices.All([]user.CreateRequest{rows[0], rows[1], rows[4]}), nil))
		rows[1].FriendlyName = user.Some("another")
		methods := map[string]string{}
		wrap(c, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			methods[identityOf(t, r)] += r.Method + " "
			return next.RoundTrip(r)
		})
		var announced []int
		o := &httpwire.CreateAllOptions{
			InFlight:   1,
			MaybeSent:  func(row int) bool { return row < 3 },
			BeforeSend: func(row int) error { announced = append(announced, row); return nil },
		}
		results := collect(t, c.CreateAll(t.Context(), slices.All(rows), o))
		diff(t, "outcomes", []string{"created 0", "conflict 0", "created 1", "created 1", "existed 1"}, outcomes(results))
		diff(t, "requests", map[string]string{"same": "GET ", "other": "GET ", "none": "GET POST ", "new": "POST ", "same too": "POST GET "}, methods)
		diff(t, "announced", []int{2, 3, 4}, announced)

		// It is not known whether the user exists: the row is not sent.
		h.Fail(usertest.Failure{Kind: usertest.ServerError, Times: 4})
		results = collect(t, c.CreateAll(t.Context(), slices.All(named("lost")), o))
		diff(t, "outcomes", []string{"unknown 0"}, outcomes(results))

		// It was sent, and the user exists only after the fetch.
		late := true
		wrap(c, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.Method == http.MethodPost && late {
				late = false
				if _, _, err := c.Create(t.Context(), &user.CreateRequest{Identity: "late"}); err != nil {
					t.Error(err)
				}
			}
			return next.RoundTrip(r)
		})
		results = collect(t, c.CreateAll(t.Context(), slices.All(named("late")), o))
		diff(t, "outcomes", []string{"created 1"}, outcomes(results))
	})
}

// TestCreateAllStop: requests in progress are finished, nothing else is sent, and
// each result says whether the run had stopped.
func TestCreateAllStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := usertest.NewHandler(nil)
		c := serveTLS(t, h)
		stop := make(chan struct{})
		h.FailFunc(func(*http.Request) (usertest.Failure, bool) {
			if len(h.Users()) < 2 {
				return usertest.Failure{}, false
			}
			close(stop) // a second request would close it again
			return usertest.Failure{Kind: usertest.Late, Delay: 10 * time.Second}, true
		})
		start := time.Now()
		rows := named("a", "b", "c", "", "d")
		results := collect(t, c.CreateAll(t.Context(), slices.All(rows), &httpwire.CreateAllOptions{InFlight: 1, Stop: stop}))
		diff(t, "outcomes", []string{"created 1", "created 1", "created 1", "refused 0", "unknown 0"}, outcomes(results))
		for i, r := range results {
			if r.Stopped != (i == 4) || errors.Is(r.Err, context.Canceled) != (i == 4) {
				t.Errorf("row %d: %+v", i, r)
			}
		}
		diff(t, "users", 3, len(h.Users()))
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("it took %v", took)
		}

		// A row that waits after a 429 ends at once.
		stop = make(chan struct{})
		h.Reset()
		h.Fail(usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 50})
		time.AfterFunc(time.Second, func() { close(stop) })
		start = time.Now()
		results = collect(t, c.CreateAll(t.Context(), slices.All(named("a")), &httpwire.CreateAllOptions{Stop: stop}))
		diff(t, "outcomes", []string{"unknown 1"}, outcomes(results))
		diff(t, "stopped", true, results[0].Stopped)
		diff(t, "took", time.Second, time.Since(start))
	})
}

func TestOutcomeString(t *testing.T) {
	for o, want := range map[httpwire.Outcome]string{0: "unknown", httpwire.Created: "created", httpwire.Existed: "existed", httpwire.Conflict: "conflict", httpwire.Refused: "refused", 5: "unknown"} {
		diff(t, "String", want, o.String())
	}
}
