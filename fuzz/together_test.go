package fuzz_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/go-playground/form/v4"
	"github.com/go-playground/validator/v10"
)

// together is the number of goroutines.
const together = 64

// TestTogether calls all of the exported API from many goroutines at once; make
// race does so under the race detector. They share the arguments that are only
// read, and each must get the answer that a single goroutine gets.
func TestTogether(t *testing.T) {
	var calls []call
	for _, c := range callees() {
		calls = append(calls, c.shared(zero), c.shared(pointed))
		for _, s := range []string{
			"null", "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", `{"identity":"\u00e9","links":{"a":1},"b":[1,"\ud83d\ude00"]}`,
			"Identity=%C3%A9&FriendlyName=a+b", "2019-12-16T22:18:37.5Z", "http://h/\xff", strings.Repeat("\u20ac\"", 500),
		} {
			calls = append(calls, c.shared(with(s)))
		}
	}
	want := make([]string, len(calls))
	for i, c := range calls {
		want[i] = c.answer()
	}
	var all sync.WaitGroup
	for g := range together {
		all.Go(func() {
			for i := range calls {
				k := (i + g*len(calls)/together) % len(calls) // each begins elsewhere
				if got := calls[k].answer(); got != want[k] {
					t.Errorf("%s: %.300q, alone %.300q", calls[k].name, got, want[k])
				}
			}
		})
	}
	all.Wait()
}

// TestNilIsZero checks that a nil pointer to a value that is read means the zero
// value.
func TestNilIsZero(t *testing.T) {
	pointers := 0
	for _, c := range callees() {
		if c.writes() || c.name == "user.User.Refs" {
			continue // nil is an error or refers to nothing
		}
		for p := range c.fn.Type().Ins() {
			if pointsToOurs(p) {
				pointers++
			}
		}
		if got, want := c.shared(zero).answer(), c.shared(pointed).answer(); got != want {
			t.Errorf("%s: of nil %s, of zero %s", c.name, got, want)
		}
	}
	if pointers < 20 {
		t.Errorf("%d pointers", pointers)
	}
}

// A call is a callee and functions that return its arguments.
type call struct {
	callee
	args []func() reflect.Value
}

// shared returns a call whose arguments are made once, unless it changes them.
func (c callee) shared(make func(reflect.Type) reflect.Value) call {
	l := call{callee: c}
	for p := range c.fn.Type().Ins() {
		arg := func() reflect.Value { return make(p) }
		if !c.writes() && !changes(p) {
			arg = sync.OnceValue(arg)
		}
		l.args = append(l.args, arg)
	}
	return l
}

// writes reports whether c changes its argument.
func (c callee) writes() bool {
	return strings.Contains(c.name, ".Unmarshal") || c.name == "encode/formv4.Decode"
}

// changes reports whether a value of type t is consumed, or not safe for concurrent
// use.
func changes(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[*http.Request](), reflect.TypeFor[*http.Response](), reflect.TypeFor[http.ResponseWriter](), reflect.TypeFor[http.Header](),
		reflect.TypeFor[*validator.Validate](), reflect.TypeFor[*form.Encoder](), reflect.TypeFor[*form.Decoder]():
		return true
	}
	return false
}

// answer makes the call and returns its results as text.
func (c call) answer() string {
	var args []reflect.Value
	for _, arg := range c.args {
		args = append(args, arg())
	}
	results := c.call(args)
	if strings.HasPrefix(c.name, "user/usertest.") {
		for _, r := range results {
			release(r)
		}
		return "" // differs each time: TestUnderLoad of that package checks it
	}
	var b strings.Builder
	for _, r := range results {
		show(&b, r)
	}
	for k, p := range args {
		if c.writes() || changes(c.fn.Type().In(k)) {
			show(&b, p)
		}
	}
	return b.String()
}

// show writes v, or what it points to, as text.
func show(b *strings.Builder, v reflect.Value) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		b.WriteString("nil;")
		return
	}
	switch x := v.Interface().(type) {
	case error:
		fmt.Fprintf(b, "%T %s;", x, x.Error())
	case *http.Request:
		body := ""
		if x.Body != nil {
			all, _ := io.ReadAll(x.Body)
			body = string(all)
		}
		fmt.Fprintf(b, "%s %v %v %q;", x.Method, x.URL, x.Header, body)
	case *httptest.ResponseRecorder:
		fmt.Fprintf(b, "%d %v %q;", x.Code, x.Header(), x.Body)
	case *http.Response, *validator.Validate, *form.Encoder, *form.Decoder: // have no text
	default:
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		fmt.Fprintf(b, "%+v;", v)
	}
}
