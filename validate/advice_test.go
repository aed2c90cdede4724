package validate_test

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

type adviceVector struct {
	Name, Field string
	vectors.Text
	Advice []validate.Advice
}

// TestAdvice: the advice of each vector, in texts of at most 256 bytes wherever its
// offset is. Advice on a name allocates only the list.
func TestAdvice(t *testing.T) {
	for _, v := range vectors.Load[adviceVector](t, "validate/testdata/advice.json") {
		t.Run(v.Field+"/"+v.Name, func(t *testing.T) {
			s, list := v.String(), []validate.Advice(nil)
			n := testing.AllocsPerRun(10, func() { list = adviseOn(v.Field, s) })
			if most := bits.Len(uint(2*len(list) - min(1, len(list)))); int(n) > most && v.Field != "Attributes" { // the list doubles
				t.Errorf("%v allocations for %d pieces of advice, want %d", n, len(list), most)
			}
			var got []validate.Advice
			for _, a := range list {
				if a.Field != v.Field || a.Source == "" {
					t.Errorf("field %q, source %q", a.Field, a.Source)
				}
				got = append(got, validate.Advice{Code: a.Code, Offset: a.Offset, Server: a.Server})
				a.Offset = math.MaxInt
				if text := a.String(); len(text) > 256 {
					t.Errorf("%d bytes: %s", len(text), text)
				}
			}
			if len(v.Advice) == 0 {
				v.Advice = nil
			}
			if diff := cmp.Diff(v.Advice, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAdviceVectorsSuffice: each code that is not one of the first ten has three
// vectors, and three times as many vectors as there are codes have no advice.
func TestAdviceVectorsSuffice(t *testing.T) {
	with, without := map[validate.Code]int{}, 0
	for _, v := range vectors.Load[adviceVector](t, "validate/testdata/advice.json") {
		for _, a := range v.Advice {
			with[a.Code]++
		}
		if len(v.Advice) == 0 {
			without++
		}
	}
	for _, row := range adviceTexts[10:] {
		if with[row.code] < 3 {
			t.Errorf("%s: %d inputs", row.code, with[row.code])
		}
	}
	if without < 3*len(adviceTexts) {
		t.Errorf("%d inputs have no advice", without)
	}
}

// adviceTexts are in the order in which the codes are declared.
var adviceTexts = []struct {
	code            validate.Code
	message, remedy string
}{
	{validate.CodeLong, "longer than the service is known to take", "shorten it"},
	{validate.CodeReserved, "reserved by the service", "choose another name"},
	{validate.CodeSIDShaped, "looks like a user SID", "choose another name"},
	{validate.CodeCharacter, "a character that the documentation advises against", "use another character"},
	{validate.CodeControl, "a control character", "remove it"},
	{validate.CodeBidi, "a character that turns the direction of text", "remove it"},
	{validate.CodeRepeatedName, "a name for the second time; which one counts differs between readers", "keep one of them"},
	{validate.CodeBigInteger, "an integer beyond 2^53, which JavaScript rounds", "write it as a string"},
	{validate.CodeOverflow, "a number beyond the range of a float64", "write it as a string"},
	{validate.CodeEscape, "an escape that is not needed; raw UTF-8 is safer", "write the character itself"},
	{validate.CodeSpace, "white space at an end or two in a row, which looks the same as without", "remove it"},
	{validate.CodeInvisible, "an invisible character", "remove it"},
	{validate.CodeReplacement, "a replacement character or noncharacter: text was lost before", "send the original text"},
	{validate.CodeMojibake, "UTF-8 that was read as Windows-1252", "read the source as UTF-8"},
	{validate.CodeNotNFC, "not in Unicode Normalization Form C, which looks the same", "normalize it to NFC"},
	{validate.CodeMixedScript, "Latin letters in one word with Greek or Cyrillic ones that look like them", "use letters of one script"},
	{validate.CodePath, "not usable as it is in the path of a URL", "choose another name"},
	{validate.CodePlaceholder, "what a program sends in place of a missing value", "send the real value"},
}

func TestAdviceText(t *testing.T) {
	for _, row := range adviceTexts {
		a := validate.Advice{Code: row.code}
		if a.Message() != row.message || a.Remedy() != row.remedy {
			t.Errorf("%s: got %q, %q", row.code, a.Message(), a.Remedy())
		}
	}
	for _, c := range []validate.Code{"new", ""} {
		if a := (validate.Advice{Code: c}); a.Message() != "" || a.Remedy() != "" {
			t.Errorf("%s: got %q, %q", c, a.Message(), a.Remedy())
		}
	}
	for want, a := range map[string]validate.Advice{
		"byte 3: reserved by the service; choose another name (seen)":                                    {Code: validate.CodeReserved, Offset: 3, Source: "seen"},
		"Identity: byte 0: reserved by the service; choose another name (server code 50203; documented)": {Field: "Identity", Code: validate.CodeReserved, Server: 50203, Source: "documented"},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestAdviceOnBadBytes: bytes that are not UTF-8 are an error, not a replacement
// character.
func TestAdviceOnBadBytes(t *testing.T) {
	for _, s := range []string{"\xff", "a\xef\xbf", "\xc3\u00a9", "e\xcc"} {
		if got := validate.AdviseFriendlyName(s); got != nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// TestCharacters checks single characters up to U+3000 against package unicode.
func TestCharacters(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		var want []validate.Code
		switch {
		case strings.ContainsRune("!*'();:@&=+$,/?%#[]", r):
			want = []validate.Code{validate.CodeCharacter}
		case unicode.Is(unicode.Cc, r):
			want = []validate.Code{validate.CodeControl}
		case unicode.Is(unicode.Bidi_Control, r):
			want = []validate.Code{validate.CodeBidi}
		}
		var got []validate.Code
		for _, a := range validate.AdviseFriendlyName("a" + string(r)) {
			switch a.Code {
			case validate.CodeCharacter, validate.CodeControl, validate.CodeBidi:
				got = append(got, a.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%U: %q, want %q", r, got, want)
		}
	}
}

// TestCharacterClasses looks at the characters at both ends of each range of
// white space, of what is invisible, and of what stands for lost text, and at
// those beside them. Package fuzz looks at all.
func TestCharacterClasses(t *testing.T) {
	type pair = [2]rune
	replacements := []pair{{0xfdd0, 0xfdef}, {0xfffd, 0xffff}}
	for plane := rune(0x10000); plane <= unicode.MaxRune; plane += 0x10000 {
		replacements = append(replacements, pair{plane + 0xfffe, plane + 0xffff})
	}
	for code, ranges := range map[validate.Code][]pair{
		validate.CodeSpace: {{'\t', '\r'}, {' ', ' '}, {0x85, 0x85}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}},
		validate.CodeInvisible: {{0xad, 0xad}, {0x34f, 0x34f}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200d}, {0x2060, 0x2065}, {0x206a, 0x206f}, {0x3164, 0x3164},
			{0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}},
		validate.CodeReplacement: replacements,
	} {
		for _, ends := range ranges {
			for _, r := range []rune{ends[0] - 1, ends[0], ends[1], ends[1] + 1} {
				s := "a" + string(r)
				if code != validate.CodeSpace {
					s += "a"
				}
				has := func(a validate.Advice) bool { return a.Code == code }
				want := slices.ContainsFunc(ranges, func(p pair) bool { return p[0] <= r && r <= p[1] }) || code == validate.CodeReplacement && r > unicode.MaxRune
				if got := slices.ContainsFunc(validate.AdviseFriendlyName(s), has); got != want {
					t.Errorf("%U: %s is %t", r, code, got)
				}
			}
		}
	}
}

// TestMarks puts marks of several classes behind each letter that has marks of
// its own. What such text is in Normalization Form C is the same in all
// versions of Unicode.
func TestMarks(t *testing.T) {
	for r := rune(0xc0); r < 0x2000; r++ {
		if r == 0x250 {
			r = 0x1e00
		}
		for _, marks := range []string{"\u0301", "\u0323", "\u031b", "\u0327", "\u0345", "\u0323\u0301", "\u031b\u0323"} {
			s := string(r) + marks
			has := func(a validate.Advice) bool { return a.Code == validate.CodeNotNFC }
			if got, want := slices.ContainsFunc(validate.AdviseFriendlyName(s), has), !norm.NFC.IsNormalString(s); got != want {
				t.Errorf("%+q: %t", s, got)
			}
		}
	}
}

func adviseOn(field, s string) []validate.Advice {
	switch field {
	case "Identity":
		return validate.AdviseIdentity(s)
	case "FriendlyName":
		return validate.AdviseFriendlyName(s)
	}
	return validate.AdviseAttributes(s)
}
