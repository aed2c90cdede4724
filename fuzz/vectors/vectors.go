// Package vectors reads the tables of the unit tests, the fuzz seeds and the
// benchmarks of every package, and the suites written by others; JavaScript reads
// the same files. It also compares and writes generated files.
package vectors

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

// Text is the input of a vector, given as "in", as "b64" if it is not valid UTF-8,
// or as "repeat", a list of pairs of a text and a count.
type Text struct {
	In     string
	B64    []byte
	Repeat [][2]json.RawMessage
}

// String returns the input.
func (t Text) String() string {
	if t.B64 != nil {
		return string(t.B64)
	}
	var b strings.Builder
	b.WriteString(t.In)
	for _, part := range t.Repeat {
		var text string
		var count int
		if json.Unmarshal(part[0], &text) != nil || json.Unmarshal(part[1], &count) != nil {
			panic("vectors: want pairs of a text and a count in repeat")
		}
		b.WriteString(strings.Repeat(text, count))
	}
	return b.String()
}

// Violation is the error that a vector wants for its input; the zero Violation means no error.
type Violation struct {
	Field  string
	Code   validate.Code
	Offset int
	Want   string
	Hint   validate.Hint
	Found  string
}

// Error returns the error, nil for none.
func (v Violation) Error() error {
	if v.Code == "" {
		return nil
	}
	return &validate.Error{Field: v.Field, Code: v.Code, Offset: v.Offset, Want: v.Want, Hint: v.Hint, Found: v.Found}
}

// Load returns the vectors of a file, by its path from the project's root.
func Load[T any](tb testing.TB, path string) []T {
	tb.Helper()
	var rows []T
	b, err := os.ReadFile(filepath.Join(root(tb), filepath.FromSlash(path)))
	if err != nil {
		tb.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&rows); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	if len(rows) == 0 {
		tb.Fatalf("%s: no vectors", path)
	}
	return rows
}

// A Case is a line of a suite. Each suite uses some of the fields.
type Case struct {
	Name   string
	B64    string
	Input  string
	Pairs  [][2]string
	Data   json.RawMessage
	Expect json.RawMessage
}

// Bytes returns the input that B64 encodes.
func (c Case) Bytes(tb testing.TB) string {
	tb.Helper()
	b, err := base64.StdEncoding.DecodeString(c.B64)
	if err != nil {
		tb.Fatalf("%s: %v", c.Name, err)
	}
	return string(b)
}

// Verdict returns Expect as a string.
func (c Case) Verdict(tb testing.TB) (s string) {
	tb.Helper()
	if err := json.Unmarshal(c.Expect, &s); err != nil {
		tb.Fatalf("%s: %v", c.Name, err)
	}
	return s
}

// Suite returns the cases of a suite in $SUITES, by default ../shared/suites, and
// skips the test if it is missing.
func Suite(tb testing.TB, name string) []Case {
	tb.Helper()
	cases, found := suite(tb, name)
	if !found {
		tb.Skipf("no suite %s: set SUITES, or put the suites into ../shared/suites", name)
	}
	return cases
}

// SuiteTexts returns the inputs of suites as seeds of a fuzz target; a missing suite
// has none. With -fuzz it returns one in eight, and no long one: the engine takes
// ten milliseconds for each before it starts.
func SuiteTexts(tb testing.TB, names ...string) (list []string) {
	tb.Helper()
	for _, name := range names {
		cases, _ := suite(tb, name)
		for _, c := range cases {
			list = append(list, c.texts(tb)...)
		}
	}
	if !fuzzing() {
		return list
	}
	var some []string
	for i, s := range list {
		if i%8 == 0 && len(s) < 1<<10 {
			some = append(some, s)
		}
	}
	return some
}

// fuzzing reports whether the test runs with -fuzz.
func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// texts returns the inputs of a case, in whatever fields they are.
func (c Case) texts(tb testing.TB) (list []string) {
	tb.Helper()
	var data string
	switch {
	case c.Pairs != nil:
		for _, pair := range c.Pairs {
			list = append(list, pair[0], pair[1])
		}
		return list
	case c.Data == nil:
		return []string{c.Bytes(tb)}
	case json.Unmarshal(c.Data, &data) == nil:
		return []string{data}
	}
	return nil // not a text
}

// suite reads a suite and reports whether it exists.
func suite(tb testing.TB, name string) (cases []Case, found bool) {
	tb.Helper()
	dir := os.Getenv("SUITES")
	if dir == "" {
		dir = filepath.Join(root(tb), "..", "shared", "suites")
	}
	b, err := os.ReadFile(filepath.Join(dir, name+".jsonl"))
	if err != nil {
		return nil, false
	}
	for line := range bytes.Lines(b) {
		var c Case
		if err := json.Unmarshal(line, &c); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		cases = append(cases, c)
	}
	return cases, true
}

// root returns the project's root, which is the folder above this package: nested
// modules have a go.mod too.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "fuzz", "vectors")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("vectors: the working directory is not in the project")
		}
		dir = parent
	}
}
