package httpwire

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/convuser/convuser/user"
)

// CreateAllOptions are the options of [Client.CreateAll]. A nil
// *CreateAllOptions means the zero CreateAllOptions, whose defaults suit the
// real service.
type CreateAllOptions struct {
	// Rate is the maximum of requests a second, POST and GET together. 0, less,
	// and NaN mean 30, the documented limit of one service for creating,
	// updating and deleting users.
	Rate float64
	// Burst is the number of requests that may be sent at once; less than 1
	// means 1.
	Burst int
	// InFlight is the number of rows in progress at the same time, at most 1000;
	// less than 1 means 4. It also bounds the memory: a row is read when it is
	// about to be sent.
	InFlight int
	// Tries is how often a row is sent at most while its answers are ambiguous,
	// and how often its user is fetched at most after each of them; less than 1
	// means 4. A 429 does not count.
	Tries int
	// MaxWait is how long a row waits for 429s at most, all together; 0 or less
	// means a minute. A row that has to wait longer is refused, and stops the
	// run.
	MaxWait time.Duration
	// Progress, if it is not nil, is called before each result is yielded, by
	// the goroutine that loops over the results.
	Progress func(Counts)
	// BeforeSend, if it is not nil, is called once before a valid row is sent,
	// with the row's number, so that a program can record it. An error stops the
	// run. Several goroutines call it at once.
	BeforeSend func(row int) error
	// MaybeSent, if it is not nil, reports whether an earlier run may have sent
	// a row. The user of such a row is fetched first, and the row is sent only
	// if there is none. Several goroutines call it at once.
	MaybeSent func(row int) bool
	// Stop, when it is closed, stops the run with [context.Canceled]. It may be
	// nil.
	Stop <-chan struct{}
}

// Counts are the numbers of rows by their [Outcome], which is the index.
type Counts [Refused + 1]int

// An Outcome is how a row of [Client.CreateAll] ended.
type Outcome uint8

// The outcomes. Unknown is the zero Outcome.
const (
	Unknown  Outcome = iota // the user may exist or not
	Created                 // the row created the user
	Existed                 // a user with this identity existed, and is as the row requests
	Conflict                // a user with this identity existed, and differs
	Refused                 // the row is not valid, or the service refused it: it created no user
)

var outcomeNames = [...]string{"unknown", "created", "existed", "conflict", "refused"}

// String returns the outcome as a stable word, such as "created".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[Unknown]
}

// A Result is the result of one row. The zero Result is an Unknown one.
type Result struct {
	Outcome Outcome
	// User is the user in the service, for Created, Existed and Conflict.
	User user.User
	// Err is the reason for Refused and Unknown: an error of [Client.Create] or
	// [Client.Fetch], or the cause of the end of the run or the context.
	Err error
	// Attempts is how often the row was sent.
	Attempts int
	// Stopped says, with an Err, that the run or ctx had ended before the row,
	// which may have another outcome in another run. It is false for a row that
	// is not valid.
	Stopped bool
}

// CreateAll creates a user for each row, several at a time. It yields the number
// of each row, as rows has it, and its [Result], once, in the order in which they
// end.
//
//   - Without an answer, and after one of the class [user.Ambiguous], it is not
//     known whether the user was created. CreateAll fetches it, after a wait that
//     grows with each such answer and is partly random, and sends the row again
//     only if there is no user. A user that is as the row requests is Created,
//     since it cannot be told from an equal one that existed before.
//   - After a 409 the user is fetched, and is Existed or Conflict; Created or
//     Conflict if an earlier answer to the row was ambiguous.
//   - After a 429 no request of the run is sent for the time that it states, or a
//     second.
//   - A 401 or 403 concerns the credentials, except with the codes 50205, 50056,
//     50057 and 50076, which concern one user. A 429 beyond MaxWait concerns the
//     account. Either stops the run: requests in progress are finished, and rows
//     not yet sent are Refused with that error.
//   - Stop and an error of BeforeSend also stop the run: rows not yet sent are
//     Unknown with that error, and so are rows whose user would be fetched.
//   - When ctx ends, requests are canceled. Rows without an answer, and rows not
//     yet sent, are Unknown; Attempts tells the two apart.
//   - A row for which MaybeSent reports true is Created or Conflict if its user is
//     found.
//   - Everything else is Refused, including a row that is not valid.
//
// When the run has stopped, or ctx has ended, the remaining rows are still read
// and yielded, without being sent: break out of the loop to avoid that. After a
// break, CreateAll cancels its requests, and the loop ends when all its goroutines
// have ended.
//
// A user is as a row requests if it has the same value for each member of the row:
// the friendly name byte for byte, where an empty one is the same as none; the
// role without regard to case; and Attributes as JSON values, with members of
// objects in any order and numbers by value. If a user has to be fetched, but its
// identity cannot be, see [Client.Fetch], the row is Unknown.
//
// Rows with the same identity are sent one after another, so that a later one is
// Existed or Conflict. While such a row waits, the rows after it wait too. rows is
// called by the goroutine that loops over the results, and results wait while it
// does. Looping over the results again is another run, with a rate of its own. Nil
// rows are none, and a nil ctx never ends.
func (c *Client) CreateAll(ctx context.Context, rows iter.Seq2[int, user.CreateRequest], opts *CreateAllOptions) iter.Seq2[int, Result] {
	if ctx == nil {
		ctx = context.Background()
	}
	o := opts.withDefaults()
	return func(yield func(int, Result) bool) {
		if rows == nil {
			return
		}
		r := newRun(ctx, c.orZero(), o)
		var workers sync.WaitGroup
		defer workers.Wait() // also after a break, or a panic of the caller
		defer r.cancel()
		workers.Go(func() {
			select {
			case <-r.Stop:
				r.stop(nil)
			case <-r.ctx.Done():
			}
		})
		type ended struct {
			number   int
			identity string
			result   Result
		}
		done := make(chan ended, r.InFlight) // a worker never waits for the loop
		busy := map[string]bool{}            // the identities in progress
		var counts Counts
		next := func() bool {
			e := <-done
			delete(busy, e.identity)
			counts[e.result.Outcome]++
			if r.Progress != nil {
				r.Progress(counts)
			}
			return yield(e.number, e.result)
		}
		for number, row := range rows {
			for len(busy) == r.InFlight || busy[row.Identity] || len(done) > 0 {
				if !next() {
					return
				}
			}
			busy[row.Identity] = true
			workers.Go(func() { done <- ended{number, row.Identity, r.create(number, &row)} })
		}
		for len(busy) > 0 {
			if !next() {
				return
			}
		}
	}
}

// A run is one loop over the results of CreateAll.
type run struct {
	CreateAllOptions // with the defaults
	client           *Client
	ctx              context.Context // for the requests
	cancel           context.CancelFunc
	sending          context.Context // for requests that wait to be sent: ends when the run stops, too
	stop             context.CancelCauseFunc
	limiter          *rate.Limiter

	mu     sync.Mutex
	paused time.Time // nothing is sent before
}

// withDefaults returns a copy of o in which every default is filled in.
func (o *CreateAllOptions) withDefaults() (all CreateAllOptions) {
	if o != nil {
		all = *o
	}
	if !(all.Rate > 0) { // NaN as well
		all.Rate = 30
	}
	all.Burst = orDefault(all.Burst, 1)
	all.InFlight = min(orDefault(all.InFlight, 4), 1000)
	all.Tries = orDefault(all.Tries, 4)
	all.MaxWait = orDefault(all.MaxWait, time.Minute)
	return all
}

func newRun(ctx context.Context, c *Client, o CreateAllOptions) *run {
	r := &run{CreateAllOptions: o, client: c, limiter: rate.NewLimiter(rate.Limit(o.Rate), o.Burst)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.sending, r.stop = context.WithCancelCause(r.ctx)
	return r
}

func orDefault[T int | int64 | time.Duration](n, otherwise T) T {
	if n <= 0 {
		return otherwise
	}
	return n
}

// ready waits for the duration, and until the run may send a request.
func (r *run) ready(wait time.Duration) error {
	for {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.sending.Done():
			timer.Stop()
			return context.Cause(r.sending)
		}
		if r.limiter.Wait(r.sending) != nil { // it has ended, or will before a request may be sent
			return cmp.Or(context.Cause(r.sending), context.DeadlineExceeded)
		}
		r.mu.Lock()
		wait = time.Until(r.paused)
		r.mu.Unlock()
		if wait <= 0 {
			return nil
		}
	}
}

// pause stops the run from sending for a duration.
func (r *run) pause(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d); until.After(r.paused) {
		r.paused = until
	}
}

// create processes one row.
func (r *run) create(number int, row *user.CreateRequest) Result {
	if _, err := r.client.newRequest(r.ctx, row); err != nil {
		return Result{Outcome: Refused, Err: err}
	}
	result := r.createValid(number, row)
	result.Stopped = result.Err != nil && r.sending.Err() != nil
	return result
}

func (r *run) createValid(number int, row *user.CreateRequest) Result {
	attempts := 0
	post := func() (u user.User, err error) {
		attempts++
		u, _, err = r.client.Create(r.ctx, row)
		return u, err
	}
	s := sender{run: r}
	there := Existed // the outcome if the user is found and agrees
	find := func() (result Result, ended bool) {
		u, err := s.find(row.Identity)
		switch {
		case err == nil && agrees(&u, row):
			return Result{Outcome: there, User: u, Attempts: attempts}, true
		case err == nil:
			return Result{Outcome: Conflict, User: u, Attempts: attempts}, true
		}
		return Result{Err: err, Attempts: attempts}, !isNotFound(err)
	}
	if r.MaybeSent != nil && r.MaybeSent(number) {
		there = Created
		if result, ended := find(); ended {
			return result
		}
	}
	if r.BeforeSend != nil && r.sending.Err() == nil {
		if err := r.BeforeSend(number); err != nil {
			r.stop(err) // nothing is sent below
		}
	}
	for try := 1; ; try++ {
		u, err := s.send(post)
		if err == nil {
			return Result{Outcome: Created, User: u, Attempts: attempts}
		}
		switch c := classOf(err); {
		case c == user.Ambiguous:
			there = Created
		case c == user.AlreadyExists:
		default:
			if c == user.Refused && !isAboutUser(err) {
				r.stop(err)
			}
			if there == Created && c != user.Invalid { // an earlier try may have created it
				return Result{Err: err, Attempts: attempts}
			}
			return Result{Outcome: Refused, Err: err, Attempts: attempts}
		}
		if result, ended := find(); ended {
			return result
		}
		if try == r.Tries {
			return Result{Err: err, Attempts: attempts}
		}
	}
}

// A sender sends the requests of one row.
type sender struct {
	run       *run
	ambiguous int           // the ambiguous answers so far
	held      time.Duration // the waits after 429s so far
}

// find fetches the user with the identity, again if the answer is ambiguous.
func (s *sender) find(identity string) (u user.User, err error) {
	for range s.run.Tries {
		u, err = s.send(func() (user.User, error) { return s.run.client.Fetch(s.run.ctx, identity) })
		if err == nil && u.Identity != user.Some(identity) { // another user, with this SID
			return user.User{}, &user.APIError{Status: http.StatusNotFound}
		}
		if err == nil || classOf(err) != user.Ambiguous {
			break
		}
	}
	return u, err
}

// send calls f when the run may send, and again after a 429. If the run may not
// send any more, the error is the reason.
func (s *sender) send(f func() (user.User, error)) (user.User, error) {
	for {
		if err := s.run.ready(backoff(s.ambiguous)); err != nil {
			return user.User{}, err
		}
		u, err := f()
		switch classOf(err) {
		case user.Ambiguous:
			s.ambiguous++
			return u, err
		case user.RateLimited:
		default:
			return u, err
		}
		e, _ := errors.AsType[*user.APIError](err)
		told := time.Duration(max(e.RetryAfter, 1)) * time.Second
		if s.held += told; s.held > s.run.MaxWait {
			s.run.stop(err)
			return u, err
		}
		s.run.pause(told)
	}
}

// backoff returns the wait after n ambiguous answers: half a second after the
// first, doubled each time up to 8 seconds, less a random part below half of it,
// so that requests that failed together are not sent again together.
func backoff(n int) time.Duration {
	if n == 0 {
		return 0
	}
	d := 500 * time.Millisecond << min(n-1, 4)
	return d - rand.N(d/2)
}

// classOf returns the class of an error of Create or Fetch: Ambiguous without an
// answer, Other for nil.
func classOf(err error) user.Class {
	if err == nil {
		return user.Other
	}
	if e, ok := errors.AsType[*user.APIError](err); ok {
		return e.Class()
	}
	return user.Ambiguous
}

// isAboutUser reports whether a refusal concerns the user, not the credentials:
// they may not set this role (50205), or the webhook that runs first refused the
// user (50056), failed (50057) or timed out (50076).
func isAboutUser(err error) bool {
	e, ok := errors.AsType[*user.APIError](err)
	return ok && slices.Contains([]int{50205, 50056, 50057, 50076}, e.Code)
}

func isNotFound(err error) bool {
	e, ok := errors.AsType[*user.APIError](err)
	return ok && e.Status == http.StatusNotFound
}
