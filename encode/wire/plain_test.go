package wire_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire"
)

// The functions of package wire read words of eight bytes or more. Those in this file
// do the same byte by byte, and random texts made of difficult pieces compare them.

// texts calls visit with random texts made of the pieces.
func texts(pieces []string, visit func(s string)) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 12_000 {
		var b strings.Builder
		few := pieces[r.IntN(len(pieces)):]
		few = few[:1+r.IntN(min(4, len(few)))]
		for n := r.IntN(30); n > 0; n-- {
			if r.IntN(4) == 0 {
				b.WriteString(pieces[r.IntN(len(pieces))])
			} else {
				b.WriteString(few[r.IntN(len(few))])
			}
		}
		visit(b.String())
	}
}

var jsonPieces = []string{
	"a", `\"`, `\\`, "abcdefgh", `\"`, `\\`, "b", `\n`, `\u0041`, `\u00e9`, `\u20ac`, `\ud83d\ude00`, "é", "€", "東京都市", "😀",
	`\/`, `\`, "\x7f", " ", "!", "#", "\x1f", "\x00", "\xff", "\xe2\x82", `\ud83d`, `\udc00`, `\ue000`, `\udfff`, `\ud83d\u0041`, `\ud83d\ue000`, `\u00g0`, `\x`, "[", "]",
	"\x80", `\ud83dxxdc00`, `\ud83d\xdc00`, `\ud83dxudc00`,
}

// plainString is ConsumeString after the opening quote.
func plainString(s string) (end, saved int, f wire.Fault) {
	for i := 0; i < len(s); {
		c := s[i]
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '"':
			return i + 1, saved, wire.OK
		case c == '\\':
			end, width, f := plainEscape(s, i)
			if f != wire.OK {
				return end, 0, f
			}
			saved += end - i - width
			i = end
		case c < ' ':
			return i, 0, wire.Control
		case r == utf8.RuneError && n == 1:
			return i, 0, wire.UTF8
		default:
			i += n
		}
	}
	return len(s), 0, wire.WantQuote
}

func plainEscape(s string, i int) (end, width int, f wire.Fault) {
	switch {
	case i+1 == len(s):
		return i + 1, 0, wire.WantEscape
	case strings.IndexByte(`"\/bfnrt`, s[i+1]) >= 0:
		return i + 2, 1, wire.OK
	case s[i+1] != 'u':
		return i + 1, 0, wire.WantEscape
	}
	r, end, ok := plainHex(s, i+2)
	if !ok {
		return end, 0, wire.WantHex
	}
	if r < 0xd800 || r > 0xdfff {
		return end, utf8.RuneLen(r), wire.OK
	}
	if r <= 0xdbff && strings.HasPrefix(s[end:], `\u`) {
		if low, after, ok := plainHex(s, end+2); ok && 0xdc00 <= low && low <= 0xdfff {
			return after, 4, wire.OK
		}
	}
	return i, 0, wire.Surrogate
}

func plainHex(s string, i int) (r rune, end int, ok bool) {
	for end = i; end < i+4; end++ {
		digit := hexAt(s, end)
		if digit < 0 {
			return 0, end, false
		}
		r = r<<4 | rune(digit)
	}
	return r, end, true
}

// hexAt returns the value of the hex digit at s[i], -1 if there is none.
func hexAt(s string, i int) int {
	if i >= len(s) || s[i] < '0' {
		return -1
	}
	return strings.IndexByte("0123456789abcdef", s[i]|0x20)
}

// plainValue unescapes what plainString accepts.
func plainValue(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			i++
			continue
		}
		if k := strings.IndexByte(`"\/bfnrt`, raw[i+1]); k >= 0 {
			b.WriteByte("\"\\/\b\f\n\r\t"[k])
			i += 2
			continue
		}
		r, end, _ := plainHex(raw, i+2)
		if 0xd800 <= r && r <= 0xdfff {
			low, after, _ := plainHex(raw, end+2)
			r, end = 0x10000+(r-0xd800)<<10+(low-0xdc00), after
		}
		b.WriteRune(r)
		i = end
	}
	return b.String()
}

func TestPlainStrings(t *testing.T) {
	good := 0
	texts(jsonPieces, func(s string) {
		for _, tail := range []string{"", `"`, `" and more`} {
			text := s + tail
			wantEnd, wantSaved, wantFault := plainString(text)
			end, saved, f := wire.ConsumeString(`--"`+text, 2)
			if end-3 != wantEnd || saved != wantSaved || f != wantFault {
				t.Fatalf("%q: %d %d %v, want %d %d %v", text, end-3, saved, f, wantEnd, wantSaved, wantFault)
			}
			inContainers(t, text, wantEnd, wantFault)
			if f != wire.OK {
				continue
			}
			good++
			raw := text[:wantEnd-1]
			value := plainValue(raw)
			if got := wire.Unescape(raw, saved); got != value || len(value) != len(raw)-saved {
				t.Fatalf("%q: %q, want %q", raw, got, value)
			}
			size := 4 + len(text)%20
			if got, end, ok := throughBuffer(t, raw, 0, size); got != value || end != len(raw) || !ok {
				t.Fatalf("%q through %d bytes: %q, %d, %t, want %q", raw, size, got, end, ok, value)
			}
		}
	})
	if good < 4_000 {
		t.Errorf("only %d valid ones", good)
	}
}

// inContainers reads a string of which text stands behind its opening quote as
// a value and as a name. It ends at text[end:], or has a fault there.
func inContainers(t *testing.T, text string, end int, f wire.Fault) {
	t.Helper()
	for _, c := range []struct {
		lead, tail string
		cut, whole wire.Fault // without the tail and with it
	}{
		{`["`, `]`, wire.WantElementEnd, wire.OK}, {`["`, `             ]`, wire.WantElementEnd, wire.OK}, {`[1, "`, `,[]]`, wire.WantElementEnd, wire.OK},
		{`{"`, `:1}`, wire.WantColon, wire.OK}, {`{"`, ` :           1}`, wire.WantColon, wire.OK}, {`{"":1, "`, `: 1}`, wire.WantColon, wire.OK}, {`{"`, `:`, wire.WantColon, wire.WantValue},
	} {
		s := c.lead + text
		wantEnd, want := len(c.lead)+end, f
		if f == wire.OK && end < len(text) {
			wantEnd, want = wantEnd+len(text[end:])-len(strings.TrimLeft(text[end:], " ")), c.cut
		} else if f == wire.OK {
			if at, got := wire.ConsumeText(s); at != wantEnd || got != c.cut {
				t.Fatalf("%q: %d %v, want %d %v", s, at, got, wantEnd, c.cut)
			}
			s += c.tail
			wantEnd, want = len(s), c.whole
		}
		if at, got := wire.ConsumeText(s); at != wantEnd || got != want {
			t.Fatalf("%q: %d %v, want %d %v", s, at, got, wantEnd, want)
		}
	}
}

// plainAppend is AppendString for valid UTF-8.
func plainAppend(s string, html bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		k := strings.IndexRune("\"\\\b\f\n\r\t", r)
		switch {
		case k >= 0:
			b.WriteString(`\` + `"\bfnrt`[k:k+1])
		case r < ' ' || html && strings.ContainsRune("<>&\u2028\u2029", r):
			const hex = "0123456789abcdef"
			b.WriteString(`\u` + string([]byte{hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15]}))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func TestPlainAppends(t *testing.T) {
	pieces := []string{"a", `"`, `\`, "abcdefgh", `"`, `\`, "<", ">", "&", "\n", "\t", "\x00", "\x1f", "\x7f", " ", "!", "é", "東京都", "\u2027", "\u2028", "\u2029", "\u202a", "€", "😀", "="}
	texts(pieces, func(s string) {
		for _, html := range []bool{false, true} {
			want := plainAppend(s, html)
			for _, room := range []int{0, len(s) % 40, len(want), len(want) + 30} {
				dst := make([]byte, 3, 3+room)
				got, _, f := wire.AppendString(dst, s, html)
				if string(got[3:]) != want || f != wire.OK {
					t.Fatalf("%q, HTML %t, room %d: %q, want %q", s, html, room, got[3:], want)
				}
				if room >= len(want) && cap(got) != cap(dst) {
					t.Fatalf("%q, HTML %t, room %d: moved", s, html, room)
				}
				key := wire.NewKey("name")
				got, _, f = wire.AppendMember(dst, &key, s, html)
				if string(got[3:]) != `,"name":`+want || f != wire.OK {
					t.Fatalf("%q, HTML %t, room %d: %q", s, html, room, got[3:])
				}
			}
			quoted := plainAppend(s, false)
			if got := string(wire.AppendJSON([]byte("lead"), quoted, html)); got != "lead"+strings.NewReplacer(jsonSafe(html)...).Replace(quoted) {
				t.Fatalf("%q, HTML %t: %q", quoted, html, got)
			}
		}
		for _, html := range []bool{false, true} {
			if got, want := wire.EscapesLen(s, html), len(plainAppend(s, html))-2-len(s); got != want {
				t.Fatalf("%q, HTML %t: %d more, want %d", s, html, got, want)
			}
		}
	})
}

// jsonSafe returns the replacements of AppendJSON.
func jsonSafe(html bool) []string {
	if !html {
		return nil
	}
	return []string{"<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "\u2028", `\u2028`, "\u2029", `\u2029`}
}

// TestPlainFaults puts an invalid byte after every text.
func TestPlainFaults(t *testing.T) {
	texts([]string{"a", "abcdefgh", `"`, "é", "東京都", "\n"}, func(s string) {
		for _, bad := range []string{"\xff", "\xe2\x82", "\xc3("} {
			if end := wire.ConsumeUTF8(s + bad + s); end != len(s) {
				t.Fatalf("%q: %d", s+bad+s, end)
			}
			key := wire.NewKey("name")
			for _, room := range []int{0, 1000} {
				out, at, f := wire.AppendMember(make([]byte, 3, 3+room), &key, s+bad+s, false)
				if len(out) != 3 || at != len(s) || f != wire.UTF8 {
					t.Fatalf("%q: %q, %d, %v", s+bad+s, out, at, f)
				}
			}
		}
		if end := wire.ConsumeUTF8(s); end != len(s) {
			t.Fatalf("%q: %d", s, end)
		}
	})
}

var formPieces = []string{
	"a", "abcdefgh", "%41", "+", "%2B", "=", "$", "'", "&", "%C3%A9", "é", "%E2%82%AC", "€", "%e2\x82%ac", "%7f", "%80", "%7F",
	"\x80", ";", "%", "%4", "%g0", "%4g", "%G", "%C3", "%F0%9F%98%80", "%F0%9F%98", "\xff", "%3b", "%26", "<", ":", "%C3%A9%C3%A9", "%ED%A0%80", "%c3%28",
}

// plainForm is ConsumeFormText, and returns the value, too.
func plainForm(s string, name bool) (value string, end, saved int, escaped bool, f wire.Fault) {
	var b []byte
	var from []int // where each byte of the value comes from
	for end < len(s) && s[end] != '&' && !(name && s[end] == '=') {
		from = append(from, end)
		switch c := s[end]; c {
		case ';':
			f = wire.Semicolon
		case '+':
			b, escaped = append(b, ' '), true
			end++
		case '%':
			hi, lo := hexAt(s, end+1), hexAt(s, end+2)
			switch {
			case hi < 0:
				end, f = end+1, wire.Percent
			case lo < 0:
				end, f = end+2, wire.Percent
			default:
				b, escaped, saved = append(b, byte(hi<<4|lo)), true, saved+2
				end += 3
			}
		default:
			b = append(b, c)
			end++
		}
		if f != wire.OK {
			break
		}
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return "", from[i], 0, false, wire.UTF8
		}
		i += n
	}
	if f != wire.OK {
		return "", end, 0, false, f
	}
	return string(b), end, saved, escaped, wire.OK
}

func TestPlainForms(t *testing.T) {
	texts(formPieces, func(s string) {
		for _, name := range []bool{false, true} {
			value, wantEnd, wantSaved, wantEscaped, wantFault := plainForm(s, name)
			end, saved, escaped, f := wire.ConsumeFormText("--"+s, 2, name)
			if end-2 != wantEnd || saved != wantSaved || escaped != wantEscaped || f != wantFault {
				t.Fatalf("%q, name %t: %d %d %t %v, want %d %d %t %v", s, name, end-2, saved, escaped, f, wantEnd, wantSaved, wantEscaped, wantFault)
			}
			if f == wire.OK && !name {
				formCopied(t, s[:end-2], value)
			}
		}
		plain := 0
		for plain < len(s) && s[plain] < utf8.RuneSelf && strings.IndexByte("&%+;", s[plain]) < 0 {
			plain++
		}
		if got := wire.SkipFormPlain("-"+s, 1); got-1 != plain {
			t.Fatalf("%q: plain up to %d, want %d", s, got-1, plain)
		}
	})
}

// formThroughBuffer reads a valid value through a buffer.
func formThroughBuffer(t *testing.T, raw string, size int) (all string) {
	t.Helper()
	for i, wrote := 0, size; wrote == size; {
		buf := make([]byte, size)
		var ok bool
		wrote, i, ok = wire.CopyFormValue(buf, raw+"&x", i)
		if !ok || wrote < size && i != len(raw) {
			t.Fatalf("%q through %d: %d up to %d, %t", raw, size, wrote, i, ok)
		}
		all += string(buf[:wrote])
	}
	return all
}

// formCopied reads a valid value through a few buffers, and writes and reads it.
func formCopied(t *testing.T, raw, value string) {
	t.Helper()
	for _, size := range []int{1, 7, 8, 9, len(value) + 1, len(value) + 20} {
		if got := formThroughBuffer(t, raw, size); got != value {
			t.Fatalf("%q through %d: %q, want %q", raw, size, got, value)
		}
	}
	text := wire.AppendFormText([]byte("lead"), value)
	back := make([]byte, len(value)+1)
	wrote, _, ok := wire.CopyFormValue(back, string(text), 4)
	if string(back[:wrote]) != value || !ok || wire.FormLen(value) != len(text)-4 {
		t.Fatalf("%q wrote %q", value, text)
	}
}

func TestMemberRoom(t *testing.T) {
	key := wire.NewKey("abcdefghijklmnopqrs") // the longest, which is not padded
	for n := 0; n < 26; n++ {
		s := strings.Repeat("abcdefgh", 4)[:n]
		want := "123" + key.String() + `"` + s + `"`
		for room := range len(want) + 40 {
			dst := append(make([]byte, 0, 3+room), "123"...)
			out, _, f := wire.AppendMember(dst, &key, s, false)
			if string(out) != want || f != wire.OK {
				t.Fatalf("%d bytes, room for %d: %q, %v", n, room, out, f)
			}
			if 3+room >= len(want) && cap(out) != 3+room {
				t.Fatalf("%d bytes, room for %d of %d: moved", n, room, len(want)-3)
			}
		}
	}
}

// TestFormRoom is TestMemberRoom for the text of a form.
func TestFormRoom(t *testing.T) {
	for _, s := range []string{"", "a", "%", "%%%%%%%%", "abcdefgh", "a%b%c%d%", "%%%abcde", "abcde%%%", "é%a+ ", strings.Repeat("%", 30)} {
		text := wire.AppendFormText(nil, s)
		for _, lead := range []int{0, 3, 40} {
			for room := range 3*len(s) + 8 {
				out := wire.AppendFormText(make([]byte, lead, lead+room), s)
				if string(out[lead:]) != string(text) {
					t.Fatalf("%q after %d, room for %d: %q", s, lead, room, out[lead:])
				}
				if room >= len(text) && cap(out) != lead+room {
					t.Fatalf("%q after %d, room for %d of %d: moved", s, lead, room, len(text))
				}
			}
		}
	}
}

// TestStringRoom: room is made once (with the race detector, in two allocations), for
// a text with its escapes and not much more.
func TestStringRoom(t *testing.T) {
	for _, unit := range []string{"abcdefgh", `"abc`, "\x01", "é", "<", "\u2028", "a\x01<é\"\u2029"} {
		s := strings.Repeat(unit, 2000/len(unit))
		for _, html := range []bool{false, true} {
			for _, lead := range []int{0, 3000} {
				for _, room := range []int{0, 1, len(s), len(s) + 1} { // none; a quote; one quote or both missing
					dst := make([]byte, lead, lead+room)
					var out []byte
					n := testing.AllocsPerRun(5, func() { out, _, _ = wire.AppendString(dst, s, html) })
					if n > 2 || cap(out) > 2*(lead+room)+(len(out)-lead)*5/4 {
						t.Errorf("%q, HTML %t, after %d, room for %d: %v allocations, room for %d, takes %d", unit, html, lead, room, n, cap(out), len(out))
					}
				}
			}
		}
	}
}

// TestCopyFormFaults: copying stops before an invalid escape.
func TestCopyFormFaults(t *testing.T) {
	for raw, read := range map[string]int{"%": 0, "%4": 0, "a%4": 1, "ab%4g": 2, "ab%g4": 2, "%41%gg": 3, "%41%4": 3, "abcdefghij%4gklmnopqr": 10} {
		wrote, end, ok := wire.CopyFormValue(make([]byte, 64), raw, 0)
		if ok || end != read || wrote != read-2*strings.Count(raw[:read], "%") {
			t.Errorf("%q: %d up to %d, %t", raw, wrote, end, ok)
		}
	}
}

// TestMemberOddByte writes texts with a byte that is not plain, at each place, with
// ample room: AppendMember's own loop must give the result of AppendString.
func TestMemberOddByte(t *testing.T) {
	key := wire.NewKey("n")
	for n := range 80 {
		for at := range n {
			for _, odd := range []byte{'"', '\\', '\n', 0x1f, 0x80, ' ', 0x7f} {
				b := []byte(strings.Repeat("plain", 16)[:n])
				b[at] = odd
				dst := append(make([]byte, 0, 1000), "lead"...)
				want, wantAt, wantFault := wire.AppendString(nil, string(b), false)
				got, gotAt, fault := wire.AppendMember(dst, &key, string(b), false)
				if fault != wantFault {
					t.Fatalf("%q: %v, want %v", b, fault, wantFault)
				}
				if fault != wire.OK {
					if gotAt != wantAt || string(got) != "lead" {
						t.Fatalf("%q: %q, %d, want %d", b, got, gotAt, wantAt)
					}
					continue
				}
				if string(got) != `lead,"n":`+string(want) {
					t.Fatalf("%q: %q, want %q", b, got, want)
				}
			}
		}
	}
}

// TestLongKey: a name that does not fit panics.
func TestLongKey(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "too long") {
			t.Errorf("the panic says %q", text)
		}
	}()
	wire.NewKey("abcdefghijklmnopqrst")
}

// TestHTMLFaults: invalid UTF-8 that starts as U+2028 does.
func TestHTMLFaults(t *testing.T) {
	for _, bad := range []string{"\xe2", "\xe2\x80", "\xe2\x28\xa1", "\xe2\x80<"} {
		if out, at, f := wire.AppendString([]byte("lead"), "é<"+bad, true); string(out) != "lead" || at != len("é<") || f != wire.UTF8 {
			t.Errorf("%q: %q, %d, %v", bad, out, at, f)
		}
	}
	if out, _, f := wire.AppendString(nil, "€", true); string(out) != `"€"` || f != wire.OK {
		t.Errorf("%q, %v", out, f)
	}
}

// TestKeys: keys of all lengths.
func TestKeys(t *testing.T) {
	for n := 1; n <= 19; n++ {
		name := "abcdefghijklmnopqrstuvwxyz"[:n]
		key := wire.NewKey(name)
		if key.Name() != name || key.String() != `,"`+name+`":` {
			t.Errorf("%q: %q, %q", name, key.Name(), key.String())
		}
		for _, room := range []int{0, 200} {
			if got, _, _ := wire.AppendMember(make([]byte, 0, room), &key, "v", false); string(got) != `,"`+name+`":"v"` {
				t.Errorf("%q: %q", name, got)
			}
		}
	}
}

// TestAppendJSONInvalid: a text that is not valid is written to its end, too.
func TestAppendJSONInvalid(t *testing.T) {
	for _, s := range []string{"\"a\xe2\x80", "\xe2", "\xe2<\xe2\x80\xa8"} {
		want := strings.NewReplacer("<", `\u003c`, "\u2028", `\u2028`).Replace(s)
		if got := string(wire.AppendJSON(nil, s, true)); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
