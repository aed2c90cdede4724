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

// The paths of the program's interface to its page. Responses are JSON, and
// errors one line of text.
//
//	GET  /_convuser/about               {"mode":"local"|"gateway","upstream":URL or ""}
//	POST /_convuser/jobs                starts or continues a job
//	GET  /_convuser/jobs/ID             its status
//	GET  /_convuser/jobs/ID/results     ?from=0&limit=1000, at most 10000: {"results":[…],"next":N}
//	POST /_convuser/jobs/ID             a form, action=pause, resume or cancel; answers 202 with the status
//
// POST /_convuser/jobs takes NDJSON (application/x-ndjson) of at most 256 MiB
// and a million rows, a line for each user:
//
//	{"row":7,"WebhookEnabled":true,"request":{"Identity":"alice"}}
//
// The rows have numbers in ascending order. A request is the JSON that
// encode.ParseRequest reads and encodeRequest of the JavaScript package writes;
// WebhookEnabled is a header, so it is not in the request. A row with a request
// that is not valid ends as refused, and the others are created. The response is 201,
// {"id":…,"total":N,"resumed":K}. The id is the SHA-256 of the rows: the same
// rows continue the same journal, in which K rows have ended. Rows that ended
// as unknown are looked up again.
//
// The status is 409 if another job is running, if another program has the
// journal, or if the job is in the wrong state. The status of a job is
//
//	{"id":…,"state":"running"|"paused"|"cancelled"|"done"|"failed","reason":…,
//	 "total":N,"done":N,"counts":{"created":N,"existed":N,"conflict":N,"refused":N,"unknown":N},
//	 "rate":rows a second,"secondsLeft":N}
//
// After an action, a job is running until its requests in progress have ended.
// Resume continues a paused or failed job. Sending the rows again continues any
// job that is not running, also a cancelled one and one with unknown rows. Each
// run starts a new list of results, with the final ones of the journal.
const (
	aboutPath = "/_convuser/about"
	jobsPath  = "/_convuser/jobs"
)

// A requestError is the response to a request that is refused.
type requestError struct {
	status int
	text   string
}

func (e *requestError) Error() string { return e.text }

var errMethod = &requestError{http.StatusMethodNotAllowed, "this path does not have this method"}

// An api serves [aboutPath] and the paths at and below [jobsPath].
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
		err = errMethod
	default:
		j := a.jobs.find(id)
		switch {
		case j == nil || rest != "" && rest != "results":
			err = &requestError{http.StatusNotFound, "no such job; send its rows again"}
		case rest == "" && r.Method == http.MethodPost:
			ok = http.StatusAccepted
			err = a.act(w, r, j)
			answer = j.status()
		case r.Method != http.MethodGet:
			err = errMethod
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

// start starts a job. Its rows may take longer to read than other requests.
func (a *api) start(w http.ResponseWriter, r *http.Request) (any, error) {
	if !hasType(r, "application/x-ndjson") {
		return nil, &requestError{http.StatusUnsupportedMediaType, "Content-Type: want application/x-ndjson"}
	}
	const most = 10 * time.Minute
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(most)) // an error only in tests, from a recorder
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
		return nil, &requestError{http.StatusBadRequest, "from, limit: want whole numbers, and limit at most 10000"}
	}
	list := j.page(from, limit)
	return struct {
		Results []result `json:"results"`
		Next    int      `json:"next"` // the next from
	}{list, from + len(list)}, nil
}
