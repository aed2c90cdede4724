package wire_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode/wire"
)

// TestArena: strings of any length share one allocation of the size given to Grow.
func TestArena(t *testing.T) {
	for _, part := range longParts {
		for _, n := range []int{1, 250, 1018, 1024, 1030, 3000} {
			raw := strings.Repeat(part, max(1, n/len(part)))
			value := strings.Repeat(unescaped(part), max(1, n/len(part)))
			form := strings.ReplaceAll(value, "a", "%61") + "&x"
			got := [3]string{}
			allocs := testing.AllocsPerRun(2, func() {
				var a wire.Arena
				a.Grow(2*len(value) + len("é,b"))
				got[0] = a.Unescape(raw)
				got[1] = a.Join("é, b", []wire.Span{{0, 2}, {4, 5}})
				got[2], _, _ = a.UnescapeForm(form, 0)
			})
			if strings.ContainsAny(value, "+%;&") {
				continue
			}
			if want := [3]string{value, "é,b", value}; got != want || allocs > 1 {
				t.Errorf("%q, %d bytes: %.40q in %v allocations", part, n, got, allocs)
			}
		}
	}
}

// TestUnescapeForm: a value up to the & or the end, through as many buffers as
// it takes, in one allocation; and none where it has a fault or no room.
func TestUnescapeForm(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 129, 512, 513, 128 + 2048, 128 + 2049, 10_000} {
		for _, part := range []string{"a", "+", "%41", "%"} {
			for _, tail := range []string{"", "&", "&x"} {
				raw := strings.Repeat(part, n)
				form := "--" + raw + tail
				value := strings.NewReplacer("+", " ", "%41", "A").Replace(raw)
				var got string
				var end int
				var ok bool
				allocs := testing.AllocsPerRun(2, func() {
					var a wire.Arena
					got, end, ok = a.UnescapeForm(form, 2)
				})
				if part == "%" && n > 0 {
					if ok {
						t.Errorf("%d bad escapes before %q: %.40q up to %d", n, tail, got, end)
					}
				} else if got != value || end != 2+len(raw) || !ok || allocs > 1 {
					t.Errorf("%q, %d times before %q: %.40q up to %d, %t, %v allocations", part, n, tail, got, end, ok, allocs)
				}
			}
		}
	}
	for room, n := range map[int]int{64: 128 + 20, 128 + 64: 128 + 500} {
		var a wire.Arena
		a.Grow(room)
		if got, _, ok := a.UnescapeForm(strings.Repeat("a", n), 0); ok {
			t.Errorf("%d bytes, room for %d: %q", n, room, got)
		}
	}
}

// longParts are repeated to make long strings. They have different lengths, so that
// they start at every place of a word and of a buffer.
var longParts = []string{"a", `\"`, `\\`, `\n`, "é", "会", "😀", `\u00e9`, `\u4f1a`, `\ud83d\ude00`, `a\"b\\`, "plain text, and a lot of it: much more than a block"}

// longFaults are put at the end of a string to make it invalid.
var longFaults = []string{"", "\x1f", "\x80", "\xff", "\xe4\xbc", `\x`, `\u12g4`, `\ud800`, `\udc00`, `\ud800\u0041`}

// unescaped returns the value of a string whose text is raw.
func unescaped(raw string) string {
	var a wire.Arena
	return a.Unescape(raw)
}

// TestCopyChars: through buffers of every size, it writes what Unescape returns, stops
// at the quote, and reports a fault if ConsumeString does.
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
						t.Fatalf("%q through %d: %d, %t; a missing quote is not a fault", s, size, at, ok)
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

// throughBuffer reads chars from s[i] on through a buffer with guard bytes after it.
func throughBuffer(t *testing.T, s string, i, size int) (all string, end int, ok bool) {
	buf := make([]byte, size+8)
	for i < len(s) && s[i] != '"' {
		for k := range buf {
			buf[k] = 0xee
		}
		wrote, end, ok := wire.CopyChars(buf[:size:size], s, i)
		all += string(buf[:wrote])
		if string(buf[size:]) != "\xee\xee\xee\xee\xee\xee\xee\xee" {
			t.Fatalf("%q through %d: it wrote beyond the buffer", s, size)
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

// TestAppendLong: long text, with and without blocks that need escapes, has no more
// escapes than it needs.
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

// TestUnescapeAllocates: the value of a string, and that of a long form, in one
// allocation of its size.
func TestUnescapeAllocates(t *testing.T) {
	for _, size := range []int{1, 40, 5000} {
		raw := strings.Repeat(`\n`, size)
		oneOfItsSize(t, size, func() { _ = wire.Unescape(raw, size) })
	}
	form := strings.Repeat("%41", 5000)
	oneOfItsSize(t, 5000, func() { _, _, _ = new(wire.Arena).UnescapeForm(form, 0) })
}

func oneOfItsSize(t *testing.T, size int, call func()) {
	t.Helper()
	n, each := 2.0, uint64(1<<32)
	for range 5 { // take the minimum, since the rest of the program allocates, too
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n = min(n, testing.AllocsPerRun(99, call))
		runtime.ReadMemStats(&after)
		each = min(each, (after.TotalAlloc-before.TotalAlloc)/100)
	}
	if n != 1 || each > uint64(size+size/4+40) {
		t.Errorf("%d: %v allocations, %d bytes", size, n, each)
	}
}
