package fuzz_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The states of four members in one byte, two bits each.
const (
	stateAbsent = iota
	stateNull
	stateSet // and all above
	allSet   = 0xff
)

// optIn returns a member in the state that the bits at index i say.
func optIn[T user.Value](states byte, i int, v T) user.Opt[T] {
	switch states >> (2 * i) & 3 {
	case stateAbsent:
		return user.Opt[T]{}
	case stateNull:
		return user.Null[T]()
	}
	return user.Some(v)
}

func FuzzValidate(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/sid.json") {
		f.Add("a", "", "{}", s, byte(allSet))
	}
	for _, s := range seeds(f, "validate/testdata/attributes.json") {
		f.Add("a", "", s, "", byte(stateSet<<2))
	}
	for _, s := range seeds(f, "validate/testdata/text.json") {
		f.Add(s, s, s, s, byte(allSet))
	}
	for _, s := range vectors.SuiteTexts(f, "utf8_flenniken") {
		f.Add(s, s, "{}", "", byte(stateSet))
	}
	for _, s := range asMembers(vectors.SuiteTexts(f, jsonSuite)) {
		f.Add("", "", s, "RL", byte(allSet))
	}
	f.Add("", "a", "null", "rl", byte(stateNull|stateNull<<2|stateNull<<4|stateNull<<6))
	peer := newPeer(f, requestRules)
	f.Fuzz(func(t *testing.T, identity, friendlyName, attributes, role string, states byte) {
		r := user.CreateRequest{
			Identity:       identity,
			FriendlyName:   optIn(states, 0, friendlyName),
			Attributes:     optIn(states, 1, user.Attributes(attributes)),
			RoleSID:        optIn(states, 2, user.RoleSID(role)),
			WebhookEnabled: optIn(states, 3, states == allSet),
		}
		core := errorsOf(t, r.Validate())
		sameViolations(t, requestViolations(&r), core)
		p := plainOf(&r)
		theirs, _ := errors.AsType[validator.ValidationErrors](peer.Struct(&p))
		for _, rule := range disagreements(core, theirs) {
			checkRule(t, rule, &r)
		}
		if t.Failed() {
			t.Logf("%+v: the core %v, validator/v10 %v", r, core, theirs)
		}
	})
}

// errorsOf returns the errors of a Validate method.
func errorsOf(t *testing.T, err error) validate.Errors {
	t.Helper()
	all, ok := errors.AsType[validate.Errors](err)
	if ok != (err != nil) || ok && len(all) == 0 {
		t.Fatalf("%T: %v", err, err)
	}
	return all
}

// sameViolations compares violations, in their order.
func sameViolations(t *testing.T, want []violation, core validate.Errors) {
	t.Helper()
	var got []violation
	for _, e := range core {
		got = append(got, violation{e.Code, e.Offset, e.Field})
	}
	same(t, "violations", want, got)
}

// requestViolations returns the violations of a request by the oracles of its
// fields.
func requestViolations(r *user.CreateRequest) (list []violation) {
	add := func(field string, f violation) {
		if f.code != "" {
			f.field = field
			list = append(list, f)
		}
	}
	identity := utf8Violation(r.Identity)
	if r.Identity == "" {
		identity = violation{code: validate.CodeRequired, at: -1}
	}
	add("Identity", identity)
	add("FriendlyName", optViolation(r.FriendlyName, utf8Violation))
	add("Attributes", optViolation(r.Attributes, objectViolation))
	add("RoleSid", optViolation(r.RoleSID, func(s string) violation { return sidViolation(sids["RL"], "RL", s) }))
	if r.WebhookEnabled.IsNull() {
		add(user.WebhookHeader, violation{code: validate.CodeNull, at: -1})
	}
	return list
}

// optViolation returns the violation of a member that may be absent but not null.
func optViolation[T interface {
	user.Value
	~string
}](o user.Opt[T], rule func(string) violation) violation {
	s, ok := o.Get()
	switch {
	case ok:
		return rule(string(s))
	case o.IsNull():
		return violation{code: validate.CodeNull, at: -1}
	}
	return violation{}
}

// peerUser is the user of a response for validator/v10. Every member may be
// missing.
type peerUser struct {
	Sid            *string `validate:"omitnil,len=34,startswith=US,sid"`
	AccountSid     *string `validate:"omitnil,len=34,startswith=AC,sid"`
	ChatServiceSid *string `validate:"omitnil,len=34,startswith=IS,sid"`
	RoleSid        *string `validate:"omitnil,len=34,startswith=RL,sid"`
	Text           *string `validate:"omitnil,utf8"`
	Attributes     *string `validate:"omitnil,attributes"`
	Date           *string `validate:"omitnil,date"`
	URL            *string `validate:"omitnil,uri3986"`
}

// userRules are the rules of a user by the oracles.
var userRules = map[string]func(string) bool{
	"sid": func(s string) bool {
		for _, re := range sids {
			if re.MatchString(s) {
				return true
			}
		}
		return false
	},
	"utf8":       utf8.ValidString,
	"attributes": func(s string) bool { return objectViolation(s).code == "" },
	"date":       isDateTime,
	"uri3986":    isURI,
}

// FuzzValidateUser sets every member to the same text, or to null if its bit is
// set.
func FuzzValidateUser(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/sid.json", "validate/testdata/attributes.json", "validate/testdata/text.json",
		"validate/testdata/datetime.json", "validate/testdata/uri.json") {
		f.Add(s, uint16(0))
	}
	for _, s := range vectors.SuiteTexts(f, "fmt_datetime", "utf8_flenniken") {
		f.Add(s, uint16(0))
	}
	f.Add("\xff", ^uint16(0))
	peer := newPeer(f, userRules)
	f.Fuzz(func(t *testing.T, s string, nulls uint16) {
		u := userOf(s, nulls)
		var p peerUser
		for i, member := range []**string{&p.Sid, &p.AccountSid, &p.ChatServiceSid, &p.RoleSid, &p.Text, &p.Attributes, &p.Date, &p.URL} {
			if nulls>>i&1 == 0 {
				*member = &s
			}
		}
		theirs, _ := errors.AsType[validator.ValidationErrors](peer.Struct(&p))
		var want []string
		for _, e := range theirs {
			want = append(want, peerFields[e.Field()]...)
		}
		var got []string
		for _, e := range errorsOf(t, u.Validate()) {
			got = append(got, e.Field)
			same(t, e.Field, fieldViolation(e.Field, s), violation{e.Code, e.Offset, e.Field})
		}
		same(t, "fields with a violation", inOrder(want), got)
	})
}

// userOf returns a user whose texts are s, or null where the bit is set.
func userOf(s string, nulls uint16) user.User {
	text := func(i int) user.Opt[string] { return nullOr(nulls, i, s) }
	return user.User{
		SID:            nullOr(nulls, 0, user.UserSID(s)),
		AccountSID:     nullOr(nulls, 1, user.AccountSID(s)),
		ChatServiceSID: nullOr(nulls, 2, user.ChatServiceSID(s)),
		RoleSID:        nullOr(nulls, 3, user.RoleSID(s)),
		Identity:       text(4),
		FriendlyName:   text(4),
		Attributes:     nullOr(nulls, 5, user.Attributes(s)),
		DateCreated:    nullOr(nulls, 6, user.DateTime(s)),
		DateUpdated:    nullOr(nulls, 6, user.DateTime(s)),
		URL:            text(7),
		Links:          user.Some(user.Links{UserConversations: text(7)}),
	}
}

func nullOr[T user.Value](nulls uint16, i int, v T) user.Opt[T] {
	if nulls>>i&1 != 0 {
		return user.Null[T]()
	}
	return user.Some(v)
}

// peerFields are the wire names of the members that a field of peerUser stands for.
var peerFields = map[string][]string{
	"Sid": {"sid"}, "AccountSid": {"account_sid"}, "ChatServiceSid": {"chat_service_sid"}, "RoleSid": {"role_sid"},
	"Text": {"identity", "friendly_name"}, "Attributes": {"attributes"}, "Date": {"date_created", "date_updated"},
	"URL": {"url", "links.user_conversations"},
}

// inOrder returns fields in the order of a user's members.
func inOrder(fields []string) (ordered []string) {
	for _, name := range append(userMembers(), "links.user_conversations") {
		for _, field := range fields {
			if field == name {
				ordered = append(ordered, name)
			}
		}
	}
	return ordered
}

// fieldViolation returns the violation of a text as a member of a user. The offsets
// in a date or a URI are checked by FuzzDateTime and FuzzURI.
func fieldViolation(field, s string) (f violation) {
	prefixes := map[string]string{"sid": "US", "account_sid": "AC", "chat_service_sid": "IS", "role_sid": "RL"}
	switch field {
	case "attributes":
		f = objectViolation(s)
	case "identity", "friendly_name":
		f = utf8Violation(s)
	case "date_created", "date_updated":
		f = offsetOf(validate.DateTime(s))
	case "url", "links.user_conversations":
		f = offsetOf(validate.URI(s))
	default:
		f = sidViolation(sids[prefixes[field]], prefixes[field], s)
	}
	f.field = field
	return f
}

func offsetOf(err error) violation {
	e, ok := errors.AsType[*validate.Error](err)
	if !ok {
		return violation{}
	}
	return violation{code: e.Code, at: e.Offset}
}
