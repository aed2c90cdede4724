package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// A Go function can be left and resumed in the middle, when its goroutine is
// switched. For that, it takes the number of the block to start at and returns
// whether it was left, each call stores a return PC, and each jump goes through a
// br_table at the start of the function. No goroutine is switched here, so this
// file replaces these by plain calls and returns:
//
//	before                                  after
//	local.get 1; i32.const 8; i32.sub       the same
//	local.tee 1; global.set 0               global.set 0
//	local.get 1; i64.const PC; i64.store
//	i32.const 0; call f                     call f
//	global.get 0; local.set 1               the same
//	br_if to the end, or if unreachable
//
// The stack keeps the space of the PC, which the arguments follow. fold.go then
// drops the write barriers, and flow.go writes the jumps. A function that does not
// have the shape that Go's compiler gives it is an error.

// voidType is the new type of every Go function.
var voidType = []byte{0x60, 0, 0}

// Opcodes of jumps to a region, the immediate, which flow.go replaces.
const (
	opJump      = 0xfd
	opJumpIf    = 0xfe // pops an i32, and jumps unless it is 0
	opJumpTable = 0xff // pops an i32, an index in a list of regions
)

// A region is the code between two entry points of a function. The code that
// follows its last instruction cannot be reached from it.
type region []instr

var errShape = errors.New("not in the shape that Go's compiler gives a function")

// shape is how a function is laid out.
type shape struct {
	code   []instr
	table  []int // of each block number, the region
	isLoop bool  // there are jumps
	blocks int   // the number of regions but the first
}

// readShape removes the instructions around the regions of a Go function.
func readShape(list []instr) (s shape, err error) {
	list, ok := cut(list, pat(opGlobalGet, globalSP), pat(opLocalSet, 1)) // the copy of the stack pointer
	last := len(list) - 1
	if !ok || last < 0 || list[last].op != opEnd {
		return s, errShape
	}
	list = list[:last]
	if n := len(list); n >= 3 && list[0].op == opBlock && matches(list[n-3:], pat(opUnreachable, 0), pat(opEnd, 0), pat(opI32Const, 1)) && closes(list) == n-2 {
		list = list[1 : n-2]
	}
	if n := len(list); n == 0 || list[n-1].op != opUnreachable {
		return s, errShape
	}
	list = list[:len(list)-1]
	if len(list) > 0 && list[0].op == opLoop && closes(list) == len(list)-1 {
		s.isLoop, list = true, list[1:len(list)-1]
	}
	blocks := 0
	for blocks < len(list) && list[blocks].op == opBlock {
		blocks++
	}
	if body, ok := cut(list[blocks:], pat(opLocalGet, 0), pat(opBrTable, any64), pat(opEnd, 0)); ok && blocks > 0 {
		s.blocks, s.code, s.table = blocks-1, body, list[blocks+1].targets()
		return s, nil
	}
	if s.isLoop {
		return s, errShape
	}
	s.code = list
	return s, nil
}

// closes returns the index of the end of the block that the first instruction
// begins.
func closes(list []instr) int {
	depth := 0
	for i, in := range list {
		if depth += in.nesting(); depth == 0 {
			return i
		}
	}
	return -1
}

// regions returns the simplified regions of a Go function.
func (w *writer) regions(fn uint32, list []instr) ([]region, error) {
	s, err := readShape(list)
	if err != nil {
		return nil, err
	}
	var all []region
	p := simplifier{writer: w, shape: s, fn: fn}
	depth, start := 0, 0
	for i := 0; i <= len(s.code); i++ {
		if i < len(s.code) {
			if depth += s.code[i].nesting(); depth >= 0 {
				continue
			}
			depth = 0
		}
		p.in, p.out, p.open = s.code[start:i], nil, s.blocks-len(all)
		code, err := p.run()
		if err != nil {
			return nil, err
		}
		switch {
		case len(code) > 0 && endsFlow(code[len(code)-1].op):
		case i == len(s.code):
			code = append(code, instr{op: opUnreachable})
		default:
			code = append(code, instr{op: opJump, imm: int64(len(all)) + 1})
		}
		all = append(all, code)
		start = i + 1
	}
	if len(all) != s.blocks+1 {
		return nil, errShape
	}
	return all, nil
}

// merged drops unreachable regions, and appends to a region the one that only its
// end jumps to.
func merged(regions []region) (out []region) {
	entries := make([]int, len(regions))
	entries[0] = 1
	reached := []int64{0}
	for i := 0; i < len(reached); i++ {
		for _, in := range regions[reached[i]] {
			if in.isJump() {
				if entries[in.imm]++; entries[in.imm] == 1 {
					reached = append(reached, in.imm)
				}
			}
		}
	}
	follower := func(r region) (to int64, ok bool) {
		last := r[len(r)-1]
		return last.imm, last.op == opJump && entries[last.imm] == 1
	}
	slices.Sort(reached)
	joined := make([]bool, len(regions))
	for _, x := range reached {
		if to, ok := follower(regions[x]); ok {
			joined[to] = true
		}
	}
	index := make([]int64, len(regions)) // the new one
	for _, x := range reached {
		if joined[x] {
			continue
		}
		index[x] = int64(len(out))
		r := regions[x]
		for to, ok := follower(r); ok; to, ok = follower(r) {
			r = slices.Concat(r[:len(r)-1], regions[to])
		}
		out = append(out, r)
	}
	for _, r := range out {
		for i, in := range r {
			if in.isJump() {
				r[i].imm = index[in.imm]
			}
		}
	}
	return out
}

// isJump reports whether an instruction jumps to one region.
func (in instr) isJump() bool { return in.op == opJump || in.op == opJumpIf }

// endsFlow reports whether the code that follows an instruction is unreachable.
func endsFlow(op byte) bool {
	return op == opJump || op == opJumpTable || op == opReturn || op == opUnreachable
}

// A simplifier replaces the calls, jumps and returns of a region.
type simplifier struct {
	*writer
	shape
	fn      uint32
	in, out []instr
	open    int   // the blocks that end after this region
	depth   int   // the blocks within this region
	frame   int64 // the size of the function's frame so far
	err     error
}

func (p *simplifier) run() ([]instr, error) {
	for len(p.in) > 0 {
		if p.call() || p.jump() || p.leave() || p.fixed() {
			continue
		}
		in := p.in[0]
		p.depth += in.nesting()
		switch in.op {
		case opBr, opBrIf:
			if in.imm >= int64(p.depth) {
				p.fail("a jump out of a region")
			}
		case opCall:
			if p.isGo(uint32(in.imm)) {
				p.fail("a call of an unknown shape")
			}
		case opBrTable, opCallIndirect, opReturn:
			p.fail("a jump, call or return of an unknown shape")
		case opLocalGet, opLocalSet, opLocalTee:
			switch {
			case in.imm == 0:
				p.fail("a use of the number of a block")
			case matches(p.in, pat(opLocalGet, 1), pat(opI32Const, any64), pat(opI32Sub, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP)):
				p.frame += p.in[1].imm
			case matches(p.in, pat(opLocalGet, 1), pat(opI64Load, p.frame)):
				p.fail("a read of the PC of its caller, which is not stored")
			}
		}
		if p.err == nil {
			p.out, p.in = append(p.out, in), p.in[1:]
		}
	}
	return p.out, p.err
}

// isGo reports whether a function has Go's calling convention. An export of the
// same type has not.
func (p *program) isGo(fn uint32) bool {
	return int(fn) >= len(p.imports) && int(p.typeOf(fn)) == p.goType() &&
		!slices.ContainsFunc(p.roots, func(e export) bool { return e.index == fn })
}

// goType returns the index of the type goType.
func (m *module) goType() int {
	return slices.IndexFunc(m.types, func(t []byte) bool { return bytes.Equal(t, goType) })
}

// plainBody returns the simplified code of a Go function.
func (w *writer) plainBody(fn uint32, list []instr) ([]instr, error) {
	regions, err := w.regions(fn, list)
	if err != nil {
		return nil, err
	}
	regions = merged(regions)
	for i, r := range regions {
		regions[i] = folded(r)
	}
	code, err := structured(merged(regions))
	return slices.Concat(list[:2], code, []instr{{op: opUnreachable}, {op: opEnd}}), err
}

// plainExport returns the simplified code of an export, or of an assembly function
// that calls no Go function.
func (w *writer) plainExport(fn uint32, list []instr) ([]instr, error) {
	p := simplifier{writer: w, fn: fn, in: list}
	for len(p.in) > 0 {
		in := p.in
		switch {
		case p.calls(3, "runtime.notInitialized") && p.take(pat(opGlobalGet, globalSP), pat(opI32Eqz, 0), pat(opIf, voidBlock), pat(opCall, any64), pat(opEnd, 0)):
		case len(in) > 1 && p.isOwnPC(in[1]) && p.take(pat(opGlobalGet, globalSP), pat(opI64Const, any64), pat(opI64Store, 0)):
		case len(in) > 3 && p.isGoCall(in[1]) && p.isOwnPC(in[3]) && p.calls(7, "wasm_pc_f_loop_export") &&
			p.take(pat(opI32Const, 0), pat(opCall, any64), pat(opIf, voidBlock), pat(opI64Const, any64), pat(opI64Const, 16), pat(opI64ShrU, 0), pat(opI32Wrap, 0), pat(opCall, any64), pat(opEnd, 0)):
			p.put(in[1])
		case p.isGoCall(in[0]) || in[0].op == opCallIndirect:
			return nil, fmt.Errorf("a call of an unknown shape: %w", errShape)
		default:
			p.put(in[0])
			p.in = in[1:]
		}
	}
	return p.out, nil
}

// calls reports whether the i-th next instruction calls the named function.
func (p *simplifier) calls(i int, name string) bool {
	return i < len(p.in) && p.in[i].op == opCall && p.names[p.in[i].imm] == name
}

// isOwnPC reports whether an instruction pushes a PC in the function.
func (p *simplifier) isOwnPC(in instr) bool {
	return in.op == opI64Const && uint64(in.imm)>>16 == uint64(p.tableIndex(p.fn))
}

// take takes the next instructions if they match a pattern.
func (p *simplifier) take(pattern ...instr) bool {
	rest, ok := cut(p.in, pattern...)
	if ok {
		p.in = rest
	}
	return ok
}

func (p *simplifier) put(list ...instr) { p.out = append(p.out, list...) }

// call takes a call of a Go function.
func (p *simplifier) call() bool {
	in := p.in
	if len(in) < 8 || !p.isOwnPC(in[6]) || // or else a frame of 8 bytes
		!p.take(pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Sub, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP),
			pat(opLocalGet, 1), pat(opI64Const, any64), pat(opI64Store, 0)) {
		return false
	}
	p.put(in[0], in[1], in[2], in[4])
	switch {
	case matches(p.in, pat(opI32Const, 0), pat(opCall, any64)) && p.isGoCall(p.in[1]):
		to := p.in[1]
		p.in = p.in[2:]
		if p.traps[uint32(to.imm)] {
			p.out = append(p.out[:len(p.out)-4], instr{op: opUnreachable})
			return p.copied(false)
		}
		p.put(to)
	case p.take(pat(opI64Const, 16), pat(opI64ShrU, 0), pat(opI32Wrap, 0), pat(opLocalSet, 0), pat(opI32Const, 0), pat(opLocalGet, 0), pat(opCallIndirect, int64(p.goType()))):
		p.put(instr{op: opI64Const, imm: 16}, instr{op: opI64ShrU}, instr{op: opI32Wrap}, instr{op: opCallIndirect})
	default:
		p.fail("a call of an unknown shape")
		return true
	}
	return p.copied(true)
}

// copied takes what follows a call: the stack pointer is copied, and the result
// says whether to leave the function. put keeps the copy.
func (p *simplifier) copied(put bool) bool {
	sp := p.in
	if !p.take(pat(opGlobalGet, globalSP), pat(opLocalSet, 1)) ||
		!p.take(pat(opBrIf, p.exit())) && !p.take(pat(opIf, voidBlock), pat(opUnreachable, 0), pat(opEnd, 0)) {
		p.fail("a call whose result is not tested")
	} else if put {
		p.put(sp[0], sp[1])
	}
	return true
}

// exit returns the label of the block around the function.
func (p *simplifier) exit() int64 {
	n := int64(p.depth + p.open)
	if p.isLoop {
		n++
	}
	return n
}

// jump takes a jump to a region, conditional or not.
func (p *simplifier) jump() bool {
	in := p.in
	isIf := p.take(pat(opIf, voidBlock))
	depth := int64(p.depth + p.open)
	if isIf {
		depth++
	}
	if len(p.in) < 3 || !p.isLoop || !p.take(pat(opI32Const, any64), pat(opLocalSet, 0), pat(opBr, depth)) || isIf && !p.take(pat(opEnd, 0)) {
		p.in = in
		return false
	}
	op := byte(opJump)
	if isIf {
		in, op = in[1:], opJumpIf
	}
	to := p.table[len(p.table)-1]
	if pc := in[0].imm; pc >= 0 && pc < int64(len(p.table)) {
		to = p.table[pc]
	}
	if to > p.blocks {
		p.fail("a jump to nowhere")
	}
	p.put(instr{op: op, imm: int64(to)})
	return true
}

// leave takes a return, or a tail call.
func (p *simplifier) leave() bool {
	in := p.in
	if p.take(pat(opLocalGet, 1), pat(opI32Const, any64), pat(opI32Add, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP),
		pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Add, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP), pat(opI32Const, 0), pat(opReturn, 0)) {
		p.put(in[0], instr{op: opI32Const, imm: in[1].imm + 8}, in[2], in[4], instr{op: opReturn}) // pops the frame and the PC
		return true
	}
	if p.take(pat(opLocalGet, 1), pat(opI32Const, 8), pat(opI32Add, 0), pat(opLocalTee, 1), pat(opGlobalSet, globalSP), pat(opI32Const, 0), pat(opReturn, 0)) {
		p.put(in[0], in[1], in[2], in[4], in[6])
		return true
	}
	if len(in) > 1 && p.isGoCall(in[1]) && p.take(pat(opI32Const, 0), pat(opCall, any64), pat(opGlobalGet, globalSP), pat(opLocalSet, 1), pat(opReturn, 0)) {
		p.put(in[1], in[4])
		return true
	}
	return false
}

// fixed takes a read of a variable that is constant here: the goroutine's stack
// guard, or runtime.writeBarrier, which Go's runtime also reads as one byte.
func (p *simplifier) fixed() bool {
	switch {
	case p.take(pat(opGlobalGet, globalG), pat(opI32Wrap, 0), pat(opI32Load, gGuard)):
		p.put(instr{op: opI32Const, imm: int64(p.word(p.globals[globalG] + gGuard))})
	case p.take(pat(opI64Const, int64(p.barrier)), pat(opI32Wrap, 0), pat(opI64Load32U, 0)),
		p.take(pat(opI64Const, int64(p.barrier)), pat(opI32Wrap, 0), pat(opI64Load8U, 0)):
		p.put(instr{op: opI64Const})
	default:
		return false
	}
	return true
}

func (p *simplifier) isGoCall(in instr) bool { return in.op == opCall && p.isGo(uint32(in.imm)) }

func (p *simplifier) fail(what string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s: %w", what, errShape)
	}
	p.in = nil
}
