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
	// Rate is how many requests a second are sent at most, of both kinds; 0,
	// and what is no rate, means 30, which is what creating, updating and
	// deleting users share in one service, as documented.
	Rate float64
	// Burst is how many of them may be sent at once; less than 1 means 1.
	Burst int
	// InFlight is how many rows are worked on at the same time, at most 1000;
	// less than 1 means 4. It also bounds the memory: rows are read as they are
	// sent.
	InFlight int
	// Tries is how often a row is sent at most while its answers are
	// ambiguous, and how often its user is fetched at most after each of them;
	// less than 1 means 4. A 429 does not count.
	Tries int
	// MaxWait is how long a row is held up by 429s at most, all of them
	// together; 0 or less means a minute. A row that is told to wait for
	// longer is refused, and stops the run.
	MaxWait time.Duration
	// Progress is called before each result is yielded, by the goroutine that
	// loops over the results; nil means no call.
	Progress func(Counts)
	// BeforeSend is called with a row's number once before the row is sent, and
	// not for one that is not valid: a place to write down that it is about to
	// be sent. An error stops the run. Several goroutines call it at once; nil
	// means no call.
	BeforeSend func(row int) error
	// MaybeSent reports whether an earlier run may have sent a row. The user of
	// such a row is fetched first, and the row is sent where there is none.
	// Several goroutines call it at once; nil means that no row was sent.
	MaybeSent func(row int) bool
	// Stop stops the run when it is closed, with [context.Canceled]. Nil is
	// never closed.
	Stop <-chan struct{}
}

// Counts has how many rows have ended with each [Outcome], which is the index.
type Counts [Refused + 1]int

// An Outcome is how a row of [Client.CreateAll] ended.
type Outcome uint8

// The outcomes. Unknown is the zero Outcome.
const (
	Unknown  Outcome = iota // nobody can say whether there is such a user
	Created                 // the user was created, by this row
	Existed                 // a user with this identity was there, and has what the row asks for
	Conflict                // a user with this identity was there, and differs
	Refused                 // the row is not valid, or the service refused it: it created no user
)

var outcomeNames = [...]string{"unknown", "created", "existed", "conflict", "refused"}

// String returns the outcome as a word that is stable, such as "created".
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return outcomeNames[Unknown]
}

// A Result is what became of one row. The zero Result is that of a row of
// which nothing is known.
type Result struct {
	Outcome Outcome
	// User is that of Created, Existed and Conflict, as the service has it.
	User user.User
	// Err says why, for Refused and Unknown. It is an error of [Client.Create]
	// or [Client.Fetch], or the cause of the end of the context.
	Err error
	// Attempts is how often the row was sent; 0 where it never was.
	Attempts int
	// Stopped says, beside an Err, that the run had stopped when the row ended,
	// or that ctx had: in another run the row may end in another way. It is
	// false for a row that is not valid.
	Stopped bool
}

// CreateAll creates a user for each row, several at a time, and yields each
// row's number, as rows has it, with its [Result], as they end. Each row ends
// once.
//
//   - An answer of the class [user.Ambiguous], and no answer, leave open whether
//     the user was created. It is fetched, after a wait that grows with each
//     such answer and is random in part. Only where there is none is the row
//     sent again. A user that is found and has what the row asks for is Created:
//     one that was there before and is the same cannot be told from it.
//   - A 409 says that the user was there. It is fetched, and is Existed or
//     Conflict; where an earlier answer to the row was ambiguous, Created or
//     Conflict.
//   - After a 429 no request of the run is sent until the time that it tells is
//     over, a second where it tells none.
//   - A 401 or 403 is about the credentials, but for the codes 50205, 50056,
//     50057 and 50076, which are about one user; a 429 beyond MaxWait is about
//     the account. Either stops the run: the requests that are on their way are
//     finished, and what has not been sent is Refused with that error.
//   - Stop, or an error of BeforeSend, stops the run as well: what has not been
//     sent is then Unknown with that error, and so is what was sent and would be
//     fetched.
//   - Where ctx ends, requests are broken off. What was not answered, and what
//     was not sent, is Unknown. Attempts tells the two apart.
//   - A row of which MaybeSent says so is Created or Conflict where its user is
//     found.
//   - Everything else, a row that is not valid among it, is Refused.
//
// When the run has stopped, or ctx has ended, the remaining rows are still read
// and yielded, each unsent: break where this is not wanted. After a break,
// CreateAll breaks off the requests, and the loop ends when the last of its
// goroutines has.
//
// A user has what a row asks for where each member that the row has is the
// same: the friendly name to the byte, where an empty one is the same as none;
// the role but for its case; and Attributes as JSON values, with the members of
// objects in any order and numbers by value. A user whose identity cannot be
// fetched, see [Client.Fetch], is Unknown where it has to be.
//
// Rows with the same identity are sent one after the other, and a row that
// waits for one holds up those behind it. The second then is Existed or
// Conflict. rows is called by the goroutine that loops over the results; where
// it waits, results wait. The results can be looped over again: that is another
// run, with a rate of its own. Nil rows are none, and a nil ctx never ends.
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
		defer workers.Wait() // whatever ends the loop: a break, or a panic of the caller's code
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
		busy := map[string]bool{}            // the identities that are worked on
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
	sending          context.Context // for what waits to be sent: ends with the run's stop as well
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

// ready waits for as long as it is told, and until the run may send a request.
func (r *run) ready(wait time.Duration) error {
	for {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.sending.Done():
			timer.Stop()
			return context.Cause(r.sending)
		}
		if r.limiter.Wait(r.sending) != nil { // it has ended, or would before a request may be sent
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

// pause keeps the run from sending for a time.
func (r *run) pause(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d); until.After(r.paused) {
		r.paused = until
	}
}

// create works on one row.
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
	there := Existed // what a user is that is found and agrees
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
			r.stop(err) // then nothing is sent below
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
	run    *run
	faults int           // ambiguous answers so far
	held   time.Duration // how long 429s have told the row to wait so far
}

// find fetches the user with the identity, again where the answer is ambiguous.
func (s *sender) find(identity string) (u user.User, err error) {
	for range s.run.Tries {
		u, err = s.send(func() (user.User, error) { return s.run.client.Fetch(s.run.ctx, identity) })
		if err == nil && u.Identity != user.Some(identity) { // another one, with this SID
			return user.User{}, &user.APIError{Status: http.StatusNotFound}
		}
		if err == nil || classOf(err) != user.Ambiguous {
			break
		}
	}
	return u, err
}

// send calls f when the run may send, and again after a 429. Where the run
// may not send any more, the error is the reason.
func (s *sender) send(f func() (user.User, error)) (user.User, error) {
	for {
		if err := s.run.ready(backoff(s.faults)); err != nil {
			return user.User{}, err
		}
		u, err := f()
		switch classOf(err) {
		case user.Ambiguous:
			s.faults++
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

// backoff returns how long to wait after so many ambiguous answers: nothing
// after none, then half a second, twice as long each time, 8 seconds at most;
// and of that, less than half by chance, so that what failed together is not
// sent again together.
func backoff(faults int) time.Duration {
	if faults == 0 {
		return 0
	}
	d := 500 * time.Millisecond << min(faults-1, 4)
	return d - rand.N(d/2)
}

// classOf returns what an error of Create or Fetch means; no answer is
// ambiguous, and nil is Other.
func classOf(err error) user.Class {
	if err == nil {
		return user.Other
	}
	if e, ok := errors.AsType[*user.APIError](err); ok {
		return e.Class()
	}
	return user.Ambiguous
}

// isAboutUser reports whether a refusal is about the user and not about the
// credentials: these may not set this role (50205), or the webhook that is
// asked first refused the user (50056), failed (50057) or timed out (50076).
func isAboutUser(err error) bool {
	e, ok := errors.AsType[*user.APIError](err)
	return ok && slices.Contains([]int{50205, 50056, 50057, 50076}, e.Code)
}

func isNotFound(err error) bool {
	e, ok := errors.AsType[*user.APIError](err)
	return ok && e.Status == http.StatusNotFound
}
