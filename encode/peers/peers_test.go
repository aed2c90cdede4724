package peers

import (
	"slices"
	"strings"
	"testing"
)

// TestSameAnswers checks that every contender gives convuser's answer on every
// input that is timed, and that none writes to its input.
func TestSameAnswers(t *testing.T) {
	for _, op := range Operations() {
		for _, in := range Inputs(false) {
			if !op.On(in) {
				continue
			}
			for i := range op.Contenders {
				c := &op.Contenders[i]
				if err := op.Check(c, in); err != nil {
					t.Errorf("%s: %s: %v", op.Name, c.Name, err)
				}
				for i := range in.Docs {
					if in.Docs[i].Text != string(in.Docs[i].Bytes) {
						t.Fatalf("%s: %s: wrote to the input", op.Name, c.Name)
					}
				}
			}
		}
	}
}

// TestInputs checks the inputs against their names.
func TestInputs(t *testing.T) {
	for _, in := range Inputs(false) {
		if in.Size > 1<<10 {
			kb := (in.Size + 1023) / 1024
			if !strings.HasPrefix(in.Name, map[int]string{4: "4 KB", 64: "64 KB", 1024: "1 MB"}[kb]) {
				t.Errorf("%s: %d bytes of Attributes", in.Name, in.Size)
			}
		}
		if strings.Contains(in.Name, "escape-dense") && strings.Count(in.Plain.Attributes, `\`) < in.Size/6 {
			t.Errorf("%s: %d backslashes in %d bytes", in.Name, strings.Count(in.Plain.Attributes, `\`), in.Size)
		}
		if n := len(in.Docs); n != len(in.Users) || n != len(in.Models) || n != len(in.Pointers) {
			t.Errorf("%s: %d documents, %d users", in.Name, n, len(in.Users))
		}
	}
}

// TestWrongAnswers checks that a contender with another answer is detected.
func TestWrongAnswers(t *testing.T) {
	in := newInput("small", "", documentedAttributes)
	other := newInput("other", "", `{}`)
	for _, op := range Operations() {
		wrong := Contender{"wrong", func(*Input) Call {
			if op.Contenders[0].Prepare(in).Answer == nil {
				return Call{Run: func() error { return errInvalid }}
			}
			return op.Contenders[0].Prepare(other)
		}}
		if op.Check(&wrong, in) == nil {
			t.Errorf("%s: another answer passed", op.Name)
		}
	}
}

// TestNotes runs the probes: convuser has no note, and some peers have notes
// that are known. go test -v prints all of them.
func TestNotes(t *testing.T) {
	known := map[string]string{
		"validate request/validator/v10":        "Identity that is not UTF-8",
		"form append/url.Values":                "accepts invalid UTF-8",
		"form parse/url.ParseQuery":             "repeated names",
		"form parse/fasthttp.Args (views)":      overwritten,
		"User to JSON/encoding/json":            "replaces invalid UTF-8",
		"User to JSON/Go SDK's model":           "drops null members",
		"JSON to User/encoding/json":            "folds the case of names",
		"JSON to User/encoding/json (pointers)": "cannot tell null from absent",
		"JSON to User/fastjson":                 overwritten,
		"Attributes check/json.Valid":           "an array",
		"Attributes check/jsontext.IsValid":     "an array",
	}
	for _, op := range Operations() {
		for i := range op.Contenders {
			c := &op.Contenders[i]
			notes := op.Notes(c)
			t.Logf("%s: %s: %s", op.Name, c.Name, strings.Join(notes, "; "))
			if i == 0 && len(notes) > 0 {
				t.Errorf("%s: convuser differs from itself: %q", op.Name, notes)
			}
			key := op.Name + "/" + c.Name
			if want, ok := known[key]; ok {
				if !slices.ContainsFunc(notes, func(note string) bool { return strings.Contains(note, want) }) {
					t.Errorf("%s: %q not found in %q", key, want, notes)
				}
				delete(known, key)
			}
		}
	}
	if len(known) > 0 {
		t.Errorf("no such contenders: %v", known)
	}
}

// TestLimits checks what the scans count.
func TestLimits(t *testing.T) {
	for _, s := range []string{"", "abc", "a\"b\\c\x00é", strings.Repeat("plain text ", 20), "12345678\"2345678"} {
		want := 0
		for i := range len(s) {
			if strings.IndexByte("\"\\\x00", s[i]) >= 0 || s[i] >= 0x80 {
				want++
			}
		}
		if a, b := scanBytes(nil, []byte(s)), scanTable(nil, []byte(s)); a != want || b != want {
			t.Errorf("%q: %d and %d, want %d", s, a, b, want)
		}
		if n := scanWords(nil, []byte(s)); (n > 0) != (want > 0) {
			t.Errorf("%q: words %d, want %d", s, n, want)
		}
	}
}

// TestLossless fixes which contenders are lossless.
func TestLossless(t *testing.T) {
	lossless := map[string]string{
		"validate request": "convuser, by hand, validator/v10, ogen + jx, kin-openapi, jsonschema/v6",
		"form append":      "convuser, url.Values, QueryEscape + append, form/v4, gorilla/schema, fasthttp.Args, ogen",
		"form parse":       "convuser, url.ParseQuery, form/v4, gorilla/schema, fasthttp.Args",
		"User to JSON":     "convuser, jx, ogen",
		"JSON to User":     "convuser, jx, jx (views), ogen, jsonparser",
	}
	for _, op := range Operations() {
		want, ok := lossless[op.Name]
		if !ok {
			continue
		}
		var names []string
		for i := range op.Contenders {
			if op.Lossless(&op.Contenders[i]) {
				names = append(names, op.Contenders[i].Name)
			}
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("%s: %s, want %s", op.Name, got, want)
		}
	}
}
