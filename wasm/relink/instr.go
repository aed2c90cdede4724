package main

import (
	"fmt"
	"math"
)

// Value types, and the opcodes that the steps match or write.
const (
	i32 = 0x7f
	i64 = 0x7e

	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opI32Load      = 0x28
	opI64Load      = 0x29
	opI64Load32U   = 0x35
	opI64Store     = 0x37
	opI32Const     = 0x41
	opI64Const     = 0x42
	opI32Eqz       = 0x45
	opI64Eqz       = 0x50
	opI32Add       = 0x6a
	opI32Sub       = 0x6b
	opI64ShrU      = 0x88
	opI32Wrap      = 0xa7
	opI64ExtendU   = 0xad
	opI64Load8U    = 0x31
)

// An instr is an instruction in a body.
type instr struct {
	op  byte
	imm int64  // a constant, label, local or global, the function called, the offset of a load or store
	raw []byte // its bytes, if it was read
	to  []int  // the regions of opJumpTable
}

// voidBlock is the type of a block that has no results.
const voidBlock = -0x40

// nesting returns by how much an instruction changes the depth of blocks.
func (in instr) nesting() int {
	switch in.op {
	case opBlock, opLoop, opIf:
		return 1
	case opEnd:
		return -1
	}
	return 0
}

// any64 in a pattern matches every immediate.
const any64 = math.MinInt64

// pat returns an instruction of a pattern.
func pat(op byte, imm int64) instr { return instr{op: op, imm: imm} }

// matches reports whether a list begins with the instructions of a pattern.
func matches(list []instr, pattern ...instr) bool {
	if len(list) < len(pattern) {
		return false
	}
	for i, want := range pattern {
		if list[i].op != want.op || want.imm != any64 && list[i].imm != want.imm {
			return false
		}
	}
	return true
}

// cut removes a pattern from the beginning of a list, if it is there.
func cut(list []instr, pattern ...instr) ([]instr, bool) {
	if !matches(list, pattern...) {
		return list, false
	}
	return list[len(pattern):], true
}

// targets returns the labels of a br_table, the default last.
func (in instr) targets() (labels []int) {
	r := &reader{b: in.raw, i: 1}
	for n := r.unsigned() + 1; n > 0; n-- {
		labels = append(labels, int(r.unsigned()))
	}
	return labels
}

// append appends the bytes of an instruction.
func (in instr) append(b []byte) []byte {
	if in.raw != nil {
		return append(b, in.raw...)
	}
	b = append(b, in.op)
	switch in.op {
	case opBlock, opLoop, opIf, opI32Const, opI64Const:
		return appendSigned(b, in.imm)
	case opBr, opBrIf, opCall, opLocalGet, opLocalSet:
		return appendUnsigned(b, uint64(in.imm))
	case opCallIndirect:
		return append(appendUnsigned(b, uint64(in.imm)), 0)
	}
	return b
}

// instructions reads the instructions of a body, which follow its locals.
func instructions(body []byte) (list []instr, err error) {
	r := &reader{b: body}
	r.list(func() { r.unsigned(); r.byte() })
	for r.more() {
		at := r.i
		in := instr{op: r.byte()}
		in.imm = r.immediate(in.op)
		in.raw = body[at:r.i]
		list = append(list, in)
	}
	return list, r.err
}

// immediate reads the immediate of an opcode that Go emits.
func (r *reader) immediate(op byte) int64 {
	switch {
	case op == opBlock || op == opLoop || op == opIf: // a type
		return r.signed()
	case op == opBr || op == opBrIf || op == opCall || op >= opLocalGet && op <= opGlobalSet:
		return int64(r.unsigned())
	case op == opBrTable:
		r.list(func() { r.unsigned() })
		return int64(r.unsigned())
	case op == opCallIndirect:
		t := r.unsigned()
		r.want("call_indirect", 0)
		return int64(t)
	case op >= opI32Load && op <= 0x3e: // loads and stores
		r.unsigned()
		return int64(r.unsigned())
	case op == 0x3f || op == 0x40: // memory.size, memory.grow
		r.want("an instruction on memory", 0)
	case op == opI32Const || op == opI64Const:
		return r.signed()
	case op == 0x43: // f32.const
		r.take(4)
	case op == 0x44: // f64.const
		r.take(8)
	case op == 0xfc:
		return r.extended()
	case op <= 0x01, op == 0x05, op == opEnd, op == opReturn, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4:
	default:
		r.fail(fmt.Errorf("an instruction %#x, which Go does not emit", op))
	}
	return 0
}

func (r *reader) extended() int64 {
	op := r.unsigned()
	switch {
	case op <= 7: // saturating truncations
	case op == 10: // memory.copy
		r.want("memory.copy", 0, 0)
	case op == 11: // memory.fill
		r.want("memory.fill", 0)
	default:
		r.fail(fmt.Errorf("an instruction 0xfc %d, which Go does not emit", op))
	}
	return int64(op)
}

// A program is a module with its instructions, and its state after _initialize.
type program struct {
	*module
	*snapshot
	code    [][]instr // of each defined function
	barrier uint64    // the address of runtime.writeBarrier
	md      moduledata
	own     []string // prefixes of functions that are not Go's
}

// name returns the name of a defined function.
func (p *program) name(i int) string { return p.names[len(p.imports)+i] }

func (p *program) readCode() error {
	for i, body := range p.bodies {
		list, err := instructions(body)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name(i), err)
		}
		for _, in := range list {
			if in.op == opCall && in.imm >= int64(len(p.names)) {
				return fmt.Errorf("%s calls a function %d of %d", p.name(i), in.imm, len(p.names))
			}
		}
		p.code = append(p.code, list)
	}
	return nil
}
