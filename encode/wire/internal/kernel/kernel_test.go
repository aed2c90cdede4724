package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// A body is an implementation of a kernel in the form of one that writes; one that does
// not returns the number of escapes, or 0, as wrote.
type body func(dst []byte, s string) (wrote, read int)

// A kernel has a plain body, which is the specification, and others.
type kernel struct {
	name   string
	writes bool
	plain  body
	others []namedBody
}

type namedBody struct {
	name string
	run  body
}

func length(f func(string) int) body { return func(_ []byte, s string) (int, int) { return 0, f(s) } }

func chars(f func(string) (int, int)) body {
	return func(_ []byte, s string) (escapes, n int) {
		n, escapes = f(s)
		return escapes, n
	}
}

// copies calls f if there is the room that it needs.
func copies(f func([]byte, string) bool) body {
	return func(dst []byte, s string) (int, int) {
		if len(dst) < len(s)+8 || !f(dst, s) {
			return 0, 0
		}
		return len(s), len(s)
	}
}

var kernels = []kernel{
	{"JSONChars", false, chars(jsonCharsBytes), bodies("JSONChars", chars(jsonCharsWords), chars(JSONChars))},
	{"CopyPlain", true, copies(copyPlainBytes), bodies("CopyPlain", copies(copyPlainWords), copies(CopyPlain))},
	{"EscapeJSON", true, escapeJSONBytes, bodies("EscapeJSON", escapeJSONWords, EscapeJSON)},
	{"UnescapeJSON", true, unescapeJSONBytes, bodies("UnescapeJSON", unescapeJSONWords, UnescapeJSON)},
	{"HTMLSafe", false, length(htmlSafeBytes), bodies("HTMLSafe", length(htmlSafeWords), length(HTMLSafe))},
	{"UTF8", false, length(validUTF8Bytes), bodies("UTF8", length(validUTF8Words), length(UTF8))},
	{"UTF16Len", false, length(utf16LenBytes), bodies("UTF16Len", length(utf16LenWords), length(UTF16Len))},
	{"Percents", false, length(percentsBytes), bodies("Percents", length(percentsWords), length(Percents))},
	{"FormPlain", false, length(formPlainBytes), bodies("FormPlain", length(formPlainWords), length(FormPlain))},
	{"EscapeForm", true, escapeFormBytes, bodies("EscapeForm", escapeFormWords, EscapeForm)},
	{"UnescapeForm", true, unescapeFormBytes, bodies("UnescapeForm", unescapeFormWords, UnescapeForm)},
	{"Hex", false, length(hexBytes), bodies("Hex", length(hexWords), length(Hex))},
}

func bodies(kernel string, words, exported body) []namedBody {
	list := []namedBody{{"words", words}}
	if b := avx2Body(kernel); b != nil {
		list = append(list, namedBody{"AVX2", b})
	}
	return append(list, namedBody{"the exported function", exported})
}

func kernelOf(name string) *kernel {
	for i := range kernels {
		if kernels[i].name == name {
			return &kernels[i]
		}
	}
	panic("no kernel " + name)
}

// A bench compares bodies, with the text and the destination between guard pages.
type bench struct {
	tb        testing.TB
	text, dst []byte
	want      [4096]byte
}

func newBench(tb testing.TB) *bench { return &bench{tb: tb, text: newRoom(tb), dst: newRoom(tb)} }

// compare runs the bodies on a text at the end of its memory, at the start, and at
// another place, with this much room for what they write.
func (b *bench) compare(k *kernel, s string, room int) {
	b.tb.Helper()
	wantWrote, wantRead := k.plain(b.want[:room], s)
	want := b.want[:0]
	if k.writes {
		want = b.want[:wantWrote]
	}
	for i, body := range k.others {
		for place := range 3 {
			if i == len(k.others)-1 && place > 0 {
				break // the exported function is one of the others
			}
			at, to := len(b.text)-len(s), len(b.dst)-room
			switch place {
			case 1:
				at, to = 0, 0
			case 2:
				at, to = 64+(len(s)+room)%33, 64+room%32
			}
			text, dst := b.text[at:at+len(s):at+len(s)], b.dst[to:to+room:to+room]
			copy(text, s)
			after := b.dst[to+room : min(to+room+64, len(b.dst))]
			for i := range after {
				after[i] = 0xa5
			}
			wrote, read := body.run(dst, view(text))
			if wrote != wantWrote || read != wantRead {
				b.tb.Fatalf("%s by %s, room %d, place %d: %q: wrote %d, read %d, want %d, %d", k.name, body.name, room, place, s, wrote, read, wantWrote, wantRead)
			}
			if !bytes.Equal(dst[:len(want)], want) {
				b.tb.Fatalf("%s by %s, room %d, place %d: %q: %q, want %q", k.name, body.name, room, place, s, dst[:len(want)], want)
			}
			for i, c := range after {
				if c != 0xa5 {
					b.tb.Fatalf("%s by %s, room %d, place %d: %q: changed byte %d after dst", k.name, body.name, room, place, s, i)
				}
			}
		}
	}
}

// each runs a test for each kernel.
func each(t *testing.T, test func(t *testing.T, b *bench, k *kernel)) {
	for i := range kernels {
		t.Run(kernels[i].name, func(t *testing.T) { test(t, newBench(t), &kernels[i]) })
	}
}

// roomFor returns enough room for what any kernel writes for a text.
func roomFor(s string) int { return 6*len(s) + 100 }

// TestEachByte puts each byte at each place of texts of all lengths; in long ones only
// bytes that some kernel stops at.
func TestEachByte(t *testing.T) {
	odd := []byte{0, '\n', 0x1f, ' ', '!', '"', '%', '&', '*', '+', '/', ':', ';', '<', '=', '@', 'G', '\\', '`', 'g', 0x7f, 0x80, 0xc3, 0xe2, 0xe4, 0xf0, 0xff}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	each(t, func(t *testing.T, b *bench, k *kernel) {
		b.compare(k, "", 0)
		for n := 1; n <= 130; n++ {
			list := odd
			if n <= 18 {
				list = all
			} else if testing.Short() && n%7 != 0 {
				continue
			}
			for _, c := range list {
				for at := range n {
					text := []byte(strings.Repeat([]string{"a0Bf", "0A9F"}[n%2], 33)[:n])
					text[at] = c
					b.compare(k, string(text), roomFor(string(text)))
				}
			}
		}
	})
}

// TestRoom gives every room up to more than a text takes.
func TestRoom(t *testing.T) {
	texts := []string{"", "a", `"`, `\"`, "\n", `\n`, "\x01", `\u0001`, "é", `\u00e9`, "%41", "%C3%A9", "東京都市", "😀", `\ud83d\ude00`,
		strings.Repeat("plain text ", 12), strings.Repeat(`{\"id\":1000},`, 9), strings.Repeat(`{"id":1000},`, 9), strings.Repeat("東京都市", 9), strings.Repeat("%E6%9D%B1", 9),
		strings.Repeat("a+b", 40), strings.Repeat(`\\`, 50), strings.Repeat(`x\"`, 40), strings.Repeat("\t\"", 40), strings.Repeat("\x02", 40), "abcdefghijklmnopqrstuvwxyz0123456789é" + strings.Repeat("\\n\"%&", 9)}
	each(t, func(t *testing.T, b *bench, k *kernel) {
		for _, s := range texts {
			for room := range 3*len(s) + 120 {
				b.compare(k, s, room)
			}
		}
	})
}

var pieces = []string{
	"a", "0", "abcdefgh", "plain text goes on for a while, longer than a block", `\"`, `\\`, `"`, `\`, `\n`, `\t`, `\/`, `\x`, `\u0041`, `\u00e9`, `\u20ac`, `\ud83d\ude00`, `\ud83d`, `\udc00`, `\u00g0`,
	"\n", "\x00", "\x1f", "\x7f", " ", "é", "€", "東京都市", "😀", "\x80", "\xff", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f", "\u2028", "<", ">", "&", "+", "%", "%41", "%C3%A9", "%e6", "%4", "%g0", ";", "=", "*", "-._", "F", "g",
}

// TestRandom makes texts of pieces, mostly of a few different ones.
func TestRandom(t *testing.T) {
	each(t, func(t *testing.T, b *bench, k *kernel) {
		randomTexts(pieces, func(r *rand.Rand, s string) {
			room := roomFor(s)
			if r.IntN(2) == 0 {
				room = r.IntN(room)
			}
			b.compare(k, s, room)
		})
	})
}

func randomTexts(pieces []string, visit func(r *rand.Rand, s string)) {
	rounds := 60_000
	if testing.Short() {
		rounds = 6_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		few := make([]string, 1+r.IntN(4))
		for i := range few {
			few[i] = pieces[r.IntN(len(pieces))]
		}
		var s strings.Builder
		for n := r.IntN(60); n > 0 && s.Len() < 400; n-- {
			if r.IntN(30) == 0 {
				s.WriteString(pieces[r.IntN(len(pieces))])
			} else {
				s.WriteString(few[r.IntN(len(few))])
			}
		}
		visit(r, s.String())
	}
}

// TestLong makes texts longer than any loop reads in one way, of characters of
// different lengths or of one, with an unusual piece here and there.
func TestLong(t *testing.T) {
	each(t, func(t *testing.T, b *bench, k *kernel) {
		r := rand.New(rand.NewPCG(5, 6))
		units := []string{"é", "東京", "語", "😀", "a", "plain text ", "東京都市東京都市東京都市東京都市"}
		for range 400 {
			few := []string{units[r.IntN(len(units))], units[r.IntN(len(units))], units[r.IntN(len(units))]}
			var s strings.Builder
			for s.Len() < 1000+r.IntN(1500) {
				if s.WriteString(few[r.IntN(len(few))]); r.IntN(300) == 0 {
					s.WriteString(pieces[r.IntN(len(pieces))])
				}
			}
			b.compare(k, s.String(), len(b.dst)-100)
		}
	})
}

// TestSequences puts four bytes of the kinds that UTF-8 distinguishes at the start, at
// the end and across the end of a block.
func TestSequences(t *testing.T) {
	list := []byte{'"', '\\', 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xe1, 0xed, 0xf0, 0xf4, 0xf5}
	for _, name := range []string{"UTF8", "JSONChars", "EscapeJSON", "UnescapeJSON"} {
		t.Run(name, func(t *testing.T) {
			b, k := newBench(t), kernelOf(name)
			for i := range len(list) * len(list) * len(list) * len(list) {
				if testing.Short() && i%17 != 0 {
					continue
				}
				n := len(list)
				seq := string([]byte{list[i%n], list[i/n%n], list[i/n/n%n], list[i/n/n/n]})
				before := i % 7
				for _, s := range []string{seq, strings.Repeat("é", 14)[:28-before%2] + seq, "é" + strings.Repeat("東", 20)[:30-3*(before/3)] + seq + "é and more", strings.Repeat("x", 29-before) + seq + strings.Repeat("y", 32),
					strings.Repeat("東", 20+before) + seq + strings.Repeat("京", 12), strings.Repeat("x", before) + strings.Repeat("市", 11+before) + seq + strings.Repeat("\u00e9", 20)} {
					b.compare(k, s, roomFor(s))
				}
			}
		})
	}
}

// TestBackslashes puts all rows of backslashes, quotes and letters across the end of a
// word and of a block.
func TestBackslashes(t *testing.T) {
	const n = 8
	rows := 1
	for range n {
		rows *= 3
	}
	for _, name := range []string{"JSONChars", "UnescapeJSON", "EscapeJSON"} {
		t.Run(name, func(t *testing.T) {
			b, k := newBench(t), kernelOf(name)
			for row := range rows {
				var text [n]byte
				for i, left := 0, row; i < n; i, left = i+1, left/3 {
					text[i] = `\"n`[left%3]
				}
				for _, before := range []string{"", `\\`, strings.Repeat("x", 22) + `\\`, strings.Repeat("x", 27), strings.Repeat("x", 31), strings.Repeat(`\"`, 30)} {
					s := before + string(text[:])
					b.compare(k, s, roomFor(s))
					b.compare(k, s+strings.Repeat(`\" and more, `, 4), roomFor(s)+400)
				}
			}
		})
	}
}

// TestPlain compares the specification with the standard library.
func TestPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var b strings.Builder
		for n := r.IntN(12); n > 0; n-- {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		s := b.String()
		n := UTF8(s)
		if !utf8.ValidString(s[:n]) || n < len(s) && utf8.ValidString(s[:n+1]) || (n == len(s)) != utf8.ValidString(s) {
			t.Fatalf("%q is valid up to %d", s, n)
		}
		var dst [2000]byte

		// Encoding/json also escapes U+2028 and U+2029.
		if !strings.Contains(s, "\u2028") {
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(false)
			if err := e.Encode(s[:n]); err != nil {
				t.Fatal(err)
			}
			wrote, read := escapeJSONBytes(dst[:], s)
			if got := fmt.Sprintf("\"%s\"\n", dst[:wrote]); read != n || got != want.String() {
				t.Fatalf("%q: read %d, wrote %s", s, read, got)
			}
		}

		wrote, read := unescapeJSONBytes(dst[:], s)
		var value string
		if err := json.Unmarshal([]byte(`"`+s[:read]+`"`), &value); err != nil || value != string(dst[:wrote]) {
			t.Fatalf("%q: read %d, wrote %q, want %q, %v", s, read, dst[:wrote], value, err)
		}
		if read < len(s) && s[read] != '"' {
			for end := read + 1; end <= len(s); end++ { // no longer prefix consists of chars
				text := `"` + s[:end] + `"`
				if json.Unmarshal([]byte(text), &value) == nil && utf8.ValidString(text) && !strings.Contains(value, "\ufffd") && !strings.Contains(s[read:end], `"`) {
					t.Fatalf("%q: read %d, and %d are chars", s, read, end)
				}
			}
		}

		wrote, read = escapeFormBytes(dst[:], s)
		form := string(dst[:wrote])
		if read != len(s) || strings.Trim(form, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-._+%") != "" {
			t.Fatalf("%q: read %d, wrote %s", s, read, form)
		}
		wrote, read = unescapeFormBytes(dst[:], form)
		if read != len(form) || string(dst[:wrote]) != s {
			t.Fatalf("%s: read %d, wrote %q", form, read, dst[:wrote])
		}
	}
}

// TestStops has a text for each reason for which a kernel stops.
func TestStops(t *testing.T) {
	for _, c := range []struct {
		kernel, in, out string
		read            int
	}{
		{"UTF8", "abc\xff", "", 3}, {"UTF8", "é\xe2\x82", "", 2}, {"UTF8", "\xed\xa0\x80", "", 0},
		{"FormPlain", "a=b$'c&d", "", 6}, {"FormPlain", "a+b", "", 1}, {"FormPlain", "a;b", "", 1}, {"FormPlain", "a%41", "", 1}, {"FormPlain", "aé", "", 1},
		{"Hex", "09afAFg", "", 6}, {"Hex", "09/:", "", 2}, {"Hex", "@G`", "", 0},
		{"HTMLSafe", "aé\u2028", "", 3}, {"HTMLSafe", "a<", "", 1}, {"HTMLSafe", "a>", "", 1}, {"HTMLSafe", "a&", "", 1},
		{"EscapeJSON", "a\"\\/\b\f\n\r\t\x00\x1f\x7fé<\u2028\xff", `a\"\\/\b\f\n\r\t\u0000\u001f` + "\x7fé<\u2028", 18},
		{"UnescapeJSON", `a\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00é"`, "a\"\\/\b\f\n\r\tAé😀é", 43},
		{"UnescapeJSON", `a\x`, "a", 1}, {"UnescapeJSON", `a\u12g4`, "a", 1}, {"UnescapeJSON", `a\ud800\u0041`, "a", 1}, {"UnescapeJSON", `a\udc00`, "a", 1}, {"UnescapeJSON", "a\n", "a", 1}, {"UnescapeJSON", "a\xff", "a", 1}, {"UnescapeJSON", `a\`, "a", 1},
		{"EscapeForm", "aZ09*-._ ~/é\xff", "aZ09*-._+%7E%2F%C3%A9%FF", 14},
		{"UnescapeForm", "a+b%41%c3%A9\xff=&", "a bAé\xff=", 14}, {"UnescapeForm", "a;", "a", 1}, {"UnescapeForm", "a%4", "a", 1}, {"UnescapeForm", "a%4g", "a", 1}, {"UnescapeForm", "a%g4", "a", 1},
	} {
		var dst [100]byte
		k := kernelOf(c.kernel)
		for _, body := range append(k.others, namedBody{"plain", k.plain}) {
			wrote, read := body.run(dst[:], c.in)
			if read != c.read || string(dst[:wrote]) != c.out {
				t.Errorf("%s by %s: %q: read %d, wrote %q, want %d, %q", c.kernel, body.name, c.in, read, dst[:wrote], c.read, c.out)
			}
		}
	}
	for s, want := range map[string][2]int{`ab\"c\n\/é"`: {11, 3}, `a\u0041`: {1, 0}, `a\`: {1, 0}, `\\\"\`: {4, 2}, "a\n": {1, 0}, "\xff": {0, 0}} {
		k := kernelOf("JSONChars")
		for _, body := range append(k.others, namedBody{"plain", k.plain}) {
			if escapes, n := body.run(nil, s); n != want[0] || escapes != want[1] {
				t.Errorf("JSONChars by %s: %q: %d, %d escapes, want %v", body.name, s, n, escapes, want)
			}
		}
	}
}

func fuzz(f *testing.F, names ...string) {
	for _, s := range pieces {
		f.Add(s, 1000)
		f.Add(strings.Repeat("x", 30)+s+s+strings.Repeat("é", 20), 40)
	}
	b := newBench(f)
	f.Fuzz(func(t *testing.T, s string, room int) {
		b := &bench{tb: t, text: b.text, dst: b.dst}
		if len(s) > 600 || room < 0 {
			return
		}
		for _, name := range names {
			b.compare(kernelOf(name), s, room%len(b.dst))
		}
	})
}

func FuzzJSON(f *testing.F)  { fuzz(f, "JSONChars", "EscapeJSON", "UnescapeJSON") }
func FuzzForm(f *testing.F)  { fuzz(f, "EscapeForm", "UnescapeForm", "FormPlain") }
func FuzzBytes(f *testing.F) { fuzz(f, "UTF8", "Hex", "HTMLSafe") }
