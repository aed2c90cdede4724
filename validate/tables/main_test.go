package main

import (
	"bytes"
	"os"
	"testing"
)

// TestCommitted: the file beside is what this program makes.
func TestCommitted(t *testing.T) {
	want, err := source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../unicode_tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("validate/unicode_tables.go is not what the program makes: run make generate")
	}
}
