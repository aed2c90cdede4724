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

// repeating returns the members with one that is known in a second place, which
// is at an offset: of several that a parser knows, it is not to take the one
// that it has read for the one that it expects. It returns nil where none is known.
func repeating(t *testing.T, random *rand.Rand, list []member, known schema) (members []member, want fault) {
	t.Helper()
	members = slices.Clone(list)
	random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	for i, m := range members {
		if _, ok := known[m.name]; ok {
			at := i + 1 + random.IntN(len(members)-i)
			members = slices.Insert(members, at, m)
			return members, fault{validate.CodeRepeated, offsetIn(t, members, at), m.name}
		}
	}
	return nil, fault{}
}

// offsetIn returns where a member starts in the object that has them all.
func offsetIn(t *testing.T, members []member, i int) int {
	t.Helper()
	if i == 0 {
		return len("{")
	}
	return len(object(t, members[:i])) // a comma stands where its brace is
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

// TestOrdersOfMembers has every three known members in every order, and then
// one of them again: a parser that expects the next one must not take it
// unseen, and not twice.
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
					expectParsed(t, object(t, members), err, fault{validate.CodeRepeated, offsetIn(t, members, len(list)), again.name})
				}
			}
		}
	}
}

// sampleMember returns a member with a value that its schema takes.
func sampleMember(name string, known schema) member {
	raw, err := json.Marshal(sampleValue(name, known))
	if err != nil {
		panic(err) // a text, a bool or an empty object
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
