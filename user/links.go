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
	// Unknown holds unknown members, as [User.Unknown] does.
	Unknown string `json:"-" form:"-"`
}

var linksFields = [...]wire.Field{
	{Name: "user_conversations", Want: wire.StringKind | wire.NullKind},
}

var linksKey = wire.NewKey("user_conversations")

// MarshalJSON returns l as a compact JSON object, unknown members last. The error
// is a [*validate.Error]: a string is not valid UTF-8, or Unknown is not a list
// of unknown members.
func (l Links) MarshalJSON() ([]byte, error) {
	c, kind := l.UserConversations, wire.Kinds(0)
	switch c.state {
	case null:
		kind = wire.NullKind
	case set:
		kind = wire.StringKind
	}
	b, at, f := wire.AppendObject(nil, &linksKey, kind, c.value, l.Unknown, false)
	switch {
	case f == wire.OK:
		return b, nil
	case at < 0:
		return nil, within("links.user_conversations", validate.Text(c.value))
	}
	return nil, validate.JSONError("links.Unknown", l.Unknown, at, f, "")
}

// UnmarshalJSON sets l to the JSON object b, and keeps unknown members. Unlike
// encoding/json, it compares names exactly and rejects repeated ones. Beside an
// error, which is a [*validate.Error], l is unchanged. A nil l is an error.
func (l *Links) UnmarshalJSON(b []byte) error {
	if l == nil {
		return nilReceiver()
	}
	s := string(b)
	if end, f := wire.ConsumeObjectText(s); f != wire.OK {
		return validate.JSONError("", s, end, f, "object")
	}
	return l.parse(s, wire.ConsumeSpace(s, 0))
}

// parse sets l to the object that starts at s[i]; s is a valid text.
func (l *Links) parse(s string, i int) error {
	var members [len(linksFields)]wire.Member
	var runs [len(linksFields) + 1]wire.Span
	o := wire.Object{Fields: linksFields[:], Members: members[:], Runs: runs[:]}
	if at, f := o.Consume(s, i, 0, nil); f != wire.OK {
		return validate.JSONError("links.user_conversations", s, at, f, "string")
	}
	p := Links{}
	switch m := members[0]; m.Kind {
	case wire.NullKind:
		p.UserConversations = Null[string]()
	case wire.StringKind:
		p.UserConversations = Some(unquote(s, m.Start-1))
	}
	switch runs := o.Unknown(); len(runs) {
	case 1:
		p.Unknown = s[runs[0].Start:runs[0].End]
	case 2: // before and after the only known member
		p.Unknown = s[runs[0].Start:runs[0].End] + "," + s[runs[1].Start:runs[1].End]
	}
	*l = p
	return nil
}

// within sets the field of err, a new *validate.Error.
func within(field string, err error) error {
	if e, ok := err.(*validate.Error); ok {
		e.Field = field
	}
	return err
}
