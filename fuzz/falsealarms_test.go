package fuzz_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/validate"
)

// A nameRow has names and words in one script or a few related ones. They are in
// NFC, with the joiners that their spelling needs.
type nameRow struct {
	Script               string
	Given, Family, Words []string
}

// emoji are well-formed sequences of emoji (UTS #51).
var emoji = []string{
	"\U0001f600", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f3f4\u200d\u2620\ufe0f",
	"\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "1\ufe0f\u20e3", "\u260e\ufe0e", "\U0001f3f3\ufe0f\u200d\U0001f308",
	"\U0001f9d1\U0001f3fb\u200d\u2764\ufe0f\u200d\U0001f9d1\U0001f3ff", "\U0001f1e9\U0001f1ea", "\u2122\ufe0f", "\U0001f937\u200d\u2642\ufe0f",
}

// characterCodes are the codes that must have no false alarms.
var characterCodes = adviceCodes[slices.Index(adviceCodes, validate.CodeSpace):]

// A namer generates names that people and programs may have.
type namer struct {
	random *rand.Rand
	rows   []nameRow
}

func (n *namer) of(list []string) string { return list[n.random.IntN(len(list))] }

// identity returns an identity of a random kind, without white space.
func (n *namer) identity() string {
	row := n.rows[n.random.IntN(len(n.rows))]
	given, family, word := n.of(row.Given), n.of(row.Family), n.of(row.Words)
	number := n.random.IntN(10_000)
	switch n.random.IntN(14) {
	case 0:
		return given
	case 1:
		return given + n.of([]string{".", "_", "-", "·"}) + family
	case 2:
		return given + family
	case 3:
		return fmt.Sprintf("%s%d", given, number)
	case 4:
		return given + "." + family + "@example.com"
	case 5:
		return fmt.Sprintf("+%d%09d", 1+n.random.IntN(99), n.random.IntN(1_000_000_000))
	case 6:
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", n.random.Uint32(), number, n.random.IntN(1<<12), n.random.IntN(1<<12), n.random.Int64N(1<<48))
	case 7:
		return given + n.of(emoji)
	case 8:
		return n.of(emoji) + n.of(emoji)
	case 9:
		return word
	case 10:
		return fmt.Sprintf("user_%s_%d", word, number)
	case 11:
		return "@" + given + family
	case 12:
		return n.of([]string{"auth0", "google-oauth2", "sip", "whatsapp"}) + ":" + fmt.Sprint(n.random.Uint64())
	}
	return fmt.Sprintf("%d", n.random.Uint32())
}

// friendlyName returns a display name.
func (n *namer) friendlyName() string {
	row := n.rows[n.random.IntN(len(n.rows))]
	given, family, word := n.of(row.Given), n.of(row.Family), n.of(row.Words)
	switch n.random.IntN(8) {
	case 0:
		return family + ", " + given
	case 1:
		return given + " " + n.of(row.Given) + " " + family
	case 2:
		return "\u201e" + word + "\u201c " + family
	case 3:
		return "\u00ab\u00a0" + word + "\u00a0\u00bb"
	case 4:
		return given + " (" + word + ")"
	case 5:
		return given + " " + family + "\u2122 \u2013 " + n.of(emoji)
	case 6:
		return "\u201c" + word + "\u201d\u2026 " + given
	}
	return given + " " + family
}

func loadNamer(t *testing.T) *namer {
	return &namer{rand.New(rand.NewPCG(100, 0)), vectors.Load[nameRow](t, "fuzz/testdata/names.json")}
}

// TestFalseAlarms checks that ordinary names get no advice on characters.
func TestFalseAlarms(t *testing.T) {
	sameUnicode(t)
	if quick() {
		t.Skip("seconds")
	}
	n := loadNamer(t)
	for _, row := range n.rows {
		for _, list := range [][]string{row.Given, row.Family, row.Words} {
			for _, s := range list {
				if !norm.NFC.IsNormalString(s) {
					t.Errorf("%s: %+q is not in NFC", row.Script, s)
				}
			}
		}
	}
	const names = 100_000
	counts := map[validate.Code]int{}
	count := func(s string, list []validate.Advice) {
		for _, a := range list {
			if counts[a.Code]++; slices.Contains(characterCodes, a.Code) && counts[a.Code] <= 20 {
				t.Errorf("%q, %+q: %v", s, s, a)
			}
		}
	}
	for range names {
		identity, friendlyName := n.identity(), n.friendlyName()
		count(identity, validate.AdviseIdentity(identity))
		count(friendlyName, validate.AdviseFriendlyName(friendlyName))
	}
	for _, c := range adviceCodes {
		t.Logf("of %d identities and as many friendly names, %-13s %6d", names, c, counts[c])
	}
}

// look replaces some letters of ASCII by others that look the same.
var look = strings.NewReplacer("a", "\u0430", "e", "\u0435", "o", "\u03bf", "p", "\u0440", "c", "\u0441", "x", "\u0445", "i", "\u0456", "A", "\u0410", "B", "\u0392",
	"E", "\u0415", "H", "\u041d", "K", "\u039a", "M", "\u041c", "O", "\u039f", "P", "\u0420", "T", "\u0422")

// defects change a name so that it has something to advise against. Each returns
// false where it does not apply to the name.
var defects = []struct {
	name    string
	code    validate.Code
	minimum float64 // the part that must be found
	add     func(random *rand.Rand, s []rune) (string, bool)
}{
	{"a space at the end", validate.CodeSpace, 1, func(_ *rand.Rand, s []rune) (string, bool) { return string(s) + " ", true }},
	{"a no-break space at the start", validate.CodeSpace, 1, func(_ *rand.Rand, s []rune) (string, bool) { return "\u00a0" + string(s), true }},
	{"two spaces", validate.CodeSpace, 1, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "  "), true }},
	{"U+200B", validate.CodeInvisible, 1, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "\u200b"), true }},
	{"U+FEFF", validate.CodeInvisible, 1, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "\ufeff"), true }},
	{"U+00AD", validate.CodeInvisible, 1, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "\u00ad"), true }},
	{"a joiner", validate.CodeInvisible, .8, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "\u200d"), true }},
	{"a variation selector", validate.CodeInvisible, .8, func(random *rand.Rand, s []rune) (string, bool) { return insert(random, s, "\ufe0f"), true }},
	{"U+FFFD for a character", validate.CodeReplacement, 1, func(random *rand.Rand, s []rune) (string, bool) {
		i := random.IntN(len(s))
		return string(s[:i]) + "\ufffd" + string(s[i+1:]), true
	}},
	{"UTF-8 read as Windows-1252", validate.CodeMojibake, .9, func(_ *rand.Rand, s []rune) (string, bool) {
		read := readAs1252(string(s))
		return read, read != string(s)
	}},
	{"UTF-8 read as ISO 8859-1", validate.CodeMojibake, .9, func(_ *rand.Rand, s []rune) (string, bool) {
		read, err := charmap.ISO8859_1.NewDecoder().String(string(s))
		return read, err == nil && read != string(s)
	}},
	{"UTF-8 read as Windows-1252 twice", validate.CodeMojibake, .99, func(_ *rand.Rand, s []rune) (string, bool) {
		read := readAs1252(string(s))
		return readAs1252(read), read != string(s)
	}},
	{"NFD", validate.CodeNotNFC, 1, func(_ *rand.Rand, s []rune) (string, bool) {
		d := norm.NFD.String(string(s))
		return d, d != string(s)
	}},
	{"a letter that looks the same", validate.CodeMixedScript, 1, func(random *rand.Rand, s []rune) (string, bool) {
		i := random.IntN(len(s))
		letter := look.Replace(string(s[i]))
		isWord := func(k int) bool { return k >= 0 && k < len(s) && unicode.Is(unicode.Latin, s[k]) }
		return string(s[:i]) + letter + string(s[i+1:]), letter != string(s[i]) && (isWord(i-1) || isWord(i+1))
	}},
	{"a character of a path", validate.CodePath, 1, func(random *rand.Rand, s []rune) (string, bool) {
		const characters = " \"<>\\^`{|}"
		return insert(random, s, string(characters[random.IntN(len(characters))])), true
	}},
	{"a placeholder", validate.CodePlaceholder, 1, func(random *rand.Rand, s []rune) (string, bool) {
		return insert(random, s, []string{"{{name}}", "${name}", "[object Object]", " %s "}[random.IntN(4)]), true
	}},
}

// readAs1252 decodes Windows-1252 as browsers do: a byte without a character is a
// C1 control.
func readAs1252(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(c)
		if r == unicode.ReplacementChar {
			r = rune(c)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func insert(random *rand.Rand, s []rune, text string) string {
	i := random.IntN(len(s) + 1)
	return string(s[:i]) + text + string(s[i:])
}

// TestNamesWithDefects adds defects to random identities and counts how many of
// each kind are found. It writes examples of each code, and of missed defects,
// into .build/false-alarms.txt to be read.
func TestNamesWithDefects(t *testing.T) {
	sameUnicode(t)
	if quick() {
		t.Skip("seconds")
	}
	n := loadNamer(t)
	examples := map[validate.Code][]string{}
	example := func(c validate.Code, where, s string) {
		if len(examples[c]) < 50 {
			examples[c] = append(examples[c], fmt.Sprintf("%-32s %q %+q", where, s, s))
		}
	}
	for _, name := range []string{"str_blns", "json_jsontestsuite_parsing", "json_roundtrip"} {
		counts := map[validate.Code]int{}
		texts := suiteStrings(t, name)
		for _, s := range texts {
			for _, a := range validate.AdviseIdentity(s) {
				counts[a.Code]++
				if len(examples[a.Code]) < 35 {
					example(a.Code, name, s)
				}
			}
		}
		for _, c := range characterCodes {
			t.Logf("of %4d strings of %-27s %-13s %4d", len(texts), name, c, counts[c])
		}
	}
	var missed strings.Builder
	for _, d := range defects {
		found, all := 0, 0
		for all < 10_000 {
			s, ok := d.add(n.random, []rune(n.identity()))
			if !ok {
				continue
			}
			if all++; all%199 == 0 {
				example(d.code, d.name, s)
			}
			if slices.ContainsFunc(validate.AdviseIdentity(s), func(a validate.Advice) bool { return a.Code == d.code }) {
				found++
			} else if all-found <= 25 {
				fmt.Fprintf(&missed, "%-32s %q %+q\n", d.name, s, s)
			}
		}
		t.Logf("%-32s %5d of %d found", d.name, found, all)
		if float64(found) < d.minimum*float64(all) {
			t.Errorf("%s: %d of %d found, want %.0f of 100", d.name, found, all, 100*d.minimum)
		}
	}
	writeExamples(t, examples, missed.String())
}

// suiteStrings returns the inputs of a suite or, where they are JSON, the names
// and strings in them.
func suiteStrings(t *testing.T, name string) (list []string) {
	for _, s := range vectors.SuiteTexts(t, name) {
		if !strings.HasPrefix(name, "json") {
			list = append(list, s)
			continue
		}
		d := json.NewDecoder(strings.NewReader(s))
		for {
			token, err := d.Token()
			if err != nil {
				break
			}
			if text, ok := token.(string); ok {
				list = append(list, text)
			}
		}
	}
	return list
}

func writeExamples(t *testing.T, examples map[validate.Code][]string, missed string) {
	t.Helper()
	var b strings.Builder
	for _, c := range adviceCodes {
		if len(examples[c]) > 0 {
			fmt.Fprintf(&b, "%s\n\t%s\n\n", c, strings.Join(examples[c], "\n\t"))
		}
	}
	dir := filepath.Join("..", ".build")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "false-alarms.txt"), []byte(b.String()+"missed\n\n"+missed), 0o666); err != nil {
		t.Fatal(err)
	}
}
