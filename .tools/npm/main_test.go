package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

const goVersion = "go1.26.99"

const source = "// Copyright 2018 The Go Authors.\n// BSD-style license\n\n\"use strict\";\n\n(() => {\n" +
	"\tif (!globalThis.fs) globalThis.fs = {};\n\tglobalThis.Go = class { out(b) { fs.writeSync(1, b); } };\n})();\n"

// The class reads fs from the scope, not from the page, and what the loader
// gives needs no stand-in.
func TestGoRuntime(t *testing.T) {
	got, err := goRuntime([]byte(source), goVersion)
	const head = `// Made by "make wasm" from wasm_exec.js of go1.26.99; do not edit. Its licence is that of Go, in LICENSE-GO.
// Copyright 2018 The Go Authors.
// BSD-style license
`
	text, found := strings.CutPrefix(string(got), head)
	if err != nil || !found {
		t.Fatalf("got %s, %v", got, err)
	}
	module := regexp.MustCompile(`^export const goVersion="go1\.26\.99";export function goRuntime\((\w+)\)\{const\{fs:(\w+)\}=(\w+);` +
		`return (\w+)\.Go=class\{out\((\w+)\)\{(\w+)\.writeSync\(1,(\w+)\)\}\},(\w+)\.Go\}\n$`)
	m := module.FindStringSubmatch(text)
	if m == nil || m[3] != m[1] || m[4] != m[1] || m[8] != m[1] || m[6] != m[2] || m[7] != m[5] {
		t.Errorf("got %s, which %q does not match", text, m)
	}
}

func TestGoRuntimeRefuses(t *testing.T) {
	for _, source := range []string{
		"",
		"globalThis.Go = class {};\n\n",
		"// Copyright\n// BSD-style\n\nglobalThis.Ho = class {};\n",
	} {
		if got, err := goRuntime([]byte(source), goVersion); err == nil {
			t.Errorf("goRuntime(%q) = %q, want an error", source, got)
		}
	}
}

// The toolchain that runs this test has a wasm_exec.js that fits.
func TestWasmExec(t *testing.T) {
	source, err := wasmExec()
	if err != nil {
		t.Fatal(err)
	}
	module, err := goRuntime(source, goVersion)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"runtime.wasmExit", "syscall/js.valueCall", "_makeFuncWrapper", "async run("} {
		if !bytes.Contains(module, []byte(want)) {
			t.Errorf("the module has no %s", want)
		}
	}
	for _, unwanted := range []string{"getegid", "polyfill", "globalThis"} {
		if bytes.Contains(module, []byte(unwanted)) {
			t.Errorf("the module has %s", unwanted)
		}
	}
}

func TestABIOf(t *testing.T) {
	got, err := abiOf([]byte("package main\n\nconst abi = 12 // loader and bundle agree\n"))
	if err != nil || got != 12 {
		t.Errorf("abiOf = %d, %v, want 12", got, err)
	}
	for _, source := range []string{"", "// const abi = 1\n", "const abi = one\n", "const abi = 1x\n"} {
		if got, err := abiOf([]byte(source)); err == nil {
			t.Errorf("abiOf(%q) = %d, want an error", source, got)
		}
	}
}

// The digest is that of "openssl dgst -sha384 -binary | base64" over no bytes.
func TestIntegrity(t *testing.T) {
	const want = "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
	if got := integrity(nil); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCompressed(t *testing.T) {
	want := bytes.Repeat([]byte("convuser "), 1000)
	zipped, err := gzipped(want)
	if err != nil {
		t.Fatal(err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	if unzip.Name != "" || !unzip.ModTime.IsZero() {
		t.Errorf("the header has name %q, time %v", unzip.Name, unzip.ModTime)
	}
	brotlied, err := brotlied(want)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"gzip": unzip, "brotli": brotli.NewReader(bytes.NewReader(brotlied))} {
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes back, %v, want %d", name, len(got), err, len(want))
		}
	}
}

func TestInlineData(t *testing.T) {
	if got, want := string(inlineData([]byte{0xff, 0xef})), "export const gzipBase64 = \"/+8=\";\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// project lays out what run reads, the bundle being wasm.
func project(t *testing.T, wasm string) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, content := range map[string]string{
		"LICENSE":                "MIT\n",
		"wasm/protocol.go":       "package main\n\nconst abi = 3\n",
		"wasm/npm/convuser.wasm": wasm,
		"wasm/npm/src/index.js":  "// A comment.\nimport { a } from \"./a.js\";\n",
		"wasm/npm/src/a.js":      "export { b } from \"./b.js\";\nconst c = () => import(\"./c.js\");\n",
		"wasm/npm/src/b.js":      "import { a } from \"./a.js\";\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// made runs over root and returns the files it made.
func made(t *testing.T, root string) map[string]string {
	t.Helper()
	if err := run(root, goVersion); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{"LICENSE", "go_runtime.js", "convuser.wasm.json", "inline_data.js"} {
		content, err := os.ReadFile(filepath.Join(root, "wasm", "npm", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(content)
	}
	return files
}

func TestRun(t *testing.T) {
	wasm := "\x00asm" + goVersion
	root := project(t, wasm)
	files := made(t, root)
	var got about
	if err := json.Unmarshal([]byte(files["convuser.wasm.json"]), &got); err != nil {
		t.Fatal(err)
	}
	want := about{"convuser.wasm", 3, goVersion, integrity([]byte(wasm)), got.Bytes}
	if got != want || got.Bytes.Raw != len(wasm) || got.Bytes.Gzip == 0 || got.Bytes.Brotli == 0 {
		t.Errorf("convuser.wasm.json: got %+v, want %+v", got, want)
	}
	if files["LICENSE"] != "MIT\n" {
		t.Errorf("LICENSE: got %q", files["LICENSE"])
	}
	for name, again := range made(t, root) {
		if again != files[name] {
			t.Errorf("%s: other bytes the second time", name)
		}
	}
}

// The size after brotli is made anew for another bundle only.
func TestDescribe(t *testing.T) {
	wasm := []byte("\x00asm")
	for before, want := range map[string]int{
		"":                       8,
		"{}":                     8,
		`{"bytes":{"brotli":5}}`: 8,
		`{"integrity":"` + integrity(wasm) + `"}`:                      8,
		`{"integrity":"` + integrity(wasm) + `","bytes":{"brotli":5}}`: 5,
	} {
		line, err := describe(wasm, nil, 1, goVersion, []byte(before))
		if err != nil {
			t.Fatal(err)
		}
		var got about
		if err := json.Unmarshal(line, &got); err != nil || got.Bytes.Brotli != want {
			t.Errorf("%s: got %s, want brotli %d", before, line, want)
		}
	}
}

// What an entry imports counts once, and what is loaded later does not.
func TestLoaderOf(t *testing.T) {
	root := project(t, "")
	got, err := loaderOf(filepath.Join(root, "wasm", "npm", "src"), "index.js")
	if want := 3; err != nil || bytes.Count(got, []byte("\n")) != want+2 || bytes.Count(got, []byte("b.js")) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCheckBudgets(t *testing.T) {
	root := project(t, "")
	folder := filepath.Join(root, "wasm", "npm", "src")
	if err := checkBudgets(folder, bundleBudget); err != nil {
		t.Errorf("got %v for a bundle within its budget", err)
	}
	if err := checkBudgets(folder, bundleBudget+1); err == nil || !strings.Contains(err.Error(), "convuser.wasm is ") {
		t.Errorf("got %v for a bundle over its budget", err)
	}
	noise := make([]byte, loaderBudget+1)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	if err := os.WriteFile(filepath.Join(folder, "b.js"), noise, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkBudgets(folder, 0); err == nil || !strings.Contains(err.Error(), "the loader is ") {
		t.Errorf("got %v for a loader over its budget", err)
	}
}

func TestRunRefuses(t *testing.T) {
	missing := project(t, "")
	if err := os.Remove(filepath.Join(missing, "wasm", "npm", "convuser.wasm")); err != nil {
		t.Fatal(err)
	}
	for want, root := range map[string]string{
		"is missing: run make wasm first":                 missing,
		"was not built by go1.26.99: run make wasm again": project(t, "\x00asm go1.26.1"),
	} {
		if err := run(root, goVersion); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want one line with %q", err, want)
		}
	}
}
