package main

import (
	"errors"
	"maps"
	"slices"
)

// A flow is the control flow graph of a function, whose nodes are regions. It is
// written as blocks and loops, without the br_table of Go's compiler: a region is
// followed by the regions that it dominates, within its loop if it is a header.
// Each of these follows the end of a block, and a jump to it leaves that block.
// (Ramsey, Beyond Relooper, ICFP 2022.)
type flow struct {
	regions    []region
	order      []int   // the reachable regions, in reverse postorder
	position   []int   // of each region, its index in order, or -1
	preds      [][]int // of each region, its predecessors
	idom       []int   // of each region, its immediate dominator
	children   [][]int // of each region, those that it immediately dominates, in order
	isHeader   []bool  // of each region, whether a back edge leads to it
	labels     []int   // of each open block, the region that its label leads to
	hasNoLabel bool    // a jump leads to a region without a label
	out        []instr
}

// structured returns the code of a function, made of blocks and loops.
func structured(regions []region) ([]instr, error) {
	f := newFlow(regions)
	for entries := f.loopEntries(); entries != nil; entries = f.loopEntries() {
		f = newFlow(singleEntry(f.regions, entries))
	}
	if f.write(0); f.hasNoLabel {
		return nil, errors.New("a jump to a region without a label")
	}
	return f.out, nil
}

func newFlow(regions []region) *flow {
	n := len(regions)
	f := &flow{regions: regions, position: make([]int, n), preds: make([][]int, n), idom: make([]int, n), children: make([][]int, n), isHeader: make([]bool, n)}
	for i := range f.position {
		f.position[i] = -1
	}
	f.visit(0)
	slices.Reverse(f.order)
	for i, x := range f.order {
		f.position[x] = i
	}
	f.dominate()
	for _, x := range f.order[1:] {
		f.children[f.idom[x]] = append(f.children[f.idom[x]], x)
	}
	return f
}

// successors returns the regions that a region jumps to, in the order of its code.
func (r region) successors() (list []int) {
	for _, in := range r {
		switch in.op {
		case opJump, opJumpIf:
			list = append(list, int(in.imm))
		case opJumpTable:
			list = append(list, in.to...)
		}
	}
	return list
}

// upTo returns a region's code, without a jump at its end to the region next, which
// follows it.
func (r region) upTo(next int) []instr {
	if last := r[len(r)-1]; last.op == opJump && last.imm == int64(next) {
		return r[:len(r)-1]
	}
	return r
}

// visit orders the regions, and sets their predecessors. The last successor of a
// region is visited last, and so follows it.
func (f *flow) visit(x int) {
	f.position[x] = 0
	list := f.regions[x].successors()
	if len(list) > 0 {
		slices.Reverse(list[:len(list)-1])
	}
	for _, to := range list {
		f.preds[to] = append(f.preds[to], x)
		if f.position[to] < 0 {
			f.visit(to)
		}
	}
	f.order = append(f.order, x)
}

// dominate sets the immediate dominators. (Cooper, Harvey and Kennedy, A Simple,
// Fast Dominance Algorithm.)
func (f *flow) dominate() {
	for i := range f.idom {
		f.idom[i] = -1
	}
	f.idom[0] = 0
	for changed := true; changed; {
		changed = false
		for _, x := range f.order[1:] {
			best := -1
			for _, u := range f.preds[x] {
				switch {
				case f.idom[u] < 0:
				case best < 0:
					best = u
				default:
					best = f.commonDominator(best, u)
				}
			}
			if f.idom[x] != best {
				f.idom[x], changed = best, true
			}
		}
	}
}

// commonDominator returns the nearest region that dominates both.
func (f *flow) commonDominator(a, b int) int {
	for a != b {
		if f.position[a] < f.position[b] {
			a, b = b, a
		}
		a = f.idom[a]
	}
	return a
}

// loopEntries sets the headers of loops. If a loop has several entries, the graph
// is irreducible, and loopEntries returns the entries of the first such loop.
func (f *flow) loopEntries() (entries []int) {
	for _, x := range f.order {
		for _, u := range f.preds[x] {
			if f.position[u] < f.position[x] {
				continue
			}
			f.isHeader[x] = true
			top := f.commonDominator(u, x)
			if top == x {
				continue
			}
			loop := f.loopOf(x, top)
			for _, y := range f.order {
				if loop[y] && slices.ContainsFunc(f.preds[y], func(u int) bool { return !loop[u] }) {
					entries = append(entries, y)
				}
			}
			return entries
		}
	}
	return nil
}

// loopOf returns the regions on cycles through x, among those that the region top
// strictly dominates.
func (f *flow) loopOf(x, top int) map[int]bool {
	reach := func(next func(int) []int) map[int]bool {
		seen, todo := map[int]bool{x: true}, []int{x}
		for len(todo) > 0 {
			y := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, z := range next(y) {
				if !seen[z] && z != top && f.position[z] >= 0 && f.commonDominator(z, top) == top {
					seen[z] = true
					todo = append(todo, z)
				}
			}
		}
		return seen
	}
	loop := reach(func(y int) []int { return f.regions[y].successors() })
	back := reach(func(y int) []int { return f.preds[y] })
	maps.DeleteFunc(loop, func(y int, _ bool) bool { return !back[y] })
	return loop
}

// singleEntry gives a loop a single entry: a new region, which jumps to the entry
// whose number is in local 0. A jump to an entry sets it, and jumps to the region.
func singleEntry(regions []region, entries []int) (out []region) {
	added := int64(len(regions)) // the new region
	out = make([]region, added+1)
	enter := func(to int64) []instr {
		return []instr{{op: opI32Const, imm: int64(slices.Index(entries, int(to)))}, {op: opLocalSet, imm: 0}, {op: opJump, imm: added}}
	}
	for i, r := range regions {
		for _, in := range r {
			isEntry := slices.Contains(entries, int(in.imm))
			switch {
			case in.op == opJump && isEntry:
				out[i] = append(out[i], enter(in.imm)...)
				continue
			case in.op == opJumpIf && isEntry:
				out[i] = append(append(out[i], instr{op: opIf, imm: voidBlock}), enter(in.imm)...)
				in = instr{op: opEnd}
			case in.op == opJumpTable:
				in.to = slices.Clone(in.to)
				for k, to := range in.to {
					if slices.Contains(entries, to) {
						in.to[k] = len(out)
						out = append(out, enter(int64(to)))
					}
				}
			}
			out[i] = append(out[i], in)
		}
	}
	out[added] = region{{op: opLocalGet, imm: 0}, {op: opJumpTable, to: entries}}
	return out
}

// write writes a region and the regions that it dominates.
func (f *flow) write(x int) {
	if f.isHeader[x] {
		f.begin(opLoop, x)
		defer f.end()
	}
	for _, y := range slices.Backward(f.children[x]) {
		f.begin(opBlock, y)
	}
	next := -1
	if len(f.children[x]) > 0 {
		next = f.children[x][0]
	}
	depth := 0
	for _, in := range f.regions[x].upTo(next) {
		depth += in.nesting()
		switch in.op {
		case opJump:
			in = instr{op: opBr, imm: f.label(int(in.imm), depth)}
		case opJumpIf:
			in = instr{op: opBrIf, imm: f.label(int(in.imm), depth)}
		case opJumpTable:
			table := appendUnsigned([]byte{opBrTable}, uint64(len(in.to)-1))
			for _, to := range in.to {
				table = appendUnsigned(table, uint64(f.label(to, depth)))
			}
			in = instr{op: opBrTable, raw: table}
		}
		f.out = append(f.out, in)
	}
	for _, y := range f.children[x] {
		f.end()
		f.write(y)
	}
}

func (f *flow) begin(op byte, x int) {
	f.labels = append(f.labels, x)
	f.out = append(f.out, instr{op: op, imm: voidBlock})
}

func (f *flow) end() {
	f.labels = f.labels[:len(f.labels)-1]
	f.out = append(f.out, instr{op: opEnd})
}

// label returns the label of a region, depth blocks below the innermost open one.
func (f *flow) label(to, depth int) int64 {
	for i, x := range slices.Backward(f.labels) {
		if x == to {
			return int64(depth + len(f.labels) - 1 - i)
		}
	}
	f.hasNoLabel = true
	return 0
}
