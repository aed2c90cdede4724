package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// small builds a program of one file.
func small(tb testing.TB, source string, args ...string) []byte {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range map[string]string{
		"go.mod":  "module example.com/small\n\ngo 1.26.0\n",
		"main.go": "package main\n\n" + source + "\n\nfunc main() {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	if args == nil {
		args = []string{"-buildmode=c-shared"}
	}
	return build(tb, dir, wasip1, append(args, ".")...)
}

// reject checks that a program is rejected, in one line that says why.
func reject(t *testing.T, b []byte, want string) {
	t.Helper()
	_, err := relink(context.Background(), b, options{})
	switch {
	case err == nil:
		t.Errorf("relinked, want: %s", want)
	case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n"):
		t.Errorf("%s\nwant: %s", err, want)
	}
}

// TestRejectedPrograms has programs that need Go's runtime.
func TestRejectedPrograms(t *testing.T) {
	const f = "//go:wasmexport f\nfunc f() int32 {"
	for _, test := range []struct{ name, source, want string }{
		{"defer", f + " for i := range n { defer func() { n += int32(i) }() }; return n }\nvar n int32 = 2", "runtime.deferproc is reached"},
		{"one defer", f + " defer g(); return n }\n//go:noinline\nfunc g() { n++ }\nvar n int32", "runtime.deferreturn is reached, which needs Go's runtime: by main.f, which is reached by f"},
		{"recover", f + " n++; if n < 0 { recover() }; return n }\nvar n int32", "runtime.gorecover is reached"},
		{"goroutine", f + " go func() { n++ }(); return n }\nvar n int32", "main.f starts a goroutine"},
		{"goroutine of init", f + " return n }\nvar n int32\nfunc init() { go func() { n++ }() }", "main.init.0 starts a goroutine"},
		{"send", f + " c <- 1; return 0 }\nvar c = make(chan int, 1)", "runtime.chansend1 is reached"},
		{"receive", f + " return <-c }\nvar c = make(chan int32, 1)", "runtime.chanrecv1 is reached"},
		{"make of a channel", f + " c = make(chan int32, 1); return 0 }\nvar c chan int32", "runtime.makechan is reached"},
		{"select", f + " select { case v := <-c: return v; default: return 0 } }\nvar c = make(chan int32, 1)", "runtime.selectnbrecv is reached"},
		{"empty select", f + " n++; if n < 0 { select {} }; return 0 }\nvar n int32", "runtime.block is reached"},
		{"collection", "import \"runtime\"\n" + f + " runtime.GC(); return 0 }", "runtime.GC is reached"},
		{"callers", "import \"runtime\"\n" + f + " _, _, line, _ := runtime.Caller(0); return int32(line) }", "runtime.Caller is reached"},
		{"assertion to an interface", f + " _, ok := v.(interface{ M() }); if ok { return 1 }; return 0 }\nvar v any = 1", "runtime.typeAssert is reached"},
		{"reflection", "import \"reflect\"\n" + f + " return int32(reflect.TypeOf(v).Size()) }\nvar v any = 1", "reflect.__rtype_."},
		{"import", f + " return yield() }\n//go:wasmimport wasi_snapshot_preview1 sched_yield\nfunc yield() int32", "the import wasi_snapshot_preview1.sched_yield is reached: by main.yield, which is reached by main.f, which is reached by f"},
		{"import of another host", f + " return host() }\n//go:wasmimport env host\nfunc host() int32", "the import env.host is not one of wasip1"},
		{"map by interfaces", f + " return m[n] }\nvar n any = 1\nvar m = map[any]int32{}", "runtime.typehash is reached"},
		{"print", f + " println(1); return 0 }", "is reached"},
		{"clock", "import \"time\"\n" + f + " return int32(time.Now().Unix()) }", "is reached"},
		{"method by its address in data", f + " return table[n]() }\nvar n int32\nvar table = [...]func() int32{g, h}\nfunc g() int32 { return 1 }\nfunc h() int32 { c <- 1; return 2 }\nvar c = make(chan int32, 1)", "runtime.chansend1 is reached, which needs Go's runtime: by main.h"},
		{"nothing exported", "", "no export but _initialize"},
		{"crash in init", f + " return 0 }\nfunc init() { panic(\"on purpose\") }", `_initialize does not return: "panic: on purpose"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			reject(t, small(t, test.source), test.want)
		})
	}
}

const tiny = "//go:wasmexport f\nfunc f() *byte { p := new(byte); keep = append(keep, p); return p }\nvar keep []*byte"

// TestRejectedModules has modules of an unknown layout.
func TestRejectedModules(t *testing.T) {
	reject(t, small(t, tiny, "-buildmode=exe"), "no export _initialize: build with -buildmode=c-shared")
	reject(t, small(t, tiny, "-buildmode=c-shared", "-ldflags=-s"), "has no name: link without -s")
	module := small(t, tiny)
	mustRelink(t, module, options{})
	const tableHead = "\x01\x00\x41\x80\x20\x0b" // one segment, from 0x1000
	for _, test := range []struct{ name, old, new, want string }{
		{"no module", "\x00asm\x01", "\x00asm\x02", "not a WebAssembly module of version 1"},
		{"another release", "\x08language\x01\x02Go\x08go1.26.8", "\x08language\x01\x02Go\x08go1.27.1", `the Go release "go1.27.1" is not supported`},
		{"an experiment", "\x08language\x01\x02Go\x08go1.26.8", "\x08language\x01\x02Go\x0dgo1.26.8-X:ab", `the Go experiment "ab" is not supported`},
		{"another language", "\x08language\x01\x02Go", "\x08language\x01\x02Og", "not made by Go"},
		{"another table", tableHead, "\x01\x00\x41\x81\x20\x0b", "the table starts at 0x1001"},
		{"another kind of table", tableHead, "\x01\x01\x41\x80\x20\x0b", "the table is not as Go's linker writes it"},
		{"another pclntab", string(pclntabMagic), "\xf0\xff\xff\xff\x00\x00\x01\x08", "_initialize does not return: \"runtime: pcHeader: magic= 0xfffffff0"},
		{"no build information", infoEnd, strings.Repeat("x", len(infoEnd)), "no build information"},
		{"another function to wait in", "runtime.goexit", "runtime.goexis", "does not wait in runtime.main"},
		{"no barrier known", "runtime.gcWriteBarrier", "runtime.gcWriteBarryer", "runtime.writeBarrier may be any of 0 variables"},
		{"another stack", "runtime.notInitialized", "runtime.notInitialised", "runtime.notInitialized has an unknown layout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !bytes.Contains(module, []byte(test.old)) {
				t.Fatalf("no %q in the module", test.old)
			}
			b := bytes.ReplaceAll(module, []byte(test.old), []byte(test.new))
			if len(test.new) > len(test.old) { // the last section is longer; its size, of 5 bytes, is before its name
				b = lengthen(b, "\x09producers", len(test.new)-len(test.old))
			}
			reject(t, b, test.want)
		})
	}
}

// lengthen adds to the size of the named section.
func lengthen(b []byte, name string, n int) []byte {
	b = slices.Clone(b)
	b[bytes.Index(b, []byte(name))-5] += byte(n)
	return b
}

// TestCutModules checks that modules that end early are errors.
func TestCutModules(t *testing.T) {
	module := small(t, tiny)
	for n := 0; n < len(module); n += 1 + len(module)/200 {
		if _, err := relink(context.Background(), module[:n], options{}); err == nil {
			t.Errorf("%d of %d bytes were relinked", n, len(module))
		}
	}
}

// mustLoad returns a program with its moduledata read.
func mustLoad(t *testing.T, module []byte) *program {
	t.Helper()
	p, err := load(context.Background(), module)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.readModuledata(); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRejectedSnapshots changes the memory of the runtime.
func TestRejectedSnapshots(t *testing.T) {
	module := small(t, tiny)
	check := func(p *program) error { _, err := p.checkParked(); return err }
	g := func(p *program) uint64 { return p.globals[globalG] }
	for _, test := range []struct {
		name   string
		change func(p *program)
		check  func(p *program) error
		want   string
	}{
		{"another goroutine", func(p *program) { p.setWord(g(p)+gGoid, 7) }, check, "goroutine 7 runs"},
		{"a defer", func(p *program) { p.setWord(g(p)+gDefer, 8) }, check, "defers or panics"},
		{"another guard", func(p *program) { p.setWord(g(p)+gGuard, p.word(g(p)+gGuard)+64) }, check, "the main goroutine's stack has an unknown layout"},
		{"SP elsewhere", func(p *program) { p.globals[globalSP] = 1024 }, check, "the main goroutine's stack has an unknown layout"},
		{"SP higher", func(p *program) { p.globals[globalSP] += 8 }, check, "does not wait in runtime.main"},
		{"another g0", func(p *program) { p.setWord(p.word(p.word(g(p)+gM)+mG0)+gStackHi, 1<<20) }, check, "the scheduler's stack has an unknown layout"},
		{"a collection", func(p *program) {
			for i, code := range p.code {
				if p.callsBarrier(code) && p.name(i) == "main.f" {
					for a := range variablesRead(code) {
						p.memory[a] = 1
					}
				}
			}
		}, (*program).checkNoCollection, "a collection runs after _initialize"},
		{"types elsewhere", func(p *program) { p.md.typelinks = []uint64{p.md.types + 8} }, func(p *program) error {
			_, err := p.findObjects(nil)
			return err
		}, "unknown layout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := mustLoad(t, module)
			if err := test.check(p); err != nil && test.name != "types elsewhere" {
				t.Fatalf("before the change: %v", err)
			}
			test.change(p)
			if err := test.check(p); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want: %s", err, test.want)
			}
		})
	}
}

// TestModuledataFields changes each field that is checked.
func TestModuledataFields(t *testing.T) {
	p := mustLoad(t, small(t, tiny))
	at := p.md.self.start
	for _, field := range []uint64{
		mdFuncnames, mdCutab, mdFiletab, mdPctab, mdPclntable, mdFtab, mdFtab + 1, mdFindfunc, mdMinpc, mdNoptrdata, mdNoptrdata + 4, mdEnd,
		mdTypes, mdEtypes, mdRodata, mdGofunc, mdEpclntab, mdTypelinks, mdTypelinks + 1, mdItablinks, mdItablinks + 2, mdNext,
	} {
		old := p.word(at + 8*field)
		p.setWord(at+8*field, old+1<<32)
		if p.isModuledata(at) {
			t.Errorf("the word %d of moduledata may be anything", field)
		}
		p.setWord(at+8*field, old)
	}
	if !p.isModuledata(at) {
		t.Error("moduledata is not what it was")
	}
	p.memory[bytes.Index(p.memory, pclntabMagic)]--
	if err := p.readModuledata(); err != errModuledata {
		t.Errorf("%v, want: %v", err, errModuledata)
	}
}

// features uses what a program may use, and hashes the results.
const features = `
import "strconv"

type shape interface{ area() int }
type square struct{ side int }
type rect struct{ a, b int; name string }

func (s square) area() int { return s.side * s.side }
func (r *rect) area() int { return r.a * r.b }

type pair[K comparable, V any] struct{ key K; value V }

func find[K comparable, V any](list []pair[K, V], k K) (v V, ok bool) {
	for _, p := range list {
		if p.key == k { return p.value, true }
	}
	return v, false
}

func boxed[T any](v T) any { return v }

var shapes = []shape{square{3}, &rect{2, 5, "r"}}
var table = map[string]int{"one": 1, "two": 2}

func init() { for i := range 100 { table[string(rune('a'+i%26))+string(rune('0'+i/26))] = i } }

func same(a, b any) uint64 { if a == b { return 1 }; return 0 }

//go:wasmexport sum
func sum(n int32) uint64 {
	h := uint64(14695981039346656037)
	mix := func(v uint64) { h = (h ^ v) * 1099511628211 }
	for _, s := range append(shapes, square{int(n)}) {
		mix(uint64(s.area()))
		switch s := s.(type) {
		case square: mix(uint64(s.side))
		case *rect: mix(uint64(len(s.name)))
		}
		if r, ok := s.(*rect); ok { mix(uint64(r.b)) }
	}
	m := map[int32]string{}
	for i := range n { m[i*7] = string(append([]byte("v"), byte(i))) }
	for i := range n { mix(uint64(len(m[i]))) }
	delete(m, 0)
	mix(uint64(len(m)))
	for i := range 100 { mix(uint64(table[string(rune('a'+i%26))+string(rune('0'+i/26))])) }
	v, ok := find([]pair[string, int32]{{"x", 1}, {"y", n}}, "y")
	mix(uint64(v)); mix(same(ok, true))
	w, _ := find([]pair[rect, float64]{{rect{1, 2, "q"}, 2.5}}, rect{1, 2, "q"})
	mix(uint64(w * 4))
	mix(same(boxed(rect{1, 2, "a"}), boxed(rect{1, 2, "a"})))
	mix(same(boxed(rect{1, 2, "a"}), boxed(rect{1, 2, "b"})))
	mix(same(boxed([2]string{"a", "b"}), boxed([2]string{"a", "b"})))
	mix(same(boxed(n), int64(n)))
	mix(uint64(n) << 28 & (1<<28)) // the PC of go:buildid
	b := make([]byte, 0, 1)
	for i := range n * 50 { b = append(b, byte(i)) }
	copies := [][]byte{b, append([]byte(nil), b...)}
	for _, c := range copies { for _, x := range c { mix(uint64(x)) } }
	t := ""
	for i := range n { t += string('a'+rune(i%26)) + "é" }
	for _, r := range t { mix(uint64(r)) }
	for _, x := range strconv.AppendFloat(nil, float64(n)/3e40, 'e', -1, 64) { mix(uint64(x)) }
	counts := [4]func(int) int{}
	for i := range counts { counts[i] = func(x int) int { return x*i + int(n) } }
	for _, f := range counts { mix(uint64(f(3))) }
	pp := new([200]*rect)
	for i := range pp { pp[i] = &rect{a: i} ; mix(uint64(pp[i].a + pp[i].b)) }
	return h
}
`

func TestFeatures(t *testing.T) {
	inputs := [][]uint64{{0}, {1}, {2}, {8}, {9}, {100}, {1000}}
	compareRelinked(t, small(t, features), "sum", inputs)
}

// compareRelinked compares an export of a program for wasip1 before and after
// relinking, and returns the new module.
func compareRelinked(t *testing.T, module []byte, name string, inputs [][]uint64) (after []byte) {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntime(ctx)
	defer rt.Close(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		t.Fatal(err)
	}
	before, err := rt.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions("_initialize").WithName("before"))
	if err != nil {
		t.Fatal(err)
	}
	var want []uint64
	for _, in := range inputs {
		res, err := before.ExportedFunction(name).Call(ctx, in...)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, res[0])
	}
	for _, o := range []options{{}, {poison: true, names: true}} {
		after = mustRelink(t, module, o).module
		inst := compile(t, after, wazero.NewRuntimeConfig())()
		for i, in := range inputs {
			got, err := inst.ExportedFunction(name).Call(ctx, in...)
			if err != nil || got[0] != want[i] {
				t.Errorf("poison %v, %s(%d): %v, %v, want %v", o.poison, name, in, got, err, want[i])
			}
		}
	}
	return after
}

// TestTraps checks that the host gets an error from what panics, and what needs too
// much stack or memory.
func TestTraps(t *testing.T) {
	ctx := context.Background()
	module := small(t, `
var list = []int32{1, 2, 3}
var kept [][]byte

//go:wasmexport index
func index(i int32) int32 { return list[i] }

//go:wasmexport null
func null(i int32) int32 { var p *[1 << 20]int32; if i == 0 { p = new([1 << 20]int32) }; return p[i] }

//go:wasmexport divide
func divide(i int32) int32 { return 7 / i }

//go:wasmexport assert
func assert(i int32) int32 { var v any = i; if i == 0 { v = "text" }; return v.(int32) }

//go:wasmexport fail
func fail(i int32) int32 { if i < 0 { panic("words") }; return i }

//go:wasmexport deep
func deep(i int32) int32 { if i == 0 { return 0 }; return 1 + deep(i-1) }

//go:wasmexport wide
func wide(i int32) int32 { var a [1000]int32; a[i%1000] = i; if i == 0 { return 0 }; return a[i%1000] - i + 1 + wide(i-1) }

//go:wasmexport fill
func fill(i int32) int32 { for range i { kept = append(kept, make([]byte, 1<<20)) }; return int32(len(kept)) }

//go:wasmexport zero
func zero(n int32) int32 { b := make([]byte, n); s := int32(0); for i := range b { s += int32(b[i]); b[i] = 1 }; return s }
`)
	instantiate := compile(t, mustRelink(t, module, options{}).module, wazero.NewRuntimeConfig().WithMemoryLimitPages(1024))
	for _, test := range []struct {
		name      string
		good, bad int32
	}{
		{"index", 2, 3}, {"index", 0, -1}, {"null", 0, 1}, {"divide", 7, 0}, {"assert", 1, 0}, {"fail", 1, -1}, {"deep", 1000, 1 << 30}, {"wide", 10, 100}, {"fill", 20, 100},
		{"zero", 1 << 20, 1 << 30},
	} {
		inst := instantiate()
		f := inst.ExportedFunction(test.name)
		if _, err := f.Call(ctx, api.EncodeI32(test.good)); err != nil {
			t.Errorf("%s(%d): %v", test.name, test.good, err)
		}
		if res, err := f.Call(ctx, api.EncodeI32(test.bad)); err == nil {
			t.Errorf("%s(%d) = %v, want an error", test.name, test.bad, res)
		}
		if err := inst.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// TestHeap checks that memory is zero when it is allocated again.
func TestHeap(t *testing.T) {
	ctx := context.Background()
	module := small(t, `
//go:noinline
func heapSize() int32 { return 0 }

//go:noinline
func truncateHeap(n int32) {}

//go:wasmexport size
func size() int32 { return heapSize() }

//go:wasmexport truncate
func truncate(n int32) { truncateHeap(n) }

//go:wasmexport use
func use(n int32) int32 {
	b := make([]byte, n)
	p := make([]*int32, n)
	s := int32(0)
	for i := range b {
		if p[i] != nil { s++ }
		s += int32(b[i])
		b[i], p[i] = 1, &s
	}
	sink = p
	return s
}

var sink []*int32
`)
	for _, poison := range []bool{false, true} {
		inst := compile(t, mustRelink(t, module, options{poison: poison}).module, wazero.NewRuntimeConfig())()
		call := func(name string, args ...uint64) uint64 {
			t.Helper()
			res, err := inst.ExportedFunction(name).Call(ctx, args...)
			if err != nil {
				t.Fatal(err)
			}
			return append(res, 0)[0]
		}
		call("use", 10)
		start := call("size")
		if start < 80 || start > 200 {
			t.Fatalf("use(10) took %d bytes", start)
		}
		for _, n := range []uint64{1, 1000, 100_000, 999} {
			if got := call("use", n); got != 0 {
				t.Errorf("use(%d) = %d, want 0", n, got)
			}
			if got := call("size"); got < start+8*n || got > start+9*n+50 {
				t.Errorf("use(%d) took %d bytes", n, got-start)
			}
			if call("truncate", start); call("size") != start {
				t.Errorf("the size is %d, want %d", call("size"), start)
			}
		}
	}
}
