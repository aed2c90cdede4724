package fuzz_test

import (
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

func FuzzAttributes(f *testing.F) {
	suites := vectors.SuiteTexts(f, jsonSuite, "json_roundtrip")
	add(f, seeds(f, "validate/testdata/attributes.json", "validate/testdata/advice.json"), suites, asMembers(suites),
		[]string{example, `{"a":"\udc00\udc00"}`, `{"a":"\ud800\ud800\udc00"}`, "{\"a\":\"\x1f\"}", "{\"a\":\"\xe2\"}", `{"a":1.e}`})
	f.Fuzz(func(t *testing.T, s string) {
		expect(t, s, validate.Attributes(s), objectViolation(s))
	})
}
