package main

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
)

// step returns code of a region, which computes with local 1, and returns it when
// the count in local 2 has reached 0. Local 0 is 0.
func step(k int64) []instr {
	return []instr{
		{op: opLocalGet, imm: 2}, {op: opI32Eqz}, {op: opIf, imm: voidBlock}, {op: opLocalGet, imm: 1}, {op: opReturn}, {op: opEnd},
		{op: opLocalGet, imm: 2}, {op: opI32Const, imm: -1}, {op: opI32Add}, {op: opLocalSet, imm: 2},
		{op: opLocalGet, imm: 1}, {op: opI32Const, imm: 31}, {op: 0x6c}, {op: opI32Const, imm: k}, {op: opI32Add}, {op: opLocalSet, imm: 1}, // 31 * h + k
	}
}

// branchIf jumps to a region if a bit of local 1 is set.
func branchIf(bit, to int64) []instr {
	return []instr{{op: opLocalGet, imm: 1}, {op: opI32Const, imm: 1 << bit}, {op: 0x71}, {op: opJumpIf, imm: to}}
}

// A node describes a region.
type node struct {
	k     int64
	ifs   [][2]int64 // bits, and the regions to jump to if they are set
	block bool       // the ifs are within a block, all but the first in an if of their own
	next  int64      // the region to jump to at the end, or -1 to return
}

func (n node) region() (r region) {
	r = step(n.k)
	if n.block {
		r = append(r, instr{op: opBlock, imm: voidBlock})
	}
	for i, f := range n.ifs {
		branch := branchIf(f[0], f[1])
		if n.block && i > 0 {
			branch = append(branch[:3], instr{op: opIf, imm: voidBlock}, instr{op: opJump, imm: f[1]}, instr{op: opEnd})
		}
		r = append(r, branch...)
	}
	if n.block {
		r = append(r, instr{op: opEnd})
	}
	if n.next < 0 {
		return append(r, instr{op: opLocalGet, imm: 1}, instr{op: opReturn})
	}
	return append(r, instr{op: opJump, imm: n.next})
}

// runNodes computes what the code of the nodes does.
func runNodes(nodes []node, h, left uint32) uint32 {
	at := int64(0)
next:
	for ; left > 0; left-- {
		n := nodes[at]
		h = 31*h + uint32(n.k)
		for _, f := range n.ifs {
			if h>>f[0]&1 != 0 {
				at = f[1]
				continue next
			}
		}
		if n.next < 0 {
			return h
		}
		at = n.next
	}
	return h
}

func regionsOf(nodes []node) (list []region) {
	for _, n := range nodes {
		list = append(list, n.region())
	}
	return list
}

func mustStructure(t *testing.T, regions []region) []instr {
	t.Helper()
	code, err := structured(regions)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func hasSwitch(code []instr) bool {
	return slices.ContainsFunc(code, func(in instr) bool { return in.op == opBrTable })
}

// moduleOf returns a module that exports functions with the codes, by the names "0",
// "1" and so on. Their parameters are 0, the initial value and the count.
func moduleOf(codes [][]instr) []byte {
	var funcs, exports, bodies vector
	for i, code := range codes {
		funcs.add([]byte{0})
		exports.add(appendExport(nil, export{fmt.Sprint(i), kindFunc, uint32(i)}))
		body := []byte{0}
		for _, in := range append(slices.Clone(code), instr{op: opUnreachable}, instr{op: opEnd}) {
			body = in.append(body)
		}
		bodies.add(append(appendUnsigned(nil, uint64(len(body))), body...))
	}
	out := appendSection(slices.Clone(magic), secType, []byte{1, 0x60, 3, i32, i32, i32, 1, i32})
	out = appendSection(out, secFunction, funcs.bytes())
	out = appendSection(out, secExport, exports.bytes())
	return appendSection(out, secCode, bodies.bytes())
}

// checkFlow compares what graphs do, merged and not, with runNodes.
func checkFlow(t *testing.T, graphs [][]node) {
	t.Helper()
	var codes [][]instr
	for _, g := range graphs {
		codes = append(codes, mustStructure(t, regionsOf(g)), mustStructure(t, merged(regionsOf(g))))
	}
	inst := compile(t, moduleOf(codes), wazero.NewRuntimeConfigInterpreter())()
	for i := range codes {
		f := inst.ExportedFunction(fmt.Sprint(i))
		for h := range uint32(8) {
			want := runNodes(graphs[i/2], h, 40)
			res, err := f.Call(context.Background(), 0, uint64(h), 40)
			if err != nil || uint32(res[0]) != want {
				t.Fatalf("%v, merged %d, of %d: %v, %v, want %d", graphs[i/2], i%2, h, res, err, want)
			}
		}
	}
}

func TestFlow(t *testing.T) {
	for _, test := range []struct {
		name     string
		nodes    []node
		merged   int
		switches bool // a loop has several entries, and so needs a br_table
	}{
		{"one", []node{{k: 1, next: -1}}, 1, false},
		{"a chain", []node{{k: 1, next: 1}, {k: 2, next: 2}, {k: 3, next: -1}}, 1, false},
		{"a chain in another order", []node{{k: 1, next: 2}, {k: 2, next: -1}, {k: 3, next: 1}}, 1, false},
		{"a branch", []node{{k: 1, ifs: [][2]int64{{0, 2}}, next: 1}, {k: 2, next: 2}, {k: 3, next: -1}}, 2, false},
		{"two branches that meet", []node{{k: 1, ifs: [][2]int64{{0, 2}}, next: 1}, {k: 2, next: 3}, {k: 3, next: 3}, {k: 4, next: -1}}, 3, false},
		{"a branch out of a block", []node{{k: 1, ifs: [][2]int64{{0, 2}, {1, 0}}, block: true, next: 1}, {k: 2, next: 2}, {k: 3, next: -1}}, 2, false},
		{"a loop of one", []node{{k: 1, next: 1}, {k: 2, ifs: [][2]int64{{0, 2}}, next: 1}, {k: 3, next: -1}}, 3, false},
		{"a loop without an end", []node{{k: 1, next: 1}, {k: 2, next: 1}}, 2, false},
		{"a loop from the start", []node{{k: 1, ifs: [][2]int64{{0, 1}}, next: 0}, {k: 2, next: -1}}, 2, false},
		{"nested loops", []node{{k: 1, next: 1}, {k: 2, next: 2}, {k: 3, ifs: [][2]int64{{0, 2}, {1, 1}, {2, 3}}, next: 0}, {k: 4, next: -1}}, 4, false},
		{"a break of two loops", []node{{k: 1, next: 1}, {k: 2, ifs: [][2]int64{{0, 4}}, next: 2}, {k: 3, ifs: [][2]int64{{1, 4}, {2, 1}}, next: 3}, {k: 4, next: 2}, {k: 5, next: -1}}, 4, false},
		{"unreachable", []node{{k: 1, next: 3}, {k: 2, next: 2}, {k: 3, next: 1}, {k: 4, next: -1}}, 1, false},
		{"a jump from an unreachable region", []node{{k: 1, next: 2}, {k: 2, next: 2}, {k: 3, next: -1}}, 1, false},
		{"a loop with two entries", []node{{k: 1, ifs: [][2]int64{{0, 2}}, next: 1}, {k: 2, next: 2}, {k: 3, ifs: [][2]int64{{1, 3}}, next: 1}, {k: 4, next: -1}}, 4, true},
		{"two entries of the inner loop", []node{{k: 1, ifs: [][2]int64{{0, 2}}, next: 1}, {k: 2, ifs: [][2]int64{{1, 0}}, next: 2}, {k: 3, ifs: [][2]int64{{2, 1}, {3, 0}}, next: -1}}, 3, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := merged(regionsOf(test.nodes))
			if len(m) != test.merged {
				t.Errorf("%d regions, want %d", len(m), test.merged)
			}
			if got := hasSwitch(mustStructure(t, m)); got != test.switches {
				t.Errorf("by a br_table: %v, want %v", got, test.switches)
			}
			checkFlow(t, [][]node{test.nodes})
		})
	}
}

func TestRandomFlow(t *testing.T) {
	var graphs [][]node
	r := rand.New(rand.NewSource(1))
	for range 400 {
		g := make([]node, 1+r.Intn(9))
		for i := range g {
			g[i] = node{k: r.Int63n(1 << 16), block: r.Intn(4) == 0, next: int64(i + 1)}
			if i == len(g)-1 || r.Intn(4) == 0 {
				g[i].next = r.Int63n(int64(len(g))+1) - 1
			}
			for range r.Intn(3) {
				g[i].ifs = append(g[i].ifs, [2]int64{r.Int63n(5), r.Int63n(int64(len(g)))})
			}
		}
		graphs = append(graphs, g)
	}
	checkFlow(t, graphs)
	several := 0
	for _, g := range graphs {
		if hasSwitch(mustStructure(t, merged(regionsOf(g)))) {
			several++
		}
	}
	if several < 20 || several > 300 {
		t.Errorf("%d of %d graphs have a loop with several entries", several, len(graphs))
	}
}

func TestFold(t *testing.T) {
	list := func(text string) (r region) { // of words, each a letter for the opcode and a digit
		ops := map[byte]byte{'c': opI64Const, 'i': opI32Const, 'e': opI64Eqz, 'z': opI32Eqz, 'x': opI64ExtendU, 'w': opI32Wrap,
			'g': opLocalGet, 's': opLocalSet, 't': opLocalTee, 'j': opJumpIf, 'J': opJump, 'b': opBlock, 'E': opEnd, 'l': opLoop, 'r': opReturn, 'a': 0x7c}
		for word := range strings.FieldsSeq(text) {
			r = append(r, instr{op: ops[word[0]], imm: int64(word[1] - '0')})
		}
		return r
	}
	for _, test := range []struct{ in, want string }{
		{"c0 e0 x0 e0 z0 j5 c3 s2 J6", "J5"},
		{"c0 e0 x0 e0 j5 c3 s2 J6", "c3 s2 J6"},
		{"c0 e0 x0 s4 g2 s3 g4 w0 z0 j5 J6", "c1 s4 g2 s3 J6"},
		{"c0 t4 e0 j5 J6", "c0 s4 J5"},
		{"c0 s4 g2 s4 g4 w0 j5 J6", "c0 s4 g2 s4 g4 w0 j5 J6"},
		{"b0 c0 s4 E0 g4 w0 j5 J6", "b0 c0 s4 E0 g4 w0 j5 J6"},
		{"c0 s4 b0 g2 s4 E0 g4 w0 j5 J6", "c0 s4 b0 g2 s4 E0 g4 w0 j5 J6"},
		{"b0 c0 e0 j5 E0 J6", "b0 i1 j5 E0 J6"},
		{"c0 s4 l0 g4 e0 j5 g2 s4 E0 J6", "c0 s4 l0 g4 e0 j5 g2 s4 E0 J6"},
		{"c0 g2 a0 e0 j5 J6", "c0 g2 a0 e0 j5 J6"},
	} {
		if got := folded(list(test.in)); !same(got, list(test.want)) {
			t.Errorf("%s: %v, want %s", test.in, got, test.want)
		}
	}
}
