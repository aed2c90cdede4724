package fuzz_test

import (
	"errors"
	"testing"

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
	peer := newPeer(f)
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
	f.Fuzz(func(t *testing.T, s string, nulls uint16) {
		u := userOf(s, nulls)
		sameViolations(t, userViolations(t, s, nulls), errorsOf(t, u.Validate()))
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

// userViolations returns the violations of userOf by the oracles of its members.
func userViolations(t *testing.T, s string, nulls uint16) (list []violation) {
	t.Helper()
	add := func(i int, v violation, fields ...string) {
		for _, field := range fields {
			if v.field = field; v.code != "" && nulls>>i&1 == 0 {
				list = append(list, v)
			}
		}
	}
	sid := func(prefix string) violation { return sidViolation(sids[prefix], prefix, s) }
	add(0, sid("US"), "sid")
	add(1, sid("AC"), "account_sid")
	add(2, sid("IS"), "chat_service_sid")
	add(3, sid("RL"), "role_sid")
	add(4, utf8Violation(s), "identity", "friendly_name")
	add(5, objectViolation(s), "attributes")
	add(6, ruleViolation(t, s, validate.DateTime, isDateTime), "date_created", "date_updated")
	add(7, ruleViolation(t, s, validate.URI, isURI), "url", "links.user_conversations")
	return list
}

// ruleViolation returns the violation that a rule finds, and asserts that there is
// one if an oracle says so. FuzzDateTime and FuzzURI test its offset.
func ruleViolation(t *testing.T, s string, rule func(string) error, valid func(string) bool) violation {
	t.Helper()
	err := rule(s)
	if (err == nil) != valid(s) {
		t.Errorf("%q: %v", s, err)
	}
	return violationOf(t, err)
}
