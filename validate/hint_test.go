package validate_test

import (
	"slices"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

// A hintVector is an input with the hint of its error, "" for none, and the input
// without the mistake, which is valid.
type hintVector struct {
	Name, Rule, Prefix string
	vectors.Text
	Hint          validate.Hint
	Found, Undone string
}

// hintRules are the functions that check each kind of input.
var hintRules = map[string]func(prefix, s string) error{
	"attributes": func(_, s string) error { return validate.Attributes(s) },
	"sid":        validate.SID,
	"text":       func(_, s string) error { return validate.Text(s) },
	"form":       func(_, s string) error { _, err := encode.ParseForm(s); return err },
	"request":    func(_, s string) error { _, err := encode.ParseRequest(s); return err },
	"user":       func(_, s string) error { _, err := encode.ParseUser(s); return err },
}

func TestHints(t *testing.T) {
	seen := map[validate.Hint]int{}
	for _, v := range vectors.Load[hintVector](t, "validate/testdata/hints.json") {
		t.Run(v.Name, func(t *testing.T) {
			check := hintRules[v.Rule]
			all := slices.Collect(validate.All(check(v.Prefix, v.String())))
			if len(all) != 1 || all[0].Hint != v.Hint || all[0].Found != v.Found {
				t.Fatalf("got %v, want the hint %q %q", all, v.Hint, v.Found)
			}
			if text := all[0].Error(); len(text) > 256 {
				t.Errorf("%d bytes: %s", len(text), text)
			}
			seen[v.Hint]++
			if v.Hint == "" {
				return
			}
			if err := check(v.Prefix, v.Undone); err != nil {
				t.Errorf("without the mistake: %v", err)
			}
		})
	}
	for _, h := range hints {
		if seen[h] == 0 || h.Message() == "" || len(h.Message()) > 100 {
			t.Errorf("%s: %d vectors, %q", h, seen[h], h.Message())
		}
	}
	if len(seen) != len(hints)+1 {
		t.Errorf("%d hints, %d in the vectors", len(hints), len(seen)-1)
	}
	if got := validate.Hint("new").Message(); got != "" {
		t.Errorf("an unknown hint has the message %q", got)
	}
}

var hints = []validate.Hint{
	validate.HintSingleQuotes, validate.HintSmartQuotes, validate.HintUnquotedName, validate.HintTrailingComma, validate.HintComment,
	validate.HintPythonLiteral, validate.HintJSLiteral, validate.HintEscapedJSON, validate.HintDoubledQuotes, validate.HintStringOfJSON,
	validate.HintPercentEncoded, validate.HintHTMLEscaped, validate.HintObjectToString, validate.HintArrayForObject, validate.HintCutOff,
	validate.HintNotJSONSpace, validate.HintSingleValue, validate.HintNotStringified, validate.HintJSONBody, validate.HintHeaderInForm,
	validate.HintNestedForm, validate.HintLatin1, validate.HintSIDCase, validate.HintSIDSpace, validate.HintSIDKind,
}

// TestHintAnywhere: an offset outside the text has no hint, and no other offset with
// any fault panics.
func TestHintAnywhere(t *testing.T) {
	for _, v := range vectors.Load[hintVector](t, "validate/testdata/hints.json") {
		s := v.String()
		for f := range wire.Fault(40) {
			for _, at := range []int{-1, len(s) + 1} {
				for _, kind := range []string{"object", "string", ""} {
					if e := validate.JSONError("", s, at, f, kind); e.Hint != "" || e.Offset != at {
						t.Errorf("%s, %v at %d: %+v", v.Name, f, at, e)
					}
				}
				validate.FormError("", s, at, f)
			}
			for at := range min(len(s)+1, 40) {
				validate.JSONError("", s, at, f, "object")
				validate.JSONError("", s, at, f, "string")
				validate.FormError("a", s, at, f)
			}
		}
	}
}

// TestHintOfHex: a number such as 0x1 where an array has it, and alone.
func TestHintOfHex(t *testing.T) {
	if e := validate.JSONError("", "[0x1]", 2, wire.WantElementEnd, "object"); e.Hint != validate.HintJSLiteral {
		t.Errorf("in an array: %+v", e)
	}
	if e := validate.JSONError("", "0x1", 1, wire.Trailing, "object"); e.Hint != validate.HintSingleValue {
		t.Errorf("alone: %+v", e)
	}
}
