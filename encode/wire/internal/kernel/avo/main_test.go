package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCommitted compares the files in the repository with what this program writes.
// Their first lines have its arguments and differ.
func TestCommitted(t *testing.T) {
	dir := t.TempDir()
	code, stubs := filepath.Join(dir, "blocks_amd64.s"), filepath.Join(dir, "blocks_amd64.go")
	if out, err := exec.Command("go", "run", ".", "-pkg", "kernel", "-out", code, "-stubs", stubs).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, made := range []string{code, stubs} {
		want := afterFirstLine(t, made)
		if got := afterFirstLine(t, filepath.Join("..", filepath.Base(made))); !bytes.Equal(got, want) {
			t.Errorf("%s is out of date: run make generate", filepath.Base(made))
		}
	}
}

func afterFirstLine(t *testing.T, path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	if len(rest) < 1000 {
		t.Fatalf("%s has %d bytes", path, len(rest))
	}
	return rest
}
