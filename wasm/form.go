package main

import "github.com/convuser/convuser/encode"

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
	r, err := encode.ParseForm(src, options(flags))
	m.parsed(r, err, flags)
}
