package fuzz_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

// jsonViolation returns the first violation of a JSON text by encoding/json and the
// two house limits that it does not have: it replaces invalid UTF-8 and unpaired
// surrogate escapes by U+FFFD. The third, 10,000 levels of nesting, it has too.
func jsonViolation(s string) violation {
	return earliest(syntaxViolation(s), utf8Violation(s), surrogateViolation(s))
}

// syntaxViolation returns what encoding/json finds. It reads byte by byte, so it
// stops at the first that no valid text could have there.
func syntaxViolation(s string) violation {
	var raw json.RawMessage
	// The newline gives the end of the text an offset. Behind a value it is white
	// space, and inside a string it is rejected.
	e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(s+"\n"), &raw))
	switch {
	case !ok:
		return violation{}
	case strings.Contains(e.Error(), "max depth"):
		return violation{code: validate.CodeDepth, at: int(e.Offset) - 1}
	}
	return violation{code: validate.CodeJSON, at: int(e.Offset) - 1}
}

// escape matches an escape sequence of JSON. Its group is an unpaired surrogate.
var escape = regexp.MustCompile(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}` +
	`|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\(?s:.)`)

// surrogateViolation returns the first unpaired surrogate escape. It may ignore
// where strings are: a backslash outside of one is an earlier violation.
func surrogateViolation(s string) violation {
	for _, m := range escape.FindAllStringSubmatchIndex(s, -1) {
		if m[2] >= 0 {
			return violation{code: validate.CodeSurrogate, at: m[2]}
		}
	}
	return violation{}
}

// topViolation returns the violation of a text that starts with a value that is not
// an object.
func topViolation(s string, code validate.Code) violation {
	i := skip(s, 0, "")
	if i < len(s) && s[i] != '{' && startsValue(s[i:]) {
		return violation{code: code, at: i}
	}
	return violation{}
}

// objectViolation returns the violation of a text that must be one JSON object.
func objectViolation(s string) violation {
	return earliest(jsonViolation(s), topViolation(s, validate.CodeObject))
}

// skip returns the offset after white space and other bytes.
func skip(s string, i int, other string) int {
	return len(s) - len(strings.TrimLeft(s[i:], " \t\r\n"+other))
}

var (
	scalarBytes = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?|true|false|null)`)
	scalar      = regexp.MustCompile(`^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$`)
)

// startsValue reports whether s starts with a token that is or starts a value.
func startsValue(s string) bool {
	if s == "" || strings.IndexByte(`"[{`, s[0]) >= 0 {
		return s != ""
	}
	if strings.IndexByte("tfn", s[0]) >= 0 {
		return strings.HasPrefix(s, "true") || strings.HasPrefix(s, "false") || strings.HasPrefix(s, "null")
	}
	return scalar.MatchString(scalarBytes.FindString(s))
}

// A schema has for each known name the bytes that its value may start with; 0
// is for any number.
type schema map[string]string

// A memberReader reads an object by the tokens of encoding/json.Decoder, up to the
// first repeated, unknown or mistyped member. It stops at any violation of the
// text, which jsonViolation then locates.
type memberReader struct {
	s         string
	strict    bool
	sub       string // the member whose members are read too
	subs      schema
	dec       *json.Decoder
	list      []member
	violation violation
}

// A member is a member as it was read. In known, that of an inner object has the
// outer name and a point in front of its own.
type member struct{ known, name, raw string }

// read returns the members of a text and its first violation.
func (r *memberReader) read(known schema) ([]member, violation) {
	top := topViolation(r.s, validate.CodeType)
	r.dec = json.NewDecoder(strings.NewReader(r.s))
	if top.code == "" {
		r.object("", known)
	}
	return r.list, earliest(jsonViolation(r.s), top, r.violation)
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
			r.violation = violation{validate.CodeRepeated, at, prefix + name}
			return false
		case jsonViolation(r.s[at:r.dec.InputOffset()]).code != "":
			return false // a violation in the bytes of a name comes before that of the name
		case !isKnown && r.strict:
			r.violation = violation{code: validate.CodeUnknown, at: at}
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
		if r.violation = kindViolation(r.s[at:], want); r.violation.code != "" {
			r.violation.at, r.violation.field = at, m.known
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
		m.known = prefix // unknown members have the object alone
	}
	r.list = append(r.list, m)
	return true
}

// kindViolation returns the violation of a value that starts with another byte.
func kindViolation(s, want string) violation {
	c := s[0]
	if c == '-' || '0' <= c && c <= '9' {
		c = '0'
	}
	switch {
	case strings.IndexByte(want, c) >= 0 || !startsValue(s):
		return violation{}
	case c == 'n':
		return violation{code: validate.CodeNull}
	}
	return violation{code: validate.CodeType}
}

// known returns the values of known members, and unknownOf the unknown members of
// an object as name and text.
func known(list []member) map[string]any {
	values := map[string]any{}
	for _, m := range list {
		if m.known != "" && !strings.HasSuffix(m.known, ".") {
			var v any
			if json.Unmarshal([]byte(m.raw), &v) != nil {
				panic("encoding/json decoded a value that is not JSON")
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

// membersOf reads a list of unknown members, without braces.
func membersOf(t *testing.T, members string) (others []string) {
	t.Helper()
	r := memberReader{s: "{" + members + "}"}
	list, f := r.read(nil)
	if f.code != "" {
		t.Errorf("Unknown %q: %+v", members, f)
	}
	return unknownOf(list, "")
}

// values decodes an object, with the digits of numbers.
func values(t *testing.T, s string) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}

// htmlUnsafe are the characters that HTMLSafe escapes.
const htmlUnsafe = "<>&\u2028\u2029"
