// Package peers runs each operation of convuser with convuser and with other
// libraries, its peers, on the same inputs. Command bench times them; the tests
// check that they give the same answers, and find inputs on which they differ.
// It is a module of its own, so that the library depends on no peer.
//
// README.md says how the comparison is kept fair, and has the figures.
package peers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/bytedance/sonic"
)

// An Operation is one task that all contenders do. The zero Operation is not
// valid.
type Operation struct {
	Name string
	// Contenders do the operation; the first is convuser.
	Contenders []Contender
	// Reads returns the bytes that the operation has to read, for the limits.
	Reads func(in *Input) string
	// Many says that the operation also runs on many users, one after another.
	Many bool

	probes []probe
	// lossless are the inputs that tell whether a contender is lossless.
	lossless []*Input
	// more returns notes that need more than one probe.
	more func(c *Contender) []string
	// loose removes from two answers that differ what a contender may drop,
	// which then is in its notes.
	loose func(answer any) any
}

// A Contender is one way to do an operation.
type Contender struct {
	Name string
	// Prepare makes the call for an input, with buffers, schemas and the
	// input in the peer's type. It is not timed.
	Prepare func(in *Input) Call
}

// A Call does the operation for one input. It is not for concurrent use.
type Call struct {
	// Run does the operation once. It is timed.
	Run func() error
	// Answer returns the result of the last Run, in a form that can be compared
	// with another contender's. It is nil if Run has no result but its error.
	Answer func() any
}

// Ours is the name of the contender that the others are compared with.
const Ours = "convuser"

// Operations returns all operations.
func Operations() []*Operation {
	return []*Operation{
		validateRequest(),
		formAppend(),
		formParse(),
		userWrite(),
		userRead(),
		attributesCheck(),
	}
}

// On reports whether the operation runs on the input.
func (op *Operation) On(in *Input) bool { return op.Many || len(in.Users) == 1 }

// Check runs c once and compares its answer with convuser's.
func (op *Operation) Check(c *Contender, in *Input) error {
	ours, theirs := run(&op.Contenders[0], in), run(c, in)
	switch {
	case ours.err != nil:
		return fmt.Errorf("%s: convuser: %w", in.Name, ours.err)
	case theirs.err != nil:
		return fmt.Errorf("%s: %w", in.Name, theirs.err)
	case reflect.DeepEqual(ours.answer, theirs.answer):
		return nil
	case op.loose != nil && reflect.DeepEqual(op.loose(ours.answer), op.loose(theirs.answer)):
		return nil
	}
	return fmt.Errorf("%s: another answer than convuser's: %.200v, not %.200v", in.Name, theirs.answer, ours.answer)
}

// A probe is a hostile or unusual input on which contenders may differ.
type probe struct {
	name string // what is unusual
	in   *Input
	// differs is the note for a contender that accepts it, as convuser does,
	// and gives another answer.
	differs string
}

type outcome struct {
	answer   any
	err      error
	panicked bool
}

// run prepares and runs c once.
func run(c *Contender, in *Input) (o outcome) {
	defer func() {
		if r := recover(); r != nil {
			o = outcome{err: fmt.Errorf("panic: %v", r), panicked: true}
		}
	}()
	call := c.Prepare(in)
	if o.err = call.Run(); o.err == nil && call.Answer != nil {
		o.answer = call.Answer()
	}
	return o
}

// Notes returns how c differs from convuser on the operation's probes. It runs
// c to find out.
func (op *Operation) Notes(c *Contender) []string {
	var accepts, refuses, others []string
	for i := range op.probes {
		p := &op.probes[i]
		ours, theirs := run(&op.Contenders[0], p.in), run(c, p.in)
		switch {
		case theirs.panicked:
			others = append(others, "panics on "+p.name)
		case ours.err != nil && theirs.err == nil:
			accepts = append(accepts, p.name)
		case ours.err == nil && theirs.err != nil:
			refuses = append(refuses, p.name)
		case ours.err == nil && !reflect.DeepEqual(ours.answer, theirs.answer):
			if p.differs == "" {
				p.differs = "another answer on " + p.name
			}
			if !slices.Contains(others, p.differs) {
				others = append(others, p.differs)
			}
		}
	}
	var notes []string
	if accepts != nil {
		notes = append(notes, "accepts "+strings.Join(accepts, ", "))
	}
	if refuses != nil {
		notes = append(notes, "refuses "+strings.Join(refuses, ", "))
	}
	notes = append(notes, others...)
	if op.more != nil {
		notes = append(notes, op.more(c)...)
	}
	if strings.HasPrefix(c.Name, "sonic") && sonic.APIKind != sonic.UseSonicJSON {
		notes = append(notes, "is encoding/json on this machine or with this version of Go")
	}
	return notes
}

// Lossless reports whether c keeps null, absent and empty apart between users
// and JSON, and has a result that outlives the next call. Unknown members do not
// count. It runs c to find out.
func (op *Operation) Lossless(c *Contender) bool {
	for _, in := range op.lossless {
		if !reflect.DeepEqual(run(&op.Contenders[0], in), run(c, in)) {
			return false
		}
	}
	return true
}

// bytesOf returns the bytes of s without a copy, for peers that take bytes, so
// that no conversion is timed. No contender writes to its input.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// view returns b as a string without a copy, for peers whose fastest way is
// to return parts of a buffer.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
