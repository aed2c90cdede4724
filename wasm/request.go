package main

import (
	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The members of a request as they cross, in this order.
const (
	identity = iota
	friendlyName
	attributes
	roleSID
	webhook
	requestMembers
)

// requestNames are the members' wire names, and requestKeys what JavaScript
// calls them.
var requestNames, requestKeys = func() (names, keys [requestMembers]string) {
	for k, m := range user.RequestMembers() {
		names[k], keys[k] = m.Name, m.Name
		if k == webhook {
			keys[k] = m.Field
		}
	}
	return names, keys
}()

// A form is a request as JavaScript hands it over.
type form [requestMembers]value

// nextForm takes a request. What lengths are left are those of names that no
// request has.
func (m *machine) nextForm() (f form) {
	for i := range f {
		f[i] = m.next()
	}
	return f
}

// request makes the request of f. Members of another type are absent in it.
func (f *form) request() (r user.CreateRequest) {
	r.Identity = f[identity].text
	r.FriendlyName = opt[string](f[friendlyName])
	r.Attributes = opt[user.Attributes](f[attributes])
	r.RoleSID = opt[user.RoleSID](f[roleSID])
	r.WebhookEnabled = optBool(f[webhook])
	return r
}

func opt[T interface {
	user.Value
	~string
}](v value) user.Opt[T] {
	switch {
	case v.present():
		return user.Some(T(v.text))
	case v.state == null:
		return user.Null[T]()
	}
	return user.Opt[T]{}
}

func optBool(v value) user.Opt[bool] {
	switch v.state {
	case isTrue:
		return user.Some(true)
	case isFalse:
		return user.Some(false)
	case null:
		return user.Null[bool]()
	}
	return user.Opt[bool]{}
}

// check takes a request and adds its issues, those of unknown names last.
func (m *machine) check() user.CreateRequest {
	f, r := m.nextRequest()
	if m.issues > 0 {
		return r
	}
	m.checkForm(&f, &r)
	for len(m.lengths) > 0 {
		m.unknown(m.next().text)
	}
	return r
}

// checkForm adds the issues of a request: for each member, in order, that of
// its type or else that of the contract.
func (m *machine) checkForm(f *form, r *user.CreateRequest) {
	faults := m.find(r)
	if wellTyped(f[identity].state, f[friendlyName].state, f[attributes].state, f[roleSID].state, f[webhook].state) {
		m.faults(faults)
		return
	}
	for i, v := range f {
		switch k, bad := typeFault(i, v); {
		case bad:
			m.issue(k, -1)
			faults = skip(faults, requestNames[i])
		case i == identity && v.state == null: // a string in Go, which cannot be null
			m.issue(kind{field: requestNames[i], code: validate.CodeNull}, -1)
			faults = skip(faults, requestNames[i])
		case len(faults) > 0 && faults[0].Field == requestNames[i]:
			m.fault(&faults[0])
			faults = faults[1:]
		}
	}
}

// wellTyped reports whether every member is of its type or absent, which it
// is in nearly every call.
func wellTyped(l0, l1, l2, l3, hook int32) bool {
	return l0 >= absent && l1 >= absent && l2 >= absent && l3 >= absent && (hook == absent || hook == isTrue || hook == isFalse)
}

// find returns the faults of a request, which hold until the next.
func (m *machine) find(r *user.CreateRequest) []validate.Error {
	return r.AppendErrors(m.found[:0])
}

// skip drops the first fault where it is the field's.
func skip(faults []validate.Error, field string) []validate.Error {
	if len(faults) > 0 && faults[0].Field == field {
		return faults[1:]
	}
	return faults
}

// typeFault returns the kind of a member that is no such thing as is wanted.
func typeFault(member int, v value) (k kind, bad bool) {
	k = kind{field: requestNames[member], code: validate.CodeType, want: "string"}
	if member == webhook {
		k.want = "boolean"
		return k, v.state == mistyped || v.state == object || v.present()
	}
	if v.state == object && member == attributes {
		k.hint = validate.HintNotStringified
	}
	return k, v.state < null
}

// unknown adds the issue of a name that no request has, in the words of the
// parser.
func (m *machine) unknown(name string) {
	text := wire.AppendFormText(nil, name)
	k := kind{code: validate.CodeUnknown}
	if _, err := encode.ParseForm(string(text)); err != nil {
		if e, ok := err.(*validate.Error); ok && e.Code == validate.CodeUnknown {
			k = kindOf(e)
		}
	}
	m.issue(k, -1)
}

// fault adds an error of the core as an issue.
func (m *machine) fault(e *validate.Error) {
	m.issue(kindOf(e), e.Offset)
}

func kindOf(e *validate.Error) kind {
	return kind{field: e.Field, code: e.Code, want: e.Want, hint: e.Hint, found: e.Found}
}

func (m *machine) faults(list []validate.Error) {
	for i := range list {
		m.fault(&list[i])
	}
}

// bodyFault adds what a function of the core returned.
func (m *machine) bodyFault(err error) {
	if m.issues > 0 {
		return // that of another type has been told
	}
	if e, ok := err.(*validate.Error); ok {
		m.fault(e)
	}
}

// isValid checks a request, without the detour over lengths in memory, and keeps
// what it found for explain. It answers nothing.
func (m *machine) isValid(texts string, l0, l1, l2, l3, hook int32) bool {
	if !wellTyped(l0, l1, l2, l3, hook) {
		return false
	}
	r, i := &m.request, max(l0, 0) // in place: to make values of the members takes as long as to check them
	r.Identity = texts[:i]
	r.FriendlyName, i = optText[string](texts, i, l1)
	r.Attributes, i = optText[user.Attributes](texts, i, l2)
	r.RoleSID, _ = optText[user.RoleSID](texts, i, l3)
	n := len(r.AppendErrors(m.found[:0]))
	m.faulty = n
	return n == 0
}

// optText returns the text of n bytes at texts[i], and the offset behind it.
func optText[T interface {
	user.Value
	~string
}](texts string, i, n int32) (user.Opt[T], int32) {
	if n < 0 {
		return user.Opt[T]{}, i
	}
	return user.Some(T(texts[i : i+n])), i + n
}

// explain says why a request is not valid, of which isValid has just said so.
func (m *machine) explain(texts string, l0, l1, l2, l3, hook int32) {
	m.reset()
	if wellTyped(l0, l1, l2, l3, hook) {
		m.faults(m.found[:m.faulty])
		return
	}
	m.texts = texts
	f := form{m.take(l0), m.take(l1), m.take(l2), m.take(l3), value{state: hook}}
	r := f.request()
	m.checkForm(&f, &r)
}

func (m *machine) validateRequest(int32) { m.check() }

func (m *machine) adviseRequest(int32) {
	f, r := m.nextRequest()
	for i, v := range f {
		if k, bad := typeFault(i, v); bad {
			m.issue(k, -1)
		}
	}
	if m.issues > 0 {
		return
	}
	for _, a := range r.Advise() {
		m.numbers = append(m.numbers, m.kinds.number(kind{field: a.Field, code: a.Code, basis: a.Source, server: int32(a.Server)}), int32(a.Offset))
	}
	if m.json {
		m.addList(len(m.numbers)/2, "value")
	}
}

func (m *machine) encodeForm(int32) {
	switch r := m.check(); {
	case m.issues > 0:
	case m.json:
		m.putForm(&r)
	default:
		m.appended(encode.AppendForm(m.text, &r))
	}
}

func (m *machine) encodeRequest(flags int32) {
	if r := m.check(); m.issues == 0 {
		m.written(encode.AppendRequest(m.text, &r, options(flags)))
	}
}

// written takes a text that is the value.
func (m *machine) written(text []byte, err error) {
	m.appended(text, err)
	if m.json && m.issues == 0 {
		m.addText("", m.swap())
	}
}

// appended takes what an Append function returned.
func (m *machine) appended(text []byte, err error) {
	m.bodyFault(err)
	m.text = text
}

func options(flags int32) (o encode.Option) {
	if flags&flagAllowUnknown != 0 {
		o |= encode.AllowUnknown
	}
	if flags&flagHTMLSafe != 0 {
		o |= encode.HTMLSafe
	}
	return o
}

func (m *machine) parseRequest(flags int32) {
	r, err := encode.ParseRequest(m.next().text, options(flags))
	m.parsed(r, err, flags)
}

// parsed answers with a request that was parsed.
func (m *machine) parsed(r user.CreateRequest, err error, flags int32) {
	if m.inBody = err != nil; m.inBody {
		m.bodyFault(err)
		return
	}
	if flags&flagValidate != 0 {
		m.faults(m.find(&r))
	}
	m.putRequest(&r) // beside issues as well: their places are in its values
}

// putRequest adds the four members of a body. An empty Identity is absent.
func (m *machine) putRequest(r *user.CreateRequest) {
	if m.json {
		m.appended(encode.AppendRequest(m.text, r))
		return
	}
	if r.Identity == "" {
		m.putState(absent)
	} else {
		m.put(r.Identity)
	}
	putOpt(m, r.FriendlyName)
	putOpt(m, r.Attributes)
	putOpt(m, r.RoleSID)
}

func putOpt[T interface {
	user.Value
	~string
}](m *machine, o user.Opt[T]) {
	switch v, ok := o.Get(); {
	case ok:
		m.put(string(v))
	case o.IsNull():
		m.putState(null)
	default:
		m.putState(absent)
	}
}

func boolState(o user.Opt[bool]) int32 {
	switch v, ok := o.Get(); {
	case ok && v:
		return isTrue
	case ok:
		return isFalse
	case o.IsNull():
		return null
	}
	return absent
}

var sidPrefixes = [...]string{"AC", "IS", "RL", "US"}

func (m *machine) validateSID(int32) {
	given, v := m.next(), m.next()
	for _, prefix := range sidPrefixes { // not the given text: its memory is the next call's
		if prefix == given.text {
			if m.isText(v, "") {
				m.faults(validate.AppendSID(m.found[:0], "", prefix, v.text))
			}
			return
		}
	}
	m.issue(kind{code: validate.CodePrefix, want: "known_prefix"}, -1)
}

func (m *machine) validateAttributes(int32) {
	if v := m.next(); m.isText(v, validate.HintNotStringified) {
		m.faults(validate.AppendAttributes(m.found[:0], "", v.text))
	}
}

// isText reports whether a value that stands on its own is a text, and adds
// the issue where it is none, for an object with the hint.
func (m *machine) isText(v value, hint validate.Hint) bool {
	switch {
	case v.present():
		return true
	case v.state == absent:
		m.issue(kind{code: validate.CodeRequired}, -1)
	case v.state == null:
		m.issue(kind{code: validate.CodeNull}, -1)
	case v.state == object:
		m.issue(kind{code: validate.CodeType, want: "string", hint: hint}, -1)
	default:
		m.issue(kind{code: validate.CodeType, want: "string"}, -1)
	}
	return false
}
