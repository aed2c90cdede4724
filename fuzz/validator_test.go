package fuzz_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
	"github.com/convuser/convuser/validate/validatorv10"
)

// newPeer returns a validator/v10 with the rules of plainRequest.
func newPeer(tb testing.TB) *validator.Validate {
	tb.Helper()
	v := validator.New(validator.WithRequiredStructEnabled())
	for tag, ok := range map[string]func(string) bool{
		"role":   sids["RL"].MatchString,
		"object": func(s string) bool { return json.Valid([]byte(s)) && s[0] == '{' },
	} {
		if err := v.RegisterValidation(tag, func(f validator.FieldLevel) bool { return ok(f.Field().String()) }); err != nil {
			tb.Fatal(err)
		}
	}
	return v
}

// oracleDifferences are the known differences between the two verdicts on a field:
// which of the two rejects it by which rule, in how many requests, and whether the
// rule applies to a request.
var oracleDifferences = []struct {
	rule    string
	count   int
	applies func(r *user.CreateRequest) bool
}{
	{"FriendlyName: core null", 5046, func(r *user.CreateRequest) bool { return r.FriendlyName.IsNull() }},
	{"Attributes: core null", 5169, func(r *user.CreateRequest) bool { return r.Attributes.IsNull() }},
	{"RoleSid: core null", 4938, func(r *user.CreateRequest) bool { return r.RoleSID.IsNull() }},
	{"X-Twilio-Webhook-Enabled: core null", 4916, func(r *user.CreateRequest) bool { return r.WebhookEnabled.IsNull() }},
	{"Identity: core utf8", 6035, func(r *user.CreateRequest) bool { return !utf8.ValidString(r.Identity) }},
	{"FriendlyName: core utf8", 4318, func(r *user.CreateRequest) bool { return !utf8.ValidString(r.FriendlyName.Or("")) }},
	{"Attributes: core utf8", 455, func(r *user.CreateRequest) bool { return !utf8.ValidString(attributesOf(r)) }},
	{"Attributes: core surrogate", 694, func(r *user.CreateRequest) bool { return replaces(attributesOf(r)) }},
	// The first byte of an object may be white space.
	{"Attributes: peer object", 15004, func(r *user.CreateRequest) bool {
		return strings.HasPrefix(strings.TrimLeft(attributesOf(r), " \t\r\n"), "{")
	}},
}

func attributesOf(r *user.CreateRequest) string { return string(r.Attributes.Or("")) }

// replaces reports whether encoding/json reads U+FFFD in s, as it does for an
// unpaired surrogate.
func replaces(s string) bool {
	for d := json.NewDecoder(strings.NewReader(s)); ; {
		token, err := d.Token()
		if err != nil {
			return false
		}
		if text, ok := token.(string); ok && strings.Contains(text, "\ufffd") {
			return true
		}
	}
}

// TestValidatorOracle compares the core's verdict on each field of 100,000
// random requests with that of validator/v10 by rules that share no code with the
// core, and the errors of package validatorv10 with the core's.
func TestValidatorOracle(t *testing.T) {
	const requests = 100_000
	random := rand.New(rand.NewPCG(6, 3))
	peer, adapter := newPeer(t), validator.New()
	if err := validatorv10.Register(adapter); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	verdicts := map[string]int{}
	for range requests {
		r := randomRequest(random)
		core, _ := errors.AsType[validate.Errors](r.Validate())
		p := plainOf(&r)
		theirs, _ := errors.AsType[validator.ValidationErrors](peer.Struct(&p))
		verdicts[verdict(core == nil)+" "+verdict(theirs == nil)]++
		for _, rule := range disagreements(core, theirs) {
			got[rule]++
			checkRule(t, rule, &r)
		}
		sameErrors(t, adapter, &r, core)
		if t.Failed() {
			t.Fatalf("%+v", r)
		}
	}
	want := map[string]int{}
	for _, d := range oracleDifferences {
		want[d.rule] = d.count
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules in which core and validator/v10 differ: -want +got:\n%s", diff)
	}
	wantVerdicts := map[string]int{"good good": 32_129, "bad bad": 43_060, "bad good": 15_499, "good bad": 9_312}
	if diff := cmp.Diff(wantVerdicts, verdicts); diff != "" {
		t.Errorf("verdicts, core and validator/v10: -want +got:\n%s", diff)
	}
}

func verdict(good bool) string {
	if good {
		return "good"
	}
	return "bad"
}

// disagreements returns each field that only one of the two rejects, with its rule.
func disagreements(core validate.Errors, theirs validator.ValidationErrors) (all []string) {
	fields := map[string]bool{}
	for _, e := range theirs {
		fields[e.Field()] = true
	}
	for _, e := range core {
		if !fields[e.Field] {
			all = append(all, e.Field+": core "+string(e.Code))
		}
		delete(fields, e.Field)
	}
	for _, e := range theirs {
		if fields[e.Field()] {
			all = append(all, e.Field()+": peer "+e.Tag())
		}
	}
	return all
}

// checkRule fails if the rule is not in the table or does not apply.
func checkRule(t *testing.T, rule string, r *user.CreateRequest) {
	for _, d := range oracleDifferences {
		if d.rule == rule {
			if !d.applies(r) {
				t.Errorf("%s: the rule does not apply", rule)
			}
			return
		}
	}
	t.Errorf("%s: not a known difference", rule)
}

// sameErrors compares the adapter's errors with the core's, for the request in
// another struct.
func sameErrors(t *testing.T, adapter *validator.Validate, r *user.CreateRequest, core validate.Errors) {
	type outer struct{ *user.CreateRequest }
	got, _ := errors.AsType[validator.ValidationErrors](adapter.Struct(outer{r}))
	if len(got) != len(core) {
		t.Errorf("adapter: %d errors, core: %d", len(got), len(core))
		return
	}
	for i, e := range got {
		c := core[i]
		if e.Field() != c.Field || e.Tag() != validatorv10.TagPrefix+string(c.Code) || e.Param() != strconv.Itoa(c.Offset) || e.Value() != nil {
			t.Errorf("adapter: %s %s %s, core: %v", e.Field(), e.Tag(), e.Param(), c)
		}
	}
}

// randomRequest returns a request whose fields are mostly valid or nearly so:
// random bytes would always have the same early violation.
func randomRequest(random *rand.Rand) user.CreateRequest {
	r := user.CreateRequest{
		FriendlyName:   randomOpt(random, randomText(random, "Ann Example", "", "日本", "a\u0000b")),
		Attributes:     randomOpt(random, user.Attributes(randomObject(random))),
		RoleSID:        randomOpt(random, user.RoleSID(randomRole(random))),
		WebhookEnabled: randomOpt(random, random.IntN(2) == 0),
	}
	if random.IntN(20) > 0 {
		r.Identity = randomText(random, "ann", "ann@example.com", "é", "\U0001F600")
	}
	return r
}

func randomOpt[T user.Value](random *rand.Rand, v T) user.Opt[T] {
	switch n := random.IntN(20); {
	case n == 0:
		return user.Null[T]()
	case n < 4:
		return user.Opt[T]{}
	}
	return user.Some(v)
}

// randomText returns one of the texts, one time in eight with a change.
func randomText(random *rand.Rand, texts ...string) string {
	s := texts[random.IntN(len(texts))]
	if random.IntN(8) > 0 {
		return s
	}
	return mutate(random, s, "x", "\xff", "\xc3", "\xed\xa0\x80", "é", "\n", "\x00")
}

func randomRole(random *rand.Rand) string {
	const digits = "0123456789abcdefABCDEF"
	b := []byte("RL")
	for range 32 {
		b = append(b, digits[random.IntN(len(digits))])
	}
	if random.IntN(5) > 0 {
		return string(b)
	}
	return mutate(random, string(b), "g", "0", "\n", "é", "\xff", "rl", "US", "")
}

func randomObject(random *rand.Rand) string {
	if random.IntN(2000) == 0 { // at the limit of depth, and one beyond
		n := 9_999 + random.IntN(2)
		return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}"
	}
	objects := []string{
		"{}", `{"a":1}`, ` {"a":[true,null,-1.5e3]} `, `{"a":"\ud83d\ude00"}`, `{"é":{"b":"c"}}`, "\t{\n}", `{"a":"x","a":"y"}`,
		"[]", `"x"`, "1", "null", "", `{"a":"\ud83d"}`, `{"a":"\u00e9"}`,
	}
	s := objects[random.IntN(7)] // a good one
	switch random.IntN(5) {
	case 0:
		s = objects[random.IntN(len(objects))]
	case 1:
	default:
		return s
	}
	return mutate(random, s, `"`, "{", "}", ",", " ", "\xff", `\ud800`, "\ufeff", "\x00", "0", "x", "\n")
}

// mutate inserts one of the pieces into s, replaces a byte by it, or cuts s.
func mutate(random *rand.Rand, s string, pieces ...string) string {
	i := random.IntN(len(s) + 1)
	piece := pieces[random.IntN(len(pieces))]
	switch random.IntN(5) {
	case 0:
		return s[:i]
	case 1:
		return s[:i] + piece + s[min(i+1, len(s)):]
	}
	return s[:i] + piece + s[i:]
}
