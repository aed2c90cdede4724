package main

import (
	"bytes"
	"fmt"
	"slices"
)

func appendUnsigned(b []byte, v uint64) []byte {
	for ; v >= 0x80; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}

func appendSigned(b []byte, v int64) []byte {
	for ; v < -0x40 || v >= 0x40; v >>= 7 {
		b = append(b, byte(v)&0x7f|0x80)
	}
	return append(b, byte(v)&0x7f)
}

func appendText(b []byte, s string) []byte { return append(appendUnsigned(b, uint64(len(s))), s...) }

func appendSection(b []byte, id byte, content []byte) []byte {
	b = appendUnsigned(append(b, id), uint64(len(content)))
	return append(b, content...)
}

func appendExport(b []byte, e export) []byte {
	return appendUnsigned(append(appendText(b, e.name), e.kind), uint64(e.index))
}

// A vector is a count and that many elements.
type vector struct {
	count   uint64
	content []byte
}

func (v *vector) add(element []byte) {
	v.count++
	v.content = append(v.content, element...)
}

func (v *vector) bytes() []byte { return append(appendUnsigned(nil, v.count), v.content...) }

func vectorOf[T any](list []T, element func(T) []byte) []byte {
	var v vector
	for _, e := range list {
		v.add(element(e))
	}
	return v.bytes()
}

// minGap is the least number of zeros between two segments of data. Fewer zeros
// within a segment take less space after compression than the start of another.
const minGap = 1024

const (
	page      = 1 << 16
	stackSize = 1 * page
)

// A writer writes the new module.
type writer struct {
	*reached
	index map[uint32]uint32 // the new indices of functions
	kinds []uint32          // of each function written, its index in list
	list  [][]byte          // function types
}

// write returns the new module.
func (r *reached) write(o options) ([]byte, error) {
	w := &writer{reached: r, index: map[uint32]uint32{}}
	w.number()
	out := slices.Clone(magic)
	stack := w.placeStack() // before the code, which names its end
	code, err := w.codeSection(stack, o)
	if err != nil {
		return nil, err
	}
	out = appendSection(out, secType, vectorOf(w.list, func(t []byte) []byte { return t }))
	out = appendSection(out, secFunction, vectorOf(w.kinds, func(t uint32) []byte { return appendUnsigned(nil, uint64(t)) }))
	out = appendSection(out, secTable, r.sections[secTable])
	out = appendSection(out, secMemory, appendUnsigned([]byte{1, 0}, stack.end/page+1))
	out = appendSection(out, secGlobal, w.globalSection(stack))
	out = appendSection(out, secExport, w.exportSection())
	out = appendSection(out, secElement, w.elementSection())
	out = appendSection(out, secCode, code)
	out = appendSection(out, secData, w.dataSection())
	out = appendSection(out, secCustom, w.producerSection())
	if o.names {
		out = appendSection(out, secCustom, w.nameSection())
	}
	return out, nil
}

// number sets the new indices: one for each kept function, and then one for all
// traps of a type.
func (w *writer) number() {
	for i, fn := range w.kept {
		w.index[fn] = uint32(i)
		w.kinds = append(w.kinds, w.newType(w.newTypeOf(fn)))
	}
	ofType := map[uint32]uint32{}
	for fn := range uint32(len(w.names)) {
		if !w.traps[fn] {
			continue
		}
		t := w.newType(w.newTypeOf(fn))
		if _, ok := ofType[t]; !ok {
			ofType[t] = uint32(len(w.kinds))
			w.kinds = append(w.kinds, t)
		}
		w.index[fn] = ofType[t]
	}
}

func (w *writer) newTypeOf(fn uint32) []byte {
	if w.isGo(fn) {
		return voidType
	}
	return w.types[w.typeOf(fn)]
}

// newType returns the new index of a type.
func (w *writer) newType(t []byte) uint32 {
	for i, old := range w.list {
		if bytes.Equal(t, old) {
			return uint32(i)
		}
	}
	w.list = append(w.list, t)
	return uint32(len(w.list) - 1)
}

// placeStack places a stack after the data, and sets the goroutine's stack bounds.
// An overflow calls morestack, which traps.
func (w *writer) placeStack() extent {
	used := uint64(len(w.memory))
	for used > 0 && w.memory[used-1] == 0 {
		used--
	}
	start := (used + page - 1) &^ (page - 1)
	g := w.globals[globalG]
	w.setWord(g+gStackLo, start)
	w.setWord(g+gStackHi, start+stackSize)
	w.setWord(g+gGuard, start+stackGuard)
	return extent{start, start + stackSize}
}

// globalSection sets SP, g and heap. The others are scratch.
func (w *writer) globalSection(stack extent) []byte {
	var v vector
	add := func(t byte, value uint64) { v.add(append(appendSigned([]byte{t, 1, constOf(t)}, int64(value)), opEnd)) }
	for i, t := range goGlobals {
		switch i {
		case globalSP:
			add(t, stack.end-256) // the exports store above SP as well
		case globalG:
			add(t, w.globals[globalG])
		default:
			add(t, 0)
		}
	}
	add(i32, stack.end)
	return v.bytes()
}

func (w *writer) exportSection() []byte {
	var v vector
	for _, e := range w.roots {
		v.add(appendExport(nil, export{e.name, kindFunc, w.index[e.index]}))
	}
	v.add(appendExport(nil, export{"memory", kindMemory, 0}))
	return v.bytes()
}

// offsetExpr is the constant expression of an offset.
func offsetExpr(a uint64) []byte {
	return append(appendSigned([]byte{0, opI32Const}, int64(int32(a))), opEnd)
}

// elementSection keeps the table index of each function, since it is in PCs. A
// function that is dropped leaves its entry empty.
func (w *writer) elementSection() []byte {
	var v, run vector
	flush := func(last uint32) {
		if run.count > 0 {
			v.add(append(offsetExpr(uint64(w.tableIndex(last))+1-run.count), run.bytes()...))
		}
		run = vector{}
	}
	for i, fn := range w.kept {
		if i > 0 && w.kept[i-1]+1 != fn {
			flush(w.kept[i-1])
		}
		run.add(appendUnsigned(nil, uint64(i)))
	}
	flush(w.kept[len(w.kept)-1])
	return v.bytes()
}

func (w *writer) codeSection(stack extent, o options) ([]byte, error) {
	var v vector
	add := func(body []byte) { v.add(append(appendUnsigned(nil, uint64(len(body))), body...)) }
	for _, fn := range w.kept {
		if actionOf(w.names[fn]) == replaced {
			add(newCode(w.names[fn], stack.end, o.poison))
			continue
		}
		body, err := w.newBody(fn)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.names[fn], err)
		}
		add(body)
	}
	for range len(w.kinds) - len(w.kept) {
		add([]byte{0, opUnreachable, opEnd})
	}
	return v.bytes(), nil
}

// newBody returns the simplified body of a function, with new indices in its calls.
func (w *writer) newBody(fn uint32) ([]byte, error) {
	list, body := w.code[fn-uint32(len(w.imports))], w.body(fn)
	locals := bytes.Clone(body[:len(body)-sizeOf(list)])
	var err error
	if w.isGo(fn) {
		if len(locals) < 3 || locals[1] != 1 || locals[2] != i32 { // the copy of the stack pointer
			return nil, errShape
		}
		locals[1]++ // the former parameter
		list, err = w.plainBody(fn, list)
	} else {
		list, err = w.plainExport(fn, list)
	}
	if err != nil {
		return nil, err
	}
	out := locals
	for _, in := range list {
		switch in.op {
		case opCall:
			to, ok := w.index[uint32(in.imm)]
			if !ok {
				return nil, fmt.Errorf("it calls %s, which is dropped", w.names[in.imm])
			}
			in = instr{op: opCall, imm: int64(to)}
		case opCallIndirect:
			in = instr{op: opCallIndirect, imm: int64(w.newType(voidType))}
		}
		out = in.append(out)
	}
	return out, nil
}

// sizeOf returns the size in bytes of instructions that were read.
func sizeOf(list []instr) (n int) {
	for _, in := range list {
		n += len(in.raw)
	}
	return n
}

func (w *writer) dataSection() []byte {
	var v vector
	m := w.memory
	for i := 0; i < len(m); {
		if m[i] == 0 {
			i++
			continue
		}
		end, zeros := i, 0 // end: after the last byte that is not zero
		for j := i; j < len(m) && zeros < minGap; j++ {
			if m[j] == 0 {
				zeros++
			} else {
				end, zeros = j+1, 0
			}
		}
		v.add(append(appendUnsigned(offsetExpr(uint64(i)), uint64(end-i)), m[i:end]...))
		i = end
	}
	return v.bytes()
}

// producerSection names the Go release.
func (w *writer) producerSection() []byte {
	b := appendText(nil, "producers")
	for _, text := range []string{"language", "Go"} {
		b = appendText(append(b, 1), text)
	}
	return appendText(b, w.producer)
}

// nameSection names the functions, for stack traces.
func (w *writer) nameSection() []byte {
	var v vector
	for i, fn := range w.kept {
		v.add(appendText(appendUnsigned(nil, uint64(i)), w.names[fn]))
	}
	content := v.bytes()
	return append(appendUnsigned(append(appendText(nil, "name"), 1), uint64(len(content))), content...)
}
