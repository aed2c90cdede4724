package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/wire"
)

// longParts are what long strings are made of here: each is so many bytes of
// source that another one starts at another place of a word and of a buffer.
var longParts = []string{"a", `\"`, `\\`, `\n`, "é", "会", "😀", `\u00e9`, `\u4f1a`, `\ud83d\ude00`, `a\"b\\`, "plain text, and a lot of it: much more than a block"}

// longFaults are what makes a string bad, at its end.
var longFaults = []string{"", "\x1f", "\x80", "\xff", "\xe4\xbc", `\x`, `\u12g4`, `\ud800`, `\udc00`, `\ud800\u0041`}

// eachLong visits the chars of strings of many lengths around those at which
// a string becomes long and fills a buffer.
func eachLong(visit func(chars string)) {
	for _, part := range longParts {
		for _, n := range []int{1, 250, 255, 256, 257, 258, 260, 264, 270, 1018, 1024, 1025, 1030, 1100, 3000} {
			for _, before := range []string{"", `\/`, "b", "bcd"} {
				visit(before + strings.Repeat(part, max(1, n/len(part))))
			}
		}
	}
}

// values returns the values of the strings that o has read out of s.
func values(s string, o *wire.Object, b *strings.Builder) map[string]string {
	all := map[string]string{}
	for k, m := range o.Members {
		switch {
		case m.Kind != wire.StringKind:
		case m.Long:
			all[o.Fields[k].Name] = b.String()[m.Start:m.End]
		case m.Escape:
			all[o.Fields[k].Name] = unescaped(s[m.Start:m.End])
		default:
			all[o.Fields[k].Name] = s[m.Start:m.End]
		}
	}
	return all
}

// unescaped returns the value of a string whose text is raw.
func unescaped(raw string) string {
	var b strings.Builder
	wire.WriteUnescaped(&b, raw)
	return b.String()
}

// into reads s as read does, with a builder.
func into(s string) (o *wire.Object, b *strings.Builder, end int, f wire.Fault) {
	o, _, _ = read("", nil)
	b = new(strings.Builder)
	end, f = o.ConsumeTextInto(b, s)
	return o, b, end, f
}

// TestLong: who wants the values gets them, and the same faults at the same
// places as who does not.
func TestLong(t *testing.T) {
	long := 0
	eachLong(func(chars string) {
		for _, fault := range longFaults {
			for _, s := range []string{
				`{"a":"` + chars + fault + `","b":"\t"}`,
				`{"b": "1", "c":{"x":"` + chars + fault + `"},"a":"` + chars + `"}`,
				`{"a":"` + chars + fault,
			} {
				want, wantEnd, wantFault := read(s, nil)
				got, b, end, f := into(s)
				if end != wantEnd || f != wantFault || got.Field != want.Field || got.InSub != want.InSub {
					t.Fatalf("%.40q, %d bytes, then %q: %d %v %d, want %d %v %d", s, len(s), fault, end, f, got.Field, wantEnd, wantFault, want.Field)
				}
				if f != wire.OK {
					continue
				}
				if diff := cmp.Diff(values(s, want, nil), values(s, got, b)); diff != "" {
					t.Fatalf("%.40q, %d bytes: %s", s, len(s), diff)
				}
				if diff := cmp.Diff(values(s, want.Sub, nil), values(s, got.Sub, b)); diff != "" {
					t.Fatalf("%.40q, %d bytes, inside: %s", s, len(s), diff)
				}
				long += b.Len()
			}
		}
	})
	if long < 500_000 {
		t.Errorf("only %d bytes were long", long)
	}
}

// TestWhatIsLong: a string is unescaped while it is read where it has escapes
// and does not end within 256 bytes, and what is not is counted.
func TestWhatIsLong(t *testing.T) {
	for _, c := range []struct {
		chars string
		long  bool
		n     int // of Unescaped
	}{
		{strings.Repeat("a", 1000), false, 0},
		{`\n`, false, 1},
		{strings.Repeat("a", 253) + `\n`, false, 254},
		{strings.Repeat("a", 254) + `\n`, true, 0},
		{`\n` + strings.Repeat("a", 253), false, 254},
		{`\n` + strings.Repeat("a", 254), true, 0},
	} {
		for _, s := range []string{`{"a":"` + c.chars + `","b":"1"}`, `{"b":"1","a":"` + c.chars + `"}`} {
			o, b, _, f := into(s)
			if m := o.Members[0]; f != wire.OK || m.Long != c.long || m.Escape != (c.chars[0] == '\\' || c.chars[len(c.chars)-1] == 'n') || o.Unescaped != c.n || c.long && m.End-m.Start != len(c.chars)-1 || c.long != (b.Len() > 0) {
				t.Errorf("%d bytes: %+v, %d in the builder, %d counted", len(c.chars), m, b.Len(), o.Unescaped)
			}
		}
	}
}

// TestLongRoom: all long values share one piece of memory, as large as the
// text.
func TestLongRoom(t *testing.T) {
	chars := strings.Repeat(`\"`, 1000)
	s := `{"a":"` + chars + `","b":"` + chars + `","c":"` + chars + `"}`
	o, _, _ := read("", nil)
	parse := func() {
		var b strings.Builder
		clear(o.Members)
		if _, f := o.ConsumeTextInto(&b, s); f != wire.OK || b.Len() != 3000 {
			t.Fatal(f, b.Len())
		}
	}
	n := min(testing.AllocsPerRun(5, parse), testing.AllocsPerRun(5, parse)) // the runtime allocates as well
	_, b, _, _ := into(s)
	if b.Cap() < len(s) || b.Cap() > len(s)+len(s)/4 {
		t.Errorf("%d bytes for %d", b.Cap(), len(s))
	}
	if n != 1 {
		t.Errorf("%v allocations", n)
	}
}

// TestCopyChars: through buffers of every size, from every char on, it writes
// what WriteUnescaped does, stops at the quote, and says that something is
// wrong where ConsumeString does.
func TestCopyChars(t *testing.T) {
	for _, part := range longParts {
		for _, fault := range longFaults {
			chars := `b` + strings.Repeat(part, 1+40/len(part)) + fault
			for _, s := range []string{`"` + chars + `"`, `"` + chars + `" and more`, `"` + chars + `"\\\"\\\"\\`, `"` + chars} {
				end, saved, f := wire.ConsumeString(s, 0)
				for size := 4; size < 90; size++ {
					all, at, ok := throughBuffer(t, s, 1, size)
					switch {
					case f == wire.OK && (!ok || at != end-1 || len(all) != end-2-saved || all != unescaped(s[1:end-1])):
						t.Fatalf("%q through %d: %q, %d, %t", s, size, all, at, ok)
					case f == wire.WantQuote && (!ok || at != len(s)):
						t.Fatalf("%q through %d: %d, %t; no quote is the caller's business", s, size, at, ok)
					case f != wire.OK && f != wire.WantQuote && (ok || at > end):
						t.Fatalf("%q through %d: %d, %t, want %v at %d", s, size, at, ok, f, end)
					case all != unescaped(s[1:at]):
						t.Fatalf("%q through %d: %q up to %d", s, size, all, at)
					}
				}
			}
		}
	}
}

// throughBuffer reads chars from s[i] on through a buffer with a wall.
func throughBuffer(t *testing.T, s string, i, size int) (all string, end int, ok bool) {
	buf := make([]byte, size+8)
	for i < len(s) && s[i] != '"' {
		for k := range buf {
			buf[k] = 0xee
		}
		wrote, end, ok := wire.CopyChars(buf[:size:size], s, i)
		all += string(buf[:wrote])
		if string(buf[size:]) != "\xee\xee\xee\xee\xee\xee\xee\xee" {
			t.Fatalf("%q through %d: it wrote behind the buffer", s, size)
		}
		if !ok {
			return all, end, false
		}
		if end == i || end < len(s) && s[end] != '"' && wrote+4 <= size {
			t.Fatalf("%q through %d: it stopped at %d after %d", s, size, end, wrote)
		}
		i = end
	}
	return all, i, true
}

// TestAppendLong: text with and without blocks that need no escape reads back
// the same, with no more escapes than it needs.
func TestAppendLong(t *testing.T) {
	for _, part := range append([]string{"\n", "\x01", "a\n", "\"a\n\\", "<b>", "\u2028"}, longParts...) {
		for _, n := range []int{1, 7, 8, 9, 60, 64, 70, 128, 200, 1000} {
			for _, room := range []int{0, 3000, 30_000} {
				for _, html := range []bool{false, true} {
					s := strings.Repeat(part, n) + strings.Repeat("a", n) + part
					out, at, f := wire.AppendString(make([]byte, 2, 2+room), s, html)
					if f != wire.OK || at != len(s) || string(out[2:]) != plainAppend(s, html) {
						t.Fatalf("%q, %d times, room for %d: %q, %d, %v", part, n, room, out[2:], at, f)
					}
				}
			}
		}
	}
}
