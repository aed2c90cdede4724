package fuzz_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

func FuzzAdvise(f *testing.F) {
	for _, s := range seeds(f, "validate/testdata/advice.json", "validate/testdata/attributes.json") {
		f.Add(s, s, s)
	}
	for _, s := range vectors.SuiteTexts(f, "str_blns") {
		f.Add(s, s, "{}")
	}
	f.Add("a", "b", `{"a":"\ud55c"}`)
	f.Add("a", "b", `{"a":"\u00e9\/\n\u000a","\u0061":9007199254740993,"b":[1e400,{"a":1}]}`)
	f.Fuzz(func(t *testing.T, identity, friendlyName, attributes string) {
		r := user.CreateRequest{
			Identity:     identity,
			FriendlyName: user.Some(friendlyName),
			Attributes:   user.Some(user.Attributes(attributes)),
		}
		fields := map[string]string{"Identity": identity, "FriendlyName": friendlyName, "Attributes": attributes}
		got := map[string][]validate.Code{}
		for _, a := range r.Advise() {
			if value, ok := fields[a.Field]; !ok || a.Offset < 0 || a.Offset >= len(value) || a.Source == "" {
				t.Errorf("%+v, of %d bytes", a, len(value))
			}
			got[a.Field] = append(got[a.Field], a.Code)
		}
		notAnError(t, &r)
		for field, want := range map[string]map[validate.Code]bool{
			"Identity":     nameAdvice(identity, true),
			"FriendlyName": nameAdvice(friendlyName, false),
			"Attributes":   attributesAdvice(attributes),
		} {
			adviceIs(t, field, fields[field], want, got[field])
		}
	})
}

// notAnError checks that Advise does not contradict Validate, which has no error
// for what Advise calls valid, and that it changes nothing.
func notAnError(t *testing.T, r *user.CreateRequest) {
	t.Helper()
	before, copied := errorsOf(t, r.Validate()), *r
	list := r.Advise()
	if after := errorsOf(t, r.Validate()); *r != copied || !slices.EqualFunc(before, after, func(a, b *validate.Error) bool { return *a == *b }) {
		t.Errorf("%+v, %v: after the advice %+v, %v", copied, before, r, after)
	}
	for _, e := range before {
		for _, a := range list {
			if a.Field == e.Field && (string(a.Code) == string(e.Code) || a.Field == "Attributes") {
				t.Errorf("%v, and the advice %v", e, a)
			}
		}
	}
}

// adviceIs compares codes, each of which may occur once.
func adviceIs(t *testing.T, field, value string, want map[validate.Code]bool, got []validate.Code) {
	t.Helper()
	codes := map[validate.Code]bool{}
	for _, c := range got {
		codes[c] = true
	}
	if len(codes) != len(got) {
		t.Errorf("%s: a code twice: %v", field, got)
	}
	for _, c := range adviceCodes {
		if want[c] != codes[c] {
			t.Errorf("%s %q: %s: got %v, want %v", field, value, c, codes[c], want[c])
		}
	}
}

var adviceCodes = []validate.Code{
	validate.CodeLong, validate.CodeReserved, validate.CodeSIDShaped, validate.CodeCharacter, validate.CodeControl, validate.CodeBidi,
	validate.CodeRepeatedName, validate.CodeBigInteger, validate.CodeOverflow, validate.CodeEscape,
	validate.CodeSpace, validate.CodeInvisible, validate.CodeReplacement, validate.CodeMojibake, validate.CodeNotNFC, validate.CodeMixedScript,
	validate.CodePath, validate.CodePlaceholder,
}

var userSID = regexp.MustCompile(`^US[0-9a-f]{32}$`)

func nameAdvice(s string, identity bool) map[validate.Code]bool {
	return map[validate.Code]bool{
		validate.CodeLong:        utf8.RuneCountInString(s) > 256,
		validate.CodeReserved:    identity && slices.Contains([]string{"system", "private", "unique"}, s),
		validate.CodeSIDShaped:   identity && userSID.MatchString(s),
		validate.CodeCharacter:   strings.ContainsAny(s, "!*'();:@&=+$,/?%#[]"),
		validate.CodeControl:     strings.ContainsFunc(s, unicode.IsControl),
		validate.CodeBidi:        strings.ContainsFunc(s, isBidi),
		validate.CodeSpace:       hasLooseSpace(s),
		validate.CodeInvisible:   hasInvisible(s),
		validate.CodeReplacement: hasReplacement(s),
		validate.CodeMojibake:    hasMojibake(s),
		validate.CodeNotNFC:      !isNFC(s),
		validate.CodeMixedScript: hasMixedScript(s),
		validate.CodePath:        identity && (s == "." || s == ".." || strings.ContainsAny(s, " \"<>\\^`{}|")),
		validate.CodePlaceholder: placeholder.MatchString(s),
	}
}

func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// attributesAdvice returns what encoding/json's tokens say of a text.
func attributesAdvice(s string) map[validate.Code]bool {
	if objectViolation(s).code != "" {
		return nil
	}
	want := map[validate.Code]bool{validate.CodeLong: len(s) > 16_384}
	// Escapes of line breaks and tabs are usual in long text: no advice on those.
	s = escape.ReplaceAllStringFunc(s, func(e string) string {
		switch e {
		case `\n`, `\r`, `\t`:
			return "-"
		}
		if needless(e) {
			want[validate.CodeEscape] = true
		}
		return e
	})
	tokenAdvice(s, want)
	return want
}

// needless reports whether an escape sequence is of text that needs none.
func needless(e string) bool {
	var text string
	if e == `\/` {
		return true
	}
	if !strings.HasPrefix(e, `\u`) || json.Unmarshal([]byte(`"`+e+`"`), &text) != nil {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsControl(r) && !isBidi(r) && r != '"' && r != '\\'
}

// tokenAdvice adds the advice on the names, strings and numbers of a text.
func tokenAdvice(s string, want map[validate.Code]bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var open []map[string]bool // the names of each open object, nil for an array
	isName := false
	for {
		token, err := d.Token()
		if err != nil {
			return // the text is valid, so this is its end
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			isName = len(open) > 0 && open[len(open)-1] != nil
			continue
		case json.Number:
			numberAdvice(string(v), want)
		case string:
			want[validate.CodeControl] = want[validate.CodeControl] || strings.ContainsFunc(v, unicode.IsControl)
			want[validate.CodeBidi] = want[validate.CodeBidi] || strings.ContainsFunc(v, isBidi)
			want[validate.CodeReplacement] = want[validate.CodeReplacement] || hasReplacement(v)
			want[validate.CodeMojibake] = want[validate.CodeMojibake] || hasMojibake(v)
			if isName {
				names := open[len(open)-1]
				want[validate.CodeRepeatedName] = want[validate.CodeRepeatedName] || names[v]
				names[v], isName = true, false
				continue
			}
		}
		isName = len(open) > 0 && open[len(open)-1] != nil
	}
}

func numberAdvice(text string, want map[validate.Code]bool) {
	if n, ok := new(big.Int).SetString(text, 10); ok && n.CmpAbs(big.NewInt(1<<53)) > 0 {
		want[validate.CodeBigInteger] = true
	}
	var f float64
	if json.Unmarshal([]byte(text), &f) != nil {
		want[validate.CodeOverflow] = true
	}
}
