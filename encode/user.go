package encode

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The members of a user, in the order of package user. They are written in
// userOrder, that of the documentation's example response: by the length of
// their names, then by name.
var (
	userKeys   [user.NumMembers]wire.Key
	userOrder  [user.NumMembers]uint8
	userFields [user.NumMembers]wire.Field // in userOrder
	userLinks  int                         // the index of links in userFields
	userNames  = len("{}")                 // the length of all but the values, at most
)

func init() {
	members := user.UserMembers()
	for k, m := range members {
		userKeys[k], userOrder[k] = wire.NewKey(m.Name), uint8(k)
	}
	slices.SortFunc(userOrder[:], func(a, b uint8) int {
		x, y := members[a].Name, members[b].Name
		return cmp.Or(len(x)-len(y), cmp.Compare(x, y))
	})
	for i, k := range userOrder {
		want, empty := stringOrNull, `""`
		switch members[k].Kind {
		case user.BoolKind:
			want, empty = wire.BoolKind|wire.NullKind, "false"
		case user.LinksKind:
			want, empty = wire.ObjectKind|wire.NullKind, `{"user_conversations":"",}`
			userLinks = i
		}
		userFields[i] = wire.Field{Name: members[k].Name, Want: want}
		userNames += len(userKeys[k].String()) + len(empty)
	}
}

const stringOrNull = wire.StringKind | wire.NullKind

var (
	linksFields = [...]wire.Field{{Name: "user_conversations", Want: stringOrNull}}
	linksKey    = wire.NewKey(linksFields[0].Name)
)

// AppendUser appends u as a compact JSON object (RFC 8259): the members that are
// not absent, in the order of the documentation's example response, then
// u.Unknown as it is. Text is raw UTF-8 with as few escapes as possible. Of the
// options, [HTMLSafe] applies.
//
// If a string is not valid UTF-8, or Unknown is not a list of unknown members, it
// returns dst unchanged and a [*validate.Error]. It checks nothing else, see
// [user.User.Validate].
func AppendUser(dst []byte, u *user.User, opts ...Option) ([]byte, error) {
	if u == nil {
		return append(dst, "{}"...), nil // as for the zero user
	}
	html := options(opts)&HTMLSafe != 0
	refs := u.Refs()
	out := dst
	if len(u.Attributes.Or(""))+len(u.Identity.Or(""))+len(u.FriendlyName.Or("")) > cap(dst)-len(dst)-userRest {
		out = growUser(dst, u, &refs, html)
	}
	var err error
	for _, k := range userOrder {
		key, ref := &userKeys[k], &refs[k]
		if s, ok := ref.Text().Get(); ok {
			out, err = appendText(out, key, s, html)
		} else if ref.IsNull() {
			out = append(append(out, key.String()...), "null"...)
		} else if ref.Bool != nil && !ref.Bool.IsZero() {
			out = strconv.AppendBool(append(out, key.String()...), ref.Bool.Or(false))
		} else if ref.Links != nil && !ref.Links.IsZero() {
			out, err = appendLinks(append(out, key.String()...), ref.Links.Or(user.Links{}), html)
		}
		if err != nil {
			return dst, err
		}
	}
	if u.Unknown != "" {
		if out, err = appendUnknown(out, u.Unknown, html); err != nil {
			return dst, err
		}
	}
	return wire.CloseObject(out, len(dst)), nil
}

// appendLinks appends l as a compact JSON object, or returns dst unchanged and an
// error.
func appendLinks(dst []byte, l user.Links, html bool) ([]byte, error) {
	kind := wire.Kinds(0)
	if l.UserConversations.IsSet() {
		kind = wire.StringKind
	} else if l.UserConversations.IsNull() {
		kind = wire.NullKind
	}
	out, _, f := wire.AppendObject(dst, &linksKey, kind, l.UserConversations.Or(""), l.Unknown, html)
	if f != wire.OK {
		_, err := l.MarshalJSON() // has the error
		return dst, err
	}
	return out, nil
}

// userRest is the usual length of a user without the texts that people write.
const userRest = 1024

// growUser makes room for all of u at once, escapes included, but only if its
// values do not fit: a buffer that is just large enough is not replaced.
func growUser(dst []byte, u *user.User, refs *[user.NumMembers]user.Ref, html bool) []byte {
	l := u.Links.Or(user.Links{})
	n := len(l.UserConversations.Or("")) + len(l.Unknown) + len(u.Unknown)
	for k := range refs {
		n += len(refs[k].Text().Or(""))
	}
	if n <= cap(dst)-len(dst) {
		return dst
	}
	for k, m := range user.UserMembers() {
		if m.Kind == user.TextKind || m.Kind == user.AttributesKind {
			n += wire.EscapesLen(refs[k].Text().Or(""), html)
		}
	}
	return wire.Grow(dst, n+userNames)
}

// appendUnknown checks that a parser reads members as unknown ones, and appends
// them.
func appendUnknown(dst []byte, members string, html bool) ([]byte, error) {
	o := wire.Object{Fields: userFields[:], Forbid: true}
	if at, f := o.ConsumeMembers(members, 0); f != wire.OK {
		return dst, validate.JSONError("Unknown", members, at, f, "")
	}
	return wire.AppendJSON(append(dst, ','), members, html), nil
}

// ParseUser reads a user from one JSON object (RFC 8259) with members in any
// order, each null or of the documented type. Names are compared exactly, after
// unescaping. Unknown members are kept, see [user.User.Unknown].
//
// Text that is not JSON, is not valid UTF-8, has an unpaired surrogate escape or
// nests too deep is an error, as are another type and a repeated known name. The
// first error is returned, a [*validate.Error] with its offset in src, with the
// zero user. Values are not validated, since real answers sometimes break the
// contract: call [user.User.Validate].
func ParseUser(src string) (u user.User, err error) {
	var (
		members [user.NumMembers]wire.Member
		runs    [user.NumMembers + 1]wire.Span
		lm      [len(linksFields)]wire.Member
		lr      [len(linksFields) + 1]wire.Span

		o, links wire.Object

		r = reader{src: src}
	)
	links.Fields, links.Members, links.Runs = linksFields[:], lm[:], lr[:]
	o.Fields, o.Members, o.Runs = userFields[:], members[:], runs[:]
	o.Sub, o.SubField = &links, userLinks
	if at, f := o.ConsumeText(src, &r.Arena); f != wire.OK {
		return user.User{}, userError(&o, src, at, f)
	}
	r.Grow(o.Unescaped + links.Unescaped + runsLen(o.Unknown()) + runsLen(links.Unknown()))
	refs := u.Refs()
	for i := range members {
		switch m, ref := &members[i], &refs[userOrder[i]]; {
		case m.Kind == wire.StringKind:
			ref.SetText(user.Some(r.text(m)))
		case m.Kind == 0:
		case ref.Bool != nil:
			*ref.Bool = readBool(src, m)
		case ref.Links != nil:
			r.links(ref.Links, m, &lm, links.Unknown())
		default:
			ref.SetText(user.Null[string]())
		}
	}
	u.Unknown = r.join(o.Unknown())
	return u, nil
}

// userError returns the error for the fault that o found.
func userError(o *wire.Object, src string, at int, f wire.Fault) error {
	switch {
	case o.InSub && o.Sub.Field >= 0:
		return validate.JSONError("links."+linksFields[o.Sub.Field].Name, src, at, f, "string")
	case o.Field < 0:
		return validate.JSONError("", src, at, f, "object")
	}
	field := &userFields[o.Field]
	return validate.JSONError(field.Name, src, at, f, kindName(field.Want))
}

// runsLen returns the length of a copy of the runs, 0 for a single run, which is
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

// A reader makes values of the members of a valid text.
type reader struct {
	wire.Arena // of values with escapes
	src        string
}

// text returns the value of a string, "" if m is none.
func (r *reader) text(m *wire.Member) string {
	switch {
	case m.Kind != wire.StringKind:
		return ""
	case m.Copied:
		return r.Text(m.Span)
	case m.Escape:
		return r.Unescape(r.src[m.Start:m.End])
	}
	return r.src[m.Start:m.End]
}

// opt returns m as a string, null or absent.
func (r *reader) opt(m *wire.Member) user.Opt[string] {
	switch m.Kind {
	case wire.StringKind:
		return user.Some(r.text(m))
	case wire.NullKind:
		return user.Null[string]()
	}
	return user.Opt[string]{}
}

// links sets o to links with the members lm and runs.
func (r *reader) links(o *user.Opt[user.Links], m *wire.Member, lm *[len(linksFields)]wire.Member, runs []wire.Span) {
	switch m.Kind {
	case wire.NullKind:
		*o = user.Null[user.Links]()
	case wire.ObjectKind:
		*o = user.Some(user.Links{UserConversations: r.opt(&lm[0]), Unknown: r.join(runs)})
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
func (r *reader) join(runs []wire.Span) string {
	switch len(runs) {
	case 0:
		return ""
	case 1:
		return r.src[runs[0].Start:runs[0].End]
	}
	return r.Join(r.src, runs)
}
