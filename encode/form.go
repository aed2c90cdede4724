package encode

import (
	"strings"
	"unicode/utf8"

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

// AppendForm appends r as application/x-www-form-urlencoded: the pairs
// Identity, FriendlyName, Attributes and RoleSid that are present, in this
// order, each written as the serializer of the WHATWG URL Standard, section
// 5.2, writes it. An empty Identity counts as missing. WebhookEnabled is a
// header, and no part of the form.
//
// It returns dst as it was and a [*validate.Error] where a member is null or
// not valid UTF-8; it checks nothing else, see [user.CreateRequest.Validate].
func AppendForm(dst []byte, r *user.CreateRequest) ([]byte, error) {
	if r == nil {
		return dst, nil // that of the zero request
	}
	if err := checkNull(r); err != nil {
		return dst, err
	}
	name, hasName := r.FriendlyName.Get()
	attrs, hasAttrs := r.Attributes.Get()
	role, hasRole := r.RoleSID.Get()
	const names = len("Identity=&FriendlyName=&Attributes=&RoleSid=")
	if size := len(r.Identity) + len(name) + len(attrs) + len(role); names+3*size > cap(dst)-len(dst) {
		// The worst case does not fit: count. Make room for all at once where
		// the values alone do not fit: a buffer just large enough must do.
		values := wire.FormLen(r.Identity) + wire.FormLen(name) + wire.FormLen(string(attrs)) + wire.FormLen(string(role))
		if values > cap(dst)-len(dst) {
			dst = wire.Grow(dst, names+values)
		}
	}
	w := formWriter{dst: dst, lead: len(dst)}
	if r.Identity != "" {
		w.pair(identity, r.Identity)
	}
	if hasName {
		w.pair(friendlyName, name)
	}
	if hasAttrs {
		w.pair(attributes, string(attrs))
	}
	if hasRole {
		w.pair(roleSID, string(role))
	}
	if w.err != nil {
		return dst, w.err
	}
	return w.dst, nil
}

// checkNull returns the error of the first member that is null: no request
// can say that.
func checkNull(r *user.CreateRequest) error {
	k := 0
	switch {
	case r.FriendlyName.IsNull():
		k = friendlyName
	case r.Attributes.IsNull():
		k = attributes
	case r.RoleSID.IsNull():
		k = roleSID
	default:
		return nil
	}
	return &validate.Error{Field: requestNames[k], Code: validate.Null, Offset: -1}
}

// A formWriter appends pairs, and keeps the first error.
type formWriter struct {
	dst  []byte
	lead int // the length of dst before
	err  error
}

// pair appends a pair. The names need no escape.
func (w *formWriter) pair(k int, value string) {
	if w.err != nil {
		return
	}
	if len(w.dst) > w.lead {
		w.dst = append(w.dst, '&')
	}
	dst, ascii := wire.AppendFormText(append(append(w.dst, requestNames[k]...), '='), value)
	w.dst = dst
	if ascii {
		return
	}
	if at, f := wire.ConsumeUTF8(value); f != wire.OK {
		w.err = &validate.Error{Field: requestNames[k], Code: validate.UTF8, Offset: at}
	}
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
			return user.CreateRequest{}, p.earliest(err)
		}
	}
	return p.request()
}

// A formParser remembers where the values of known names are, and holds
// those that have escapes.
type formParser struct {
	src          string
	allowUnknown bool
	values       [requestMembers]formValue
	copied       copied
}

type formValue struct {
	wire.Span // in src, or in what was copied
	at        int
	present   bool
	copied    bool
	ascii     bool // else what was copied has yet to be checked
}

// pair reads the pair that starts at src[i] and returns the offset of the &
// behind it or of the end.
func (p *formParser) pair(i int) (end int, err error) {
	k, start := p.plainName(i)
	if k < 0 || p.values[k].present {
		if k, start, err = p.name(i); err != nil {
			return i, err
		}
	}
	end = wire.SkipFormPlain(p.src, start)
	if end == len(p.src) || p.src[end] == '&' {
		if k >= 0 {
			p.values[k] = formValue{Span: wire.Span{Start: start, End: end}, present: true}
		}
		return end, nil
	}
	return p.escaped(k, start, end)
}

// escaped reads the value that starts at src[start] and is plain text up to
// src[end].
func (p *formParser) escaped(k, start, end int) (int, error) {
	if k < 0 || p.src[end] >= utf8.RuneSelf {
		end, _, escaped, f := wire.ConsumeFormText(p.src, start, false)
		if f != wire.OK {
			return end, faultError(fieldName(k), end, f, "")
		}
		if k >= 0 && !escaped {
			p.values[k] = formValue{Span: wire.Span{Start: start, End: end}, present: true}
		}
		if k < 0 || !escaped {
			return end, nil
		}
	}
	v := formValue{at: start, present: true, copied: true}
	var ok bool
	if v.Span, end, v.ascii, ok = p.copied.value(p.src, start); !ok {
		var f wire.Fault
		if end, _, _, f = wire.ConsumeFormText(p.src, start, false); f != wire.OK {
			return end, faultError(fieldName(k), end, f, "")
		}
		v.ascii = true // the fault is behind this value, which nobody will get
	}
	p.values[k] = v
	return end, nil
}

// earliest returns err, unless a value before its place is not UTF-8, which
// has not been looked at yet.
func (p *formParser) earliest(err error) error {
	at := len(p.src)
	for k := range p.values {
		if v := &p.values[k]; v.copied && !v.ascii && v.at < at {
			if end, _, _, f := wire.ConsumeFormText(p.src, v.at, false); f != wire.OK {
				at, err = v.at, faultError(requestNames[k], end, f, "")
			}
		}
	}
	return err
}

// plainName returns the index of a known name that stands at src[i] without
// escapes and with its =, and the offset behind that, else -1.
func (p *formParser) plainName(i int) (k, start int) {
	switch p.src[i] {
	case 'I':
		k = identity
	case 'F':
		k = friendlyName
	case 'A':
		k = attributes
	case 'R':
		k = roleSID
	default:
		return -1, i
	}
	end := i + len(requestNames[k])
	if end < len(p.src) && p.src[end] == '=' && p.src[i:end] == requestNames[k] {
		return k, end + 1
	}
	return -1, i
}

// fieldName returns the wire name of a request's member, "" for none.
func fieldName(k int) string {
	if k < 0 {
		return ""
	}
	return requestNames[k]
}

// name reads any name at src[i] and its =, if it has one. It returns the
// index of the name, -1 for one that is not known and may be skipped, and
// where its value starts.
func (p *formParser) name(i int) (k, start int, err error) {
	end, _, escaped, f := wire.ConsumeFormText(p.src, i, true)
	if f != wire.OK {
		return -1, end, faultError("", end, f, "")
	}
	name := p.src[i:end]
	if escaped {
		var buf [64]byte
		wrote, _, _, _ := wire.CopyFormValue(buf[:], name, 0)
		name = string(buf[:wrote]) // cut off where it is longer than any known one
	}
	k = requestIndex(name)
	if k < 0 && !p.allowUnknown {
		return k, i, unknownName(i, name)
	}
	if k >= 0 && p.values[k].present {
		return k, i, faultError(requestNames[k], i, wire.Repeated, "")
	}
	if end < len(p.src) && p.src[end] == '=' {
		end++
	}
	return k, end, nil
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
func (p *formParser) request() (r user.CreateRequest, err error) {
	text := p.copied.text()
	for k := range p.values {
		v := &p.values[k]
		if !v.present {
			continue
		}
		s := p.src
		if v.copied {
			s = text
		}
		s = s[v.Start:v.End]
		if v.copied && !v.ascii {
			if _, f := wire.ConsumeUTF8(s); f != wire.OK {
				return user.CreateRequest{}, p.earliest(nil)
			}
		}
		switch k {
		case identity:
			r.Identity = s
		case friendlyName:
			r.FriendlyName = user.Some(s)
		case attributes:
			r.Attributes = user.Some(user.Attributes(s))
		case roleSID:
			r.RoleSID = user.Some(user.RoleSID(s))
		}
	}
	return r, nil
}

// A copied collects values with escapes, unescaped, one behind the other: on
// the stack as long as they are short, else in one allocation.
type copied struct {
	b   strings.Builder
	n   int // bytes of buf that are not in b
	buf [small]byte
}

// value unescapes the value that starts at src[i] and returns its place among
// what was copied, the offset behind it, and whether it is ASCII. Where ok is
// false, the value or what comes behind it is at fault.
func (c *copied) value(src string, i int) (v wire.Span, end int, ascii, ok bool) {
	v.Start = c.b.Len() + c.n
	wrote, end, ascii, ok := wire.CopyFormValue(c.buf[c.n:], src, i)
	c.n += wrote
	if ok && end < len(src) && src[end] != '&' {
		end, ascii, ok = c.long(src, end, ascii)
	}
	v.End = c.b.Len() + c.n
	return v, end, ascii, ok
}

// long goes on with a value at src[i] for which buf was too small, and which
// is ASCII up to there or not.
//
//go:noinline
func (c *copied) long(src string, i int, before bool) (end int, ascii, ok bool) {
	if c.b.Len() == 0 { // all that is to come is known by now, unless a % is bad
		c.b.Grow(c.n + max(0, len(src)-i-2*strings.Count(src[i:], "%")))
	}
	if !c.add(c.buf[:c.n]) {
		return i, false, false
	}
	c.n = 0
	var buf [chunk]byte
	ascii = before
	for {
		wrote, end, a, ok := wire.CopyFormValue(buf[:], src, i)
		ok = c.add(buf[:wrote]) && ok
		if ascii = ascii && a; !ok || end == len(src) || src[end] == '&' {
			return end, ascii, ok
		}
		i = end
	}
}

// add writes p to b, if there is room for it, and reports whether there was.
func (c *copied) add(p []byte) bool {
	if c.b.Len()+len(p) > c.b.Cap() {
		return false
	}
	c.b.Write(p)
	return true
}

// text returns all that was copied.
func (c *copied) text() string {
	if c.b.Len() == 0 {
		return string(c.buf[:c.n])
	}
	c.b.Write(c.buf[:c.n])
	return c.b.String()
}
