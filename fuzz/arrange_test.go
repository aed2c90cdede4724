package fuzz_test

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/validate"
)

// unknownMembers are not known to any parser. Their names are close to known ones, their values
// of every kind, and some contain what a parser must not take for a member.
var unknownMembers = []member{
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

// randomOf returns a source of numbers that depends on s alone, so that a failure
// repeats.
func randomOf(s string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// topMembers returns the members of the outer object, with those of an inner one
// in it.
func topMembers(t *testing.T, list []member) (top []member) {
	t.Helper()
	for _, m := range list {
		if outer, _, inner := strings.Cut(m.known, "."); inner {
			last := &top[len(top)-1]
			if last.name != outer {
				t.Fatalf("%+v follows %+v", m, last)
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

// shuffled returns the members in reverse order and in a random one, which a parser
// that expects them in the documented order must read too.
func shuffled(random *rand.Rand, list []member) [][]member {
	reversed, mixed := slices.Clone(list), slices.Clone(list)
	slices.Reverse(reversed)
	random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return [][]member{reversed, mixed}
}

// injected returns the members with unknown ones among them.
func injected(random *rand.Rand, list []member) []member {
	list = slices.Clone(list)
	for range 1 + random.IntN(4) {
		list = slices.Insert(list, random.IntN(len(list)+1), unknownMembers[random.IntN(len(unknownMembers))])
	}
	return list
}

// repeating returns the members with a known one repeated, and the violation, or nil
// if none is known: a parser must not take a member that it has read for the one
// that it expects.
func repeating(t *testing.T, random *rand.Rand, list []member, known schema) (members []member, want violation) {
	t.Helper()
	members = slices.Clone(list)
	random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	for i, m := range members {
		if _, ok := known[m.name]; ok {
			at := i + 1 + random.IntN(len(members)-i)
			members = slices.Insert(members, at, m)
			return members, violation{validate.CodeRepeated, offsetIn(t, members, at), m.name}
		}
	}
	return nil, violation{}
}

// offsetIn returns where a member starts in the object that has them all.
func offsetIn(t *testing.T, members []member, i int) int {
	t.Helper()
	if i == 0 {
		return len("{")
	}
	return len(object(t, members[:i])) // the comma is in the place of its brace
}

// unknownTo returns the names and values of unknown members.
func unknownTo(list []member, known schema) (others []string) {
	for _, m := range list {
		if _, ok := known[m.name]; !ok {
			others = append(others, m.name, m.raw)
		}
	}
	return others
}

// TestOrdersOfMembers parses every three known members in every order, and with one
// of them repeated.
func TestOrdersOfMembers(t *testing.T) {
	t.Run("user", func(t *testing.T) {
		orders(t, userSchema, func(s string) (map[string]any, error) {
			u, err := encode.ParseUser(s)
			return userValues(&u), err
		})
	})
	t.Run("request", func(t *testing.T) {
		orders(t, requestSchema, func(s string) (map[string]any, error) {
			r, err := encode.ParseRequest(s)
			values := map[string]any{}
			for name, v := range formValues(&r) {
				values[name] = v[0]
			}
			return values, err
		})
	})
}

func orders(t *testing.T, known schema, parse func(string) (map[string]any, error)) {
	t.Helper()
	for a := range known {
		for b := range known {
			for c := range known {
				if a == b || b == c || c == a {
					continue
				}
				list := []member{sampleMember(a, known), sampleMember(b, known), sampleMember(c, known)}
				got, err := parse(object(t, list))
				if want := (map[string]any{a: sampleValue(a, known), b: sampleValue(b, known), c: sampleValue(c, known)}); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %v, %v", object(t, list), got, err)
				}
				for _, again := range list {
					members := append(slices.Clone(list), again)
					_, err := parse(object(t, members))
					expectParsed(t, object(t, members), err, violation{validate.CodeRepeated, offsetIn(t, members, len(list)), again.name})
				}
			}
		}
	}
}

// sampleMember returns a member with a valid value.
func sampleMember(name string, known schema) member {
	raw, err := json.Marshal(sampleValue(name, known))
	if err != nil {
		panic(err)
	}
	return member{name: name, raw: string(raw)}
}

func sampleValue(name string, known schema) any {
	switch known[name][0] {
	case '"':
		return "value of " + name
	case 't':
		return true
	}
	return map[string]any{}
}
