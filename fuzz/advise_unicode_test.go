package fuzz_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

// sameUnicode skips a test where Go's tables and ours are of different versions
// of Unicode.
func sameUnicode(t testing.TB) {
	t.Helper()
	_, rest, _ := strings.Cut(vectors.File(t, "validate/unicode_tables.go"), "The tables are of Unicode ")
	version, _, found := strings.Cut(rest, ". ")
	if !found {
		t.Fatal("the tables do not name their version of Unicode")
	}
	for _, v := range []string{unicode.Version, norm.Version} {
		if v != version {
			t.Skipf("Go's tables are of Unicode %s and %s, ours of %s", unicode.Version, norm.Version, version)
		}
	}
	if !strings.Contains(vectors.File(t, "validate/advice.go"), "those of Unicode "+version) {
		t.Errorf("the comment of AdviseIdentity does not name Unicode %s", version)
	}
}

// everyCharacter calls f for every code point that is not a surrogate.
func everyCharacter(f func(r rune)) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r < 0xd800 || r > 0xdfff {
			f(r)
		}
	}
}

// TestAdviceOnEveryCharacter checks properties of every code point by the advice
// on a text that holds it.
func TestAdviceOnEveryCharacter(t *testing.T) {
	sameUnicode(t)
	if quick() {
		t.Skip("seconds")
	}
	isHan := func(r rune) bool { return unicode.IsLetter(r) && unicode.Is(unicode.Han, r) }
	isArabic := func(r rune) bool {
		return (unicode.IsLetter(r) || unicode.IsMark(r)) && unicode.Is(unicode.Arabic, r)
	}
	isGreekOrCyrillic := func(r rune) bool { return unicode.IsLetter(r) && unicode.In(r, unicode.Greek, unicode.Cyrillic) }
	isVirama := func(r rune) bool { return class(r) == 9 }
	// isSubject excludes characters that are part of a sequence with their neighbours.
	isSubject := func(r rune) bool { return !isIgnorable(r) && r != 0x1f3f4 }
	for _, c := range []struct {
		property string
		code     validate.Code
		text     func(r rune) string
		want     func(r rune) bool
	}{
		{"White_Space, at the end", validate.CodeSpace, func(r rune) string { return "a" + string(r) }, func(r rune) bool { return unicode.Is(unicode.White_Space, r) }},
		{"White_Space, twice", validate.CodeSpace, func(r rune) string { return "a " + string(r) + "b" }, func(r rune) bool { return unicode.Is(unicode.White_Space, r) }},
		{"Default_Ignorable_Code_Point", validate.CodeInvisible, func(r rune) string { return "a" + string(r) + "a" }, isIgnorable},
		{"noncharacter", validate.CodeReplacement, func(r rune) string { return string(r) }, func(r rune) bool { return hasReplacement(string(r)) }},
		{"control", validate.CodeControl, func(r rune) string { return string(r) }, unicode.IsControl},
		{"Bidi_Control", validate.CodeBidi, func(r rune) string { return string(r) }, isBidi},
		{"Latin", validate.CodeMixedScript, func(r rune) string { return string(r) + "\u0430" }, isLatin},
		{"looks like Latin", validate.CodeMixedScript, func(r rune) string { return "a" + string(r) }, isLookalike},
		{"part of a word", validate.CodeMixedScript, func(r rune) string { return "a" + string(r) + "\u0430" },
			func(r rune) bool { return isMark(r) || isLatin(r) || isGreekOrCyrillic(r) }},
		{"Han", validate.CodeInvisible, func(r rune) string { return string(r) + "\ufe00" }, func(r rune) bool { return !isHan(r) }},
		{"Mongolian", validate.CodeInvisible, func(r rune) string { return string(r) + "\u180b" },
			func(r rune) bool { return !unicode.IsLetter(r) || !unicode.Is(unicode.Mongolian, r) }},
		{"Arabic", validate.CodeInvisible, func(r rune) string { return string(r) + "\u200c\u0645" }, func(r rune) bool { return !isArabic(r) && !isVirama(r) }},
		{"after an Arabic letter", validate.CodeInvisible, func(r rune) string { return "\u0645\u200c" + string(r) },
			func(r rune) bool { return !isArabic(r) && !isVirama(r) }},
		{"mark in an Arabic word", validate.CodeInvisible, func(r rune) string { return "\u0645" + string(r) + "\u200c\u0645" },
			func(r rune) bool { return !isArabic(r) && !isVirama(r) && !isMark(r) }},
		{"Extended_Pictographic", validate.CodeInvisible, func(r rune) string { return string(r) + "\ufe0f" },
			func(r rune) bool { return !isPictographic(r) }},
		{"keycap", validate.CodeInvisible, func(r rune) string { return string(r) + "\ufe0f\u20e3" },
			func(r rune) bool { return !isPictographic(r) && !strings.ContainsRune("0123456789#*", r) }},
		{"virama", validate.CodeInvisible, func(r rune) string { return "a" + string(r) + "\u200d" }, func(r rune) bool { return !isVirama(r) }},
		{"after an emoji", validate.CodeInvisible, func(r rune) string { return "\U0001f468\u200d" + string(r) },
			func(r rune) bool { return !isPictographic(r) && !isVirama(r) }},
		{"in NFC", validate.CodeNotNFC, func(r rune) string { return string(r) }, func(r rune) bool { return !norm.NFC.IsNormalString(string(r)) }},
		{"Windows-1252", validate.CodeMojibake, func(r rune) string { return "\u00c3" + string(r) }, func(r rune) bool {
			b, ok := charmap.Windows1252.EncodeRune(r)
			isControl := 0x80 <= r && r < 0xa0
			if isControl {
				b = byte(r)
			}
			return (ok || isControl) && 0x80 <= b && b < 0xc0 && !slices.Contains([]byte("\x82\x84\x85\x8b\x91\x92\x93\x94\x96\x97\x9b\xa0\xab\xbb"), b)
		}},
	} {
		t.Run(c.property, func(t *testing.T) {
			t.Parallel()
			bad, found := 0, 0
			everyCharacter(func(r rune) {
				if c.code == validate.CodeInvisible && c.property != "Default_Ignorable_Code_Point" && !isSubject(r) {
					return
				}
				got := has(c.text(r), c.code)
				if got {
					found++
				}
				if got != c.want(r) {
					if bad++; bad < 10 {
						t.Errorf("%U: got %v", r, got)
					}
				}
			})
			if found == 0 {
				t.Error("found none")
			}
		})
	}
}

// composers returns the second characters of all primary composites, and the
// composites, in order.
func composers() (seconds, composites []rune) {
	everyCharacter(func(r rune) {
		if d := decomposed(r); len(d) > 1 && norm.NFC.IsNormalString(string(r)) {
			seconds, composites = append(seconds, d[len(d)-1]), append(composites, r)
		}
	})
	slices.Sort(seconds)
	return slices.Compact(seconds), composites
}

// TestNFC compares the advice with norm on every assigned starter, followed by
// every character that may compose with the one before it.
func TestNFC(t *testing.T) {
	sameUnicode(t)
	seconds, _ := composers()
	var starters []rune
	everyCharacter(func(r rune) {
		if class(r) == 0 && norm.NFC.IsNormalString(string(r)) && (unicode.IsGraphic(r) || isIgnorable(r)) {
			starters = append(starters, r)
		}
	})
	if quick() {
		starters = starters[:4000]
	}
	pairs, composed := 0, 0
	for _, a := range starters {
		for _, b := range seconds {
			s := string([]rune{a, b})
			want := !norm.NFC.IsNormalString(s)
			if has(s, validate.CodeNotNFC) != want {
				t.Fatalf("%+q: want %v", s, want)
			}
			if pairs++; want {
				composed++
			}
		}
	}
	if len(seconds) < 100 || composed < 900 {
		t.Errorf("%d characters that compose, %d pairs", len(seconds), composed)
	}
	t.Logf("%d starters with each of %d characters: %d pairs, %d not in NFC", len(starters), len(seconds), pairs, composed)
}

// TestNFCOfRandomText compares verdict and offset with the oracle on random
// runs of starters, composites and marks, short and long.
func TestNFCOfRandomText(t *testing.T) {
	sameUnicode(t)
	seconds, composites := composers()
	var marks []rune
	everyCharacter(func(r rune) {
		if class(r) > 0 && norm.NFC.IsNormalString(string(r)) {
			marks = append(marks, r)
		}
	})
	composites = slices.DeleteFunc(composites, func(r rune) bool { return 0xac00 <= r && r < 0xd7a4 && r%50 != 0 })
	starters := []rune("aAeEoOuUyYsSnNq\u03b1\u03c9\u0391\u0438\u0443\u0627\u09c7\u0bc6\u1100\u1112\ud558\u3042\u0915")
	random := rand.New(rand.NewPCG(15, 0))
	pick := func(list []rune) rune { return list[random.IntN(len(list))] }
	texts := 300_000
	if quick() {
		texts = 20_000
	}
	normal, not := 0, 0
	for n := range texts {
		most := 5
		if n%100 == 0 {
			most = 80
		}
		var text []rune
		for range 1 + random.IntN(2) {
			text = append(text, pick([][]rune{starters, composites}[random.IntN(2)]))
			var run []rune
			for range random.IntN(most) {
				run = append(run, pick([][]rune{seconds, marks, seconds[:30]}[random.IntN(3)]))
			}
			if random.IntN(8) > 0 { // unsorted, nearly every run is out of order
				slices.SortStableFunc(run, func(a, b rune) int { return int(class(a)) - int(class(b)) })
			}
			text = append(text, run...)
		}
		s := string(text)
		got := adviceOffset(s, validate.CodeNotNFC)
		if want := firstNotNFC(text); got != want {
			t.Fatalf("%+q: offset %d, want %d", s, got, want)
		}
		if got < 0 {
			normal++
		} else {
			not++
		}
	}
	if normal < texts/20 || not < texts/20 {
		t.Errorf("%d in NFC, %d not", normal, not)
	}
	t.Logf("%d texts in NFC, %d not", normal, not)
}

// TestAdviceOfRandomText compares the advice with the oracles, on random sequences
// of what it looks for and of what is close to that.
func TestAdviceOfRandomText(t *testing.T) {
	sameUnicode(t)
	groups := [][]string{
		strings.Fields("\u00c2 \u00c3 \u00c4 \u00c5 \u00d0 \u00e2 \u00e2\u20ac \u00e2\u201a\u00ac \u00f0\u0178 \u00ed \u00e0 \u0081 \u0152 \u0178 \u02dc \u2013 \u201d \u00ab \u00a9 \u00bf \u00ac \u20ac A z . \xff \xc3"),
		{"\u200d", "\u200c", "\ufe0f", "\ufe0e", "\ufe01", "\U000e0100", "\u180b", "\u180e", "\u200b", "\u00ad", "\u2764", "\U0001f468", "\U0001f3fd", "\u2642", "\u0645",
			"\u0650", "\u094d", "\u0995", "\u845b", "\u1820", "1", "#", "1\ufe0f", "\u20e3", "a", "\U0001f3f4", "\U000e0067", "\U000e0062\U000e0065", "\U000e007f", "\u20e3", "\xe2"},
		{"{{", "}}", "{", "}", "${", "$", "%s", "%", "%d", "d", "<", ">", "[object ", "[", "O", "o", "nil", " ", "/", "=", "undefined", "null", "\u00e9", "_", ".", "|"},
		{"a", "p", "\u0430", "\u0431", "\u03bf", "\u03a9", "\u00e9", "\u0301", "_", " ", "\u3042", "\u200d", "\u0323", "\u01a0", "\U0001d213"},
		{" ", "\u00a0", "\u3000", "a", "\u0085", "\t", "\ufffd", "\ufffe", "\ufdd0", "\xff", "."},
	}
	random := rand.New(rand.NewPCG(39, 0))
	texts := 200_000
	if quick() {
		texts = 10_000
	}
	found := map[validate.Code]int{}
	for range texts {
		group := groups[random.IntN(len(groups))]
		var b strings.Builder
		for range 1 + random.IntN(7) {
			b.WriteString(group[random.IntN(len(group))])
		}
		var got []validate.Code
		for _, a := range validate.AdviseIdentity(b.String()) {
			got = append(got, a.Code)
			found[a.Code]++
		}
		if adviceIs(t, "Identity", b.String(), nameAdvice(b.String(), true), got); t.Failed() {
			return
		}
	}
	for _, c := range adviceCodes[slices.Index(adviceCodes, validate.CodeSpace):] {
		if found[c] < texts/1000 {
			t.Errorf("%s: found %d times", c, found[c])
		}
	}
	t.Logf("found: %v", found)
}

// adviceOffset returns the offset of the advice on a name, or -1.
func adviceOffset(s string, c validate.Code) int {
	for _, a := range validate.AdviseFriendlyName(s) {
		if a.Code == c {
			return a.Offset
		}
	}
	return -1
}

func has(s string, c validate.Code) bool { return adviceOffset(s, c) >= 0 }

// firstNotNFC returns the offset of the last character of the shortest prefix of
// a text that is not in NFC, or -1.
func firstNotNFC(text []rune) int {
	if isNFC(string(text)) {
		return -1
	}
	for i := range text {
		if !isNFC(string(text[:i+1])) {
			return len(string(text[:i]))
		}
	}
	return -1
}

// FuzzNFC compares the offset of not_nfc with the oracle.
func FuzzNFC(f *testing.F) {
	sameUnicode(f)
	add(f, seeds(f, "validate/testdata/advice.json"), []string{
		"\u00e2\u0323\u0302\u031b", "a" + strings.Repeat("\u0323\u0301", 40), "q" + strings.Repeat("\u0323", 40) + "\u0301",
	})
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		if len(s) > 1<<10 {
			return // the oracle takes quadratic time
		}
		if got, want := adviceOffset(s, validate.CodeNotNFC), firstNotNFC([]rune(s)); got != want {
			t.Errorf("%+q: offset %d, want %d", s, got, want)
		}
	})
}
