package usertest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

// serve starts a server with h. When the test ends, all its connections must be
// closed and its goroutines ended.
func serve(t *testing.T, h http.Handler, change ...func(*http.Server)) *httptest.Server {
	t.Helper()
	goroutines := runtime.NumGoroutine()
	var connections atomic.Int64
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			connections.Add(1)
		case http.StateClosed, http.StateHijacked:
			connections.Add(-1)
		}
	}
	for _, f := range change {
		f(srv.Config)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		settles(t, "connections", 0, connections.Load)
		settles(t, "goroutines", int64(goroutines), func() int64 { return int64(runtime.NumGoroutine()) })
	})
	return srv
}

// settles waits until now returns at most want: goroutines of net/http end a little
// after their connections.
func settles(t *testing.T, what string, want int64, now func() int64) {
	t.Helper()
	got := now()
	for end := time.Now().Add(bound); got > want && time.Now().Before(end); got = now() {
		time.Sleep(time.Millisecond)
	}
	if got > want {
		t.Errorf("%d %s, want at most %d", got, what, want)
	}
}

// dial opens a connection that is closed when the test ends.
func dial(t *testing.T, srv *httptest.Server) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(bound))
	return conn.(*net.TCPConn)
}

// written returns a request as bytes: the call, more lines of the header, and the
// body.
func written(lines, body string) string {
	return "POST /v1/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YTpi\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\n" + lines + "\r\n" + body
}

func sized(body string) string {
	return written("Content-Length: "+strconv.Itoa(len(body))+"\r\n", body)
}

// statuses returns the statuses of all answers on the connection, to its end.
func statuses(t *testing.T, conn net.Conn) (all []int) {
	t.Helper()
	r := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil {
			return all
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Errorf("status %d: %v", resp.StatusCode, err)
		}
		all = append(all, resp.StatusCode)
	}
}

// identities returns the identities of the users, in order.
func identities(h *usertest.Handler) (all []string) {
	for _, u := range h.Users() {
		all = append(all, u.Identity.Or(""))
	}
	return all
}

// Requests as a client or a proxy may spell them. The client stops sending after
// each; it must get an answer, and an incomplete request must create no user.
func TestOnTheWire(t *testing.T) {
	const chunked = "Transfer-Encoding: chunked\r\n"
	const expect = "Expect: 100-continue\r\n"
	large := "Identity=" + strings.Repeat("a", maxBody)
	for _, c := range []struct {
		name, sent string
		statuses   []int
		users      []string
	}{
		{"half-closed behind the request", sized("Identity=a"), []int{201}, []string{"a"}},
		{"half-closed in the header", "POST /v1/Users HTTP/1.1\r\nHost: a", []int{400}, nil},
		{"half-closed in the body", written("Content-Length: 20\r\n", "Identity=a"), []int{400}, nil},
		{"length too short", written("Content-Length: 10\r\n", "Identity=abc\r\n\r\n"), []int{201, 400}, []string{"a"}},
		{"length below zero", written("Content-Length: -1\r\n", "Identity=a"), []int{400}, nil},
		{"length with a sign", written("Content-Length: +10\r\n", "Identity=a"), []int{400}, nil},
		{"two lengths", written("Content-Length: 10\r\nContent-Length: 11\r\n", "Identity=ab"), []int{400}, nil},
		{"no length", written("", "Identity=a"), []int{400, 400}, nil},
		{"too large", sized(large), []int{413}, nil},
		{"chunks", written(chunked, "9\r\nIdentity=\r\n1\r\na\r\n0\r\n\r\n"), []int{201}, []string{"a"}},
		{"chunks with a trailer", written(chunked, "a\r\nIdentity=a\r\n0\r\n"+user.WebhookHeader+": no\r\n\r\n"), []int{201}, []string{"a"}},
		{"chunks too large", written(chunked, strings.Repeat("9\r\nIdentity=\r\n", maxBody)+"0\r\n\r\n"), []int{413}, nil},
		{"one chunk too large", written(chunked, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(large), large)), []int{413}, nil},
		{"chunks without an end", written(chunked, "a\r\nIdentity=a\r\n"), []int{400}, nil},
		{"chunk cut off", written(chunked, "f\r\nIdentity=a"), []int{400}, nil},
		{"chunk longer than it says", written(chunked, "a\r\nIdentity=abc\r\n0\r\n\r\n"), []int{400}, nil},
		{"chunk size no number", written(chunked, "zz\r\nIdentity=a\r\n0\r\n\r\n"), []int{400}, nil},
		{"chunk size too high", written(chunked, "fffffffffffffffff\r\nIdentity=a\r\n0\r\n\r\n"), []int{400}, nil},
		{"chunk size empty", written(chunked, "\r\nIdentity=a\r\n0\r\n\r\n"), []int{400}, nil},
		{"another transfer coding", written("Transfer-Encoding: gzip, chunked\r\n", "a\r\nIdentity=a\r\n0\r\n\r\n"), []int{501}, nil},
		{"continue", written(expect+"Content-Length: 10\r\n", "Identity=a"), []int{100, 201}, []string{"a"}},
		{"continue, too large", written(expect+"Content-Length: 301\r\n", ""), []int{413}, nil},
		{"continue, then nothing", written(expect+"Content-Length: 10\r\n", ""), []int{100, 400}, nil},
		{"another expectation", written("Expect: 200-ok\r\nContent-Length: 10\r\n", "Identity=a"), []int{417}, nil},
		{"pipelined", sized("Identity=a") + sized("Identity=a") + sized("Identity=b"), []int{201, 409, 201}, []string{"a", "b"}},
		{"pipelined behind an error", sized("Identity=%") + sized("Identity=b"), []int{400, 201}, []string{"b"}},
		{"space before a colon", written("Content-Length : 10\r\n", "Identity=a"), []int{400}, nil},
		{"a length and chunks", written("Content-Length: 10\r\n"+chunked, "a\r\nIdentity=a\r\n0\r\n\r\n") + sized("Identity=b"), []int{201}, []string{"a"}},
		{"a length and chunks, refused", written("Content-Length: 10\r\n"+chunked, "1\r\n%\r\n0\r\n\r\n") + sized("Identity=b"), []int{400}, nil},
		{"a length and chunks, no resource", strings.Replace(written("Content-Length: 10\r\n"+chunked, "0\r\n\r\n")+sized("Identity=b"), "/v1/Users", "/", 1), []int{404}, nil},
		{"a length and chunks, control path", strings.Replace(written("Content-Length: 10\r\n"+chunked, "0\r\n\r\n")+sized("Identity=b"), "/v1/Users", usertest.ControlPath, 1), []int{400}, nil},
		{"chunks in HTTP/1.0", strings.Replace(written("Connection: keep-alive\r\nContent-Length: 10\r\n"+chunked, "Identity=a"), "HTTP/1.1", "HTTP/1.0", 1) + sized("Identity=b"), []int{201}, []string{"a"}},
		{"another host", strings.Replace(sized("Identity=a"), "localhost", "evil.example", 1), []int{421}, nil},
		{"another host in the target", strings.Replace(sized("Identity=a"), "/v1/Users", "http://evil.example/v1/Users", 1), []int{421}, nil},
		{"host in the target", strings.Replace(strings.Replace(sized("Identity=a"), "localhost", "evil.example", 1), "/v1/Users", "http://localhost/v1/Users", 1), []int{201}, []string{"a"}},
		{"two hosts", strings.Replace(sized("Identity=a"), "Host: localhost\r\n", "Host: localhost\r\nHost: evil.example\r\n", 1), []int{400}, nil},
		{"empty host", strings.Replace(sized("Identity=a"), "localhost", "", 1), []int{421}, nil},
		{"HTTP/1.0, no host", strings.Replace(strings.Replace(sized("Identity=a"), "Host: localhost\r\n", "", 1), "HTTP/1.1", "HTTP/1.0", 1), []int{421}, nil},
		{"NUL in a header", written("Content-Length: 10\r\nA: \x00\r\n", "Identity=a"), []int{400}, nil},
		{"no host", strings.Replace(sized("Identity=a"), "Host: localhost\r\n", "", 1), []int{400}, nil},
		{"HTTP/1.0", strings.Replace(sized("Identity=a"), "HTTP/1.1", "HTTP/1.0", 1), []int{201}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := usertest.NewHandler(&usertest.Options{MaxBody: maxBody})
			srv := serve(t, h)
			conn := dial(t, srv)
			if _, err := io.WriteString(conn, c.sent); err != nil {
				t.Fatal(err)
			}
			_ = conn.CloseWrite()
			diff(t, "statuses", c.statuses, statuses(t, conn))
			diff(t, "users", c.users, identities(h))
		})
	}
}

// A client whose connection ends in the middle of the body, closed or reset,
// creates no user.
func TestClientVanishes(t *testing.T) {
	h := usertest.NewHandler(nil)
	srv := serve(t, h)
	whole := sized("Identity=" + strings.Repeat("a", 60)) // the part that is sent would be valid
	for k := range 50 {
		conn := dial(t, srv)
		if _, err := io.WriteString(conn, whole[:len(whole)-1-k]); err != nil {
			t.Fatal(err)
		}
		if k%2 == 0 {
			_ = conn.SetLinger(0) // the end is a reset
		}
		conn.Close()
	}
	srv.Close() // waits for the requests in progress
	diff(t, "users", []string(nil), identities(h))
}

// Clients that send one byte at a time get their answers, and do not delay others.
func TestSlowClients(t *testing.T) {
	const slow = 50
	h := usertest.NewHandler(nil)
	srv := serve(t, h)
	srv.Client().Timeout = bound
	var conns []net.Conn
	var rest []string
	for k := range slow {
		conn, all := dial(t, srv), sized("Identity=slow"+strconv.Itoa(k))
		pause := len(all) - 5 - k%2*50 // in the body, in the header
		dribble(t, conn, all[:pause])
		conns, rest = append(conns, conn), append(rest, all[pause:])
	}
	for k := range slow {
		resp, err := send(t, srv, "quick"+strconv.Itoa(k))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		diff(t, "status", 201, resp.StatusCode)
	}
	diff(t, "users", slow, len(h.Users()))
	for k, conn := range conns {
		dribble(t, conn, rest[k])
		_ = conn.(*net.TCPConn).CloseWrite()
		diff(t, "statuses", []int{201}, statuses(t, conn))
	}
	diff(t, "users", 2*slow, len(h.Users()))
}

// dribble sends one byte at a time.
func dribble(t *testing.T, w io.Writer, s string) {
	t.Helper()
	for i := range len(s) {
		if _, err := io.WriteString(w, s[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

// A client that stops sending times out, in the header and in the body.
func TestClientStops(t *testing.T) {
	srv := usertest.NewServer(nil)
	limits := map[string]time.Duration{
		"ReadHeaderTimeout": srv.Config.ReadHeaderTimeout, "ReadTimeout": srv.Config.ReadTimeout, "IdleTimeout": srv.Config.IdleTimeout,
		"WriteTimeout": srv.Config.WriteTimeout,
	}
	srv.Close()
	for name, limit := range limits {
		if limit <= 0 || limit > 5*time.Minute {
			t.Errorf("NewServer's %s is %v", name, limit)
		}
	}
	h := usertest.NewHandler(nil)
	soon := serve(t, h, func(s *http.Server) { s.ReadHeaderTimeout, s.ReadTimeout = 10*time.Millisecond, 20*time.Millisecond })
	for _, sent := range []string{"", "POST /v1/Users HTTP/1.1\r\nHost:", written("Content-Length: 11\r\n", "Identity=a")} {
		conn := dial(t, soon)
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			t.Errorf("%q: the connection is kept", sent)
		}
	}
	diff(t, "users", []string(nil), identities(h))
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

// A client that closes its connection ends an injected delay.
func TestDelayEndsWithTheConnection(t *testing.T) {
	for _, body := range []string{"Identity=a", "Identity=a&FriendlyName=" + strings.Repeat("a", 100_000)} {
		h := usertest.NewHandler(nil)
		h.Fail(usertest.Failure{Kind: usertest.Delay, Delay: time.Hour})
		began, ended := make(chan struct{}), make(chan struct{})
		srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(ended)
			close(began)
			h.ServeHTTP(w, r)
		}))
		conn := dial(t, srv)
		if _, err := io.WriteString(conn, sized(body)); err != nil {
			t.Fatal(err)
		}
		<-began
		conn.Close()
		select {
		case <-ended:
		case <-time.After(bound):
			t.Fatalf("%d bytes: the delay goes on without the client", len(body))
		}
		diff(t, "users", []string(nil), identities(h))
	}
}

// A delay may be longer than the server's ReadTimeout and WriteTimeout.
func TestDelayOutlastsTimeouts(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Kind: usertest.Delay, Delay: 1500 * time.Millisecond})
	srv := serve(t, h, func(s *http.Server) { s.ReadTimeout, s.WriteTimeout = time.Second, time.Second })
	resp, err := send(t, srv, "a")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	diff(t, "status", 201, resp.StatusCode)
}

// A body that never ends keeps its connection no longer than the server's
// ReadTimeout, with any delay.
func TestUnfinishedBodyIsNotDelayed(t *testing.T) {
	for name, sent := range map[string]string{
		"too large":          written("Content-Length: 1000\r\n", "Identity="+strings.Repeat("a", maxBody)),
		"too large, chunked": written("Transfer-Encoding: chunked\r\n", "200\r\n"+strings.Repeat("a", 512)+"\r\n"),
		"short":              written("Content-Length: 100\r\n", "Identity=a"),
		"short, chunked":     written("Transfer-Encoding: chunked\r\n", "a\r\nIdentity=a\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, delay := range []time.Duration{time.Millisecond, time.Hour} {
				h := usertest.NewHandler(&usertest.Options{MaxBody: maxBody})
				h.Fail(usertest.Failure{Kind: usertest.Delay, Delay: delay})
				srv := httptest.NewUnstartedServer(h)
				srv.Config.ReadTimeout = 50 * time.Millisecond
				srv.Start()
				conn := dial(t, srv)
				if _, err := io.WriteString(conn, sent); err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
					t.Fatalf("delay %v: the connection is kept", delay) // and would delay Close
				}
				srv.Close()
				diff(t, "users", 0, len(h.Users()))
			}
		})
	}
}

// A client that does not read is dropped after the server's WriteTimeout, with a
// delay and without.
func TestClientDoesNotRead(t *testing.T) {
	for name, failures := range map[string][]usertest.Failure{"at once": nil, "delayed": {{Delay: time.Millisecond, Times: 1000}}} {
		t.Run(name, func(t *testing.T) {
			h := usertest.NewHandler(nil)
			h.Fail(failures...)
			srv := serve(t, h, func(s *http.Server) { s.WriteTimeout = 100 * time.Millisecond })
			conn := dial(t, srv)
			if err := pipeline(conn); isTimeout(err) {
				t.Fatal("the connection is kept")
			}
		})
	}
}

// pipeline sends requests and reads no answer, until the connection fails.
func pipeline(conn net.Conn) error {
	many := strings.Repeat(sized("Identity=a"), 100)
	for {
		if _, err := io.WriteString(conn, many); err != nil {
			return err
		}
	}
}

// Close waits neither for a delay nor for a client that does not send or read.
func TestCloseIsBounded(t *testing.T) {
	for name, client := range map[string]func(*testing.T, *usertest.Server, net.Conn){
		"delay": func(t *testing.T, _ *usertest.Server, conn net.Conn) {
			if _, err := io.WriteString(conn, sized("Identity=a")); err != nil {
				t.Error(err)
			}
			for _, status := range statuses(t, conn) { // or none, if Close came first
				diff(t, "status", 503, status)
			}
		},
		"delay, too large a body": func(_ *testing.T, _ *usertest.Server, conn net.Conn) {
			_, _ = io.WriteString(conn, written("Content-Length: 1000\r\n", strings.Repeat("a", maxBody+1)))
			_, _ = io.Copy(io.Discard, conn)
		},
		"unfinished body": func(_ *testing.T, srv *usertest.Server, conn net.Conn) {
			srv.Handler.Reset()
			_, _ = io.WriteString(conn, written("Content-Length: 20\r\n", "Identity=a"))
			_, _ = io.Copy(io.Discard, conn)
		},
		"unfinished header": func(_ *testing.T, _ *usertest.Server, conn net.Conn) {
			_, _ = io.WriteString(conn, "POST")
			_, _ = io.Copy(io.Discard, conn)
		},
		"pipelined and not read": func(_ *testing.T, srv *usertest.Server, conn net.Conn) {
			srv.Handler.Reset()
			_ = pipeline(conn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := usertest.NewServer(&usertest.Options{MaxBody: maxBody})
			srv.Handler.Fail(usertest.Failure{Delay: time.Hour})
			conn := dial(t, srv.Server)
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				client(t, srv, conn)
			}()
			time.Sleep(200 * time.Millisecond) // so that the requests wait; without, Close has less to do
			closed := make(chan struct{})
			go func() {
				srv.Close()
				srv.Close() // a second call changes nothing
				close(closed)
			}()
			for what, end := range map[string]chan struct{}{"Close": closed, "the client": gone} {
				select {
				case <-end:
				case <-time.After(bound / 2):
					t.Errorf("%s waits", what)
				}
			}
		})
	}
}

// Ten thousand requests in the handler at one time, two for each identity.
func TestTenThousandAtOnce(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	h := usertest.NewHandler(nil)
	arrived, open := sync.WaitGroup{}, make(chan struct{})
	arrived.Add(atOnce)
	var done sync.WaitGroup
	answers := make([]int, atOnce)
	for k := range atOnce {
		c := good("user " + strconv.Itoa(k/2))
		r := c.request()
		r.Body = gate{strings.NewReader(c.form.Encode()), sync.OnceFunc(func() { arrived.Done(); <-open })}
		done.Go(func() {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			answers[k] = w.Code
		})
	}
	arrived.Wait() // all are reading their bodies
	close(open)
	done.Wait()
	for k := 0; k < atOnce; k += 2 {
		if pair := answers[k] + answers[k+1]; pair != 201+409 {
			t.Fatalf("statuses %d and %d, want 201 and 409", answers[k], answers[k+1])
		}
	}
	eachOnce(t, h, atOnce/2)
	settles(t, "goroutines", int64(goroutines), func() int64 { return int64(runtime.NumGoroutine()) })
}

// A gate is a body that waits before it is read.
type gate struct {
	io.Reader
	wait func()
}

func (g gate) Read(p []byte) (int, error) {
	g.wait()
	return g.Reader.Read(p)
}

func (gate) Close() error { return nil }

// eachOnce checks that the users are "user 0" to "user n-1", once each, with
// SIDs of their own.
func eachOnce(t *testing.T, h *usertest.Handler, n int) {
	t.Helper()
	times, sids := map[string]int{}, map[user.UserSID]bool{}
	for _, u := range h.Users() {
		times[u.Identity.Or("")]++
		sids[u.SID.Or("")] = true
	}
	for k := range n {
		if name := "user " + strconv.Itoa(k); times[name] != 1 {
			t.Errorf("%s exists %d times", name, times[name])
		}
	}
	diff(t, "identities", n, len(times))
	diff(t, "SIDs", n, len(sids))
}

// Clients send ten thousand requests over 256 connections (a quarter of that under
// the race detector), while failures are injected and contexts end at any moment,
// and try again. Then each user exists once, and a client has got its 201 or lost
// the answer.
func TestUnderLoad(t *testing.T) {
	const clients, connections = 500, 256
	h := usertest.NewHandler(nil)
	f := &load{h: h, srv: serve(t, h), transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}
	jobs := make(chan int)
	var workers sync.WaitGroup
	for range clients {
		workers.Go(func() {
			for k := range jobs {
				if err := f.client(t.Context(), "user "+strconv.Itoa(k/2)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for k := range 2 * loadUsers { // two clients for each
		jobs <- k
	}
	close(jobs)
	workers.Wait()
	f.transport.CloseIdleConnections()
	if n := f.requests.Load(); n < 5*loadUsers/2 {
		t.Errorf("%d requests, want two for each user and a quarter as many again", n)
	}
	for what, n := range map[string]*atomic.Int64{"lost": &f.lost, "429": &f.seen[0], "500": &f.seen[1], "502": &f.seen[2]} {
		if n.Load() == 0 {
			t.Errorf("no answer %s", what)
		}
	}
	eachOnce(t, h, loadUsers)
	for k := range loadUsers {
		name := "user " + strconv.Itoa(k)
		told, _ := f.told.Load(name)
		lost, _ := f.maybe.Load(name)
		if told == nil && lost == nil {
			t.Errorf("%s exists, and no client created it", name)
		}
	}
}

// load is the state that the clients share.
type load struct {
	h              *usertest.Handler
	srv            *httptest.Server
	transport      *http.Transport
	requests, lost atomic.Int64
	seen           [3]atomic.Int64 // 429, 500, 502
	told, maybe    sync.Map        // by identity: a client saw 201; a client lost an answer
}

// client sends until the user exists.
func (f *load) client(ctx context.Context, identity string) error {
	for range 1000 {
		f.inject(f.requests.Add(1))
		status, err := f.send(ctx, identity)
		switch {
		case err != nil:
			f.lost.Add(1)
			f.maybe.Store(identity, true)
		case status == 201:
			if _, twice := f.told.Swap(identity, true); twice {
				return fmt.Errorf("%s was created twice", identity)
			}
			return nil
		case status == 409:
			return nil
		case status == 429:
			f.seen[0].Add(1)
		case status == 500:
			f.seen[1].Add(1)
		case status == 502:
			f.seen[2].Add(1)
		default:
			return fmt.Errorf("%s: status %d", identity, status)
		}
	}
	return errors.New(identity + " still does not exist")
}

// inject injects a failure with every twentieth request, of each kind in turn.
func (f *load) inject(request int64) {
	kinds := []usertest.Kind{usertest.TooManyRequests, usertest.ServerError, usertest.BadGateway, usertest.Delay, usertest.Cut}
	if request%20 == 0 {
		f.h.Fail(usertest.Failure{Kind: kinds[request/20%int64(len(kinds))], Times: 2, Delay: rand.N(time.Millisecond)})
	}
}

// send makes one call, whose context may end at any moment.
func (f *load) send(ctx context.Context, identity string) (status int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if rand.N(4) == 0 {
		defer time.AfterFunc(rand.N(4*time.Millisecond), cancel).Stop()
	}
	req, err := httpwire.NewRequest(ctx, f.srv.URL, &user.CreateRequest{Identity: identity})
	if err != nil {
		return 0, err
	}
	req.SetBasicAuth("name", "secret")
	resp, err := f.transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
