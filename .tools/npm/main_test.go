package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

const goVersion = "go1.26.99"

func TestWasmExec(t *testing.T) {
	source, err := wasmExec()
	if err != nil || !bytes.Contains(source, []byte("globalThis.Go = ")) {
		t.Errorf("got %.100s, %v", source, err)
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

// project writes the files that run reads.
func project(t *testing.T, wasm string) (root string) {
	t.Helper()
	root = t.TempDir()
	files := map[string]string{
		"LICENSE":                     "MIT\n",
		"wasm/protocol.go":            "package main\n\nconst abi = 3\n",
		"wasm/npm/convuser.wasm":      wasm,
		"wasm/npm/src/index.js":       "// A comment.\nimport { a } from \"./a.js\";\nexport const b = a;\n",
		"wasm/npm/src/a.js":           "export const a = 41 + 1;\n",
		"wasm/npm/src/sync.js":        "import { base64 } from \"./wasm_base64.js\";\nexport const size = base64.length;\n",
		"wasm/npm/src/index_node.js":  "export const load = () => import(\"./wasm_base64.js\");\nexport const here = import.meta.url;\n",
		"wasm/npm/src/schema_node.js": "import { b } from \"./index_node.js\";\nexport const c = b;\n",
		"wasm/npm/src/cjs_url.js":     "export const url = __filename;\n",
		"wasm/npm/index.d.ts":         "export const load: unknown;\n",
		"wasm/npm/schema.d.ts":        "export { load } from \"./index.js\";\n",
		"wasm/npm/src/schema.js":      "import { b } from \"./index.js\";\nimport { a } from \"./a.js\";\nexport const c = a + b;\n",
		"wasm/npm/src/worker.js":      "import { b } from \"./index.js\";\nexport const d = b;\n",
		"wasm/npm/old.js":             "",
	}
	for _, name := range entries {
		if path := "wasm/npm/src/" + name + ".js"; files[path] == "" {
			files[path] = "export {};\n"
		}
	}
	for name, content := range files {
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

// made calls run and returns the files that it has written.
func made(t *testing.T, root string) map[string]string {
	t.Helper()
	if err := run(root, goVersion); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{"LICENSE", "wasm_exec.js", "convuser.wasm.json", "wasm_base64.js", "wasm_base64.cjs", "wasm_gzip.js", "sync.js", "sync.cjs",
		"index.js", "index.cjs", "index.d.cts", "index.js.map", "schema.js", "schema.cjs", "schema.d.cts", "worker.js"} {
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
			t.Errorf("%s: different bytes the second time", name)
		}
	}
}

// The size after brotli is computed for another module only.
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

// An entry contains what it imports, except that a schema imports another entry.
func TestBundles(t *testing.T) {
	root := project(t, "\x00asm"+goVersion)
	files := made(t, root)
	for name, want := range map[string]string{
		"index.js": "=42;", "schema.js": `from"./index.js"`, "worker.js": "=42", "sync.js": `from"./wasm_base64.js"`,
		"index.cjs": `require("./wasm_base64.cjs")`, "schema.cjs": `require("./index.cjs")`, "sync.cjs": `require("./wasm_base64.cjs")`,
		"wasm_base64.js": `export const base64 = "`, "wasm_base64.cjs": `exports.base64 = "`, "wasm_gzip.js": `export const gzip = "`,
		"index.d.cts": "load", "schema.d.cts": `from "./index.cjs"`, "index.js.map": `"src/index.js"`,
	} {
		if !strings.Contains(files[name], want) || strings.Contains(files[name], "comment") {
			t.Errorf("%s is %s, want %s", name, files[name], want)
		}
	}
	if strings.Contains(files["index.js"], "import") || strings.Contains(files["worker.js"], "import") {
		t.Errorf("an import is left: %s, %s", files["index.js"], files["worker.js"])
	}
	if strings.Contains(files["index.cjs"], "import") || !strings.Contains(files["index.cjs"], "__filename") {
		t.Errorf("not for require: %s", files["index.cjs"])
	}
	if _, err := os.Stat(filepath.Join(root, "wasm", "npm", "old.js")); err == nil {
		t.Error("old.js still exists")
	}
}

func TestCheckBudgets(t *testing.T) {
	if err := checkBudgets(moduleBudget, loaderBudget); err != nil {
		t.Errorf("got %v within the budgets", err)
	}
	for want, sizes := range map[string][2]int{"convuser.wasm is ": {moduleBudget + 1, 0}, "index.js is ": {0, loaderBudget + 1}} {
		if err := checkBudgets(sizes[0], sizes[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
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
