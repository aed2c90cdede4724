package fuzz_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

const (
	jsonSuite   = "json_jsontestsuite_parsing"
	parserSuite = "form_wpt_parser"
	ctorSuite   = "form_wpt_constructor"
)

// A difference is cases whose suite leaves the answer open or asks for
// another one than ours, and the rule that makes ours.
type difference struct {
	suite string
	rule  string
	fault wire.Fault // our answer: OK accepts
	cases []string
}

// differences is every one there is. No form of these suites has a raw
// semicolon, the third thing in which ours differs from the WHATWG's parser.
var differences = []difference{
	{jsonSuite, "RFC 8259 section 6: the range of a number is its reader's matter and not looked at", wire.OK, []string{
		"i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
		"i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
		"i_number_real_underflow.json", "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
		"i_number_very_big_negative_int.json",
	}},
	{jsonSuite, "house limit: containers nest at most 10,000 deep, and 500 is less", wire.OK, []string{
		"i_structure_500_nested_arrays.json",
	}},
	{jsonSuite, "house limit: an escaped surrogate is one of a pair", wire.Surrogate, []string{
		"i_object_key_lone_2nd_surrogate.json", "i_string_1st_surrogate_but_2nd_missing.json",
		"i_string_1st_valid_surrogate_2nd_invalid.json", "i_string_incomplete_surrogate_and_escape_valid.json",
		"i_string_incomplete_surrogate_pair.json", "i_string_incomplete_surrogates_escape_valid.json",
		"i_string_invalid_lonely_surrogate.json", "i_string_invalid_surrogate.json",
		"i_string_inverted_surrogates_U+1D11E.json", "i_string_lone_second_surrogate.json",
	}},
	{jsonSuite, "house limit: text is valid UTF-8", wire.UTF8, []string{
		"i_string_UTF-8_invalid_sequence.json", "i_string_UTF8_surrogate_U+D800.json",
		"i_string_invalid_utf-8.json", "i_string_iso_latin_1.json", "i_string_lone_utf8_continuation_byte.json",
		"i_string_not_in_unicode_range.json", "i_string_overlong_sequence_2_bytes.json",
		"i_string_overlong_sequence_6_bytes.json", "i_string_overlong_sequence_6_bytes_null.json",
		"i_string_truncated-utf-8.json",
	}},
	{jsonSuite, "RFC 8259 section 8.1: no byte order mark", wire.BOM, []string{
		"i_structure_UTF-8_BOM_empty_object.json",
	}},
	{jsonSuite, "RFC 8259 section 8.1: UTF-16 is not looked for, and its bytes start no value", wire.WantValue, []string{
		"i_string_UTF-16LE_with_BOM.json", "i_string_utf16BE_no_BOM.json", "i_string_utf16LE_no_BOM.json",
	}},
	{parserSuite, "a % without two hex digits is refused, the WHATWG keeps it", wire.Percent, []string{
		"wpt/parser/26", "wpt/parser/27", "wpt/parser/28", "wpt/parser/31", "wpt/parser/32", "wpt/parser/33", "wpt/parser/34",
	}},
	{parserSuite, "text that is not valid UTF-8 once unescaped is refused, the WHATWG puts U+FFFD", wire.UTF8, []string{
		"wpt/parser/04", "wpt/parser/05", "wpt/parser/07", "wpt/parser/08", "wpt/parser/09",
	}},
	{ctorSuite, "a % without two hex digits is refused, the WHATWG keeps it", wire.Percent, []string{
		"wpt/ctor/5", "wpt/ctor/6", "wpt/ctor/7", "wpt/ctor/8",
	}},
}

// take returns the differences of a suite by case. Each case that is found
// there has to be deleted, so that the end of a test shows what was not met.
func take(t *testing.T, suite string) map[string]difference {
	t.Helper()
	byCase := map[string]difference{}
	for _, d := range differences {
		for _, name := range d.cases {
			if _, ok := byCase[name]; ok && d.suite == suite {
				t.Errorf("%s: twice in the table", name)
			}
			if d.suite == suite {
				byCase[name] = d
			}
		}
	}
	return byCase
}

// ranAll fails where the counts are not these, which is how a suite that was
// cut short shows, or where a difference was not met.
func ranAll(t *testing.T, got, want map[string]int, left map[string]difference) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases that ran, -want +got:\n%s", diff)
	}
	for name, d := range left {
		t.Errorf("%s: in the table (%s), not in the suite", name, d.rule)
	}
}

func TestJSONTestSuite(t *testing.T) {
	left, ran := take(t, jsonSuite), map[string]int{}
	for _, c := range vectors.Suite(t, jsonSuite) {
		verdict := c.Verdict(t)
		ran[verdict]++
		t.Run(c.Name, func(t *testing.T) {
			s := c.Bytes(t)
			at, f := wire.ConsumeText(s)
			switch d, ok := left[c.Name]; {
			case verdict == "either" && (!ok || f != d.fault):
				t.Errorf("byte %d: %v; want %v by the rule %q", at, f, d.fault, d.rule)
			case verdict == "accept" && (f != wire.OK || at != len(s)):
				t.Errorf("byte %d: %v, want it accepted", at, f)
			case verdict == "reject" && f == wire.OK:
				t.Error("accepted")
			}
			delete(left, c.Name)
			wrapped(t, s, at, f)
		})
	}
	ranAll(t, ran, map[string]int{"accept": 95, "reject": 188, "either": 35}, left)
}

// wrapped checks that a case has the same verdict as the value of a member
// of Attributes. The rule: a value is one wherever it stands, and no case of
// this suite ends an object and starts another, which is all that wrapping
// could turn into something good.
//
// The fault moves with the text, and the rules are the same but for three:
// a byte order mark is no value there, one level less is left to nest, and
// where a case ends too early or goes on behind its end, the brace behind it
// is read as part of it.
func wrapped(t *testing.T, s string, at int, f wire.Fault) {
	t.Helper()
	const lead = `{"v":`
	err := validate.Attributes(lead + s + "}")
	e, bad := err.(*validate.Error)
	switch code, _ := validate.Fault(f); {
	case bad != (f != wire.OK):
		t.Errorf("wrapped: %v, plain: %v", err, f)
	case !bad:
	case e.Code != code:
		t.Errorf("wrapped: %v, want %v", err, code)
	case f == wire.Depth && e.Offset != strings.LastIndexAny(s[:at], "[{")+len(lead):
		t.Errorf("wrapped: %v, want it at the container before byte %d", err, at+len(lead))
	case (f == wire.Trailing || at == len(s)) && e.Offset >= at+len(lead):
	case f != wire.Depth && e.Offset != at+len(lead):
		t.Errorf("wrapped: %v, want byte %d", err, at+len(lead))
	}
}

// TestJSONRejectedByGrammar says that no case is rejected for a house limit
// that the grammar rejects, apart from those that break both.
func TestJSONRejectedByGrammar(t *testing.T) {
	both := map[wire.Fault]int{}
	for _, c := range vectors.Suite(t, jsonSuite) {
		if c.Verdict(t) != "reject" {
			continue
		}
		s := c.Bytes(t)
		switch _, f := wire.ConsumeText(s); f {
		case wire.Surrogate, wire.Depth, wire.UTF8:
			if both[f]++; json.Valid([]byte(s)) {
				t.Errorf("%s: %v, and the grammar allows it", c.Name, f)
			}
		}
	}
	t.Logf("cases that break a house limit before the grammar: %v", both)
}

func TestJSONRoundTrip(t *testing.T) {
	ran := map[string]int{}
	for _, c := range vectors.Suite(t, "json_roundtrip") {
		ran[c.Verdict(t)]++
		t.Run(c.Name, func(t *testing.T) {
			s := c.Bytes(t)
			if at, f := wire.ConsumeText(s); f != wire.OK {
				t.Errorf("byte %d: %v", at, f)
			}
			member := `"v":` + s
			if err := validate.Attributes("{" + member + "}"); err != nil {
				t.Errorf("wrapped: %v", err)
			}
			unknown(t, "{"+member+"}", member)
			unknown(t, `{"identity":"a",`+member+"}", member)
		})
	}
	ranAll(t, ran, map[string]int{"accept": 27}, nil)
}

// unknown reads a user and writes it, which must give the same bytes.
func unknown(t *testing.T, src, want string) {
	t.Helper()
	u, err := encode.ParseUser(src)
	if err != nil || u.Unknown != want {
		t.Errorf("%s: Unknown %q, %v", src, u.Unknown, err)
	}
	if got, err := encode.AppendUser(nil, &u); string(got) != src || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, src)
	}
}

func TestFormParser(t *testing.T) {
	testForm(t, parserSuite, map[string]int{"same": 23, "fault": 12}, func(s string) string { return s })
}

// TestFormConstructor strips a leading question mark: that is a step of the
// URLSearchParams constructor, not of the parser that it then calls.
func TestFormConstructor(t *testing.T) {
	testForm(t, ctorSuite, map[string]int{"same": 25, "fault": 4}, func(s string) string {
		return strings.TrimPrefix(s, "?")
	})
}

func testForm(t *testing.T, suite string, counts map[string]int, prepare func(string) string) {
	left, ran := take(t, suite), map[string]int{}
	for _, c := range vectors.Suite(t, suite) {
		d, differs := left[c.Name]
		delete(left, c.Name)
		ran[map[bool]string{false: "same", true: "fault"}[differs]]++
		t.Run(c.Name, func(t *testing.T) {
			s := prepare(c.Bytes(t))
			got, f := formPairs(t, s)
			if f != d.fault {
				t.Errorf("%v; want %v by the rule %q", f, d.fault, d.rule)
			}
			if _, err := encode.ParseForm(s, encode.AllowUnknown); (err != nil) != differs {
				t.Errorf("ParseForm: %v", err)
			}
			var want [][2]string
			if err := json.Unmarshal(c.Expect, &want); err != nil {
				t.Fatal(err)
			}
			if !differs && !cmp.Equal(append([][2]string{}, got...), want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	ranAll(t, ran, counts, left)
}

// formPairs reads a form of any names, repeated ones too.
func formPairs(t *testing.T, s string) (pairs [][2]string, f wire.Fault) {
	t.Helper()
	for i := 0; i < len(s); i++ {
		if s[i] == '&' {
			continue
		}
		var pair [2]string
		if pair[0], i, f = formText(t, s, i, true); f != wire.OK {
			return nil, f
		}
		if i < len(s) && s[i] == '=' {
			i++
		}
		if pair[1], i, f = formText(t, s, i, false); f != wire.OK {
			return nil, f
		}
		pairs = append(pairs, pair)
	}
	return pairs, wire.OK
}

func formText(t *testing.T, s string, i int, name bool) (text string, end int, f wire.Fault) {
	t.Helper()
	end, saved, escaped, f := wire.ConsumeFormText(s, i, name)
	if f != wire.OK {
		return "", end, f
	}
	buf := make([]byte, end-i)
	wrote, _, _, _ := wire.CopyFormValue(buf, s[i:end], 0)
	text = string(buf[:wrote])
	if len(text) != end-i-saved || !escaped && text != s[i:end] {
		t.Errorf("%q: %d bytes saved, escapes %v, but it is %q", s[i:end], saved, escaped, text)
	}
	return text, end, wire.OK
}

func TestFormSerializer(t *testing.T) {
	cases := vectors.Suite(t, "form_wpt_serialize")
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var got []byte
			for k, pair := range c.Pairs {
				if k > 0 {
					got = append(got, '&')
				}
				got, _ = wire.AppendFormText(got, pair[0])
				got, _ = wire.AppendFormText(append(got, '='), pair[1])
			}
			if want := c.Verdict(t); string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if back, f := formPairs(t, string(got)); f != wire.OK || !cmp.Equal(back, c.Pairs) {
				t.Errorf("read back: %q, %v", back, f)
			}
		})
	}
	if len(cases) != 161 {
		t.Errorf("%d cases, want 161", len(cases))
	}
}

// TestDateTimeFormat leaves out the cases that are no strings: a format says
// nothing about those, and the types of a User already do.
func TestDateTimeFormat(t *testing.T) {
	ran := map[string]int{}
	for _, c := range vectors.Suite(t, "fmt_datetime") {
		var s string
		if json.Unmarshal(c.Data, &s) != nil || c.Data[0] != '"' {
			ran["no string"]++
			continue
		}
		verdict := c.Verdict(t)
		ran[verdict]++
		if err := validate.DateTime(s); (err == nil) != (verdict == "valid") {
			t.Errorf("%s: %q: %v", c.Name, s, err)
		}
	}
	ranAll(t, ran, map[string]int{"valid": 8, "invalid": 19, "no string": 6}, nil)
}

func TestUTF8(t *testing.T) {
	ran := map[string]int{}
	for _, c := range vectors.Suite(t, "utf8_flenniken") {
		s, verdict := c.Bytes(t), c.Verdict(t)
		ran[verdict]++
		end, f := wire.ConsumeUTF8(s)
		if (f == wire.OK) != (verdict == "valid") || end != validUTF8(s) {
			t.Errorf("%s: %q: byte %d: %v", c.Name, s, end, f)
		}
		if err := validate.Text(s); (err == nil) != (verdict == "valid") {
			t.Errorf("%s: %q: %v", c.Name, s, err)
		}
	}
	ranAll(t, ran, map[string]int{"valid": 77, "invalid": 145}, nil)
}

// validUTF8 returns the length of the part of s before the first sequence
// that is not valid UTF-8.
func validUTF8(s string) int {
	for i, r := range s {
		if _, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return len(s)
}

func TestNaughtyStrings(t *testing.T) {
	ran := map[string]int{}
	for _, c := range vectors.Suite(t, "str_blns") {
		ran[c.Verdict(t)]++
		t.Run(c.Name, func(t *testing.T) {
			s := c.Bytes(t)
			leaf, _, f := wire.AppendString([]byte(`{"leaf":`), s, false)
			if f != wire.OK {
				t.Fatalf("%q: %v", s, f)
			}
			naughty(t, s, string(append(leaf, '}')))
		})
	}
	ranAll(t, ran, map[string]int{"roundtrip": 515}, nil)
}

// naughty sends s out and back in every format.
func naughty(t *testing.T, s, attributes string) {
	t.Helper()
	var got struct{ Leaf string }
	if err := json.Unmarshal([]byte(attributes), &got); err != nil || got.Leaf != s {
		t.Errorf("%s: leaf %q, %v", attributes, got.Leaf, err)
	}
	r := user.CreateRequest{
		Identity:     s,
		FriendlyName: user.Some(s),
		Attributes:   user.Some(user.Attributes(attributes)),
	}
	if err := r.Validate(); err != nil && s != "" { // the first case is the empty string
		t.Errorf("%q: %v", s, err)
	}
	form, err := encode.AppendForm(nil, &r)
	if back, errBack := encode.ParseForm(string(form)); err != nil || errBack != nil || back != r {
		t.Errorf("form: %+v, %v, %v, want %+v", back, err, errBack, r)
	}
	for _, o := range []encode.Option{0, encode.HTMLSafe} {
		text, err := encode.AppendRequest(nil, &r, o)
		if back, errBack := encode.ParseRequest(string(text)); err != nil || errBack != nil || back != r {
			t.Errorf("request: %+v, %v, %v, want %+v", back, err, errBack, r)
		}
		u := user.User{Identity: user.Some(s), FriendlyName: r.FriendlyName, Attributes: r.Attributes}
		text, err = encode.AppendUser(nil, &u, o)
		if back, errBack := encode.ParseUser(string(text)); err != nil || errBack != nil || back != u {
			t.Errorf("user: %+v, %v, %v, want %+v", back, err, errBack, u)
		}
	}
}
