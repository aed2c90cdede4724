package fuzz_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-playground/form/v4"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

func FuzzParseForm(f *testing.F) {
	for _, s := range vectors.SuiteTexts(f, parserSuite, ctorSuite) {
		f.Add(s, true)
		f.Add("FriendlyName="+s, true)
	}
	for _, s := range append(seeds(f, "encode/testdata/form.json"),
		"", exampleForm, "Identity", "&&Identity=&", "Identity=a;b", "Identity=%4", "Identity=%C3", "FriendlyName=%C3\xa9",
		"Identity=a&%49dentity=b", "identity=a", "Attributes[a]=1", "x=%zz", "%C3%A9=\xff", "Identity=%C3&=%A9", "Identity=%89",
	) {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, allowUnknown bool) {
		var opts []encode.Option
		if allowUnknown {
			opts = append(opts, encode.AllowUnknown)
		}
		r, err := encode.ParseForm(s, opts...)
		want := formViolation(s, allowUnknown)
		if want.code == validate.CodeUnknown { // its field is that of the nearest known name
			want.field = ""
		}
		expectParsed(t, s, err, want)
		if err != nil {
			if r != (user.CreateRequest{}) {
				t.Errorf("%q: a value with an error", s)
			}
			return
		}
		parsedForm(t, s, &r)
		if r.Clone() != r {
			t.Errorf("the clone differs: %+v, %+v", r.Clone(), r)
		}
	})
}

// parsedForm compares r with what net/url reads, and writes r and reads it back.
func parsedForm(t *testing.T, s string, r *user.CreateRequest) {
	t.Helper()
	all, err := url.ParseQuery(s)
	if err != nil {
		t.Fatalf("%q: accepted, and net/url says: %v", s, err)
	}
	want := url.Values{}
	for _, name := range requestNames {
		if all.Has(name) {
			want[name] = all[name]
		}
	}
	got := formValues(r)
	if r.Identity == "" && want.Has("Identity") {
		got.Set("Identity", "") // empty means missing
	}
	same(t, "values", want, got)
	sameByFormV4(t, all, r)
	form, err := encode.AppendForm(nil, r)
	if back, errBack := encode.ParseForm(string(form)); err != nil || errBack != nil || back != *r {
		t.Errorf("%q is written as %q, %v, and read back as %+v, %v", s, form, err, back, errBack)
	}
}

// sameByFormV4 compares r, which has been accepted, with what form/v4 reads, which
// is not strict. A name with a bracket means an element to form/v4.
func sameByFormV4(t *testing.T, all url.Values, r *user.CreateRequest) {
	t.Helper()
	for name := range all {
		if strings.ContainsAny(name, "[]") {
			return
		}
	}
	var p plainRequest
	defer func() {
		if v := recover(); v != nil {
			t.Logf("form/v4 panics on %q: %v", all, v)
		}
	}()
	if err := form.NewDecoder().Decode(&p, all); err != nil {
		t.Errorf("%q: accepted, and form/v4 says: %v", all, err)
	}
	if want := p.request(); *r != want {
		t.Errorf("%q: got %+v, form/v4 reads %+v", all, *r, want)
	}
}

// formValues returns the members of r that are not absent.
func formValues(r *user.CreateRequest) url.Values {
	v := url.Values{}
	if r.Identity != "" {
		v.Set("Identity", r.Identity)
	}
	if s, ok := r.FriendlyName.Get(); ok {
		v.Set("FriendlyName", s)
	}
	if s, ok := r.Attributes.Get(); ok {
		v.Set("Attributes", string(s))
	}
	if s, ok := r.RoleSID.Get(); ok {
		v.Set("RoleSid", string(s))
	}
	return v
}

// formViolation returns the first violation of a form. In each pair, the bytes of
// the name come first, then the name, then the bytes of the value. Unlike the
// WHATWG's parser and, in part, net/url, it rejects a bad %, a raw semicolon, what
// is not UTF-8 once unescaped, and repeated names.
func formViolation(s string, allowUnknown bool) violation {
	seen, at := map[string]bool{}, 0
	for pair := range strings.SplitSeq(s, "&") {
		start := at
		if at += len(pair) + 1; pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, f := formUnescape(rawName)
		f.at += start
		known := slices.Contains(requestNames, name)
		switch {
		case f.code != "":
			return f
		case known && seen[name]:
			return violation{validate.CodeRepeated, start, name}
		case !known && !allowUnknown:
			return violation{code: validate.CodeUnknown, at: start}
		}
		seen[name] = true
		if _, f = formUnescape(rawValue); f.code != "" {
			if f.at += start + len(rawName) + 1; known {
				f.field = name
			}
			return f
		}
	}
	return violation{}
}

// formUnescape returns the text that raw encodes, or its first violation: a byte
// that cannot be there, or an invalid sequence that starts before it.
func formUnescape(raw string) (string, violation) {
	var text []byte
	var from []int // the offset in raw of each byte of text
	var f violation
	for i := 0; i < len(raw) && f.code == ""; i++ {
		c, start := raw[i], i
		switch c {
		case ';':
			f = violation{code: validate.CodeSemicolon, at: i}
			continue
		case '+':
			c = ' '
		case '%':
			digits := len(raw[i+1:]) - len(strings.TrimLeft(raw[i+1:], "0123456789abcdefABCDEF"))
			if digits < 2 {
				f = violation{code: validate.CodePercent, at: i + 1 + digits}
				continue
			}
			n, _ := strconv.ParseUint(raw[i+1:i+3], 16, 8)
			c, i = byte(n), i+2
		}
		text, from = append(text, c), append(from, start)
	}
	if i := validUTF8(string(text)); i < len(text) {
		return "", violation{code: validate.CodeUTF8, at: from[i]}
	}
	return string(text), f
}

func FuzzAppendForm(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/text.json", "validate/testdata/advice.json") {
		f.Add(s, "", s, s, byte(7))
	}
	for _, s := range vectors.SuiteTexts(f, "form_wpt_serialize", "str_blns") {
		f.Add(s, s, s, "", byte(3))
	}
	f.Add("a", "b c", "{}", "~*-._+%&=;", byte(7))
	f.Add("", "\xff", "", "", byte(1))
	f.Add("", "\xff", "", "", byte(6))
	f.Add("", "", "", "\xff", byte(4))
	f.Fuzz(func(t *testing.T, identity, friendlyName, attributes, role string, present byte) {
		r := user.CreateRequest{Identity: identity}
		if present&1 != 0 {
			r.FriendlyName = user.Some(friendlyName)
		}
		if present&2 != 0 {
			r.Attributes = user.Some(user.Attributes(attributes))
		}
		if present&4 != 0 {
			r.RoleSID = user.Some(user.RoleSID(role))
		}
		form, err := encode.AppendForm([]byte("x"), &r)
		want, code := wantForm(&r)
		got := violationOf(t, err)
		if string(form) != "x"+want || got.code != code {
			t.Fatalf("got %q, %v, want %q", form, err, want)
		}
		if err == nil {
			parsedForm(t, want, &r)
			appendRequest(t, &r)
		}
	})
}

// likeWHATWG turns the output of url.QueryEscape into that of the WHATWG's
// serializer: they differ in ~ and *.
var likeWHATWG = strings.NewReplacer("~", "%7E", "%2A", "*")

// wantForm returns r as a form, or the code of the error.
func wantForm(r *user.CreateRequest) (string, validate.Code) {
	var pairs []string
	v := formValues(r)
	for _, name := range requestNames {
		if !v.Has(name) {
			continue
		}
		if !utf8.ValidString(v.Get(name)) {
			return "", validate.CodeUTF8
		}
		pairs = append(pairs, name+"="+likeWHATWG.Replace(url.QueryEscape(v.Get(name))))
	}
	return strings.Join(pairs, "&"), ""
}
