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

// files are the page, and the JavaScript package below /convuser/.
type files struct{ page, npm fs.FS }

// openFiles returns the files, with the package in the folder dir.
func openFiles(dir string) (*files, error) {
	page, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	npm, err := openPackage(dir)
	return &files{page, npm}, err
}

// serve serves a file, and reports whether r is a request for one. Paths are
// compared as sent, so a file has one path.
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

// openPackage opens the folder of the JavaScript package, if it has the files
// that the page needs.
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

// isPublic reports whether a file in the package's folder is part of what the
// page loads, as its sources and tests are not.
func isPublic(name string) bool {
	switch {
	case name == "convuser.wasm", name == "convuser.wasm.json":
		return true
	case strings.ContainsRune(name, '/'), strings.HasPrefix(name, "."), strings.HasSuffix(name, ".test.js"):
		return false
	}
	return strings.HasSuffix(name, ".js")
}

// contentTypes does not come from package mime, whose types depend on the
// computer: a browser runs a module only if its type is right.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".wasm": "application/wasm",
}

// policy restricts the page to its own files. The one Trusted Types policy that
// it allows is the page's own, trusted.js, which lets only the package's worker
// through, so no text becomes markup or a script.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types default"

// serveFile serves one file. Browsers check for a newer one each time.
func serveFile(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, files, name)
}
