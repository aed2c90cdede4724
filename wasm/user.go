package main

import (
	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// nextUser takes a user as JSON text. Without flagJSON it is one that the
// loader has made, in which there is no place that anybody has seen.
func (m *machine) nextUser() user.User {
	u, err := encode.ParseUser(m.next().text)
	m.bodyFault(err)
	if m.inBody = err != nil && m.json; m.issues > 0 && !m.inBody {
		m.numbers[1] = -1
	}
	return u
}

func (m *machine) encodeUser(flags int32) {
	if u := m.nextUser(); m.issues == 0 {
		m.written(encode.AppendUser(m.text, &u, options(flags)))
	}
}

func (m *machine) validateUser(int32) {
	u := m.nextUser()
	m.checkUser(&u)
}

func (m *machine) checkUser(u *user.User) {
	if m.issues == 0 {
		m.faults(u.AppendErrors(m.found[:0]))
	}
}

func (m *machine) parseUser(int32) {
	u, err := encode.ParseUser(m.next().text)
	if m.inBody = err != nil; m.inBody {
		m.bodyFault(err)
		return
	}
	m.putUser(&u)
}

// putUser adds the members of a user.
func (m *machine) putUser(u *user.User) {
	if m.json {
		m.appended(encode.AppendUser(m.text, u))
		return
	}
	refs := u.Refs()
	for k := range refs {
		switch ref := &refs[k]; {
		case ref.Bool != nil:
			m.putState(boolState(*ref.Bool))
		case ref.IsNull():
			m.putState(null)
		case ref.Links != nil && !ref.Links.IsZero():
			l := ref.Links.Or(user.Links{})
			m.putState(here)
			putOpt(m, l.UserConversations)
			m.putUnknown(l.Unknown)
		default:
			putOpt(m, ref.Text())
		}
	}
	m.putUnknown(u.Unknown)
}

// putUnknown adds the members of a text such as `"a":1,"b":{}`, which is
// well-formed: how many, then the name and the JSON text of each.
func (m *machine) putUnknown(s string) {
	at := len(m.numbers)
	m.putState(0)
	for i := wire.ConsumeSpace(s, 0); i < len(s); {
		end, saved, _ := wire.ConsumeString(s, i)
		m.put(wire.Unescape(s[i+1:end-1], saved))
		i = wire.ConsumeSpace(s, wire.ConsumeSpace(s, end)+1) // behind the colon
		end, _ = wire.ConsumeValue(s, i, 1)
		m.put(s[i:end])
		if i = wire.ConsumeSpace(s, end); i < len(s) {
			i = wire.ConsumeSpace(s, i+1) // behind the comma
		}
		m.numbers[at]++
	}
}

func (m *machine) parseError(int32) {
	status, contentType, body := m.nextCount(), m.next(), m.next()
	m.putError(encode.ParseError(int(status), contentType.text, body.text))
}

func (m *machine) parseResponse(int32) {
	status, contentType, body := m.nextCount(), m.next(), m.next()
	u, err := encode.ParseResponse(int(status), contentType.text, body.text)
	e, failed := err.(*user.APIError)
	if !failed {
		m.putState(isTrue)
		m.putUser(&u)
		return
	}
	m.answerFault(e)
	m.refused = true
	m.putState(isFalse)
	m.putError(e)
}

// answerFault adds what is wrong with a body, or else the reason; an error
// answer of the service has neither.
func (m *machine) answerFault(e *user.APIError) {
	if m.inBody = e.Err != nil; m.inBody {
		m.bodyFault(e.Err)
	} else if e.Reason != "" {
		m.issue(kind{code: e.Reason}, -1)
	}
}

// putError adds what an answer says.
func (m *machine) putError(e *user.APIError) {
	if m.json {
		m.addError(e)
		return
	}
	m.putState(int32(e.Code)) // nine digits at most
	m.put(e.Message)
	m.put(e.MoreInfo)
	m.put(e.Detail)
	m.put(e.Instance)
	m.put(e.Extra)
	m.put(e.Class().String())
	m.put(string(e.Reason))
	m.putState(boolState(e.UserError))
}
