package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// readList returns how often each key stands in a file like equivalent.txt:
// function, operator, line and reason, with tabs between them. A # starts a
// comment.
func readList(path string) (map[string]int, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (run this from the project's root)", err)
	} else if err != nil {
		return nil, err
	}
	keys := map[string]int{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 4 || fields[3] == "" {
			return nil, fmt.Errorf("%s: want function, operator, line and reason with tabs between them: %s", path, line)
		}
		keys[strings.Join(fields[:3], "\t")]++
	}
	return keys, nil
}

// A score counts a package's mutants.
type score struct{ mutants, killed, limited, slowed, survived, justified, unreached int }

func (s score) percent() float64 { return 100 * float64(s.killed) / float64(max(s.mutants, 1)) }

func (s score) String() string {
	return fmt.Sprintf("%d mutants, %d killed (%d by the limit, %d by their work), %d survived, %d not covered (%d justified): %.1f%%",
		s.mutants, s.killed, s.limited, s.slowed, s.survived, s.unreached, s.justified, s.percent())
}

// report prints the survivors and a line for each package, and returns an
// error where that is not enough.
func report(packages []*corePackage, results map[*mutant]result) error {
	justified, err := readList(*accepts)
	if err != nil {
		return err
	}
	partial := *only != "" || *from != ""
	var lines []string
	var total score
	bad := 0
	for _, c := range packages {
		s := count(c, results, justified)
		lines = append(lines, fmt.Sprintf("mutate: %-12s %v", c.label, s))
		if bad += s.survived + s.unreached - s.justified; !partial && s.percent() < least {
			err = fmt.Errorf("less than %d%% of the mutants of %s are killed", least, c.label)
		}
		total = total.plus(s)
	}
	fmt.Println(strings.Join(lines, "\n"))
	fmt.Printf("mutate: %-12s %v\n", "all", total)
	for _, key := range slices.Sorted(maps.Keys(justified)) {
		if justified[key] > 0 && !partial {
			fmt.Printf("mutate: no longer survives, take it out of the list: %s\n", key)
		}
	}
	if bad > 0 {
		err = fmt.Errorf("%d mutants survived that are not in %s", bad, *accepts)
	}
	return err
}

// count counts a package's mutants, and prints those that are alive and not
// in the list, in the list's own form.
func count(c *corePackage, results map[*mutant]result, justified map[string]int) (s score) {
	for _, m := range c.mutants {
		s.mutants++
		switch r := results[m]; {
		case !r.reached:
			s.unreached++
			if justified[m.key()] > 0 {
				justified[m.key()]--
				s.justified++
			} else {
				m.print("not covered")
			}
		case r.verdict == limited:
			s.limited++
			s.killed++
		case r.verdict == slowed:
			s.slowed++
			s.killed++
		case r.verdict == killed:
			s.killed++
		case justified[m.key()] > 0:
			justified[m.key()]--
			s.survived++
			s.justified++
		default:
			s.survived++
			m.print("survived")
		}
	}
	return s
}

func (m *mutant) print(what string) {
	fmt.Printf("%s\t%s, line %d\n", m.key(), what, m.fn.file.fset.Position(m.reach).Line)
}

func (s score) plus(t score) score {
	return score{s.mutants + t.mutants, s.killed + t.killed, s.limited + t.limited, s.slowed + t.slowed, s.survived + t.survived, s.justified + t.justified, s.unreached + t.unreached}
}
