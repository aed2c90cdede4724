package main

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

// The environment variables that make the test binary run the program: its
// flags, and a certificate to trust.
const (
	argsVar        = "CONVUSER_ADMIN_ARGS"
	certificateVar = "CONVUSER_ADMIN_CERTIFICATE"
)

// longVar makes TestProgramUnderFailures use ten thousand rows, which takes
// minutes.
const longVar = "CONVUSER_LONG"

func TestMain(m *testing.M) {
	args := os.Getenv(argsVar)
	if args == "" {
		os.Exit(m.Run())
	}
	if err := asProgram(strings.Split(args, "\n")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// asProgram is run with a certificate to trust and a shorter timeout.
func asProgram(args []string) error {
	s, err := parseFlags(args, io.Discard)
	if err != nil {
		return err
	}
	credentials, account, err := readCredentials(s.Credentials, os.Getenv)
	if err != nil {
		return err
	}
	client, err := newUpstream(s.Upstream, s.Proxy, credentials)
	if err != nil {
		return err
	}
	der, err := base64.StdEncoding.DecodeString(os.Getenv(certificateVar))
	if err != nil {
		return err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	trust(client, certificate)
	client.HTTP.Timeout = testTimeout
	return runGateway(context.Background(), s, client, account, os.Stdin, os.Stdout)
}

const testTimeout = 500 * time.Millisecond

// startProgram starts the program as a process, and opens its link. The page's
// stop kills it.
func startProgram(t *testing.T, u *upstream, pkg, journals string) *page {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	args := []string{"-addr", "127.0.0.1:0", "-package", pkg, "-journal", journals, "-upstream", u.URL, "-rate", "2000"}
	cmd.Env = append(os.Environ(), argsVar+"="+strings.Join(args, "\n"), certificateVar+"="+base64.StdEncoding.EncodeToString(u.Certificate().Raw),
		accountName+"="+testAccount, authTokenName+"="+testToken, keyName+"=", secretName+"=")
	out := newLines()
	cmd.Stdout, cmd.Stderr = out, out
	enter, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := sync.OnceValue(func() error {
		_ = cmd.Process.Kill()
		return cmd.Wait()
	})
	t.Cleanup(func() { _ = kill() })
	p := newPage(t, out)
	p.enter, p.stop, p.upstream = enter, kill, u
	return p.open(t)
}

// json sends a request and parses the response.
func (p *page) json(t *testing.T, method, path, contentType, body string, into any) {
	t.Helper()
	resp, text := p.do(t, method, path, body, http.Header{"Content-Type": {contentType}})
	if err := json.Unmarshal([]byte(text), into); err != nil || resp.StatusCode > 299 {
		t.Fatal(method, path, resp.StatusCode, text, err)
	}
}

// TestProgramUnderFailures: with injected failures, and even if the program is
// killed, each row ends with the outcome that agrees with the service's users,
// and no request is sent for a row that has ended. It has three hundred rows,
// or ten thousand with CONVUSER_LONG=1.
func TestProgramUnderFailures(t *testing.T) {
	n := 300
	switch {
	case os.Getenv(longVar) != "":
		n = 10_000
	case testing.Short():
		n = 100
	}
	for name, kills := range map[string]int{"one run": 0, "killed five times": 5} {
		t.Run(name, func(t *testing.T) { programUnderFailures(t, n, kills) })
	}
}

// The kinds of rows.
const (
	fresh = iota
	invalid
	equal
	different
)

func kindOf(i int) int {
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

func programUnderFailures(t *testing.T, n, kills int) {
	h := usertest.NewHandler(&usertest.Options{Username: testAccount, Password: testToken})
	ended := map[string]bool{} // identities of rows with an outcome in the journal
	var mu sync.Mutex
	again := 0 // requests for one of these
	u := startUpstream(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity := identityIn(r)
		mu.Lock()
		if ended[identity] {
			again++
		}
		mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	var rows strings.Builder
	before := map[string]user.User{}
	client := testClient(t, u)
	for i := range n {
		request := fmt.Sprintf(`{"Identity":"user %d/%%ü?","FriendlyName":"name"}`, i)
		if kindOf(i) == invalid {
			request = fmt.Sprintf(`{"Identity":"user %d/%%ü?","RoleSid":"RL"}`, i)
		}
		fmt.Fprintf(&rows, "{\"row\":%d,\"request\":%s}\n", i, request)
		there := user.CreateRequest{Identity: identityOf(i), FriendlyName: user.Some("name")}
		if kindOf(i) == different {
			there.FriendlyName = user.Some("another")
		}
		if kindOf(i) == equal || kindOf(i) == different {
			made, _, err := client.Create(t.Context(), &there)
			if err != nil {
				t.Fatal(err)
			}
			before[there.Identity] = made
		}
	}
	h.FailFunc(usertest.RandomFailures(1, 12,
		usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 1},
		usertest.Failure{Kind: usertest.ServerError},
		usertest.Failure{Kind: usertest.BadGateway},
		usertest.Failure{Kind: usertest.Drop},
		usertest.Failure{Kind: usertest.Cut},
		usertest.Failure{Kind: usertest.Delay, Delay: 2 * testTimeout},
		usertest.Failure{Kind: usertest.Late, Delay: 2 * testTimeout},
		usertest.Failure{Kind: usertest.Redirect, Location: "https://127.0.0.2:1/v1/Users"},
	))

	pkg, journals := folder(t, packageFiles...), t.TempDir()
	begin := time.Now()
	var p *page
	var job started
	killed := 0
	for s := (status{}); s.State != done || s.Counts["unknown"] > 0; {
		if p == nil {
			p = startProgram(t, u, pkg, journals)
		}
		if s.State != running {
			p.json(t, "POST", jobsPath, ndjson, rows.String(), &job)
			mu.Lock()
			if job.Total != n || job.Resumed != len(ended) {
				t.Errorf("%+v of %d rows, %d of which had ended", job, n, len(ended))
			}
			mu.Unlock()
		}
		s = status{}
		p.json(t, "GET", jobsPath+"/"+job.ID, "", "", &s)
		if s.Done > (killed+1)*n/(kills+1) && killed < kills {
			if err := p.stop(); err == nil {
				t.Error("the program ended by itself")
			}
			p, s = nil, status{}
			killed++
		}
		if p == nil || s.State != running {
			mu.Lock()
			readEnded(t, journals, ended)
			mu.Unlock()
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(begin)
	diff(t, "killed", kills, killed)
	diff(t, "requests for rows that had ended", 0, again)

	after := map[string]user.User{}
	for _, u := range h.Users() {
		identity := u.Identity.Or("")
		if _, twice := after[identity]; twice {
			t.Errorf("%q is there twice", identity)
		}
		after[identity] = u
	}
	got := map[int]result{}
	for len(got) < n {
		var page struct{ Results []result }
		p.json(t, "GET", fmt.Sprintf("%s/%s/results?from=%d", jobsPath, job.ID, len(got)), "", "", &page)
		for _, r := range page.Results {
			if _, twice := got[r.Row]; twice {
				t.Errorf("row %d ends twice", r.Row)
			}
			got[r.Row] = r
		}
		if len(page.Results) == 0 {
			break
		}
	}
	counts := map[string]int{}
	for i := range n {
		r, there := got[i], after[identityOf(i)]
		counts[r.Outcome]++
		if kindOf(i) == invalid {
			diff(t, fmt.Sprint("row ", i), result{Row: i, Outcome: "refused", Message: "RoleSid: byte 2: want 34 bytes"}, r)
			diff(t, "its user", true, there.SID.IsZero())
			continue
		}
		old, existed := before[identityOf(i)]
		good := r.Outcome == "created" && (!existed || kindOf(i) == equal) || // after a lost response, an equal user that existed looks like a new one
			r.Outcome == "existed" && kindOf(i) == equal || r.Outcome == "conflict" && kindOf(i) == different
		if !good || r.SID != string(there.SID.Or("")) || r.SID == "" || existed && old != there {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	diff(t, "users", n-n/20, len(after))
	if counts["existed"] == 0 && n >= 1000 { // fewer rows have so few of these that all may have lost a response
		t.Error("no row was found to exist")
	}
	t.Logf("%d rows, %d requests, killed %d times, in %v: %v", n, len(u.sent()), killed, took.Round(time.Millisecond), counts)
}

func identityOf(i int) string { return fmt.Sprintf("user %d/%%ü?", i) }

// identityIn returns the identity in a request of startUpstream.
func identityIn(r *http.Request) string {
	if segment, ok := strings.CutPrefix(r.URL.EscapedPath(), httpwire.Path+"/"); ok {
		identity, _ := url.PathUnescape(segment)
		return identity
	}
	form, _ := url.ParseQuery(bodyOf(r))
	return form.Get("Identity")
}

// readEnded adds the identities of the rows that have a final outcome in the
// only journal.
func readEnded(t *testing.T, dir string, ended map[string]bool) {
	t.Helper()
	paths := glob(t, dir, "*.jsonl")
	if len(paths) != 1 {
		t.Fatal(paths)
	}
	for line := range strings.Lines(read(t, paths[0])) {
		var r record
		err := json.Unmarshal([]byte(line), &r)
		if err != nil && strings.HasSuffix(line, "\n") {
			t.Errorf("an incomplete line that is not the last: %s", line)
		}
		if r.Outcome != "" && r.Outcome != "unknown" {
			ended[identityOf(r.Row)] = true
		}
	}
}

// TestProgramLock: a second program with the same rows refuses them.
func TestProgramLock(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.FailFunc(func(*http.Request) (usertest.Failure, bool) {
		return usertest.Failure{Kind: usertest.Delay, Delay: testTimeout / 5}, true
	})
	u := startUpstream(t, h)
	pkg, journals := folder(t, packageFiles...), t.TempDir()
	first, second := startProgram(t, u, pkg, journals), startProgram(t, u, pkg, journals)
	rows := numbered(0, 10_000)
	var job started
	first.json(t, "POST", jobsPath, ndjson, rows, &job)
	resp, body := second.do(t, "POST", jobsPath, rows, http.Header{"Content-Type": {ndjson}})
	diff(t, "the second", fmt.Sprint("409 ", errLocked, "\n"), fmt.Sprint(resp.StatusCode, " ", body))
	if err := first.stop(); !errors.As(err, new(*exec.ExitError)) {
		t.Error(err)
	}
	second.json(t, "POST", jobsPath, ndjson, rows, &job) // the end of the first program released the lock
}
