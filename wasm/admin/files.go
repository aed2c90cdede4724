package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

//go:embed page
var pageFiles embed.FS

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead
}

// files are those of the page, and of the JavaScript package below /convuser/.
type files struct{ page, npm fs.FS }

// openFiles opens them, the package in a folder.
func openFiles(dir string) (*files, error) {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	npm, err := openPackage(dir)
	return &files{page, npm}, err
}

// serve serves a file, and reports false where r asks for none. A file has one
// path, compared as it was sent.
func (f *files) serve(w http.ResponseWriter, r *http.Request) bool {
	files, name := f.page, strings.TrimPrefix(r.URL.EscapedPath(), "/")
	public := name != "index.html"
	if name == "" {
		name = "index.html"
	} else if inside, ok := strings.CutPrefix(name, "convuser/"); ok {
		files, name, public = f.npm, inside, isPublic(inside)
	}
	if info, err := fs.Stat(files, name); !public || !isRead(r.Method) || err != nil || !info.Mode().IsRegular() {
		return false
	}
	serveFile(w, r, files, name)
	return true
}

// openPackage opens the folder of the JavaScript package, once what the page
// cannot do without is there.
func openPackage(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.New("package: no such folder; run make wasm at the top of the repository")
	}
	for _, name := range []string{"index.js", "worker.js", "convuser.wasm", "convuser.wasm.json"} {
		if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
			root.Close()
			return nil, fmt.Errorf("package: %s is missing there; make wasm builds it", name)
		}
	}
	return root.FS(), nil
}

// isPublic reports whether a file of the package's folder is for its user:
// neither what it was made with nor what it is tested with.
func isPublic(name string) bool {
	switch {
	case name == "convuser.wasm", name == "convuser.wasm.json":
		return true
	case strings.ContainsRune(name, '/'), strings.HasPrefix(name, "."), strings.HasSuffix(name, ".test.js"):
		return false
	}
	return strings.HasSuffix(name, ".js")
}

// contentTypes are said here, since what package mime says depends on the
// machine, and a browser runs no module of another type.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

// policy keeps the page to its own scripts. No Trusted Types policy can turn
// a text into markup or a script: the page makes the one named default, which
// lets the package's worker through and nothing else.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types default"

// serveFile serves one file, and asks the browser to look for a newer one
// each time.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, files, name)
}
