package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The members of a user in the order of the documentation's example
// response, in which they are written. They index userFields.
const (
	uSID = iota
	uURL
	uLinks
	uIdentity
	uRoleSID
	uIsOnline
	uAttributes
	uAccountSID
	uDateCreated
	uDateUpdated
	uFriendlyName
	uIsNotifiable
	uChatServiceSID
	userMembers
)

const (
	stringOrNull = wire.StringKind | wire.NullKind
	boolOrNull   = wire.BoolKind | wire.NullKind
	objectOrNull = wire.ObjectKind | wire.NullKind
)

// userFields has, as Next, the order of the documentation's schema.
var userFields = [userMembers]wire.Field{
	uSID:            {Name: "sid", Want: stringOrNull, Next: uAccountSID},
	uURL:            {Name: "url", Want: stringOrNull, Next: uLinks},
	uLinks:          {Name: "links", Want: objectOrNull, Next: uSID},
	uIdentity:       {Name: "identity", Want: stringOrNull, Next: uFriendlyName},
	uRoleSID:        {Name: "role_sid", Want: stringOrNull, Next: uIdentity},
	uIsOnline:       {Name: "is_online", Want: boolOrNull, Next: uIsNotifiable},
	uAttributes:     {Name: "attributes", Want: stringOrNull, Next: uIsOnline},
	uAccountSID:     {Name: "account_sid", Want: stringOrNull, Next: uChatServiceSID},
	uDateCreated:    {Name: "date_created", Want: stringOrNull, Next: uDateUpdated},
	uDateUpdated:    {Name: "date_updated", Want: stringOrNull, Next: uURL},
	uFriendlyName:   {Name: "friendly_name", Want: stringOrNull, Next: uAttributes},
	uIsNotifiable:   {Name: "is_notifiable", Want: boolOrNull, Next: uDateCreated},
	uChatServiceSID: {Name: "chat_service_sid", Want: stringOrNull, Next: uRoleSID},
}

const (
	lUserConversations = iota
	linksMembers
)

var linksFields = [linksMembers]wire.Field{{Name: "user_conversations", Want: stringOrNull}}

// AppendUser appends u as a compact JSON object (RFC 8259): the members that
// are not absent, in the order of the documentation's example response, then
// u.Unknown as it is. Text is raw UTF-8 with as few escapes as possible. Of
// the options it looks at [HTMLSafe].
//
// It returns dst as it was and a [*validate.Error] where a string is not
// valid UTF-8, or Unknown is not a list of members that [user.User] does not
// know; it checks nothing else, see [user.User.Validate].
func AppendUser(dst []byte, u *user.User, opts ...Option) ([]byte, error) {
	w := jsonWriter{dst: reserve(dst, userLen(u)), lead: len(dst), html: options(opts)&HTMLSafe != 0}
	w.dst = append(w.dst, '{')
	writeText(&w, uSID, u.SID)
	writeText(&w, uURL, u.URL)
	w.links(u.Links)
	writeText(&w, uIdentity, u.Identity)
	writeText(&w, uRoleSID, u.RoleSID)
	w.bool(uIsOnline, u.IsOnline)
	writeText(&w, uAttributes, u.Attributes)
	writeText(&w, uAccountSID, u.AccountSID)
	writeText(&w, uDateCreated, u.DateCreated)
	writeText(&w, uDateUpdated, u.DateUpdated)
	writeText(&w, uFriendlyName, u.FriendlyName)
	w.bool(uIsNotifiable, u.IsNotifiable)
	writeText(&w, uChatServiceSID, u.ChatServiceSID)
	w.unknown(u.Unknown)
	return w.finish()
}

// userLen returns the length of u as JSON, or somewhat more, where no text
// needs an escape.
func userLen(u *user.User) int {
	const names = 280 // all names with quotes, colons and commas, and the literals
	links, _ := u.Links.Get()
	n := names + len(links.UserConversations.Or("")) + len(links.Unknown) + len(u.Unknown)
	n += len(u.SID.Or("")) + len(u.URL.Or("")) + len(u.Identity.Or("")) + len(u.RoleSID.Or(""))
	n += len(u.Attributes.Or("")) + len(u.AccountSID.Or("")) + len(u.DateCreated.Or(""))
	n += len(u.DateUpdated.Or("")) + len(u.FriendlyName.Or("")) + len(u.ChatServiceSID.Or(""))
	return n
}

// writeText appends a member that is a string.
func writeText[T interface {
	user.Value
	~string
}](w *jsonWriter, k int, o user.Opt[T]) {
	if s, ok := o.Get(); ok {
		w.member(userFields[k].Name)
		w.string(userFields[k].Name, string(s))
	} else if o.IsNull() {
		w.null(k)
	}
}

func (w *jsonWriter) null(k int) {
	w.member(userFields[k].Name)
	w.dst = append(w.dst, "null"...)
}

func (w *jsonWriter) bool(k int, o user.Opt[bool]) {
	b, ok := o.Get()
	switch {
	case !ok && o.IsNull():
		w.null(k)
	case ok:
		w.member(userFields[k].Name)
		if b {
			w.dst = append(w.dst, "true"...)
		} else {
			w.dst = append(w.dst, "false"...)
		}
	}
}

func (w *jsonWriter) links(o user.Opt[user.Links]) {
	if l, ok := o.Get(); ok && w.err == nil {
		w.member(userFields[uLinks].Name)
		w.dst, w.err = l.AppendJSON(w.dst, w.html)
	} else if o.IsNull() {
		w.null(uLinks)
	}
}

// unknown appends members that this version does not know, once it has seen
// that a parser would take them for that.
func (w *jsonWriter) unknown(members string) {
	if members == "" || w.err != nil {
		return
	}
	o := wire.Object{Fields: userFields[:], Forbid: true}
	if at, f := o.ConsumeMembers(members, 0); f != wire.OK {
		c, want := validate.Fault(f)
		w.err = &validate.Error{Field: "Unknown", Code: c, Offset: at, Want: want}
		return
	}
	if w.dst[len(w.dst)-1] != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = wire.AppendJSON(w.dst, members, w.html)
}

// ParseUser reads a user from one JSON object (RFC 8259) with its members in
// any order, each of the type that the contract documents or null. Names are
// compared after unescaping, exactly. Members that this version does not know
// are kept, see [user.User.Unknown].
//
// Text that is not JSON, not valid UTF-8, has an unpaired surrogate escape or
// nests too deep is a [*SyntaxError]; another type and a repeated known name
// are a [*validate.Error]. The first fault is reported, with its offset in
// src; beside an error, the user is the zero one. What real answers say is
// taken as it is, a SID that is none, say: [user.User.Validate] tells.
func ParseUser(src string, opts ...Option) (user.User, error) {
	var (
		members [userMembers]wire.Member
		runs    [userMembers + 1]wire.Span
		lm      [linksMembers]wire.Member
		lr      [linksMembers + 1]wire.Span
	)
	links := wire.Object{Fields: linksFields[:], Members: lm[:], Runs: lr[:]}
	o := wire.Object{
		Fields: userFields[:], Members: members[:], Runs: runs[:],
		Sub: &links, SubField: uLinks,
	}
	if at, f := o.ConsumeText(src); f != wire.OK {
		return user.User{}, userError(&o, at, f)
	}
	r := userReader{src: src}
	r.texts.size = o.Unescaped + links.Unescaped + runsLen(o.Unknown()) + runsLen(links.Unknown())
	return r.user(&members, &lm, o.Unknown(), links.Unknown()), nil
}

// userError returns the error for the fault that o found.
func userError(o *wire.Object, at int, f wire.Fault) error {
	switch {
	case o.InSub && o.Sub.Field >= 0:
		return faultError("links."+linksFields[o.Sub.Field].Name, at, f, "string")
	case o.Field < 0:
		return faultError("", at, f, "object")
	}
	field := &userFields[o.Field]
	return faultError(field.Name, at, f, kindName(field.Want))
}

// runsLen returns how many bytes a copy of the runs takes; a single run is
// not copied.
func runsLen(runs []wire.Span) (n int) {
	if len(runs) < 2 {
		return 0
	}
	for _, run := range runs {
		n += run.End - run.Start + 1
	}
	return n
}

// A userReader makes values out of the members of a valid text.
type userReader struct {
	src string
	texts
}

func (r *userReader) user(m *[userMembers]wire.Member, lm *[linksMembers]wire.Member, runs, linkRuns []wire.Span) (u user.User) {
	readText(r, &u.SID, &m[uSID])
	readText(r, &u.AccountSID, &m[uAccountSID])
	readText(r, &u.ChatServiceSID, &m[uChatServiceSID])
	readText(r, &u.RoleSID, &m[uRoleSID])
	readText(r, &u.Identity, &m[uIdentity])
	readText(r, &u.FriendlyName, &m[uFriendlyName])
	readText(r, &u.Attributes, &m[uAttributes])
	readText(r, &u.DateCreated, &m[uDateCreated])
	readText(r, &u.DateUpdated, &m[uDateUpdated])
	readText(r, &u.URL, &m[uURL])
	u.IsOnline = readBool(r.src, &m[uIsOnline])
	u.IsNotifiable = readBool(r.src, &m[uIsNotifiable])
	switch m[uLinks].Kind {
	case wire.NullKind:
		u.Links = user.Null[user.Links]()
	case wire.ObjectKind:
		var l user.Links
		readText(r, &l.UserConversations, &lm[lUserConversations])
		l.Unknown = r.join(linkRuns)
		u.Links = user.Some(l)
	}
	u.Unknown = r.join(runs)
	return u
}

// readText sets o to the value of m.
func readText[T interface {
	user.Value
	~string
}](r *userReader, o *user.Opt[T], m *wire.Member) {
	switch m.Kind {
	case wire.StringKind:
		*o = user.Some(T(r.text(r.src[m.Start:m.End], m.Escape)))
	case wire.NullKind:
		*o = user.Null[T]()
	}
}

func readBool(src string, m *wire.Member) user.Opt[bool] {
	switch m.Kind {
	case wire.BoolKind:
		return user.Some(src[m.Start] == 't')
	case wire.NullKind:
		return user.Null[bool]()
	}
	return user.Opt[bool]{}
}

// join returns the runs with commas between them.
func (r *userReader) join(runs []wire.Span) string {
	switch len(runs) {
	case 0:
		return ""
	case 1:
		return r.src[runs[0].Start:runs[0].End]
	}
	start := r.start()
	for k, run := range runs {
		if k > 0 {
			r.b.WriteByte(',')
		}
		r.b.WriteString(r.src[run.Start:run.End])
	}
	return r.b.String()[start:]
}
