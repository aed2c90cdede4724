// Program npm completes the package folder wasm/npm with the files that are
// not kept in git: the modules of wasm/npm/src without their comments, which a
// browser would fetch for nothing, and what is made from the bundle:
// go_runtime.js, convuser.wasm.json, inline_data.js and LICENSE. It is run by
// the toolchain that built the bundle, from the project root, as
// "go -C .tools run ./npm". The same input gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	goVersion, _, _ := strings.Cut(runtime.Version(), " ") // experiments follow
	if err := run("..", goVersion); err != nil {
		fmt.Fprintln(os.Stderr, "npm:", err)
		os.Exit(1)
	}
}

// run makes the files of the project at root.
func run(root, goVersion string) error {
	wasm, err := readBundle(filepath.Join(root, "wasm", "npm", "convuser.wasm"), goVersion)
	if err != nil {
		return err
	}
	files, err := generate(root, goVersion, wasm)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, "wasm", "npm", name), content, 0o644); err != nil {
			return err
		}
	}
	var a about
	if err := json.Unmarshal(files[aboutFile], &a); err != nil {
		return err
	}
	return checkBudgets(filepath.Join(root, "wasm", "npm"), a.Bytes.Brotli)
}

const aboutFile = "convuser.wasm.json"

// Budgets, in bytes after brotli at quality 11.
const (
	bundleBudget = 484_000
	loaderBudget = 12_500
)

// checkBudgets holds the bundle, and the loader of a browser with all that it
// imports before it does anything, to their budgets.
func checkBudgets(folder string, bundle int) error {
	loader, err := loaderOf(folder, "index.js")
	if err != nil {
		return err
	}
	small, err := brotlied(loader)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what          string
		bytes, budget int
	}{
		{"convuser.wasm", bundle, bundleBudget},
		{"the loader", len(small), loaderBudget},
	} {
		if c.bytes > c.budget {
			return fmt.Errorf("%s is %d bytes after brotli, %d over its budget", c.what, c.bytes, c.bytes-c.budget)
		}
	}
	return nil
}

var importLine = regexp.MustCompile(`(?m)^(?:import|export) .*from "\./([a-z_]+\.js)";`)

// loaderOf returns an entry and the modules that it imports, directly or not,
// one behind the other.
func loaderOf(folder, entry string) (all []byte, err error) {
	names := []string{entry}
	for i := 0; i < len(names); i++ {
		source, err := os.ReadFile(filepath.Join(folder, names[i]))
		if err != nil {
			return nil, err
		}
		all = append(all, source...)
		for _, m := range importLine.FindAllSubmatch(source, -1) {
			if name := string(m[1]); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return all, nil
}

// readBundle reads the bundle and holds it to the toolchain: the runtime of
// another one would fail in ways that are hard to tell.
func readBundle(path, goVersion string) ([]byte, error) {
	wasm, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("wasm/npm/convuser.wasm is missing: run make wasm first")
	case err != nil:
		return nil, err
	case !bytes.Contains(wasm, []byte(goVersion)):
		return nil, fmt.Errorf("wasm/npm/convuser.wasm was not built by %s: run make wasm again", goVersion)
	}
	return wasm, nil
}

// generate returns the files, by name.
func generate(root, goVersion string, wasm []byte) (map[string][]byte, error) {
	licence, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	protocol, err := os.ReadFile(filepath.Join(root, "wasm", "protocol.go"))
	if err != nil {
		return nil, err
	}
	abi, err := abiOf(protocol)
	if err != nil {
		return nil, err
	}
	source, err := wasmExec()
	if err != nil {
		return nil, err
	}
	runtimeModule, err := goRuntime(source, goVersion)
	if err != nil {
		return nil, err
	}
	zipped, err := gzipped(wasm)
	if err != nil {
		return nil, err
	}
	before, _ := os.ReadFile(filepath.Join(root, "wasm", "npm", aboutFile)) // mostly of the same bundle
	about, err := describe(wasm, zipped, abi, goVersion, before)
	if err != nil {
		return nil, err
	}
	files, err := modules(filepath.Join(root, "wasm", "npm", "src"))
	if err != nil {
		return nil, err
	}
	files["LICENSE"] = licence
	files["go_runtime.js"] = runtimeModule
	files[aboutFile] = about
	files["inline_data.js"] = inlineData(zipped)
	return files, nil
}

// modules returns the modules of the folder, by name, without their comments.
func modules(folder string) (map[string][]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		source, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		if files[entry.Name()], err = transformed(string(source), api.TransformOptions{MinifySyntax: true}); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
	}
	return files, nil
}

// wasmExec returns the toolchain's own wasm_exec.js. "go run" puts the
// toolchain that runs this program first in PATH.
func wasmExec() ([]byte, error) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	return os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
}

// goRuntime puts wasm_exec.js into a function whose parameter takes the place
// of globalThis, so that nothing it sets is a global of the page. The source
// says fs without globalThis where it writes; that too comes from the scope.
// It is minified: nobody reads it here, and it is a third of the loader.
func goRuntime(source []byte, goVersion string) ([]byte, error) {
	licence, code, found := strings.Cut(string(source), "\n\n")
	if !found || !strings.HasPrefix(licence, "// Copyright") || !strings.Contains(licence, "BSD-style") {
		return nil, errors.New("wasm_exec.js does not begin with its licence")
	}
	if !strings.Contains(code, "globalThis.Go = ") {
		return nil, errors.New("wasm_exec.js does not set globalThis.Go")
	}
	given, err := transformed(code, api.TransformOptions{Define: providedByLoader, MinifySyntax: true})
	if err != nil {
		return nil, err
	}
	module := fmt.Sprintf("export const goVersion = %q;\n", goVersion) +
		"export function goRuntime(globalThis) {\nconst { fs } = globalThis;\n" + string(given) + "\nreturn globalThis.Go;\n}\n"
	small, err := transformed(module, api.TransformOptions{MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Made by \"make wasm\" from wasm_exec.js of %s; do not edit. Its licence is that of Go, in LICENSE-GO.\n", goVersion)
	fmt.Fprintf(&b, "%s\n", licence)
	b.Write(small)
	return b.Bytes(), nil
}

// providedByLoader is what the loader's scope always has, so that the source's
// own stand-ins fall away.
var providedByLoader = map[string]string{
	"globalThis.fs": "true", "globalThis.process": "true", "globalThis.path": "true", "globalThis.crypto": "true",
	"globalThis.performance": "true", "globalThis.TextEncoder": "true", "globalThis.TextDecoder": "true",
}

func transformed(source string, options api.TransformOptions) ([]byte, error) {
	options.Target = api.ES2022
	result := api.Transform(source, options)
	if len(result.Errors) > 0 {
		return nil, errors.New(result.Errors[0].Text)
	}
	return result.Code, nil
}

var abiLine = regexp.MustCompile(`(?m)^const abi = ([0-9]+)\b`)

// abiOf reads the number of the protocol between loader and bundle.
func abiOf(protocol []byte) (int, error) {
	m := abiLine.FindSubmatch(protocol)
	if m == nil {
		return 0, errors.New(`wasm/protocol.go has no line "const abi = N"`)
	}
	return strconv.Atoi(string(m[1]))
}

// about is the content of convuser.wasm.json.
type about struct {
	Name      string `json:"name"`
	ABI       int    `json:"abi"`
	GoVersion string `json:"goVersion"`
	Integrity string `json:"integrity"`
	Bytes     sizes  `json:"bytes"`
}

type sizes struct {
	Raw    int `json:"raw"`
	Gzip   int `json:"gzip"`
	Brotli int `json:"brotli"`
}

// describe makes the description. It takes the size after brotli, which is
// seconds of work, from the one before where that was of the same bundle.
func describe(wasm, zipped []byte, abi int, goVersion string, before []byte) ([]byte, error) {
	a := about{
		Name:      "convuser.wasm",
		ABI:       abi,
		GoVersion: goVersion,
		Integrity: integrity(wasm),
		Bytes:     sizes{Raw: len(wasm), Gzip: len(zipped)},
	}
	var old about
	if json.Unmarshal(before, &old) == nil && old.Integrity == a.Integrity && old.Bytes.Brotli > 0 {
		a.Bytes.Brotli = old.Bytes.Brotli
	} else {
		small, err := brotlied(wasm)
		if err != nil {
			return nil, err
		}
		a.Bytes.Brotli = len(small)
	}
	line, err := json.Marshal(a)
	return append(line, '\n'), err
}

// integrity is what a page writes into an integrity attribute.
func integrity(b []byte) string {
	sum := sha512.Sum384(b)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// inlineData is the module behind convuser/inline.
func inlineData(zipped []byte) []byte {
	return fmt.Appendf(nil, "export const gzipBase64 = \"%s\";\n", base64.StdEncoding.EncodeToString(zipped))
}

// gzipped compresses without a name or a time, which would differ next time.
func gzipped(b []byte) ([]byte, error) {
	return compressed(b, func(w io.Writer) (io.WriteCloser, error) {
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	})
}

func brotlied(b []byte) ([]byte, error) {
	return compressed(b, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, brotli.BestCompression), nil
	})
}

func compressed(b []byte, open func(io.Writer) (io.WriteCloser, error)) ([]byte, error) {
	var out bytes.Buffer
	w, err := open(&out)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
