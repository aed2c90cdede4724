package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// A reached program is the part of a program that its exports reach.
type reached struct {
	*program
	kept    []uint32        // functions, in order
	from    map[uint32]int  // of each kept function, the one that it is reached from, or -1
	traps   map[uint32]bool // functions that become traps
	objects []object        // in order
	queue   []uint32        // functions whose code is yet to be read
	err     error           // the first
	visited map[uint64]bool // addresses
}

// An object is data whose extent is known. It is live if live code or data has
// its address.
type object struct {
	extent
	kind     objectKind
	live     bool
	followed bool // what it refers to is live too
}

// reach follows the calls in the code that the exports reach, and the PCs and
// addresses in that code and in data. All data is live but the given objects.
func (p *program) reach(objects []object) (*reached, error) {
	r := &reached{program: p, objects: objects, from: map[uint32]int{}, traps: map[uint32]bool{}, visited: map[uint64]bool{}}
	r.err = p.checkGoroutines()
	for _, e := range p.roots {
		r.need(e.index, -1)
	}
	r.scanData()
	for len(r.queue) > 0 && r.err == nil {
		fn := r.queue[0]
		r.queue = r.queue[1:]
		r.scanCode(fn)
	}
	slices.Sort(r.kept)
	return r, r.err
}

// checkGoroutines checks that only functions of Go start goroutines. One that is
// started before the snapshot would never run again.
func (p *program) checkGoroutines() error {
	for i, code := range p.code {
		for _, in := range code {
			if in.op == opCall && p.names[in.imm] == "runtime.newproc" && p.isOwn(p.name(i)) {
				return fmt.Errorf("%s starts a goroutine, which would never run", p.name(i))
			}
		}
	}
	return nil
}

// need keeps a function that is reached from another, or from data if that is -1.
func (r *reached) need(fn uint32, from int) {
	if _, ok := r.from[fn]; ok || r.traps[fn] || r.err != nil {
		return
	}
	name := r.names[fn]
	if int(fn) < len(r.imports) {
		r.err = fmt.Errorf("the import %s is reached: %s", name, r.path(from))
		return
	}
	switch actionOf(name) {
	case rejected:
		r.err = fmt.Errorf("%s is reached, which needs Go's runtime: %s", name, r.path(from))
		return
	case trap:
		r.traps[fn] = true
		return
	case replaced:
		if t := r.types[r.typeOf(fn)]; !bytes.Equal(t, goType) {
			r.err = fmt.Errorf("%s has the type % x, not that of a Go function", name, t)
		}
	default:
		r.queue = append(r.queue, fn)
	}
	r.from[fn] = from
	r.kept = append(r.kept, fn)
}

// path describes how a function is reached.
func (r *reached) path(fn int) string {
	if fn < 0 {
		return "by its address in data"
	}
	names := []string{r.names[fn]}
	for len(names) < 20 && r.from[uint32(fn)] >= 0 {
		fn = r.from[uint32(fn)]
		names = append(names, r.names[fn])
	}
	return "by " + strings.Join(names, ", which is reached by ")
}

// scanCode follows the calls of a function, and its constants that are PCs or
// addresses.
func (r *reached) scanCode(fn uint32) {
	for _, in := range r.code[fn-uint32(len(r.imports))] {
		v := uint64(in.imm)
		switch {
		case in.op == opCall:
			r.need(uint32(v), int(fn))
		case in.op != opI32Const && in.op != opI64Const:
		case r.md.self.has(v):
			r.err = cmp.Or(r.err, fmt.Errorf("%s reads runtime.moduledata: %s", r.names[fn], r.path(int(fn))))
		default:
			if target, ok := r.entry(v); ok && target != fn { // its own PC is a return address
				r.need(target, int(fn))
			}
			r.visit(v, int(fn))
		}
	}
}

// visit follows a live address, which may be that of an object, of a function value
// (which begins with a PC), or of a list of addresses, such as the dictionary of a
// generic function. Since the length of a list is unknown, it ends before the first
// word that is not an address, or at the next function value or object.
func (r *reached) visit(a uint64, from int) {
	if o := r.objectAt(a); o != nil {
		if o.kind != table || from < 0 || strings.HasPrefix(r.names[from], pow10Reader) {
			r.follow(o, from)
		}
		return
	}
	if a%8 != 0 || a < r.md.types {
		return
	}
	if fn, ok := r.entry(r.word(a)); ok {
		r.need(fn, from)
	}
	for isValue := false; a < r.md.etypes && !r.visited[a] && !isValue && r.objectAt(a) == nil; a += 8 {
		w := r.word(a)
		if _, isPC := r.entry(w); !isPC && w != 0 && (w < r.md.types || w >= r.md.etypes) {
			return
		}
		r.visited[a] = true
		r.visit(w, from)
		_, isValue = r.entry(r.word(a + 8))
	}
}

// objectAt returns the object that contains an address, or nil.
func (r *reached) objectAt(a uint64) *object {
	i := sort.Search(len(r.objects), func(i int) bool { return r.objects[i].end > a })
	if i < len(r.objects) && r.objects[i].has(a) {
		return &r.objects[i]
	}
	return nil
}

// follow follows what a live object refers to: a type its functions, that of a map
// also its key, element and group types; an itab its type and methods. If only data
// refers to the itab, a method that needs Go's runtime is skipped, since variables
// of Go's library refer to such itabs whether or not they are used.
func (r *reached) follow(o *object, from int) {
	if o.kind == dead || o.followed && (o.kind != itab || from < 0) {
		return
	}
	o.live, o.followed = true, true
	switch o.kind {
	case itab:
		r.visit(r.word(o.start+8), from)
		for a := o.start + itabFun; a < o.end; a += 8 {
			if fn, ok := r.entry(r.word(a)); ok && (from >= 0 || actionOf(r.names[fn]) != rejected) {
				r.need(fn, from)
			}
		}
	case typ:
		r.visit(r.word(o.start+typeEqual), from)
		for a := o.start + mapKey; r.isMap(o) && a <= o.start+mapHasher; a += 8 {
			r.visit(r.word(a), from)
		}
	}
}

// scanData follows every word of memory outside of objects. It ignores the PCs of
// Go's functions: function values of Go's runtime are in data whether or not they
// are used, and a call of one that is not kept traps. For the same reason it does
// not follow a type that only read-only data refers to.
func (r *reached) scanData() {
	for a := uint64(0); a < uint64(len(r.memory)); a += 8 {
		if o := r.objectAt(a); o != nil {
			a = (o.end - 1) &^ 7 // its last word
			continue
		}
		w := r.word(a)
		if fn, ok := r.entry(w); ok && r.isOwn(r.names[fn]) && !isInit(r.names[fn]) {
			r.need(fn, -1)
		}
		o := r.objectAt(w)
		if o == nil || o.kind == dead {
			continue
		}
		if o.live = true; a >= r.md.etypes {
			r.follow(o, -1)
		}
	}
}

// isInit reports whether a function initializes a package, and so has run.
func isInit(name string) bool {
	return strings.HasSuffix(name, ".init") || strings.Contains(name, ".init.") || name == "main.main"
}
