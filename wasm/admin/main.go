// Program admin is the server of the admin UI: a page that checks a user as a
// person types it, creates it, and creates the users of a file. "make run"
// builds the page's JavaScript package and starts the program; -help lists the
// flags.
//
// Without -upstream it is a local endpoint, [usertest.Handler]: users exist in
// memory until the program ends, and failures can be injected. With -upstream
// it is a gateway to the real service, with credentials that no browser gets,
// for the one browser that has opened the link that it prints. In both modes a
// job creates the users of a file. Its journal on disk lets it continue where it
// was after it was stopped, or the program killed.
//
//	GET  /                                the page, the folder page
//	GET  /convuser/…                      the JavaScript package, the folder of -package
//	POST /v1/Users                        creates a user, in memory or at the service
//	GET  /v1/Users/{SidOrIdentity}        fetches a user
//	GET  /_convuser/about, jobs, jobs/…   what the page needs besides, see api.go
//	POST, DELETE /_convuser/faults        local endpoint: see [usertest.ControlPath]
//	GET  /_convuser/session               gateway: the printed link, see session.go
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user/usertest"
)

// settings are the values of the flags. The tags are rules of validator/v10.
type settings struct {
	Host     string           `setting:"addr" validate:"required,ip|hostname_rfc1123"`
	Port     int              `setting:"addr" validate:"min=0,max=65535"`
	Package  string           `setting:"package" validate:"required"`
	Endpoint usertest.Options // its fields name their own flags

	Upstream    string  `setting:"upstream"` // "" for the endpoint
	Credentials string  `setting:"credentials"`
	Proxy       bool    `setting:"proxy"`
	TLSCert     string  `setting:"tls-cert"`
	TLSKey      string  `setting:"tls-key"`
	Journal     string  `setting:"journal"`
	Rate        float64 `setting:"rate" validate:"min=0,max=10000"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "convuser:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, env func(string) string, in io.Reader, out io.Writer) error {
	s, err := parseFlags(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.Upstream == "" {
		return runLocal(ctx, s, out)
	}
	credentials, account, err := readCredentials(s.Credentials, env)
	if err != nil {
		return err
	}
	client, err := newUpstream(s.Upstream, s.Proxy, credentials)
	if err != nil {
		return err
	}
	return runGateway(ctx, s, client, account, in, out)
}

// runLocal serves the local endpoint. Without -journal, the journals are
// removed at the end, as the users are.
func runLocal(ctx context.Context, s settings, out io.Writer) error {
	files, err := openFiles(s.Package)
	if err != nil {
		return err
	}
	listener, base, err := listen(s)
	if err != nil {
		return err
	}
	defer listener.Close()
	if s.Journal == "" {
		if s.Journal, err = os.MkdirTemp("", "convuser"); err != nil {
			return journalError(err)
		}
		defer os.RemoveAll(s.Journal)
	}
	l := newLocal(s, base, files)
	defer l.api.jobs.close()
	fmt.Fprintf(out, "admin UI   %s/\nendpoint   POST %s%s\n           GET %s%s/{SidOrIdentity}\nfailures   POST %s%s\n",
		base, base, httpwire.Path, base, httpwire.Path, base, usertest.ControlPath)
	return serve(ctx, listener, newServer(l.endpoint.Guard(l)))
}

func runGateway(ctx context.Context, s settings, client *httpwire.Client, account string, in io.Reader, out io.Writer) error {
	files, err := openFiles(s.Package)
	if err != nil {
		return err
	}
	if s.Journal == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return errors.New("journal: this system has no cache folder; set a folder with -journal")
		}
		s.Journal = filepath.Join(cache, "convuser")
	}
	listener, base, err := listen(s)
	if err != nil {
		return err
	}
	defer listener.Close()
	at, _ := listener.Addr().(*net.TCPAddr)
	if at == nil || !at.IP.IsLoopback() && s.TLSCert == "" {
		return errors.New("addr: want a loopback address, or -tls-cert and -tls-key: without TLS, others on the network could read what is sent")
	}
	jobs := newJobs(client, jobOptions(s.Rate), s.Journal, header{Version: 1, Upstream: client.Base, Account: account})
	defer jobs.close()
	link := newSession(strconv.Itoa(at.Port), s.TLSCert != "")
	g := newGateway(client, link, &api{"gateway", client.Base, jobs}, files)
	fmt.Fprintf(out, "admin UI   %s%s\n           (works once; press Enter for another)\nupstream   %s\njournals   %s\n", base, link.newLink(), client.Base, s.Journal)
	go func() {
		for lines := bufio.NewScanner(in); lines.Scan(); {
			fmt.Fprintf(out, "admin UI   %s%s\n", base, link.newLink())
		}
	}()
	// Of the endpoint, only the guard is used: it answers nothing by itself.
	guard := usertest.NewHandler(&usertest.Options{Hosts: []string{s.Host}})
	return serve(ctx, listener, newServer(guard.Guard(g)))
}

// jobOptions returns the options of a job. The rate is in requests a second, 0
// means no limit.
func jobOptions(perSecond float64) httpwire.CreateAllOptions {
	o := httpwire.CreateAllOptions{Rate: perSecond, InFlight: mostAtOnce}
	if perSecond == 0 {
		o.Rate = float64(rate.Inf)
	}
	return o
}

// listen listens on the address of s, with TLS if s has a certificate, and
// returns the URL.
func listen(s settings) (net.Listener, string, error) {
	scheme, config := "http://", (*tls.Config)(nil)
	if s.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
		if err != nil {
			return nil, "", errors.New("tls-cert, tls-key: want files with a certificate and its key, in PEM")
		}
		scheme, config = "https://", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, "", fmt.Errorf("addr: cannot listen (%w); choose another one, such as make run ADDR=127.0.0.1:8081", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, "", err
	}
	listener = newLimited(listener, mostConns)
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	return listener, scheme + net.JoinHostPort(s.Host, port), nil // not listener.Addr(), which as a Host may be refused
}

func parseFlags(args []string, out io.Writer) (s settings, err error) {
	set := flag.NewFlagSet("admin", flag.ContinueOnError)
	set.SetOutput(io.Discard) // package flag quotes the values
	addr := set.String("addr", "127.0.0.1:8080", "host:port to listen on; port 0 means a free port. A request's Host must be loopback or this host, otherwise the status is 421; "+
		"with 0.0.0.0 or [::] it may be any IP address, but no other name")
	set.StringVar(&s.Package, "package", "wasm/npm", "folder with the JavaScript package, built by make wasm")
	set.StringVar(&s.Endpoint.Username, "username", "", "user name to require; empty means any")
	set.StringVar(&s.Endpoint.Password, "password", "", "password to require; empty means any")
	set.IntVar(&s.Endpoint.MaxUsers, "max-users", 0, "maximum of users in memory; 0 means 100000")
	set.IntVar(&s.Endpoint.MaxBytes, "max-bytes", 0, "maximum of bytes of users in memory; 0 means 64 MiB")
	set.IntVar(&s.Endpoint.MaxBody, "max-body", 0, "maximum of bytes in a request body; 0 means 1 MiB")
	set.StringVar(&s.Upstream, "upstream", "", "URL of the real service, such as "+httpwire.BaseURL+", to be a gateway to it; empty means the local endpoint")
	set.StringVar(&s.Credentials, "credentials", "", "file with the credentials for upstream, which only its owner can read: a JSON object with members named as in the environment, or two lines, a SID and its secret; "+
		"empty means "+accountName+" and "+authTokenName+", or "+keyName+" and "+secretName+", from the environment")
	set.BoolVar(&s.Proxy, "proxy", false, "connect to upstream through the proxy in HTTPS_PROXY")
	set.StringVar(&s.TLSCert, "tls-cert", "", "file with a certificate, in PEM: serve over TLS")
	set.StringVar(&s.TLSKey, "tls-key", "", "file with its key")
	set.StringVar(&s.Journal, "journal", "", "folder for the journals of jobs; empty means one in the user's cache folder with upstream, and a temporary one without")
	set.Float64Var(&s.Rate, "rate", 30, "maximum of requests a second in a job; 0 means no limit, only without upstream")
	err = set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		set.SetOutput(out)
		set.Usage()
		return s, err
	}
	if err != nil || set.NArg() > 0 {
		return s, errors.New("want only flags that -help lists, each with a value of its type")
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
	if err := s.check(); err != nil {
		return s, err
	}
	return s, s.checkMode()
}

// checkMode checks the flags that depend on each other.
func (s *settings) checkMode() error {
	switch gateway := s.Upstream != ""; {
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return errors.New("tls-cert, tls-key: want both or none")
	case gateway && s.Endpoint.Username+s.Endpoint.Password != "":
		return errors.New("username, password: want none with upstream; its credentials come from the environment or a file, since every user of a computer can read flags")
	case gateway && s.Rate == 0:
		return errors.New("rate: want more than 0 with upstream")
	case !gateway && (s.Credentials != "" || s.Proxy):
		return errors.New("credentials, proxy: want none without upstream")
	}
	return nil
}

// grace is how long requests in progress may take to finish.
const grace = 2 * time.Second

// newServer limits the time of a request: a minute to read it, and two minutes
// from its header to the end of the response, injected delays not counted.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // prints what clients send
	}
}

// serve serves until ctx ends, which also ends injected delays. Requests in
// progress then have [grace] to finish.
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
	return server.Close() // of an unused connection that a browser opened, or of a client that does not read
}
