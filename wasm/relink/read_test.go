package main

import (
	"math"
	"slices"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 31, math.MaxInt64, math.MinInt64} {
		r := &reader{b: appendSigned(nil, v)}
		if got := r.signed(); got != v || r.err != nil || r.more() {
			t.Errorf("%d is read as %d, %v", v, got, r.err)
		}
	}
	for _, v := range []uint64{0, 127, 128, 1<<32 - 1, math.MaxUint64} {
		r := &reader{b: appendUnsigned(nil, v)}
		if got := r.unsigned(); got != v || r.err != nil || r.more() {
			t.Errorf("%d is read as %d, %v", v, got, r.err)
		}
	}
	for _, b := range []string{"", "\x80", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		r := &reader{b: []byte(b)}
		if r.unsigned(); r.err == nil {
			t.Errorf("%q is read", b)
		}
	}
	r := &reader{b: []byte("\xff\xff\xff\xff\x1f")}
	if v := r.u32(); r.err == nil {
		t.Errorf("a number of 33 bits is read as %d", v)
	}
}

func TestInstructions(t *testing.T) {
	body := []byte{1, 2, i64, 0x20, 0, 0x0e, 2, 0, 1, 2, 0x41, 0x7f, 0x10, 0xc0, 0x00, 0x29, 3, 0x80, 1, 0x44, 1, 2, 3, 4, 5, 6, 7, 8, 0xfc, 10, 0, 0, 0xc4, 0x0b}
	list, err := instructions(body)
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]int64
	for _, in := range list {
		got = append(got, [2]int64{int64(in.op), in.imm})
	}
	want := [][2]int64{{0x20, 0}, {0x0e, 2}, {0x41, -1}, {0x10, 64}, {0x29, 128}, {0x44, 0}, {0xfc, 10}, {0xc4, 0}, {0x0b, 0}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := 3 + sizeOf(list); n != len(body) {
		t.Errorf("%d bytes of %d are read", n, len(body))
	}
	for _, bad := range [][]byte{{0, 0xd0}, {0, 0x06}, {0, 0xc5}, {0, 0xfc, 12}, {0, 0x3f, 1}, {0, 0x41}, {5}, {0, 0x44, 1}} {
		if list, err := instructions(bad); err == nil {
			t.Errorf("% x is read as %v", bad, list)
		}
	}
}
