package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const module = "github.com/convuser/convuser"

// core is what is mutated, in the order of the imports.
var core = []string{module + "/encode/wire", module + "/validate", module + "/user", module + "/encode"}

// judges are the packages whose tests judge.
var judges = append(slices.Clone(core), module+"/fuzz")

// notJudges are tests that take longer than all others together, since they
// build something, wait, or try at random what others try in order.
const notJudges = `^(TestWorkIsLinear|TestWorkload|TestPaths?|TestTogether|TestWalk|TestWalkNaughtyStrings|TestMemoryIsBounded|FuzzReadRequest|TestValidatorOracle|TestAdviceOnEveryCharacter|TestNFC|Example_testMyClient)$`

// least is the part of a package's mutants that must be killed, in percent.
const least = 95

var (
	only    = flag.String("only", "", "a regular expression: only the mutants whose line of the list it matches")
	from    = flag.String("from", "", "a file like equivalent.txt: only its mutants")
	list    = flag.Bool("list", false, "list the mutants and stop")
	verbose = flag.Bool("v", false, "say what killed each mutant")
	workers = flag.Int("workers", runtime.NumCPU(), "how many to run at a time")
	accepts = flag.String("equivalent", "fuzz/mutate/equivalent.txt", "the list of survivors that no test can kill")
)

func main() {
	flag.Parse()
	os.Setenv("GOFLAGS", "-tags=purego") // what is built to count statements has no assembly
	if err := mutate(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func mutate() error {
	start := time.Now()
	temp, err := os.MkdirTemp("", "convuser-mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	packages, all, err := prepare(temp)
	if err != nil {
		return err
	}
	if *list {
		for _, m := range all {
			fmt.Println(m.key())
		}
		return nil
	}
	suites, err := measureAll(temp)
	if err != nil {
		return err
	}
	if err := buildJudges(suites, temp); err != nil {
		return err
	}
	fmt.Printf("mutate: %d mutants, ready after %.0f s\n", len(all), time.Since(start).Seconds())
	results, err := judgeAll(all, packages, suites, temp)
	if err != nil {
		return err
	}
	err = report(packages, results)
	fmt.Printf("mutate: took %.0f s\n", time.Since(start).Seconds())
	return err
}

// prepare finds the mutants and writes the files that have them.
func prepare(temp string) (packages []*corePackage, all []*mutant, err error) {
	l, err := newLoader(core)
	if err != nil {
		return nil, nil, err
	}
	found, err := goList(core...)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := choice()
	if err != nil {
		return nil, nil, err
	}
	overlay := map[string]string{}
	for _, p := range found {
		c, err := l.load(p)
		if err != nil {
			return nil, nil, err
		}
		c.mutants = slices.DeleteFunc(c.mutants, func(m *mutant) bool { return !chosen(m.key()) })
		for _, m := range c.mutants {
			all = append(all, m)
			m.id = len(all) // 0 is the core as it is
		}
		if err := c.write(l, overlay, temp); err != nil {
			return nil, nil, err
		}
		packages = append(packages, c)
	}
	all = all[:0]
	for _, c := range packages {
		all = append(all, c.mutants...)
	}
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, nil, err
	}
	return packages, all, os.WriteFile(overlayFile(temp), b, 0o644)
}

func overlayFile(temp string) string { return filepath.Join(temp, "overlay.json") }

// choice returns whether the flags choose a mutant, by its key.
func choice() (func(key string) bool, error) {
	pattern, err := regexp.Compile(*only)
	if err != nil || *from == "" {
		return pattern.MatchString, err
	}
	named, err := readList(*from)
	return func(key string) bool { return named[key] > 0 && pattern.MatchString(key) }, err
}

// texts returns the package's files by path, that with the variable included.
func (c *corePackage) texts(l *loader) (map[string]string, error) {
	texts, err := c.generate(l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.label, err)
	}
	texts[filepath.Join(c.Dir, "mutate_selector.go")] = selector(c.Name)
	return texts, nil
}

// write writes the package's files and adds them to the overlay.
func (c *corePackage) write(l *loader, overlay map[string]string, temp string) error {
	texts, err := c.texts(l)
	if err != nil {
		return err
	}
	for path, text := range texts {
		out := filepath.Join(temp, strings.ReplaceAll(c.label, "/", "-")+"-"+filepath.Base(path))
		if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
			return err
		}
		overlay[path] = out
	}
	return nil
}

func measureAll(temp string) (suites []*suite, err error) {
	found, err := goList(judges...)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		s, err := newSuite(p, temp, strings.Join(core, ","), regexp.MustCompile(notJudges))
		if err != nil {
			return nil, err
		}
		suites = append(suites, s)
	}
	return suites, nil
}

// buildJudges builds the tests with the mutants, and sees that without any
// of them they pass.
func buildJudges(suites []*suite, temp string) error {
	for _, s := range suites {
		if err := goBuild(".", s.judge, s.path, "-overlay="+overlayFile(temp)); err != nil {
			return err
		}
		all := &batch{suite: s}
		for _, t := range s.tests {
			all.tests, all.work = append(all.tests, t.name), all.work+t.work
		}
		if v, out := all.run(0); v != survived {
			return fmt.Errorf("%s fails without a mutant:\n%s", s.path, out)
		}
	}
	return nil
}

// A result is what became of a mutant.
type result struct {
	verdict
	reached bool
}

// judgeAll runs the tests against all mutants, and counts the work of those
// that survive.
func judgeAll(all []*mutant, packages []*corePackage, suites []*suite, temp string) (map[*mutant]result, error) {
	results := map[*mutant]result{}
	each(all, func(m *mutant) result { return judge(m, suites) }, results)
	alive := map[*mutant]bool{}
	var rest []*mutant
	for _, m := range all {
		if r := results[m]; r.reached && r.verdict == survived {
			alive[m] = true
			rest = append(rest, m)
		}
	}
	fmt.Printf("mutate: %d survive the tests; counting their work\n", len(rest))
	j, err := newWorkJudge(packages, alive, suites[len(suites)-1], temp)
	if err != nil {
		return nil, err
	}
	var failed atomic.Pointer[error]
	each(rest, func(m *mutant) result {
		v, err := j.judge(m)
		if err != nil {
			failed.Store(&err)
		}
		return result{v, true}
	}, results)
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return results, nil
}

// each asks judge about every mutant, several at a time.
func each(all []*mutant, judge func(*mutant) result, results map[*mutant]result) {
	var (
		lock sync.Mutex
		next atomic.Int64
		wait sync.WaitGroup
	)
	for range *workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
				r := judge(all[i])
				lock.Lock()
				if results[all[i]] = r; (i+1)%1000 == 0 {
					fmt.Printf("mutate: %d of %d\n", i+1, len(all))
				}
				lock.Unlock()
			}
		})
	}
	wait.Wait()
}

// judge runs the tests that reach a mutant until one fails.
func judge(m *mutant, suites []*suite) (r result) {
	place := m.fn.file.fset.Position(m.reach)
	for _, b := range batches(suites, m.fn.file.name, place) {
		r.reached = true
		var out string
		if r.verdict, out = b.run(m.id); r.verdict != survived {
			if *verbose {
				fmt.Printf("%s: %s\n%s\n", place, m.key(), out)
			}
			return r
		}
	}
	return r
}
