package main

import "slices"

// A flow is a function as a graph of regions. It is written without the
// br_table that Go's compiler jumps through, as blocks and loops: a region is
// within the loop of a region that it is only reached through, and behind the
// block of each region that jumps to it. (Ramsey, Beyond Relooper, ICFP 2022.)
type flow struct {
	regions  []region
	order    []int   // the regions that are reached, in reverse postorder
	place    []int   // of each, its index in order, or -1
	from     [][]int // of each, those that lead to it
	above    []int   // of each, the one that dominates it immediately
	below    [][]int // the reverse, in order
	isHeader []bool  // a jump goes back to it
	labels   []int   // while writing: of the blocks that are open, the region behind a block or of a loop
	out      []instr
}

// structured returns the code of a function.
func structured(regions []region) []instr {
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
	for _, x := range f.order {
		for _, u := range f.from[x] {
			if f.place[u] >= f.place[x] {
				if f.isHeader[x] = true; f.common(u, x) != x {
					return dispatched(regions)
				}
			}
		}
	}
	f.write(0)
	return f.out
}

// dispatched returns the code of a function that has a loop with a second way
// in: jumps back go through a br_table, as Go's compiler has it. Local 0 was
// the number to begin with, and is 0 at first.
func dispatched(regions []region) (out []instr) {
	n := len(regions)
	out = append(out, instr{op: opLoop, imm: -0x40})
	for range n {
		out = append(out, instr{op: opBlock, imm: -0x40})
	}
	table := appendUnsigned([]byte{opBrTable}, uint64(n-1))
	for i := range n {
		table = appendUnsigned(table, uint64(i))
	}
	out = append(out, instr{op: opLocalGet, raw: []byte{opLocalGet, 0}}, instr{op: opBrTable, raw: table})
	for i, r := range regions {
		out = append(out, instr{op: opEnd})
		depth := 0
		for _, in := range r.code {
			switch to := int(in.imm); in.op {
			case opBlock, opLoop, opIf:
				depth++
			case opEnd:
				depth--
			case opGo, opGoIf:
				if to > i {
					in = instr{op: branches[in.op], imm: int64(depth + to - i - 1)}
					break
				}
				back := []instr{{op: opI32Const, imm: in.imm}, {op: opLocalSet, raw: []byte{opLocalSet, 0}}, {op: opBr, imm: int64(depth + n - 1 - i)}}
				if in.op == opGoIf {
					back[2].imm++
					back = slices.Concat([]instr{{op: opIf, raw: []byte{opIf, 0x40}}}, back, []instr{{op: opEnd}})
				}
				out = append(out, back...)
				continue
			}
			out = append(out, in)
		}
	}
	return append(out, instr{op: opEnd})
}

// branches are what the jumps become.
var branches = map[byte]byte{opGo: opBr, opGoIf: opBrIf}

// visit orders the regions, and notes what leads to each. What follows a region
// is visited last, and so comes first behind it.
func (f *flow) visit(x int) {
	f.place[x] = 0
	r := f.regions[x]
	lead := func(to int) {
		f.from[to] = append(f.from[to], x)
		if f.place[to] < 0 {
			f.visit(to)
		}
	}
	for _, in := range slices.Backward(r.code) {
		if in.op == opGo || in.op == opGoIf {
			lead(int(in.imm))
		}
	}
	if r.next >= 0 {
		lead(r.next)
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
	for _, in := range f.regions[x].code {
		switch in.op {
		case opBlock, opLoop, opIf:
			depth++
		case opEnd:
			depth--
		case opGo, opGoIf:
			in = f.jump(in.op, int(in.imm), depth)
		}
		f.out = append(f.out, in)
	}
	if to := f.regions[x].next; to >= 0 && to != next {
		f.out = append(f.out, f.jump(opGo, to, 0))
	}
	for _, y := range f.below[x] {
		f.end()
		f.write(y)
	}
}

func (f *flow) begin(op byte, x int) {
	f.labels = append(f.labels, x)
	f.out = append(f.out, instr{op: op, imm: -0x40})
}

func (f *flow) end() {
	f.labels = f.labels[:len(f.labels)-1]
	f.out = append(f.out, instr{op: opEnd})
}

// jump returns the instruction that goes to a region, from within as many
// explicit blocks.
func (f *flow) jump(op byte, to, depth int) instr {
	for i, x := range slices.Backward(f.labels) {
		if x == to {
			return instr{op: branches[op], imm: int64(depth + len(f.labels) - 1 - i)}
		}
	}
	panic("a region out of reach")
}
