package validate

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestOverflows compares overflows with strconv.ParseFloat, which rounds exactly,
// around the boundary and far from it.
func TestOverflows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	over := 0
	for range 20_000 {
		s := someNumber(r)
		_, err := strconv.ParseFloat(s, 64)
		if got := overflows(s); got != (err != nil) {
			t.Errorf("overflows(%s) = %t, and ParseFloat says %v", s, got, err)
		}
		if err != nil {
			over++
		}
	}
	if over < 2_000 || over > 18_000 {
		t.Errorf("%d of 20000 numbers overflow, want some on both sides", over)
	}
}

// someNumber returns a number without a sign.
func someNumber(r *rand.Rand) string {
	switch r.IntN(4) {
	case 0: // digits of the boundary, one of them changed, the point anywhere
		d := []byte(firstInfinite[:1+r.IntN(len(firstInfinite))])
		if i := r.IntN(len(d)); i > 0 && r.IntN(2) == 0 {
			d[i] = byte('0' + r.IntN(10))
		}
		p := 1 + r.IntN(len(d))
		point := "."
		if p == len(d) {
			point = ""
		}
		return fmt.Sprintf("%s%s%se%d", d[:p], point, d[p:], len(firstInfinite)-p+r.IntN(3)-1)
	case 1: // many digits, no exponent
		var b strings.Builder
		b.WriteByte(byte('1' + r.IntN(9)))
		for range r.IntN(330) {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	case 2: // zeros after the point, and an exponent that makes up for them
		return fmt.Sprintf("0.%s%d17976931348623157E+%d", strings.Repeat("0", r.IntN(400)), r.IntN(10), r.IntN(720))
	}
	return fmt.Sprintf("%d.%de%d", r.IntN(30), r.IntN(1000), r.IntN(700)-350)
}
