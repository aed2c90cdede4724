package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A suite is the tests of one package.
type suite struct {
	path    string // of the package
	dir     string // in which they run
	measure string // the test binary that counts coverage
	judge   string // the one that has the mutants
	tests   []*test
}

// A test is one of a suite, and the blocks of the core that it reaches.
type test struct {
	name    string
	work    time.Duration      // of a processor
	reaches map[string][]block // by file
}

// A block is a basic block, as a coverage profile names it.
type block struct {
	file                               string
	startLine, startCol, endLine, ends int
}

func (b block) holds(p token.Position) bool {
	after := p.Line > b.startLine || p.Line == b.startLine && p.Column >= b.startCol
	before := p.Line < b.endLine || p.Line == b.endLine && p.Column <= b.ends
	return after && before
}

// goBuild makes a test binary out of the module in dir. Vet has looked at the tree already.
func goBuild(dir, out, path string, flags ...string) error {
	args := append([]string{"test", "-c", "-vet=off", "-o", out}, flags...)
	cmd := exec.Command("go", append(args, path)...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, text)
	}
	return nil
}

// newSuite measures what each test of a package reaches and how long it takes.
func newSuite(p listed, temp, coverPackages string, skip *regexp.Regexp) (*suite, error) {
	name := strings.ReplaceAll(strings.TrimPrefix(p.ImportPath, module+"/"), "/", "-")
	s := &suite{path: p.ImportPath, dir: p.Dir, measure: filepath.Join(temp, name+".cover"), judge: filepath.Join(temp, name+".test")}
	if err := goBuild(".", s.measure, p.ImportPath, "-covermode=set", "-coverpkg="+coverPackages); err != nil {
		return nil, err
	}
	list := exec.Command(s.measure, "-test.list", "^(Test|Fuzz|Example)")
	list.Dir = p.Dir
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(string(out)) {
		if skip.MatchString(name) {
			continue
		}
		t, err := s.measured(name, filepath.Join(temp, "profile"))
		if err != nil {
			return nil, err
		}
		if len(t.reaches) > 0 {
			s.tests = append(s.tests, t)
		}
	}
	return s, nil
}

// measured runs a test, with more in its environment.
func (s *suite) measured(name, profile string, more ...string) (*test, error) {
	cmd := exec.Command(s.measure, "-test.run", "^"+name+"$", "-test.coverprofile", profile)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), more...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", s.path, name, err, out)
	}
	t := &test{name: name, work: work(cmd), reaches: map[string][]block{}}
	b, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		if bl, _, count, ok := parseBlock(lines.Text()); ok && count > 0 {
			t.reaches[bl.file] = append(t.reaches[bl.file], bl)
		}
	}
	return t, nil
}

// parseBlock reads a line of a coverage profile.
func parseBlock(line string) (b block, statements, count int, ok bool) {
	colon := strings.LastIndexByte(line, ':')
	if colon < 0 {
		return b, 0, 0, false
	}
	n, _ := fmt.Sscanf(line[colon+1:], "%d.%d,%d.%d %d %d", &b.startLine, &b.startCol, &b.endLine, &b.ends, &statements, &count)
	b.file = line[:colon]
	return b, statements, count, n == 6
}

func work(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// A batch is tests of one suite that run together.
type batch struct {
	suite *suite
	tests []string
	work  time.Duration
}

// dear is the work from which on a test waits until the others have passed:
// most mutants are killed by a test that takes no time.
const dear = 30 * time.Millisecond

// batches returns the tests that reach a place of a file, those that are the
// least work first.
func batches(suites []*suite, file string, p token.Position) (list []*batch) {
	for _, s := range suites {
		cheap, rest := &batch{suite: s}, &batch{suite: s}
		for _, t := range s.tests {
			b := cheap
			if t.work >= dear {
				b = rest
			}
			if t.reachesPlace(file, p) {
				b.tests = append(b.tests, t.name)
				b.work += t.work
			}
		}
		list = append(list, cheap, rest)
	}
	list = slices.DeleteFunc(list, func(b *batch) bool { return len(b.tests) == 0 })
	slices.SortStableFunc(list, func(a, b *batch) int { return cmp.Compare(a.work, b.work) })
	return list
}

// reachesPlace reports whether the test reaches the block that p is in.
func (t *test) reachesPlace(file string, p token.Position) bool {
	return slices.ContainsFunc(t.reaches[file], func(b block) bool { return b.holds(p) })
}

// A verdict is what the tests said of a mutant.
type verdict int

const (
	survived verdict = iota
	killed
	limited // killed by the limit of time or memory
	slowed  // killed by the count of its work
)

// Limits of a run: ten times the work of before, a second at least, which is
// what the limit counts in, and more memory than any test takes.
const (
	timesWork = 10
	mostKB    = 4 << 20
)

// limits is the script that runs its arguments under the limits.
func limits(seconds int) string {
	return fmt.Sprintf(`ulimit -t %d 2>/dev/null; ulimit -v %d 2>/dev/null; exec "$@"`, seconds, mostKB)
}

// run runs the tests against a mutant.
func (b *batch) run(id int) (verdict, string) {
	seconds := int((timesWork*b.work + time.Second - 1) / time.Second)
	// The limit counts a processor's work, so that a busy machine kills
	// nothing; the clock is there for what sleeps.
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(20+10*seconds)*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", limits(seconds), "sh", b.suite.judge, "-test.failfast", "-test.run", "^("+strings.Join(b.tests, "|")+")$")
	cmd.Dir = b.suite.dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", environment, id), "GOMAXPROCS=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return survived, ""
	case !errors.As(err, &exit):
		return survived, err.Error()
	case !exit.Exited() || bytes.Contains(out, []byte("SIGXCPU")) || bytes.Contains(out, []byte("out of memory")):
		return limited, string(out)
	}
	return killed, string(out)
}
