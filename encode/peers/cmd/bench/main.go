// Command bench times convuser beside its peers and prints one table.
//
// It runs in rounds over all contenders, in an order that changes with the
// round, so that a disturbance of the machine affects all of them. A figure is
// the median of the rounds, with the minimum and the maximum; a ratio is computed
// within a round, before the median. A contender whose answer differs from
// convuser's is not timed.
//
//	go run ./cmd/bench [-quick] [-only regexp] [-markdown FILE] [-svg FILE] [-json FILE]
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/convuser/convuser/encode/peers"
)

func main() {
	quick := flag.Bool("quick", false, "fewer sizes and shorter slices: two minutes or so")
	only := flag.String("only", "", "only what matches the regular expression, as in \"Attributes check/4 KB\"")
	rounds := flag.Int("rounds", 0, "how many rounds, at least 5 (default 5 if quick, else 7)")
	markdown := flag.String("markdown", "", "rewrite the section of this Markdown file between the bench markers")
	svg := flag.String("svg", "", "write a chart to this file")
	data := flag.String("json", "", "write all figures to this file")
	server := flag.Bool("serve", false, "time convuser as the lines of standard input say: see twin.go")
	flag.Parse()
	if err := bench(*quick, *only, *rounds, *markdown, *svg, *data, *server); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(quick bool, only string, rounds int, markdown, svg, data string, server bool) error {
	filter, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	p := plan{slice: 50 * time.Millisecond, rounds: 7}
	if quick {
		p = plan{slice: 20 * time.Millisecond, rounds: 5}
	}
	if rounds != 0 {
		p.rounds = max(rounds, 5)
	}
	var groups []*group
	for _, op := range peers.Operations() {
		for _, in := range peers.Inputs(quick) {
			if op.On(in) && filter.MatchString(op.Name+"/"+in.Name) {
				groups = append(groups, newGroup(op, in))
			}
		}
	}
	if len(groups) == 0 {
		return fmt.Errorf("nothing matches %q", only)
	}
	if server {
		return serve(groups, os.Stdin, os.Stdout)
	}
	t, err := startTwin("-only", only, fmt.Sprintf("-quick=%t", quick))
	if err != nil {
		return err
	}
	defer t.stop()
	start := time.Now()
	for _, g := range groups {
		g.calibrate(p.slice)
	}
	for round := range p.rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, p.rounds)
		if err := p.round(groups, t, round); err != nil {
			return err
		}
	}
	r := newReport(groups, p, quick, time.Since(start))
	r.text(os.Stdout)
	if data != "" {
		if err := r.json(data); err != nil {
			return err
		}
	}
	if svg != "" {
		if err := os.WriteFile(svg, r.svg(), 0o644); err != nil {
			return err
		}
	}
	if markdown != "" {
		if err := r.rewrite(markdown, svg); err != nil {
			return err
		}
	}
	return r.failed()
}
