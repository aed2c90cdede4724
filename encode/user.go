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
	uSID:            wire.NewField("sid", stringOrNull, uAccountSID),
	uURL:            wire.NewField("url", stringOrNull, uLinks),
	uLinks:          wire.NewField("links", objectOrNull, uSID),
	uIdentity:       wire.NewField("identity", stringOrNull, uFriendlyName),
	uRoleSID:        wire.NewField("role_sid", stringOrNull, uIdentity),
	uIsOnline:       wire.NewField("is_online", boolOrNull, uIsNotifiable),
	uAttributes:     wire.NewField("attributes", stringOrNull, uIsOnline),
	uAccountSID:     wire.NewField("account_sid", stringOrNull, uChatServiceSID),
	uDateCreated:    wire.NewField("date_created", stringOrNull, uDateUpdated),
	uDateUpdated:    wire.NewField("date_updated", stringOrNull, uURL),
	uFriendlyName:   wire.NewField("friendly_name", stringOrNull, uAttributes),
	uIsNotifiable:   wire.NewField("is_notifiable", boolOrNull, uDateCreated),
	uChatServiceSID: wire.NewField("chat_service_sid", stringOrNull, uRoleSID),
}

const (
	lUserConversations = iota
	linksMembers
)

var linksFields = [linksMembers]wire.Field{wire.NewField("user_conversations", stringOrNull, 0)}

// AppendUser appends u as a compact JSON object (RFC 8259): the members that
// are not absent, in the order of the documentation's example response, then
// u.Unknown as it is. Text is raw UTF-8 with as few escapes as possible. Of
// the options it looks at [HTMLSafe].
//
// It returns dst as it was and a [*validate.Error] where a string is not
// valid UTF-8, or Unknown is not a list of members that [user.User] does not
// know; it checks nothing else, see [user.User.Validate].
func AppendUser(dst []byte, u *user.User, opts ...Option) ([]byte, error) {
	if u == nil {
		return append(dst, "{}"...), nil // that of the zero user
	}
	w := jsonWriter{orig: dst, dst: dst, html: options(opts)&HTMLSafe != 0}
	if len(u.Attributes.Or(""))+len(u.Identity.Or(""))+len(u.FriendlyName.Or("")) > cap(dst)-len(dst)-userRest {
		w.reserveUser(u)
	}
	writeText(&w, &userKeys[uSID], &u.SID)
	writeText(&w, &userKeys[uURL], &u.URL)
	w.links(&userKeys[uLinks], &u.Links)
	writeText(&w, &userKeys[uIdentity], &u.Identity)
	writeText(&w, &userKeys[uRoleSID], &u.RoleSID)
	w.bool(&userKeys[uIsOnline], u.IsOnline)
	writeText(&w, &userKeys[uAttributes], &u.Attributes)
	writeText(&w, &userKeys[uAccountSID], &u.AccountSID)
	writeText(&w, &userKeys[uDateCreated], &u.DateCreated)
	writeText(&w, &userKeys[uDateUpdated], &u.DateUpdated)
	writeText(&w, &userKeys[uFriendlyName], &u.FriendlyName)
	w.bool(&userKeys[uIsNotifiable], u.IsNotifiable)
	writeText(&w, &userKeys[uChatServiceSID], &u.ChatServiceSID)
	w.unknown(u.Unknown)
	return w.finish()
}

var userKeys [userMembers]wire.Key

func init() {
	for k := range userFields {
		userKeys[k] = wire.NewKey(userFields[k].Name)
	}
}

const (
	// userNames is how long all that is not a value can be.
	userNames = len(`{"sid":"","url":"","links":{"user_conversations":"",},"identity":"","role_sid":"","is_online":false,` +
		`"attributes":"","account_sid":"","date_created":"","date_updated":"","friendly_name":"","is_notifiable":false,` +
		`"chat_service_sid":"",}`)
	// userRest is how long a user mostly is without what people write.
	userRest = 1024
)

// reserveUser makes room for all of u at once, its escapes counted, where its
// values alone do not fit: a buffer that is just large enough must do.
func (w *jsonWriter) reserveUser(u *user.User) {
	links, _ := u.Links.Get()
	n := len(links.UserConversations.Or("")) + len(links.Unknown) + len(u.Unknown)
	n += len(u.SID.Or("")) + len(u.URL.Or("")) + len(u.Identity.Or("")) + len(u.RoleSID.Or(""))
	n += len(u.Attributes.Or("")) + len(u.AccountSID.Or("")) + len(u.DateCreated.Or(""))
	n += len(u.DateUpdated.Or("")) + len(u.FriendlyName.Or("")) + len(u.ChatServiceSID.Or(""))
	if n > cap(w.dst)-len(w.dst) {
		n += wire.EscapesLen(u.Identity.Or(""), w.html) + wire.EscapesLen(u.FriendlyName.Or(""), w.html) + wire.EscapesLen(string(u.Attributes.Or("")), w.html)
		w.dst = wire.Grow(w.dst, n+userNames)
	}
}

func (w *jsonWriter) links(k *wire.Key, o *user.Opt[user.Links]) {
	if l, ok := o.Get(); ok && w.err == nil {
		w.dst, w.err = l.AppendJSON(append(w.dst, k.String()...), w.html)
	} else if o.IsNull() {
		w.literal(k, "null")
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
	w.dst = wire.AppendJSON(append(w.dst, ','), members, w.html)
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
func ParseUser(src string, opts ...Option) (u user.User, err error) {
	var (
		members [userMembers]wire.Member
		runs    [userMembers + 1]wire.Span
		lm      [linksMembers]wire.Member
		lr      [linksMembers + 1]wire.Span

		o, links wire.Object

		r = userReader{texts{src: src}}
	)
	links.Fields, links.Members, links.Runs = linksFields[:], lm[:], lr[:]
	o.Fields, o.Members, o.Runs = userFields[:], members[:], runs[:]
	o.Sub, o.SubField = &links, uLinks
	if at, f := o.ConsumeTextInto(&r.b, src); f != wire.OK {
		return user.User{}, userError(&o, at, f)
	}
	r.size = o.Unescaped + links.Unescaped + runsLen(o.Unknown()) + runsLen(links.Unknown())
	r.user(&u, &members)
	r.links(&u.Links, &members[uLinks], &lm, links.Unknown())
	u.Unknown = r.join(o.Unknown())
	return u, nil
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
type userReader struct{ texts }

// user sets u, which is zero, to what the members say.
func (r *userReader) user(u *user.User, m *[userMembers]wire.Member) {
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
}

// links sets o to what the members say.
func (r *userReader) links(o *user.Opt[user.Links], m *wire.Member, lm *[linksMembers]wire.Member, runs []wire.Span) {
	switch m.Kind {
	case wire.NullKind:
		*o = user.Null[user.Links]()
	case wire.ObjectKind:
		var l user.Links
		readText(r, &l.UserConversations, &lm[lUserConversations])
		l.Unknown = r.join(runs)
		*o = user.Some(l)
	}
}

// readText sets o to the value of m.
func readText[T interface {
	user.Value
	~string
}](r *userReader, o *user.Opt[T], m *wire.Member) {
	switch {
	case m.Kind == wire.StringKind:
		*o = user.Some(T(r.member(m)))
	case m.Kind == wire.NullKind:
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
