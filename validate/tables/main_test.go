package main

import (
	"bytes"
	"os"
	"testing"
)

// TestCommitted compares the file in the repository with what this program writes.
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
		t.Error("validate/unicode_tables.go is out of date: run make generate")
	}
}
