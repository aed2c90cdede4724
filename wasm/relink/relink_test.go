package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// root is the root of the project.
const root = "../.."

// build runs go build in a directory, and returns the program.
func build(tb testing.TB, dir string, env []string, args ...string) []byte {
	tb.Helper()
	out := filepath.Join(tb.TempDir(), "out")
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-buildvcs=false", "-o", out}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

var wasip1 = []string{"GOOS=wasip1", "GOARCH=wasm"}

// projectReactor builds package wasm once, as a reactor.
func projectReactor(tb testing.TB) []byte {
	tb.Helper()
	built.Do(func() {
		built.module = build(tb, root, wasip1, "-buildmode=c-shared", "-tags=convuser_bundle", "-ldflags=-buildid=", "./wasm")
	})
	if built.module == nil {
		tb.Fatal("package wasm was not built")
	}
	return built.module
}

var built struct {
	sync.Once
	module []byte
}

func mustRelink(tb testing.TB, b []byte, o options) *result {
	tb.Helper()
	res, err := relink(context.Background(), b, o)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// compile returns a function that makes instances of a module without imports.
func compile(tb testing.TB, module []byte, c wazero.RuntimeConfig) (instantiate func() api.Module) {
	tb.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, c)
	tb.Cleanup(func() { rt.Close(ctx) })
	compiled, err := rt.CompileModule(ctx, module)
	if err != nil {
		tb.Fatal(err)
	}
	if n := len(compiled.ImportedFunctions()) + len(compiled.ImportedMemories()); n != 0 {
		tb.Fatalf("%d imports", n)
	}
	return func() api.Module {
		tb.Helper()
		inst, err := rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
		if err != nil {
			tb.Fatal(err)
		}
		return inst
	}
}

// A host calls the exports of the module, as wasm/ABI.md specifies.
type host struct {
	api.Module
	record uint32
	stamp  uint64
}

func newHost(tb testing.TB, inst api.Module) *host {
	tb.Helper()
	res, err := inst.ExportedFunction("record").Call(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return &host{Module: inst, record: uint32(res[0])}
}

func (h *host) recorded(i uint32) uint32 {
	v, _ := h.Memory().ReadUint32Le(h.record + 4*i)
	return v
}

func (h *host) call(name string, args ...uint64) error {
	h.stamp++
	_, err := h.ExportedFunction(name).Call(context.Background(), append([]uint64{h.stamp}, args...)...)
	if err == nil && h.recorded(0) != uint32(h.stamp) {
		return errors.New("the call did not complete")
	}
	return err
}

const (
	opExport = -1
	opNew    = -2
)

// do does an operation, and returns the answer as testdata/native.go writes it.
func (h *host) do(o, flags int32, lengths []int32, texts []byte) ([]byte, error) {
	var buffer []byte
	if o != opExport {
		for _, n := range lengths {
			buffer = binary.LittleEndian.AppendUint32(buffer, uint32(n))
		}
	}
	buffer = append(buffer, texts...)
	if uint32(len(buffer)) > h.recorded(2) {
		if err := h.call("reserve", uint64(len(buffer))); err != nil {
			return nil, err
		}
	}
	h.Memory().Write(h.recorded(1), buffer)
	name, args := "call", []uint64{api.EncodeI32(o), api.EncodeI32(flags), uint64(len(lengths))}
	if o == opExport {
		name, args = "validate", nil
		for _, n := range lengths {
			args = append(args, api.EncodeI32(n))
		}
	}
	if err := h.call(name, args...); err != nil {
		return nil, err
	}
	issues := h.recorded(7)
	if o == opExport && issues == 0 { // nothing else of the record is set
		return make([]byte, 16), nil
	}
	answer := binary.LittleEndian.AppendUint32(nil, issues)
	answer = binary.LittleEndian.AppendUint32(answer, h.recorded(8))
	answer = append(binary.LittleEndian.AppendUint32(answer, h.recorded(6)), h.read(h.recorded(5), 4*h.recorded(6))...)
	return append(binary.LittleEndian.AppendUint32(answer, h.recorded(4)), h.read(h.recorded(3), h.recorded(4))...), nil
}

func (h *host) read(at, n uint32) []byte { b, _ := h.Memory().Read(at, n); return b }

// A transcript reads what testdata/native.go writes.
type transcript struct {
	*bufio.Reader
	err error
	raw []byte // the bytes of the answer
}

func (t *transcript) bytes(n int) []byte {
	b := make([]byte, n)
	if t.err == nil {
		_, t.err = io.ReadFull(t, b)
	}
	t.raw = append(t.raw, b...)
	return b
}

func (t *transcript) number() int32 { return int32(binary.LittleEndian.Uint32(t.bytes(4))) }

func (t *transcript) list() (list []int32) {
	for range t.number() {
		list = append(list, t.number())
	}
	return list
}

func (t *transcript) text() []byte { return t.bytes(int(t.number())) }

// answer reads an answer, and returns its bytes.
func (t *transcript) answer() []byte {
	t.raw = nil
	t.number()
	t.number()
	t.list()
	t.text()
	return t.raw
}

// startNative builds package wasm natively, and runs it.
func startNative(t *testing.T) *transcript {
	t.Helper()
	abs := func(path string) string {
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		abs(root + "/wasm/main_other.go"): abs("testdata/native.go"),
		abs(root + "/wasm/inputs.go"):     abs(root + "/wasm/npm/test/twins/inputs.go"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "native")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, build(t, root, nil, "-tags=convuser_bundle", "-overlay="+file, "./wasm"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		out.Close()
		if err := cmd.Wait(); err != nil && !t.Failed() { // it has printed the error
			t.Error(err)
		}
	})
	return &transcript{Reader: bufio.NewReaderSize(out, 1<<20)}
}

// TestNative compares the answers to all inputs of the project with those of the
// same code built natively, byte for byte.
func TestNative(t *testing.T) {
	for _, poison := range []bool{false, true} {
		t.Run(map[bool]string{false: "zeros", true: "poison"}[poison], func(t *testing.T) {
			res := mustRelink(t, projectReactor(t), options{poison: poison, names: true})
			instantiate := compile(t, res.module, wazero.NewRuntimeConfig())
			compareNative(t, startNative(t), func() *host { return newHost(t, instantiate()) })
		})
	}
}

func compareNative(t *testing.T, native *transcript, start func() *host) {
	var h *host
	calls, programs, most := 0, 0, uint32(0)
	for {
		o := native.number()
		if native.err != nil {
			break
		}
		if o == opNew {
			if h != nil {
				most = max(most, h.Memory().Size())
				h.Close(context.Background())
			}
			h = start()
			programs++
			continue
		}
		flags, lengths, texts := native.number(), native.list(), native.text()
		want := native.answer()
		if native.err != nil {
			break
		}
		got, err := h.do(o, flags, lengths, texts)
		if err != nil {
			t.Fatalf("operation %d, flags %d, %d bytes: %v", o, flags, len(texts), err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("operation %d, flags %d, of %q:\ngot  %q\nwant %q", o, flags, texts[:min(len(texts), 200)], got, want)
		}
		calls++
	}
	if native.err != io.EOF || calls < 100_000 {
		t.Fatalf("%d calls, then %v", calls, native.err)
	}
	t.Logf("%d calls of %d programs, the same as natively; %d bytes of memory at the most", calls, programs, most)
}

// TestSize logs the size of the module, and checks that most of Go's runtime is
// dropped.
func TestSize(t *testing.T) {
	in := projectReactor(t)
	res := mustRelink(t, in, options{})
	var zipped bytes.Buffer
	w, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	w.Write(res.module)
	w.Close()
	t.Logf("%d bytes become %d, %d after gzip; %d functions of Go's runtime and library", len(in), len(res.module), zipped.Len(), len(res.library))
	if len(res.module) > 450_000 || zipped.Len() > 115_000 {
		t.Errorf("%d bytes, %d after gzip: want fewer", len(res.module), zipped.Len())
	}
	for _, name := range []string{"runtime.schedule", "runtime.gcStart", "runtime.newstack", "runtime.gentraceback"} {
		if slices.Contains(res.library, name) {
			t.Errorf("%s is kept", name)
		}
	}
	for _, name := range res.library { // the seed of a hash is the same in every instance
		if strings.HasPrefix(name, "runtime.map") || strings.HasPrefix(name, "internal_runtime_maps.__Map_") {
			t.Errorf("%s is kept: something hashes", name)
		}
	}
	again := mustRelink(t, in, options{})
	if !bytes.Equal(again.module, res.module) {
		t.Error("the same input gave another module the second time")
	}
}
