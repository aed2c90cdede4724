package wire_test

import (
	"testing"

	"github.com/convuser/convuser/encode/wire"
)

// TestGrow: what has room stays where it is, and what has none at least
// doubles.
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
