package main

import (
	"cmp"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

// mostUnknown is after how many consecutive unknown outcomes a job stops: the
// service is then out of order, and other rows would end in the same way.
const mostUnknown = 20

// The states of a job.
const (
	running   = "running"
	paused    = "paused"
	cancelled = "cancelled"
	done      = "done"   // each row has ended
	failed    = "failed" // it stopped by itself, see reason
)

// A job creates the users of one file of rows. A run ends when each row has
// ended or when it is stopped; then the job can run again.
type job struct {
	id    string
	total int
	rows  *os.File // nil if the rows have to be sent again for another run

	mu      sync.Mutex
	state   string
	reason  string        // of failed
	stop    chan struct{} // closed to stop the run
	wanted  string        // the state after the run, once it is stopped
	ended   chan struct{} // closed when the run has ended
	results []result      // in the order in which the rows ended
	counts  httpwire.Counts
	unknown int           // consecutive unknown outcomes
	began   time.Time     // the run
	before  int           // results when the run began
	took    time.Duration // the run, once it has ended
}

// A result is how a row ended, for the page. Status, Code and Message are the
// service's; without its response, Status and Code are 0 and Message is the
// text of an error of this library. The journal does not have these three, so
// after a restart of the program only rows that are not valid have them.
type result struct {
	Row     int    `json:"row"`
	Outcome string `json:"outcome"`
	SID     string `json:"sid,omitzero"`
	Status  int    `json:"status,omitzero"`
	Code    int    `json:"code,omitzero"`
	Message string `json:"message,omitzero"`
}

type status struct {
	ID          string         `json:"id"`
	State       string         `json:"state"`
	Reason      string         `json:"reason,omitzero"`
	Total       int            `json:"total"`
	Done        int            `json:"done"`
	Counts      map[string]int `json:"counts"`               // by outcome
	Rate        float64        `json:"rate"`                 // rows a second, in this run
	SecondsLeft int            `json:"secondsLeft,omitzero"` // at this rate
}

// work runs j until each row has ended or it is stopped. The sets sent and
// ended have the rows that an earlier run may have sent and has ended.
func (j *job) work(s *jobs, book *journal, sent, ended map[int]bool) {
	o := s.options
	o.Stop = j.stop
	o.BeforeSend = book.sent
	o.MaybeSent = func(row int) bool { return sent[row] }
	var broken error // from reading the rows
	rows := func(yield func(int, user.CreateRequest) bool) {
		broken = j.each(func(n int, r row) bool {
			if ended[n] {
				return true
			}
			u, err := r.request()
			if err != nil {
				j.add(n, httpwire.Result{Outcome: httpwire.Refused, Err: err})
				return true
			}
			return yield(n, u)
		})
	}
	for n, r := range s.client.CreateAll(s.ctx, rows, &o) {
		switch {
		case r.Stopped:
			j.end(failed, reasonOf(r.Err)) // nothing if end was called before
		case r.Attempts == 0 && r.Outcome == httpwire.Refused: // not valid, as it will be in the next run
			j.add(n, r)
		default:
			book.append(record{Row: n, Outcome: r.Outcome.String(), SID: string(r.User.SID.Or(""))}, func(err error) {
				if err != nil {
					j.end(failed, err.Error())
					return
				}
				j.add(n, r)
			})
		}
	}
	book.close()
	if broken != nil {
		j.end(failed, "the rows can no longer be read")
	}
	j.finish()
}

// each calls f for each row until it returns false or the job is stopped.
func (j *job) each(f func(int, row) bool) error {
	if _, err := j.rows.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := scan(j.rows)
	for lines.Scan() {
		select {
		case <-j.stop:
			return nil
		default:
		}
		r, err := parseRow(lines.Bytes())
		if err != nil {
			return err
		}
		if !f(*r.Row, r) {
			return nil
		}
	}
	return lines.Err()
}

func (j *job) add(n int, r httpwire.Result) {
	const mostMessage = 1024
	out := result{Row: n, Outcome: r.Outcome.String(), SID: string(r.User.SID.Or(""))}
	if r.Err != nil {
		out.Message = r.Err.Error()
	}
	if e, ok := errors.AsType[*user.APIError](r.Err); ok {
		out.Status, out.Code, out.Message = e.Status, e.Code, cmp.Or(e.Message, out.Message)
	}
	out.Message = strings.Clone(out.Message[:min(len(out.Message), mostMessage)]) // a part would keep the whole body in memory
	j.mu.Lock()
	j.results = append(j.results, out)
	j.counts[r.Outcome]++
	if j.unknown++; r.Outcome != httpwire.Unknown {
		j.unknown = 0
	}
	outOfOrder := j.unknown >= mostUnknown
	j.mu.Unlock()
	if outOfOrder {
		j.end(failed, "the service failed for many rows in succession; the last error: "+out.Message)
	}
}

// reasonOf says why a run stopped by itself.
func reasonOf(err error) string {
	e, ok := errors.AsType[*user.APIError](err)
	switch {
	case !ok:
		return err.Error()
	case e.Class() == user.RateLimited:
		return "the service asks for a longer wait than a job makes: " + err.Error()
	}
	return "the service refused the credentials: " + err.Error()
}

// end stops the run, after which the job has the given state. It reports false
// if there is no run or it was stopped before.
func (j *job) end(state, reason string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != running || j.wanted != "" {
		return false
	}
	j.wanted, j.reason = state, reason
	close(j.stop)
	return true
}

// cancelAtRest cancels a job that is not running.
func (j *job) cancelAtRest() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state == paused || j.state == failed {
		j.state, j.reason = cancelled, ""
		discard(j.rows)
		j.rows = nil
	}
}

// finish sets the state after a run, and removes rows that are not needed any
// more.
func (j *job) finish() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state, j.took = j.wanted, time.Since(j.began)
	if len(j.results) == j.total {
		j.state, j.reason = done, ""
	}
	if j.state == done || j.state == cancelled {
		discard(j.rows)
		j.rows = nil
	}
	close(j.ended)
}

func (j *job) status() status {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := status{ID: j.id, State: j.state, Total: j.total, Done: len(j.results), Counts: map[string]int{}}
	for o, n := range j.counts {
		s.Counts[httpwire.Outcome(o).String()] = n
	}
	took := j.took
	if j.state == running {
		took = time.Since(j.began)
	} else {
		s.Reason = j.reason
	}
	if took > 0 {
		s.Rate = float64(s.Done-j.before) / took.Seconds()
	}
	if s.Rate > 0 && j.state == running {
		s.SecondsLeft = int(math.Ceil(float64(s.Total-s.Done) / s.Rate))
	}
	return s
}

// page returns at most limit results, beginning with that at index from.
func (j *job) page(from, limit int) []result {
	j.mu.Lock()
	defer j.mu.Unlock()
	from = min(from, len(j.results))
	return slices.Clone(j.results[from:min(from+limit, len(j.results))])
}
