package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
)

// jobs runs jobs, one at a time. The journal of a job is found by the job's id,
// which is the SHA-256 of its rows, and by the owner of the users.
type jobs struct {
	client   *httpwire.Client
	options  httpwire.CreateAllOptions
	dir      string          // with the journals, and the rows while a job needs them
	owner    header          // without Total
	ctx      context.Context // of the requests
	breakOff context.CancelFunc

	mu      sync.Mutex
	current *job // the job that was started last, nil for none
	closed  bool
}

// newJobs returns jobs that create users with client and have journals in dir.
func newJobs(client *httpwire.Client, o httpwire.CreateAllOptions, dir string, owner header) *jobs {
	s := &jobs{client: client, options: o, dir: dir, owner: owner}
	s.ctx, s.breakOff = context.WithCancel(context.Background())
	return s
}

// start starts or continues the job with the rows of body. Resumed is how many
// of them had ended before.
func (s *jobs) start(body io.Reader) (j *job, resumed int, err error) {
	file, total, id, err := spool(s.dir, body)
	if err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.current
	if old != nil && old.status().State == running {
		discard(file)
		if old.id != id {
			return nil, 0, &requestError{http.StatusConflict, "another job is running; cancel it first"}
		}
		return old, old.status().Done, nil
	}
	if old == nil || old.id != id {
		j = &job{id: id, total: total, state: paused, rows: file}
	} else {
		discard(old.rows)
		j = old
		j.rows = file
	}
	if err := s.run(j); err != nil {
		if j != old {
			discard(file)
		}
		return nil, 0, err
	}
	if j != old && old != nil {
		discard(old.rows)
	}
	s.current = j
	return j, j.before, nil
}

// act pauses, cancels or resumes a job. It does not wait for requests in
// progress.
func (s *jobs) act(j *job, action string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch action {
	case "pause":
		j.end(paused, "")
	case "cancel":
		if !j.end(cancelled, "") {
			j.cancelAtRest()
		}
	case "resume":
		if j.status().State == running {
			return &requestError{http.StatusConflict, "the job is running"}
		}
		if j.rows == nil {
			return &requestError{http.StatusConflict, "the rows are no longer stored; send them again"}
		}
		return s.run(j)
	default:
		return &requestError{http.StatusBadRequest, "action: want pause, resume or cancel"}
	}
	return nil
}

// find returns the job with the id, or nil.
func (s *jobs) find(id string) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || s.current.id != id {
		return nil
	}
	return s.current
}

// forget cancels the job, and gives later ones another account: the local
// endpoint has forgotten its users, so no journal is right any more.
func (s *jobs) forget(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner.Account = account
	if j := s.current; j != nil && !j.end(cancelled, "") {
		discard(j.rows)
		s.current = nil
	}
}

// close stops the running job, and waits until its journal is closed. Requests
// in progress have [grace] to finish.
func (s *jobs) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if j := s.current; j != nil {
		j.end(paused, "")
		defer time.AfterFunc(grace, s.breakOff).Stop()
		<-j.ended
		discard(j.rows)
	}
}

// path returns the file of a journal. The same rows have one for each upstream
// and account.
func (s *jobs) path(id string) string {
	of := sha256.Sum256([]byte(s.owner.Upstream + "\n" + s.owner.Account))
	return filepath.Join(s.dir, id+"-"+hex.EncodeToString(of[:4])+".jsonl")
}

// run begins a run of j. The caller holds s.mu.
func (s *jobs) run(j *job) error {
	if s.closed {
		return &requestError{http.StatusServiceUnavailable, "the program is stopping"}
	}
	h := s.owner
	h.Total = j.total
	book, records, err := openJournal(s.path(j.id), h)
	if err == errLocked || err == errForeign {
		return &requestError{http.StatusConflict, err.Error()}
	}
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	known := map[int]result{} // with the messages, which are not in the journal
	for _, r := range j.results {
		known[r.Row] = r
	}
	sent, ended := map[int]bool{}, map[int]bool{}
	results, counts := []result{}, httpwire.Counts{}
	for _, r := range records {
		o, isOutcome := outcomeOf(r.Outcome)
		switch {
		case !isOutcome:
			sent[r.Row] = true
		case o != httpwire.Unknown && !ended[r.Row]:
			ended[r.Row] = true
			counts[o]++
			now := result{Row: r.Row, Outcome: r.Outcome, SID: r.SID}
			if before := known[r.Row]; before.Outcome == r.Outcome {
				now = before
			}
			results = append(results, now)
		}
	}
	j.results, j.counts = results, counts
	j.state, j.reason, j.wanted, j.unknown, j.began, j.before = running, "", "", 0, time.Now(), len(results)
	j.stop, j.ended = make(chan struct{}), make(chan struct{})
	go j.work(s, book, sent, ended)
	return nil
}
