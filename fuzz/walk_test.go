package fuzz_test

import (
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// hostile are strings that have broken programs.
var hostile = []string{
	"", "\x00", "\xff", "\xc0\x80", "\xed\xa0\x80", "\ufeff{}", "\u202ea", "e\u0301", "\U0010ffff",
	`{"a":"\ud800"}`, `"\udc00"`, `{"a":"\ud800\ud800"}`, `{"__proto__":{"a":1}}`, `{"a":1,"a":2}`, `"a":1,"sid":2`,
	"null", "true", "{}", "[1]", "1e999", "-0", "\\", `"`, "%", "%zz", "%00", "%s%n%!d(MISSING)", ";", "&&=&=", "a[", "a[0][1]",
	"Identity=a&Identity=b", "a\r\nSet-Cookie: b", "<script>", "' OR 1=1 --", "../../etc/passwd", "http://h", "http://[::1", "//", "http://h:99999999999",
	"RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "2019-12-16T22:18:60Z", "9999-99-99T99:99:99.9999999999999999999+99:99",
	strings.Repeat(`{"a":`, 10_001), strings.Repeat("[", 100_000), `{"a":` + strings.Repeat("[{},", 5000),
}

// bombs are long: they go into all places at once only.
var bombs = []string{
	strings.Repeat(`"`, 1<<20), strings.Repeat(`\`, 1<<20), strings.Repeat("%", 1<<20), strings.Repeat("\xff", 1<<20),
	strings.Repeat("&", 1<<20), strings.Repeat("\u202e", 1<<20/3), "{" + strings.Repeat(`"a":1,`, 1<<20/6),
}

// TestWalk calls all of the exported API with zero values and nil pointers, and
// with hostile strings in every place that can hold one, at once and one at a
// time. No panic may reach the caller.
func TestWalk(t *testing.T) {
	skipUnderRace(t)
	for _, c := range callees() {
		c.walk(t, zero)
		c.walk(t, pointed)
		for _, s := range hostile {
			c.walkWith(t, s)
		}
		for _, s := range bombs {
			c.walk(t, with(s))
		}
		if c.takesAny() {
			c.walkAny(t)
		}
	}
}

func TestWalkNaughtyStrings(t *testing.T) {
	skipUnderRace(t)
	for _, naughty := range vectors.Suite(t, "str_blns") {
		for _, c := range callees() {
			c.walk(t, with(naughty.Bytes(t)))
		}
	}
}

// skipUnderRace skips a test of one goroutine, which takes ten times as long under
// the race detector.
func skipUnderRace(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("without the race detector: make unit")
	}
}

func with(s string) func(reflect.Type) reflect.Value {
	return func(t reflect.Type) reflect.Value { return argument(t, s) }
}

// walkWith calls c with s in all of its arguments, and in each alone.
func (c callee) walkWith(t *testing.T, s string) {
	t.Helper()
	c.walk(t, with(s))
	n := c.fn.Type().NumIn()
	for k := range n {
		if n == 1 {
			return
		}
		args := c.arguments(pointed)
		args[k] = argument(c.fn.Type().In(k), s)
		c.mustReturn(t, args)
	}
}

// takesAny reports whether one of c's parameters can be anything.
func (c callee) takesAny() bool {
	for p := range c.fn.Type().Ins() {
		if p == reflect.TypeFor[any]() {
			return true
		}
	}
	return false
}

// A loop can hold itself.
type loop struct{ Next *loop }

// anything returns unusual values. Those that hold themselves come last.
func anything() []any {
	itself := &loop{}
	itself.Next = itself
	return []any{
		"text", 1, math.NaN(), complex(1, 1), uintptr(1), make(chan int), func() {}, [2]bool{}, []any{nil},
		map[string]any{"\xff": nil}, map[any]int{math.NaN(): 1}, struct{}{}, &struct{ A any }{}, new(any),
		loop{}, new(*loop), (*loop)(nil), itself, *itself,
	}
}

// walkAny calls c, which has a parameter of type any.
func (c callee) walkAny(t *testing.T) {
	t.Helper()
	for _, v := range anything() {
		args := c.arguments(pointed)
		for k := range args {
			if c.fn.Type().In(k) == reflect.TypeFor[any]() {
				args[k] = reflect.ValueOf(v)
			}
		}
		c.mustReturn(t, args)
	}
}

// walk calls c with arguments from make.
func (c callee) walk(t *testing.T, make func(reflect.Type) reflect.Value) {
	t.Helper()
	c.mustReturn(t, c.arguments(make))
}

func (c callee) arguments(make func(reflect.Type) reflect.Value) (args []reflect.Value) {
	for p := range c.fn.Type().Ins() {
		args = append(args, make(p))
	}
	return args
}

// mustReturn calls c, which must not panic.
func (c callee) mustReturn(t *testing.T, args []reflect.Value) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s panics: %.200v; arguments %s", c.name, p, abridged(args))
		}
	}()
	for _, result := range c.call(args) {
		release(result)
	}
}

// call calls c. The last of args is a slice if c is variadic.
func (c callee) call(args []reflect.Value) []reflect.Value {
	if c.fn.Type().IsVariadic() {
		return c.fn.CallSlice(args)
	}
	return c.fn.Call(args)
}

// release closes what a constructor has started.
func release(result reflect.Value) {
	switch v := result.Interface().(type) {
	case io.Closer:
		_ = v.Close()
	case interface{ Close() }:
		v.Close()
	}
}

// abridged returns arguments in one line.
func abridged(args []reflect.Value) string {
	var b strings.Builder
	for _, a := range args {
		fmt.Fprintf(&b, "%s %.80q ", a.Type(), fmt.Sprint(a))
	}
	return b.String()
}
