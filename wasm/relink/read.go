package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Section ids, WebAssembly 2.0 section 5.5.
const (
	secCustom = iota
	secType
	secImport
	secFunction
	secTable
	secMemory
	secGlobal
	secExport
	secStart
	secElement
	secCode
	secData
	secDataCount
)

// Kinds of imports and exports.
const (
	kindFunc   = 0
	kindMemory = 2
	kindGlobal = 3
)

var magic = []byte("\x00asm\x01\x00\x00\x00")

// A module is a binary of Go's linker.
type module struct {
	sections [secDataCount][]byte // the contents, without id and length
	imports  []string             // names of the imported functions, whose indices come first
	types    [][]byte             // function types, encoded
	funcType []uint32             // of each defined function, its index in types
	bodies   [][]byte             // of each defined function
	exports  []export
	roots    []export // the functions in exports, but _initialize
	names    []string // of every function, imports included
	producer string   // the Go release, such as go1.26.8-X:newinliner
}

type export struct {
	name  string
	kind  byte
	index uint32
}

const (
	initialize = "_initialize"
	wasi       = "wasi_snapshot_preview1"
)

// tableStart is the table index of the first defined function: funcValueOffset in
// cmd/link. A PC is the table index of a function << 16 | the number of a block.
const tableStart = 0x1000

// body returns the body of a defined function.
func (m *module) body(fn uint32) []byte { return m.bodies[fn-uint32(len(m.imports))] }

func (m *module) typeOf(fn uint32) uint32 { return m.funcType[fn-uint32(len(m.imports))] }

// entry returns the function whose entry is the PC v, if there is one.
func (m *module) entry(v uint64) (fn uint32, ok bool) {
	i := v>>16 - tableStart
	return uint32(i) + uint32(len(m.imports)), v&0xffff == 0 && v>>16 >= tableStart && i < uint64(len(m.bodies))
}

// tableIndex returns the table index of a function.
func (m *module) tableIndex(fn uint32) uint32 { return fn - uint32(len(m.imports)) + tableStart }

// A reader reads a binary. After the first error, which it keeps, it reads zeros.
type reader struct {
	b   []byte
	i   int
	err error
}

var errShort = errors.New("the binary ends early")

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.i = len(r.b)
}

func (r *reader) more() bool { return r.err == nil && r.i < len(r.b) }

func (r *reader) byte() byte {
	if r.i >= len(r.b) {
		r.fail(errShort)
		return 0
	}
	r.i++
	return r.b[r.i-1]
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)-r.i) {
		r.fail(errShort)
		return nil
	}
	r.i += int(n)
	return r.b[r.i-int(n) : r.i]
}

// leb reads a LEB128 number of at most 64 bits, and returns the bits encoded.
func (r *reader) leb() (v uint64, bits uint) {
	for bits < 70 {
		c := r.byte()
		v |= uint64(c&0x7f) << bits
		bits += 7
		if c < 0x80 {
			return v, bits
		}
	}
	r.fail(errors.New("a number is longer than 64 bits"))
	return 0, 0
}

func (r *reader) unsigned() uint64 { v, _ := r.leb(); return v }

func (r *reader) u32() uint32 {
	v := r.unsigned()
	if v > math.MaxUint32 {
		r.fail(fmt.Errorf("%d is longer than 32 bits", v))
	}
	return uint32(v)
}

func (r *reader) signed() int64 {
	v, bits := r.leb()
	if bits > 0 && bits < 64 {
		return int64(v<<(64-bits)) >> (64 - bits)
	}
	return int64(v)
}

func (r *reader) text() string { return string(r.take(r.unsigned())) }

// list reads a count, and calls read that many times.
func (r *reader) list(read func()) {
	for n := r.unsigned(); n > 0 && r.err == nil; n-- {
		read()
	}
}

// want reads bytes that every binary of the linker has.
func (r *reader) want(what string, bytes ...byte) {
	for _, b := range bytes {
		if got := r.byte(); r.err == nil && got != b {
			r.fail(fmt.Errorf("%s is not as Go's linker writes it: byte %#x, want %#x", what, got, b))
		}
	}
}

func readModule(b []byte) (*module, error) {
	if !bytes.HasPrefix(b, magic) {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	m := &module{}
	custom := map[string][]byte{}
	r := &reader{b: b, i: len(magic)}
	for r.more() {
		id, content := r.byte(), r.take(r.unsigned())
		switch {
		case id == secCustom:
			c := &reader{b: content}
			name := c.text()
			custom[name] = content[c.i:]
		case id == secStart || int(id) >= len(m.sections):
			r.fail(fmt.Errorf("a section %d, which Go's linker does not write", id))
		default:
			m.sections[id] = content
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	for _, read := range []func() error{m.readTypes, m.readImports, m.readFunctions, m.readExports, m.checkTable, m.checkGlobals,
		func() error { return m.readNames(custom["name"]) },
		func() error { return m.readProducer(custom["producers"]) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *module) section(id int) *reader { return &reader{b: m.sections[id]} }

func (m *module) readTypes() error {
	r := m.section(secType)
	r.list(func() {
		start := r.i
		r.want("a function type", 0x60)
		r.take(r.unsigned())
		r.take(r.unsigned())
		m.types = append(m.types, r.b[start:r.i])
	})
	return r.err
}

func (m *module) readImports() error {
	r := m.section(secImport)
	r.list(func() {
		from, name := r.text(), r.text()
		r.want("the kind of an import", kindFunc)
		if from != wasi {
			r.fail(fmt.Errorf("the import %s.%s is not one of wasip1", from, name))
		}
		r.u32()
		m.imports = append(m.imports, from+"."+name)
	})
	return r.err
}

func (m *module) readFunctions() error {
	r := m.section(secFunction)
	r.list(func() {
		t := r.u32()
		if int(t) >= len(m.types) {
			r.fail(fmt.Errorf("a function has the type %d of %d", t, len(m.types)))
		}
		m.funcType = append(m.funcType, t)
	})
	c := m.section(secCode)
	c.list(func() { m.bodies = append(m.bodies, c.take(c.unsigned())) })
	if err := errors.Join(r.err, c.err); err != nil {
		return err
	}
	if len(m.bodies) != len(m.funcType) {
		return fmt.Errorf("%d functions have %d bodies", len(m.funcType), len(m.bodies))
	}
	return nil
}

func (m *module) readExports() error {
	r := m.section(secExport)
	r.list(func() {
		e := export{r.text(), r.byte(), r.u32()}
		if e.kind == kindFunc && (int(e.index) < len(m.imports) || int(e.index) >= len(m.imports)+len(m.bodies)) {
			r.fail(fmt.Errorf("the export %s is not one of the module's functions", e.name))
		}
		m.exports = append(m.exports, e)
		if e.kind == kindFunc && e.name != initialize {
			m.roots = append(m.roots, e)
		}
	})
	switch {
	case r.err != nil:
		return r.err
	case !slices.ContainsFunc(m.exports, func(e export) bool { return e.name == initialize }):
		return errors.New("no export _initialize: build with -buildmode=c-shared")
	case len(m.roots) == 0:
		return errors.New("no export but _initialize: nothing to keep")
	}
	return nil
}

// checkTable checks that the table has each defined function in order, from
// tableStart on, as PCs require.
func (m *module) checkTable() error {
	r := m.section(secElement)
	r.want("the table", 1, 0, opI32Const)
	if start := r.signed(); r.err == nil && start != tableStart {
		return fmt.Errorf("the table starts at %#x, not at %#x: another layout of PCs", start, tableStart)
	}
	r.want("the table", opEnd)
	next := uint32(len(m.imports))
	r.list(func() {
		if got := r.u32(); r.err == nil && got != next {
			r.fail(fmt.Errorf("the table has function %d where %d belongs", got, next))
		}
		next++
	})
	if r.err == nil && int(next) != len(m.imports)+len(m.bodies) {
		return fmt.Errorf("the table has %d of %d functions", int(next)-len(m.imports), len(m.bodies))
	}
	return r.err
}

// goGlobals are the types of the globals: SP, CTXT, g, RET0 to RET3, PAUSE.
var goGlobals = []byte{i32, i64, i64, i64, i64, i64, i64, i32}

const (
	globalSP = 0
	globalG  = 2
)

// constOf returns the opcode of a constant.
func constOf(t byte) byte {
	if t == i32 {
		return opI32Const
	}
	return opI64Const
}

func (m *module) checkGlobals() error {
	r := m.section(secGlobal)
	r.want("the section of globals", byte(len(goGlobals)))
	for _, t := range goGlobals {
		r.want("a global", t, 1, constOf(t), 0, opEnd)
	}
	return r.err
}

// readNames reads the names of the functions. Each must have one.
func (m *module) readNames(content []byte) error {
	m.names = make([]string, len(m.imports)+len(m.bodies))
	copy(m.names, m.imports)
	r := &reader{b: content}
	for r.more() {
		id, part := r.byte(), &reader{b: r.take(r.unsigned())}
		if id != 1 {
			continue
		}
		part.list(func() {
			if i, name := part.u32(), part.text(); int(i) < len(m.names) {
				m.names[i] = name
			}
		})
		r.err = errors.Join(r.err, part.err)
	}
	for i, name := range m.names {
		if name == "" {
			return fmt.Errorf("function %d has no name: link without -s", i)
		}
	}
	return r.err
}

func (m *module) readProducer(content []byte) error {
	r := &reader{b: content}
	r.list(func() {
		field := r.text()
		r.list(func() {
			if name, version := r.text(), r.text(); field == "language" && name == "Go" {
				m.producer = version
			}
		})
	})
	if m.producer == "" && r.err == nil {
		return errors.New("no Go release among the producers: not made by Go")
	}
	return r.err
}
