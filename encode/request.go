package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The request's members in the order in which they are written, as indexes of the
// tables below.
const (
	identity = iota
	friendlyName
	attributes
	roleSID
	requestMembers
)

var (
	requestNames  [requestMembers]string
	formKeys      [requestMembers]string // as &Name=
	requestKeys   [requestMembers]wire.Key
	requestFields [requestMembers]wire.Field
)

func init() {
	members := user.RequestMembers()
	for k := range requestNames {
		name := members[k].Name
		requestNames[k], formKeys[k] = name, "&"+name+"="
		requestKeys[k], requestFields[k] = wire.NewKey(name), wire.Field{Name: name, Want: wire.StringKind}
	}
}

// requestTexts are the members of a request, in the order of requestNames.
type requestTexts struct {
	values  [requestMembers]string
	present [requestMembers]bool
}

// set sets t to the members of r. A member that is null, which no request can
// be, is an error.
func (t *requestTexts) set(r *user.CreateRequest) error {
	t.values[identity], t.present[identity] = r.Identity, r.Identity != ""
	t.values[friendlyName], t.present[friendlyName] = r.FriendlyName.Get()
	attrs, ok := r.Attributes.Get()
	t.values[attributes], t.present[attributes] = string(attrs), ok
	role, ok := r.RoleSID.Get()
	t.values[roleSID], t.present[roleSID] = string(role), ok
	switch {
	case r.FriendlyName.IsNull():
		return nullError(friendlyName)
	case r.Attributes.IsNull():
		return nullError(attributes)
	case r.RoleSID.IsNull():
		return nullError(roleSID)
	}
	return nil
}

func nullError(k int) error {
	return &validate.Error{Field: requestNames[k], Code: validate.CodeNull, Offset: -1}
}

// size returns the length of all values.
func (t *requestTexts) size() (n int) {
	for _, s := range &t.values {
		n += len(s)
	}
	return n
}

// request returns t as a request.
func (t *requestTexts) request() (r user.CreateRequest) {
	r.Identity = t.values[identity]
	if t.present[friendlyName] {
		r.FriendlyName = user.Some(t.values[friendlyName])
	}
	if t.present[attributes] {
		r.Attributes = user.Some(user.Attributes(t.values[attributes]))
	}
	if t.present[roleSID] {
		r.RoleSID = user.Some(user.RoleSID(t.values[roleSID]))
	}
	return r
}

// AppendRequest appends r as a compact JSON object, with members named and
// ordered as in the form, Attributes as a string. WebhookEnabled is a header, and
// not part of it. Of the options, [HTMLSafe] applies.
//
// If a member is null or not valid UTF-8, it returns dst unchanged and a
// [*validate.Error]. It checks nothing else, see [user.CreateRequest.Validate].
func AppendRequest(dst []byte, r *user.CreateRequest, opts ...Option) ([]byte, error) {
	if r == nil {
		return append(dst, "{}"...), nil // as for the zero request
	}
	var t requestTexts
	err := t.set(r)
	if err != nil {
		return dst, err
	}
	out, html := dst, options(opts)&HTMLSafe != 0
	if n := t.size(); n > cap(dst)-len(dst) {
		for _, s := range &t.values {
			n += wire.EscapesLen(s, html)
		}
		out = wire.Grow(dst, n+len(`{"Identity":"","FriendlyName":"","Attributes":"","RoleSid":""}`))
	}
	for k, s := range &t.values {
		if !t.present[k] {
			continue
		}
		if out, err = appendText(out, &requestKeys[k], s, html); err != nil {
			return dst, err
		}
	}
	return wire.CloseObject(out, len(dst)), nil
}

// ParseRequest reads a request from one JSON object (RFC 8259) with members named
// as in the form, in any order, each a string; Attributes is a string that holds
// the JSON text. Names are compared exactly, after unescaping. A missing Identity
// is left to Validate, and the webhook header, which is no member, to the caller.
//
// Text that is not JSON, is not valid UTF-8, has an unpaired surrogate escape or
// nests too deep is an error, as are null, another type, a repeated name and,
// without [AllowUnknown], an unknown one. The first error is returned, a
// [*validate.Error] with its offset in src, with the zero request.
func ParseRequest(src string, opts ...Option) (user.CreateRequest, error) {
	var members [requestMembers]wire.Member
	t := reader{src: src}
	o := wire.Object{
		Fields:  requestFields[:],
		Members: members[:],
		Strict:  options(opts)&AllowUnknown == 0,
	}
	if at, f := o.ConsumeText(src, &t.Arena); f != wire.OK {
		return user.CreateRequest{}, requestError(&o, src, at, f)
	}
	t.Grow(o.Unescaped)
	var texts requestTexts
	for k := range members {
		texts.values[k], texts.present[k] = t.text(&members[k]), members[k].Kind != 0
	}
	return texts.request(), nil
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
		return unknownName(validate.JSONError("", src, at, f, ""), name)
	}
	if o.Field < 0 {
		return validate.JSONError("", src, at, f, "object")
	}
	return validate.JSONError(requestNames[o.Field], src, at, f, "string")
}
