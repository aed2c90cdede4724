package main

import (
	"unsafe"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// parseForms parses many forms in one call: what a call costs beside its work
// is more than the work on a form.
func (m *machine) parseForms(flags int32) {
	m.apart = true // a text with one character beyond ASCII takes ten times as long to decode
	m.putState(0)
	for len(m.lengths) > 0 {
		at, src := len(m.numbers), m.next().text
		m.putState(0)
		m.parseOne(src, flags)
		if m.numbers[at] = int32(2 * m.issues); m.inBody {
			m.numbers[at]++
		}
		m.issues, m.inBody = 0, false
	}
	m.numbers[0] = int32(len(m.text))
	m.text = append(m.text, m.others...)
}

func (m *machine) parseForm(flags int32) { m.parseOne(m.next().text, flags) }

// parseOne answers with the request of a form.
func (m *machine) parseOne(src string, flags int32) {
	if m.json || !m.readForm(src, flags) {
		r, err := encode.ParseForm(src, options(flags))
		m.parsed(r, err, flags)
	}
}

// longForm is how long a form may be that readForm keeps room for, in bytes.
const longForm = 16 << 10

// readForm answers with the values of a form as nearly every one is: known
// names as they are, each once, and no fault but those of the values, which it
// adds with flagValidate. That takes a third of the time that the request in
// between does. For any other form it returns false, and answers nothing.
func (m *machine) readForm(src string, flags int32) bool {
	if len(src) > longForm {
		return false
	}
	f := formReader{buf: m.scratch[:]}
	if !f.read(src) {
		return false
	}
	if flags&flagValidate != 0 && !m.isValidForm(&f) {
		r := f.request()
		m.faults(m.find(&r))
	}
	for k := range f.values {
		switch v := &f.values[k]; {
		case !v.there:
			m.putState(absent)
		case v.other:
			m.put(v.text)
		default: // as put does, without a look at the text
			m.text = append(m.text, v.text...)
			m.putState(int32(len(v.text)))
		}
	}
	return true
}

// A formReader holds the values of a form's members, unescaped.
type formReader struct {
	buf    []byte // of which as much is left as has not been used
	values [webhook]formValue
}

type formValue struct {
	text  string // in what was buf
	there bool
	other bool // it is not ASCII
}

// read reads a form whose pairs have known names.
func (f *formReader) read(src string) bool {
	likely := 0
	for i := 0; i < len(src); i++ { // at the start, or behind an &
		k, start := knownName(src, i, likely)
		if k < 0 || f.values[k].there {
			return false
		}
		wrote, end, ascii, ok := wire.CopyFormValue(f.buf, src, start)
		if !ok {
			return false
		}
		v := &f.values[k]
		v.there, v.other = true, !ascii
		if wrote > 0 {
			v.text = unsafe.String(&f.buf[0], wrote) // they do not change as long as it is used
			f.buf = f.buf[wrote:]
		}
		if !ascii {
			if _, fault := wire.ConsumeUTF8(v.text); fault != wire.OK {
				return false
			}
		}
		likely, i = k+1, end
	}
	if v := &f.values[identity]; v.text == "" {
		v.there = false // empty means missing
	}
	return true
}

// knownName returns the index of the member whose name and = stand at src[i],
// and the offset behind them, else -1. The likely one is tried first.
func knownName(src string, i, likely int) (k, start int) {
	for n := range webhook {
		k := (likely + n) % webhook
		name := requestNames[k]
		end := i + len(name)
		if end < len(src) && src[i] == name[0] && src[end] == '=' && src[i:end] == name {
			return k, end + 1
		}
	}
	return -1, i
}

// request makes the request of the values.
func (f *formReader) request() (r user.CreateRequest) {
	r.Identity = f.values[identity].text
	if v := &f.values[friendlyName]; v.there {
		r.FriendlyName = user.Some(v.text)
	}
	if v := &f.values[attributes]; v.there {
		r.Attributes = user.Some(user.Attributes(v.text))
	}
	if v := &f.values[roleSID]; v.there {
		r.RoleSID = user.Some(user.RoleSID(v.text))
	}
	return r
}

// isValidForm checks the values as Validate does.
func (m *machine) isValidForm(f *formReader) bool {
	if !f.values[identity].there {
		return false
	}
	if v := &f.values[attributes]; v.there {
		if _, fault := wire.ConsumeObjectText(v.text); fault != wire.OK {
			return false
		}
	}
	v := &f.values[roleSID]
	return !v.there || m.isRole(v.text)
}
