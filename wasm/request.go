package main

import (
	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The members of a request, in the order of their lengths.
const (
	identity = iota
	friendlyName
	attributes
	roleSID
	webhook
	requestMembers
)

// requestNames are the members' wire names, and requestKeys their names in
// JavaScript.
var requestNames, requestKeys = func() (names, keys [requestMembers]string) {
	for k, m := range user.RequestMembers() {
		names[k], keys[k] = m.Name, m.Name
		if k == webhook {
			keys[k] = m.Field
		}
	}
	return names, keys
}()

// A form holds the values of a request.
type form [requestMembers]value

// nextRequest takes a request: the lengths of its members, or with flagJSON
// that of its JSON text, which the header may follow. There are issues only if
// that text cannot be parsed.
func (s *session) nextRequest() (f form, r user.CreateRequest) {
	if !s.json || len(s.lengths) > 2 {
		for i := range f {
			f[i] = s.next()
		}
		return f, f.request()
	}
	r, err := encode.ParseRequest(s.next().text)
	f[webhook].state = absent // the zero value of the other members is a text
	if s.inBody = err != nil; s.inBody {
		s.reportError(err)
	} else if len(s.lengths) > 0 {
		f[webhook] = s.next()
	}
	r.WebhookEnabled = optBool(f[webhook])
	return f, r
}

// request returns f as a request. Members of another type are absent in it.
func (f *form) request() (r user.CreateRequest) {
	r.Identity = f[identity].text
	r.FriendlyName = opt[string](f[friendlyName])
	r.Attributes = opt[user.Attributes](f[attributes])
	r.RoleSID = opt[user.RoleSID](f[roleSID])
	r.WebhookEnabled = optBool(f[webhook])
	return r
}

// stringValue is the type of a member that is a string.
type stringValue interface {
	user.Value
	~string
}

func opt[T stringValue](v value) user.Opt[T] {
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

// check takes a request and reports its issues, those of unknown names last.
func (s *session) check() user.CreateRequest {
	f, r := s.nextRequest()
	if s.issues > 0 {
		return r
	}
	s.checkForm(&f, &r)
	for len(s.lengths) > 0 {
		s.reportUnknown(s.next().text)
	}
	return r
}

// checkForm reports the issues of a request: for each member, in order, that of
// its type or else its violation.
func (s *session) checkForm(f *form, r *user.CreateRequest) {
	list := r.AppendErrors(s.found[:0])
	if wellTyped(f[identity].state, f[friendlyName].state, f[attributes].state, f[roleSID].state, f[webhook].state) {
		s.reportViolations(list)
		return
	}
	for i, v := range f {
		k, bad := typeIssue(i, v)
		if i == identity && v.state == null { // r.Identity is "", since it cannot be null
			k, bad = kind{field: requestNames[i], code: validate.CodeNull}, true
		}
		isViolated := len(list) > 0 && list[0].Field == requestNames[i]
		if bad {
			s.report(k, -1)
		} else if isViolated {
			s.reportViolation(&list[0])
		}
		if isViolated {
			list = list[1:]
		}
	}
}

// wellTyped reports whether every member has its type or is absent, as in
// nearly every call.
func wellTyped(l0, l1, l2, l3, hook int32) bool {
	return l0 >= absent && l1 >= absent && l2 >= absent && l3 >= absent && (hook == absent || hook == isTrue || hook == isFalse)
}

// typeIssue returns the issue of a member that has the wrong type.
func typeIssue(member int, v value) (k kind, bad bool) {
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

// reportUnknown reports a name that no request has, as the parser of forms does.
func (s *session) reportUnknown(name string) {
	k := kind{code: validate.CodeUnknown}
	_, err := encode.ParseForm(string(wire.AppendFormText(nil, name)))
	if e, ok := err.(*validate.Error); ok && e.Code == validate.CodeUnknown {
		k = kindOf(e)
	}
	s.report(k, -1)
}

func kindOf(e *validate.Error) kind {
	return kind{field: e.Field, code: e.Code, want: e.Want, hint: e.Hint, found: e.Found}
}

func (s *session) reportViolation(e *validate.Error) { s.report(kindOf(e), e.Offset) }

func (s *session) reportViolations(list []validate.Error) {
	for i := range list {
		s.reportViolation(&list[i])
	}
}

// reportError reports the error of a parser or writer, if there is one and no
// issue of a type precedes it.
func (s *session) reportError(err error) {
	if e, ok := err.(*validate.Error); ok && s.issues == 0 {
		s.reportViolation(e)
	}
}

// isValid reports whether a request is valid, for the export validate. It
// leaves the answer as it is, and the violations to explain.
func (s *session) isValid(texts string, l0, l1, l2, l3, hook int32) bool {
	if !wellTyped(l0, l1, l2, l3, hook) {
		return false
	}
	r, i := &s.request, max(l0, 0) // set in place: making a form takes as long as the check
	r.Identity = texts[:i]
	r.FriendlyName, i = optText[string](texts, i, l1)
	r.Attributes, i = optText[user.Attributes](texts, i, l2)
	r.RoleSID, _ = optText[user.RoleSID](texts, i, l3)
	s.invalid = len(r.AppendErrors(s.found[:0]))
	return s.invalid == 0
}

// optText returns the n bytes at texts[i], and the offset behind them.
func optText[T stringValue](texts string, i, n int32) (user.Opt[T], int32) {
	if n < 0 {
		return user.Opt[T]{}, i
	}
	return user.Some(T(texts[i : i+n])), i + n
}

// explain reports the issues of the request that isValid has just rejected.
func (s *session) explain(texts string, l0, l1, l2, l3, hook int32) {
	s.reset()
	if wellTyped(l0, l1, l2, l3, hook) {
		s.reportViolations(s.found[:s.invalid])
		return
	}
	s.texts = texts
	f := form{s.take(l0), s.take(l1), s.take(l2), s.take(l3), value{state: hook}}
	r := f.request()
	s.checkForm(&f, &r)
}

func (s *session) validateRequest(int32) { s.check() }

func (s *session) adviseRequest(int32) {
	f, r := s.nextRequest()
	for i, v := range f {
		if k, bad := typeIssue(i, v); bad {
			s.report(k, -1)
		}
	}
	if s.issues > 0 {
		return
	}
	for _, a := range r.Advise() {
		s.numbers = append(s.numbers, s.kinds.number(kind{field: a.Field, code: a.Code, basis: a.Source, server: int32(a.Server)}), int32(a.Offset))
	}
	if s.json {
		s.addList(len(s.numbers)/2, "value")
	}
}

func (s *session) encodeForm(int32) {
	switch r := s.check(); {
	case s.issues > 0:
	case s.json:
		s.addForm(&r)
	default:
		s.setText(encode.AppendForm(s.text, &r))
	}
}

func (s *session) encodeRequest(flags int32) {
	if r := s.check(); s.issues == 0 {
		s.putText(encode.AppendRequest(s.text, &r, options(flags)))
	}
}

// putText answers with a text that an Append function returned.
func (s *session) putText(text []byte, err error) {
	s.setText(text, err)
	if s.json && s.issues == 0 {
		s.addText("", s.takeText())
	}
}

// setText sets the answer's text to what an Append function returned.
func (s *session) setText(text []byte, err error) {
	s.reportError(err)
	s.text = text
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

func (s *session) parseForm(flags int32) {
	r, err := encode.ParseForm(s.next().text, options(flags))
	s.putParsed(r, err, flags)
}

// parseForms parses many forms in one call, since a call costs more than
// parsing a form.
func (s *session) parseForms(flags int32) {
	s.apart = true // decoding is ten times slower where any character is not ASCII
	s.putNumber(0)
	for len(s.lengths) > 0 {
		at := len(s.numbers)
		s.putNumber(0)
		s.parseForm(flags)
		if s.numbers[at] = int32(2 * s.issues); s.inBody {
			s.numbers[at]++
		}
		s.issues, s.inBody = 0, false
	}
	s.numbers[0] = int32(len(s.text))
	s.text = append(s.text, s.others...)
}

func (s *session) parseRequest(flags int32) {
	r, err := encode.ParseRequest(s.next().text, options(flags))
	s.putParsed(r, err, flags)
}

// putParsed answers with a request that was parsed. With flagValidate the
// answer has the issues of its values as well.
func (s *session) putParsed(r user.CreateRequest, err error, flags int32) {
	if s.inBody = err != nil; s.inBody {
		s.reportError(err)
		return
	}
	if flags&flagValidate != 0 {
		s.reportViolations(r.AppendErrors(s.found[:0]))
	}
	s.putRequest(&r)
}

// putRequest adds the members that a body has. An empty Identity is absent.
func (s *session) putRequest(r *user.CreateRequest) {
	if s.json {
		s.setText(encode.AppendRequest(s.text, r))
		return
	}
	if r.Identity == "" {
		s.putNumber(absent)
	} else {
		s.put(r.Identity)
	}
	putOpt(s, r.FriendlyName)
	putOpt(s, r.Attributes)
	putOpt(s, r.RoleSID)
}

func putOpt[T stringValue](s *session, o user.Opt[T]) {
	switch v, ok := o.Get(); {
	case ok:
		s.put(string(v))
	case o.IsNull():
		s.putNumber(null)
	default:
		s.putNumber(absent)
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

func (s *session) validateSID(int32) {
	prefix, v := s.next().text, s.next()
	switch prefix {
	case "AC", "IS", "RL", "US":
		if s.checkText(v, "") {
			s.reportViolations(validate.AppendSID(s.found[:0], "", prefix, v.text))
		}
	default:
		s.report(kind{code: validate.CodePrefix, want: "known_prefix"}, -1)
	}
}

func (s *session) validateAttributes(int32) {
	if v := s.next(); s.checkText(v, validate.HintNotStringified) {
		s.reportViolations(validate.AppendAttributes(s.found[:0], "", v.text))
	}
}

// checkText reports whether a single value is a text, and the issue if it is
// not; hint is that of an object.
func (s *session) checkText(v value, hint validate.Hint) bool {
	k := kind{code: validate.CodeType, want: "string"}
	switch v.state {
	case absent:
		k = kind{code: validate.CodeRequired}
	case null:
		k = kind{code: validate.CodeNull}
	case object:
		k.hint = hint
	}
	if !v.present() {
		s.report(k, -1)
	}
	return v.present()
}
