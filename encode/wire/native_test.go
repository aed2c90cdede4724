package wire

import (
	"strings"
	"testing"
)

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

// TestMemberOddByte writes texts with one byte that is not plain, at each
// place, into a buffer with ample room: what the member's own loop sees is what
// AppendString sees.
func TestMemberOddByte(t *testing.T) {
	key := NewKey("n")
	for n := range 80 {
		for at := range n {
			for _, odd := range []byte{'"', '\\', '\n', 0x1f, 0x80, ' ', 0x7f} {
				b := []byte(strings.Repeat("plain", 16)[:n])
				b[at] = odd
				dst := append(make([]byte, 0, 1000), "lead"...)
				want, wantAt, wantFault := AppendString(nil, string(b), false)
				got, gotAt, fault := AppendMember(dst, &key, string(b), false)
				if fault != wantFault {
					t.Fatalf("%q: %v, want %v", b, fault, wantFault)
				}
				if fault != OK {
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

// TestKeys: a key is what stands before a value, up to the longest.
func TestKeys(t *testing.T) {
	for n := 1; n <= 19; n++ {
		name := "abcdefghijklmnopqrstuvwxyz"[:n]
		key := NewKey(name)
		if key.Name() != name || key.String() != `,"`+name+`":` {
			t.Errorf("%q: %q, %q", name, key.Name(), key.String())
		}
		for _, room := range []int{0, 200} {
			if got, _, _ := AppendMember(make([]byte, 0, room), &key, "v", false); string(got) != `,"`+name+`":"v"` {
				t.Errorf("%q: %q", name, got)
			}
		}
	}
}
