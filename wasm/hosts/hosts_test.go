package hosts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/wasm/hosts"
)

// modulePath is the path of the module, or $CONVUSER_WASM.
var modulePath = "../npm/convuser.wasm"

func TestMain(m *testing.M) {
	if path := os.Getenv("CONVUSER_WASM"); path != "" {
		modulePath = path
	}
	if _, err := os.Stat(modulePath); err != nil {
		fmt.Println("hosts: not run, the module is missing, make wasm builds it:", err)
		return
	}
	os.Exit(m.Run())
}

// load returns a runtime and the module.
func load(tb testing.TB, config wazero.RuntimeConfig) (wazero.Runtime, []byte) {
	tb.Helper()
	ctx := context.Background()
	module, err := os.ReadFile(modulePath)
	if err != nil {
		tb.Fatal(err)
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	tb.Cleanup(func() { runtime.Close(ctx) })
	return runtime, module
}

func open(tb testing.TB, config wazero.RuntimeConfig) *hosts.Host {
	tb.Helper()
	runtime, module := load(tb, config)
	h, err := hosts.New(context.Background(), runtime, module)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// check compares the answer of the module with that of the library.
func (c call) check(tb testing.TB, h *hosts.Host) {
	tb.Helper()
	got, err := h.Call(tb.Context(), c.operation, c.flags, c.parts...)
	if err != nil {
		tb.Fatalf("%s, flags %d, of %.200q: %v", c.operation, c.flags, c.parts, err)
	}
	want := c.native(tb)
	text, err := json.Marshal(want)
	if err != nil {
		tb.Fatal(err)
	}
	if !json.Valid(text) { // the user alone is as deep as encoding/json reads
		text = want["value"].(json.RawMessage)
		got = bytes.TrimSuffix(bytes.TrimPrefix(got, []byte(`{"ok":true,"value":`)), []byte("}"))
	}
	if !reflect.DeepEqual(decoded(tb, got), decoded(tb, text)) {
		tb.Errorf("%s, flags %d, of %.200q:\nmodule  %s\nlibrary %s", c.operation, c.flags, c.parts, got, text)
	}
}

func decoded(tb testing.TB, text []byte) (value any) {
	tb.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil || d.More() {
		tb.Fatalf("%v: %.200q", err, text)
	}
	return value
}

// callsOf returns calls with a text in every argument. The number selects the
// others.
func callsOf(text string, number uint16) (calls []call) {
	flags, status := int32(number%8), 100+int32(number)%500
	header := []int32{hosts.Absent, hosts.Null, hosts.True, hosts.False}[number%4]
	prefix := []string{"AC", "IS", "RL", "US", text}[number%5]
	add := func(operation string, parts ...any) { calls = append(calls, call{operation, flags, parts}) }

	request := func(text string) {
		for _, operation := range []string{"validateRequest", "adviseRequest", "encodeForm", "encodeRequest"} {
			add(operation, text, header)
		}
	}
	request(text)
	add("validateRequest", text)
	value := quoted(text)
	request(`{"Identity":` + value + `,"FriendlyName":` + value + `}`)
	request(`{"Identity":"a","Attributes":` + value + `}`)
	request(`{"Identity":"a","RoleSid":` + value + `}`)
	add("parseRequest", text)
	add("parseForm", text)
	for _, answer := range []string{
		text,
		`{"sid":` + value + `,"identity":` + value + `,"attributes":` + value + `,"z":` + value + `}`,
		`{"date_created":` + value + `,"url":` + value + `,"links":{"user_conversations":` + value + `}}`,
	} {
		add("encodeUser", answer)
		add("parseUser", answer)
		add("validateUser", answer)
		add("parseResponse", int32(201), text, answer)
	}
	for _, s := range []int32{201, 409, status} {
		add("parseResponse", s, "application/json", text)
		add("parseError", s, text, text)
	}
	add("parseError", status, "", `{"message":`+value+`,"code":`+value+`,"details":[`+value+`]}`)
	add("validateSid", prefix, text)
	add("validateAttributes", text)
	return calls
}

// quoted returns s as a JSON string, even if it is not valid UTF-8.
func quoted(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c < 0x20:
			fmt.Fprintf(&b, `\u%04x`, c)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteByte(c)
		}
	}
	return `"` + b.String() + `"`
}

// tables returns the texts of all vectors.
func tables(tb testing.TB) (texts []string) {
	tb.Helper()
	const root = "../../"
	files, err := filepath.Glob(root + "*/testdata/*.json")
	if err != nil || len(files) < 10 {
		tb.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		if dir := filepath.Base(filepath.Dir(filepath.Dir(file))); dir != "encode" && dir != "validate" {
			continue
		}
		for _, row := range vectors.Load[json.RawMessage](tb, strings.TrimPrefix(file, root)) {
			var v struct{ vectors.Text }
			if err := json.Unmarshal(row, &v); err != nil {
				tb.Fatal(err)
			}
			texts = append(texts, v.String())
		}
	}
	return texts
}

// TestVectors runs every operation on every vector, and compares the answers
// with those of the library.
func TestVectors(t *testing.T) {
	for name, config := range map[string]wazero.RuntimeConfig{
		"compiler":    wazero.NewRuntimeConfigCompiler(),
		"interpreter": wazero.NewRuntimeConfigInterpreter(),
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, config)
			calls := 0
			for i, text := range tables(t) {
				for _, c := range callsOf(text, uint16(i)) {
					c.check(t, h)
					calls++
				}
			}
			t.Logf("%d calls", calls)
		})
	}
}

// FuzzHost compares the module with the library on one call of callsOf.
func FuzzHost(f *testing.F) {
	for i, text := range append(tables(f), vectors.SuiteTexts(f, "json_jsontestsuite_parsing", "str_blns")...) {
		f.Add(text, uint16(i), uint8(i))
	}
	h := open(f, wazero.NewRuntimeConfig())
	f.Fuzz(func(t *testing.T, text string, number uint16, which uint8) {
		calls := callsOf(text, number)
		calls[int(which)%len(calls)].check(t, h)
	})
}

// TestFeatures: the module has no imports, and uses only the features that ABI.md
// lists.
func TestFeatures(t *testing.T) {
	runtime, module := load(t, wazero.NewRuntimeConfig().WithCoreFeatures(
		api.CoreFeatureMutableGlobal|api.CoreFeatureSignExtensionOps|api.CoreFeatureBulkMemoryOperations))
	compiled, err := runtime.CompileModule(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(compiled.ImportedFunctions()) + len(compiled.ImportedMemories()); n != 0 {
		t.Errorf("%d imports", n)
	}
}

// TestFailedCall: after a call that traps, the next call succeeds.
func TestFailedCall(t *testing.T) {
	h := open(t, wazero.NewRuntimeConfig())
	good := call{"validateAttributes", 0, []any{"{}"}}
	good.check(t, h)
	if answer, err := h.Call(t.Context(), "parseError", 0, int32(400)); err == nil {
		t.Errorf("too few parts: %s", answer)
	}
	good.check(t, h)
	for _, operation := range []string{"", "kind", "parseForms"} {
		if answer, err := h.Call(t.Context(), operation, 0, "{}"); err == nil {
			t.Errorf("%q: %s", operation, answer)
		}
	}
	if answer, err := h.Call(t.Context(), "validateAttributes", 0, 1); err == nil {
		t.Errorf("a part of another type: %s", answer)
	}
	good.check(t, h)
}

func TestNotThisModule(t *testing.T) {
	ctx := t.Context()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	const header = "\x00asm\x01\x00\x00\x00"
	for module, want := range map[string]string{
		"":     "invalid magic number",
		header: "the module has no export abi",
		// (func (export "abi") (result i32) i32.const 3)
		header + "\x01\x05\x01\x60\x00\x01\x7f" + "\x03\x02\x01\x00" + "\x07\x07\x01\x03abi\x00\x00" + "\x0a\x06\x01\x04\x00\x41\x03\x0b": "want ABI 2, the module has 3",
	} {
		h, err := hosts.New(ctx, runtime, []byte(module))
		if err == nil {
			_, err = h.Call(ctx, "parseUser", 0, "{}")
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v", module, err)
		}
	}
}

// TestMemoryIsFlat makes many small calls and some large ones, by default 100,000:
//
//	CONVUSER_CALLS=10000000 go test -run TestMemoryIsFlat -v -timeout 1h
func TestMemoryIsFlat(t *testing.T) {
	h := open(t, wazero.NewRuntimeConfig())
	count := 100_000
	if s := os.Getenv("CONVUSER_CALLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		count = n
	}
	var small []call
	for i, text := range []string{"admin", "é", `{"duty":"tech"}`, "Identity=a&RoleSid=RLx", `{"Identity":"a","Attributes":"{}"}`, `{"sid":"US","links":{},"z":1}`} {
		small = append(small, callsOf(text, uint16(i))...)
	}
	long := `{"a":"` + strings.Repeat("é\u0000", 1<<16) + `"}`                                             // 256 KiB
	large := append(callsOf(long, 2), callsOf(`{"identity":"`+strings.Repeat(`\u00e9`, 1<<19)+`"}`, 2)...) // 3 MiB
	do := func(c call) {
		if _, err := h.Call(t.Context(), c.operation, c.flags, c.parts...); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range large {
		do(c)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var sizes []uint32
	for n := range count {
		list := small
		if n%1000 == 500 {
			list = large
		}
		do(list[random.IntN(len(list))])
		if (n+1)%(count/10) == 0 {
			sizes = append(sizes, h.MemorySize())
		}
	}
	t.Logf("%d calls: %d bytes of memory after a tenth of them, %d after half, %d after all", count, sizes[0], sizes[4], sizes[9])
	if sizes[9] != sizes[0] {
		t.Errorf("the memory grew: %d", sizes)
	}
}
