package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A client calls a session as the loader does: with one buffer, and fetching
// the description of a kind once.
type client struct {
	tb      testing.TB
	session session
	buffer  []byte
	lengths []int32
	kinds   []description // by number
}

// A description is the answer to opKind.
type description struct {
	field, code, want, message, basis, hint, found string
	server                                         int32
}

// An issue is one of an answer, without its message.
type issue struct {
	field, code, want string
	offset            int32
	hint              string // followed by a space and what was found, if anything
}

func newIssue(d description, offset int32) issue {
	return issue{d.field, d.code, d.want, offset, hinted(validate.Hint(d.hint), d.found)}
}

func hinted(h validate.Hint, found string) string { return strings.TrimSpace(string(h) + " " + found) }

// A reply is a copy of an answer.
type reply struct {
	issues  []issue
	inBody  bool
	numbers []int32 // those after the issues
	text    string
}

// call does an operation. A part is a text, or an int32 that stands in the place
// of a length.
func (c *client) call(o op, flags int32, parts ...any) reply {
	c.tb.Helper()
	c.run(o, flags, parts)
	return c.read()
}

// run does an operation without reading the answer.
func (c *client) run(o op, flags int32, parts []any) {
	c.tb.Helper()
	c.write(parts)
	runCall(&c.session, o, flags, c.lengths, c.texts())
}

// runCall does what the export call does.
func runCall(s *session, o op, flags int32, lengths []int32, texts string) {
	s.lengths, s.texts = lengths, texts
	s.run(o, flags)
}

// texts returns the buffer without copying it, as the session gets it.
func (c *client) texts() string { return unsafe.String(unsafe.SliceData(c.buffer), len(c.buffer)) }

// validate does what the export validate does.
func (c *client) validate(parts [requestMembers]any) reply {
	c.tb.Helper()
	c.write(parts[:])
	runValidate(&c.session, c.texts(), c.lengths)
	return c.read()
}

func runValidate(s *session, texts string, l []int32) {
	if s.reset(); !s.isValid(texts, l[0], l[1], l[2], l[3], l[4]) {
		s.explain(texts, l[0], l[1], l[2], l[3], l[4])
	}
}

// write fills the buffer.
func (c *client) write(parts []any) {
	c.buffer, c.lengths = c.buffer[:0], c.lengths[:0]
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			c.buffer = append(c.buffer, p...)
			c.lengths = append(c.lengths, int32(len(p)))
		case int32:
			c.lengths = append(c.lengths, p)
		default:
			c.tb.Fatalf("a part of the type %T", p)
		}
	}
}

// read copies the answer, and overwrites the buffer: a session that kept any of
// it would have that in its kinds.
func (c *client) read() reply {
	c.tb.Helper()
	s := &c.session
	r := reply{inBody: s.inBody, text: string(s.text)}
	numbers, n := slices.Clone(s.numbers), 2*s.issues
	if s.json {
		n = 0 // they are in the text
	}
	if n > len(numbers) {
		c.tb.Fatalf("%d issues in %d numbers", s.issues, len(numbers))
	}
	for i := range c.buffer {
		c.buffer[i] = '#'
	}
	for i := 0; i < n; i += 2 {
		r.issues = append(r.issues, newIssue(c.kind(numbers[i]), numbers[i+1]))
	}
	r.numbers = append(r.numbers, numbers[n:]...) // nil if there are none
	return r
}

// kind returns the description of a kind.
func (c *client) kind(number int32) description {
	c.tb.Helper()
	if number < 0 || number >= c.session.kinds.count {
		c.tb.Fatalf("the kind %d of %d", number, c.session.kinds.count)
	}
	for n := int32(len(c.kinds)); n <= number; n++ {
		c.kinds = append(c.kinds, c.fetchKind(n))
	}
	return c.kinds[number]
}

func (c *client) fetchKind(number int32) description {
	c.tb.Helper()
	runCall(&c.session, opKind, 0, []int32{number}, "")
	r := newReader(c.tb, reply{numbers: c.session.numbers, text: string(c.session.text)})
	d := description{r.text(), r.text(), r.text(), r.text(), r.text(), r.text(), r.text(), r.number()}
	r.end()
	return d
}

// A reader takes the values of an answer one after the other. Their lengths are
// in UTF-16 code units.
type reader struct {
	tb      testing.TB
	numbers []int32
	units   []uint16
}

func newReader(tb testing.TB, r reply) *reader {
	tb.Helper()
	if !utf8.ValidString(r.text) {
		tb.Fatalf("the text %q is not UTF-8", r.text)
	}
	return &reader{tb, r.numbers, utf16.Encode([]rune(r.text))}
}

func (r *reader) number() int32 {
	r.tb.Helper()
	if len(r.numbers) == 0 {
		r.tb.Fatal("a number is missing")
	}
	n := r.numbers[0]
	r.numbers = r.numbers[1:]
	return n
}

// take takes n code units of the text.
func (r *reader) take(n int32) string {
	r.tb.Helper()
	if n < 0 || int(n) > len(r.units) {
		r.tb.Fatalf("the length %d with %d code units left", n, len(r.units))
	}
	s := string(utf16.Decode(r.units[:n]))
	r.units = r.units[n:]
	return s
}

func (r *reader) text() string {
	r.tb.Helper()
	return r.take(r.number())
}

// end fails if anything is left.
func (r *reader) end() {
	r.tb.Helper()
	if len(r.numbers) != 0 || len(r.units) != 0 {
		r.tb.Fatalf("%v and %q are left", r.numbers, string(utf16.Decode(r.units)))
	}
}

// nextOpt takes a member that is a text, null or absent.
func nextOpt[T stringValue](r *reader) user.Opt[T] {
	r.tb.Helper()
	switch n := r.number(); n {
	case absent:
		return user.Opt[T]{}
	case null:
		return user.Null[T]()
	default:
		return user.Some(T(r.take(n)))
	}
}

// nextBool takes a member that is true, false, null or absent.
func (r *reader) nextBool() (o user.Opt[bool]) {
	r.tb.Helper()
	switch n := r.number(); n {
	case isTrue:
		return user.Some(true)
	case isFalse:
		return user.Some(false)
	case null:
		return user.Null[bool]()
	case absent:
	default:
		r.tb.Fatalf("%d for a boolean", n)
	}
	return o
}

// request returns the request of an answer.
func (r reply) request(tb testing.TB) (q user.CreateRequest) {
	tb.Helper()
	n := newReader(tb, r)
	id := nextOpt[string](n)
	q.Identity = id.Or("")
	if id == user.Some("") {
		tb.Error("an empty Identity is not absent")
	}
	q.FriendlyName = nextOpt[string](n)
	q.Attributes = nextOpt[user.Attributes](n)
	q.RoleSID = nextOpt[user.RoleSID](n)
	n.end()
	return q
}

// A parsedUser is a user with its unknown members taken apart: name and JSON text.
type parsedUser struct {
	user           user.User
	unknown, links [][2]string
}

// user returns the user of an answer.
func (r reply) user(tb testing.TB) parsedUser {
	tb.Helper()
	n := newReader(tb, r)
	p := n.nextUser()
	n.end()
	return p
}

func (r *reader) nextUser() (p parsedUser) {
	u := &p.user
	u.SID = nextOpt[user.UserSID](r)
	u.AccountSID = nextOpt[user.AccountSID](r)
	u.ChatServiceSID = nextOpt[user.ChatServiceSID](r)
	u.RoleSID = nextOpt[user.RoleSID](r)
	u.Identity = nextOpt[string](r)
	u.FriendlyName = nextOpt[string](r)
	u.Attributes = nextOpt[user.Attributes](r)
	u.IsOnline, u.IsNotifiable = r.nextBool(), r.nextBool()
	u.DateCreated = nextOpt[user.DateTime](r)
	u.DateUpdated = nextOpt[user.DateTime](r)
	u.URL = nextOpt[string](r)
	u.Links, p.links = r.nextLinks()
	p.unknown = r.nextUnknown()
	return p
}

func (r *reader) nextLinks() (o user.Opt[user.Links], unknown [][2]string) {
	r.tb.Helper()
	switch n := r.number(); n {
	case absent:
		return o, nil
	case null:
		return user.Null[user.Links](), nil
	case here:
	default:
		r.tb.Fatalf("%d for links", n)
	}
	o = user.Some(user.Links{UserConversations: nextOpt[string](r)})
	return o, r.nextUnknown()
}

func (r *reader) nextUnknown() (list [][2]string) {
	r.tb.Helper()
	for range r.number() {
		name := r.text()
		list = append(list, [2]string{name, r.text()})
	}
	return list
}

// newParsedUser takes the unknown members of a user apart with encoding/json.
func newParsedUser(tb testing.TB, u user.User) parsedUser {
	tb.Helper()
	p := parsedUser{user: u, unknown: membersOf(tb, u.Unknown)}
	if l, ok := u.Links.Get(); ok {
		p.links = membersOf(tb, l.Unknown)
		l.Unknown = ""
		p.user.Links = user.Some(l)
	}
	p.user.Unknown = ""
	return p
}

func membersOf(tb testing.TB, s string) (list [][2]string) {
	tb.Helper()
	d := json.NewDecoder(strings.NewReader("{" + s + "}"))
	_, err := d.Token()
	for err == nil && d.More() {
		var name json.Token
		var text json.RawMessage
		if name, err = d.Token(); err == nil {
			err = d.Decode(&text)
		}
		list = append(list, [2]string{fmt.Sprint(name), string(text)})
	}
	if err != nil {
		tb.Fatalf("%q: %v", s, err)
	}
	return list
}

// apiError returns the error of an answer, without the status, the content type
// and the body, which the answer does not repeat.
func (r reply) apiError(tb testing.TB) (e user.APIError, class string) {
	tb.Helper()
	n := newReader(tb, r)
	e, class = n.nextError()
	n.end()
	return e, class
}

func (r *reader) nextError() (e user.APIError, class string) {
	e.Code = int(r.number())
	e.Message, e.MoreInfo, e.Detail, e.Instance, e.Extra = r.text(), r.text(), r.text(), r.text(), r.text()
	class = r.text()
	e.Reason = validate.Code(r.text())
	e.UserError = r.nextBool()
	return e, class
}

// response returns the user or else the error of an answer to opParseResponse.
func (r reply) response(tb testing.TB) (created bool, p parsedUser, e user.APIError, class string) {
	tb.Helper()
	n := newReader(tb, r)
	switch state := n.number(); state {
	case isTrue:
		created, p = true, n.nextUser()
	case isFalse:
		e, class = n.nextError()
	default:
		tb.Errorf("an answer begins with %d", state)
	}
	n.end()
	return created, p, e, class
}

// advice returns the kinds and offsets of an answer to opAdviseRequest.
func (c *client) advice(r reply) (list []description, offsets []int32) {
	c.tb.Helper()
	for n := newReader(c.tb, r); len(n.numbers) > 0; {
		list = append(list, c.kind(n.number()))
		offsets = append(offsets, n.number())
	}
	return list, offsets
}

func diff(tb testing.TB, what string, want, got any) {
	tb.Helper()
	if reflect.DeepEqual(want, got) { // cmp takes hours for values that are nested thousands deep
		return
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(issue{}, reply{}, description{}, parsedUser{})); d != "" {
		tb.Errorf("%s: -want +got:\n%s", what, d)
	}
}
