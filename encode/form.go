package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The names of the request's members, in the order in which they are
// written, on the form and in JSON. They index requestNames.
const (
	identity = iota
	friendlyName
	attributes
	roleSID
	requestMembers
)

var requestNames = [requestMembers]string{"Identity", "FriendlyName", "Attributes", "RoleSid"}

// A text is what a request's member would write.
type text struct {
	value         string
	present, null bool
}

func optText[T ~string](v T, set, null bool) text { return text{string(v), set, null} }

// requestTexts returns the members of r, in order.
func requestTexts(r *user.CreateRequest) (t [requestMembers]text) {
	t[identity] = text{value: r.Identity, present: r.Identity != ""}
	f, ok := r.FriendlyName.Get()
	t[friendlyName] = optText(f, ok, r.FriendlyName.IsNull())
	a, ok := r.Attributes.Get()
	t[attributes] = optText(a, ok, r.Attributes.IsNull())
	s, ok := r.RoleSID.Get()
	t[roleSID] = optText(s, ok, r.RoleSID.IsNull())
	return t
}

// AppendForm appends r as application/x-www-form-urlencoded: the pairs
// Identity, FriendlyName, Attributes and RoleSid that are present, in this
// order, each written as the serializer of the WHATWG URL Standard, section
// 5.2, writes it. An empty Identity counts as missing. WebhookEnabled is a
// header, and no part of the form.
//
// It returns dst as it was and a [*validate.Error] where a member is null or
// not valid UTF-8; it checks nothing else, see [user.CreateRequest.Validate].
func AppendForm(dst []byte, r *user.CreateRequest) ([]byte, error) {
	members := requestTexts(r)
	size := 0
	for k := range members {
		m := &members[k]
		if err := m.check(requestNames[k]); err != nil {
			return dst, err
		}
		if m.present {
			size += len(requestNames[k]) + 2 + 3*len(m.value)
		}
	}
	if size > cap(dst)-len(dst) { // by the worst case; count where that is too much
		dst = reserve(dst, formLen(&members))
	}
	lead := len(dst)
	for k := range members {
		if m := &members[k]; m.present {
			if len(dst) > lead {
				dst = append(dst, '&')
			}
			dst = append(append(dst, requestNames[k]...), '=')
			dst = wire.AppendFormText(dst, m.value)
		}
	}
	return dst, nil
}

// check returns the error of a member that cannot be written.
func (m *text) check(field string) error {
	if m.null {
		return &validate.Error{Field: field, Code: validate.Null, Offset: -1}
	}
	if at, f := wire.ConsumeUTF8(m.value); f != wire.OK {
		return &validate.Error{Field: field, Code: validate.UTF8, Offset: at}
	}
	return nil
}

// formLen returns the length of the form, or one byte more.
func formLen(members *[requestMembers]text) int {
	n := 0
	for k := range members {
		if m := &members[k]; m.present {
			n += len(requestNames[k]) + 2 + wire.FormLen(m.value)
		}
	}
	return n
}

// reserve returns b with room for n more bytes.
func reserve(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	grown := make([]byte, len(b), len(b)+n)
	copy(grown, b)
	return grown
}

// ParseForm reads a request from application/x-www-form-urlencoded, the
// pairs in any order. Names are compared after unescaping, exactly; a
// missing = means an empty value; empty pairs are skipped. An Identity that
// is missing or empty is left to Validate.
//
// It is stricter than the parser of the WHATWG URL Standard, section 5.1,
// where that one loses or changes what was sent: a % without two hex digits,
// a raw semicolon and unescaped text that is not valid UTF-8 are a
// [*SyntaxError], a repeated name and, without [AllowUnknown], an unknown
// name are a [*validate.Error]. The first fault is reported, with its offset
// in src; beside an error, the request is the zero one.
func ParseForm(src string, opts ...Option) (user.CreateRequest, error) {
	p := formParser{src: src, allowUnknown: options(opts)&AllowUnknown != 0}
	for i := 0; i < len(src); i++ { // at the start, or behind an &
		if src[i] == '&' {
			continue
		}
		var err error
		if i, err = p.pair(i); err != nil {
			return user.CreateRequest{}, err
		}
	}
	return p.request(), nil
}

// A formParser remembers where the values of known names are.
type formParser struct {
	src          string
	allowUnknown bool
	values       [requestMembers]formValue
	size         int // of all values with escapes, unescaped
}

type formValue struct {
	wire.Span
	present, escaped bool
}

// pair reads the pair that starts at src[i] and returns the offset of the &
// behind it or of the end.
func (p *formParser) pair(i int) (end int, err error) {
	end, _, escaped, f := wire.ConsumeFormText(p.src, i, true)
	if f != wire.OK {
		return end, faultError("", end, f, "")
	}
	k, err := p.name(i, end, escaped)
	if err != nil {
		return i, err
	}
	start := end
	if end < len(p.src) && p.src[end] == '=' {
		start++
	}
	end, saved, escaped, f := wire.ConsumeFormText(p.src, start, false)
	if f != wire.OK {
		return end, faultError(fieldName(k), end, f, "")
	}
	if k >= 0 {
		p.values[k] = formValue{wire.Span{Start: start, End: end}, true, escaped}
		if escaped {
			p.size += end - start - saved
		}
	}
	return end, nil
}

// fieldName returns the wire name of a request's member, "" for none.
func fieldName(k int) string {
	if k < 0 {
		return ""
	}
	return requestNames[k]
}

// name returns the index of the name src[start:end], -1 for one that is not
// known and may be skipped.
func (p *formParser) name(start, end int, escaped bool) (int, error) {
	name := p.src[start:end]
	if escaped {
		var buf [64]byte
		wrote, _ := wire.CopyFormUnescaped(buf[:], name)
		name = string(buf[:wrote]) // cut off where it is longer than any known one
	}
	k := requestIndex(name)
	if k < 0 {
		if p.allowUnknown {
			return k, nil
		}
		return k, unknownName(start, name)
	}
	if p.values[k].present {
		return k, faultError(requestNames[k], start, wire.Repeated, "")
	}
	return k, nil
}

func requestIndex(name string) int {
	for k := range requestNames {
		if requestNames[k] == name {
			return k
		}
	}
	return -1
}

// request makes the request out of the values.
func (p *formParser) request() (r user.CreateRequest) {
	t := texts{size: p.size, form: true}
	r.Identity = p.text(&t, identity)
	if p.values[friendlyName].present {
		r.FriendlyName = user.Some(p.text(&t, friendlyName))
	}
	if p.values[attributes].present {
		r.Attributes = user.Some(user.Attributes(p.text(&t, attributes)))
	}
	if p.values[roleSID].present {
		r.RoleSID = user.Some(user.RoleSID(p.text(&t, roleSID)))
	}
	return r
}

func (p *formParser) text(t *texts, k int) string {
	v := &p.values[k]
	return t.text(p.src[v.Start:v.End], v.escaped)
}
