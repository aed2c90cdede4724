// Command mutants reports what gremlins, the mutation tester, found in the
// packages of the core: "make mutate" runs both. Gremlins changes one operator
// after the other and runs the package's own tests. The command counts the
// results by package, and lists the mutants that no test killed and that are
// not in survivors.txt, and the lines of survivors.txt that no mutant matches.
// It fails where it lists one.
//
//	mutants package ...
//
// It runs in .tools. The results for ./encode/wire are in
// .build/mutants/encode/wire.json.
//
// A mutant that does not compile counts as killed, as does one that meets the
// limits that "make mutate" sets on memory and on a processor's time. What the
// tests reach, gremlins takes from Go's coverage, which has no conditions of a
// case and no constants: their mutants are not run, and count as not covered.
package main

import (
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ok, err := report(os.Stdout, "..", os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if !ok {
		os.Exit(1)
	}
}

// list is where the survivors are that no test can kill, with the reasons.
const list = ".tools/mutants/survivors.txt"

// result is what the command reads of the file that gremlins writes.
type result struct {
	Files []struct {
		Name      string `json:"file_name"`
		Mutations []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
			Line   int    `json:"line"`
			Column int    `json:"column"`
		} `json:"mutations"`
	} `json:"files"`
}

// report writes the table and the lists to w, and returns whether the lists
// are empty. Root is the folder of the repository.
func report(w io.Writer, root string, packages []string) (ok bool, err error) {
	justified, err := readList(filepath.Join(root, list))
	if err != nil {
		return false, err
	}
	var missing, stale []string
	row := func(cells ...any) { fmt.Fprintf(w, "%-14s %7v %9v %10v %10v %12v\n", cells...) }
	row("package", "killed", "survived", "justified", "timed out", "not covered")
	for _, name := range packages {
		name = path.Clean(name)
		text, err := os.ReadFile(filepath.Join(root, ".build/mutants", name+".json"))
		if err != nil {
			return false, err
		}
		var r result
		if err := json.Unmarshal(text, &r); err != nil {
			return false, err
		}
		counts := map[string]int{}
		for _, f := range r.Files {
			file := name + "/" + f.Name
			lines, err := readSource(filepath.Join(root, file))
			if err != nil {
				return false, err
			}
			for _, m := range f.Mutations {
				status := m.Status
				if status == "LIVED" {
					key := file + "\t" + m.Type + "\t" + lines.mark(m.Line, m.Column)
					if justified[key] > 0 {
						justified[key]--
						status = "JUSTIFIED"
					} else {
						missing = append(missing, fmt.Sprintf("%s:%d:%d\n%s", file, m.Line, m.Column, key))
					}
				}
				counts[status]++
			}
		}
		row(name, counts["KILLED"]+counts["NOT VIABLE"], counts["LIVED"], counts["JUSTIFIED"], counts["TIMED OUT"], counts["NOT COVERED"])
		for key, n := range justified {
			if file, _, _ := strings.Cut(key, "\t"); n > 0 && path.Dir(file) == name {
				stale = append(stale, key)
			}
		}
	}
	slices.Sort(stale)
	for _, m := range missing {
		fmt.Fprintf(w, "survived, and not in %s: %s\n", list, m)
	}
	for _, key := range stale {
		fmt.Fprintf(w, "in %s, and did not survive: %s\n", list, key)
	}
	return len(missing)+len(stale) == 0, nil
}

// readList returns how often each key stands in the list.
func readList(name string) (map[string]int, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	keys := map[string]int{}
	for line := range strings.Lines(string(text)) {
		if line[0] == '#' || line == "\n" {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%s: want file, mutator, source line and reason, with tabs between them: %s", name, line)
		}
		keys[strings.Join(cells[:3], "\t")]++
	}
	return keys, nil
}

// source is a file of Go without its comments.
type source struct {
	lines     []string
	operators map[[2]int]int // the length of the one at a line and a column
}

func readSource(name string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	s := source{strings.Split(string(text), "\n"), map[[2]int]int{}}
	file := token.NewFileSet().AddFile(name, -1, len(text))
	var scan scanner.Scanner
	scan.Init(file, text, nil, scanner.ScanComments)
	for {
		pos, tok, _ := scan.Scan()
		at := file.Position(pos)
		switch {
		case tok == token.EOF:
			return s, nil
		case tok == token.COMMENT:
			s.lines[at.Line-1] = s.lines[at.Line-1][:at.Column-1]
		case tok.IsOperator() || tok.IsKeyword():
			s.operators[[2]int{at.Line, at.Column}] = len(tok.String())
		}
	}
}

// mark returns a line with double brackets around the operator at a column.
func (s source) mark(line, column int) string {
	text, n := s.lines[line-1], s.operators[[2]int{line, column}]
	return strings.TrimSpace(text[:column-1] + "[[" + text[column-1:column-1+n] + "]]" + text[column-1+n:])
}
