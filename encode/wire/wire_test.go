package wire_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire"
)

func TestConsumeSpace(t *testing.T) {
	for s, want := range map[string]int{"": 0, "a": 0, " \t\r\n": 4, " \v": 1, "\u00a0": 0} {
		if got := wire.ConsumeSpace(s, 0); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestConsumeHex(t *testing.T) {
	for s, want := range map[string]int{"": 2, "g": 2, "0": 3, "09afAFg": 8, "@0": 2, "0123456789abcdef0123456789ABCDEF:": 34} {
		if got := wire.ConsumeHex("xy"+s, 2); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestConsumeNumber(t *testing.T) {
	cases := []struct {
		s     string
		end   int
		fault wire.Fault
	}{
		{"0", 1, wire.OK}, {"-0", 2, wire.OK}, {"10", 2, wire.OK}, {"0.5e-7x", 6, wire.OK}, {"1E+2", 4, wire.OK},
		{"01", 1, wire.OK}, {"1D5", 1, wire.OK}, {"1d5", 1, wire.OK}, {"1f5", 1, wire.OK}, {"1.5.2", 3, wire.OK}, // the number ends; what follows is the caller's
		{"", 0, wire.WantDigit}, {"-", 1, wire.WantDigit}, {"-a", 1, wire.WantDigit}, {"1.", 2, wire.WantDigit},
		{"1.e", 2, wire.WantDigit}, {"1e", 2, wire.WantDigit}, {"1e-", 3, wire.WantDigit}, {"+1", 0, wire.WantDigit},
	}
	for _, c := range cases {
		end, f := wire.ConsumeNumber("ab"+c.s, 2)
		if end-2 != c.end || f != c.fault {
			t.Errorf("%q: %d %v, want %d %v", c.s, end-2, f, c.end, c.fault)
		}
	}
}

// TestNumbers puts each number, valid or not, at every distance from the end of the
// text, since long texts are read by words of eight bytes, and compares with
// ConsumeNumber.
func TestNumbers(t *testing.T) {
	for _, number := range []string{
		"0", "-0", "7", "-7", "1234567", "-1234567", "12345678", "-12345678", "123456789012345678901234567890",
		"0.5", "-0.5", "1234567.25", "-1234567.25", "1.2345678", "1.23456789012345", "12345678.5", "1e5", "1.5E-7", "1234567e1", "1.1234567e+12",
		"-", "01", "-01", "00", "1.", "-1.", "1234567.", "-1234567.", "1.e", "1e", "1.5e", "1.5e+", "1x", "1.x", "1.5x", "-x", "1-", "1.5.5", "1..5", ".5", "+1",
	} {
		for pad := range 20 {
			s := "[" + number + strings.Repeat(" ", pad) + "]"
			end, f := wire.ConsumeText(s)
			wantEnd, want := wire.ConsumeNumber(s, 1)
			if c := number[0]; c == '.' || c == '+' {
				wantEnd, want = 1, wire.WantValue
			} else if want == wire.OK && wantEnd < 1+len(number) {
				want = wire.WantElementEnd
			} else if want == wire.OK {
				wantEnd = len(s)
			}
			if end != wantEnd || f != want {
				t.Errorf("%q: %d %v, want %d %v", s, end, f, wantEnd, want)
			}
		}
		s := "[" + number
		end, f := wire.ConsumeText(s)
		wantEnd, want := wire.ConsumeNumber(s, 1)
		if c := number[0]; c == '.' || c == '+' {
			wantEnd, want = 1, wire.WantValue
		} else if want == wire.OK {
			want = wire.WantElementEnd
		}
		if end != wantEnd || f != want {
			t.Errorf("%q: %d %v, want %d %v", s, end, f, wantEnd, want)
		}
	}
}

// TestLiterals puts each literal, whole, cut off and with another byte, at every
// distance from the end of the text, alone and in an array.
func TestLiterals(t *testing.T) {
	for _, literal := range []string{"true", "false", "null"} {
		for n := 1; n <= len(literal); n++ {
			for _, tail := range []string{"", "x", " ", "]", " ]", "xxxx]"} {
				for _, lead := range []string{"", "["} {
					s := lead + literal[:n] + tail
					wantEnd, want := len(lead)+n, wire.WantLiteral
					closed := strings.TrimLeft(tail, " ")
					switch {
					case n < len(literal):
					case lead == "" && closed != "":
						wantEnd, want = len(s)-len(closed), wire.Trailing
					case lead != "" && closed != "]":
						wantEnd, want = len(s)-len(closed), wire.WantElementEnd
					default:
						wantEnd, want = len(s), wire.OK
					}
					if end, f := wire.ConsumeText(s); end != wantEnd || f != want {
						t.Errorf("%q: %d %v, want %d %v", s, end, f, wantEnd, want)
					}
				}
			}
		}
	}
}

// TestBytes puts each byte at the start of a value and after a number, with room for
// the words of eight bytes that the scanner reads.
func TestBytes(t *testing.T) {
	pad := strings.Repeat(" ", 20) + "]"
	for c := range 256 {
		b := string([]byte{byte(c)})
		space := strings.Contains(" \t\r\n", b)
		if _, f := wire.ConsumeText("[1" + b + pad); (f == wire.OK) != (space || '0' <= c && c <= '9') && b != "]" {
			t.Errorf("after a number, %#x: %v", c, f)
		}
		for _, number := range []string{"1", "1.", "1.5"} {
			_, f := wire.ConsumeText("[" + number + b + "]")
			if good := space && number != "1." || '0' <= c && c <= '9'; (f == wire.OK) != good {
				t.Errorf("behind %s, %#x: %v", number, c, f)
			}
		}
		if end, f := wire.ConsumeText("[" + b + pad); !strings.Contains("\"-0123456789[]{tfn", b) && (f != wire.WantValue || !space && end != 1) && !space {
			t.Errorf("for a value, %#x: %d %v", c, end, f)
		}
	}
}

// TestConsumeObjectText: for a valid text it returns the length.
func TestConsumeObjectText(t *testing.T) {
	for _, s := range []string{"{}", " {}", "{} ", "\t{ }\n", `{"a":[1,{"b":null}]}`, strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)} {
		if end, f := wire.ConsumeObjectText(s); end != len(s) || f != wire.OK {
			t.Errorf("%q: %d %v", s, end, f)
		}
	}
	for _, c := range []struct {
		s     string
		end   int
		fault wire.Fault
	}{
		{"", 0, wire.WantValue}, {`[]`, 0, wire.WrongType}, {`{"a":x}`, 5, wire.WantValue}, {`{}x`, 2, wire.Trailing}, {`{1}`, 1, wire.WantName},
	} {
		if end, f := wire.ConsumeObjectText(c.s); end != c.end || f != c.fault {
			t.Errorf("%q: %d %v, want %d %v", c.s, end, f, c.end, c.fault)
		}
	}
}

// TestConsumeString puts each string at every distance from the ends of the
// words of eight bytes that the scanner reads.
func TestConsumeString(t *testing.T) {
	cases := []struct {
		s     string // after the opening quote
		end   int
		saved int
		fault wire.Fault
	}{
		{`"`, 1, 0, wire.OK},
		{`\""`, 3, 1, wire.OK},
		{`\u0041"`, 7, 5, wire.OK},
		{`\u00e9"`, 7, 4, wire.OK},
		{`\uffff"`, 7, 3, wire.OK},
		{`\ud83d\ude00"`, 13, 8, wire.OK},
		{`é😀"`, 7, 0, wire.OK},
		{"\x7f\"", 2, 0, wire.OK},
		{"", 0, 0, wire.WantQuote},
		{"\x1f\"", 0, 0, wire.Control},
		{`\`, 1, 0, wire.WantEscape},
		{`\a"`, 1, 0, wire.WantEscape},
		{`\U0041"`, 1, 0, wire.WantEscape},
		{`\u004`, 5, 0, wire.WantHex},
		{`\u004g"`, 5, 0, wire.WantHex},
		{`\ud83d"`, 0, 0, wire.Surrogate},
		{`\ud83d\u0041"`, 0, 0, wire.Surrogate},
		{`\ud83d\`, 0, 0, wire.Surrogate},
		{`\ude00\ud83d"`, 0, 0, wire.Surrogate},
		{"\xc3\"", 0, 0, wire.UTF8},
		{"\xe2\x82", 0, 0, wire.UTF8},
	}
	for _, c := range cases {
		for lead := range 20 {
			s := strings.Repeat("-", lead) + `"` + strings.Repeat("a", lead)
			end, saved, f := wire.ConsumeString(s+c.s, lead)
			if end-len(s) != c.end || saved != c.saved || f != c.fault {
				t.Fatalf("%q after %d: %d %d %v, want %d %d %v", c.s, lead, end-len(s), saved, f, c.end, c.saved, c.fault)
			}
		}
	}
	if end, saved, f := wire.ConsumeString("a", 0); end != 0 || saved != 0 || f != wire.WantName {
		t.Errorf("no quote: %d %d %v", end, saved, f)
	}
	if end, _, f := wire.ConsumeString("a", 1); end != 1 || f != wire.WantName {
		t.Errorf("at the end: %d %v", end, f)
	}
}

// TestEveryByte puts each byte between plain ones, in a word and at the end of the
// text, which the scanner reads differently.
func TestEveryByte(t *testing.T) {
	for c := range 256 {
		for _, tail := range []string{"", "abcdefghij"} {
			s := `"x` + string([]byte{byte(c)}) + tail + `"`
			_, _, f := wire.ConsumeString(s, 0)
			want := wire.OK
			switch {
			case c < ' ':
				want = wire.Control
			case c == '"' || c >= utf8.RuneSelf:
				continue // ends the string; needs more bytes
			case c == '\\' && tail == "":
				want = wire.WantQuote
			case c == '\\':
				want = wire.WantEscape
			}
			if f != want {
				t.Errorf("%#x with %q after: %v, want %v", c, tail, f, want)
			}
		}
	}
}

// TestStringRoundTrip writes and reads back every code point, and every pair of ASCII
// characters.
func TestStringRoundTrip(t *testing.T) {
	check := func(s string, html bool) {
		text, _, f := wire.AppendString([]byte("lead"), s, html)
		if f != wire.OK || string(text[:4]) != "lead" {
			t.Fatalf("%q: %v", s, f)
		}
		quoted := string(text[4:])
		if wire.EscapesLen(s, html) != len(quoted)-2-len(s) {
			t.Fatalf("%q wrote %s: %d more bytes counted", s, quoted, wire.EscapesLen(s, html))
		}
		end, saved, f := wire.ConsumeString(quoted, 0)
		if end != len(quoted) || f != wire.OK {
			t.Fatalf("%q wrote %s: %d %v", s, quoted, end, f)
		}
		raw := quoted[1 : end-1]
		if got := wire.Unescape(raw, saved); got != s || len(raw)-saved != len(s) {
			t.Fatalf("%q wrote %s and read %q", s, quoted, got)
		}
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) && (r < 0x3000 || r%97 == 0 || r > 0x10ff00) {
			check("abcdefg"+string(r)+"hi", r%2 == 0)
		}
	}
	for a := range byte(0x80) {
		for b := range byte(0x80) {
			check(string([]byte{a, b}), true)
		}
	}
}

// TestAppendStringRoom writes into buffers with no room, too little, enough and more.
func TestAppendStringRoom(t *testing.T) {
	for _, s := range []string{
		"", "a", "abcdefg", "abcdefgh", "abcdefghijklmno", strings.Repeat(`"`, 40), strings.Repeat(`abc"\\def`, 9),
		"abcdefg\"", "\n2345678\"", strings.Repeat("é", 20), strings.Repeat("\x00", 9), `1234567"1234567\`,
	} {
		want, _, _ := wire.AppendString(nil, s, false)
		for room := range len(want) + 40 {
			got, _, f := wire.AppendString(make([]byte, 3, 3+room), s, false)
			if string(got[3:]) != string(want) || f != wire.OK {
				t.Errorf("%q with room for %d: %q, %v", s, room, got[3:], f)
			}
			if room >= len(want) && cap(got) != 3+room {
				t.Errorf("%q with room for %d of %d moved", s, room, len(want))
			}
		}
	}
}

func TestAppendStringFault(t *testing.T) {
	for lead := range 10 {
		s := strings.Repeat("a", lead) + "\xff"
		out, at, f := wire.AppendString([]byte("lead"), s, false)
		if string(out) != "lead" || at != lead || f != wire.UTF8 {
			t.Errorf("%q: %q %d %v", s, out, at, f)
		}
	}
}

// TestCopy reads each text through buffers of every size.
func TestCopy(t *testing.T) {
	for size := 4; size < 40; size++ {
		const raw, want = `ab\n\"\u00e9\u20ac\ud83d\ude00cdefghijklmnop😀\/`, "ab\n\"\u00e9\u20ac\U0001f600cdefghijklmnop\U0001f600/"
		if got, end, ok := throughBuffer(t, raw, 0, size); got != want || end != len(raw) || !ok {
			t.Errorf("JSON in %d: %q, %d, %t", size, got, end, ok)
		}
		if got := formThroughBuffer(t, "a+b%C3%A9%26c", size); got != "a bé&c" {
			t.Errorf("form in %d: %q", size, got)
		}
	}
}

func TestConsumeUTF8(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r += 1 + r/512 {
		if !utf8.ValidRune(r) {
			continue
		}
		s := "abcdefg" + string(r) + "h"
		if end := wire.ConsumeUTF8(s); end != len(s) {
			t.Errorf("%U: %d", r, end)
		}
	}
	// Every pair and some longer sequences of bytes, compared with utf8.ValidString.
	for a := 0x80; a < 0x100; a++ {
		for b := range 0x100 {
			for _, tail := range []string{"", "\x80", "\xbf\x80", "\x80\x80a", "a", "a\x80", "\xffa\x80"} {
				s := "x" + string([]byte{byte(a), byte(b)}) + tail
				end := wire.ConsumeUTF8(s)
				if (end == len(s)) != utf8.ValidString(s) || !utf8.ValidString(s[:end]) {
					t.Fatalf("%q: %d", s, end)
				}
			}
		}
	}
}

// TestUTF16Len counts every character, and longer texts.
func TestUTF16Len(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		if s := string(r); utf8.ValidRune(r) && wire.UTF16Len(s) != utf16.RuneLen(r) {
			t.Fatalf("%U: %d", r, wire.UTF16Len(s))
		}
	}
	for _, s := range []string{"", "admin", "\ufeffa", "é", "€", "😀", "aé€😀\U0010ffff\x00", strings.Repeat("😀é", 1000)} {
		if got, want := wire.UTF16Len(s), len(utf16.Encode([]rune(s))); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestFormText(t *testing.T) {
	var all strings.Builder
	for c := range 256 {
		all.WriteByte(byte(c))
	}
	for n := range 256 {
		s := all.String()[n:]
		text := wire.AppendFormText([]byte("lead"), s)
		if wire.FormLen(s) != len(text)-4 {
			t.Fatalf("length %d, counted %d", len(text)-4, wire.FormLen(s))
		}
		back := make([]byte, len(text))
		if wrote, _, ok := wire.CopyFormValue(back, string(text), 4); string(back[:wrote]) != s || !ok {
			t.Fatalf("round trip from %d on", n)
		}
		// Into a buffer of the exact size.
		exact := wire.AppendFormText(make([]byte, 0, len(text)-4), s)
		if string(exact) != string(text[4:]) {
			t.Fatalf("exact buffer from %d on", n)
		}
	}
}

func TestFaultText(t *testing.T) {
	seen := map[string]wire.Fault{}
	for f := wire.OK; f <= wire.WrongType; f++ {
		s := f.String()
		if other, ok := seen[s]; ok || s == "" || len(s) > 64 {
			t.Errorf("fault %d: %q, also of %d", f, s, other)
		}
		seen[s] = f
	}
	for _, f := range []wire.Fault{wire.WrongType + 2, 200} { // WrongType + 1 is internal
		if got := f.String(); got != "unknown_fault" {
			t.Errorf("fault %d: %q", f, got)
		}
	}
}

func TestConsumeText(t *testing.T) {
	for s, want := range map[string]wire.Fault{
		`1`: wire.OK, `0`: wire.OK, `9`: wire.OK, ` "a" `: wire.OK, `[[],{}]`: wire.OK, ``: wire.WantValue, `1 2`: wire.Trailing, "\ufeff1": wire.BOM, "\ufeff": wire.BOM, `[`: wire.WantValue, `:`: wire.WantValue, `/`: wire.WantValue,
		`[1,`: wire.WantValue, `{"a":`: wire.WantValue,
		`{"a\:1}`: wire.WantEscape, "{\"a\x01:1}": wire.Control, `{"a:";1}`: wire.WantColon, `{"a:1}`: wire.WantQuote,
	} {
		if _, f := wire.ConsumeText(s); f != want {
			t.Errorf("%q: %v, want %v", s, f, want)
		}
	}
}

// TestDepth: nesting takes no stack.
func TestDepth(t *testing.T) {
	deep := strings.Repeat("[", wire.MaxDepth) + strings.Repeat("]", wire.MaxDepth)
	if end, f := wire.ConsumeText(deep); end != len(deep) || f != wire.OK {
		t.Errorf("at the limit: %d %v", end, f)
	}
	if end, f := wire.ConsumeText("[" + deep + "]"); end != wire.MaxDepth || f != wire.Depth {
		t.Errorf("past the limit: %d %v", end, f)
	}
	if _, f := wire.ConsumeText(strings.Repeat(`{"":[`, 1<<20)); f != wire.Depth {
		t.Errorf("far past it: %v", f)
	}
}

// TestObjectDepth: an object counts itself.
func TestObjectDepth(t *testing.T) {
	for depth, want := range map[int]wire.Fault{0: wire.OK, wire.MaxDepth - 1: wire.OK, wire.MaxDepth: wire.Depth} {
		var o wire.Object
		end, f := o.Consume("{}", 0, depth, nil)
		if f != want || o.Field != -1 || (end == 0) != (f != wire.OK) {
			t.Errorf("with %d around it: %d %v, field %d", depth, end, f, o.Field)
		}
	}
	for around, want := range map[int]wire.Fault{0: wire.OK, 1: wire.Depth} {
		var o wire.Object
		s := `"a":` + strings.Repeat("[", wire.MaxDepth-1) + strings.Repeat("]", wire.MaxDepth-1)
		if _, f := o.ConsumeMembers(s, around); f != want {
			t.Errorf("members with %d around them: %v", around, f)
		}
		if _, f := o.Consume("{"+s+"}", 0, around, nil); f != want {
			t.Errorf("an object with %d around it: %v", around, f)
		}
	}
}

// TestMixedDepth closes thousands of containers of both kinds, and some with the wrong
// bracket.
func TestMixedDepth(t *testing.T) {
	const n = 3000
	var open, shut strings.Builder
	kinds := make([]bool, n) // true for an object
	for i := range kinds {
		kinds[i] = i*i%7 < 3
		if kinds[i] {
			open.WriteString(`{"a":`)
		} else {
			open.WriteString(`[`)
		}
	}
	for i := n - 1; i >= 0; i-- {
		shut.WriteByte(closer(kinds[i]))
	}
	good := open.String() + "1" + shut.String()
	if _, f := wire.ConsumeText(good); f != wire.OK {
		t.Fatalf("good: %v", f)
	}
	for i := 0; i < n; i += 61 {
		at := len(good) - 1 - i
		bad := good[:at] + string(closer(!kinds[i])) + good[at+1:]
		if end, f := wire.ConsumeText(bad); end != at || f == wire.OK {
			t.Errorf("wrong bracket at %d: %d %v", at, end, f)
		}
	}
}

func closer(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}

// TestGrow: a buffer with room is not moved, and one without at least doubles.
func TestGrow(t *testing.T) {
	for _, c := range []struct{ length, capacity, n, want int }{
		{3, 8, 5, 8}, {3, 8, 6, 16}, {8, 8, 1, 16}, {8, 8, 100, 108}, {0, 0, 7, 7}, {0, 0, 0, 0},
	} {
		b := make([]byte, c.length, c.capacity)
		for i := range b {
			b[i] = 'a' + byte(i)
		}
		if got := wire.Grow(b, c.n); string(got) != string(b) || cap(got) != c.want {
			t.Errorf("%d of %d and %d more: %q of %d", c.length, c.capacity, c.n, got, cap(got))
		}
	}
}
