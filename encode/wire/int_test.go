package wire

import (
	"math"
	"strconv"
	"testing"
)

func TestAppendInt(t *testing.T) {
	for _, n := range []int{0, 1, -1, 9, 10, 34, 1048576, math.MaxInt, math.MinInt, math.MaxInt32, math.MinInt32} {
		if want, got := "lead"+strconv.Itoa(n), string(AppendInt([]byte("lead"), n)); got != want {
			t.Errorf("AppendInt: want %q, got %q", want, got)
		}
	}
}
