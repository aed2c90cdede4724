package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

const ndjson = "application/x-ndjson"

// ask sends a request to a handler, and returns the status and the body.
func ask(h http.Handler, method, path, contentType, body string) (int, string) {
	r, w := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body)), httptest.NewRecorder()
	r.Header.Set("Content-Type", contentType)
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// A started is the response to a new job.
type started struct {
	ID             string
	Total, Resumed int
}

// startJob starts or continues a job.
func startJob(t testing.TB, h http.Handler, rows string) started {
	t.Helper()
	code, body := ask(h, "POST", jobsPath, ndjson, rows)
	var s started
	if err := json.Unmarshal([]byte(body), &s); err != nil || code != 201 {
		t.Fatal(code, body)
	}
	return s
}

// waitFor waits until a job is not running, and returns its status.
func waitFor(t testing.TB, h http.Handler, id string) (s status) {
	t.Helper()
	for begin := time.Now(); s.State == "" || s.State == running; time.Sleep(time.Millisecond) {
		code, body := ask(h, "GET", jobsPath+"/"+id, "", "")
		s = status{}
		if err := json.Unmarshal([]byte(body), &s); err != nil || code != 200 {
			t.Fatal(code, body)
		}
		if time.Since(begin) > time.Minute { // far longer than it takes
			t.Fatalf("the job does not end: %s", body)
		}
	}
	return s
}

// resultsOf returns all results of a job.
func resultsOf(t testing.TB, h http.Handler, id string) (all []result) {
	t.Helper()
	for {
		code, body := ask(h, "GET", fmt.Sprintf("%s/%s/results?from=%d&limit=7", jobsPath, id, len(all)), "", "")
		var page struct {
			Results []result
			Next    int
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || code != 200 {
			t.Fatal(code, body)
		}
		all = append(all, page.Results...)
		diff(t, "next", len(all), page.Next)
		if len(page.Results) == 0 {
			return all
		}
	}
}

// clientOf returns a client of the handler h.
func clientOf(h http.Handler) *httpwire.Client {
	return &httpwire.Client{Base: "http://localhost", Credentials: httpwire.BasicAuth("name", "s3cret"), HTTP: &http.Client{Transport: inProcess{h}}}
}

// create creates users without a job.
func create(t testing.TB, client *httpwire.Client, identities ...string) {
	t.Helper()
	for _, identity := range identities {
		if _, _, err := client.Create(t.Context(), &user.CreateRequest{Identity: identity}); err != nil {
			t.Fatal(err)
		}
	}
}

// newTestJobs returns jobs that create users at h, and their interface.
func newTestJobs(t testing.TB, h http.Handler, dir string) (*api, *jobs) {
	client := clientOf(h)
	s := newJobs(client, jobOptions(0), dir, header{Version: 1, Upstream: client.Base, Account: "AC1"})
	t.Cleanup(s.close)
	return &api{"local", "", s}, s
}

// TestJob: each row has the right outcome, and the journal has no value of one.
func TestJob(t *testing.T) {
	h := usertest.NewHandler(nil)
	var hooks sync.Map
	dir := t.TempDir()
	a, s := newTestJobs(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hook := r.Header.Get(user.WebhookHeader); hook != "" {
			hooks.Store(hook, true)
		}
		h.ServeHTTP(w, r)
	}), dir)
	create(t, clientOf(h), "was there", "is another")
	const rows = `{"row":2,"request":{"Identity":"was there"}}
{"row":3,"WebhookEnabled":true,"request":{"Identity":"is another","FriendlyName":"x"}}
{"request":{"Identity":"ä\u0062","Attributes":"{\"a\":1}"},"row":5}
{"row":6,"request":{"Identity":"xyz","RoleSid":"RLx"}}
{"row":7,"request":{"Identity":"xyz","Unknown":"x"}}
{"row":8,"request":{}}
{"row":9,"request":"xyz"}
{"row":10,"request":{"Identity":"` + "xyz\xff" + `"}}
{"row":11,"request":{"Identity":"again"},"WebhookEnabled":false}
`
	job := startJob(t, a, rows)
	diff(t, "job", started{job.ID, 9, 0}, job)
	st := waitFor(t, a, job.ID)
	if st.Rate <= 0 {
		t.Error("no rate")
	}
	st.Rate = 0
	diff(t, "status", status{ID: job.ID, State: done, Total: 9, Done: 9, Counts: map[string]int{"created": 2, "existed": 1, "conflict": 1, "refused": 5, "unknown": 0}}, st)
	list := resultsOf(t, a, job.ID)
	slices.SortFunc(list, func(a, b result) int { return a.Row - b.Row })
	users := map[string]string{}
	for _, u := range h.Users() {
		users[u.Identity.Or("")] = string(u.SID.Or(""))
	}
	diff(t, "results", []result{
		{Row: 2, Outcome: "existed", SID: users["was there"]},
		{Row: 3, Outcome: "conflict", SID: users["is another"]},
		{Row: 5, Outcome: "created", SID: users["äb"]},
		{Row: 6, Outcome: "refused", Message: "RoleSid: byte 2: want a hex digit"},
		{Row: 7, Outcome: "refused", Message: "byte 18: unknown name"},
		{Row: 8, Outcome: "refused", Message: "Identity: required"},
		{Row: 9, Outcome: "refused", Message: `byte 0: want a JSON object; write an object such as {"name":"value"}`},
		{Row: 10, Outcome: "refused", Message: "Identity: byte 16: invalid UTF-8"},
		{Row: 11, Outcome: "created", SID: users["again"]},
	}, list)
	for _, hook := range []string{"true", "false"} {
		if _, ok := hooks.Load(hook); !ok {
			t.Errorf("no webhook header %s", hook)
		}
	}
	text := read(t, s.path(job.ID))
	for _, value := range []string{"there", "another", "äb", "xyz", "again"} {
		if strings.Contains(text, value) {
			t.Errorf("the journal has %s:\n%s", value, text)
		}
	}
	diff(t, "lines", 1+4+4, strings.Count(text, "\n"))
	diff(t, "files", []string{s.path(job.ID)}, glob(t, dir, "*")) // the rows are removed

	// The same rows again: rows that have ended are not sent again, even
	// after a restart of the program.
	h.Reset()
	for range 2 {
		diff(t, "again", started{job.ID, 9, 4}, startJob(t, a, rows))
		diff(t, "done", 9, waitFor(t, a, job.ID).Done)
		diff(t, "users", 0, len(h.Users()))
		a, _ = newTestJobs(t, h, dir)
	}
	diff(t, "without the last line end", started{job.ID, 9, 4}, startJob(t, a, strings.TrimSuffix(rows, "\n")))
}

// TestJobResume: a row that may have been sent is looked up before it is sent
// again.
func TestJobResume(t *testing.T) {
	var mu sync.Mutex
	methods := map[string]string{} // by the last letter of the path or body
	h := usertest.NewHandler(nil)
	a, s := newTestJobs(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(text)))
		key := r.URL.Path + string(text)
		mu.Lock()
		methods[key[len(key)-1:]] += r.Method + " "
		mu.Unlock()
		h.ServeHTTP(w, r)
	}), t.TempDir())
	const rows = `{"row":1,"request":{"Identity":"1"}}
{"row":2,"request":{"Identity":"2"}}
{"row":3,"request":{"Identity":"3"}}
{"row":4,"request":{"Identity":"4"}}
{"row":5,"request":{"Identity":"5"}}
`
	file, total, id, err := spool(s.dir, strings.NewReader(rows))
	diff(t, "error", nil, err)
	discard(file)
	owner := s.owner
	owner.Total = total
	book, _, err := openJournal(s.path(id), owner)
	diff(t, "error", nil, err)
	for row, outcome := range map[int]string{1: "", 2: "created", 3: "unknown", 4: ""} {
		diff(t, "sent", nil, book.sent(row))
		if outcome != "" {
			book.append(record{Row: row, Outcome: outcome}, func(error) {})
		}
	}
	book.close()
	create(t, s.client, "1", "3")
	clear(methods)
	diff(t, "started", started{id, 5, 1}, startJob(t, a, rows))
	diff(t, "counts", map[string]int{"created": 5, "existed": 0, "conflict": 0, "refused": 0, "unknown": 0}, waitFor(t, a, id).Counts)
	diff(t, "requests", map[string]string{"1": "GET ", "3": "GET ", "4": "GET POST ", "5": "POST "}, methods)
}

// numbered returns the rows from to to-1, each with another user.
func numbered(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "{\"row\":%d,\"request\":{\"Identity\":\"user %d\"}}\n", i, i)
	}
	return b.String()
}

// TestJobActions: pause, resume and cancel; requests in progress are finished.
func TestJobActions(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.FailFunc(func(*http.Request) (usertest.Failure, bool) {
		return usertest.Failure{Kind: usertest.Delay, Delay: 20 * time.Millisecond}, true
	})
	const n = 5000 // enough that the job does not end during the test
	a, _ := newTestJobs(t, h, t.TempDir())
	job := startJob(t, a, numbered(0, n))
	at := jobsPath + "/" + job.ID
	act := func(action string, want int) {
		t.Helper()
		code, body := ask(a, "POST", at, httpwire.FormType, "action="+action)
		if code != want {
			t.Errorf("%s: %d %s", action, code, body)
		}
	}
	act("resume", 409)
	act("", 400)
	act("x", 400)
	for range 3 {
		for before := len(h.Users()); len(h.Users()) < before+100; {
			time.Sleep(time.Millisecond)
		}
		act("pause", 202)
		s := waitFor(t, a, job.ID)
		diff(t, "state", paused, s.State)
		diff(t, "no request in progress", len(h.Users()), s.Done)
		time.Sleep(20 * time.Millisecond)
		diff(t, "no request while it is paused", s.Done, len(h.Users()))
		act("resume", 202)
	}
	code, _ := ask(a, "POST", jobsPath, ndjson, numbered(0, 1))
	diff(t, "another job", 409, code)
	diff(t, "the same job", job.ID, startJob(t, a, numbered(0, n)).ID)
	act("cancel", 202)
	s := waitFor(t, a, job.ID)
	diff(t, "state", cancelled, s.State)
	diff(t, "users", len(h.Users()), s.Done)
	act("resume", 409)
	again := startJob(t, a, numbered(0, n)) // the rows are sent again
	diff(t, "resumed", started{job.ID, n, s.Done}, again)
	act("pause", 202)
	waitFor(t, a, job.ID)
	act("cancel", 202)
	diff(t, "state", cancelled, waitFor(t, a, job.ID).State)
	h.FailFunc(nil)
	startJob(t, a, numbered(0, n))
	s = waitFor(t, a, job.ID)
	s.Rate = 0
	diff(t, "status", status{ID: job.ID, State: done, Total: n, Done: n, Counts: map[string]int{"created": n, "existed": 0, "conflict": 0, "refused": 0, "unknown": 0}}, s)
	diff(t, "users", n, len(h.Users()))
	act("cancel", 202)
	diff(t, "state", done, waitFor(t, a, job.ID).State)
}

// TestJobFails: a run that stops by itself has a reason, and can be resumed.
func TestJobFails(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{Username: "name"})
	a, s := newTestJobs(t, h, t.TempDir())
	for name, c := range map[string]struct {
		break_, fix func()
		reason      string
	}{
		"credentials": {
			func() { s.client.Credentials = httpwire.BasicAuth("other", "s3cret") },
			func() { s.client.Credentials = httpwire.BasicAuth("name", "s3cret") },
			"the service refused the credentials: twilio: status 401, code 20003",
		},
		"429": {
			func() { h.Fail(usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 3600, Times: 100}) },
			h.Reset,
			"the service asks for a longer wait than a job makes: twilio: status 429, code 20429",
		},
	} {
		h.Reset()
		c.break_()
		rows := numbered(0, 100) + `{"row":` + strconv.Itoa(100+len(name)) + `,"request":{}}` + "\n"
		job := startJob(t, a, rows)
		st := waitFor(t, a, job.ID)
		diff(t, name, []string{failed, c.reason}, []string{st.State, st.Reason})
		diff(t, name+": users", 0, len(h.Users()))
		c.fix()
		if code, body := ask(a, "POST", jobsPath+"/"+job.ID, httpwire.FormType, "action=resume"); code != 202 {
			t.Error(code, body)
		}
		st = waitFor(t, a, job.ID)
		diff(t, name, []string{done, ""}, []string{st.State, st.Reason})
		diff(t, name+": created", 100, st.Counts["created"])
		diff(t, name+": users", 100, len(h.Users()))
	}
}

// TestJobOutOfOrder: a job stops when the service is out of order, and looks its
// rows up when it continues.
func TestJobOutOfOrder(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.FailFunc(func(*http.Request) (usertest.Failure, bool) { return usertest.Failure{Kind: usertest.Cut}, true })
	a, s := newTestJobs(t, h, t.TempDir())
	s.options.Tries = 1
	s.options.InFlight = 4
	job := startJob(t, a, numbered(0, 200))
	st := waitFor(t, a, job.ID)
	diff(t, "state", failed, st.State)
	if !strings.HasPrefix(st.Reason, "the service failed for many rows in succession") || st.Counts["unknown"] < mostUnknown || len(h.Users()) > 2*mostUnknown {
		t.Errorf("%+v, %d users", st, len(h.Users()))
	}
	if r := resultsOf(t, a, job.ID)[0]; r.Outcome != "unknown" || r.Message == "" {
		t.Errorf("%+v", r)
	}
	h.FailFunc(nil)
	ask(a, "POST", jobsPath+"/"+job.ID, httpwire.FormType, "action=resume")
	diff(t, "counts", map[string]int{"created": 200, "existed": 0, "conflict": 0, "refused": 0, "unknown": 0}, waitFor(t, a, job.ID).Counts)
	diff(t, "results", 200, len(resultsOf(t, a, job.ID)))
	diff(t, "users", 200, len(h.Users()))
}

// TestJobRefused: the service's message about a row is in its result, cut to a
// maximum.
func TestJobRefused(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	a, _ := newTestJobs(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = httpwire.WriteError(w, &user.APIError{Status: 400, Code: 50304, Message: long}, httpwire.ResponseHeader{})
	}), t.TempDir())
	job := startJob(t, a, numbered(1, 2))
	waitFor(t, a, job.ID)
	diff(t, "results", []result{{Row: 1, Outcome: "refused", Status: 400, Code: 50304, Message: long[:1024]}}, resultsOf(t, a, job.ID))
}

// TestJobBadRows: a file that is not valid starts no job, and no error quotes
// it.
func TestJobBadRows(t *testing.T) {
	h := usertest.NewHandler(nil)
	a, s := newTestJobs(t, h, t.TempDir())
	good := numbered(1, 2)
	const want = `: want {"row":N,"request":{…}}, and "WebhookEnabled" if it is set`
	for rows, message := range map[string]string{
		"":                                "want at least one row",
		"secret\n":                        "line 1" + want,
		good + "\n" + good:                "line 2" + want,
		good + `{"row":2}`:                "line 2" + want,
		good + `{"request":{}}`:           "line 2" + want,
		good + `{"row":"2","request":{}}`: "line 2" + want,
		good + `{"row":2.5,"request":{}}`: "line 2" + want,
		good + `{"row":2,"request":{},"secret":1}`: "line 2" + want,
		good + `{"row":2,"request":{}}{}`:          "line 2: want one object",
		good + good:                                "line 2: want row numbers in ascending order",
		good + strings.Repeat("x", mostLineBytes):  "want at most 268435456 bytes, and 4194304 a line",
	} {
		code, body := ask(a, "POST", jobsPath, ndjson, rows)
		diff(t, message, message+"\n", body)
		if code != 400 && code != 413 {
			t.Errorf("%s: status %d", message, code)
		}
	}
	if !testing.Short() {
		code, body := ask(a, "POST", jobsPath, ndjson, numbered(0, mostRows+1))
		diff(t, "too many rows", "400 line 1000001: want at most 1000000 rows\n", fmt.Sprint(code, " ", body))
	}
	r := httptest.NewRequest("POST", jobsPath, io.MultiReader(strings.NewReader(good), brokenReader{}))
	r.Header.Set("Content-Type", ndjson)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	diff(t, "incomplete", "400 the rows are incomplete\n", fmt.Sprint(w.Code, " ", w.Body))
	if _, _, _, err := spool(s.dir, http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(good+good)), int64(len(good)+3))); err == nil || !strings.HasPrefix(err.Error(), "want at most") {
		t.Errorf("too large: %v", err)
	}
	for _, c := range []struct {
		method, path, contentType, body string
		want                            int
	}{
		{"POST", jobsPath, "application/json", good, 415},
		{"GET", jobsPath, "", "", 405},
		{"POST", aboutPath, "", "", 405},
		{"GET", jobsPath + "/x", "", "", 404},
		{"POST", jobsPath + "/x", "", "", 404},
		{"GET", jobsPath + "/x/results", "", "", 404},
		{"GET", jobsPath + "/", "", "", 404},
	} {
		code, _ := ask(a, c.method, c.path, c.contentType, c.body)
		diff(t, c.method+" "+c.path, c.want, code)
	}
	diff(t, "users", 0, len(h.Users()))
	diff(t, "files", 0, len(glob(t, s.dir, "*")))

	id := startJob(t, a, good).ID
	waitFor(t, a, id)
	for path, want := range map[string]int{"?from=9": 200, "?limit=10000": 200, "?limit=10001": 400, "?from=-1": 400, "?from=x": 400, "?from=99999999999": 400, "/x": 404} {
		code, _ := ask(a, "GET", jobsPath+"/"+id+"/results"+path, "", "")
		diff(t, path, want, code)
	}
	for _, c := range []struct {
		method, path, contentType, body string
		want                            int
	}{{"DELETE", "", "", "", 405}, {"POST", "", "text/plain", "action=pause", 415}, {"POST", "", httpwire.FormType, "a=" + strings.Repeat("x", 5000), 400}, {"GET", "/other", "", "", 404}} {
		code, _ := ask(a, c.method, jobsPath+"/"+id+c.path, c.contentType, c.body)
		diff(t, c.method+" "+c.path, c.want, code)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestJobJournalsApart: each account and each upstream has its own journals, and
// two programs cannot use the same one.
func TestJobJournalsApart(t *testing.T) {
	h := usertest.NewHandler(nil)
	dir := t.TempDir()
	a, s := newTestJobs(t, h, dir)
	rows := numbered(0, 3)
	id := startJob(t, a, rows).ID
	waitFor(t, a, id)
	for _, change := range []func(*header){func(h *header) { h.Account = "AC2" }, func(h *header) { h.Upstream = "https://other" }} {
		other, otherJobs := newTestJobs(t, h, dir)
		change(&otherJobs.owner)
		diff(t, "resumed", started{id, 3, 0}, startJob(t, other, rows))
		waitFor(t, other, id)
		if err := os.Rename(otherJobs.path(id), s.path(id)); err != nil {
			t.Fatal(err)
		}
		code, body := ask(a, "POST", jobsPath, ndjson, rows)
		diff(t, "a foreign journal", "409 "+errForeign.Error()+"\n", fmt.Sprint(code, " ", body))
	}
	owner := s.owner
	owner.Total = 3
	if err := os.Remove(s.path(id)); err != nil {
		t.Fatal(err)
	}
	book, _, err := openJournal(s.path(id), owner)
	diff(t, "error", nil, err)
	code, body := ask(a, "POST", jobsPath, ndjson, rows)
	diff(t, "a journal in use", "409 "+errLocked.Error()+"\n", fmt.Sprint(code, " ", body))
	book.close()
	startJob(t, a, rows)
}

// TestJobEnds: the end of the program stops a job even if it waits for the
// service, and the job continues after a restart.
func TestJobEnds(t *testing.T) {
	h := usertest.NewHandler(nil)
	dir := t.TempDir()
	a, s := newTestJobs(t, h, dir)
	h.FailFunc(func(*http.Request) (usertest.Failure, bool) {
		return usertest.Failure{Kind: usertest.Late, Delay: time.Hour}, len(h.Users()) >= 10
	})
	job := startJob(t, a, numbered(0, 50))
	for len(h.Users()) < 10+mostAtOnce {
		time.Sleep(time.Millisecond)
	}
	ended := len(h.Users()) - mostAtOnce
	begin := time.Now()
	s.close()
	if took := time.Since(begin); took > 10*grace {
		t.Errorf("it took %v", took)
	}
	code, _ := ask(a, "POST", jobsPath, ndjson, numbered(0, 1))
	diff(t, "a job after the end", 503, code)
	h.FailFunc(nil)
	a, _ = newTestJobs(t, h, dir)
	diff(t, "resumed", ended, startJob(t, a, numbered(0, 50)).Resumed)
	diff(t, "created", 50, waitFor(t, a, job.ID).Counts["created"])
	diff(t, "users", 50, len(h.Users()))
}

// TestLocalJobs: without upstream, jobs create users in memory, only pages of
// this origin can use them, and they start again when the users are removed.
func TestLocalJobs(t *testing.T) {
	h := localHandler(t, settings{Host: "127.0.0.1", Package: folder(t, packageFiles...), Endpoint: usertest.Options{Username: "n", Password: "p"}})
	code, body := ask(h, "GET", aboutPath, "", "")
	diff(t, "about", "200 {\"mode\":\"local\",\"upstream\":\"\"}\n", fmt.Sprint(code, " ", body))
	rows := numbered(0, 20)
	for range 2 {
		job := startJob(t, h, rows)
		diff(t, "resumed", 0, job.Resumed)
		diff(t, "created", 20, waitFor(t, h, job.ID).Counts["created"])
		code, _ = ask(h, "DELETE", usertest.ControlPath, "", "")
		diff(t, "reset", 204, code)
		code, _ = ask(h, "GET", jobsPath+"/"+job.ID, "", "")
		diff(t, "the job is forgotten", 404, code)
	}
	ask(h, "POST", usertest.ControlPath, httpwire.FormType, "kind=cut")
	job := startJob(t, h, rows)
	diff(t, "created, one response lost", 20, waitFor(t, h, job.ID).Counts["created"])
	for _, c := range [][3]string{{"POST", jobsPath, rows}, {"GET", jobsPath + "/" + job.ID, ""}, {"GET", aboutPath, ""}, {"DELETE", usertest.ControlPath, ""}} {
		r, w := httptest.NewRequest(c[0], "http://localhost"+c[1], strings.NewReader(c[2])), httptest.NewRecorder()
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		h.ServeHTTP(w, r)
		diff(t, c[0]+c[1], 403, w.Code)
	}
}

// TestJobSpeed prints how long ten thousand rows take on the local endpoint and
// how much memory the program then has, which is limited.
func TestJobSpeed(t *testing.T) {
	h := localHandler(t, settings{Host: "127.0.0.1", Package: folder(t, packageFiles...)})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := time.Now()
	const n = 10_000
	job := startJob(t, h, numbered(0, n))
	st := waitFor(t, h, job.ID)
	took := time.Since(begin)
	runtime.GC()
	runtime.ReadMemStats(&after)
	diff(t, "created", n, st.Counts["created"])
	grown := float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / n
	t.Logf("%d rows in %v, %.0f a second; %.0f bytes of live memory a row, with its user in the endpoint; %d MB from the system", n, took.Round(time.Millisecond), float64(n)/took.Seconds(), grown, after.Sys>>20)
	if grown > 10_000 {
		t.Errorf("%.0f bytes a row", grown)
	}
}
