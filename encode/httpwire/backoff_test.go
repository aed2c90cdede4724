package httpwire

import (
	"testing"
	"time"
)

// TestBackoff: the waits grow up to a limit, and are partly random.
func TestBackoff(t *testing.T) {
	for n, most := range map[int]time.Duration{0: 0, 1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 4: 4 * time.Second, 5: 8 * time.Second, 6: 8 * time.Second, 1 << 30: 8 * time.Second} {
		seen := map[time.Duration]bool{}
		for range 100 {
			d := backoff(n)
			seen[d] = true
			if d > most || d < most/2 {
				t.Errorf("after %d: %v", n, d)
			}
		}
		if n > 0 && len(seen) < 50 {
			t.Errorf("after %d: %d waits of 100 differ", n, len(seen))
		}
	}
}
