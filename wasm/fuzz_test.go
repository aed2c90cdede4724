package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// FuzzCall makes any calls, those of the loader and others. A call that breaks the
// protocol may panic with an index out of range, after which the loader makes a
// new instance. Every answer can be read, and to a call that the loader may make
// it is the library's.
func FuzzCall(f *testing.F) {
	for _, s := range seeds(f) {
		c := client{tb: f}
		c.write(s.parts)
		f.Add(s.o, s.flags, lengthBytes(c.lengths), string(c.buffer))
		f.Add(s.o, s.flags|flagJSON, lengthBytes(c.lengths), string(c.buffer))
	}
	f.Add(int32(ops), int32(0), []byte{}, "")
	f.Add(opParseUser, int32(-1), lengthBytes([]int32{1<<31 - 1}), "{}")
	f.Add(opValidateAttributes, int32(0), lengthBytes([]int32{object}), "")
	deep := `{"x":` + strings.Repeat("[", wire.MaxDepth-1) + strings.Repeat("]", wire.MaxDepth-1) + "}"
	if runtime.GOOS != "js" { // where the stack may be too small for the oracles, which recurse
		f.Add(opParseUser, flagJSON, lengthBytes([]int32{int32(len(deep))}), deep)
	}
	for _, lie := range []int32{-7, -1 << 31, 1<<31 - 1, 1 << 30, 1 << 20, 5, 4, 3} { // invalid lengths, and lengths beyond the buffer
		for i := range requestMembers + 1 {
			lengths := []int32{1, 1, 0, 0, isTrue, 1}
			lengths[i] = lie
			f.Add(opValidateRequest, int32(0), lengthBytes(lengths), "abcd")
			f.Add(opEncodeForm, int32(0), lengthBytes(lengths[:i+1]), "abcd")
		}
		f.Add(opValidateRequest, int32(0), lengthBytes([]int32{1, absent, absent, absent, lie}), "abcd")
		f.Add(opValidateRequest, int32(0), lengthBytes([]int32{lie, lie, lie, lie, lie, lie}), "abcd") // sums that overflow
		f.Add(opParseError, int32(0), lengthBytes([]int32{lie, lie, lie}), "abcd")
		f.Add(opKind, int32(0), lengthBytes([]int32{lie}), "")
		f.Add(lie, lie, lengthBytes([]int32{2}), "{}")
	}
	for _, s := range vectors.SuiteTexts(f, "json_jsontestsuite_parsing", "str_blns") {
		f.Add(opParseUser, int32(0), lengthBytes([]int32{int32(len(s) + 6)}), `{"v":`+s+"}")
	}
	f.Fuzz(func(t *testing.T, o, flags int32, lengths []byte, texts string) {
		k := call{o, flags, lengthsOf(lengths), texts}
		c := &client{tb: t}
		c.call(opParseForm, flagValidate, "Identity=%")                         // the calls before
		c.call(opValidateRequest, 0, "", null, object, absent, mistyped, texts) // have no effect
		k.runExport(c)
		got, ok := k.run(c)
		if !ok {
			return
		}
		if k.isJSON() {
			k.checkJSON(t, c, got)
		} else {
			k.checkShape(t, c, got)
		}
		if again, ok := k.run(c); !ok || !slices.Equal(got.issues, again.issues) || !slices.Equal(got.numbers, again.numbers) || got.text != again.text {
			t.Errorf("%+v: %+v, and then %+v", k, got, again)
		}
		if k.wellFormed() && !k.isJSON() {
			k.checkVerdict(t, c, got)
		}
	})
}

func lengthBytes(lengths []int32) (b []byte) {
	for _, n := range lengths {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b
}

func lengthsOf(b []byte) (lengths []int32) {
	for ; len(b) >= 4; b = b[4:] {
		lengths = append(lengths, int32(binary.LittleEndian.Uint32(b)))
	}
	return lengths
}

// A call is the input of an operation.
type call struct {
	o, flags int32
	lengths  []int32
	texts    string
}

// run does the call. It returns false after a panic, which only a call that
// breaks the protocol may end in.
func (k call) run(c *client) (r reply, ok bool) {
	c.tb.Helper()
	c.buffer = append(c.buffer[:0], k.texts...)
	if err := panicOf(func() { runCall(&c.session, k.o, k.flags, slices.Clone(k.lengths), c.texts()) }); err != nil {
		if !isBound(err) || k.wellFormed() {
			c.tb.Fatalf("%+v: %v", k, err)
		}
		return r, false
	}
	return c.read(), true
}

// isBound reports whether a panic is about an index out of range.
func isBound(err error) bool {
	text := err.Error()
	return strings.Contains(text, "index out of range") || strings.Contains(text, "slice bounds out of range")
}

// runExport gives the first lengths, whatever they are, to the export validate. It
// answers as the operation does, or panics with an index out of range. A request
// whose texts are missing is not valid.
func (k call) runExport(c *client) {
	c.tb.Helper()
	if len(k.lengths) < requestMembers {
		return
	}
	k.o, k.flags, k.lengths = opValidateRequest, 0, k.lengths[:requestMembers]
	l := k.lengths
	good := k.wellFormed() && l[webhook] <= 0
	c.buffer = append(c.buffer[:0], k.texts...)
	if err := panicOf(func() { runValidate(&c.session, c.texts(), l) }); err != nil {
		if !isBound(err) || good {
			c.tb.Fatalf("the export, %+v: %v", k, err)
		}
		return
	}
	got := c.read()
	sum := 0
	for _, n := range l[:webhook] {
		sum += int(max(n, 0))
	}
	noState := l[webhook] < isFalse // taken for absent
	if sum > len(k.texts) || !good && !noState && got.issues == nil {
		c.tb.Errorf("the export, %+v: %+v", k, got)
	}
	if want, ok := k.run(c); good && (!ok || !slices.Equal(want.issues, got.issues)) {
		c.tb.Errorf("the export, %+v: %+v, the operation: %+v", k, got, want)
	}
}

// arity is how many lengths an operation takes, and whether more may follow.
var arity = [ops]struct {
	n    int
	more bool
}{
	opKind:               {1, false},
	opValidateRequest:    {requestMembers, true},
	opAdviseRequest:      {requestMembers, true},
	opEncodeForm:         {requestMembers, true},
	opParseForm:          {1, false},
	opEncodeRequest:      {requestMembers, true},
	opParseRequest:       {1, false},
	opEncodeUser:         {1, false},
	opParseUser:          {1, false},
	opValidateUser:       {1, false},
	opParseError:         {3, false},
	opParseResponse:      {3, false},
	opValidateSID:        {2, false},
	opValidateAttributes: {1, false},
	opParseForms:         {0, true},
}

// wellFormed reports whether the loader may make the call. It is false for opKind,
// which newIssue tests.
func (k call) wellFormed() bool {
	if k.o <= opKind || k.o >= ops {
		return false
	}
	if k.isRequestText() {
		return k.lengths[0] >= 0 && int(k.lengths[0]) <= len(k.texts) && (len(k.lengths) == 1 || k.lengths[1] < 0 && k.lengths[1] >= isFalse)
	}
	w := arity[k.o]
	if len(k.lengths) < w.n || len(k.lengths) > w.n && !w.more {
		return false
	}
	sum := 0
	for i, n := range k.lengths {
		if k.isStatus(i) {
			continue
		}
		if n < isFalse || n < 0 && !k.mayLack(i) {
			return false
		}
		sum += int(max(0, n))
	}
	return sum <= len(k.texts) && !(w.more && k.o != opParseForms && k.namesKnown())
}

// isStatus reports whether an HTTP status stands in the place of a length.
func (k call) isStatus(i int) bool {
	return i == 0 && (k.o == opParseError || k.o == opParseResponse)
}

// mayLack reports whether a text may be missing.
func (k call) mayLack(i int) bool {
	switch k.o {
	case opValidateSID:
		return i == 1
	case opValidateAttributes:
		return true
	case opParseForms:
		return false
	}
	return arity[k.o].more && i < requestMembers
}

// namesKnown reports whether the unknown names include a known one.
func (k call) namesKnown() bool {
	return slices.ContainsFunc(k.parts()[requestMembers:], func(name any) bool {
		return slices.Contains(requestNames[:webhook], name.(string))
	})
}

// checkShape reads an answer to its end.
func (k call) checkShape(t *testing.T, c *client, r reply) {
	t.Helper()
	if r.inBody && len(r.issues) != 1 {
		t.Errorf("%+v: %d issues in a body", k, len(r.issues))
	}
	switch k.o {
	case opKind:
		n := newReader(t, r)
		for range 7 {
			n.text()
		}
		n.number()
		n.end()
	case opAdviseRequest:
		c.advice(r)
	case opParseForm, opParseRequest, opParseUser:
		switch {
		case r.inBody:
			newReader(t, r).end()
		case k.o == opParseUser:
			r.user(t)
		default:
			r.request(t)
		}
	case opParseForms:
		c.forms(r)
	case opParseError:
		r.apiError(t)
	case opParseResponse:
		r.response(t)
	case opEncodeForm, opEncodeRequest, opEncodeUser:
		if len(r.numbers) != 0 || (r.text == "") != (r.issues != nil) {
			t.Errorf("%+v: %+v", k, r)
		}
	default:
		newReader(t, r).end()
	}
}

// parts returns the parts of the call.
func (k call) parts() (parts []any) {
	rest := k.texts
	for i, n := range k.lengths {
		if n < 0 || k.isStatus(i) {
			parts = append(parts, n)
			continue
		}
		parts = append(parts, rest[:n])
		rest = rest[n:]
	}
	return parts
}

// checkVerdict compares an answer with that of the library.
func (k call) checkVerdict(t *testing.T, c *client, got reply) {
	t.Helper()
	parts := k.parts()
	switch k.o {
	case opValidateRequest:
		k.same(t, got, reply{issues: checkIssues(t, parts)})
		k.checkExport(t, c, parts, got)
	case opAdviseRequest:
		k.checkAdvice(t, c, parts, got)
	case opEncodeForm, opEncodeRequest:
		k.checkWritten(t, parts, got)
	case opParseForm:
		k.checkRequest(t, got, encode.ParseForm, parts[0])
	case opParseForms:
		for i, form := range c.forms(got) {
			k.checkRequest(t, form, encode.ParseForm, parts[i])
		}
	case opParseRequest:
		k.checkRequest(t, got, encode.ParseRequest, parts[0])
	case opParseUser, opEncodeUser, opValidateUser:
		k.checkUser(t, got, parts[0].(string))
	case opParseError:
		checkError(t, got, int(parts[0].(int32)), parts[1].(string), parts[2].(string))
	case opParseResponse:
		checkResponse(t, got, int(parts[0].(int32)), parts[1].(string), parts[2].(string))
	case opValidateSID:
		k.same(t, got, reply{issues: sidIssues(parts[0].(string), parts[1])})
	case opValidateAttributes:
		want := ruleIssues(parts[0], validate.Attributes)
		if parts[0] == object {
			want[0].hint = "not_stringified"
		}
		k.same(t, got, reply{issues: want})
	}
}

func (k call) same(t *testing.T, got, want reply) {
	t.Helper()
	diff(t, fmt.Sprintf("operation %d of %q", k.o, k.parts()), want, got)
}

// checkExport compares the export validate with the operation.
func (k call) checkExport(t *testing.T, c *client, parts []any, got reply) {
	t.Helper()
	if _, isText := parts[webhook].(string); isText || len(parts) > requestMembers {
		return // the export has no such header and no other names
	}
	k.same(t, c.validate([requestMembers]any(parts)), got)
}

// memberRules are the contract's rules of the members that are texts.
var memberRules = [webhook]func(string) error{
	identity: func(s string) error {
		if s == "" {
			return &validate.Error{Code: validate.CodeRequired, Offset: -1}
		}
		return validate.Text(s)
	},
	friendlyName: validate.Text,
	attributes:   validate.Attributes,
	roleSID:      func(s string) error { return validate.SID("RL", s) },
}

// checkIssues returns the issues of a request: those of each member by its rule,
// and then those of the unknown names.
func checkIssues(t *testing.T, parts []any) (list []issue) {
	t.Helper()
	for i, p := range parts[:requestMembers] {
		list = append(list, memberIssues(i, p)...)
	}
	if typeIssues(parts) == nil && parts[identity] != null {
		r := requestOf(parts)
		diff(t, "CreateRequest.Validate", list, coreIssues(r.Validate()))
	}
	for _, p := range parts[requestMembers:] {
		list = append(list, nameIssue(p.(string)))
	}
	return list
}

func memberIssues(member int, part any) []issue {
	name := requestNames[member]
	s, isText := part.(string)
	switch {
	case part == absent && member != identity, part == isTrue && member == webhook, part == isFalse && member == webhook:
		return nil
	case part == null:
		return []issue{{name, "null", "", -1, ""}}
	case member == webhook:
		return []issue{{name, "type", "boolean", -1, ""}}
	case part == object && member == attributes:
		return []issue{{name, "type", "string", -1, "not_stringified"}}
	case !isText && part != absent:
		return []issue{{name, "type", "string", -1, ""}}
	}
	list := coreIssues(memberRules[member](s))
	for i := range list {
		list[i].field = name
	}
	return list
}

// typeIssues returns the issues of members that have the wrong type.
func typeIssues(parts []any) (list []issue) {
	for i, p := range parts[:requestMembers] {
		for _, found := range memberIssues(i, p) {
			if found.code == "type" {
				list = append(list, found)
			}
		}
	}
	return list
}

// nameIssue returns the issue of an unknown name, that of the parser of forms.
func nameIssue(name string) issue {
	want := issue{"", "unknown", "", -1, ""}
	_, err := encode.ParseForm(url.QueryEscape(name) + "=")
	if e, ok := err.(*validate.Error); ok && e.Code == validate.CodeUnknown {
		want.field, want.want = e.Field, e.Want
	}
	return want
}

// requestOf returns the request of parts that have the right types.
func requestOf(parts []any) (r user.CreateRequest) {
	r.Identity, _ = parts[identity].(string)
	r.FriendlyName = optOf[string](parts[friendlyName])
	r.Attributes = optOf[user.Attributes](parts[attributes])
	r.RoleSID = optOf[user.RoleSID](parts[roleSID])
	switch parts[webhook] {
	case null:
		r.WebhookEnabled = user.Null[bool]()
	case isTrue:
		r.WebhookEnabled = user.Some(true)
	case isFalse:
		r.WebhookEnabled = user.Some(false)
	}
	return r
}

func optOf[T stringValue](part any) user.Opt[T] {
	if s, ok := part.(string); ok {
		return user.Some(T(s))
	}
	if part == null {
		return user.Null[T]()
	}
	return user.Opt[T]{}
}

func (k call) checkAdvice(t *testing.T, c *client, parts []any, got reply) {
	t.Helper()
	if list := typeIssues(parts); list != nil {
		k.same(t, got, reply{issues: list})
		return
	}
	r := requestOf(parts)
	var wantKinds []description
	var wantOffsets []int32
	for _, a := range r.Advise() {
		wantKinds = append(wantKinds, description{field: a.Field, code: string(a.Code), message: a.Message() + "; " + a.Remedy(), basis: a.Source, server: int32(a.Server)})
		wantOffsets = append(wantOffsets, int32(a.Offset))
	}
	list, offsets := c.advice(got)
	diff(t, "advice", wantKinds, list)
	diff(t, "offsets", wantOffsets, offsets)
	diff(t, "issues", reply{}.issues, got.issues)
}

func (k call) checkWritten(t *testing.T, parts []any, got reply) {
	t.Helper()
	if list := checkIssues(t, parts); list != nil {
		k.same(t, got, reply{issues: list})
		return
	}
	r := requestOf(parts)
	text, err := encode.AppendForm(nil, &r)
	if k.o == opEncodeRequest {
		text, err = encode.AppendRequest(nil, &r, k.options())
	}
	if err != nil {
		t.Fatal(err)
	}
	k.same(t, got, reply{text: string(text)})
}

// options returns the options of the flags, by their numbers in ABI.md.
func (k call) options() (o encode.Option) {
	if k.flags&1 != 0 {
		o |= encode.AllowUnknown
	}
	if k.flags&4 != 0 {
		o |= encode.HTMLSafe
	}
	return o
}

func (k call) checkRequest(t *testing.T, got reply, parse func(string, ...encode.Option) (user.CreateRequest, error), body any) {
	t.Helper()
	r, err := parse(body.(string), k.options())
	if err != nil {
		k.same(t, got, reply{issues: coreIssues(err), inBody: true})
		return
	}
	var want []issue
	if k.flags&2 != 0 {
		want = coreIssues(r.Validate())
	}
	diff(t, "issues", want, got.issues)
	diff(t, "request", r, got.request(t))
	if got.inBody {
		t.Errorf("%+v: offsets in the body", k)
	}
}

func (k call) checkUser(t *testing.T, got reply, text string) {
	t.Helper()
	u, err := encode.ParseUser(text)
	issues := coreIssues(err)
	switch {
	case err != nil && k.o != opParseUser:
		issues[0].offset = -1
		k.same(t, got, reply{issues: issues})
	case err != nil:
		k.same(t, got, reply{issues: issues, inBody: true})
	case k.o == opParseUser:
		diff(t, "user", newParsedUser(t, u), got.user(t))
		diff(t, "issues", issues, got.issues)
	case k.o == opValidateUser:
		k.same(t, got, reply{issues: coreIssues(u.Validate())})
	default:
		want, err := encode.AppendUser(nil, &u, k.options())
		if err != nil {
			t.Fatal(err)
		}
		k.same(t, got, reply{text: string(want)})
	}
}

// sidIssues returns the issues of a SID, or that of an unknown prefix.
func sidIssues(prefix string, part any) []issue {
	switch prefix {
	case "AC", "IS", "RL", "US":
		return ruleIssues(part, func(s string) error { return validate.SID(prefix, s) })
	}
	return []issue{{"", "prefix", "known_prefix", -1, ""}}
}

// ruleIssues returns the issues of a single value.
func ruleIssues(part any, rule func(string) error) []issue {
	switch part := part.(type) {
	case string:
		return coreIssues(rule(part))
	case int32:
		if part == absent {
			return []issue{{"", "required", "", -1, ""}}
		}
		if part == null {
			return []issue{{"", "null", "", -1, ""}}
		}
	}
	return []issue{{"", "type", "string", -1, ""}}
}

// A seed is a call of a client.
type seed struct {
	o, flags int32
	parts    []any
}

// seeds returns calls with the inputs of every vector.
func seeds(f testing.TB) (list []seed) {
	f.Helper()
	add := func(o op, flags int32, parts ...any) { list = append(list, seed{o, flags, parts}) }
	for _, s := range texts(f, "encode/testdata/form.json") {
		add(opParseForm, flagAllowUnknown, s)
		add(opParseForm, flagValidate, s)
		add(opParseForms, flagValidate, s, s, "Identity=a", s)
	}
	for _, s := range texts(f, "encode/testdata/request.json") {
		add(opParseRequest, flagAllowUnknown, s)
		add(opParseRequest, flagValidate, s)
		add(opEncodeForm, flagJSON, s, isTrue)
		add(opAdviseRequest, flagJSON, s)
	}
	for _, s := range texts(f, "encode/testdata/user.json") {
		add(opParseUser, 0, s)
		add(opEncodeUser, flagHTMLSafe, s)
		add(opValidateUser, 0, s)
	}
	for _, s := range texts(f, "encode/testdata/apierror.json") {
		add(opParseError, 0, int32(409), "application/json", s)
		add(opParseResponse, 0, int32(409), "application/json", s)
	}
	for _, s := range texts(f, "encode/testdata/response.json", "encode/testdata/user.json") {
		add(opParseResponse, 0, int32(201), "application/json", s)
		add(opParseResponse, 0, int32(200), "", s)
	}
	for _, s := range texts(f, "validate/testdata/sid.json") {
		add(opValidateSID, 0, "RL", s)
		add(opValidateRequest, 0, "a", absent, absent, s, isTrue)
	}
	for _, s := range texts(f, "validate/testdata/attributes.json", "validate/testdata/advice.json") {
		add(opValidateAttributes, 0, s)
		add(opAdviseRequest, 0, s, absent, s, absent, absent)
	}
	for _, s := range texts(f, "validate/testdata/text.json") {
		add(opEncodeForm, 0, s, s, goodAttributes, goodRole, isFalse)
		add(opEncodeRequest, flagHTMLSafe, s, null, absent, absent, absent, s)
	}
	return list
}

// texts returns the inputs of tables, whose rows have different members besides.
func texts(f testing.TB, tables ...string) (list []string) {
	f.Helper()
	for _, table := range tables {
		for _, row := range vectors.Load[json.RawMessage](f, table) {
			var v struct{ vectors.Text }
			if err := json.Unmarshal(row, &v); err != nil {
				f.Fatalf("%s: %v", table, err)
			}
			list = append(list, v.String())
		}
	}
	return list
}
