package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// releases are the Go releases whose layout this program was tried with, and
// experiments those of the toolchain that leave it as it is.
var (
	releases    = map[string]bool{"go1.26.8": true}
	experiments = map[string]bool{"newinliner": true, "nogreenteagc": true}
)

// checkRelease checks a release such as go1.26.8-X:newinliner,nogreenteagc.
func checkRelease(producer string) error {
	release, with, ok := strings.Cut(producer, "-X:")
	if !releases[release] {
		return fmt.Errorf("the Go release %q is not one that this program was tried with", release)
	}
	if ok {
		for name := range strings.SplitSeq(with, ",") {
			if !experiments[name] {
				return fmt.Errorf("the Go experiment %q is not one that this program was tried with", name)
			}
		}
	}
	return nil
}

// moduledata is what is used of runtime.firstmoduledata.
type moduledata struct {
	self          extent
	types, etypes uint64 // read-only data, the types among them
	noptrdata     uint64 // where variables begin
	end           uint64 // where they end, and the heap begins
	typelinks     []uint64
	itabs         []uint64
}

// Offsets of the fields of runtime.moduledata in words of eight bytes.
const (
	mdFuncnames = 1
	mdCutab     = 4
	mdFiletab   = 7
	mdPctab     = 10
	mdPclntable = 13
	mdFtab      = 16
	mdFindfunc  = 19
	mdMinpc     = 20
	mdNoptrdata = 24
	mdEnd       = 34
	mdTypes     = 37
	mdEtypes    = 38
	mdRodata    = 39
	mdGofunc    = 40
	mdEpclntab  = 41
	mdTypelinks = 45
	mdItablinks = 48
	mdNext      = 73
	mdWords     = 74
)

// pclntabMagic is how the header of pclntab begins: its magic number, two
// zeros, instructions of one byte, pointers of eight.
var pclntabMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

var errModuledata = errors.New("runtime.moduledata: another layout than that of the releases known")

// readModuledata finds the one runtime.moduledata. It begins with the address
// of pclntab, and what it says of the module is true.
func (p *program) readModuledata() error {
	header := bytes.Index(p.memory, pclntabMagic)
	if header < 0 {
		return errModuledata
	}
	found := 0
	for a := uint64(0); a+8*mdWords <= uint64(len(p.memory)); a += 8 {
		if p.word(a) == uint64(header) && p.isModuledata(a) {
			found++
			p.takeModuledata(a)
		}
	}
	if found != 1 {
		return errModuledata
	}
	return nil
}

func (p *program) isModuledata(a uint64) bool {
	f := func(k uint64) uint64 { return p.word(a + 8*k) }
	header := f(0)
	for k, part := range []uint64{mdFuncnames, mdCutab, mdFiletab, mdPctab, mdPclntable} { // their offsets from the header
		if f(part) != header+p.word(header+32+8*uint64(k)) {
			return false
		}
	}
	order := []uint64{f(mdTypes), f(mdEtypes), header, f(mdFtab), f(mdGofunc), f(mdFindfunc), f(mdEpclntab),
		f(mdTypelinks), f(mdItablinks), f(mdItablinks) + 8*f(mdItablinks+1), a, a + 8*mdWords}
	for k := uint64(mdNoptrdata); k <= mdEnd; k++ {
		order = append(order, f(k))
	}
	if !slices.IsSorted(append(order, uint64(len(p.memory)))) {
		return false
	}
	return f(mdTypelinks+1) == f(mdTypelinks+2) && f(mdItablinks+1) == f(mdItablinks+2) && f(mdRodata) == f(mdTypes) && f(mdMinpc)>>16 == tableStart && f(mdFtab+1) == p.word(header+8)+1 && f(mdNext) == 0
}

func (p *program) takeModuledata(a uint64) {
	f := func(k uint64) uint64 { return p.word(a + 8*k) }
	p.md = moduledata{
		self:  extent{a, a + 8*mdWords},
		types: f(mdTypes), etypes: f(mdEtypes), noptrdata: f(mdNoptrdata), end: f(mdEnd),
	}
	for i := range f(mdTypelinks + 1) { // offsets of four bytes
		p.md.typelinks = append(p.md.typelinks, p.md.types+p.word(f(mdTypelinks)+4*i)&0xffffffff)
	}
	for i := range f(mdItablinks + 1) {
		p.md.itabs = append(p.md.itabs, p.word(f(mdItablinks)+8*i))
	}
}

// Marks around the build information in memory, of cmd/go's modload.
const (
	infoStart = "0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6"
	infoEnd   = "\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"
)

// notInName is what the linker replaces in the name of a function.
var notInName = regexp.MustCompile(`[^\w.]`)

// readOwn finds out which functions are not Go's: those of package main and of
// the modules that the build information names.
func (p *program) readOwn() error {
	_, rest, _ := bytes.Cut(p.memory, []byte(infoStart))
	text, _, ok := bytes.Cut(rest, []byte(infoEnd))
	if !ok {
		return errors.New("no build information: which packages are not Go's is unknown")
	}
	info, err := debug.ParseBuildInfo(string(text))
	if err != nil {
		return fmt.Errorf("build information: %w", err)
	}
	p.own = []string{"main."}
	for _, mod := range append(info.Deps, &info.Main) {
		if mod.Path != "" {
			path := notInName.ReplaceAllString(mod.Path, "_")
			p.own = append(p.own, path+".", path+"_")
		}
	}
	return nil
}

// isOwn reports whether a function is not Go's, or compares or hashes a type
// that is not.
func (p *program) isOwn(name string) bool {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "type_.eq."), "type_.hash.")
	for _, prefix := range p.own {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
