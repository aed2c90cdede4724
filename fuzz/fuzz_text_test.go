package fuzz_test

import (
	"testing"
	"unicode/utf8"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

func FuzzText(f *testing.F) {
	add(f, seeds(f, "validate/testdata/text.json"), vectors.SuiteTexts(f, "utf8_flenniken", "str_blns"))
	f.Fuzz(func(t *testing.T, s string) {
		err := validate.Text(s)
		if (err == nil) != utf8.ValidString(s) {
			t.Errorf("%q: %v", s, err)
		}
		expect(t, s, err, utf8Violation(s))
	})
}

func utf8Violation(s string) violation {
	if i := validUTF8(s); i < len(s) {
		return violation{code: validate.CodeUTF8, at: i}
	}
	return violation{}
}
