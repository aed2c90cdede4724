package fuzz_test

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// strangers are members that nobody knows. Their names are near to known
// ones, their values of every kind, and some of them hold what a parser must
// not take for a member.
var strangers = []member{
	{name: "x", raw: "null"},
	{name: "", raw: `""`},
	{name: "si", raw: `"\u0022,\"sid\":1"`},
	{name: "sids", raw: "-1.5e3"},
	{name: "SID", raw: "true"},
	{name: "identit", raw: `{"identity":{"sid":[1,{"identity":2}]}}`},
	{name: "identity ", raw: `["identity",":",[],{}]`},
	{name: "\u00eddentity", raw: "0"},
	{name: "Identit", raw: "false"},
	{name: "IdentitY", raw: `{"Identity":null,"RoleSid":"RL"}`},
	{name: "RoleSids", raw: `"}"`},
	{name: "link", raw: `{"user_conversations":1}`},
}

// randomOf returns a source of numbers that depends on s alone, so that an
// input fails again.
func randomOf(s string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash takes everything
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// topMembers returns the members of the outer object, those of an inner one
// put back into it.
func topMembers(t *testing.T, list []member) (top []member) {
	t.Helper()
	for _, m := range list {
		if outer, _, inner := strings.Cut(m.known, "."); inner {
			last := &top[len(top)-1]
			if last.name != outer {
				t.Fatalf("%+v stands behind %+v", m, last)
			}
			body := strings.TrimSuffix(last.raw, "}")
			if body != "{" {
				body += ","
			}
			last.raw = body + textOf(t, m) + "}"
			continue
		}
		top = append(top, m)
	}
	return top
}

// textOf returns a member as JSON.
func textOf(t *testing.T, m member) string {
	t.Helper()
	name, err := json.Marshal(m.name)
	if err != nil {
		t.Fatal(err)
	}
	return string(name) + ":" + m.raw
}

// object returns members as a JSON object.
func object(t *testing.T, list []member) string {
	t.Helper()
	var texts []string
	for _, m := range list {
		texts = append(texts, textOf(t, m))
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// shuffled returns the members in the reverse order, and in a random one: a
// parser that guesses which member comes next must not depend on it.
func shuffled(random *rand.Rand, list []member) [][]member {
	reversed, mixed := slices.Clone(list), slices.Clone(list)
	slices.Reverse(reversed)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return [][]member{reversed, mixed}
}

// injected returns the members with some strangers among them.
func injected(random *rand.Rand, list []member) []member {
	list = slices.Clone(list)
	for range 1 + random.IntN(4) {
		list = slices.Insert(list, random.IntN(len(list)+1), strangers[random.IntN(len(strangers))])
	}
	return list
}

// strange returns name and text of each member whose name is not known.
func strange(list []member, known schema) (others []string) {
	for _, m := range list {
		if _, ok := known[m.name]; !ok {
			others = append(others, m.name, m.raw)
		}
	}
	return others
}
