package wire

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPredicates compares each predicate over a word with its bytewise
// meaning: every byte at every place, between every byte of a few others.
func TestPredicates(t *testing.T) {
	is := func(set string) func(byte) bool {
		return func(c byte) bool {
			for i := range len(set) {
				if c == set[i] {
					return true
				}
			}
			return false
		}
	}
	text := func(c byte) bool { return c < ' ' || c > 0x7f }
	form := is("&%$';")
	for name, p := range map[string]struct {
		word  func(uint64) uint64
		holds func(byte) bool
		exact bool // in every byte, not only in the lowest one
		ascii bool // for bytes below 0x80 alone
	}{
		"equalASCII":   {word: func(w uint64) uint64 { return equalASCII(w, '"') }, holds: is(`"`), exact: true, ascii: true},
		"notFormPlain": {word: notFormPlain, holds: func(c byte) bool { return form(c) || c == '+' || c > 0x7f }},
		"notFormBare":  {word: notFormBare, holds: func(c byte) bool { return c == '*' || c != ' ' && !isFormBare(c) }},
		"notFormRun":   {word: notFormRun, holds: func(c byte) bool { return form(c) || c > 0x7f }},
		"notPlain":     {word: notPlain, holds: func(c byte) bool { return text(c) || c == '"' || c == '\\' }},
		"notText":      {word: notText, holds: text},
		"notHex":       {word: notHex, holds: func(c byte) bool { return unhex[c] == 0xff }, exact: true},
		"notHTMLSafe":  {word: notHTMLSafe, holds: is("<>&"), ascii: true}, // it marks some that are not ASCII
	} {
		t.Run(name, func(t *testing.T) {
			eachWord(func(b [8]byte) {
				for i, c := range b {
					if p.ascii {
						b[i] = c & 0x7f
					}
				}
				m := p.word(load8(string(b[:]), 0))
				want := uint64(0)
				for i, c := range b {
					if p.holds(c) {
						want |= 0x80 << (8 * i)
					}
				}
				if !p.exact { // what stands above the lowest mark may be wrong, where it stands not
					low := want&-want<<1 - 1
					want, m = want&low, m&(low|^uint64(highs))
				}
				if m != want {
					t.Fatalf("%q: %#x, want %#x", b, m, want)
				}
			})
		})
	}
}

// eachWord visits words with each byte at each place among others.
func eachWord(visit func([8]byte)) {
	others := []byte{0, 1, ' ', '!', '"', '#', '%', '&', '\'', '+', '/', '0', ';', '<', '>', '@', 'A', '[', '\\', ']', 'a', 'g', 0x7f, 0x80, 0xa2, 0xff}
	for _, other := range others {
		for at := range 8 {
			for c := range 256 {
				b := [8]byte{other, other, other, other, other, other, other, other}
				b[at] = byte(c)
				visit(b)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b [8]byte
		for i := range b {
			b[i] = others[r.IntN(len(others))] + byte(r.IntN(2))
		}
		visit(b)
	}
}

// TestEscaping follows the backslashes of every word, one after the other.
func TestEscaping(t *testing.T) {
	for mask := range 256 {
		for carry := range uint64(2) {
			var backslashes uint64
			var want escaping
			escaped := carry == 1
			for bit := range 8 {
				mark := uint64(0x80) << (8 * bit)
				backslash := mask>>bit&1 == 1
				if backslash {
					backslashes |= mark
				}
				if escaped {
					want.escaped |= mark
				} else if backslash {
					want.introducers |= mark
				}
				escaped = backslash && !escaped
			}
			if escaped {
				want.carry = 0x80
			}
			if got := escapingOf(backslashes, carry<<7); got != want {
				t.Errorf("%08b, carry %d: %x, want %x", mask, carry, got, want)
			}
			if got := bitmask(backslashes); int(got) != mask {
				t.Errorf("bitmask %08b, want %08b", got, mask)
			}
		}
	}
}

// TestIsHex32 puts each byte at each place.
func TestIsHex32(t *testing.T) {
	for at := range 32 {
		for c := range 256 {
			b := []byte("0123456789abcdefABCDEF9876543210")
			b[at] = byte(c)
			want := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
			if IsHex32(string(b)) != want || IsHex(byte(c)) != want {
				t.Fatalf("%q: %t", b, !want)
			}
		}
	}
	for _, s := range []string{"", "0123456789abcdefABCDEF987654321", "0123456789abcdefABCDEF98765432100"} {
		if IsHex32(s) {
			t.Errorf("%d bytes", len(s))
		}
	}
}

// TestTwoOfThree compares with the sequences of RFC 3629, the two that it
// leaves out apart.
func TestTwoOfThree(t *testing.T) {
	leads := []byte{0x7f, 0xc3, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xff}
	tails := []byte{0x00, 0x7f, 0x80, 0x9f, 0xbf, 0xc0, 0xff}
	good := func(a, b, c byte) bool {
		return a >= 0xe1 && a <= 0xef && a != 0xed && b&0xc0 == 0x80 && c&0xc0 == 0x80
	}
	for _, a := range leads {
		for _, d := range leads {
			for k := range len(tails) * len(tails) * len(tails) * len(tails) {
				n := len(tails)
				b, c, e, f := tails[k%n], tails[k/n%n], tails[k/n/n%n], tails[k/n/n/n]
				for _, last := range []string{"ab", "\xff\xff", "\x00\x00"} {
					s := string([]byte{a, b, c, d, e, f}) + last
					if got, want := isTwoOfThree(load8(s, 0)), good(a, b, c) && good(d, e, f); got != want {
						t.Fatalf("%q: %t", s, got)
					}
				}
			}
		}
	}
}

// TestNothingBesideAFault: what could not be read has no width and no value.
func TestNothingBesideAFault(t *testing.T) {
	for s, want := range map[string]struct {
		end, width int
		f          Fault
	}{
		"a": {1, 1, OK}, "%41": {3, 1, OK}, "%7F": {3, 1, OK}, "é": {2, 2, OK}, "%C3\xa9": {4, 2, OK}, "%F0%9F%98%80a": {12, 4, OK},
		"%": {1, 0, Percent}, "%4": {2, 0, Percent}, "%4g": {2, 0, Percent}, "%C3%": {0, 0, UTF8}, "%C3a": {0, 0, UTF8}, "\xff": {0, 0, UTF8},
		"%80%80%80%80%80": {0, 0, UTF8},
	} {
		if end, width, f := consumeFormRune(s, 0); end != want.end || width != want.width || f != want.f {
			t.Errorf("%q: %d %d %v, want %+v", s, end, width, f, want)
		}
	}
	for _, s := range []string{"%", "%4", "%g", "%4g"} {
		if c, _, f := formByte(s, 0); c != 0 || f != Percent {
			t.Errorf("%q: %#x %v", s, c, f)
		}
	}
	for _, s := range []string{`\`, `\a`, `\u004`, `\u004g`, `\ud800`, `\udc00`} {
		if r, _, f := consumeEscape(s, 0); r != 0 || f == OK {
			t.Errorf("%s: %d %v", s, r, f)
		}
	}
	for _, s := range []string{"", "004", "004g"} {
		if r, _, f := consumeHex4(s, 0); r != 0 || f != WantHex {
			t.Errorf("%q: %U %v", s, r, f)
		}
	}
}

// TestBlock: a block is 64 bytes or what is over before the next question, and
// is quiet where nothing was marked.
func TestBlock(t *testing.T) {
	b := newBlock(10)
	if now, quiet := b.at(73); now != b || quiet {
		t.Errorf("inside: %+v, %t", now, quiet)
	}
	if now, quiet := b.at(74); now != (block{end: 138}) || !quiet {
		t.Errorf("behind: %+v, %t", now, quiet)
	}
	b.marks = 1
	if now, quiet := b.at(80); now != (block{end: 144}) || quiet {
		t.Errorf("behind one with marks: %+v, %t", now, quiet)
	}
}

func TestGuess(t *testing.T) {
	for n := range 9 {
		if got := guess(n); got != n {
			t.Errorf("%d: %d", n, got)
		}
	}
}

// TestPlainEnd puts each kind of byte that ends plain text at each place, and
// the start of the text before it, behind it and anywhere.
func TestPlainEnd(t *testing.T) {
	for _, odd := range []string{"\"", "\\", "\x1f", "\x00", "\x80", "\xff", ""} {
		for at := range 150 {
			for _, rest := range []string{"", "b", "tail", strings.Repeat("z", 60), odd + odd} {
				s := strings.Repeat("!#[]~ \x7f", 30)[:at] + odd + rest
				for from := range at + 1 {
					want := at
					if odd == "" {
						want = len(s)
					}
					if got := skipPlain(s, from); got != want {
						t.Fatalf("%q from %d: %d, want %d", s, from, got, want)
					}
					if got := skipLong(s, from); got != want {
						t.Fatalf("%q from %d, long: %d, want %d", s, from, got, want)
					}
					if got := skipBlocks(s, from); got != from+(want-from)/32*32 {
						t.Fatalf("%q from %d, blocks: %d, want %d", s, from, got, from+(want-from)/32*32)
					}
				}
			}
		}
	}
}
