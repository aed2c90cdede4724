package main

import (
	"unsafe"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The version of the interface that ABI.md describes.
const abi = 2

// An op is an operation of the export call. ABI.md says what each one takes
// and answers.
type op = int32

const (
	opKind op = iota
	opValidateRequest
	opAdviseRequest
	opEncodeForm
	opParseForm
	opEncodeRequest
	opParseRequest
	opEncodeUser
	opParseUser
	opValidateUser
	opParseError
	opValidateSID
	opValidateAttributes
	opParseForms
	opParseResponse
	ops
)

// Flags of an operation.
const (
	flagAllowUnknown int32 = 1 << iota // of the parsers of a request
	flagValidate                       // of the parsers of a request
	flagHTMLSafe                       // of the JSON writers
	flagJSON                           // the answer is one JSON text; not of opKind and opParseForms
)

// Values that stand in the place of a length.
const (
	absent   int32 = -1
	null     int32 = -2
	mistyped int32 = -3
	object   int32 = -4
	isTrue   int32 = -5
	isFalse  int32 = -6
	here     int32 = 0  // in an answer: an object
	apart    int32 = -8 // in an answer: apart - n for a text of length n in others
)

// maxViolations is more than a request or user can have at once.
const maxViolations = 16

// A session does the operations, one at a time. Its buffers are reused: an
// answer holds until the next operation.
type session struct {
	// The call.
	lengths []int32
	texts   string // one after the other

	// The answer.
	issues  int  // the pairs of kind and offset that numbers begins with
	inBody  bool // the offsets are within a body
	numbers []int32
	text    []byte
	apart   bool   // put appends texts that are not ASCII to others
	others  []byte // follows text
	json    bool   // the answer is one JSON text
	failed  bool   // the value is the error of parseResponse

	kinds kinds

	// Fields, so that they cost no allocation.
	found   [maxViolations]validate.Error
	invalid int // of found, the violations that isValid leaves to explain
	request user.CreateRequest
}

// run does an operation. It panics if the call breaks the protocol.
func (s *session) run(o op, flags int32) {
	s.reset()
	s.json = flags&flagJSON != 0 && o != opKind && o != opParseForms
	operations[o](s, flags)
	if s.json {
		s.answerJSON()
	}
}

// reset empties the answer.
func (s *session) reset() {
	s.issues, s.inBody = 0, false
	s.numbers, s.text = s.numbers[:0], s.text[:0]
	s.apart, s.others = false, s.others[:0]
	s.json, s.failed = false, false
}

var operations = [ops]func(s *session, flags int32){
	opKind:               (*session).describeKind,
	opValidateRequest:    (*session).validateRequest,
	opAdviseRequest:      (*session).adviseRequest,
	opEncodeForm:         (*session).encodeForm,
	opParseForm:          (*session).parseForm,
	opEncodeRequest:      (*session).encodeRequest,
	opParseRequest:       (*session).parseRequest,
	opEncodeUser:         (*session).encodeUser,
	opParseUser:          (*session).parseUser,
	opValidateUser:       (*session).validateUser,
	opParseError:         (*session).parseError,
	opValidateSID:        (*session).validateSID,
	opValidateAttributes: (*session).validateAttributes,
	opParseForms:         (*session).parseForms,
	opParseResponse:      (*session).parseResponse,
}

// A value is a text, or the state of a member that is not one.
type value struct {
	text  string
	state int32 // the text's length, or one of the negative values
}

func (v value) present() bool { return v.state >= 0 }

// next takes the next length, and its text.
func (s *session) next() value { return s.take(s.nextNumber()) }

// take takes the text of a length.
func (s *session) take(n int32) value {
	if n < 0 {
		return value{state: n}
	}
	text := s.texts[:n]
	s.texts = s.texts[n:]
	return value{text, n}
}

// nextNumber takes the next length, without a text.
func (s *session) nextNumber() int32 {
	n := s.lengths[0]
	s.lengths = s.lengths[1:]
	return n
}

// put adds a text to the answer.
func (s *session) put(text string) {
	n := int32(wire.UTF16Len(text))
	if s.apart && int(n) != len(text) {
		s.others, n = append(s.others, text...), apart-n
	} else {
		s.text = append(s.text, text...)
	}
	s.numbers = append(s.numbers, n)
}

// putNumber adds a number, such as the state of a member without a text.
func (s *session) putNumber(n int32) { s.numbers = append(s.numbers, n) }

// A kind is an issue without its offset. No field holds any part of an input,
// so there are only as many kinds as the library has words for.
type kind struct {
	field  string
	code   validate.Code
	want   string
	hint   validate.Hint
	found  string
	basis  string // of advice
	server int32  // of advice
}

// kinds holds every kind that has occurred, with copies of its words. There is
// room for twice as many as the tests find.
type kinds struct {
	list      [maxKinds]kind
	count     int32
	words     [maxWords]string
	wordCount int
	bytes     [maxWords * 48]byte // of the words
	byteCount int
}

const (
	maxKinds = 2048
	maxWords = 512
)

// number returns the number of k, a new one for the first of its kind.
func (l *kinds) number(k kind) int32 {
	for i := range l.count {
		if l.list[i] == k {
			return i
		}
	}
	l.list[l.count] = kind{
		l.intern(k.field), validate.Code(l.intern(string(k.code))), l.intern(k.want), validate.Hint(l.intern(string(k.hint))), l.intern(k.found), l.intern(k.basis), k.server,
	}
	l.count++
	return l.count - 1
}

// intern returns the copy of s: the memory of s may be freed after the call.
func (l *kinds) intern(s string) string {
	for _, word := range l.words[:l.wordCount] {
		if word == s {
			return word
		}
	}
	b := l.bytes[l.byteCount : l.byteCount+len(s)]
	l.byteCount += copy(b, s)
	l.words[l.wordCount] = unsafe.String(unsafe.SliceData(b), len(b)) // b is not written again
	l.wordCount++
	return l.words[l.wordCount-1]
}

// message returns the message of a kind, without field and offset.
func (k *kind) message() string {
	if k.basis != "" {
		a := validate.Advice{Code: k.code}
		return a.Message() + "; " + a.Remedy()
	}
	return (&validate.Error{Code: k.code, Want: k.want, Hint: k.hint, Found: k.found, Offset: -1}).Error()
}

func (s *session) describeKind(int32) {
	k := s.kinds.list[:s.kinds.count][s.nextNumber()]
	s.put(k.field)
	s.put(string(k.code))
	s.put(k.want)
	s.put(k.message())
	s.put(k.basis)
	s.put(string(k.hint))
	s.put(k.found)
	s.putNumber(k.server)
}

// report adds an issue to the answer.
func (s *session) report(k kind, offset int) {
	s.issues++
	s.numbers = append(s.numbers, s.kinds.number(k), int32(offset))
}
