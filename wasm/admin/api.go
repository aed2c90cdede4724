package main

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
)

// The paths of the program's own interface, for its page. Answers are JSON,
// and errors one line of text.
//
//	GET  /_convuser/about               {"mode":"local"|"gateway","upstream":URL or ""}
//	POST /_convuser/jobs                starts a job, or goes on with it: see below
//	GET  /_convuser/jobs/ID             its status
//	GET  /_convuser/jobs/ID/results     ?from=0&limit=1000, at most 10000: {"results":[…],"next":N}
//	POST /_convuser/jobs/ID             a form, action=pause, resume or cancel; answers 202 with the status
//
// The body of a new job is NDJSON (application/x-ndjson), at most 256 MiB and
// a million rows, a line for each user:
//
//	{"row":7,"WebhookEnabled":true,"request":{"Identity":"alice"}}
//
// Row is the caller's number, each greater than the one before. Request is
// what encode.ParseRequest takes, so what encodeRequest of the JavaScript
// package writes; the webhook header, which is no part of that, stands beside
// it where it is set. A request that is not valid is no error of the file: its
// row is refused. The answer is 201, {"id":…,"total":N,"resumed":K}: the id is
// the SHA-256 of the rows, so that the same rows go on with the same journal,
// in which K rows had ended. Rows that had ended unknown are looked up again.
//
// Status 409: another job is running, another program has the journal, or the
// job cannot do this now. A status is
//
//	{"id":…,"state":"running"|"paused"|"cancelled"|"done"|"failed","reason":…,
//	 "total":N,"done":N,"counts":{"created":N,"existed":N,"conflict":N,"refused":N,"unknown":N},
//	 "rate":rows a second,"secondsLeft":N}
//
// After an action a job is running until its requests on their way have
// ended. Resume starts a paused or failed job; a cancelled one, and one with
// rows that ended unknown, goes on when its rows are sent again. A run begins
// the results anew, without those that it will have again.
const (
	aboutPath = "/_convuser/about"
	jobsPath  = "/_convuser/jobs"
)

// A requestError is a request that is refused, with an HTTP status and a line
// of text.
type requestError struct {
	status int
	text   string
}

func (e *requestError) Error() string { return e.text }

// An api serves these paths.
type api struct {
	mode, upstream string
	jobs           *jobs
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), jobsPath+"/"), "/")
	var answer any
	var err error
	var ok = http.StatusOK
	switch path := r.URL.EscapedPath(); {
	case path == aboutPath && r.Method == http.MethodGet:
		answer = map[string]string{"mode": a.mode, "upstream": a.upstream}
	case path == jobsPath && r.Method == http.MethodPost:
		ok = http.StatusCreated
		answer, err = a.start(w, r)
	case path == aboutPath, path == jobsPath:
		err = &requestError{http.StatusMethodNotAllowed, "want the other one of GET and POST"}
	default:
		j := a.jobs.find(id)
		switch {
		case j == nil || rest != "" && rest != "results":
			err = &requestError{http.StatusNotFound, "no such job in this program; send its rows again"}
		case rest == "" && r.Method == http.MethodPost:
			ok = http.StatusAccepted
			err = a.act(w, r, j)
			answer = j.status()
		case r.Method != http.MethodGet:
			err = &requestError{http.StatusMethodNotAllowed, "want GET"}
		case rest == "":
			answer = j.status()
		default:
			answer, err = results(r, j)
		}
	}
	if err != nil {
		code := http.StatusInternalServerError
		if e, ok := errors.AsType[*requestError](err); ok {
			code = e.status
		}
		http.Error(w, err.Error(), code)
		return
	}
	w.Header().Set("Content-Type", httpwire.JSONType)
	w.WriteHeader(ok)
	_ = json.NewEncoder(w).Encode(answer) // only a lost connection can fail here
}

// start reads the rows of a job. They may take longer than another request.
func (a *api) start(w http.ResponseWriter, r *http.Request) (any, error) {
	if !hasType(r, "application/x-ndjson") {
		return nil, &requestError{http.StatusUnsupportedMediaType, "Content-Type: want application/x-ndjson"}
	}
	const most = 10 * time.Minute
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(most)) // a recorder has none
	_ = c.SetWriteDeadline(time.Now().Add(most + time.Minute))
	j, resumed, err := a.jobs.start(http.MaxBytesReader(w, r.Body, mostRowsBytes))
	if err != nil {
		return nil, err
	}
	return struct {
		ID      string `json:"id"`
		Total   int    `json:"total"`
		Resumed int    `json:"resumed"`
	}{j.id, j.total, resumed}, nil
}

func (a *api) act(w http.ResponseWriter, r *http.Request, j *job) error {
	if !hasType(r, httpwire.FormType) {
		return &requestError{http.StatusUnsupportedMediaType, "Content-Type: want " + httpwire.FormType}
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	if err := r.ParseForm(); err != nil {
		return &requestError{http.StatusBadRequest, "want a form of at most 4096 bytes"}
	}
	return a.jobs.act(j, r.PostForm.Get("action"))
}

func hasType(r *http.Request, want string) bool {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && t == want
}

func results(r *http.Request, j *job) (any, error) {
	const most = 10_000
	query := r.URL.Query()
	number := func(name string, otherwise int) (int, error) {
		if !query.Has(name) {
			return otherwise, nil
		}
		n, err := strconv.ParseUint(query.Get(name), 10, 31)
		return int(n), err
	}
	from, err := number("from", 0)
	limit, err2 := number("limit", 1000)
	if err != nil || err2 != nil || limit > most {
		return nil, &requestError{http.StatusBadRequest, "want from and limit as numbers, and limit at most 10000"}
	}
	list := j.page(from, limit)
	return struct {
		Results []result `json:"results"`
		Next    int      `json:"next"` // from where to ask for more
	}{list, from + len(list)}, nil
}
