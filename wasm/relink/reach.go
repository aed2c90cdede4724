package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A reached program is what the exports reach of it: functions, and those
// objects of data that may be dead.
type reached struct {
	*program
	kept    []uint32        // functions, in order
	from    map[uint32]int  // of each kept function, the one it was reached from, or -1
	traps   map[uint32]bool // functions that became traps
	renewed map[uint32]bool // functions that get other code
	objects []object        // in order
	queue   []uint32        // functions whose code is to be read
	err     error           // the first
	visited map[uint64]bool // addresses
}

// An object is data of which the extent is known. It is dead as long as
// nothing that is live holds its address.
type object struct {
	extent
	kind     objectKind
	live     bool
	followed bool // what it leads to is live too
}

// reach finds out what the exports reach: by calls, by PCs and addresses in
// code, and by PCs and addresses in data. Of data, all counts as live but the
// objects that may be dead.
func (p *program) reach(objects []object) (*reached, error) {
	r := &reached{program: p, objects: objects, from: map[uint32]int{}, traps: map[uint32]bool{}, renewed: map[uint32]bool{}, visited: map[uint64]bool{}}
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

// checkGoroutines checks that no function that is not Go's starts a goroutine,
// not even one that runs before the snapshot: it would never go on.
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

// need keeps a function that another, or -1 for none, leads to.
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
	case refused:
		r.err = fmt.Errorf("%s is reached, which has no meaning without Go's runtime: %s", name, r.path(from))
		return
	case trap:
		r.traps[fn] = true
		return
	case replaced:
		if t := r.types[r.typeOf(fn)]; !bytes.Equal(t, goType) {
			r.err = fmt.Errorf("%s has the type % x, not that of a Go function", name, t)
		}
		r.renewed[fn] = true
	default:
		r.queue = append(r.queue, fn)
	}
	r.from[fn] = from
	r.kept = append(r.kept, fn)
}

// path says how a function is reached.
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

// scanCode follows what a function calls, and each number that is a PC or an
// address.
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

// visit follows an address that is live: into an object, to a function value,
// which is the address of a PC, or to a list of addresses, such as the
// dictionary of a generic function. Where a list ends is not known: it is
// followed until there is no address, or where a function value or an object
// begins.
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

// objectAt returns the object that an address lies in, else nil.
func (r *reached) objectAt(a uint64) *object {
	i, found := slices.BinarySearchFunc(r.objects, a, func(o object, a uint64) int {
		switch {
		case o.end <= a:
			return -1
		case o.start > a:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &r.objects[i]
}

// follow follows what a live object leads to: a type to its functions, and a
// map's to the types of its parts; an itab to its type and functions. Of those,
// one that has no meaning without Go's runtime becomes a hole in the table where
// the itab is in data only: Go's library has such in its variables, whoever
// uses them.
func (r *reached) follow(o *object, from int) {
	if o.kind == dead || o.followed && (o.kind != itab || from < 0) {
		return
	}
	o.live, o.followed = true, true
	switch o.kind {
	case itab:
		r.visit(r.word(o.start+8), from)
		for a := o.start + itabFun; a < o.end; a += 8 {
			if fn, ok := r.entry(r.word(a)); ok && (from >= 0 || actionOf(r.names[fn]) != refused) {
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

// scanData follows every word of memory but those of objects. A PC counts where
// the function is not Go's: the function values of Go's runtime are in data
// whether or not anything that is kept uses them, and one that is missing after
// all is a hole in the table, which traps. For the same reason a type that only
// read-only data holds stays, but does not lead to its functions.
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

// isInit reports whether a function initializes a package: it has run.
func isInit(name string) bool {
	return strings.HasSuffix(name, ".init") || strings.Contains(name, ".init.") || name == "main.main"
}
