package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/convuser/convuser/encode/peers"
)

// A report is all that was measured, as -json writes it.
type report struct {
	Go, Platform string
	CPUs         int
	Date         string
	Rounds       int
	Slice        string
	Quick        bool
	Took         string
	Groups       []*groupReport
	Notes        []opNotes
}

type groupReport struct {
	Operation, Input, Shape string
	Size, Bytes             int // of the Attributes; read by the operation
	Rows                    []*row
	// OverByteScan and OverTableScan are convuser's time ÷ that of two loops
	// over each byte read.
	OverByteScan, OverTableScan spread
	// Growth is OverTableScan ÷ that of the same shape at 4 KB, for larger
	// inputs. The other scan has branches, which the processor predicts too
	// well on a short input.
	Growth float64 `json:",omitempty"`
	// Purego is convuser's time without assembly ÷ that with it.
	Purego spread
	// TwoGoroutines is convuser's throughput in two goroutines ÷ that in one.
	TwoGoroutines spread `json:",omitzero"`
}

type row struct {
	Name          string
	Limit         bool   `json:",omitempty"`
	Lossless      bool   `json:",omitempty"` // see [peers.Operation.Lossless]
	Failed        string `json:",omitempty"`
	NS            spread
	Ratio         spread // its time ÷ convuser's
	Allocs, Bytes uint64
}

type opNotes struct {
	Operation string
	Notes     map[string][]string // by contender
	order     []string
}

func newReport(groups []*group, p plan, quick bool, took time.Duration) *report {
	r := &report{
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		Date: time.Now().UTC().Format(time.DateOnly), Rounds: p.rounds, Slice: p.slice.String(),
		Quick: quick, Took: took.Round(time.Second).String(),
	}
	at4KB := map[string]float64{} // OverTableScan by operation and shape
	for _, g := range groups {
		ours := g.cells[0]
		gr := &groupReport{Operation: g.op.Name, Input: g.in.Name, Shape: g.in.Shape, Size: g.in.Size, Bytes: g.bytes}
		gr.Purego = ratio(g.twin.ns, ours.ns)
		for _, c := range append(g.cells, &g.twin) {
			row := &row{Name: c.contender.Name, Limit: c.limit, Allocs: c.allocs, Bytes: c.bytes, NS: spreadOf(c.ns), Ratio: ratio(c.ns, ours.ns)}
			row.Lossless = !c.limit && g.op.Lossless(c.contender)
			if c.err != nil {
				row.Failed = c.err.Error()
			}
			switch {
			case c.limit && row.Name == peers.ByteScan:
				gr.OverByteScan = ratio(ours.ns, c.ns)
			case c.limit && row.Name == peers.TableScan:
				gr.OverTableScan = ratio(ours.ns, c.ns)
			}
			gr.Rows = append(gr.Rows, row)
		}
		gr.TwoGoroutines = ratio(g.two, g.one)
		key := gr.Operation + "/" + gr.Shape
		if gr.Shape != "" && gr.Size <= 4<<10 {
			at4KB[key] = gr.OverTableScan.Median
		}
		if base := at4KB[key]; base > 0 && gr.Size > 4<<10 {
			gr.Growth = gr.OverTableScan.Median / base
		}
		if len(r.Groups) == 0 || r.Groups[len(r.Groups)-1].Operation != gr.Operation {
			r.Notes = append(r.Notes, notesOf(g.op))
		}
		r.Groups = append(r.Groups, gr)
	}
	return r
}

func notesOf(op *peers.Operation) opNotes {
	n := opNotes{Operation: op.Name, Notes: map[string][]string{}}
	for i := range op.Contenders {
		c := &op.Contenders[i]
		n.order = append(n.order, c.Name)
		n.Notes[c.Name] = op.Notes(c)
	}
	return n
}

// peersByRatio returns the peers that were timed, the fastest first.
func (g *groupReport) peersByRatio() []*row {
	var list []*row
	for _, c := range g.Rows[1:] {
		if !c.Limit && c.Failed == "" {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *row) int {
		if a.Ratio.Median < b.Ratio.Median {
			return -1
		}
		return 1
	})
	return list
}

// failed returns an error if an answer was not convuser's.
func (r *report) failed() error {
	var errs []error
	for _, g := range r.Groups {
		for _, c := range g.Rows {
			if c.Failed != "" {
				errs = append(errs, fmt.Errorf("%s: %s: not timed: %s", g.Operation, c.Name, c.Failed))
			}
		}
	}
	return errors.Join(errs...)
}

// conditions returns what the figures were measured on.
func (r *report) conditions() string {
	return fmt.Sprintf("%s, %s, %d CPUs, %s; one run of %d interleaved rounds", r.Go, r.Platform, r.CPUs, r.Date, r.Rounds)
}

// text prints everything.
func (r *report) text(w io.Writer) {
	fmt.Fprintf(w, "%s, %s a slice, %s in all.\n", r.conditions(), r.Slice, r.Took)
	fmt.Fprintf(w, "Medians, with the minimum and the maximum of the rounds. × is the time ÷ convuser's, computed within a round.\n")
	for _, g := range r.Groups {
		fmt.Fprintf(w, "\n%s, %s (%d bytes read)\n", g.Operation, g.Input, g.Bytes)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "\t×\tspread\tns/op\tspread\tallocs\tB/op\t\t\n")
		for _, c := range g.Rows {
			if c.Failed != "" {
				fmt.Fprintf(t, "%s\tnot timed\t\t\t\t\t\t\t\n", c.Name)
				continue
			}
			limit := ""
			if c.Limit {
				limit = "limit"
			}
			fmt.Fprintf(t, "%s\t%.2f\t%.2f..%.2f\t%.0f\t%.0f..%.0f\t%d\t%d\t%s\t\n", c.Name,
				c.Ratio.Median, c.Ratio.Min, c.Ratio.Max, c.NS.Median, c.NS.Min, c.NS.Max, c.Allocs, c.Bytes, limit)
		}
		t.Flush()
	}
	fmt.Fprintf(w, "\nconvuser's time ÷ that of a loop over each byte read\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\t\t÷ byte scan\t÷ table scan\tgrowth from 4 KB\tthroughput of 2 goroutines\n")
	for _, g := range r.Groups {
		fmt.Fprintf(t, "%s\t%s\t%.2f (%.2f..%.2f)\t%.2f\t%s\t%s\n", g.Operation, g.Input, g.OverByteScan.Median,
			g.OverByteScan.Min, g.OverByteScan.Max, g.OverTableScan.Median, two(g.Growth), two(g.TwoGoroutines.Median))
	}
	t.Flush()
	fmt.Fprintf(w, "\nWhere a peer differs from convuser, found by running it:\n")
	for _, n := range r.Notes {
		for _, name := range n.order {
			if list := n.Notes[name]; len(list) > 0 {
				fmt.Fprintf(w, "  %s: %s: %s\n", n.Operation, name, strings.Join(list, "; "))
			}
		}
	}
}

// times returns a ratio, "" for 0.
func times(f float64) string {
	switch {
	case f == 0:
		return ""
	case f < 1.995:
		return fmt.Sprintf("%.2f×", f)
	case f < 9.95:
		return fmt.Sprintf("%.1f×", f)
	}
	return fmt.Sprintf("%.0f×", f)
}

// two returns a figure with two decimals, "" for 0.
func two(f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", f)
}

// json writes everything as JSON.
func (r *report) json(file string) error {
	b, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

const (
	beginMarker = "<!-- bench:begin -->"
	endMarker   = "<!-- bench:end -->"
)

// rewrite replaces what is between the markers of a Markdown file.
func (r *report) rewrite(file, svg string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(old, []byte(beginMarker+"\n"))
	_, after, ok2 := bytes.Cut(rest, []byte(endMarker))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %s and %s", file, beginMarker, endMarker)
	}
	if svg != "" {
		if svg, err = relative(file, svg); err != nil {
			return err
		}
	}
	text := slices.Concat(before, []byte(beginMarker+"\n"), r.markdown(svg), []byte(endMarker), after)
	return os.WriteFile(file, text, 0o644)
}

// relative returns the path of a file as a link in another one.
func relative(from, to string) (string, error) {
	from, err := filepath.Abs(from)
	if err != nil {
		return "", err
	}
	if to, err = filepath.Abs(to); err != nil {
		return "", err
	}
	link, err := filepath.Rel(filepath.Dir(from), to)
	return filepath.ToSlash(link), err
}

// shown is the number of peers that the Markdown table names besides the best.
const shown = 6

func (r *report) markdown(svg string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\n%s. A figure is the peer's time ÷ convuser's: above 1, convuser is faster. It is the median of the rounds; the best peer has the minimum and the maximum as well. ", r.conditions())
	fmt.Fprintf(&b, "A lossless peer keeps null, absent and empty apart in a user, and its result outlives the next call; that every peer drops unknown members is not counted. Where that column is empty, the best peer is lossless. The column purego is convuser's own time without assembly ÷ with it. ")
	fmt.Fprintf(&b, "Another machine or run gives other figures; `make bench` measures them again.\n\n")
	if svg != "" {
		fmt.Fprintf(&b, "![Chart: the best peer's time divided by convuser's, for each operation](%s)\n\n", svg)
	}
	fmt.Fprintf(&b, "| operation | input | allocs | best peer | fastest lossless | purego | others |\n|---|---|---|---|---|---|---|\n")
	for _, g := range r.Groups {
		list := g.peersByRatio()
		if len(list) == 0 {
			continue
		}
		best, lossless, others := list[0], "", []string{}
		if k := slices.IndexFunc(list, func(c *row) bool { return c.Lossless }); k > 0 {
			lossless = fmt.Sprintf("%s %.2f×", list[k].Name, list[k].Ratio.Median)
		} else if k < 0 {
			lossless = "none"
		}
		for _, c := range list[1:] {
			if len(others) < shown && !isVariant(c.Name) {
				others = append(others, c.Name+" "+times(c.Ratio.Median))
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %s %.2f× (%.2f to %.2f) | %s | %.2f× | %s |\n", g.Operation, g.Input, g.Rows[0].Allocs,
			best.Name, best.Ratio.Median, best.Ratio.Min, best.Ratio.Max, lossless, g.Purego.Median, strings.Join(others, ", "))
	}
	fmt.Fprintf(&b, "\nBeside the physical limits: convuser's time ÷ that of a loop over each byte that the operation reads, with comparisons (byte scan) or a table and no branches (table scan); the figure for the table scan ÷ that of the same shape at 4 KB; and the throughput of two goroutines ÷ that of one.\n\n")
	fmt.Fprintf(&b, "| operation | input | ÷ byte scan | ÷ table scan | growth from 4 KB | two goroutines |\n|---|---|---|---|---|---|\n")
	for _, g := range r.Groups {
		if g.Shape == "" && g.TwoGoroutines.Median == 0 {
			continue
		}
		scan, table := "", ""
		if g.Shape != "" { // small inputs are all names and calls, not bytes
			scan, table = two(g.OverByteScan.Median), two(g.OverTableScan.Median)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", g.Operation, g.Input, scan, table, two(g.Growth), two(g.TwoGoroutines.Median))
	}
	fmt.Fprintf(&b, "\n<details><summary>Where peers differ from convuser, found by running them</summary>\n\n")
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "- **%s**", n.Operation)
		fmt.Fprintf(&b, "\n")
		for _, line := range n.grouped() {
			fmt.Fprintf(&b, "  - %s\n", line)
		}
	}
	fmt.Fprintf(&b, "\n</details>\n\n")
	return b.Bytes()
}

// isVariant reports whether the name is that of another way to use a library.
func isVariant(name string) bool { return strings.HasSuffix(name, ")") }

// grouped returns one line for each set of notes, with the contenders that have
// it.
func (n opNotes) grouped() []string {
	var lines []string
	names := map[string][]string{}
	var order []string
	for _, name := range n.order {
		note := escapeMarkdown(strings.Join(n.Notes[name], "; "))
		if note == "" {
			continue
		}
		if names[note] == nil {
			order = append(order, note)
		}
		names[note] = append(names[note], name)
	}
	for _, note := range order {
		lines = append(lines, "*"+strings.Join(names[note], ", ")+"*: "+strings.ReplaceAll(note, "; ", ", "))
	}
	return lines
}

func escapeMarkdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, `<`, `&lt;`, `[`, `\[`, `*`, `\*`).Replace(s)
}
