package main

import (
	"strconv"
	"unsafe"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// answerJSON makes one text of the answer, of which the value is JSON already.
func (m *machine) answerJSON() {
	value := m.swap()
	name := `,"value":`
	switch source := "value"; {
	case m.refused, m.issues > 0:
		if m.inBody {
			source = "body"
		}
		m.add(`{"ok":false,"issues":`)
		m.addList(m.issues, source)
		if m.refused {
			name = `,"error":`
		}
	case value == "":
		m.add(`{"ok":true,"value":null`)
	default:
		m.add(`{"ok":true`)
	}
	if value != "" {
		m.add(name)
		m.add(value)
	}
	m.add("}")
	m.numbers = m.numbers[:0]
}

// swap empties the text, and returns it.
func (m *machine) swap() (text string) {
	m.text, m.others = m.others[:0], m.text
	return unsafe.String(unsafe.SliceData(m.others), len(m.others)) // which stays until the next swap
}

// putForm adds the form of a request that has no issue, and its headers.
func (m *machine) putForm(r *user.CreateRequest) {
	m.add(`{"body":"`)
	m.appended(encode.AppendForm(m.text, r)) // in which nothing is to be escaped
	m.add(`","headers":{"Content-Type":"application/x-www-form-urlencoded"`)
	switch boolState(r.WebhookEnabled) {
	case isTrue:
		m.add(`,"` + user.WebhookHeader + `":"true"`)
	case isFalse:
		m.add(`,"` + user.WebhookHeader + `":"false"`)
	}
	m.add("}}")
}

// nextRequest takes a request: the lengths of its members, or with flagJSON
// that of its JSON text alone, which the header may follow. Where there are
// issues, the text is at fault.
func (m *machine) nextRequest() (f form, r user.CreateRequest) {
	if !m.json || len(m.lengths) > 2 {
		f = m.nextForm()
		return f, f.request()
	}
	r, err := encode.ParseRequest(m.next().text)
	f[webhook].state = absent // the other members are texts
	if m.inBody = err != nil; m.inBody {
		m.bodyFault(err)
	} else if len(m.lengths) > 0 {
		f[webhook] = m.next()
	}
	r.WebhookEnabled = optBool(f[webhook])
	return f, r
}

// addError adds what an answer says. What the host has at hand is no part of
// it.
func (m *machine) addError(e *user.APIError) {
	m.addNumber(`{"code":`, int32(e.Code))
	m.addText(`,"message":`, e.Message)
	m.addText(`,"moreInfo":`, e.MoreInfo)
	m.addText(`,"detail":`, e.Detail)
	m.addText(`,"instance":`, e.Instance)
	m.addText(`,"extra":`, e.Extra)
	m.addText(`,"class":`, e.Class().String())
	m.addText(`,"reason":`, string(e.Reason))
	switch boolState(e.UserError) {
	case isTrue:
		m.add(`,"userError":true`)
	case isFalse:
		m.add(`,"userError":false`)
	case null:
		m.add(`,"userError":null`)
	}
	m.add("}")
}

// addList adds an array of the first n issues, or pieces of advice. The source
// is what their places are in; "" is left out.
func (m *machine) addList(n int, source string) {
	before := "["
	for i := range n {
		k := &m.kinds.list[m.numbers[2*i]]
		m.add(before)
		m.add(`{"path":[`)
		m.addPath(k.field)
		m.addText(`],"code":`, string(k.code))
		m.addText(`,"message":`, k.message())
		m.addNumber(`,"offset":`, m.numbers[2*i+1])
		if source != "" {
			m.addText(`,"source":`, source)
		}
		key := `,"expected":`
		if k.code == validate.CodeUnknown {
			key = `,"nearest":`
		}
		m.addWord(key, k.want)
		m.addWord(`,"hint":`, string(k.hint))
		m.addWord(`,"found":`, k.found)
		if k.basis != "" {
			m.addNumber(`,"server":`, k.server)
			m.addText(`,"basis":`, k.basis)
		}
		m.add("}")
		before = ","
	}
	if n == 0 {
		m.add(before)
	}
	m.add("]")
}

// addPath adds a field's name, or the names that its dots part.
func (m *machine) addPath(field string) {
	if field == user.WebhookHeader {
		field = requestKeys[webhook]
	}
	for i := range len(field) {
		if field[i] == '.' {
			m.addText("", field[:i])
			m.add(",")
			field = field[i+1:]
			break
		}
	}
	if field != "" {
		m.addText("", field)
	}
}

// addText adds a key, written out, and a string that is valid UTF-8.
func (m *machine) addText(key, text string) {
	m.add(key)
	m.text, _, _ = wire.AppendString(m.text, text, false)
}

// addWord adds a key and a text, unless that is "".
func (m *machine) addWord(key, text string) {
	if text != "" {
		m.addText(key, text)
	}
}

func (m *machine) addNumber(key string, n int32) {
	m.add(key)
	m.text = strconv.AppendInt(m.text, int64(n), 10)
}

// add adds a text. Put in place of its many calls, it would take kilobytes.
//
//go:noinline
func (m *machine) add(text string) { m.text = append(m.text, text...) }
