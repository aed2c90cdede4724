package fuzz_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

// jsonFault returns the first fault of a JSON text: what encoding/json says,
// and the documented differences, of which there are two. It takes invalid
// UTF-8 and unpaired surrogate escapes, and puts U+FFFD in their place; the
// house limits refuse them. The third house limit is encoding/json's own: it
// also nests at most 10,000 deep.
func jsonFault(s string) fault {
	return earliest(syntaxFault(s), utf8Fault(s), surrogateFault(s))
}

// syntaxFault returns what encoding/json finds, which reads a byte at a time
// and so stops at the first that no valid text could have there.
func syntaxFault(s string) fault {
	var raw json.RawMessage
	// The newline makes the end of the text a byte with an offset. It is
	// white space behind a value, and refused inside of a string.
	e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(s+"\n"), &raw))
	switch {
	case !ok:
		return fault{}
	case strings.Contains(e.Error(), "max depth"):
		return fault{code: validate.CodeDepth, at: int(e.Offset) - 1}
	}
	return fault{code: validate.CodeJSON, at: int(e.Offset) - 1}
}

// escape matches an escape sequence of JSON. What an unpaired surrogate is
// stands in its group.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}` +
	`|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\(?s:.)`)

// surrogateFault returns the first unpaired surrogate escape. It need not
// know where strings are: a backslash outside of one is a fault before it.
func surrogateFault(s string) fault {
	for _, m := range escape.FindAllStringSubmatchIndex(s, -1) {
		if m[2] >= 0 {
			return fault{code: validate.CodeSurrogate, at: m[2]}
		}
	}
	return fault{}
}

// topFault returns the fault of a text that starts with another value than
// an object, which its first token tells.
func topFault(s string, code validate.Code) fault {
	i := skip(s, 0, "")
	if i < len(s) && s[i] != '{' && startsValue(s[i:]) {
		return fault{code: code, at: i}
	}
	return fault{}
}

// objectFault returns the fault of a text that ought to be one JSON object.
func objectFault(s string) fault {
	return earliest(jsonFault(s), topFault(s, validate.CodeObject))
}

// skip returns the offset behind white space and the other bytes given.
func skip(s string, i int, other string) int {
	return len(s) - len(strings.TrimLeft(s[i:], " \t\r\n"+other))
}

var (
	scalarBytes = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?|true|false|null)`)
	scalar      = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$`)
)

// startsValue reports whether s starts with a token that is or starts a
// value.
func startsValue(s string) bool {
	if s == "" || strings.IndexByte(`"[{`, s[0]) >= 0 {
		return s != ""
	}
	if strings.IndexByte("tfn", s[0]) >= 0 {
		return strings.HasPrefix(s, "true") || strings.HasPrefix(s, "false") || strings.HasPrefix(s, "null")
	}
	return scalar.MatchString(scalarBytes.FindString(s))
}

// A schema gives for each known name the bytes with which its value may
// start; a 0 stands for any number.
type schema map[string]string

// A memberReader reads an object by the tokens of encoding/json.Decoder, up
// to the first fault of its members: of a repeated, unknown or mistyped one.
// It also stops at a fault of the text, which jsonFault knows better.
type memberReader struct {
	s      string
	strict bool
	sub    string // the member whose members are read as well
	subs   schema
	dec    *json.Decoder
	list   []member
	fault  fault
}

// A member is a member as it was read; that of an object in an object has
// the outer name and a point before its name in known.
type member struct{ known, name, raw string }

// read returns the members and the first fault of a text.
func (r *memberReader) read(known schema) ([]member, fault) {
	top := topFault(r.s, validate.CodeType)
	r.dec = json.NewDecoder(strings.NewReader(r.s))
	if top.code == "" {
		r.object("", known)
	}
	return r.list, earliest(jsonFault(r.s), top, r.fault)
}

// object reads an object and reports whether to go on.
func (r *memberReader) object(prefix string, known schema) bool {
	if _, err := r.dec.Token(); err != nil {
		return false
	}
	seen := map[string]bool{}
	for r.dec.More() {
		at := skip(r.s, int(r.dec.InputOffset()), ",")
		token, err := r.dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return false
		}
		want, isKnown := known[name]
		switch {
		case isKnown && seen[name]:
			r.fault = fault{validate.CodeRepeated, at, prefix + name}
			return false
		case jsonFault(r.s[at:r.dec.InputOffset()]).code != "":
			return false // the bytes of a name count before the name does
		case !isKnown && r.strict:
			r.fault = fault{code: validate.CodeUnknown, at: at}
			return false
		}
		if seen[name] = true; !r.member(prefix, name, want) {
			return false
		}
	}
	_, err := r.dec.Token()
	return err == nil
}

// member reads the value of a member that may start with the bytes of want.
func (r *memberReader) member(prefix, name, want string) bool {
	at := skip(r.s, int(r.dec.InputOffset()), ":")
	if at >= len(r.s) {
		return false
	}
	m := member{name: name}
	if want != "" {
		m.known = prefix + name
		if r.fault = kindFault(r.s[at:], want); r.fault.code != "" {
			r.fault.at, r.fault.field = at, m.known
			return false
		}
	}
	if prefix == "" && r.subs != nil && name == r.sub && r.s[at] == '{' {
		m.raw = "{}"
		r.list = append(r.list, m)
		return r.object(name+".", r.subs)
	}
	var raw json.RawMessage
	if r.dec.Decode(&raw) != nil {
		return false
	}
	if m.raw = string(raw); want == "" {
		m.known = prefix // the object whose unknown member it is
	}
	r.list = append(r.list, m)
	return true
}

// kindFault returns the fault of a value that starts with other bytes.
func kindFault(s, want string) fault {
	c := s[0]
	if c == '-' || '0' <= c && c <= '9' {
		c = '0'
	}
	switch {
	case strings.IndexByte(want, c) >= 0 || !startsValue(s):
		return fault{}
	case c == 'n':
		return fault{code: validate.CodeNull}
	}
	return fault{code: validate.CodeType}
}

// known returns the values of known members, and unknown returns the others
// of an object as name and text.
func known(list []member) map[string]any {
	values := map[string]any{}
	for _, m := range list {
		if m.known != "" && !strings.HasSuffix(m.known, ".") {
			var v any
			if json.Unmarshal([]byte(m.raw), &v) != nil {
				panic("the decoder gave a value that is none")
			}
			values[m.known] = v
		}
	}
	return values
}

func unknownOf(list []member, object string) (others []string) {
	for _, m := range list {
		if m.known == object {
			others = append(others, m.name, m.raw)
		}
	}
	return others
}

// membersOf reads a list of members without the braces around it.
func membersOf(t *testing.T, members string) (others []string) {
	t.Helper()
	r := memberReader{s: "{" + members + "}"}
	list, f := r.read(nil)
	if f.code != "" {
		t.Errorf("Unknown %q: %+v", members, f)
	}
	return unknownOf(list, "")
}

// values decodes an object, numbers to the digit.
func values(t *testing.T, s string) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// htmlUnsafe is what HTMLSafe promises not to write.
const htmlUnsafe = "<>&\u2028\u2029"
