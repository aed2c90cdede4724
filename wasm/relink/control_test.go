package main

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// control has every kind of control flow of Go.
const control = `
type stepper interface{ step(x int64) int64 }
type adder struct{ n int64 }
type scaler struct{ a, b float64 }

func (a adder) step(x int64) int64 { return x + a.n }
func (s *scaler) step(x int64) int64 { s.a++; return int64(float64(x)*s.b - s.a) }

//go:noinline
func divmod(a, b int64) (q, r int64, f float64, ok bool, name string) {
	if b == 0 { return 0, a, 0, false, "zero" }
	return a / b, a % b, float64(a) / float64(b), true, "done"
}

//go:noinline
func even(n int64) bool { if n == 0 { return true }; return odd(n - 1) }
//go:noinline
func odd(n int64) bool { if n == 0 { return false }; return even(n - 1) }
//go:noinline
func ackermann(m, n int64) int64 {
	switch {
	case m == 0: return n + 1
	case n == 0: return ackermann(m-1, 1)
	}
	return ackermann(m-1, ackermann(m, n-1))
}
//go:noinline
func nothing() {}
//go:noinline
func apply(f func(int64) int64, x int64) int64 { return f(f(x)) }
//go:noinline
func forever(x int64) int64 { for { x++; if x%17 == 0 { return x } } }

//go:noinline
func labels(n int64) (h int64) {
outer:
	for i := range n {
	inner:
		for j := range n {
			switch {
			case j > i+3: continue outer
			case i*j == 42: break outer
			case (i+j)%7 == 5: break inner
			case j%3 == 1: continue inner
			}
			for k := j; k > 0; k /= 2 {
				if k == 9 { continue outer }
				if k == 5 { break inner }
				h += k
			}
			h = h*31 + i - j
		}
		h ^= i << 3
	}
	return h
}

//go:noinline
func switches(n int64) (h int64) {
	for i := range n {
		switch i % 9 {
		case 0: h++; fallthrough
		case 1: h += 2; fallthrough
		case 2: h *= 3
		case 3, 4:
			if i > 20 { break }
			h -= 7
		case 5: continue
		default: h ^= i
		}
		switch x := any(h); v := x.(type) {
		case int64: h += v & 3
		case string: h += int64(len(v))
		}
	}
	return h
}

// A loop with two entries.
//go:noinline
func twoEntries(n int64) (h int64) {
	i := int64(0)
	if n%2 == 0 { goto b }
a:
	h = h*3 + i
	nothing()
	if h%5 == 4 { goto end }
b:
	h += i ^ 5
	if i++; i < n { goto a }
end:
	return h
}

//go:noinline
func gotos(n int64) (h int64) {
again:
	n--
	for i := range n {
		if i == 7 { goto out }
		h += i
	}
	h++
out:
	if n > 0 { goto again }
	return h
}

//go:noinline
func floats(n int64) uint64 {
	f, g := 1.5, float32(0.25)
	for i := range n {
		if f > 100 { f /= 7 } else if f < 1 { f = -f * 3 } else { f += float64(g) }
		g = g*1.25 + float32(i)
		if g > 1000 { g -= float32(int64(f)) + 999 }
	}
	return uint64(int64(f*1000)) + uint64(int64(g*8))
}

//go:noinline
func conditions(a, b int64, p *int64) bool {
	return a > b && (a%3 == 0 || b%3 == 1) || p != nil && *p == a && !(b > 10 || a == b)
}

//go:wasmexport run
func run(n int64) int64 {
	h := n
	mix := func(x int64) { h = h*1099511628211 ^ x }
	mix(labels(n)); mix(switches(n)); mix(twoEntries(n)); mix(gotos(n)); mix(int64(floats(n))); mix(forever(n))
	mix(ackermann(2, n%5))
	if even(n) { mix(1) }
	q, r, f, ok, name := divmod(n*100, n%7)
	mix(q); mix(r); mix(int64(f * 8)); mix(int64(len(name)))
	if ok { mix(5) }
	for i, s := range []stepper{adder{n}, &scaler{float64(n), 1.5}, &adder{3}} {
		mix(s.step(int64(i)))
		mix(apply(s.step, n))
	}
	mix(apply(adder{9}.step, n))
	mix(apply((&scaler{1, 2}).step, n))
	mix(adder.step(adder{4}, n))
	mix(apply(func(x int64) int64 { return apply(func(y int64) int64 { return x*y + h }, n) }, n))
	var fib func(int64) int64
	fib = func(k int64) int64 { if k < 2 { return k }; return fib(k-1) + fib(k-2) }
	mix(fib(n % 12))
	for i := range n {
		if conditions(i, n-i, &h) || conditions(n, i, nil) { mix(i) }
	}
	return h
}
`

func TestControl(t *testing.T) {
	var inputs [][]uint64
	for n := range uint64(30) {
		inputs = append(inputs, []uint64{n})
	}
	after := compareRelinked(t, small(t, control), "run", append(inputs, []uint64{200}))
	if n := tables(t, after); n != 1 {
		t.Errorf("%d functions have a br_table, want 1, twoEntries", n)
	}
}

// tables returns how many functions of a module have a br_table.
func tables(t *testing.T, module []byte) (n int) {
	t.Helper()
	r := &reader{b: module, i: len(magic)}
	for r.more() {
		id, content := r.byte(), &reader{b: r.take(r.unsigned())}
		if id != secCode {
			continue
		}
		content.list(func() {
			list, err := instructions(content.take(content.unsigned()))
			if err != nil {
				t.Fatal(err)
			}
			if hasSwitch(list) {
				n++
			}
		})
	}
	return n
}

// randomFunction returns a function of random gotos, which ends after 60 of them.
func randomFunction(r *rand.Rand, name string) string {
	n := 2 + r.Intn(8)
	isUsed := make([]bool, n)
	to := func() string {
		i := r.Intn(n)
		isUsed[i] = true
		return fmt.Sprintf("L%d", i)
	}
	condition := func() string {
		return []string{"x&%d != 0", "x%%%d == y", "y > %d", "f < %d", "y%%%d == 1 && x > 9", "g != nil && g.next == nil || x < %d"}[r.Intn(6)]
	}
	var parts []string
	for range n {
		var b strings.Builder
		b.WriteString("if left--; left < 0 { goto end }\n")
		for range 1 + r.Intn(4) {
			k := 1 + r.Intn(30)
			switch r.Intn(9) {
			case 0:
				fmt.Fprintf(&b, "if "+condition()+" { goto %s }\n", k, to())
			case 1:
				fmt.Fprintf(&b, "if "+condition()+" { x = x*3 + %d } else { y ^= x >> 2; goto %s }\n", k, k, to())
			case 2:
				fmt.Fprintf(&b, "x, y = swap(x, y+%d)\n", k)
			case 3:
				fmt.Fprintf(&b, "for i := range y & 7 { if x += i; "+condition()+" { continue }; if x&32 != 0 { goto %s } }\n", k, to())
			case 4:
				fmt.Fprintf(&b, "switch x & 3 { case 0: y += %d; fallthrough; case 1: x--; case 2: goto %s; default: g = &list{next: g, v: x} }\n", k, to())
			case 5:
				fmt.Fprintf(&b, "f = f*0.5 + float64(x&%d)\n", k)
			case 6:
				fmt.Fprintf(&b, "x = call(func(v int64) int64 { y++; return v ^ x + %d }, y)\n", k)
			case 7:
				fmt.Fprintf(&b, "if g != nil { y += g.v; g = g.next } else if y&1 == 0 { y = -y }\n")
			default:
				fmt.Fprintf(&b, "x = x*31 + %d\n", k)
			}
		}
		switch r.Intn(3) {
		case 0:
			fmt.Fprintf(&b, "goto %s\n", to())
		case 1:
			fmt.Fprintf(&b, "if x > y { goto %s }; goto %s\n", to(), to())
		}
		parts = append(parts, b.String())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "//go:noinline\nfunc %s(x, y int64) int64 {\nleft, f, g := 60, 0.5, (*list)(nil)\n", name)
	for i, part := range parts {
		if isUsed[i] {
			fmt.Fprintf(&b, "L%d:\n", i)
		}
		b.WriteString(part)
	}
	b.WriteString("end:\nif g != nil { x ^= g.v }\nreturn x*7 + y + int64(f*16)\n}\n")
	return b.String()
}

func TestRandomControl(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	const functions = 80
	var b, list strings.Builder
	for i := range functions {
		b.WriteString(randomFunction(r, fmt.Sprintf("f%d", i)))
		fmt.Fprintf(&list, "f%d, ", i)
	}
	source := fmt.Sprintf(`
type list struct { next *list; v int64 }
//go:noinline
func swap(a, b int64) (int64, int64) { return b, a }
//go:noinline
func call(f func(int64) int64, x int64) int64 { return f(x) + 1 }
var all = [...]func(x, y int64) int64{%s}
//go:wasmexport run
func run(i int32, x, y int64) int64 { return all[i](x, y) }
%s`, list.String(), b.String())
	var inputs [][]uint64
	for i := range uint64(functions) {
		for range 12 {
			inputs = append(inputs, []uint64{i, uint64(r.Intn(200)), uint64(r.Intn(100))})
		}
	}
	n := tables(t, compareRelinked(t, small(t, source), "run", inputs))
	if t.Logf("%d of %d functions have a br_table", n, functions); n < 10 || n > functions-10 {
		t.Error("too few of a kind")
	}
}
