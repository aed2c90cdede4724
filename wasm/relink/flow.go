package main

import (
	"errors"
	"slices"
)

// A flow is a function as a graph of regions. It is written as blocks and loops,
// without the br_table that Go's compiler jumps through: what a region dominates
// is written behind it, in its loop if it has one, and each such region follows
// the end of a block, which jumps to it leave. (Ramsey, Beyond Relooper, ICFP
// 2022.)
type flow struct {
	regions  []region
	order    []int   // the regions that are reached, in reverse postorder
	place    []int   // of each, its index in order, or -1
	from     [][]int // of each, those that lead to it
	above    []int   // of each, the one that dominates it immediately
	below    [][]int // the reverse, in order
	isHeader []bool  // a jump goes back to it
	labels   []int   // while writing: of the blocks that are open, the region behind a block or of a loop
	isLost   bool    // a jump to a region that has no label
	out      []instr
}

// structured returns the code of a function.
func structured(regions []region) ([]instr, error) {
	f := newFlow(regions)
	for ways := f.waysIn(); ways != nil; ways = f.waysIn() {
		f = newFlow(oneWay(f.regions, ways))
	}
	if f.write(0); f.isLost {
		return nil, errors.New("a jump that leads out of every block")
	}
	return f.out, nil
}

func newFlow(regions []region) *flow {
	n := len(regions)
	f := &flow{regions: regions, place: make([]int, n), from: make([][]int, n), above: make([]int, n), below: make([][]int, n), isHeader: make([]bool, n)}
	for i := range f.place {
		f.place[i] = -1
	}
	f.visit(0)
	slices.Reverse(f.order)
	for i, x := range f.order {
		f.place[x] = i
	}
	f.dominate()
	for _, x := range f.order[1:] {
		f.below[f.above[x]] = append(f.below[f.above[x]], x)
	}
	return f
}

// leadsTo returns the regions that a region leads to, in the order of its code.
func (r region) leadsTo() (list []int) {
	for _, in := range r {
		switch in.op {
		case opGo, opGoIf:
			list = append(list, int(in.imm))
		case opGoTo:
			list = append(list, in.to...)
		}
	}
	return list
}

// upTo returns a region's code without a jump at its end to the region that is
// written behind it.
func (r region) upTo(next int) []instr {
	if last := r[len(r)-1]; last.op == opGo && last.imm == int64(next) {
		return r[:len(r)-1]
	}
	return r
}

// visit orders the regions, and notes what leads to each. What a region goes on
// with at its end is visited last, and so comes first behind it.
func (f *flow) visit(x int) {
	f.place[x] = 0
	list := f.regions[x].leadsTo()
	if len(list) > 0 {
		slices.Reverse(list[:len(list)-1])
	}
	for _, to := range list {
		f.from[to] = append(f.from[to], x)
		if f.place[to] < 0 {
			f.visit(to)
		}
	}
	f.order = append(f.order, x)
}

// dominate finds out what dominates each region. (Cooper, Harvey and Kennedy,
// A Simple, Fast Dominance Algorithm.)
func (f *flow) dominate() {
	for i := range f.above {
		f.above[i] = -1
	}
	f.above[0] = 0
	for changed := true; changed; {
		changed = false
		for _, x := range f.order[1:] {
			best := -1
			for _, u := range f.from[x] {
				switch {
				case f.above[u] < 0:
				case best < 0:
					best = u
				default:
					best = f.common(best, u)
				}
			}
			if f.above[x] != best {
				f.above[x], changed = best, true
			}
		}
	}
}

// common returns the nearest region that dominates both.
func (f *flow) common(a, b int) int {
	for a != b {
		if f.place[a] < f.place[b] {
			a, b = b, a
		}
		a = f.above[a]
	}
	return a
}

// waysIn finds the regions that are the headers of loops, or else a loop that
// has several: it returns those of its regions that are entered from outside.
func (f *flow) waysIn() (ways []int) {
	for _, x := range f.order {
		for _, u := range f.from[x] {
			if f.place[u] < f.place[x] {
				continue
			}
			f.isHeader[x] = true
			top := f.common(u, x)
			if top == x {
				continue
			}
			loop := f.loopOf(x, top)
			for _, y := range f.order {
				if loop[y] && slices.ContainsFunc(f.from[y], func(u int) bool { return !loop[u] }) {
					ways = append(ways, y)
				}
			}
			return ways
		}
	}
	return nil
}

// loopOf returns the regions that x leads to and that lead to x, by ways below
// the region top, which dominates them.
func (f *flow) loopOf(x, top int) map[int]bool {
	reach := func(leads func(int) []int) map[int]bool {
		seen, todo := map[int]bool{x: true}, []int{x}
		for len(todo) > 0 {
			y := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, z := range leads(y) {
				if !seen[z] && z != top && f.place[z] >= 0 && f.common(z, top) == top {
					seen[z] = true
					todo = append(todo, z)
				}
			}
		}
		return seen
	}
	loop := reach(func(y int) []int { return f.regions[y].leadsTo() })
	back := reach(func(y int) []int { return f.from[y] })
	for y := range loop {
		if !back[y] {
			delete(loop, y)
		}
	}
	return loop
}

// oneWay makes one way into a loop of several: a new region, which goes on to
// the one whose number local 0 has. Whatever went to one of them sets it first.
func oneWay(regions []region, ways []int) (out []region) {
	way := int64(len(regions)) // the new region
	out = make([]region, way+1)
	enter := func(to int64) []instr {
		return []instr{{op: opI32Const, imm: int64(slices.Index(ways, int(to)))}, {op: opLocalSet, imm: 0}, {op: opGo, imm: way}}
	}
	for i, r := range regions {
		for _, in := range r {
			isWay := slices.Contains(ways, int(in.imm))
			switch {
			case in.op == opGo && isWay:
				out[i] = append(out[i], enter(in.imm)...)
				continue
			case in.op == opGoIf && isWay:
				out[i] = append(append(out[i], instr{op: opIf, imm: voidBlock}), enter(in.imm)...)
				in = instr{op: opEnd}
			case in.op == opGoTo:
				in.to = slices.Clone(in.to)
				for k, to := range in.to {
					if slices.Contains(ways, to) {
						in.to[k] = len(out)
						out = append(out, enter(int64(to)))
					}
				}
			}
			out[i] = append(out[i], in)
		}
	}
	out[way] = region{{op: opLocalGet, imm: 0}, {op: opGoTo, to: ways}}
	return out
}

// write writes a region and those that it dominates.
func (f *flow) write(x int) {
	if f.isHeader[x] {
		f.begin(opLoop, x)
		defer f.end()
	}
	for _, y := range slices.Backward(f.below[x]) {
		f.begin(opBlock, y)
	}
	next := -1
	if len(f.below[x]) > 0 {
		next = f.below[x][0]
	}
	depth := 0
	for _, in := range f.regions[x].upTo(next) {
		depth += in.nesting()
		switch in.op {
		case opGo:
			in = instr{op: opBr, imm: f.label(int(in.imm), depth)}
		case opGoIf:
			in = instr{op: opBrIf, imm: f.label(int(in.imm), depth)}
		case opGoTo:
			table := appendUnsigned([]byte{opBrTable}, uint64(len(in.to)-1))
			for _, to := range in.to {
				table = appendUnsigned(table, uint64(f.label(to, depth)))
			}
			in = instr{op: opBrTable, raw: table}
		}
		f.out = append(f.out, in)
	}
	for _, y := range f.below[x] {
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

// label returns the label of a region, from within as many explicit blocks.
func (f *flow) label(to, depth int) int64 {
	for i, x := range slices.Backward(f.labels) {
		if x == to {
			return int64(depth + len(f.labels) - 1 - i)
		}
	}
	f.isLost = true
	return 0
}
