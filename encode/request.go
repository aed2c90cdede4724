package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

var requestFields = [requestMembers]wire.Field{
	{Name: requestNames[identity], Want: wire.StringKind},
	{Name: requestNames[friendlyName], Want: wire.StringKind},
	{Name: requestNames[attributes], Want: wire.StringKind},
	{Name: requestNames[roleSID], Want: wire.StringKind},
}

// AppendRequest appends r as a compact JSON object, its members named and
// ordered as on the form, Attributes as a string. WebhookEnabled is a header,
// and no part of it. Of the options it looks at [HTMLSafe].
//
// It returns dst as it was and a [*validate.Error] where a member is null or
// not valid UTF-8; it checks nothing else, see [user.CreateRequest.Validate].
func AppendRequest(dst []byte, r *user.CreateRequest, opts ...Option) ([]byte, error) {
	if r == nil {
		return append(dst, "{}"...), nil // that of the zero request
	}
	if err := checkNull(r); err != nil {
		return dst, err
	}
	const names = len(`{"Identity":"","FriendlyName":"","Attributes":"","RoleSid":""}`)
	name, attrs := r.FriendlyName.Or(""), string(r.Attributes.Or(""))
	w := jsonWriter{orig: dst, dst: dst, html: options(opts)&HTMLSafe != 0}
	if size := len(r.Identity) + len(name) + len(attrs) + len(r.RoleSID.Or("")); size > cap(dst)-len(dst) {
		w.dst = wire.Grow(dst, names+size+wire.EscapesLen(r.Identity, w.html)+wire.EscapesLen(name, w.html)+wire.EscapesLen(attrs, w.html))
	}
	if r.Identity != "" {
		w.text(&requestKeys[identity], r.Identity)
	}
	writeText(&w, &requestKeys[friendlyName], &r.FriendlyName)
	writeText(&w, &requestKeys[attributes], &r.Attributes)
	writeText(&w, &requestKeys[roleSID], &r.RoleSID)
	return w.finish()
}

var requestKeys [requestMembers]wire.Key

func init() {
	for k, name := range requestNames {
		requestKeys[k] = wire.NewKey(name)
	}
}

// ParseRequest reads a request from one JSON object (RFC 8259) with members
// named as on the form, in any order, each a string; Attributes is a string
// that holds the JSON text. Names are compared after unescaping, exactly.
//
// Text that is not JSON, not valid UTF-8, has an unpaired surrogate escape or
// nests too deep is a [*SyntaxError]. A null, another type, a repeated name
// and, without [AllowUnknown], an unknown name are a [*validate.Error]. The
// first fault is reported, with its offset in src; beside an error, the
// request is the zero one. A missing Identity is left to Validate.
func ParseRequest(src string, opts ...Option) (user.CreateRequest, error) {
	var members [requestMembers]wire.Member
	o := wire.Object{
		Fields:  requestFields[:],
		Members: members[:],
		Strict:  options(opts)&AllowUnknown == 0,
	}
	t := texts{src: src}
	if at, f := o.ConsumeTextInto(&t.b, src); f != wire.OK {
		return user.CreateRequest{}, requestError(&o, src, at, f)
	}
	t.size = o.Unescaped
	r := user.CreateRequest{Identity: memberText(&t, &members[identity])}
	if m := &members[friendlyName]; m.Kind != 0 {
		r.FriendlyName = user.Some(memberText(&t, m))
	}
	if m := &members[attributes]; m.Kind != 0 {
		r.Attributes = user.Some(user.Attributes(memberText(&t, m)))
	}
	if m := &members[roleSID]; m.Kind != 0 {
		r.RoleSID = user.Some(user.RoleSID(memberText(&t, m)))
	}
	return r, nil
}

// memberText returns the value of a string; "" where it is absent or null.
func memberText(t *texts, m *wire.Member) string {
	if m.Kind != wire.StringKind {
		return ""
	}
	return t.member(m)
}

// requestError returns the error for the fault that o found.
func requestError(o *wire.Object, src string, at int, f wire.Fault) error {
	if f == wire.Unknown {
		end, saved, _ := wire.ConsumeString(src, at)
		name := src[at+1 : end-1]
		if saved > 0 {
			var buf [64]byte
			wrote, _, _ := wire.CopyChars(buf[:], name, 0)
			name = string(buf[:wrote])
		}
		return unknownName(at, name)
	}
	if f == wire.WrongType && o.Field < 0 {
		return faultError("", at, f, "object")
	}
	return faultError(fieldName(o.Field), at, f, "string")
}
