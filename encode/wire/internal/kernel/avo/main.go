// Command avo writes the assembly of package kernel for AVX2: "make generate"
// runs it.
//
// A text is read in blocks of 32 bytes, the last of which is padded with zeros. A
// mask has a bit for each byte, the first byte's lowest.
package main

import (
	"bytes"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	hasAVX2()
	span("formPlainBlocks", "FormPlain", func(c byte) bool { return c < 0x80 && c != '&' && c != '%' && c != '+' && c != ';' })
	span("htmlSafeBlocks", "HTMLSafe", func(c byte) bool { return c != '<' && c != '>' && c != '&' && c != 0xe2 })
	escapeFormBlocks()
	unescapeFormBlocks()
	utf8Blocks()
	jsonCharsBlocks()
	copyPlainBlocks()
	escapeJSONBlocks()
	unescapeJSONBlocks()
	Generate()
}

// text starts a function without a frame.
func text(name, signature string, doc ...string) {
	TEXT(name, attr.NOSPLIT, signature)
	Doc(doc...)
	Pragma("noescape")
}

var symbols = map[string]Mem{}

// data returns the symbol of this name, which the first call declares with these
// bytes.
func data(name string, b []byte) Mem {
	if m, ok := symbols[name]; ok {
		return m
	}
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := 0; i < len(b); i += 8 {
		var w uint64
		for k := range 8 {
			w |= uint64(b[i+k]) << (8 * k)
		}
		DATA(i, U64(w))
	}
	symbols[name] = m
	return m
}

// vector returns a symbol of 32 bytes that repeats b.
func vector(name string, b ...byte) Mem { return data(name, bytes.Repeat(b, 32/len(b))) }

// load returns a register that holds the vector.
func load(m Mem) reg.VecVirtual {
	y := YMM()
	VMOVDQU(m, y)
	return y
}

// A source is the text that a function reads: n bytes at p. The next one is at i.
type source struct{ p, i, n reg.GPVirtual }

func newSource(param string) source {
	s := source{Load(Param(param).Base(), GP64()).(reg.GPVirtual), GP64(), Load(Param(param).Len(), GP64()).(reg.GPVirtual)}
	XORQ(s.i, s.i)
	return s
}

// block loads the next block.
func (s source) block(name string) reg.VecVirtual {
	y, left := YMM(), GP64()
	MOVQ(s.n, left)
	SUBQ(s.i, left)
	CMPQ(left, Imm(32))
	JB(LabelRef(name + "Short"))
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1}, y)
	Label(name + "Loaded")
	later = append(later, func() {
		Label(name + "Short")
		p := GP64()
		LEAQ(Mem{Base: s.p, Index: s.i, Scale: 1}, p)
		loadShort(name, p, left, y)
		JMP(LabelRef(name + "Loaded"))
	})
	return y
}

// later has the code to put after the end of the function, outside its loops.
var later []func()

// end ends a function.
func end() {
	RET()
	for _, f := range later {
		f()
	}
	later = nil
}

// pair loads the next 64 bytes.
func (s source) pair() (a, b reg.VecVirtual) {
	a, b = YMM(), YMM()
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1}, a)
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1, Disp: 32}, b)
	return a, b
}

// masks returns the high bits of the bytes of two blocks.
func masks(a, b reg.VecVirtual) reg.Register {
	low, high := mask(a).As64(), mask(b).As64()
	SHLQ(Imm(32), high)
	ORQ(low, high)
	return high
}

// advance moves on by n bytes of the text, and of the sink if there is one.
func (s source) advance(d *sink, n Op) {
	ADDQ(n, s.i)
	if d != nil {
		ADDQ(n, d.o)
	}
}

// loadShort loads the n bytes at p, less than 32, padded with zeros. It reads no
// other bytes: the rest after a load is in a second one that ends at the last byte.
func loadShort(name string, p, n reg.GPVirtual, y reg.VecVirtual) {
	x, upper := y.AsX(), XMM()
	a, b, shift := GP64(), GP64(), GP64()
	CMPQ(n, Imm(16))
	JAE(LabelRef(name + "Sixteen"))
	CMPQ(n, Imm(8))
	JA(LabelRef(name + "Eight"))
	CMPQ(n, Imm(4))
	JAE(LabelRef(name + "Four"))
	XORQ(a, a)
	TESTQ(n, n)
	JZ(LabelRef(name + "Word"))

	// The first, the middle and the last of up to three.
	MOVBQZX(Mem{Base: p}, a)
	MOVQ(n, shift)
	SHRQ(Imm(1), shift)
	MOVBQZX(Mem{Base: p, Index: shift, Scale: 1}, b)
	SHLQ(Imm(3), shift)
	SHLXQ(shift, b, b)
	ORQ(b, a)
	MOVBQZX(Mem{Base: p, Index: n, Scale: 1, Disp: -1}, b)
	LEAQ(Mem{Base: n, Disp: -1}, shift)
	SHLQ(Imm(3), shift)
	SHLXQ(shift, b, b)
	ORQ(b, a)
	JMP(LabelRef(name + "Word"))

	Label(name + "Four")
	MOVL(Mem{Base: p}, a.As32())
	MOVL(Mem{Base: p, Index: n, Scale: 1, Disp: -4}, b.As32())
	LEAQ(Mem{Base: n, Disp: -4}, shift)
	SHLQ(Imm(3), shift)
	SHLXQ(shift, b, b)
	ORQ(b, a)
	Label(name + "Word")
	VMOVQ(a, x)
	JMP(LabelRef(name + "Loaded"))

	Label(name + "Eight")
	MOVQ(Mem{Base: p}, a)
	MOVQ(Mem{Base: p, Index: n, Scale: 1, Disp: -8}, b)
	MOVQ(n, shift)
	NEGQ(shift)
	SHLQ(Imm(3), shift) // 8 times 16-n modulo 64, as shifts count
	SHRXQ(shift, b, b)
	VMOVQ(a, x)
	VPINSRQ(Imm(1), b, x, x)
	JMP(LabelRef(name + "Loaded"))

	Label(name + "Sixteen")
	var slide [32]byte
	for i := range slide {
		slide[i] = byte(i)
		if i >= 16 {
			slide[i] = 0x80
		}
	}
	LEAQ(data("slide", slide[:]), a)
	SUBQ(n, a)
	VMOVDQU(Mem{Base: p, Index: n, Scale: 1, Disp: -16}, upper)
	VPSHUFB(Mem{Base: a, Disp: 32}, upper, upper)
	VMOVDQU(Mem{Base: p}, x)
	VINSERTI128(Imm(1), upper, y, y)
}

// mask returns the high bits of the bytes.
func mask(y reg.VecVirtual) reg.GPVirtual {
	m := GP32()
	VPMOVMSKB(y, m)
	return m
}

func hasAVX2() {
	TEXT("hasAVX2", attr.NOSPLIT, "func() bool")
	Doc("hasAVX2 reports whether processor and system have AVX2, BMI1, BMI2 and POPCNT.")
	want := GP32()
	XORL(reg.EAX, reg.EAX)
	XORL(reg.ECX, reg.ECX)
	CPUID()
	CMPL(reg.EAX, Imm(7))
	JB(LabelRef("no"))
	MOVL(U32(1), reg.EAX)
	XORL(reg.ECX, reg.ECX)
	CPUID()
	MOVL(U32(1<<28|1<<27|1<<23), want) // AVX, OSXSAVE, POPCNT
	ANDL(want, reg.ECX)
	CMPL(reg.ECX, want)
	JNE(LabelRef("no"))
	XORL(reg.ECX, reg.ECX)
	XGETBV()
	ANDL(Imm(6), reg.EAX) // the system saves XMM and YMM
	CMPL(reg.EAX, Imm(6))
	JNE(LabelRef("no"))
	MOVL(U32(7), reg.EAX)
	XORL(reg.ECX, reg.ECX)
	CPUID()
	MOVL(U32(1<<8|1<<5|1<<3), want) // BMI2, AVX2, BMI1
	ANDL(want, reg.EBX)
	CMPL(reg.EBX, want)
	JNE(LabelRef("no"))
	ok := GP8()
	MOVB(U8(1), ok)
	Store(ok, ReturnIndex(0))
	RET()
	Label("no")
	no := GP8()
	XORB(no, no)
	Store(no, ReturnIndex(0))
	RET()
}

// A class is a set of bytes as two tables, one for the low and one for the high half
// of a byte. A byte is in the set if its two entries have a bit in common.
type class struct{ low, high reg.VecVirtual }

// newClass returns the class of a set. A bit stands for the bytes with certain low
// halves; rows of 16 bytes with the same members share it.
func newClass(name string, in func(byte) bool) class {
	var low, high [16]byte
	bits := map[uint16]byte{}
	for row := range 16 {
		var members uint16
		for column := range 16 {
			if in(byte(row<<4 | column)) {
				members |= 1 << column
			}
		}
		if members == 0 {
			continue
		}
		if bits[members] == 0 {
			if len(bits) == 8 {
				panic(name + ": more than eight different rows")
			}
			bits[members] = 1 << len(bits)
		}
		high[row] = bits[members]
		for column := range 16 {
			if members>>column&1 == 1 {
				low[column] |= bits[members]
			}
		}
	}
	return class{load(vector(name+"Low", low[:]...)), load(vector(name+"High", high[:]...))}
}

// outside returns 0xff for the bytes that are not in the set.
func (c class) outside(in, nibble, zero reg.VecVirtual) reg.VecVirtual {
	low, high := YMM(), YMM()
	VPSRLW(Imm(4), in, high)
	VPAND(nibble, high, high)
	VPSHUFB(high, c.high, high)
	VPAND(nibble, in, low)
	VPSHUFB(low, c.low, low)
	VPAND(low, high, high)
	VPCMPEQB(zero, high, high)
	return high
}

func newNibble() reg.VecVirtual { return load(vector("nibble", 0x0f)) }

func newZero() reg.VecVirtual {
	y := YMM()
	VPXOR(y, y, y)
	return y
}

// endReader ends a function that returns an offset. It may have counted padding.
func endReader(s source) {
	Label("end")
	CMPQ(s.i, s.n)
	CMOVQHI(s.n, s.i)
	VZEROUPPER()
	Store(s.i, ReturnIndex(0))
	end()
}

// span makes a function that returns the length of the longest prefix of bytes in a
// set.
func span(name, kernel string, in func(byte) bool) {
	text(name, "func(s string) int", name+" is "+kernel+".")
	s := newSource("s")
	nibble, zero := newNibble(), newZero()
	out := newClass(name, func(c byte) bool { return !in(c) })
	Label("loop")
	inside := mask(out.outside(s.block("loop"), nibble, zero))
	NOTL(inside)
	TESTL(inside, inside)
	JNZ(LabelRef("found"))
	ADDQ(Imm(32), s.i)
	CMPQ(s.i, s.n)
	JB(LabelRef("loop"))
	JMP(LabelRef("end"))
	Label("found")
	TZCNTL(inside, inside)
	ADDQ(inside.As64(), s.i)
	endReader(s)
}

const hexDigits = "0123456789ABCDEF"

// A checker finds invalid UTF-8 as Keiser and Lemire do in "Validating UTF-8 in less
// than one instruction per byte" (2021): with three table look-ups for each pair of
// bytes, and a test whether one of the two bytes before starts a longer character.
type checker struct{ high, low, next, nibble, prev reg.VecVirtual }

func newChecker(nibble reg.VecVirtual) checker {
	const (
		tooShort = 1 << iota
		tooLong
		overlong3
		tooLarge
		surrogate
		overlong2
		tooLarge1000
		twoTails
		overlong4 = tooLarge1000
		always    = tooShort | tooLong | twoTails
	)
	const tail = tooLong | overlong2 | twoTails
	return checker{
		load(vector("utf8High", tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, twoTails, twoTails, twoTails, twoTails,
			tooShort|overlong2, tooShort, tooShort|overlong3|surrogate, tooShort|tooLarge|tooLarge1000)),
		load(vector("utf8Low", always|overlong3|overlong2|overlong4, always|overlong2, always, always, always|tooLarge,
			always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000,
			always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000,
			always|tooLarge|tooLarge1000|surrogate, always|tooLarge|tooLarge1000, always|tooLarge|tooLarge1000)),
		load(vector("utf8Next", tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
			tail|overlong3|overlong4, tail|overlong3|tooLarge, tail|surrogate|tooLarge, tail|surrogate|tooLarge,
			tooShort, tooShort, tooShort, tooShort)),
		nibble, YMM(),
	}
}

// start is called if a character starts at the next block.
func (c checker) start() { VPXOR(c.prev, c.prev, c.prev) }

// errors returns 0 for the bytes of the next block that may follow those before them.
func (c checker) errors(in reg.VecVirtual) reg.VecVirtual {
	before, high, low, next := YMM(), YMM(), YMM(), YMM()
	VPERM2I128(Imm(0x21), in, c.prev, before)
	VPALIGNR(Imm(15), before, in, low)
	VPSRLW(Imm(4), low, high)
	VPAND(c.nibble, high, high)
	VPSHUFB(high, c.high, high)
	VPAND(c.nibble, low, low)
	VPSHUFB(low, c.low, low)
	VPAND(low, high, high)
	VPSRLW(Imm(4), in, next)
	VPAND(c.nibble, next, next)
	VPSHUFB(next, c.next, next)
	VPAND(next, high, high)
	VPALIGNR(Imm(14), before, in, low)
	VPSUBUSB(vector("byte60", 0x60), low, low) // 0x80 or more after the first of three or four bytes
	VPALIGNR(Imm(13), before, in, next)
	VPSUBUSB(vector("byte70", 0x70), next, next) // of four bytes
	VPOR(low, next, next)
	VPAND(vector("byte80", 0x80), next, next)
	VPXOR(next, high, high)
	VMOVDQA(in, c.prev)
	return high
}

// threes skips characters of three bytes, ten at a time, which most in Chinese,
// Japanese and Korean text are, and copies them if there is a sink. It excludes the
// two first bytes that narrow the range of the second. It ends before any other
// character, or when less than 32 bytes are left.
func threes(s source, d *sink) {
	bits, want := make([]byte, 32), make([]byte, 32)
	for i := range 30 {
		bits[i], want[i] = 0xc0, 0x80
		if i%3 == 0 {
			bits[i], want[i] = 0xf0, 0xe0
		}
	}
	bound := GP64()
	MOVQ(s.n, bound)
	SUBQ(Imm(32), bound)
	Label("threes")
	CMPQ(s.i, bound)
	JG(LabelRef("threesEnd"))
	if d != nil {
		d.need(32, "threesEnd")
	}
	y, is, narrow := YMM(), YMM(), YMM()
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1}, y)
	if d != nil {
		VMOVDQU(y, d.at())
	}
	VPAND(vector("threesBits", bits...), y, is)
	VPCMPEQB(vector("threesWant", want...), is, is)
	VPCMPEQB(vector("byteE0", 0xe0), y, narrow)
	VPCMPEQB(vector("byteED", 0xed), y, y)
	VPOR(narrow, y, y)
	VPANDN(is, y, y)
	m := mask(y)
	ORL(U32(3<<30), m)
	XORL(I32(-1), m)
	JNZ(LabelRef("threesStop"))
	s.advance(d, Imm(30))
	JMP(LabelRef("threes"))

	Label("threesStop") // skip complete characters: a third of the bytes, times three
	TZCNTL(m, m)
	IMUL3L(U8(43), m, m)
	SHRL(Imm(7), m)
	LEAQ(Mem{Base: m.As64(), Index: m.As64(), Scale: 2}, m.As64())
	s.advance(d, m.As64())
	Label("threesEnd")
}

func utf8Blocks() {
	text("utf8Blocks", "func(s string) int",
		"utf8Blocks returns the offset of the first byte that may not follow those",
		"before it, or len(s). It does not check that the last character is complete.")
	s := newSource("s")
	bound := GP64()
	MOVQ(s.n, bound)
	SUBQ(Imm(64), bound)
	Label("ascii")
	CMPQ(s.i, bound)
	JG(LabelRef("few"))
	a := YMM()
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1}, a)
	VPOR(Mem{Base: s.p, Index: s.i, Scale: 1, Disp: 32}, a, a)
	m := mask(a)
	TESTL(m, m)
	JNZ(LabelRef("few"))
	ADDQ(Imm(64), s.i)
	JMP(LabelRef("ascii"))

	Label("few")
	y := s.block("few")
	m = mask(y)
	TESTL(m, m)
	JNZ(LabelRef("runesFirst"))
	ADDQ(Imm(32), s.i)
	CMPQ(s.i, s.n)
	JB(LabelRef("ascii"))
	JMP(LabelRef("end"))

	Label("runesFirst")
	TZCNTL(m, m)
	ADDQ(m.As64(), s.i)
	runes(s, nil, nil, "ascii", "")

	endReader(s)
}

// A json finds the special characters of a JSON string. Marks has, for each low half
// of a byte, the quote or backslash with that half.
type json struct{ marks, backslash, space reg.VecVirtual }

func newJSON() json {
	marks := make([]byte, 16)
	for i := range marks {
		marks[i] = 0xff // the look-up of a byte above 0x7f is 0
	}
	marks['"'&15], marks['\\'&15] = '"', '\\'
	return json{load(vector("marks", marks...)), load(vector("byte5C", '\\')), load(vector("byte20", ' '))}
}

// quotes returns 0xff for quotes and backslashes.
func (j json) quotes(in reg.VecVirtual) reg.VecVirtual {
	y := YMM()
	VPSHUFB(in, j.marks, y)
	VPCMPEQB(in, y, y)
	return y
}

// notText returns 0xff for control characters and what is not ASCII, since that is
// negative.
func (j json) notText(in reg.VecVirtual) reg.VecVirtual {
	y := YMM()
	VPCMPGTB(in, j.space, y)
	return y
}

// notPlain returns 0xff for all of these.
func (j json) notPlain(in reg.VecVirtual) reg.VecVirtual { return or(j.quotes(in), j.notText(in)) }

// special returns 0xff for quotes, backslashes and control characters.
func (j json) special(in reg.VecVirtual) reg.VecVirtual {
	y := YMM()
	VPMINUB(vector("byte1F", 0x1f), in, y)
	VPCMPEQB(in, y, y)
	return or(y, j.quotes(in))
}

func equal(in, c reg.VecVirtual) reg.VecVirtual {
	y := YMM()
	VPCMPEQB(c, in, y)
	return y
}

func or(a, b reg.VecVirtual) reg.VecVirtual {
	VPOR(b, a, a)
	return a
}

// next moves on by first bytes and loads the byte there, or jumps to end.
func (s source) next(first reg.GPVirtual) (c reg.GPVirtual) {
	ADDQ(first.As64(), s.i)
	return s.here()
}

// here loads the byte at s[i], or jumps to end.
func (s source) here() (c reg.GPVirtual) {
	CMPQ(s.i, s.n)
	JAE(LabelRef("end"))
	c = GP32()
	MOVBLZX(Mem{Base: s.p, Index: s.i, Scale: 1}, c)
	return c
}

// An escaping tracks the backslashes of a text. Carry is 1 if the first byte of the
// next block is escaped.
type escaping struct{ carry reg.GPVirtual }

// block returns which bytes of 32 or 64 are escaped, and which backslashes escape the
// byte after them, as splitBackslashes in swar.go does.
func (e escaping) block(backslashes reg.GPVirtual, width int) (escaped, introducers reg.GPVirtual) {
	odd, starts, codes := GP64(), GP64(), GP64()
	escaped = GP64()
	MOVQ(U64(0xaaaaaaaaaaaaaaaa), odd)
	ANDNQ(backslashes.As64(), e.carry.As64(), starts)
	LEAQ(Mem{Base: starts, Index: starts, Scale: 1}, codes)
	ORQ(odd, codes)
	SUBQ(starts, codes)
	XORQ(odd, codes)
	MOVQ(backslashes.As64(), escaped)
	ORQ(e.carry.As64(), escaped)
	if width == 32 {
		XORL(codes.As32(), escaped.As32()) // clears the upper bits
	} else {
		XORQ(codes, escaped)
	}
	ANDQ(backslashes.As64(), codes)
	return escaped, codes
}

// next sets carry for the next block.
func (e escaping) next(introducers reg.GPVirtual, width int) {
	MOVQ(introducers, e.carry.As64())
	SHRQ(Imm(uint64(width-1)), e.carry.As64())
}

// below clears the bits of m from the first bit of stop on, and returns the index of
// that.
func below(m, stop reg.GPVirtual) (k reg.GPVirtual) {
	k = GP64()
	TZCNTQ(stop.As64(), k)
	BZHIQ(k, m.As64(), m.As64())
	return k
}

func count(m reg.GPVirtual) reg.GPVirtual {
	n := GP64()
	POPCNTQ(m.As64(), n)
	return n
}

// one handles the byte at s[i], which is not plain: it jumps to utf8 if it is not
// ASCII; otherwise handle skips the byte or jumps to end. Then it jumps to utf8 or
// plain, depending on the byte after that.
func one(s source, handle func(c reg.GPVirtual)) {
	c := s.here()
	CMPL(c, Imm(0x80))
	JAE(LabelRef("utf8"))
	handle(c)
	c = s.here()
	CMPL(c, Imm(0x80))
	JAE(LabelRef("utf8"))
	JMP(LabelRef("plain"))
}

// newLast returns the offset of the last single escape, which is far before the text
// at first.
func newLast() reg.GPVirtual {
	last := GP64()
	MOVQ(I32(-1<<20), last)
	return last
}

// escapeLetters returns, for each low half of a byte, the byte with that half that may
// follow a backslash, except for a quote and r.
func escapeLetters() []byte {
	list := make([]byte, 16)
	for i := range list {
		list[i] = 0xff
	}
	for c, value := range escapes2 {
		if value != 0 && c != '"' && c != 'r' {
			list[c&15] = byte(c)
		}
	}
	return list
}

// near jumps to start, where escapes are handled in blocks, if the last one was near.
func near(s source, last reg.GPVirtual) {
	distance := GP64()
	MOVQ(s.i, distance)
	SUBQ(last, distance)
	CMPQ(distance, Imm(64))
	JB(LabelRef("start"))
}

// escapes2 are the escapes of two bytes.
var escapes2 = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapedByte returns the value of the escape sequence of two bytes at s[i], 0 if
// there is none.
func escapedByte(s source) reg.GPVirtual {
	after, list, value := GP64(), GP64(), GP32()
	LEAQ(Mem{Base: s.i, Disp: 1}, after)
	CMPQ(after, s.n)
	JAE(LabelRef("end"))
	MOVBLZX(Mem{Base: s.p, Index: after, Scale: 1}, value)
	LEAQ(data("escapes", escapes2[:]), list)
	MOVBLZX(Mem{Base: list, Index: value.As64(), Scale: 1}, value)
	return value
}

func jsonCharsBlocks() {
	text("jsonCharsBlocks", "func(s string) (n, escapes int)",
		"jsonCharsBlocks is JSONChars, but a character may be cut off at s[n].")
	s := newSource("s")
	j := newJSON()
	escapes, last, bound := GP64(), newLast(), GP64()
	XORQ(escapes, escapes)
	MOVQ(s.n, bound)
	SUBQ(Imm(64), bound)

	Label("plain")
	y := s.block("plain")
	m := mask(j.notPlain(y))
	TESTL(m, m)
	JNZ(LabelRef("special"))
	ADDQ(Imm(32), s.i)
	Label("long")
	CMPQ(s.i, bound)
	JG(LabelRef("plain"))
	a, b := s.pair()
	a, b = j.notPlain(a), j.notPlain(b)
	both := YMM()
	VPOR(a, b, both)
	some := mask(both)
	TESTL(some, some)
	JNZ(LabelRef("longStop"))
	ADDQ(Imm(64), s.i)
	JMP(LabelRef("long"))
	Label("longStop")
	marks := masks(a, b)
	TZCNTQ(marks, marks)
	ADDQ(marks, s.i)
	JMP(LabelRef("one"))

	Label("special")
	TZCNTL(m, m)
	ADDQ(m.As64(), s.i)
	Label("one")
	one(s, func(c reg.GPVirtual) {
		CMPL(c, Imm('\\'))
		JNE(LabelRef("end"))
		near(s, last)
		MOVQ(s.i, last)
		value := escapedByte(s)
		TESTL(value, value)
		JZ(LabelRef("end"))
		INCQ(escapes)
		ADDQ(Imm(2), s.i)
	})

	Label("start")
	e := escaping{GP32()}
	XORL(e.carry, e.carry)
	backslashes, escaped, introducers, stop := GP64(), GP64(), GP64(), GP64()
	letters := load(vector("letters", escapeLetters()...))
	quote, r := load(vector("byte22", '"')), load(vector("byte72", 'r'))
	// The masks of what may be escaped, of backslashes, and of the other bytes that
	// end the text if they are not escaped.
	classify := func(in reg.VecVirtual) (good, backslashes, ends reg.Register) {
		y := YMM()
		VPSHUFB(in, letters, y)
		VPCMPEQB(in, y, y)
		quotes := equal(in, quote)
		good = mask(or(or(y, quotes), equal(in, r))).As64()
		return good, mask(equal(in, j.backslash)).As64(), mask(or(j.notText(in), quotes)).As64()
	}
	join := func(low, high reg.Register) {
		SHLQ(Imm(32), high)
		ORQ(high, low)
	}
	step := func(good, ends reg.Register, width int, again string) {
		e1, e2 := e.block(backslashes, width)
		MOVQ(e1, escaped)
		MOVQ(e2, introducers)
		ANDNQ(ends, escaped, stop)
		ANDNQ(escaped, good, good)
		ORQ(good, stop)
		JNZ(LabelRef("stop"))
		ADDQ(count(introducers), escapes)
		ADDQ(Imm(uint64(width)), s.i)
		e.next(introducers, width)
		TESTQ(backslashes, backslashes)
		JNZ(LabelRef(again))
		JMP(LabelRef("plain"))
	}
	Label("dense")
	CMPQ(s.i, bound)
	JG(LabelRef("denseFew"))
	in1, in2 := s.pair()
	good1, backslashes1, ends1 := classify(in1)
	good2, backslashes2, ends2 := classify(in2)
	join(good1, good2)
	join(backslashes1, backslashes2)
	join(ends1, ends2)
	MOVQ(backslashes1, backslashes)
	step(good1, ends1, 64, "dense")
	Label("denseFew")
	good1, backslashes1, ends1 = classify(s.block("dense"))
	MOVQ(backslashes1, backslashes)
	step(good1, ends1, 32, "denseFew")

	Label("stop")
	k := below(introducers, stop)
	ADDQ(count(introducers), escapes)
	BTQ(k, escaped)
	JCS(LabelRef("escaped"))
	c := s.next(k)
	CMPL(c, Imm(0x80))
	JAE(LabelRef("utf8"))
	JMP(LabelRef("end"))
	Label("escaped")
	LEAQ(Mem{Base: s.i, Index: k, Scale: 1, Disp: -1}, s.i)
	DECQ(escapes)
	JMP(LabelRef("end"))

	Label("utf8")
	runes(s, nil, &j, "plain", "one")

	Label("end")
	VZEROUPPER()
	Store(s.i, Return("n"))
	Store(escapes, Return("escapes"))
	end()
}

// A sink is the buffer that a function writes to: room bytes at p. The next one is at
// o.
type sink struct{ p, o, room reg.GPVirtual }

func newSink() sink {
	d := sink{Load(Param("dst").Base(), GP64()).(reg.GPVirtual), GP64(), Load(Param("dst").Len(), GP64()).(reg.GPVirtual)}
	XORQ(d.o, d.o)
	return d
}

// need jumps to the label if there is no room for n bytes.
func (d sink) need(n int, label string) {
	end := GP64()
	LEAQ(Mem{Base: d.o, Disp: n}, end)
	CMPQ(end, d.room)
	JA(LabelRef(label))
}

func (d sink) at() Mem { return Mem{Base: d.p, Index: d.o, Scale: 1} }

// runes skips characters, the first of which is not ASCII, and copies them if there is
// a sink. It jumps to plain after a block of ASCII, to end at the end of the text and
// before invalid UTF-8, and, if j is not nil, to special before a quote, backslash or
// control character.
func runes(s source, d *sink, j *json, plain, special string) {
	start, blocks := GP64(), GP64()
	Label("threesFirst")
	MOVQ(s.i, start)
	threes(s, d)
	CMPQ(s.i, s.n)
	JAE(LabelRef("end"))
	SUBQ(s.i, start)
	CMPQ(start, I32(-60))
	JG(LabelRef("mixed")) // few of them: others are expected
	c := s.here()
	if j != nil {
		CMPL(c, Imm('\\'))
		JEQ(LabelRef(special))
	}
	CMPL(c, Imm(0x80))
	JB(LabelRef(plain))

	Label("mixed")
	u, zero := newChecker(newNibble()), newZero()
	u.start()
	MOVQ(U32(16), blocks)
	Label("runes")
	if d != nil {
		d.need(32, "runesEnd")
	}
	y := s.block("runes")
	if d != nil {
		VMOVDQU(y, d.at())
	}
	errs := u.errors(y)
	VPCMPEQB(zero, errs, errs)
	good := errs
	if j != nil {
		good = YMM()
		VPANDN(errs, j.special(y), good)
	}
	g := mask(good)
	CMPL(g, I32(-1))
	JNE(LabelRef("runesStop"))
	s.advance(d, Imm(32))
	if j == nil {
		CMPQ(s.i, s.n)
		JA(LabelRef("end")) // if they are equal, a character may be cut off there
	}
	m := mask(y)
	TESTL(m, m)
	JZ(LabelRef(plain))
	DECQ(blocks)
	JNZ(LabelRef("runes"))

	// Try threes again, from the start of the last character.
	starts, back := YMM(), GP32()
	VPCMPGTB(vector("byteBF", 0xbf), y, starts)
	VPMOVMSKB(starts, back)
	BSRL(back, back)
	LEAQ(Mem{Base: s.i, Index: back.As64(), Scale: 1, Disp: -32}, s.i)
	if d != nil {
		LEAQ(Mem{Base: d.o, Index: back.As64(), Scale: 1, Disp: -32}, d.o)
	}
	JMP(LabelRef("threesFirst"))

	Label("runesStop")
	NOTL(g)
	TZCNTL(g, g)
	s.advance(d, g.As64())
	if j != nil {
		e := mask(errs)
		BTL(g, e)
		JCC(LabelRef("end"))
		JMP(LabelRef(special))
	}
	if d != nil {
		Label("runesEnd")
	}
	JMP(LabelRef("end"))
}

// writeEscape writes the escape sequence of c, the ASCII byte at s[i].
func writeEscape(s source, d sink, c reg.GPVirtual) {
	sequences := make([]byte, 128*8) // the length in the last byte of each
	for i := range 128 {
		e := `\u00` + string(hexDigits[i>>4]) + string("0123456789abcdef"[i&15])
		for c, value := range escapes2 {
			if value == byte(i) && c != '/' && i != 0 {
				e = `\` + string(rune(c))
			}
		}
		copy(sequences[8*i:], e)
		sequences[8*i+7] = byte(len(e))
	}
	list, w := GP64(), GP64()
	LEAQ(data("sequences", sequences), list)
	MOVQ(Mem{Base: list, Index: c.As64(), Scale: 8}, w)
	MOVQ(w, d.at())
	SHRQ(Imm(56), w)
	ADDQ(w, d.o)
	INCQ(s.i)
}

// The last block of copyPlainBlocks ends where s does, and may overlap the one before.
func copyPlainBlocks() {
	text("copyPlainBlocks", "func(dst []byte, s string) bool",
		"copyPlainBlocks is CopyPlain for 32 bytes or more.")
	d, s, last, plain := newSink(), newSource("s"), GP64(), GP8()
	j := newJSON()
	XORB(plain, plain)
	MOVQ(s.n, last)
	SUBQ(Imm(32), last)
	JMP(LabelRef("block"))
	Label("next")
	ADDQ(Imm(32), s.i)
	CMPQ(s.i, last)
	CMOVQHI(last, s.i)
	Label("block")
	y := YMM()
	VMOVDQU(Mem{Base: s.p, Index: s.i, Scale: 1}, y)
	VMOVDQU(y, Mem{Base: d.p, Index: s.i, Scale: 1})
	m := mask(j.notPlain(y))
	TESTL(m, m)
	JNZ(LabelRef("end"))
	CMPQ(s.i, last)
	JB(LabelRef("next"))
	MOVB(Imm(1), plain)
	Label("end")
	VZEROUPPER()
	Store(plain, ReturnIndex(0))
	end()
}

// copyPlain starts a function that copies plain text up to another byte, at the label
// one.
func copyPlain(s source, d sink, j json) {
	Label("plain")
	d.need(32, "end")
	y := s.block("plain")
	VMOVDQU(y, d.at())
	m := mask(j.notPlain(y))
	TESTL(m, m)
	JNZ(LabelRef("special"))
	s.advance(&d, Imm(32))
	JMP(LabelRef("plain"))

	Label("special")
	TZCNTL(m, m)
	ADDQ(m.As64(), d.o)
	ADDQ(m.As64(), s.i)
	Label("one")
}

// endWriter ends a function that returns the numbers of bytes written and read.
func endWriter(s source, d sink) {
	Label("end")
	VZEROUPPER()
	Store(d.o, Return("wrote"))
	Store(s.i, Return("read"))
	end()
}

func escapeJSONBlocks() {
	text("escapeJSONBlocks", "func(dst []byte, s string) (wrote, read int)",
		"escapeJSONBlocks is EscapeJSON, but a character may be cut off at s[read], and",
		"it stops when dst has little room.")
	d, s, last := newSink(), newSource("s"), newLast()
	j := newJSON()
	copyPlain(s, d, j)
	one(s, func(c reg.GPVirtual) {
		near(s, last)
		MOVQ(s.i, last)
		d.need(8, "end")
		writeEscape(s, d, c)
	})

	// Eight bytes become up to sixteen: a shuffle for each set of quotes and
	// backslashes, of the eight bytes and a backslash.
	spread := shuffles(8, 16, func(row []byte, i byte, in bool) []byte {
		if in {
			row = append(row, 8)
		}
		return append(row, i)
	})
	Label("start")
	table := GP64()
	LEAQ(data("spread", spread), table)
	Label("dense")
	d.need(64+16, "end")
	y := s.block("dense")
	marks := mask(j.quotes(y))
	stop := mask(j.notText(y))
	at := GP64()
	LEAQ(d.at(), at)
	for group := range 4 {
		if group == 2 {
			y = upper(y)
		}
		x, set, n := XMM(), GP32(), GP32()
		if group%2 == 0 {
			VPUNPCKLQDQ(j.backslash.AsX(), y.AsX(), x)
		} else {
			VPUNPCKHQDQ(j.backslash.AsX(), y.AsX(), x)
		}
		eight(marks, group, set, n)
		SHLL(Imm(4), set)
		VPSHUFB(Mem{Base: table, Index: set.As64(), Scale: 1}, x, x)
		VMOVDQU(x, Mem{Base: at})
		LEAQ(Mem{Base: at, Index: n.As64(), Scale: 1, Disp: 8}, at)
	}
	TESTL(stop, stop)
	JNZ(LabelRef("stop"))
	ADDQ(Imm(32), s.i)
	MOVQ(at, d.o)
	SUBQ(d.p, d.o)
	TESTL(marks, marks)
	JNZ(LabelRef("dense"))
	JMP(LabelRef("plain"))

	Label("stop")
	k := below(marks, stop)
	ADDQ(k.As64(), d.o)
	ADDQ(count(marks).As64(), d.o)
	c2 := s.next(k)
	CMPL(c2, Imm(0x80))
	JAE(LabelRef("utf8"))
	writeEscape(s, d, c2)
	JMP(LabelRef("dense"))

	Label("utf8")
	runes(s, &d, &j, "plain", "one")

	endWriter(s, d)
}

// shuffles returns a table with a shuffle of some width for each set of n bytes. Add
// appends the indexes for byte i, which is in the set or not.
func shuffles(n, width int, add func(row []byte, i byte, in bool) []byte) (table []byte) {
	for set := range 1 << n {
		row := make([]byte, 0, width)
		for i := range n {
			row = add(row, byte(i), set>>i&1 == 1)
		}
		table = append(table, row[:width]...)
	}
	return table
}

// dropTable returns a table that drops each set of eight bytes.
func dropTable() Mem {
	return data("drop", shuffles(8, 8, func(row []byte, i byte, in bool) []byte {
		if in {
			return row
		}
		return append(row, i)
	}))
}

// drop writes a block without the bytes of a mask, and returns where it ends.
func drop(d sink, table reg.GPVirtual, y reg.VecVirtual, m reg.GPVirtual) (at reg.GPVirtual) {
	at = GP64()
	LEAQ(d.at(), at)
	for group := range 4 {
		if group == 2 {
			y = upper(y)
		}
		x, control, set, n := y.AsX(), XMM(), GP32(), GP32()
		if group%2 == 1 {
			x = XMM()
			VPUNPCKHQDQ(y.AsX(), y.AsX(), x)
		}
		eight(m, group, set, n)
		VMOVQ(Mem{Base: table, Index: set.As64(), Scale: 8}, control)
		out := XMM()
		VPSHUFB(control, x, out)
		VMOVQ(out, Mem{Base: at})
		ADDQ(Imm(8), at)
		SUBQ(n.As64(), at)
	}
	return at
}

// upper returns the upper half of a block.
func upper(y reg.VecVirtual) reg.VecVirtual {
	high := YMM()
	VEXTRACTI128(Imm(1), y, high.AsX())
	return high
}

// eight sets set to eight bits of a mask, and n to their number.
func eight(m reg.GPVirtual, group int, set, n reg.GPVirtual) {
	MOVL(m.As32(), set)
	if group > 0 {
		SHRL(Imm(uint64(8*group)), set)
	}
	MOVBLZX(set.As8(), set)
	POPCNTL(set, n)
}

func unescapeJSONBlocks() {
	text("unescapeJSONBlocks", "func(dst []byte, s string) (wrote, read int)",
		"unescapeJSONBlocks is UnescapeJSON, but it stops before \\u escapes and when dst",
		"has little room, and a character may be cut off at s[read].")
	d, s, last := newSink(), newSource("s"), newLast()
	j := newJSON()
	copyPlain(s, d, j)
	one(s, func(c reg.GPVirtual) {
		CMPL(c, Imm('\\'))
		JNE(LabelRef("end"))
		near(s, last)
		MOVQ(s.i, last)
		d.need(1, "end")
		value := escapedByte(s)
		TESTL(value, value)
		JZ(LabelRef("end"))
		MOVB(value.As8(), d.at())
		INCQ(d.o)
		ADDQ(Imm(2), s.i)
	})

	Label("start")
	table := GP64()
	LEAQ(dropTable(), table)
	e := escaping{GP32()}
	XORL(e.carry, e.carry)
	nibble, zero := newNibble(), newZero()
	class := newClass("itself", func(c byte) bool { return c == '"' || c == '\\' || c == '/' })
	Label("dense")
	d.need(40, "denseEnd")
	y := s.block("dense")
	bad := mask(class.outside(y, nibble, zero))
	backslashes := mask(equal(y, j.backslash))
	stop := mask(or(equal(y, load(vector("byte22", '"'))), j.notText(y)))
	escaped, introducers := e.block(backslashes, 32)
	ANDL(escaped.As32(), bad)
	ANDNL(stop, escaped.As32(), stop)
	ORL(bad, stop)
	at := drop(d, table, y, introducers)
	TESTL(stop, stop)
	JNZ(LabelRef("stop"))
	ADDQ(Imm(32), s.i)
	MOVQ(at, d.o)
	SUBQ(d.p, d.o)
	e.next(introducers, 32)
	TESTL(backslashes, backslashes)
	JNZ(LabelRef("dense"))
	JMP(LabelRef("plain"))

	Label("stop")
	k := below(introducers, stop)
	ADDQ(k.As64(), d.o)
	SUBQ(count(introducers).As64(), d.o)
	BTQ(k, escaped)
	JCS(LabelRef("letter"))
	c2 := s.next(k)
	CMPL(c2, Imm(0x80))
	JAE(LabelRef("utf8"))
	JMP(LabelRef("end"))

	// The escape of a control character, one by one.
	Label("letter")
	LEAQ(Mem{Base: s.i, Index: k.As64(), Scale: 1, Disp: -1}, s.i)
	value := escapedByte(s)
	TESTL(value, value)
	JZ(LabelRef("end"))
	MOVB(value.As8(), d.at())
	INCQ(d.o)
	ADDQ(Imm(2), s.i)
	JMP(LabelRef("start"))

	Label("denseEnd") // neither the escaped byte nor its backslash is read
	SUBQ(e.carry.As64(), s.i)
	JMP(LabelRef("end"))

	Label("utf8")
	runes(s, &d, &j, "plain", "one")

	endWriter(s, d)
}

// swap returns in with one byte replaced by another.
func swap(in reg.VecVirtual, name string, from, to byte) reg.VecVirtual {
	y := equal(in, load(vector("byte"+name, from)))
	VPAND(vector("flip"+name, from^to), y, y)
	VPXOR(in, y, y)
	return y
}

func escapeFormBlocks() {
	text("escapeFormBlocks", "func(dst []byte, s string) (wrote, read int)",
		"escapeFormBlocks is EscapeForm, but it stops when dst has little room.")
	d, s := newSink(), newSource("s")
	nibble, zero := newNibble(), newZero()
	out := newClass("form", func(c byte) bool {
		return !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '*' || c == '-' || c == '.' || c == '_' || c == ' ')
	})
	digits, percent := load(vector("upperHex", []byte("0123456789ABCDEF")...)), load(vector("byte25", '%'))

	// Four bytes become up to twelve: a shuffle for each set of bytes to escape, of
	// the bytes, their high digits, their low digits and percent signs, four of each.
	triple := shuffles(4, 16, func(row []byte, i byte, in bool) []byte {
		if in {
			return append(row, 12+i, 4+i, 8+i)
		}
		return append(row, i)
	})
	table := GP64()
	LEAQ(data("triple", triple), table)

	Label("loop")
	d.need(32, "end")
	y := s.block("loop")
	c := swap(y, "20", ' ', '+')
	VMOVDQU(c, d.at())
	escapes := mask(out.outside(y, nibble, zero))
	NOTL(escapes)
	left := GP64()
	MOVQ(s.n, left)
	SUBQ(s.i, left)
	JZ(LabelRef("end"))
	CMPQ(left, Imm(32))
	JAE(LabelRef("full"))
	BZHIL(left.As32(), escapes, escapes)
	Label("full")
	TESTL(escapes, escapes)
	JNZ(LabelRef("escape"))
	Label("next")
	size := GP64()
	MOVQ(U32(32), size)
	CMPQ(left, size)
	CMOVQCS(left, size)
	s.advance(&d, size)
	JMP(LabelRef("loop"))

	Label("escape")
	d.need(96+16, "end")
	high, low := YMM(), YMM()
	VPSRLW(Imm(4), y, high)
	VPAND(nibble, high, high)
	VPSHUFB(high, digits, high)
	VPAND(nibble, y, low)
	VPSHUFB(low, digits, low)
	at := GP64()
	LEAQ(d.at(), at)
	var groups [4]reg.VecVirtual // of both halves
	a, b := YMM(), YMM()
	for half := range 2 {
		if half == 0 {
			VPUNPCKLDQ(high, c, a)
			VPUNPCKLDQ(percent, low, b)
		} else {
			a, b = YMM(), YMM()
			VPUNPCKHDQ(high, c, a)
			VPUNPCKHDQ(percent, low, b)
		}
		groups[2*half], groups[2*half+1] = YMM(), YMM()
		VPUNPCKLQDQ(b, a, groups[2*half])
		VPUNPCKHQDQ(b, a, groups[2*half+1])
	}
	for group := range 8 {
		g := groups[group%4]
		if group >= 4 {
			VEXTRACTI128(Imm(1), g, g.AsX())
		}
		set, n := GP32(), GP32()
		MOVL(escapes, set)
		if group > 0 {
			SHRL(Imm(uint64(4*group)), set)
		}
		ANDL(Imm(15), set)
		POPCNTL(set, n)
		SHLL(Imm(4), set)
		x := XMM()
		VPSHUFB(Mem{Base: table, Index: set.As64(), Scale: 1}, g.AsX(), x)
		VMOVDQU(x, Mem{Base: at})
		if group < 7 {
			LEAQ(Mem{Base: at, Index: n.As64(), Scale: 2, Disp: 4}, at)
		}
	}
	POPCNTL(escapes, escapes)
	LEAQ(Mem{Base: d.o, Index: escapes.As64(), Scale: 2}, d.o)
	JMP(LabelRef("next"))

	endWriter(s, d)
}

func unescapeFormBlocks() {
	text("unescapeFormBlocks", "func(dst []byte, s string) (wrote, read int)",
		"unescapeFormBlocks is UnescapeForm, but it stops when dst has little room.")
	d, s := newSink(), newSource("s")
	nibble, zero := newNibble(), newZero()
	hex := newClass("hex", func(c byte) bool {
		return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f'
	})
	percent := load(vector("byte25", '%'))

	Label("loop")
	d.need(40, "end")
	y := s.block("loop")
	c := swap(y, "2B", '+', ' ')
	VMOVDQU(c, d.at())
	percents := mask(equal(y, percent))
	stop := mask(or(equal(y, load(vector("byte26", '&'))), equal(y, load(vector("byte3B", ';')))))
	left, end1 := GP64(), GP64()
	MOVQ(s.n, left)
	SUBQ(s.i, left)
	JZ(LabelRef("end"))
	XORQ(end1, end1)
	CMPQ(left, Imm(32))
	JAE(LabelRef("full"))
	BTSQ(left, end1)
	Label("full")
	ORL(end1.As32(), stop)
	TESTL(percents, percents)
	JNZ(LabelRef("escapes"))
	TESTL(stop, stop)
	JNZ(LabelRef("stop"))
	s.advance(&d, Imm(32))
	JMP(LabelRef("loop"))

	Label("stop")
	TZCNTL(stop, stop)
	s.advance(&d, stop.As64())
	JMP(LabelRef("end"))

	Label("escapes")
	notHex := mask(hex.outside(y, nibble, zero))
	// The value of each byte as a digit: 9 more for letters, which have bit 6 set.
	value, nine := YMM(), YMM()
	VPAND(nibble, y, value)
	VPSRLW(Imm(6), y, nine)
	VPAND(vector("byte01", 1), nine, nine)
	VPADDB(nine, value, value)
	VPSLLW(Imm(3), nine, nine)
	VPADDB(nine, value, value)
	// The value of each byte as the percent sign before two digits.
	after, one, two := YMM(), YMM(), YMM()
	VPERM2I128(Imm(0x81), value, value, after) // the upper half, then zeros
	VPALIGNR(Imm(1), value, after, one)
	VPALIGNR(Imm(2), value, after, two)
	VPSLLW(Imm(4), one, one) // a digit has four bits, so that none moves into the next byte
	VPOR(one, two, two)
	is := equal(y, percent)
	VPBLENDVB(is, two, c, c)

	// A percent sign among the last two bytes is read with the next block.
	digits, last, bad := GP32(), GP32(), GP32()
	LEAL(Mem{Base: percents.As64(), Index: percents.As64(), Scale: 1}, digits)
	MOVL(notHex, bad)
	SHRL(Imm(1), bad)
	MOVL(notHex, last)
	SHRL(Imm(2), last)
	ORL(last, bad)
	ANDL(percents, bad) // those without two digits
	MOVL(percents, last)
	ANDL(U32(0xc0000000), last)
	ORL(bad, stop)
	ORL(stop, last)
	MOVL(percents, bad)
	SHLL(Imm(2), bad)
	ORL(bad, digits)
	k := GP64()
	MOVQ(U32(1), k)
	SHLQ(Imm(32), k)
	ORQ(last.As64(), k)
	TZCNTQ(k, k) // the number of bytes read
	BZHIL(k.As32(), digits, digits)

	list := GP64()
	LEAQ(dropTable(), list)
	drop(d, list, c, digits)
	SUBQ(count(digits).As64(), d.o)
	// The next block nearly always starts at one of three places: a jump, which is
	// predicted, lets the processor start on it early.
	for _, n := range []uint64{32, 31, 30} {
		other := "not" + string(hexDigits[n/10]) + string(hexDigits[n%10])
		CMPL(k.As32(), Imm(n))
		JNE(LabelRef(other))
		s.advance(&d, Imm(n))
		BTQ(Imm(n), stop.As64())
		JCC(LabelRef("loop"))
		JMP(LabelRef("end"))
		Label(other)
	}
	s.advance(&d, k)
	BTQ(k, stop.As64())
	JCS(LabelRef("end"))
	JMP(LabelRef("loop"))

	endWriter(s, d)
}
