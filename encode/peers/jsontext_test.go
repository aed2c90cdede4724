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

// FuzzAttributesOffset compares the verdict on Attributes and the offset of the
// error with those of jsontext, which is as strict: it accepts neither invalid
// UTF-8 nor an unpaired surrogate, and nests 10,000 deep. It is in this module so
// that the library does not depend on jsontext.
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
		want, err := jsontextOffset(s)
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

// jsontextOffset returns the offset of jsontext's error in a text, -1 for none.
// Three kinds of its offsets differ from ours, and are converted:
//   - for a bad escape sequence, jsontext points at the backslash, we at the
//     first byte that cannot be there;
//   - for a text that ends too early, it may point at the start of the last
//     token, we at the end, except for a cut character or pair of surrogates,
//     which are errors of their own;
//   - it reads another value after the first, whose start is our error.
func jsontextOffset(s string) (at int, err error) {
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
		return -2, err // not an error of the text
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

// startOfEscape matches the part of an escape sequence before its first bad
// byte.
var startOfEscape = regexp.MustCompile(`^\\(?:u[0-9a-fA-F]{0,4})?`)
