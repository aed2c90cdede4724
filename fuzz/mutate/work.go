package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A mutant that no test fails on may still do more work for the same answer:
// a fast path that is no longer taken. TestPaths of package fuzz holds the
// statements that each path executes to a record, with tolerance for
// a twentieth more. Here it is asked in a build that has the survivors, and the
// record is that of the function's copy without a change, since to go to a
// copy is a statement of its own.
const (
	workload  = "CONVUSER_PATH"
	workFile  = "fuzz/testdata/paths.txt" // a line for each workload
	workSize  = 1 << 14
	tolerance = 1.05
)

// A workJudge counts the work of mutants.
type workJudge struct {
	binary, dir, temp string
	workloads         []*test               // what each reaches
	nulls             map[*function]*mutant // copies without a change
	idle              int                   // what a process does without a workload

	lock    sync.Mutex
	records map[[2]int]int // by the number of the null and the workload's index
	unused  int            // a name for the next profile
}

// newWorkJudge builds a binary with the survivors and their functions' copies.
func newWorkJudge(packages []*corePackage, alive map[*mutant]bool, fuzz *suite, temp string) (*workJudge, error) {
	j := &workJudge{binary: filepath.Join(temp, "work.test"), temp: temp, nulls: map[*function]*mutant{}, records: map[[2]int]int{}}
	if err := j.measure(fuzz); err != nil {
		return nil, err
	}
	l, err := newLoader(core)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, c := range packages {
		part := *c
		part.mutants = j.withNulls(c.mutants, alive)
		texts, err := part.texts(l)
		if err != nil {
			return nil, err
		}
		maps.Copy(files, texts)
	}
	if err := j.build(files); err != nil {
		return nil, err
	}
	var ok bool
	if j.idle, ok = j.count(0, -1); !ok {
		return nil, errors.New("a process without a workload fails")
	}
	return j, nil
}

// measure finds what each workload reaches.
func (j *workJudge) measure(fuzz *suite) error {
	record, err := os.ReadFile(workFile)
	if err != nil {
		return err
	}
	for k := range bytes.Count(record, []byte("\n")) {
		t, err := fuzz.measured("TestPath", filepath.Join(j.temp, "profile"), order(k))
		if err != nil {
			return err
		}
		j.workloads = append(j.workloads, t)
	}
	return nil
}

// withNulls returns the mutants that are alive, and for each of their
// functions a copy without a change.
func (j *workJudge) withNulls(mutants []*mutant, alive map[*mutant]bool) (list []*mutant) {
	const first = 1 << 20 // beyond the number of any mutant
	for _, m := range mutants {
		if !alive[m] {
			continue
		}
		if j.nulls[m.fn] == nil {
			start := m.fn.file.offset(m.fn.body.Lbrace) + 1
			j.nulls[m.fn] = &mutant{id: first + len(j.nulls), fn: m.fn, edit: edit{start, start, ""}}
			list = append(list, j.nulls[m.fn])
		}
		list = append(list, m)
	}
	return list
}

// order is the environment that asks for a workload.
func order(index int) string { return fmt.Sprintf("%s=%d %d", workload, index, workSize) }

// build builds the binary from a copy of the tree with these files, since
// the tool that counts statements does not read overlays.
func (j *workJudge) build(files map[string]string) error {
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	tree := filepath.Join(j.temp, "tree")
	if err := copyModule(tree, root); err != nil {
		return err
	}
	for path, text := range files {
		rest, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(tree, rest), []byte(text), 0o644); err != nil {
			return err
		}
	}
	j.dir = filepath.Join(tree, "fuzz")
	return goBuild(tree, j.binary, module+"/fuzz", "-covermode=count", "-coverpkg="+strings.Join(core, ","))
}

// copyModule copies what the module is built from.
func copyModule(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case d.IsDir() && (name == "node_modules" || name[0] == '.' && name != "."):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rest), 0o755)
		case filepath.Ext(name) != ".go" && name != "go.mod" && name != "go.sum":
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rest), b, 0o644)
	})
}

// judge says slowed where a workload takes more statements than before.
func (j *workJudge) judge(m *mutant) (verdict, error) {
	place := m.fn.file.fset.Position(m.reach)
	for k, t := range j.workloads {
		if !t.reachesPlace(m.fn.file.name, place) {
			continue
		}
		before, err := j.record(j.nulls[m.fn].id, k)
		if err != nil {
			return survived, err
		}
		now, ok := j.count(m.id, k)
		if !ok || float64(now-j.idle) > tolerance*float64(before-j.idle) {
			return slowed, nil
		}
	}
	return survived, nil
}

// record counts a workload with a copy that has no change, once.
func (j *workJudge) record(null, index int) (int, error) {
	key := [2]int{null, index}
	j.lock.Lock()
	n := j.records[key]
	j.lock.Unlock()
	if n > 0 {
		return n, nil
	}
	n, ok := j.count(null, index)
	if !ok {
		return 0, fmt.Errorf("workload %d fails without a mutant", index)
	}
	j.lock.Lock()
	j.records[key] = n
	j.lock.Unlock()
	return n, nil
}

// count counts the statements of the core that a workload executes.
func (j *workJudge) count(id, index int) (statements int, ok bool) {
	j.lock.Lock()
	j.unused++
	profile := filepath.Join(j.temp, fmt.Sprint("work", j.unused))
	j.lock.Unlock()
	defer os.Remove(profile)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", limits(5), "sh", j.binary, "-test.run", "^TestPath$", "-test.coverprofile", profile)
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", environment, id), order(index), "GOMAXPROCS=1")
	if err := cmd.Run(); err != nil {
		return 0, false
	}
	b, err := os.ReadFile(profile)
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line) // place, statements, count
		if len(fields) == 3 && fields[2] != "0" {
			n, _ := strconv.Atoi(fields[1])
			count, _ := strconv.Atoi(fields[2])
			statements += n * count
		}
	}
	return statements, err == nil
}
