package fuzz_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

var sids = map[string]*regexp.Regexp{
	"AC": regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`),
	"IS": regexp.MustCompile(`^IS[0-9a-fA-F]{32}$`),
	"RL": regexp.MustCompile(`^RL[0-9a-fA-F]{32}$`),
	"US": regexp.MustCompile(`^US[0-9a-fA-F]{32}$`),
}

func FuzzSID(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/sid.json") {
		f.Add("RL", s)
		f.Add("US", s)
	}
	f.Fuzz(func(t *testing.T, prefix, s string) {
		re := sids[prefix]
		if re == nil {
			prefix, re = "RL", sids["RL"]
		}
		err := validate.SID(prefix, s)
		if (err == nil) != re.MatchString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		expect(t, s, err, sidViolation(re, prefix, s))
	})
}

// sidViolation finds the violation by completing the text in front of it.
func sidViolation(re *regexp.Regexp, prefix, s string) violation {
	whole := prefix + strings.Repeat("0", 32)
	for i := 0; ; i++ {
		switch {
		case re.MatchString(s):
			return violation{}
		case i == len(s) || i == len(whole):
			return violation{code: validate.CodeLength, at: i}
		case re.MatchString(s[:i+1] + whole[i+1:]):
		case i < len(prefix):
			return violation{code: validate.CodePrefix, at: i}
		default:
			return violation{code: validate.CodeHex, at: i}
		}
	}
}
