// Command cover reads the profile of a "go test -coverpkg" run, prints how
// many of each package's statements were executed and every block that was
// not, and fails where there is one that is not in unreachable.txt. "make
// cover" runs it on the tests of the core's own packages: what only package
// fuzz or the endpoint reaches is reached, but hardly looked at.
//
// A line of unreachable.txt is the file, the first line of the block as it
// stands there, and the reason why no test can reach it, with tabs between
// them. A # starts a comment.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

const module = "github.com/convuser/convuser/"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cover profile unreachable.txt")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "cover:", err)
		os.Exit(1)
	}
}

// A block is a basic block: statements that run one after the other.
type block struct {
	file                                   string
	line, column, endLine, end, statements int
}

func run(profile, unreachable string) error {
	counts, err := readProfile(profile)
	if err != nil {
		return err
	}
	reasons, err := readReasons(unreachable)
	if err != nil {
		return err
	}
	gaps := 0
	for _, b := range slices.SortedFunc(maps.Keys(counts), compare) {
		if counts[b] > 0 {
			continue
		}
		text, err := b.text()
		if err != nil {
			return err
		}
		reason := reasons[b.file+"\t"+text]
		if reason == "" {
			gaps++
			reason = "no test reaches it"
		}
		fmt.Printf("cover: %s:%d: %s (%s)\n", b.file, b.line, text, reason)
	}
	summarize(counts)
	if gaps > 0 {
		return fmt.Errorf("%d blocks are not covered and not in %s", gaps, unreachable)
	}
	return nil
}

func compare(a, b block) int {
	return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

// readProfile returns how often each block ran, in the run of any package.
func readProfile(name string) (map[block]int, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	counts := map[block]int{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		file, rest, _ := strings.Cut(lines.Text(), ":")
		b, n := block{file: strings.TrimPrefix(file, module)}, 0
		if _, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.line, &b.column, &b.endLine, &b.end, &b.statements, &n); err == nil {
			counts[b] += n
		}
	}
	return counts, lines.Err()
}

// text returns what stands on the first line of the block, below the brace
// that it starts at where there is more than that.
func (b block) text() (string, error) {
	src, err := os.ReadFile(b.file)
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(src), "\n")
	first := strings.TrimSpace(lines[b.line-1][b.column-1:])
	if (first == "{" || first == "") && b.line < b.endLine {
		first = strings.TrimSpace(lines[b.line])
	}
	return first, nil
}

// readReasons returns the reason for each block that no test can reach.
func readReasons(name string) (map[string]string, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 || fields[2] == "" {
			return nil, fmt.Errorf("%s: want file, text and reason with tabs between them: %s", name, line)
		}
		reasons[fields[0]+"\t"+fields[1]] = fields[2]
	}
	return reasons, nil
}

// summarize prints a line for each package.
func summarize(counts map[block]int) {
	all, ran := map[string]int{}, map[string]int{}
	for b, n := range counts {
		p := path.Dir(b.file)
		all[p] += b.statements
		if n > 0 {
			ran[p] += b.statements
		}
	}
	for _, p := range slices.Sorted(maps.Keys(all)) {
		fmt.Printf("cover: %-12s %d of %d statements: %.1f%%\n", p, ran[p], all[p], 100*float64(ran[p])/float64(all[p]))
	}
}
