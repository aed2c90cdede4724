// Program npm writes the files of the package folder wasm/npm that are not in git:
// one file for each entry of the package, bundled from wasm/npm/src;
// convuser.wasm.json; LICENSE; and the toolchain's wasm_exec.js, which
// convuser_js.wasm needs. Run it with the toolchain that has built the modules,
// from the project's root: "go -C .tools run ./npm". The same input gives the same
// bytes.
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

// run writes the files of the project at root.
func run(root, goVersion string) error {
	wasm, err := readModule(filepath.Join(root, "wasm", "npm", "convuser.wasm"), goVersion)
	if err != nil {
		return err
	}
	files, err := generate(root, goVersion, wasm)
	if err != nil {
		return err
	}
	folder := filepath.Join(root, "wasm", "npm")
	if err := replace(folder, files); err != nil {
		return err
	}
	var a about
	if err := json.Unmarshal(files[aboutFile], &a); err != nil {
		return err
	}
	loader, err := brotlied(files["index.js"])
	if err != nil {
		return err
	}
	return checkBudgets(a.Bytes.Brotli, len(loader))
}

// replace writes the files and removes those that are no longer generated.
func replace(folder string, files map[string][]byte) error {
	for _, pattern := range []string{"*.js", "*.cjs", "*.map", "*.d.cts"} {
		old, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return err
		}
		for _, path := range old {
			if _, ok := files[filepath.Base(path)]; !ok {
				if err := os.Remove(path); err != nil {
					return err
				}
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

const aboutFile = "convuser.wasm.json"

// Budgets, in bytes after brotli at quality 11.
const (
	moduleBudget = 90_000
	loaderBudget = 10_600
)

// checkBudgets fails if the module or the loader for browsers is over its budget.
func checkBudgets(module, loader int) error {
	for _, c := range []struct {
		what          string
		bytes, budget int
	}{
		{"convuser.wasm", module, moduleBudget},
		{"index.js", loader, loaderBudget},
	} {
		if c.bytes > c.budget {
			return fmt.Errorf("%s is %d bytes after brotli, %d over its budget", c.what, c.bytes, c.bytes-c.budget)
		}
	}
	return nil
}

// readModule reads the module and checks that this toolchain has built it.
func readModule(path, goVersion string) ([]byte, error) {
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
	wasmExec, err := wasmExec()
	if err != nil {
		return nil, err
	}
	zipped, err := gzipped(wasm)
	if err != nil {
		return nil, err
	}
	before, _ := os.ReadFile(filepath.Join(root, "wasm", "npm", aboutFile)) // usually of the same module
	about, err := describe(wasm, zipped, abi, goVersion, before)
	if err != nil {
		return nil, err
	}
	src := filepath.Join(root, "wasm", "npm", "src")
	files, err := bundles(src)
	if err != nil {
		return nil, err
	}
	declarations, err := filepath.Glob(filepath.Join(root, "wasm", "npm", "*.d.ts"))
	if err != nil {
		return nil, err
	}
	for _, path := range declarations { // those for require differ in the name of index.js only
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".ts") + ".cts"
		files[name] = bytes.ReplaceAll(text, []byte(`"./index.js"`), []byte(`"./index.cjs"`))
	}
	if files["worker_copy.js"], err = textModule("source", files["worker_main.js"]); err != nil {
		return nil, err
	}
	files["wasm_base64.js"] = fmt.Appendf(nil, "export const base64 = %q;\n", base64Of(wasm))
	files["wasm_base64.cjs"] = fmt.Appendf(nil, "exports.base64 = %q;\n", base64Of(wasm))
	files["wasm_gzip.js"] = fmt.Appendf(nil, "export const gzip = %q;\n", base64Of(zipped))
	files["LICENSE"] = licence
	files["wasm_exec.js"] = wasmExec
	files[aboutFile] = about
	return files, nil
}

// entries are the modules that the package exports, or starts in a worker.
var entries = []string{
	"index", "index_node", "index_workerd", "index_edge", "messages", "sync", "schema", "schema_node", "schema_workerd", "schema_edge",
	"worker", "worker_main", "worker_main_node", "worker_node",
}

// commonJS are the entries for require, by the names of their files.
var commonJS = map[string]string{"index": "index_node", "messages": "messages", "schema": "schema_node", "sync": "sync", "worker": "worker_node"}

// bundles returns a file and a source map for each entry, by name. Requests cost a
// page more than repeated code, so that only a schema imports another entry: it
// shares its codec.
func bundles(src string) (map[string][]byte, error) {
	abs, err := filepath.Abs(src)
	if err != nil {
		return nil, err
	}
	options := api.BuildOptions{
		AbsWorkingDir: abs, Outdir: "..", Bundle: true, Format: api.FormatESModule, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, Sourcemap: api.SourceMapLinked, SourcesContent: api.SourcesContentExclude,
		External: []string{"node:*"}, LogLevel: api.LogLevelSilent,
	}
	esm := options
	esm.Plugins = []api.Plugin{{Name: "package", Setup: func(b api.PluginBuild) { resolve(b, ".js") }}}
	for _, name := range entries {
		esm.EntryPointsAdvanced = append(esm.EntryPointsAdvanced, api.EntryPoint{InputPath: name + ".js", OutputPath: name})
	}
	cjs := options
	cjs.Plugins = []api.Plugin{{Name: "package", Setup: func(b api.PluginBuild) { resolve(b, ".cjs") }}}
	cjs.Format, cjs.OutExtension = api.FormatCommonJS, map[string]string{".js": ".cjs"}
	cjs.Supported = map[string]bool{"dynamic-import": false} // a test runner has require alone
	cjs.Define, cjs.Inject = map[string]string{"import.meta.url": "url"}, []string{"cjs_url.js"}
	for name, from := range commonJS {
		cjs.EntryPointsAdvanced = append(cjs.EntryPointsAdvanced, api.EntryPoint{InputPath: from + ".js", OutputPath: name})
	}
	files := map[string][]byte{}
	for _, o := range []api.BuildOptions{esm, cjs} {
		result := api.Build(o)
		if len(result.Errors) > 0 {
			return nil, errors.New(result.Errors[0].Text)
		}
		for _, f := range result.OutputFiles {
			files[filepath.Base(f.Path)] = f.Contents
		}
	}
	return files, nil
}

// resolve makes imports of separate files of the package external.
func resolve(b api.PluginBuild, ext string) {
	outside := func(path string) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: path, External: true}, nil
	}
	b.OnResolve(api.OnResolveOptions{Filter: `\.wasm(\?module)?$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return outside(args.Path)
	})
	b.OnResolve(api.OnResolveOptions{Filter: `^\./(wasm_\w+|worker_copy)\.js$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return outside(strings.TrimSuffix(args.Path, ".js") + ext)
	})
	b.OnResolve(api.OnResolveOptions{Filter: `^\./index\w*\.js$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		switch {
		case !strings.HasPrefix(filepath.Base(args.Importer), "schema"):
			return api.OnResolveResult{}, nil
		case ext == ".cjs":
			return outside("./index.cjs")
		}
		return outside(args.Path)
	})
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

var abiLine = regexp.MustCompile(`(?m)^const abi = ([0-9]+)\b`)

// abiOf reads the number of the protocol between loader and module.
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

// describe returns the description. The size after brotli, which takes seconds, is
// taken from the previous description if that is of the same module.
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

// integrity returns the value of an integrity attribute.
func integrity(b []byte) string {
	sum := sha512.Sum384(b)
	return "sha384-" + base64Of(sum[:])
}

// textModule returns a module that exports a script without the line that names
// its source map.
func textModule(name string, script []byte) ([]byte, error) {
	code, _, _ := bytes.Cut(script, []byte("//# sourceMappingURL="))
	var out bytes.Buffer
	fmt.Fprintf(&out, "export const %s = ", name)
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(string(code))
	return out.Bytes(), err
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

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
