package peers

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

// FuzzAttributesOffset compares the verdict on Attributes and the offset of
// the fault with those of jsontext, which is as strict: it takes neither
// invalid UTF-8 nor an unpaired surrogate, and nests 10,000 deep. It stands in
// this module, and not in package fuzz, so that the library needs no jsontext.
func FuzzAttributesOffset(f *testing.F) {
	for _, row := range vectors.Load[json.RawMessage](f, "validate/testdata/attributes.json") {
		var v struct{ vectors.Text }
		if err := json.Unmarshal(row, &v); err != nil {
			f.Fatal(err)
		}
		f.Add(v.String())
	}
	for _, s := range vectors.SuiteTexts(f, "json_jsontestsuite_parsing", "json_roundtrip") {
		f.Add(s)
		f.Add(`{"v":` + s + "}")
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, code := -1, validate.Code("")
		if err := validate.Attributes(s); err != nil {
			e, ok := errors.AsType[*validate.Error](err)
			if !ok {
				t.Fatalf("%T", err)
			}
			got, code = e.Offset, e.Code
		}
		want, err := jsontextFault(s)
		if start := len(s) - len(strings.TrimLeft(s, " \t\r\n")); code == validate.CodeObject {
			if got != start || s[start] == '{' || err != nil && want <= start {
				t.Errorf("%q: no object at byte %d; jsontext: byte %d, %v", s, got, want, err)
			}
			return
		}
		if got != want {
			t.Errorf("%q: byte %d, %s; jsontext: byte %d, %v", s, got, code, want, err)
		}
	})
}

// jsontextFault returns where jsontext finds the fault of a text, -1 for none.
// In three things its offsets are others, and are told here as ours:
//   - where an escape sequence is bad, it points at the backslash, ours at the
//     first byte that no escape sequence has there;
//   - where the text ends too early, it may point at the start of what was cut,
//     ours at the end, but for a character or a pair of surrogates that was
//     cut, which are faults of their own;
//   - behind a value it reads another one, ours is at fault where that starts.
func jsontextFault(s string) (at int, err error) {
	d := jsontext.NewDecoder(strings.NewReader(s), jsontext.AllowDuplicateNames(true)) // advice, no rule
	if _, err = d.ReadValue(); err == nil {
		end := int(d.InputOffset())
		if rest := strings.TrimLeft(s[end:], " \t\r\n"); rest != "" {
			return len(s) - len(rest), errors.New("another value")
		}
		return -1, nil
	}
	e, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		if err == io.EOF {
			return len(s), err // a text without a value
		}
		return -2, err // no fault of the text
	}
	switch at = int(e.ByteOffset); {
	case strings.Contains(e.Err.Error(), "invalid escape sequence"):
		at += len(startOfEscape.FindString(s[at:]))
	case errors.Is(err, io.ErrUnexpectedEOF) && !cutCharacter(s[at:]):
		at = len(s)
	}
	return at, err
}

// cutCharacter reports whether the end of a text is the start of a character,
// or a surrogate escape that is not one of a pair.
func cutCharacter(end string) bool {
	return !utf8.ValidString(end) || surrogateEscape.MatchString(end)
}

var surrogateEscape = regexp.MustCompile(`^\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// startOfEscape matches as much of an escape sequence as there is. A bad one
// ends within it.
var startOfEscape = regexp.MustCompile(`^\\(?:u[0-9a-fA-F]{0,4})?`)
