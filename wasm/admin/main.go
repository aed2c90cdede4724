// Program admin serves the Create User endpoint of package usertest and, at
// /, a page that checks what a person types with the browser build of the
// core, so that form and endpoint obey the same rules. "make run" builds and
// starts it.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user/usertest"
)

//go:embed page
var pageFiles embed.FS

// settings are what the flags say. The tags are rules of validator/v10.
type settings struct {
	Host     string           `setting:"addr" validate:"required,ip|hostname_rfc1123"`
	Port     int              `setting:"addr" validate:"min=0,max=65535"`
	Package  string           `setting:"package" validate:"required"`
	Endpoint usertest.Options // its fields name their own flags
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "convuser:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := parseFlags(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	handler, err := newHandler(s)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return fmt.Errorf("addr: cannot listen (%w); choose another one, such as make run ADDR=127.0.0.1:8081", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	base := "http://" + net.JoinHostPort(s.Host, port) // this Host is allowed, the address of its name may not be
	fmt.Fprintf(out, "admin UI   %s/\nendpoint   POST %s%s\n           GET %s%s/{SidOrIdentity}\nfaults     POST %s%s\n",
		base, base, httpwire.Path, base, httpwire.Path, base, usertest.ControlPath)
	return serve(ctx, listener, newServer(handler))
}

// parseFlags reads and checks the flags.
func parseFlags(args []string, out io.Writer) (s settings, err error) {
	set := flag.NewFlagSet("admin", flag.ContinueOnError)
	set.SetOutput(io.Discard) // its messages hold the values
	addr := set.String("addr", "127.0.0.1:8080", "host:port to listen on; port 0 takes a free one. A request's Host must be loopback or this host, else the answer is 421; "+
		"with 0.0.0.0 or [::] it may be any IP address, but no other name")
	set.StringVar(&s.Package, "package", "wasm/npm", "folder with the JavaScript package, as make wasm builds it")
	set.StringVar(&s.Endpoint.Username, "username", "", "user name to ask for; empty takes any")
	set.StringVar(&s.Endpoint.Password, "password", "", "password to ask for; empty takes any")
	set.IntVar(&s.Endpoint.MaxUsers, "max-users", 0, "users to keep; 0 means 100000")
	set.IntVar(&s.Endpoint.MaxBytes, "max-bytes", 0, "bytes of users to keep; 0 means 64 MiB")
	set.IntVar(&s.Endpoint.MaxBody, "max-body", 0, "bytes of a request body; 0 means 1 MiB")
	err = set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		set.SetOutput(out)
		set.Usage()
		return s, err
	}
	if err != nil || set.NArg() > 0 {
		return s, errors.New("want the flags that -help lists, each with a value of its kind")
	}
	host, port, err := net.SplitHostPort(*addr)
	if err != nil {
		return s, errors.New("addr: want host:port")
	}
	n, err := strconv.ParseUint(port, 10, 31)
	if err != nil {
		return s, errors.New("addr: want a port from 0 to 65535")
	}
	s.Host, s.Port = host, int(n)
	return s, usertest.CheckSettings(s)
}

// newHandler joins the endpoint, the page and the package. A file has one
// path, compared as it was sent; all others are the endpoint's.
func newHandler(s settings) (http.Handler, error) {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	npm, err := openPackage(s.Package)
	if err != nil {
		return nil, err
	}
	s.Endpoint.Hosts = []string{s.Host}
	endpoint := usertest.NewHandler(s.Endpoint)
	return endpoint.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		files, name := page, strings.TrimPrefix(r.URL.EscapedPath(), "/")
		public := name != "index.html"
		if name == "" {
			name = "index.html"
		} else if inside, ok := strings.CutPrefix(name, "convuser/"); ok {
			files, name, public = npm, inside, isPublic(inside)
		}
		if info, err := fs.Stat(files, name); !public || !isRead(r.Method) || err != nil || !info.Mode().IsRegular() {
			endpoint.ServeHTTP(w, r)
			return
		}
		serveFile(w, r, files, name)
	})), nil
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead
}

// openPackage opens the folder of the JavaScript package, once what the page
// cannot do without is there.
func openPackage(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.New("package: no such folder; run make wasm at the top of the repository")
	}
	for _, name := range []string{"index.js", "worker.js", "convuser.wasm", "convuser.wasm.json"} {
		if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
			root.Close()
			return nil, fmt.Errorf("package: %s is missing there; make wasm builds it", name)
		}
	}
	return root.FS(), nil
}

// isPublic reports whether a file of the package's folder is for its user:
// neither what it was made with nor what it is tested with.
func isPublic(name string) bool {
	switch {
	case name == "convuser.wasm", name == "convuser.wasm.json":
		return true
	case strings.ContainsRune(name, '/'), strings.HasPrefix(name, "."), strings.HasSuffix(name, ".test.js"):
		return false
	}
	return strings.HasSuffix(name, ".js")
}

// contentTypes are said here, since what package mime says depends on the
// machine, and a browser runs no module of another type.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

// policy keeps the page to its own scripts. No Trusted Types policy can turn
// a text into markup or a script: the page makes the one named default, which
// lets the package's worker through and nothing else.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types default"

// serveFile serves one file, and asks the browser to look for a newer one
// each time.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, files, name)
}

// grace is how long requests under way may take to finish.
const grace = 2 * time.Second

// newServer bounds each request: a minute to read it, two from its header to
// the end of the answer, besides an ordered delay.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // it would print what clients send
	}
}

// serve answers until ctx ends, which ends delays too, then lets requests in
// progress finish.
func serve(ctx context.Context, listener net.Listener, server *http.Server) error {
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(last); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close() // a connection that a browser opened ahead, or a client that does not read
}
