package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

func diff(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}

// diffError compares the text of an error, "" for nil.
func diffError(t testing.TB, what, want string, err error) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	diff(t, what, want, got)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// glob returns the paths of files.
func glob(t testing.TB, elem ...string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func listenLoopback(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// newClient returns a client that follows no redirects, checks no certificate,
// and leaves no idle connection, which would delay the end of a server.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// runLocally runs the program without an environment and without input.
func runLocally(ctx context.Context, out io.Writer, args ...string) error {
	return run(ctx, args, func(string) string { return "" }, strings.NewReader(""), out)
}

// localHandler returns what the program serves without upstream.
func localHandler(t testing.TB, s settings) http.Handler {
	t.Helper()
	files, err := openFiles(s.Package)
	if err != nil {
		t.Fatal(err)
	}
	if s.Journal == "" {
		s.Journal = t.TempDir()
	}
	l := newLocal(s, "http://localhost", files)
	t.Cleanup(l.api.jobs.close)
	return l.endpoint.Guard(l)
}

func TestParseFlags(t *testing.T) {
	for _, c := range []struct {
		args string
		want settings
	}{
		{"", settings{Host: "127.0.0.1", Port: 8080, Package: "wasm/npm", Rate: 30}},
		{"-addr localhost:0", settings{Host: "localhost", Package: "wasm/npm", Rate: 30}},
		{"-addr [::1]:65535 -package x", settings{Host: "::1", Port: 65535, Package: "x", Rate: 30}},
		{"-username n -password s --max-users=1 -max-bytes 2 -max-body 3", settings{
			Host: "127.0.0.1", Port: 8080, Package: "wasm/npm", Rate: 30,
			Endpoint: usertest.Options{Username: "n", Password: "s", MaxUsers: 1, MaxBytes: 2, MaxBody: 3},
		}},
		{"-rate 0 -journal j -tls-cert c -tls-key k", settings{Host: "127.0.0.1", Port: 8080, Package: "wasm/npm", Journal: "j", TLSCert: "c", TLSKey: "k"}},
		{"-upstream https://u.example -credentials f -proxy -rate 0.5", settings{
			Host: "127.0.0.1", Port: 8080, Package: "wasm/npm", Rate: 0.5, Upstream: "https://u.example", Credentials: "f", Proxy: true,
		}},
	} {
		var out strings.Builder
		got, err := parseFlags(strings.Fields(c.args), &out)
		diff(t, c.args, nil, err)
		diff(t, c.args, c.want, got)
		diff(t, c.args, "", out.String())
	}
}

// The errors are fixed texts, so they quote no value.
func TestParseFlagsBad(t *testing.T) {
	const port = "addr: want a port from 0 to 65535"
	const noPassword = "username, password: want none with upstream; its credentials come from the environment or a file, since every user of a computer can read flags"
	const flags = "want only flags that -help lists, each with a value of its type"
	for args, want := range map[string]string{
		"file":                                 flags,
		"-addr 8080":                           "addr: want host:port",
		"-addr ::1:80":                         "addr: want host:port",
		"-addr [::1":                           "addr: want host:port",
		"-addr 127.0.0.1:":                     port,
		"-addr 127.0.0.1:http":                 port,
		"-addr 127.0.0.1:1.5":                  port,
		"-addr 127.0.0.1:99999999999999999999": port,
		"-addr 127.0.0.1:-1":                   port,
		"-addr 127.0.0.1:65536":                "addr: want at most 65535",
		"-addr :8080":                          "addr: want a value",
		"-package=":                            "package: want a value",
		"-addr 127.0.0.1:+80":                  port,
		"-addr a_b:80":                         "addr: want a host name or an IP address",
		"-addr -x:80":                          "addr: want a host name or an IP address",
		"-max-users secret":                    flags,
		"-max-users 99999999999999999999":      flags,
		"-max-users":                           flags,
		"-secret 1":                            flags,
		"-username n:m -password s":            "username: want no :",
		"-max-users -1":                        "max-users: want at least 0",
		"-max-users 10000001":                  "max-users: want at most 10000000",
		"-max-bytes -1":                        "max-bytes: want at least 0",
		"-max-body -1":                         "max-body: want at least 0",
		"-max-body 67108865":                   "max-body: want at most 67108864",
		"-rate -1":                             "rate: want at least 0",
		"-rate 10001":                          "rate: want at most 10000",
		"-rate secret":                         flags,
		"-tls-cert c":                          "tls-cert, tls-key: want both or none",
		"-tls-key k":                           "tls-cert, tls-key: want both or none",
		"-credentials f":                       "credentials, proxy: want none without upstream",
		"-proxy":                               "credentials, proxy: want none without upstream",
		"-upstream https://u.example -rate 0":  "rate: want more than 0 with upstream",
		"-upstream https://u -password s":      noPassword,
		"-upstream https://u -username s":      noPassword,
	} {
		var out strings.Builder
		_, err := parseFlags(strings.Fields(args), &out)
		diffError(t, args, want, err)
		diff(t, args, "", out.String())
	}
}

func TestHelp(t *testing.T) {
	var out strings.Builder
	_, err := parseFlags([]string{"-help"}, &out)
	if !errors.Is(err, flag.ErrHelp) || out.Len() == 0 {
		t.Errorf("error %v, %d bytes of help", err, out.Len())
	}
	diff(t, "run", nil, runLocally(t.Context(), io.Discard, "-help"))
}

// packageFiles are the files without which the program does not start.
var packageFiles = []string{"index.js", "worker.js", "convuser.wasm", "convuser.wasm.json"}

// folder returns a folder with the files.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, "this is "+name)
	}
	return dir
}

func TestMissingPackage(t *testing.T) {
	missing := func(name string) string {
		return "package: " + name + " is missing there; make wasm builds it"
	}
	withFolder := folder(t, packageFiles[1:]...)
	if err := os.Mkdir(filepath.Join(withFolder, "index.js"), 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		filepath.Join(t.TempDir(), "none"): "package: no such folder; run make wasm at the top of the repository",
		folder(t):                          missing("index.js"),
		withFolder:                         missing("index.js"),
		folder(t, packageFiles[:1]...):     missing("worker.js"),
		folder(t, packageFiles[:2]...):     missing("convuser.wasm"),
		folder(t, packageFiles[:3]...):     missing("convuser.wasm.json"),
	} {
		diffError(t, "error", want, runLocally(t.Context(), io.Discard, "-addr", "127.0.0.1:0", "-package", dir))
	}
}

func TestBadFlagsDoNotServe(t *testing.T) {
	diffError(t, "error", "max-users: want at least 0", runLocally(t.Context(), io.Discard, "-max-users", "-1"))
}

func TestAddressInUse(t *testing.T) {
	taken := listenLoopback(t).Addr().String()
	err := runLocally(t.Context(), io.Discard, "-addr", taken, "-package", folder(t, packageFiles...))
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("got %v, want that the address is in use", err)
	}
	diff(t, "lines", 1, len(strings.Split(err.Error(), "\n")))
}

// A served file is a type and a body.
type served struct{ contentType, body string }

// servedFiles returns every file that start's program serves, by its path.
func servedFiles(t *testing.T) map[string]served {
	const script = "text/javascript; charset=utf-8"
	files := map[string]served{
		"/convuser/index.js":           {script, "this is index.js"},
		"/convuser/worker.js":          {script, "this is worker.js"},
		"/convuser/more.js":            {script, "this is more.js"},
		"/convuser/convuser.wasm":      {"application/wasm", "this is convuser.wasm"},
		"/convuser/convuser.wasm.json": {"application/json", "this is convuser.wasm.json"},
	}
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": script}
	for _, path := range glob(t, "page", "*") {
		files["/"+strings.TrimSuffix(filepath.Base(path), "index.html")] = served{types[filepath.Ext(path)], read(t, path)}
	}
	return files
}

// start runs the program until the test ends or stop is called, and returns
// the URL that it prints. Stop returns the error of run.
func start(t *testing.T) (base string, stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	out := newLines()
	ended := make(chan error, 1)
	dir := folder(t, append([]string{"more.js", "more.test.js", ".hidden.js", "index.d.ts", "package.json", "test/inner.js"}, packageFiles...)...)
	go func() { ended <- runLocally(ctx, out, "-addr", "127.0.0.1:0", "-package", dir) }()
	stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(30 * time.Second): // far longer than it takes
			return errors.New("still running")
		}
	})
	t.Cleanup(func() { _ = stop() })
	base = strings.TrimSuffix(out.wait(t, "admin UI   "), "/")
	diff(t, "output", "endpoint   POST "+base+"/v1/Users\n           GET "+base+"/v1/Users/{SidOrIdentity}\nfailures   POST "+base+"/_convuser/faults\n", out.String())
	return base, stop
}

// send returns the response and its body.
func send(t testing.TB, client *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func request(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestRun(t *testing.T) {
	base, stop := start(t)
	client := newClient()
	for path, want := range servedFiles(t) {
		resp, body := send(t, client, request(t, "GET", base+path, ""))
		diff(t, path, 200, resp.StatusCode)
		diff(t, path, want.body, body)
		header := map[string]string{}
		for _, name := range []string{"Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"} {
			header[name] = resp.Header.Get(name)
		}
		diff(t, path, map[string]string{
			"Content-Type": want.contentType,
			"Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
				"img-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
				"require-trusted-types-for 'script'; trusted-types default",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
			"Cache-Control":          "no-cache",
		}, header)
	}

	for _, path := range []string{ // files of the package's folder that are not public
		"more.test.js", ".hidden.js", "index.d.ts", "package.json", "test", "test/inner.js", "test%2Finner.js", "..%2Fmain.go", "none.js", "",
	} {
		resp, body := send(t, client, request(t, "GET", base+"/convuser/"+path, ""))
		diff(t, path, 404, resp.StatusCode)
		if strings.Contains(body, "this is") {
			t.Errorf("%s is served", path)
		}
	}

	for _, c := range [][2]string{ // the endpoint answers what is no file of the page
		{"GET", "/none"}, {"GET", "/index.html"}, {"GET", "/page/index.html"}, {"GET", "/main.go"}, {"POST", "/"}, {"POST", "/app.js"}, {"GET", "/v1/users"},
		// One spelling for each path, as it is sent.
		{"POST", "/v1%2FUsers"}, {"POST", "//v1/Users"}, {"POST", "/v1/./Users"}, {"GET", "/v1/../"}, {"GET", "//"}, {"GET", "/."}, {"GET", "/%61pp.js"}, {"GET", "//app.js"},
		{"GET", "/app.js/"}, {"GET", "/convuser"}, {"GET", "/convuser/"}, {"GET", "/convuser%2Findex.js"}, {"GET", "/convuser//index.js"}, {"GET", "/convuser/../app.js"},
		{"GET", "/convuser/%69ndex.js"}, {"GET", "/convuser/./index.js"}, {"GET", "/convuser/index.html"}, {"GET", "/convuser/none.js"}, {"POST", "/convuser/index.js"},
		{"POST", "/_convuser%2Ffaults"}, {"POST", "//_convuser/faults"},
	} {
		resp, body := send(t, client, request(t, c[0], base+c[1], ""))
		var got struct{ Code, Status int }
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Errorf("%s: %v", c, err)
		}
		diff(t, c[1], struct{ Code, Status int }{20404, 404}, got)
		diff(t, c[1], 404, resp.StatusCode)
		diff(t, c[1], "application/json", resp.Header.Get("Content-Type"))
	}

	req, err := httpwire.NewRequest(t.Context(), base, &user.CreateRequest{Identity: "a"})
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("any", "pair")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	u, header, err := httpwire.ReadResponse(resp, nil)
	diff(t, "create", nil, err)
	diff(t, "url", base+"/v1/Users/"+string(u.SID.Or("")), u.URL.Or(""))
	diff(t, "CORS", httpwire.DefaultHeader(), header)

	diff(t, "run", nil, stop())
	if resp, err := client.Do(request(t, "GET", base+"/", "")); err == nil {
		resp.Body.Close()
		t.Error("it still answers")
	}
}

// With DNS rebinding, a page of another site has the endpoint's origin, but its
// Host is the site's name, which no path accepts.
func TestOtherHosts(t *testing.T) {
	dir := folder(t, packageFiles...)
	for _, c := range []struct {
		addr       string
		pass, stop []string
	}{
		{"127.0.0.1", []string{"localhost:8080", "127.0.0.1", "[::1]:1"}, []string{"evil.example", "evil.example:8080", "192.0.2.1", "0.0.0.0", ""}},
		{"192.0.2.1", []string{"localhost", "192.0.2.1:8080"}, []string{"evil.example", "192.0.2.2"}},
		{"box.example", []string{"localhost", "box.example:8080"}, []string{"evil.example", "192.0.2.2"}},
		{"0.0.0.0", []string{"localhost", "0.0.0.0", "192.0.2.1", "[2001:db8::1]:8080"}, []string{"evil.example"}},
		{"::", []string{"localhost", "[::]:8080", "192.0.2.1"}, []string{"evil.example"}},
	} {
		handler := localHandler(t, settings{Host: c.addr, Package: dir})
		for method, paths := range map[string][]string{
			"GET": {"/", "/app.js", "/convuser/index.js", "/none", "/v1/Users/a", "/_convuser/about"}, "POST": {"/v1/Users", "/_convuser/jobs"}, "DELETE": {"/_convuser/faults"}, "OPTIONS": {"/v1/Users"},
		} {
			for _, path := range paths {
				ask := func(host string) int {
					r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
					r.Host = host
					handler.ServeHTTP(w, r)
					return w.Code
				}
				for _, host := range c.pass {
					if got := ask(host); got == 421 {
						t.Errorf("-addr %s: %s %s with Host %q: status %d", c.addr, method, path, host, got)
					}
				}
				for _, host := range c.stop {
					diff(t, "-addr "+c.addr+": "+method+" "+path+" with Host "+host, 421, ask(host))
				}
			}
		}
	}
}

// A request with a length and chunks ends its connection, at every path.
func TestLengthAndChunks(t *testing.T) {
	base, _ := start(t)
	for _, line := range []string{"GET /", "GET /convuser/convuser.wasm", "GET /none", "POST /v1/Users", "POST /_convuser/faults"} {
		conn := dial(t, strings.TrimPrefix(base, "http://"))
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // far longer than it takes
		if _, err := io.WriteString(conn, line+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("%s: %v, want the end of the connection", line, err)
		}
	}
}

// A client that does not read the response is disconnected.
func TestClientDoesNotRead(t *testing.T) {
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}))
	for name, limit := range map[string]time.Duration{
		"ReadHeaderTimeout": server.ReadHeaderTimeout, "ReadTimeout": server.ReadTimeout, "WriteTimeout": server.WriteTimeout, "IdleTimeout": server.IdleTimeout,
	} {
		if limit <= 0 || limit > 5*time.Minute {
			t.Errorf("%s is %v", name, limit)
		}
	}
	server.WriteTimeout = 50 * time.Millisecond
	closed := make(chan struct{})
	server.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			close(closed)
		}
	}
	listener := listenLoopback(t)
	go func() { _ = serve(t.Context(), listener, server) }()
	conn := dial(t, listener.Addr().String())
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-closed:
	case <-time.After(30 * time.Second):
		t.Error("the connection is kept")
	}
}

// The end of the program ends a delay, and the response is no success.
func TestServeEndsDelays(t *testing.T) {
	listener := listenLoopback(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	endpoint := usertest.NewHandler(nil)
	endpoint.Fail(usertest.Failure{Delay: time.Hour})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		endpoint.ServeHTTP(w, r)
	})
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, newServer(handler)) }()
	fetch := request(t, "GET", "http://"+listener.Addr().String()+"/v1/Users/a", "")
	fetch.SetBasicAuth("any", "pair")
	resp, _ := send(t, newClient(), fetch)
	diff(t, "status", 503, resp.StatusCode)
	diff(t, "serve", nil, <-ended)
}

// The end of the context lets a request under way finish.
func TestServeFinishes(t *testing.T) {
	listener := listenLoopback(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		for range 1000 { // until no new connection is accepted
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				break
			}
			conn.Close()
			time.Sleep(time.Millisecond)
		}
		w.WriteHeader(http.StatusTeapot)
	})
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, newServer(handler)) }()
	resp, _ := send(t, newClient(), request(t, "GET", "http://"+listener.Addr().String(), ""))
	diff(t, "status", http.StatusTeapot, resp.StatusCode)
	diff(t, "serve", nil, <-ended)
}

// A connection that a browser opened in advance and never used must not make an
// ordinary stop an error.
func TestServeEndsWithIdleConnection(t *testing.T) {
	listener := listenLoopback(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, newServer(http.NotFoundHandler())) }()
	dial(t, listener.Addr().String())
	resp, err := http.Get("http://" + listener.Addr().String()) // the server has both connections now
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	diff(t, "serve", nil, <-ended)
}

// A listener that fails ends the program with its error.
func TestServeFails(t *testing.T) {
	listener := listenLoopback(t)
	listener.Close()
	if err := serve(t.Context(), listener, newServer(http.NotFoundHandler())); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want net.ErrClosed", err)
	}
}
