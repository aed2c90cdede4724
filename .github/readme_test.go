package docs_test

import (
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// readmeSources hold the Examples that the README shows.
var readmeSources = []string{"encode/example_test.go"}

// TestReadme holds every line of the README's Go to an Example that runs, in
// the same order, the lines of its output included.
func TestReadme(t *testing.T) {
	readme := vectors.File(t, "README.md")
	var sources []string
	for _, path := range readmeSources {
		sources = append(sources, vectors.File(t, path))
	}
	blocks := strings.Split(readme, "```go\n")[1:]
	if len(blocks) != len(sources) {
		t.Fatalf("%d blocks of Go, %d sources", len(blocks), len(sources))
	}
	for k, block := range blocks {
		block, _, _ = strings.Cut(block, "```\n")
		rest := codeLines(sources[k])
		for _, line := range codeLines(block) {
			found := -1
			for n := range rest {
				if rest[n] == line {
					found = n
					break
				}
			}
			if found < 0 {
				t.Errorf("%s has no line %q in this place", readmeSources[k], line)
				continue
			}
			rest = rest[found+1:]
		}
	}
}

// codeLines returns the lines of s without indentation, empty ones left out.
func codeLines(s string) (lines []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
