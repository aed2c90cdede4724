package main

import (
	"strconv"
	"unsafe"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// answerJSON makes one JSON text of the answer, whose value is JSON already.
func (s *session) answerJSON() {
	value, name, source := s.takeText(), `,"value":`, "value"
	if s.failed {
		name = `,"error":`
	}
	if s.inBody {
		source = "body"
	}
	if s.failed || s.issues > 0 {
		s.add(`{"ok":false,"issues":`)
		s.addList(s.issues, source)
	} else {
		s.add(`{"ok":true`)
		if value == "" {
			value = "null"
		}
	}
	if value != "" {
		s.add(name)
		s.add(value)
	}
	s.add("}")
	s.numbers = s.numbers[:0]
}

// takeText empties the text and returns it. The result is valid until the next
// call of takeText.
func (s *session) takeText() string {
	s.text, s.others = s.others[:0], s.text
	return unsafe.String(unsafe.SliceData(s.others), len(s.others))
}

// addForm adds the form of a request without issues, and its headers.
func (s *session) addForm(r *user.CreateRequest) {
	s.add(`{"body":"`)
	s.setText(encode.AppendForm(s.text, r)) // has nothing to escape
	s.add(`","headers":{"Content-Type":"application/x-www-form-urlencoded"`)
	switch boolState(r.WebhookEnabled) {
	case isTrue:
		s.add(`,"` + user.WebhookHeader + `":"true"`)
	case isFalse:
		s.add(`,"` + user.WebhookHeader + `":"false"`)
	}
	s.add("}}")
}

// addError adds an error, without what the host has: the status, the content
// type and the body.
func (s *session) addError(e *user.APIError) {
	s.addNumber(`{"code":`, int32(e.Code))
	s.addText(`,"message":`, e.Message)
	s.addText(`,"moreInfo":`, e.MoreInfo)
	s.addText(`,"detail":`, e.Detail)
	s.addText(`,"instance":`, e.Instance)
	s.addText(`,"extra":`, e.Extra)
	s.addText(`,"class":`, e.Class().String())
	s.addText(`,"reason":`, string(e.Reason))
	switch boolState(e.UserError) {
	case isTrue:
		s.add(`,"userError":true`)
	case isFalse:
		s.add(`,"userError":false`)
	case null:
		s.add(`,"userError":null`)
	}
	s.add("}")
}

// addList adds an array of the first n issues, or pieces of advice. The source
// says what their offsets are in; "" is left out.
func (s *session) addList(n int, source string) {
	s.add("[")
	for i := range n {
		k := &s.kinds.list[s.numbers[2*i]]
		if i > 0 {
			s.add(",")
		}
		s.add(`{"path":[`)
		s.addPath(k.field)
		s.addText(`],"code":`, string(k.code))
		s.addText(`,"message":`, k.message())
		s.addNumber(`,"offset":`, s.numbers[2*i+1])
		s.addWord(`,"source":`, source)
		key := `,"expected":`
		if k.code == validate.CodeUnknown {
			key = `,"nearest":`
		}
		s.addWord(key, k.want)
		s.addWord(`,"hint":`, string(k.hint))
		s.addWord(`,"found":`, k.found)
		if k.basis != "" {
			s.addNumber(`,"server":`, k.server)
			s.addText(`,"basis":`, k.basis)
		}
		s.add("}")
	}
	s.add("]")
}

// addPath adds the names of a field, which a dot separates.
func (s *session) addPath(field string) {
	if field == user.WebhookHeader {
		field = requestKeys[webhook]
	}
	for i := range len(field) {
		if field[i] == '.' {
			s.addText("", field[:i])
			s.add(",")
			field = field[i+1:]
			break
		}
	}
	if field != "" {
		s.addText("", field)
	}
}

// addText adds a key, as it is, and a text as a JSON string.
func (s *session) addText(key, text string) {
	s.add(key)
	s.text, _, _ = wire.AppendString(s.text, text, false)
}

// addWord adds a key and a text, unless the text is empty.
func (s *session) addWord(key, text string) {
	if text != "" {
		s.addText(key, text)
	}
}

func (s *session) addNumber(key string, n int32) {
	s.add(key)
	s.text = strconv.AppendInt(s.text, int64(n), 10)
}

// add adds a text. Inlined into its many calls, it would take kilobytes.
//
//go:noinline
func (s *session) add(text string) { s.text = append(s.text, text...) }
