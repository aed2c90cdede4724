package main

import (
	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// nextUser takes a user as JSON text. Without flagJSON the loader has made that
// text, so the offset of an issue in it means nothing to the caller.
func (s *session) nextUser() user.User {
	u, err := encode.ParseUser(s.next().text)
	s.reportError(err)
	if s.inBody = err != nil && s.json; s.issues > 0 && !s.inBody {
		s.numbers[1] = -1
	}
	return u
}

func (s *session) encodeUser(flags int32) {
	if u := s.nextUser(); s.issues == 0 {
		s.putText(encode.AppendUser(s.text, &u, options(flags)))
	}
}

func (s *session) validateUser(int32) {
	u := s.nextUser()
	s.checkUser(&u)
}

func (s *session) checkUser(u *user.User) {
	if s.issues == 0 {
		s.reportViolations(u.AppendErrors(s.found[:0]))
	}
}

func (s *session) parseUser(int32) {
	u, err := encode.ParseUser(s.next().text)
	if s.inBody = err != nil; s.inBody {
		s.reportError(err)
		return
	}
	s.putUser(&u)
}

// putUser adds the members of a user.
func (s *session) putUser(u *user.User) {
	if s.json {
		s.setText(encode.AppendUser(s.text, u))
		return
	}
	refs := u.Refs()
	for k := range refs {
		switch ref := &refs[k]; {
		case ref.Bool != nil:
			s.putNumber(boolState(*ref.Bool))
		case ref.IsNull():
			s.putNumber(null)
		case ref.Links != nil && !ref.Links.IsZero():
			l := ref.Links.Or(user.Links{})
			s.putNumber(here)
			putOpt(s, l.UserConversations)
			s.putUnknown(l.Unknown)
		default:
			putOpt(s, ref.Text())
		}
	}
	s.putUnknown(u.Unknown)
}

// putUnknown adds the members of a well-formed text such as `"a":1,"b":{}`: how
// many, then the name and the JSON text of each.
func (s *session) putUnknown(text string) {
	at := len(s.numbers)
	s.putNumber(0)
	for i := wire.ConsumeSpace(text, 0); i < len(text); {
		end, saved, _ := wire.ConsumeString(text, i)
		s.put(wire.Unescape(text[i+1:end-1], saved))
		i = wire.ConsumeSpace(text, wire.ConsumeSpace(text, end)+1) // after the colon
		end, _ = wire.ConsumeValue(text, i, 1)
		s.put(text[i:end])
		if i = wire.ConsumeSpace(text, end); i < len(text) {
			i = wire.ConsumeSpace(text, i+1) // after the comma
		}
		s.numbers[at]++
	}
}

func (s *session) parseError(int32) {
	status, contentType, body := s.nextNumber(), s.next(), s.next()
	s.putError(encode.ParseError(int(status), contentType.text, body.text))
}

func (s *session) parseResponse(int32) {
	status, contentType, body := s.nextNumber(), s.next(), s.next()
	u, err := encode.ParseResponse(int(status), contentType.text, body.text)
	e, failed := err.(*user.APIError)
	if !failed {
		s.putNumber(isTrue)
		s.putUser(&u)
		return
	}
	s.reportAnswer(e)
	s.failed = true
	s.putNumber(isFalse)
	s.putError(e)
}

// reportAnswer reports the error in a body, or else the reason; an error answer
// of the service has neither.
func (s *session) reportAnswer(e *user.APIError) {
	if s.inBody = e.Err != nil; s.inBody {
		s.reportError(e.Err)
	} else if e.Reason != "" {
		s.report(kind{code: e.Reason}, -1)
	}
}

// putError adds an error.
func (s *session) putError(e *user.APIError) {
	if s.json {
		s.addError(e)
		return
	}
	s.putNumber(int32(e.Code)) // at most nine digits
	s.put(e.Message)
	s.put(e.MoreInfo)
	s.put(e.Detail)
	s.put(e.Instance)
	s.put(e.Extra)
	s.put(e.Class().String())
	s.put(string(e.Reason))
	s.putNumber(boolState(e.UserError))
}
