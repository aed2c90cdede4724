package encode

import (
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// AppendForm appends r as application/x-www-form-urlencoded: those of the pairs
// Identity, FriendlyName, Attributes and RoleSid that are present, in this
// order, as the serializer of the WHATWG URL Standard, section 5.2, writes them.
// An empty Identity counts as missing. WebhookEnabled is a header, and not part
// of the form.
//
// If a member is null or not valid UTF-8, it returns dst unchanged and a
// [*validate.Error]. It checks nothing else, see [user.CreateRequest.Validate].
func AppendForm(dst []byte, r *user.CreateRequest) ([]byte, error) {
	if r == nil {
		return dst, nil // as for the zero request
	}
	var t requestTexts
	if err := t.set(r); err != nil {
		return dst, err
	}
	out := dst
	const names = len("Identity=&FriendlyName=&Attributes=&RoleSid=")
	if names+3*t.size() > cap(dst)-len(dst) {
		// The worst case does not fit: count the bytes, and grow only if they do
		// not fit.
		n := 0
		for _, s := range &t.values {
			n += wire.FormLen(s)
		}
		if n > cap(dst)-len(dst) {
			out = wire.Grow(dst, names+n)
		}
	}
	for k, s := range &t.values {
		if !t.present[k] {
			continue
		}
		key := formKeys[k] // no name needs an escape
		if len(out) == len(dst) {
			key = key[len("&"):]
		}
		out = append(out, key...)
		start := len(out)
		out = wire.AppendFormText(out, s)
		if len(out)-start == len(s) {
			continue // no byte was escaped, so all are ASCII
		}
		if err := textError(requestNames[k], s); err != nil {
			return dst, err
		}
	}
	return out, nil
}

// ParseForm reads a request from application/x-www-form-urlencoded, with pairs in
// any order. Names are compared exactly, after unescaping; a missing = means an
// empty value; empty pairs are skipped. A missing or empty Identity is left to
// Validate.
//
// It is stricter than the parser of the WHATWG URL Standard, section 5.1, which
// loses or changes some input: a % without two hex digits, a raw semicolon and
// unescaped text that is not valid UTF-8 are errors, as are a repeated name and,
// without [AllowUnknown], an unknown one. The first error is returned, a
// [*validate.Error] with its offset in src, with the zero request.
func ParseForm(src string, opts ...Option) (user.CreateRequest, error) {
	p := formParser{src: src, allowUnknown: options(opts)&AllowUnknown != 0}
	for i := 0; i < len(src); i++ { // at the start, or after an &
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

// A formParser reads the pairs of a form.
type formParser struct {
	src          string
	allowUnknown bool
	requestTexts
	copies wire.Arena // of the values with escapes
}

// pair reads the pair that starts at src[i] and returns the offset of the & after
// it, or of the end.
func (p *formParser) pair(i int) (end int, err error) {
	k, start := p.plainName(i)
	if k < 0 || p.present[k] {
		if k, start, err = p.name(i); err != nil {
			return i, err
		}
	}
	end = wire.SkipFormPlain(p.src, start)
	if end < len(p.src) && p.src[end] != '&' {
		return p.escaped(k, start)
	}
	if k >= 0 {
		p.values[k], p.present[k] = p.src[start:end], true
	}
	return end, nil
}

// plainName returns the index of the known name at src[i], without escapes and
// with its =, and the offset after that, else -1.
func (p *formParser) plainName(i int) (k, start int) {
	for k, name := range requestNames {
		end := i + len(name)
		if end < len(p.src) && p.src[i] == name[0] && p.src[end] == '=' && p.src[i:end] == name {
			return k, end + 1
		}
	}
	return -1, i
}

// name reads the name at src[i] and its =, if it has one. It returns the index of
// the name, -1 for an unknown one that may be skipped, and where its value starts.
func (p *formParser) name(i int) (k, start int, err error) {
	end, _, escaped, f := wire.ConsumeFormText(p.src, i, true)
	if f != wire.OK {
		return -1, end, validate.FormError("", p.src, end, f)
	}
	name := p.src[i:end]
	if escaped {
		var buf [64]byte
		wrote, _, _ := wire.CopyFormValue(buf[:], name, 0)
		name = string(buf[:wrote]) // a name that is cut off is longer than any known one
	}
	k = requestIndex(name)
	if k < 0 && !p.allowUnknown {
		return k, i, unknownName(validate.FormError("", p.src, i, wire.Unknown), name)
	}
	if k >= 0 && p.present[k] {
		return k, i, validate.FormError(requestNames[k], p.src, i, wire.Repeated)
	}
	if end < len(p.src) && p.src[end] == '=' {
		end++
	}
	return k, end, nil
}

// escaped reads the value that starts at src[start] and has bytes to unescape.
// That of an unknown name is only checked.
func (p *formParser) escaped(k, start int) (end int, err error) {
	if k >= 0 {
		value, end, ok := p.copies.UnescapeForm(p.src, start)
		p.values[k], p.present[k] = value, true
		if ok && wire.ConsumeUTF8(value) == len(value) {
			return end, nil
		}
	}
	end, _, _, f := wire.ConsumeFormText(p.src, start, false)
	if f != wire.OK {
		return end, validate.FormError(fieldName(k), p.src, end, f)
	}
	return end, nil
}

// fieldName returns the wire name of a request's member, "" for -1.
func fieldName(k int) string {
	if k < 0 {
		return ""
	}
	return requestNames[k]
}

func requestIndex(name string) int {
	for k := range requestNames {
		if requestNames[k] == name {
			return k
		}
	}
	return -1
}
