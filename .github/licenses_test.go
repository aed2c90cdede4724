package docs_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

const modulePath = "github.com/convuser/convuser/"

// licences are recognised by their phrases. A text must have all of them; the more
// specific licences are first.
var licences = []struct {
	kind    string
	phrases []string
}{
	{"Apache-2.0", []string{"Apache License Version 2.0"}},
	{"MPL-2.0", []string{"Mozilla Public License Version 2.0"}},
	{"BSD-3-Clause", []string{"Redistributions of source code must retain", "Redistributions in binary form must reproduce", "Neither the name of"}},
	{"BSD-2-Clause", []string{"Redistributions of source code must retain", "Redistributions in binary form must reproduce"}},
	{"ISC", []string{"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"}},
	{"MIT", []string{"Permission is hereby granted, free of charge, to any person obtaining a copy", "The above copyright notice and this permission notice shall be included"}},
}

// licenceOf returns the kind of the licence in a folder, "" if none is recognised.
func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		return licenceIn(string(b))
	}
	return ""
}

// licenceIn returns the kind of a licence by its text, "" if it is not recognised.
func licenceIn(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range licences {
		if !slices.ContainsFunc(l.phrases, func(p string) bool { return !strings.Contains(text, strings.ToLower(p)) }) {
			return l.kind
		}
	}
	return ""
}

// A linkedModule is a module with a package that is linked into programs that use
// some package of ours.
type linkedModule struct {
	path, version, dir string
	by                 set // our packages that need it
}

// linkedModules returns the modules that some platform needs. Those of tests and
// of nested modules do not count.
func linkedModules(t *testing.T) []linkedModule {
	t.Helper()
	modules := map[string]linkedModule{}
	for _, platform := range []string{"linux/amd64", "linux/386", "darwin/arm64", "windows/amd64", "js/wasm"} {
		goos, goarch, _ := strings.Cut(platform, "/")
		all := listPackages(t, goos, goarch)
		moduleOf := map[string]string{}
		for _, p := range all {
			if m := p.Module; m != nil && !m.Main {
				moduleOf[p.ImportPath] = m.Path
				if _, ok := modules[m.Path]; !ok {
					modules[m.Path] = linkedModule{path: m.Path, version: m.Version, dir: m.Dir}
				}
			}
		}
		for _, p := range all {
			if p.Module == nil || !p.Module.Main {
				continue
			}
			for _, dep := range p.Deps {
				if m, ok := modules[moduleOf[dep]]; ok {
					m.by.add("`" + strings.TrimPrefix(p.ImportPath, modulePath) + "`")
					modules[m.path] = m
				}
			}
		}
	}
	var sorted []linkedModule
	for _, m := range modules {
		slices.Sort(m.by)
		sorted = append(sorted, m)
	}
	slices.SortFunc(sorted, func(a, b linkedModule) int { return cmp.Compare(a.path, b.path) })
	return sorted
}

// A listedPackage is what "go list" prints about a package.
type listedPackage struct {
	ImportPath string
	Deps       []string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// listPackages returns our packages for a platform, and all that they import.
func listPackages(t *testing.T, goos, goarch string) (all []listedPackage) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test=false", "-json=ImportPath,Deps,Module", "./...")
	cmd.Dir, cmd.Stderr, cmd.Env = "..", os.Stderr, append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p listedPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestLicences compares LICENSES.md with the linked modules, each of which must have
// a licence in the table.
func TestLicences(t *testing.T) {
	const path = ".github/LICENSES.md"
	_ = vectors.File(t, "go.mod") // so that go test does not use a cached result after a change of it
	var b strings.Builder
	b.WriteString("| module | version | licence | needed by |\n|---|---|---|---|\n")
	for _, m := range linkedModules(t) {
		kind := licenceOf(t, m.dir)
		if kind == "" {
			t.Errorf("%s: the licence is not recognised; add it to licences", m.path)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.path, m.version, kind, strings.Join(m.by, ", "))
	}
	vectors.Generated(t, path, vectors.Section(t, vectors.File(t, path), "licences", b.String()))
	if kind := licenceOf(t, ".."); kind != "MIT" {
		t.Errorf("our own licence reads as %q", kind)
	}
}

// TestPackageLicences: the npm package has the toolchain's copy of Go's licence, and
// its bundle has only our own packages and Go's.
func TestPackageLicences(t *testing.T) {
	text := vectors.File(t, "wasm/npm/LICENSE-GO")
	if kind := licenceIn(text); kind != "BSD-3-Clause" {
		t.Errorf("LICENSE-GO reads as %q", kind)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Some systems' packages have the licence elsewhere.
	if of, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE")); err == nil && strings.ReplaceAll(string(of), "\r\n", "\n") != text {
		t.Error("LICENSE-GO is not the licence of this toolchain")
	}
	for path := range strings.Lines(vectors.File(t, ".ci/bundle-imports.txt")) { // make deps compares it with the bundle
		first, _, _ := strings.Cut(path, "/")
		if !strings.HasPrefix(path, modulePath) && strings.Contains(first, ".") {
			t.Errorf("the bundle has %s, whose licence the package must have", strings.TrimSpace(path))
		}
	}
}
