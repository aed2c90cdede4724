package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/convuser/convuser/fuzz/vectors"
)

// collect returns every input once, in an order that is always the same.
func collect(root string) ([]string, error) {
	var c collection
	c.tables(filepath.Join(root, "validate", "testdata"))
	c.tables(filepath.Join(root, "encode", "testdata"))
	c.corpora(filepath.Join(root, "fuzz", "testdata", "fuzz"))
	c.seeds(filepath.Join(root, "fuzz", "fuzz_*_test.go"))
	c.suites(suites(root))
	c.change()
	return c.inputs, c.err
}

func suites(root string) string {
	if dir := os.Getenv("SUITES"); dir != "" {
		return dir
	}
	return filepath.Join(root, "..", "shared", "suites")
}

// A collection keeps the first error.
type collection struct {
	inputs []string
	seen   map[string]bool
	err    error
}

func (c *collection) add(inputs ...string) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	for _, s := range inputs {
		if !c.seen[s] {
			c.seen[s] = true
			c.inputs = append(c.inputs, s)
		}
	}
}

func (c *collection) fail(err error) bool {
	if c.err == nil {
		c.err = err
	}
	return err != nil
}

// files calls read with the content of every file of a folder.
func (c *collection) files(folder string, read func(name string, content []byte)) {
	c.fail(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			read(entry.Name(), content)
		}
		return err
	}))
}

// tables adds the inputs, and what is to be written, of a folder's vectors.
func (c *collection) tables(folder string) {
	c.files(folder, func(_ string, content []byte) {
		var rows []struct {
			vectors.Text
			Form, JSON, Out string
		}
		if c.fail(json.Unmarshal(content, &rows)) {
			return
		}
		for _, row := range rows {
			c.add(row.String(), row.Form, row.JSON, row.Out)
		}
	})
}

// corpora adds the texts of files that go test -fuzz has kept: a line for
// each argument, such as string("a").
func (c *collection) corpora(folder string) {
	c.files(folder, func(_ string, content []byte) {
		for line := range strings.Lines(string(content)) {
			for _, kind := range []string{"string(", "[]byte("} {
				quoted, ok := strings.CutPrefix(strings.TrimSpace(line), kind)
				if !ok {
					continue
				}
				s, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
				if !c.fail(err) {
					c.add(s)
				}
			}
		}
	})
}

// seeds adds the strings of the files of fuzz targets.
func (c *collection) seeds(pattern string) {
	files, err := filepath.Glob(pattern)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: no file", pattern)
	}
	if c.fail(err) {
		return
	}
	for _, file := range files {
		c.literals(file)
	}
}

// literals adds every string of a source file: the seeds are among them, and
// the others do no harm.
func (c *collection) literals(file string) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if c.fail(err) {
		return
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			s, err := strconv.Unquote(literal.Value)
			if !c.fail(err) {
				c.add(s)
			}
		}
		return true
	})
}

// suites adds the cases of suites: bytes, texts, pairs, and each JSON text
// also as the value of a member.
func (c *collection) suites(folder string) {
	if _, err := os.Stat(folder); err != nil {
		return // the test says so
	}
	c.files(folder, func(name string, content []byte) {
		if filepath.Ext(name) != ".jsonl" {
			return
		}
		for line := range strings.Lines(string(content)) {
			var row struct {
				B64   []byte
				Input string
				Data  any
				Pairs [][2]string
			}
			if c.fail(json.Unmarshal([]byte(line), &row)) {
				return
			}
			c.add(string(row.B64), row.Input)
			if strings.HasPrefix(name, "json_") {
				c.add(`{"v":` + string(row.B64) + "}")
			}
			if s, ok := row.Data.(string); ok {
				c.add(s)
			}
			for _, pair := range row.Pairs {
				c.add(pair[:]...)
			}
		}
	})
}

const (
	copies  = 4    // of an input
	longest = 4096 // bytes of an input that is changed
)

var pieces = []string{
	`"`, "{", "}", "[", "]", ",", ":", " ", "\n", `\`, `\u00e9`, `\ud800`, "0", "-", "e", ".", "null", "true",
	"%", "%4", "%C3", "+", "&", "=", ";", "\x00", "\x7f", "\xff", "\xc3", "\xa9", "\xed\xa0\x80", "é", "日", "😀", "\ufeff",
}

// change adds copies of the inputs with a piece put in, put over a byte, or
// everything behind it cut off.
func (c *collection) change() {
	random := rand.New(rand.NewPCG(7, 11))
	for _, s := range c.inputs[:len(c.inputs):len(c.inputs)] {
		if len(s) > longest {
			continue
		}
		for range copies {
			i, piece := random.IntN(len(s)+1), pieces[random.IntN(len(pieces))]
			switch random.IntN(4) {
			case 0:
				c.add(s[:i])
			case 1:
				c.add(s[:i] + piece + s[min(i+1, len(s)):])
			default:
				c.add(s[:i] + piece + s[i:])
			}
		}
	}
}
