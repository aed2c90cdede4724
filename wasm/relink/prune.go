package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

type objectKind int

const (
	dead  objectKind = iota // no kept function reads it
	typ                     // a type descriptor
	itab                    // a table of methods
	table                   // pow10Tab
)

// pow10Tab, a variable of internal/strconv, is the only large table of Go's library
// that the project's program has and does not read. It is found by its content. A
// constant in the code of another package is never its address.
const (
	pow10Begin  = "\x88\x02\x1c\x08\xa0\xd5\x8f\xfa\x53\xe4\x60\xcd\x69\xc8\x32\x17"
	pow10Size   = 696 * 16
	pow10SHA256 = "a24227c5e4688689ba749f135965662720c0a6bbadbcc794ed8ee5d30ae9c036"
	pow10Reader = "internal_strconv."
)

// Offsets in an abi.Type and in what follows it, and kinds.
const (
	typeFlag   = 20
	typeKind   = 23
	typeEqual  = 24
	typeGCData = 32
	typeStr    = 40
	typePtrTo  = 44
	typeSize   = 48 // of the fields that every type has

	mapKey    = 48 // then Elem and Group
	mapHasher = 72
	mapSize   = 112

	flagUncommon = 1

	kindArray     = 17
	kindChan      = 18
	kindFuncType  = 19
	kindInterface = 20
	kindMap       = 21
	kindPointer   = 22
	kindSlice     = 23
	kindStruct    = 25
	kindLast      = 26 // unsafe.Pointer

	itabFun = 24 // the offset of the methods
)

// A finder finds the objects.
type finder struct {
	*program
	objects []object
	seen    map[uint64]bool // addresses of types and names
	todo    []uint64        // types
	err     error
}

func (c *finder) add(kind objectKind, start, end uint64) {
	c.objects = append(c.objects, object{extent: extent{start, end}, kind: kind})
}

// findObjects returns the objects, in order. The extents of other data are unknown:
// the next address that anything refers to may be in the middle of a table.
func (p *program) findObjects(stacks []extent) ([]object, error) {
	c := &finder{program: p, seen: map[uint64]bool{}}
	// pclntab with the maps of stacks, typelinks, itablinks and moduledata.
	c.add(dead, p.md.etypes, p.md.noptrdata)
	for _, s := range stacks {
		c.add(dead, s.start, s.end)
	}
	for _, a := range p.md.itabs {
		c.add(itab, a, a+itabFun+8*p.word(p.word(a)+typeSize+16)) // the number of the interface's methods
	}
	c.findTypes()
	c.findTable()
	if c.err != nil {
		return nil, c.err
	}
	slices.SortFunc(c.objects, func(a, b object) int { return cmp.Compare(a.start, b.start) })
	for i, o := range c.objects {
		if o.end < o.start || o.end > uint64(len(p.memory)) || i > 0 && c.objects[i-1].end > o.start {
			return nil, errLayout("the data at %#x overlaps", o.start)
		}
	}
	return c.objects, nil
}

func errLayout(format string, args ...any) error {
	return fmt.Errorf(format+": unknown layout", args...)
}

// findTable adds pow10Tab.
func (c *finder) findTable() {
	a := bytes.Index(c.memory, []byte(pow10Begin))
	if a < 0 || a+pow10Size > len(c.memory) {
		return
	}
	if sum := sha256.Sum256(c.memory[a : a+pow10Size]); hex.EncodeToString(sum[:]) == pow10SHA256 {
		c.add(table, uint64(a), uint64(a+pow10Size))
	}
}

// findTypes adds the types that typelinks and itabs refer to, and those that types
// refer to.
func (c *finder) findTypes() {
	c.queue(c.md.typelinks...)
	for _, a := range c.md.itabs {
		c.queue(c.word(a), c.word(a+8))
	}
	for len(c.todo) > 0 && c.err == nil {
		a := c.todo[len(c.todo)-1]
		c.todo = c.todo[:len(c.todo)-1]
		if a == 0 || c.seen[a] {
			continue
		}
		if kind := c.byte(a + typeKind); a < c.md.types || a+typeSize > c.md.etypes || a%8 != 0 || kind == 0 || kind > kindLast {
			c.err = errLayout("no type at %#x", a)
			return
		}
		c.seen[a] = true
		c.add(typ, a, c.readType(a))
	}
}

// readType returns the end of a type, and queues the types that it refers to.
func (c *finder) readType(a uint64) (end uint64) {
	size := c.kindSize(a)
	end = a + size
	if c.byte(a+typeFlag)&flagUncommon != 0 {
		u := a + size
		count, off := c.word(u+4)&0xffff, c.word(u+8)&0xffffffff
		end = max(u+16, u+off+16*count)
		c.addName(c.offset(u))
		for i := range count { // name, type, two functions
			c.addName(c.offset(u + off + 16*i))
			c.queue(c.offset(u + off + 16*i + 4))
		}
		size += 16
	}
	c.queue(c.offset(a + typePtrTo))
	c.addName(c.offset(a + typeStr))
	if c.byte(a+typeKind) == kindFuncType {
		in, out := c.word(a+48)&0xffff, c.word(a+50)&0x7fff // the highest bit: variadic
		for i := range in + out {
			c.queue(c.word(a + size + 8*i))
		}
		end = max(end, a+size+8*(in+out))
	}
	return max(end, c.readParts(a))
}

// kindSize returns the size of a type's fields, including those of its kind.
func (c *finder) kindSize(a uint64) uint64 {
	switch c.byte(a + typeKind) {
	case kindPointer, kindSlice:
		c.queue(c.word(a + 48))
		return 56
	case kindArray:
		c.queue(c.word(a+48), c.word(a+56))
		return 72
	case kindChan:
		c.queue(c.word(a + 48))
		return 64
	case kindFuncType:
		return 56
	case kindMap:
		c.queue(c.word(a+48), c.word(a+56), c.word(a+64))
		return mapSize
	case kindInterface, kindStruct:
		return 80
	}
	return typeSize
}

// readParts returns the end of the fields of a struct or the methods of an
// interface, 0 if there are none.
func (c *finder) readParts(a uint64) (end uint64) {
	kind, first, n := c.byte(a+typeKind), c.word(a+56), c.word(a+64)
	if kind != kindStruct && kind != kindInterface || n == 0 {
		return 0
	}
	c.addName(c.word(a + 48)) // the package's path
	if kind == kindStruct {   // name, type, offset
		for i := range n {
			c.addName(c.word(first + 24*i))
			c.queue(c.word(first + 24*i + 8))
		}
		end = first + 24*n
	} else { // name, type
		for i := range n {
			c.addName(c.offset(first + 8*i))
			c.queue(c.offset(first + 8*i + 4))
		}
		end = first + 8*n
	}
	if first < a || end > a+1<<16 {
		c.err = errLayout("the parts of the type at %#x are elsewhere", a)
	}
	return end
}

func (c *finder) queue(types ...uint64) { c.todo = append(c.todo, types...) }

// addName adds a name, which no kept function reads. It has a byte of flags, the
// length, the name, and by flag a tag of the same form and the offset of the
// package path.
func (c *finder) addName(a uint64) {
	if a == 0 || c.err != nil || c.seen[a] {
		return
	}
	if a < c.md.types || a >= c.md.etypes {
		c.err = errLayout("no name at %#x", a)
		return
	}
	c.seen[a] = true
	r := &reader{b: c.memory[:c.md.etypes], i: int(a)}
	flags := r.byte()
	r.text()
	if flags&2 != 0 {
		r.text()
	}
	if flags&4 != 0 {
		c.addName(c.offset(uint64(r.i)))
		r.take(4)
	}
	c.add(dead, a, uint64(r.i))
	c.err = r.err
}

// offset returns the address of an offset of four bytes, 0 if there is none.
func (c *finder) offset(a uint64) uint64 {
	if v := c.word(a) & 0xffffffff; v != 0 && v != 0xffffffff {
		return c.md.types + v
	}
	return 0
}

// drop overwrites dead data.
func (r *reached) drop(poison bool) {
	fill := byte(0)
	if poison {
		fill = 0xcc
	}
	for _, o := range r.objects {
		for _, e := range r.deadParts(o) {
			for a := e.start; a < e.end; a++ {
				r.memory[a] = fill
			}
		}
	}
}

// deadParts returns the dead parts of an object. Of a live type, code that does not
// reflect reads only the size, hash, kind and Equal, and what only maps have.
func (r *reached) deadParts(o object) []extent {
	switch {
	case !o.live:
		return []extent{o.extent}
	case o.kind != typ:
		return nil
	case r.isMap(&o):
		return []extent{{o.start + typeGCData, o.start + typeSize}, {o.start + mapSize, o.end}}
	}
	return []extent{{o.start + typeGCData, o.end}}
}

func (r *reached) isMap(o *object) bool { return r.byte(o.start+typeKind) == kindMap }

// library returns the names of the kept functions that are Go's.
func (r *reached) library() (names []string) {
	for _, fn := range r.kept {
		isExport := slices.ContainsFunc(r.roots, func(e export) bool { return e.index == fn })
		if !isExport && !r.isOwn(r.names[fn]) {
			names = append(names, r.names[fn])
		}
	}
	slices.Sort(names)
	return names
}
