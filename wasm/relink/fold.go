package main

// folded folds the constants of a region and the jumps that depend on them. Since
// runtime.writeBarrier is 0, that makes write barriers unreachable. A local is
// known from where it is set to a constant, outside of blocks, to where it is set
// again or the region ends.
func folded(r region) (out region) {
	known := map[int64]int64{} // the constants in locals
	depth := 0
	for _, in := range r {
		depth += in.nesting()
		var operand int64
		n := len(out) - 1
		isConst := n >= 0 && (out[n].op == opI32Const || out[n].op == opI64Const)
		if isConst {
			operand = out[n].imm
		}
		switch in.op {
		case opLoop: // a local may be set after it is read
			return r
		case opLocalGet:
			if v, ok := known[in.imm]; ok {
				in = instr{op: opI64Const, imm: v}
			}
		case opLocalSet, opLocalTee:
			delete(known, in.imm)
			if isConst && out[n].op == opI64Const && depth == 0 {
				known[in.imm] = operand
				if in.op == opLocalTee {
					out = append(out, instr{op: opLocalSet, imm: in.imm})
					in = instr{op: opI64Const, imm: operand}
				}
			}
		case opI32Eqz, opI64Eqz, opI64ExtendU, opI32Wrap:
			if isConst {
				in = computed(in.op, operand)
				out = out[:n]
			}
		case opJumpIf:
			switch {
			case !isConst:
			case operand == 0:
				out = out[:n]
				continue
			case depth == 0:
				return append(out[:n], instr{op: opJump, imm: in.imm})
			}
		}
		out = append(out, in)
	}
	return out
}

// computed returns the result of an instruction on a constant.
func computed(op byte, v int64) instr {
	switch {
	case op == opI64ExtendU:
		return instr{op: opI64Const, imm: int64(uint32(v))}
	case op == opI32Wrap:
		return instr{op: opI32Const, imm: int64(int32(v))}
	case v == 0: // and opI32Eqz or opI64Eqz
		return instr{op: opI32Const, imm: 1}
	}
	return instr{op: opI32Const}
}
