package httpwire

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/convuser/convuser/user"
)

// TestAgrees: the members that a request has are compared, and no others.
func TestAgrees(t *testing.T) {
	role := user.RoleSID("RL" + strings.Repeat("a", 32))
	u := user.User{
		Identity: user.Some("alice"), FriendlyName: user.Some("Alice"),
		Attributes: user.Some(user.Attributes(`{"a":1,"b":2}`)), RoleSID: user.Some(role),
	}
	bare := user.User{Identity: user.Some("alice"), FriendlyName: user.Null[string]()}
	full := user.CreateRequest{Identity: "alice", FriendlyName: u.FriendlyName, Attributes: u.Attributes, RoleSID: u.RoleSID, WebhookEnabled: user.Some(true)}
	for _, c := range []struct {
		name   string
		u      user.User
		change func(*user.CreateRequest)
		want   bool
	}{
		{"the same", u, func(*user.CreateRequest) {}, true},
		{"identity alone", u, func(r *user.CreateRequest) { *r = user.CreateRequest{Identity: "alice"} }, true},
		{"identity", u, func(r *user.CreateRequest) { r.Identity = "Alice" }, false},
		{"friendly name", u, func(r *user.CreateRequest) { r.FriendlyName = user.Some("alice") }, false},
		{"empty friendly name", u, func(r *user.CreateRequest) { r.FriendlyName = user.Some("") }, false},
		{"attributes", u, func(r *user.CreateRequest) { r.Attributes = user.Some(user.Attributes(`{"a":1}`)) }, false},
		{"order of attributes", u, func(r *user.CreateRequest) { r.Attributes = user.Some(user.Attributes(` {"b":2, "a":1}`)) }, true},
		{"role", u, func(r *user.CreateRequest) { r.RoleSID = user.Some("RL" + role[3:] + "b") }, false},
		{"case of the role", u, func(r *user.CreateRequest) {
			r.RoleSID = user.Some("RL" + user.RoleSID(strings.ToUpper(string(role[2:]))))
		}, true},
		{"no identity", user.User{}, func(r *user.CreateRequest) { *r = user.CreateRequest{} }, false},
		{"no role", bare, func(r *user.CreateRequest) { *r = user.CreateRequest{Identity: "alice", RoleSID: u.RoleSID} }, false},
		{"empty for none", bare, func(r *user.CreateRequest) {
			*r = user.CreateRequest{Identity: "alice", FriendlyName: user.Some(""), Attributes: user.Some(user.Attributes("{ }"))}
		}, true},
	} {
		r := full
		c.change(&r)
		if got := agrees(&c.u, &r); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestSameJSON(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{}`, ` { } `, true},
		{`{"a":1,"b":[true,false,null,"x"]}`, `{"b": [true, false, null, "\u0078"], "a": 1.0}`, true},
		{`{"a":1}`, `{"A":1}`, false},
		{`{"a":1}`, `{"a":1,"b":null}`, false},
		{`{"a":null}`, `{"b":null}`, false},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{`{"a":[1]}`, `{"a":[1,1]}`, false},
		{`{"a":{}}`, `{"a":[]}`, false},
		{`{"a":1}`, `{"a":"1"}`, false},
		{`{"a":"1"}`, `{"a":1}`, false},
		{`{"a":{}}`, `{"a":null}`, false},
		{`{"a":null}`, `{"a":{}}`, false},
		{`{"a":[]}`, `{"a":1}`, false},
		{`{"a":true}`, `{"a":false}`, false},
		{`{"a":"\/\u00e9\ud83d\ude00"}`, `{"a":"/é😀"}`, true},
		{`{"a":1,"a":2}`, `{"a":2}`, true},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{`{"a":9007199254740993}`, `{"a":9007199254740993.0}`, true},
		{`{"a":1e999999999}`, `{"a":10e999999998}`, true},
		{`{"a":1e9999999999}`, `{"a":10e9999999998}`, false}, // an exponent that is too long
		{`{"a":1e9999999999}`, `{"a": 1e9999999999}`, true},
		{`{"a":1`, `{"a":1`, true},
		{`{"a":1}x`, `{"a":1}`, false},
		{`{"a":1}`, `{"a":1} {}`, false},
		{`{`, `{}`, false},
		{``, `{}`, false},
	} {
		if got := sameJSON(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %t", c.a, c.b, got)
		}
	}
	deep := strings.Repeat(`{"a":`, 9999) + "{}" + strings.Repeat("}", 9999)
	if !sameJSON(deep, " "+deep) {
		t.Error("ten thousand deep")
	}
}

// TestDecimal: two numbers have the same normal form exactly if they are equal in
// package math/big.
func TestDecimal(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	number := func() string {
		s := []string{"", "-"}[random.IntN(2)] + []string{"0", "1", "10", "12", "100", "120"}[random.IntN(6)]
		s += []string{"", ".0", ".00", ".1", ".10", ".01", ".012", ".120"}[random.IntN(8)]
		return s + []string{"", "e0", "E1", "e+1", "e-1", "e2", "e-02", "E+003"}[random.IntN(8)]
	}
	equal := 0
	for range 20_000 {
		a, b := number(), number()
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		if !okX || !okY {
			t.Fatal(a, b)
		}
		same := x.Cmp(y) == 0
		if same {
			equal++
		}
		if (decimal(a) == decimal(b)) != same {
			t.Errorf("%s is %s, %s is %s", a, decimal(a), b, decimal(b))
		}
	}
	if equal < 100 {
		t.Errorf("only %d pairs are equal", equal)
	}
}
