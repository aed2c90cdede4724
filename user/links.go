package user

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/validate"
)

// Links holds the absolute URLs of a user's subresources. The zero Links is
// an empty object.
type Links struct {
	// UserConversations lists the conversations of the user.
	UserConversations Opt[string] `json:"user_conversations,omitzero" form:"user_conversations"`
	// Unknown holds members that this version does not know: see
	// [User.Unknown].
	Unknown string `json:"-" form:"-"`
}

var linksFields = [...]wire.Field{
	{Name: "user_conversations", Want: wire.StringKind | wire.NullKind},
}

// AppendJSON appends l as a compact JSON object, unknown members last, and
// with htmlSafe escaped as package encode's option HTMLSafe says. It returns
// dst as it was and a [*validate.Error] where a string is not valid UTF-8 or
// Unknown is not a list of members that it does not know.
func (l Links) AppendJSON(dst []byte, htmlSafe bool) ([]byte, error) {
	lead, err := len(dst), error(nil)
	dst = append(dst, '{')
	if !l.UserConversations.IsZero() {
		dst = append(dst, `"user_conversations":`...)
		if s, ok := l.UserConversations.Get(); !ok {
			dst = append(dst, "null"...)
		} else if dst, err = appendString(dst, s, htmlSafe); err != nil {
			return dst[:lead], within("links.user_conversations", err)
		}
	}
	if l.Unknown != "" {
		o := wire.Object{Fields: linksFields[:], Forbid: true}
		if at, f := o.ConsumeMembers(l.Unknown, 1); f != wire.OK {
			return dst[:lead], within("links.Unknown", faultError(at, f, ""))
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = wire.AppendJSON(dst, l.Unknown, htmlSafe)
	}
	return append(dst, '}'), nil
}

// MarshalJSON returns what [Links.AppendJSON] appends.
func (l Links) MarshalJSON() ([]byte, error) { return l.AppendJSON(nil, false) }

// UnmarshalJSON sets l to the JSON object b, unknown members kept. Unlike
// encoding/json, it compares names exactly and rejects repeated ones. An
// error is a [*validate.Error] and leaves l as it was.
func (l *Links) UnmarshalJSON(b []byte) error {
	s := string(b)
	if end, f := wire.ConsumeObjectText(s); f != wire.OK {
		return faultError(end, f, "object")
	}
	return l.parse(s, wire.ConsumeSpace(s, 0))
}

// parse sets l to the object that starts at s[i]; s is a valid text.
func (l *Links) parse(s string, i int) error {
	var members [len(linksFields)]wire.Member
	var runs [len(linksFields) + 1]wire.Span
	o := wire.Object{Fields: linksFields[:], Members: members[:], Runs: runs[:]}
	if at, f := o.Consume(s, i, 0); f != wire.OK {
		return within("links.user_conversations", faultError(at, f, "string"))
	}
	p := Links{}
	switch m := members[0]; m.Kind {
	case wire.NullKind:
		p.UserConversations = Null[string]()
	case wire.StringKind:
		p.UserConversations = Some(unescape(s[m.Start:m.End], m.Escape))
	}
	for k, run := range o.Unknown() {
		if k > 0 {
			p.Unknown += ","
		}
		p.Unknown += s[run.Start:run.End]
	}
	*l = p
	return nil
}

// within gives err a field; it is a *validate.Error of this package's own.
func within(field string, err error) error {
	if e, ok := err.(*validate.Error); ok {
		e.Field = field
	}
	return err
}
