package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode/peers"
)

func TestSpread(t *testing.T) {
	if got := spreadOf([]float64{5, 1, 3}); got != (spread{3, 1, 5}) {
		t.Error(got)
	}
	if got := ratio([]float64{2, 9, 8}, []float64{1, 3, 2}); got != (spread{3, 2, 4}) {
		t.Error(got)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Error(got)
	}
}

// TestReport writes the report of one small group into a Markdown file twice.
func TestReport(t *testing.T) {
	in := peers.Inputs(true)[0]
	op := peers.Operations()[0]
	p := plan{slice: 10_000, rounds: 5}
	g := newGroup(op, in)
	g.calibrate(p.slice)
	twin, err := startTwin("-only", "^"+op.Name+"/small$", "-quick")
	if err != nil {
		t.Fatal(err)
	}
	defer twin.stop()
	for round := range p.rounds {
		if err := p.round([]*group{g}, twin, round); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := twin.time(1, 1); err == nil {
		t.Error("a group that is not there: no error")
	}
	r := newReport([]*group{g}, p, true, 0)
	if err := r.failed(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "README.md")
	write(t, file, "before\n"+beginMarker+"\nold\n"+endMarker+"\nafter\n")
	var first string
	for range 2 {
		if err := r.rewrite(file, filepath.Join(dir, "a", "bench.svg")); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		for _, want := range []string{"before\n", "\nafter\n", "(a/bench.svg)", "| " + op.Name + " | small |"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %q", want)
			}
		}
		if strings.Contains(string(text), "old") || strings.Contains(string(text), dir) || string(text) != first {
			t.Errorf("the section is not what it should be: %s", text)
		}
	}
	write(t, file, "no markers")
	if r.rewrite(file, "") == nil {
		t.Error("no markers: no error")
	}
	r.text(io.Discard)
	d := xml.NewDecoder(strings.NewReader(string(r.svg())))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the chart is not XML: %v", err)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
