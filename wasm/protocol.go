package main

import (
	"unsafe"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The version of the interface that ABI.md describes.
const abi = 2

// An op is an operation of call.
type op = int32

const (
	opKind               op = iota // a kind's number as its one length → field, code, want, message, basis, hint, found as texts; server
	opValidateRequest              // request
	opAdviseRequest                // request → two numbers for each piece of advice
	opEncodeForm                   // request → text
	opParseForm                    // text → request
	opEncodeRequest                // request → text
	opParseRequest                 // text → request
	opEncodeUser                   // text → text
	opParseUser                    // text → user
	opValidateUser                 // text
	opParseError                   // status, content type, body → error
	opValidateSID                  // prefix, text
	opValidateAttributes           // text
	opParseForms                   // texts → requests
	opParseResponse                // status, content type, body → true, user; or false, error
	ops
)

// Flags of an operation.
const (
	flagAllowUnknown int32 = 1 << iota // of the two parsers
	flagValidate                       // of the two parsers: check the values too
	flagHTMLSafe                       // of the two JSON writers
	flagJSON                           // the answer is one JSON text; not of opKind and opParseForms
)

// What a length says that is not one.
const (
	absent   int32 = -1
	null     int32 = -2
	mistyped int32 = -3
	object   int32 = -4
	isTrue   int32 = -5
	isFalse  int32 = -6
	here     int32 = 0  // an object's length
	apart    int32 = -8 // less the length of a text that stands apart
)

// maxFaults is more than a request or user can have at once.
const maxFaults = 16

// A machine does the operations. It keeps its buffers from call to call; the
// answer holds until the next.
type machine struct {
	// What a call is given.
	lengths []int32
	texts   string // all of them, one behind the other

	// What it answers.
	issues  int  // how many pairs of kind and offset numbers starts with
	inBody  bool // the offsets are within a body
	numbers []int32
	text    []byte
	apart   bool   // texts that are not ASCII are kept apart
	others  []byte // those texts
	json    bool   // the answer is to be JSON
	refused bool   // the value is that of an answer which is no success

	kinds kinds

	// Kept for their room.
	found   [maxFaults]validate.Error
	faulty  int // how many of them explain tells
	request user.CreateRequest
}

// run does an operation. An op that is not known is a fault of the loader.
func (m *machine) run(o op, flags int32) {
	m.reset()
	m.json = flags&flagJSON != 0 && o != opKind && o != opParseForms
	operations[o](m, flags)
	if m.json {
		m.answerJSON()
	}
}

// reset forgets the answer.
func (m *machine) reset() {
	m.issues, m.inBody = 0, false
	m.numbers, m.text = m.numbers[:0], m.text[:0]
	m.apart, m.others = false, m.others[:0]
	m.json, m.refused = false, false
}

var operations = [ops]func(m *machine, flags int32){
	opKind:               (*machine).describeKind,
	opValidateRequest:    (*machine).validateRequest,
	opAdviseRequest:      (*machine).adviseRequest,
	opEncodeForm:         (*machine).encodeForm,
	opParseForm:          (*machine).parseForm,
	opEncodeRequest:      (*machine).encodeRequest,
	opParseRequest:       (*machine).parseRequest,
	opEncodeUser:         (*machine).encodeUser,
	opParseUser:          (*machine).parseUser,
	opValidateUser:       (*machine).validateUser,
	opParseError:         (*machine).parseError,
	opValidateSID:        (*machine).validateSID,
	opValidateAttributes: (*machine).validateAttributes,
	opParseForms:         (*machine).parseForms,
	opParseResponse:      (*machine).parseResponse,
}

// A value is a text, or what stands there instead of one.
type value struct {
	text  string
	state int32 // its length, or one of the negative numbers
}

func (v value) present() bool { return v.state >= 0 }

// next takes the next length, and the text that it counts.
func (m *machine) next() value { return m.take(m.nextCount()) }

// take takes the text that a length counts.
func (m *machine) take(n int32) value {
	if n < 0 {
		return value{state: n}
	}
	text := m.texts[:n]
	m.texts = m.texts[n:]
	return value{text, n}
}

// nextCount takes the next length, which counts no bytes.
func (m *machine) nextCount() int32 {
	n := m.lengths[0]
	m.lengths = m.lengths[1:]
	return n
}

// put adds a text to the answer.
func (m *machine) put(s string) {
	n := int32(wire.UTF16Len(s))
	if m.apart && int(n) != len(s) {
		m.others, n = append(m.others, s...), apart-n
	} else {
		m.text = append(m.text, s...)
	}
	m.numbers = append(m.numbers, n)
}

// putState adds what stands there instead of a text.
func (m *machine) putState(n int32) { m.numbers = append(m.numbers, n) }

// A kind is all of an issue but its place. There are as many kinds as this
// library has words for, since none holds any part of an input.
type kind struct {
	field  string
	code   validate.Code
	want   string
	hint   validate.Hint
	found  string
	basis  string // of advice
	server int32  // of advice
}

// kinds holds every kind that has been seen, with copies of its words. There is
// room for twice as many as there are.
type kinds struct {
	list  [maxKinds]kind
	count int32
	words [maxWords]string
	kept  int // how many of the words there are
	bytes [maxWords * 48]byte
	used  int
}

const (
	maxKinds = 2048
	maxWords = 512
)

// number returns the number of k, which it gives out on first sight.
func (l *kinds) number(k kind) int32 {
	for i := range l.count {
		if l.list[i] == k {
			return i
		}
	}
	l.list[l.count] = kind{
		l.keep(k.field), validate.Code(l.keep(string(k.code))), l.keep(k.want), validate.Hint(l.keep(string(k.hint))), l.keep(k.found), l.keep(k.basis), k.server,
	}
	l.count++
	return l.count - 1
}

// keep returns a copy of s, whose own memory is the next call's; the same one
// for the same word.
func (l *kinds) keep(s string) string {
	for _, word := range l.words[:l.kept] {
		if word == s {
			return word
		}
	}
	b := l.bytes[l.used : l.used+len(s)]
	l.used += copy(b, s)
	l.words[l.kept] = unsafe.String(unsafe.SliceData(b), len(b)) // nothing is written there again
	l.kept++
	return l.words[l.kept-1]
}

// message returns a kind's words without field and place.
func (k *kind) message() string {
	if k.basis != "" {
		a := validate.Advice{Code: k.code}
		return a.Message() + "; " + a.Remedy()
	}
	return (&validate.Error{Code: k.code, Want: k.want, Hint: k.hint, Found: k.found, Offset: -1}).Error()
}

func (m *machine) describeKind(int32) {
	k := m.kinds.list[:m.kinds.count][m.nextCount()]
	m.put(k.field)
	m.put(string(k.code))
	m.put(k.want)
	m.put(k.message())
	m.put(k.basis)
	m.put(string(k.hint))
	m.put(k.found)
	m.putState(k.server)
}

// issue adds an issue to the answer.
func (m *machine) issue(k kind, offset int) {
	m.issues++
	m.numbers = append(m.numbers, m.kinds.number(k), int32(offset))
}
