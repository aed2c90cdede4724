package main

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
)

// charted are the inputs that have a bar in the chart.
var charted = []string{"small", "4 KB, flat records", "50 users"}

// svg returns the chart: for each operation, the time of the best peer ÷
// convuser's. It is a static picture with a title and a description, in the
// reader's light or dark colours.
func (r *report) svg() []byte {
	const (
		left, right = 190, 150 // for the labels
		width       = 820
		bar, gap    = 16, 4
		between     = 14
		top         = 64
	)
	type drawn struct {
		g    *groupReport
		best *row
	}
	var ops []string
	bars := map[string][]drawn{}
	most := 2.0
	for _, g := range r.Groups {
		list := g.peersByRatio()
		if len(list) == 0 || !slices.Contains(charted, g.Input) {
			continue
		}
		if bars[g.Operation] == nil {
			ops = append(ops, g.Operation)
		}
		bars[g.Operation] = append(bars[g.Operation], drawn{g, list[0]})
		most = max(most, list[0].Ratio.Max)
	}
	most = math.Ceil(most)
	scale := float64(width-left-right) / most
	x := func(ratio float64) float64 { return left + ratio*scale }

	height := top + 30
	for _, op := range ops {
		height += len(bars[op])*(bar+gap) + between
	}
	var desc, body bytes.Buffer
	y := top
	for _, op := range ops {
		middle := y + (len(bars[op])*(bar+gap)-gap)/2
		fmt.Fprintf(&body, "<text class=\"op\" x=\"%d\" y=\"%d\" text-anchor=\"end\" dominant-baseline=\"central\">%s</text>\n", left-12, middle, html.EscapeString(op))
		for _, d := range bars[op] {
			kind := slices.Index(charted, d.g.Input)
			m := d.best.Ratio
			fmt.Fprintf(&body, "<rect class=\"b%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>\n", kind, left, y, m.Median*scale, bar)
			fmt.Fprintf(&body, "<path class=\"spread\" d=\"M%.1f %dH%.1f\"/>\n", x(m.Min), y+bar/2, x(m.Max))
			fmt.Fprintf(&body, "<text x=\"%.1f\" y=\"%d\" dominant-baseline=\"central\">%.1f× %s</text>\n", x(m.Max)+6, y+bar/2, m.Median, html.EscapeString(d.best.Name))
			fmt.Fprintf(&desc, "%s, %s: %s %.2f times. ", op, d.g.Input, d.best.Name, m.Median)
			y += bar + gap
		}
		y += between
	}

	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">\n", width, height, width, height)
	fmt.Fprintf(&b, "<title id=\"title\">Time of the best peer divided by convuser's</title>\n")
	fmt.Fprintf(&b, "<desc id=\"desc\">%s%s.</desc>\n", html.EscapeString(desc.String()), html.EscapeString(r.conditions()))
	b.WriteString(`<style>
svg { --back: #fff; --text: #1f2328; --muted: #59636e; --line: #d1d9e0; --b0: #54aeff; --b1: #0969da; --b2: #8250df }
@media (prefers-color-scheme: dark) { svg { --back: #0d1117; --text: #f0f6fc; --muted: #9198a1; --line: #3d444d; --b0: #79c0ff; --b1: #1f6feb; --b2: #a371f7 } }
text { font: 12px system-ui, sans-serif; fill: var(--text); stroke: var(--back); stroke-width: 3px; paint-order: stroke }
.back { fill: var(--back) } .op { font-weight: 600 } .head { font-size: 15px; font-weight: 600 } .muted { fill: var(--muted) }
.b0 { fill: var(--b0) } .b1 { fill: var(--b1) } .b2 { fill: var(--b2) }
.line { stroke: var(--line); fill: none } .one { stroke: var(--text); stroke-dasharray: 3 3; fill: none } .spread { stroke: var(--text); fill: none }
</style>
`)
	fmt.Fprintf(&b, "<rect class=\"back\" width=\"%d\" height=\"%d\"/>\n", width, height)
	fmt.Fprintf(&b, "<text class=\"head\" x=\"%d\" y=\"24\">Time of the best peer ÷ convuser's (more is better for convuser)</text>\n", left)
	at := left
	for i, name := range charted {
		fmt.Fprintf(&b, "<rect class=\"b%d\" x=\"%d\" y=\"36\" width=\"12\" height=\"12\" rx=\"2\"/><text class=\"muted\" x=\"%d\" y=\"46\">%s</text>\n", i, at, at+18, html.EscapeString(name))
		at += 40 + 8*len(name)
	}
	step := max(1, math.Round(most/8))
	for v := 0.0; v <= most; v += step {
		fmt.Fprintf(&b, "<path class=\"line\" d=\"M%.1f %dV%d\"/>", x(v), top-8, height-24)
		fmt.Fprintf(&b, "<text class=\"muted\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f×</text>\n", x(v), height-8, v)
	}
	fmt.Fprintf(&b, "<path class=\"one\" d=\"M%.1f %dV%d\"/>\n", x(1), top-8, height-24)
	b.Write(body.Bytes())
	fmt.Fprintf(&b, "</svg>\n")
	return b.Bytes()
}
