package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

// TestReadme looks for each line of the README's Go in the Examples of package
// encode, which run, in the same order, and the lines of its output too.
func TestReadme(t *testing.T) {
	const source = "encode/example_test.go"
	blocks := strings.Split(vectors.File(t, "README.md"), "```go\n")
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of Go, want 1", len(blocks)-1)
	}
	block, _, _ := strings.Cut(blocks[1], "```\n")
	rest := codeLines(vectors.File(t, source))
	for _, line := range codeLines(block) {
		found := slices.Index(rest, line)
		if found < 0 {
			t.Errorf("%s has no line %q in this place", source, line)
			continue
		}
		rest = rest[found+1:]
	}
}

// codeLines returns the lines of s without indentation, and no empty ones.
func codeLines(s string) (lines []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
