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

// releases are the Go releases whose layout is known, and experiments those of the
// toolchain that do not change it.
var (
	releases    = map[string]bool{"go1.26.8": true}
	experiments = map[string]bool{"newinliner": true, "nogreenteagc": true}
)

// checkRelease checks a release such as go1.26.8-X:newinliner,nogreenteagc.
func checkRelease(producer string) error {
	release, with, ok := strings.Cut(producer, "-X:")
	if !releases[release] {
		return fmt.Errorf("the Go release %q is not supported", release)
	}
	if ok {
		for name := range strings.SplitSeq(with, ",") {
			if !experiments[name] {
				return fmt.Errorf("the Go experiment %q is not supported", name)
			}
		}
	}
	return nil
}

// moduledata is the part of runtime.firstmoduledata that is used.
type moduledata struct {
	self          extent
	types, etypes uint64 // read-only data, with the types
	noptrdata     uint64 // the start of the variables
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

// pclntabMagic is the start of the header of pclntab: the magic number, two zeros,
// the size of an instruction and that of a pointer.
var pclntabMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

var errModuledata = errors.New("runtime.moduledata has an unknown layout")

// readModuledata finds runtime.firstmoduledata, which begins with the address of
// pclntab.
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
	for k, part := range []uint64{mdFuncnames, mdCutab, mdFiletab, mdPctab, mdPclntable} { // the header has their offsets
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
		types: f(mdTypes), etypes: f(mdEtypes), noptrdata: f(mdNoptrdata),
	}
	for i := range f(mdTypelinks + 1) { // offsets of four bytes
		p.md.typelinks = append(p.md.typelinks, p.md.types+p.word(f(mdTypelinks)+4*i)&0xffffffff)
	}
	for i := range f(mdItablinks + 1) {
		p.md.itabs = append(p.md.itabs, p.word(f(mdItablinks)+8*i))
	}
}

// Markers around the build information in memory, from cmd/go/internal/modload.
const (
	infoStart = "0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6"
	infoEnd   = "\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"
)

// notInName matches what the linker replaces in the name of a function.
var notInName = regexp.MustCompile(`[^\w.]`)

// readOwn sets the prefixes of functions that are not Go's: those of package main
// and of the modules in the build information.
func (p *program) readOwn() error {
	_, rest, _ := bytes.Cut(p.memory, []byte(infoStart))
	text, _, ok := bytes.Cut(rest, []byte(infoEnd))
	if !ok {
		return errors.New("no build information")
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
