package fuzz_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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

// A suiteTable is a row of fuzz/testdata/suites.json: where a suite is from, what
// its cases test, how many there are of each kind, and the differences. JavaScript
// reads the same file, and .github/SUITES.md prints it.
type suiteTable struct {
	Suite, From, Licence, Tests string
	Counts                      map[string]int
	Differences                 []difference
}

// A difference is a set of cases for which the suite leaves the result open or
// wants another than ours, and the rule for ours: a code, or "" for accepted. No
// form of these suites has a raw semicolon, which the WHATWG's parser accepts.
type difference struct {
	Rule   string
	Code   validate.Code
	Want   string         // the Want of code json
	Inside string         // the Want for the case as the value of a member, if different
	Cases  map[string]int // the offset of the violation, -1 for none
}

// suiteTables returns the tables of all suites.
func suiteTables(tb testing.TB) []suiteTable {
	tb.Helper()
	return vectors.Load[suiteTable](tb, "fuzz/testdata/suites.json")
}

// pins returns how many cases of a suite the differences have.
func (s suiteTable) pins() (n int) {
	for _, d := range s.Differences {
		n += len(d.Cases)
	}
	return n
}

// A suiteRun counts the cases of a suite that have run.
type suiteRun struct {
	table suiteTable
	left  map[string]pinned // the differences that have not run yet
	ran   map[string]int
}

// A pinned case is a case of a difference.
type pinned struct {
	difference
	offset int
}

// violation returns what is pinned.
func (p pinned) violation() violation { return violation{code: p.Code, at: p.offset} }

func startSuite(t *testing.T, name string) *suiteRun {
	t.Helper()
	r := &suiteRun{left: map[string]pinned{}, ran: map[string]int{}}
	for _, table := range suiteTables(t) {
		if table.Suite == name {
			r.table = table
		}
	}
	for _, d := range r.table.Differences {
		for name, offset := range d.Cases {
			if _, ok := r.left[name]; ok {
				t.Errorf("%s: twice in the table", name)
			}
			r.left[name] = pinned{d, offset}
		}
	}
	return r
}

// met counts a case and returns its difference, if it has one.
func (r *suiteRun) met(name, verdict string) (p pinned, differs bool) {
	r.ran[verdict]++
	p, differs = r.left[name]
	delete(r.left, name)
	return p, differs
}

// end fails if the counts are not those of the table, as for a suite that was cut
// short, or if a case of a difference has not run.
func (r *suiteRun) end(t *testing.T) {
	t.Helper()
	if diff := cmp.Diff(r.table.Counts, r.ran); diff != "" {
		t.Errorf("cases that ran, -want +got:\n%s", diff)
	}
	for name, p := range r.left {
		t.Errorf("%s: in the table (%s), not in the suite", name, p.Rule)
	}
	t.Logf("suite %s: %s; %d by a rule of the table", r.table.Suite, counted(r.ran), r.table.pins())
}

// counted lists how many cases there are of each kind.
func counted(counts map[string]int) string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	return strings.Join(all, ", ")
}

func TestJSONTestSuite(t *testing.T) {
	run := startSuite(t, jsonSuite)
	for _, c := range vectors.Suite(t, jsonSuite) {
		verdict := c.Verdict(t)
		p, differs := run.met(c.Name, verdict)
		t.Run(c.Name, func(t *testing.T) {
			s := c.Bytes(t)
			at, f := wire.ConsumeText(s)
			switch {
			case differs != (verdict == "either"):
				t.Errorf("%s, and in the table: %v", verdict, differs)
			case differs:
				isPinned(t, p, at, f)
			case verdict == "accept" && (f != wire.OK || at != len(s)):
				t.Errorf("byte %d: %v, want it accepted", at, f)
			case verdict == "reject" && (f == wire.OK || json.Valid([]byte(s))):
				t.Errorf("byte %d: %v, want it rejected, and by the grammar", at, f)
			}
			wrapped(t, s, at, f)
		})
	}
	run.end(t)
}

// isPinned compares a fault of the lexer with the table.
func isPinned(t *testing.T, p pinned, at int, f wire.Fault) {
	t.Helper()
	code, want := codeOf(f)
	if f == wire.OK {
		at = -1
	}
	if (violation{code: code, at: at}) != p.violation() || want != p.Want {
		t.Errorf("byte %d: %v; want byte %d: %s %s by the rule %q", at, f, p.offset, p.Code, p.Want, p.Rule)
	}
}

// wrapped checks that a case has the same verdict as the value of a member of
// Attributes: no case of this suite ends an object and starts another, which alone
// would be valid inside and not outside.
//
// The offset moves with the text, with three exceptions: a byte order mark is not
// a value there, one level less may be nested, and where a case ends too early or
// has text after its end, the brace after it is read as part of it.
func wrapped(t *testing.T, s string, at int, f wire.Fault) {
	t.Helper()
	const lead = `{"v":`
	err := validate.Attributes(lead + s + "}")
	e, bad := err.(*validate.Error)
	switch code, _ := codeOf(f); {
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

func TestJSONRoundTrip(t *testing.T) {
	run := startSuite(t, "json_roundtrip")
	for _, c := range vectors.Suite(t, "json_roundtrip") {
		run.met(c.Name, c.Verdict(t))
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
	run.end(t)
}

// unknown reads a user and writes it with the same bytes.
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
	testForm(t, parserSuite, func(s string) string { return s })
}

// TestFormConstructor strips a leading question mark, as the constructor of
// URLSearchParams does before it calls the parser.
func TestFormConstructor(t *testing.T) {
	testForm(t, ctorSuite, func(s string) string { return strings.TrimPrefix(s, "?") })
}

func testForm(t *testing.T, suite string, prepare func(string) string) {
	run := startSuite(t, suite)
	for _, c := range vectors.Suite(t, suite) {
		_, differs := run.left[c.Name]
		p, _ := run.met(c.Name, map[bool]string{false: "same", true: "refused"}[differs])
		t.Run(c.Name, func(t *testing.T) {
			s := prepare(c.Bytes(t))
			got, f := formPairs(t, s)
			if code, _ := codeOf(f); code != p.Code {
				t.Errorf("%v; want %s by the rule %q", f, p.Code, p.Rule)
			}
			_, err := encode.ParseForm(s, encode.AllowUnknown)
			parsed := violationOf(t, err)
			if parsed.field = ""; parsed != p.violation() {
				t.Errorf("ParseForm: %v; want byte %d by the rule %q", err, p.offset, p.Rule)
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
	run.end(t)
}

// formPairs reads a form with any names, repeated ones too.
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
	wrote, _, _ := wire.CopyFormValue(buf, s[i:end], 0)
	text = string(buf[:wrote])
	if len(text) != end-i-saved || !escaped && text != s[i:end] {
		t.Errorf("%q: %d bytes saved, escapes %v, text %q", s[i:end], saved, escaped, text)
	}
	return text, end, wire.OK
}

func TestFormSerializer(t *testing.T) {
	run := startSuite(t, "form_wpt_serialize")
	for _, c := range vectors.Suite(t, "form_wpt_serialize") {
		run.met(c.Name, "exact")
		t.Run(c.Name, func(t *testing.T) {
			var got []byte
			for k, pair := range c.Pairs {
				if k > 0 {
					got = append(got, '&')
				}
				got = wire.AppendFormText(got, pair[0])
				got = wire.AppendFormText(append(got, '='), pair[1])
			}
			if want := c.Verdict(t); string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if back, f := formPairs(t, string(got)); f != wire.OK || !cmp.Equal(back, c.Pairs) {
				t.Errorf("read back: %q, %v", back, f)
			}
		})
	}
	run.end(t)
}

// TestDateTimeFormat reads a case that is not a string as a member of a user.
func TestDateTimeFormat(t *testing.T) {
	run := startSuite(t, "fmt_datetime")
	for _, c := range vectors.Suite(t, "fmt_datetime") {
		var s string
		if c.Data[0] != '"' {
			p, differs := run.met(c.Name, "no text")
			notString(t, c, p, differs)
			continue
		}
		if err := json.Unmarshal(c.Data, &s); err != nil {
			t.Fatal(err)
		}
		verdict := c.Verdict(t)
		run.met(c.Name, verdict)
		if err := validate.DateTime(s); (err == nil) != (verdict == "valid") {
			t.Errorf("%s: %q: %v", c.Name, s, err)
		}
	}
	run.end(t)
}

// notString reads a value that is not a string as a date.
func notString(t *testing.T, c vectors.Case, p pinned, differs bool) {
	t.Helper()
	_, err := encode.ParseUser(`{"date_created":` + string(c.Data) + "}")
	got := violation{at: -1}
	if err != nil {
		got = violationOf(t, err)
		got.field = ""
	}
	if !differs || got != p.violation() || err != nil && !strings.HasSuffix(err.Error(), p.Want) {
		t.Errorf("%s: %v; want byte %d: %s by the rule %q", c.Name, err, p.offset, p.Code, p.Rule)
	}
}

func TestUTF8(t *testing.T) {
	run := startSuite(t, "utf8_flenniken")
	for _, c := range vectors.Suite(t, "utf8_flenniken") {
		s, verdict := c.Bytes(t), c.Verdict(t)
		run.met(c.Name, verdict)
		end := wire.ConsumeUTF8(s)
		if (end == len(s)) != (verdict == "valid") || end != validUTF8(s) {
			t.Errorf("%s: %q: byte %d", c.Name, s, end)
		}
		if err := validate.Text(s); (err == nil) != (verdict == "valid") {
			t.Errorf("%s: %q: %v", c.Name, s, err)
		}
	}
	run.end(t)
}

// validUTF8 returns the offset of the first sequence in s that is not valid UTF-8.
func validUTF8(s string) int {
	for i, r := range s {
		if _, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return len(s)
}

func TestNaughtyStrings(t *testing.T) {
	run := startSuite(t, "str_blns")
	for _, c := range vectors.Suite(t, "str_blns") {
		p, differs := run.met(c.Name, c.Verdict(t))
		t.Run(c.Name, func(t *testing.T) {
			s := c.Bytes(t)
			leaf, _, f := wire.AppendString([]byte(`{"leaf":`), s, false)
			if f != wire.OK {
				t.Fatalf("%q: %v", s, f)
			}
			var want []violation
			if differs {
				want = []violation{{p.Code, p.offset, "Identity"}}
			}
			naughty(t, s, string(append(leaf, '}')), want)
		})
	}
	run.end(t)
}

// naughty writes s in every format and reads it back.
func naughty(t *testing.T, s, attributes string, want []violation) {
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
	sameViolations(t, want, errorsOf(t, r.Validate()))
	form, err := encode.AppendForm(nil, &r)
	if back, errBack := encode.ParseForm(string(form)); err != nil || errBack != nil || back != r {
		t.Errorf("form: %+v, %v, %v, want %+v", back, err, errBack, r)
	}
	appendRequest(t, &r)
	u := user.User{Identity: user.Some(s), FriendlyName: r.FriendlyName, Attributes: r.Attributes}
	for _, o := range []encode.Option{0, encode.HTMLSafe} {
		text, err := encode.AppendUser(nil, &u, o)
		if back, errBack := encode.ParseUser(string(text)); err != nil || errBack != nil || back != u {
			t.Errorf("user: %+v, %v, %v, want %+v", back, err, errBack, u)
		}
	}
}

// codeOf returns the code and the Want of the error for a fault of package wire.
func codeOf(f wire.Fault) (c validate.Code, want string) {
	if f == wire.OK {
		return "", ""
	}
	e := validate.JSONError("", "", 0, f, "")
	return e.Code, e.Want
}
