package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// documents returns the documents under .github by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, pattern := range []string{"*.md", "*/*.md"} {
		paths, err := filepath.Glob(filepath.Join("..", ".github", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			p = strings.TrimPrefix(filepath.ToSlash(p), "../")
			docs[p] = vectors.File(t, p)
		}
	}
	return docs
}

var (
	namedTest = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
	namedFile = regexp.MustCompile("`([a-z0-9/]+/[a-z_]+\\.(?:case|test)\\.js)`")
	localLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	codeBlock = regexp.MustCompile("(?s)```.*?```")
)

// TestDocumentReferences: the tests and files that documents name exist.
func TestDocumentReferences(t *testing.T) {
	tests := 0
	for path, doc := range documents(t) {
		for _, m := range namedTest.FindAllStringSubmatch(doc, -1) {
			if tests++; !hasTest(t, m[1], m[2]) {
				t.Errorf("%s names %s, but %s has no such test", path, m[2], m[1])
			}
		}
		for _, m := range namedFile.FindAllStringSubmatch(doc, -1) {
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
		for _, m := range localLink.FindAllStringSubmatch(codeBlock.ReplaceAllString(doc, ""), -1) {
			target := filepath.Join("..", filepath.Dir(filepath.FromSlash(path)), filepath.FromSlash(m[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which does not exist", path, m[1])
			}
		}
	}
	if tests < 20 {
		t.Errorf("found %d names of tests; SECURITY.md alone has more", tests)
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}

// TestPolicy: SECURITY.md has the Content-Security-Policy of the admin UI.
func TestPolicy(t *testing.T) {
	_, code, found := strings.Cut(vectors.File(t, "wasm/admin/files.go"), "\nconst policy = \"")
	code, _, ended := strings.Cut(code, "\"\n\n")
	if !found || !ended {
		t.Fatal("wasm/admin has no policy")
	}
	policy := strings.ReplaceAll(code, "\" +\n\t\"", "")
	want := "```\n" + strings.ReplaceAll(policy, "; ", "\n") + "\n```"
	if !strings.Contains(vectors.File(t, ".github/SECURITY.md"), want) {
		t.Errorf("SECURITY.md does not have the policy of the admin UI:\n%s", want)
	}
}

var (
	stepStart = regexp.MustCompile(`(?m)^ *- `)
	pinnedUse = regexp.MustCompile(`^uses: [a-z-]+(?:/[a-z-]+)+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+\n`)
)

// TestWorkflows: an action of others is pinned to a commit, which cannot be moved,
// with the version in a comment; a checkout keeps no credentials for later steps;
// and no job may write.
func TestWorkflows(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", ".github", "workflows", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	checkouts := 0
	for _, path := range paths {
		path = strings.TrimPrefix(filepath.ToSlash(path), "../")
		text := vectors.File(t, path)
		if strings.Count(text, "permissions:") != 1 || !strings.Contains(text, "\npermissions:\n  contents: read\n\n") {
			t.Errorf("%s: want permissions once, for the whole, to read contents", path)
		}
		steps := pinnedSteps(t, path, text)
		if names := strings.Count(text, "uses:"); names != len(steps) {
			t.Errorf("%s: %d uses, not each the first of its step", path, names)
		}
		for _, step := range steps {
			if strings.HasPrefix(step, "uses: actions/checkout@") {
				if checkouts++; !strings.Contains(step, "\n          persist-credentials: false\n") {
					t.Errorf("%s: a checkout keeps its credentials:\n%s", path, step)
				}
			}
		}
	}
	if checkouts == 0 {
		t.Error("found no checkout")
	}
}

// pinnedSteps returns the steps of a workflow that use an action.
func pinnedSteps(t *testing.T, path, text string) (steps []string) {
	t.Helper()
	for _, step := range stepStart.Split(text, -1) {
		if strings.HasPrefix(step, "uses:") {
			if steps = append(steps, step); !pinnedUse.MatchString(step) {
				line, _, _ := strings.Cut(step, "\n")
				t.Errorf("%s: %s: want the 40 digits of a commit, and the version in a comment", path, line)
			}
		}
	}
	return steps
}
