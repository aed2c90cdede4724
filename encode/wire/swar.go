package wire

import "math/bits"

// Eight bytes at a time ("SIMD within a register"). A predicate over a word
// sets the high bit of each byte for which it holds. The subtractions borrow
// from the byte above, so bits above the lowest one set may be wrong; the
// lowest never is, and no word without a match has any bit set. That is all
// the callers rely on.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// load8 returns s[i:i+8] with s[i] in the lowest byte. The compiler makes
// one load of it; encoding/binary takes no string.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// store8 writes w to b[i:i+8], its lowest byte first; one store as well.
func store8(b []byte, i int, w uint64) {
	d := b[i : i+8]
	d[0], d[1], d[2], d[3] = byte(w), byte(w>>8), byte(w>>16), byte(w>>24)
	d[4], d[5], d[6], d[7] = byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56)
}

// loadShort is load8 for a text of less than eight bytes, with spaces behind it.
func loadShort(s string) uint64 {
	w := uint64(' ' * ones)
	for i := len(s) - 1; i >= 0; i-- {
		w = w<<8 | uint64(s[i])
	}
	return w
}

// first returns the index of the lowest byte that m marks, 8 for none. A loop
// asks whether m is 0 before: to go on by a number that depends on the text
// takes some fifteen cycles, to go on by 8 takes none.
func first(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// guess returns n, at most 8, by a jump, so that what follows need not wait for
// it: a processor goes on with what it saw here before, and loses some fifteen
// cycles where that was wrong. It is for lengths that come again and again, as
// those of names and of numbers do in records.
func guess(n int) int {
	switch n {
	case 0:
		return 0
	case 1:
		return 1
	case 2:
		return 2
	case 3:
		return 3
	case 4:
		return 4
	case 5:
		return 5
	case 6:
		return 6
	case 7:
		return 7
	}
	return n
}

// equalASCII marks the bytes that are c, of a word whose bytes are all below
// 0x80. It is exact in every byte: nothing borrows.
func equalASCII(w uint64, c byte) uint64 { return (highs - (w ^ uint64(c)*ones)) & highs }

// notFormPlain marks the bytes of a form that are no plain text inside a
// value: & % + ; and non-ASCII. It marks $ and ' as well, each a bit away
// from & and %, which costs less than to tell them apart.
func notFormPlain(w uint64) uint64 {
	and := (w | 0x03*ones) ^ 0x27*ones // $ % & '
	plus := (w | 0x10*ones) ^ ';'*ones // + ;
	return ((and - ones) | (plus - ones) | w) & highs
}

// notFormRun is notFormPlain without the +.
func notFormRun(w uint64) uint64 {
	and := (w | 0x03*ones) ^ 0x27*ones
	return ((and - ones) | ((w ^ ';'*ones) - ones) | w) & highs
}

// notFormBare marks the bytes that a form does not write as one byte: all but
// letters, digits, spaces and -._ . It marks * as well, which is rare.
func notFormBare(w uint64) uint64 {
	letters := w | 0x20*ones
	bare := (w+(0x80-'0')*ones)&^(w+(0x7f-'9')*ones) |
		(letters+(0x80-'a')*ones)&^(letters+(0x7f-'z')*ones) |
		(w+(0x80-'-')*ones)&^(w+(0x7f-'.')*ones) |
		equalASCII(w, '_') | equalASCII(w, ' ')
	return ^(bare &^ w) & highs
}

// notPlain marks the bytes that a JSON string cannot hold as they are or
// that need a closer look: quotes, backslashes, controls and non-ASCII.
func notPlain(w uint64) uint64 { return plainConsts().marks(w) & highs }

// plainLanes are the constants of notPlain, one in each byte.
type plainLanes struct{ flip, bound, backslash, one uint64 }

func plainConsts() plainLanes {
	return plainLanes{0x02 * ones, 0x21 * ones, '\\' * ones, ones}
}

// inRegisters is for a loop that does nothing else: what comes from memory stays
// in a register, where a constant is loaded anew for each word. That saves a
// fourth of the time, unless there are too few registers.
var inRegisters = plainConsts()

// marks returns the marks of notPlain, and other bits, so that one & highs does
// for several words.
//
// With bit 1 flipped, the quote is 0x20, next to the controls, and the space
// is not.
func (l plainLanes) marks(w uint64) uint64 {
	return ((w ^ l.flip) - l.bound) | ((w ^ l.backslash) - l.one) | w
}

// notDigit marks the bytes that are no digits.
func notDigit(w uint64) uint64 {
	x := w ^ '0'*ones
	return ((x + (0x80-10)*ones) | x) & highs
}

// notHex marks the bytes that are not hex digits. It is exact in every byte.
func notHex(w uint64) uint64 {
	low := w &^ highs
	digit := (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones)
	low |= 0x20 * ones
	letter := (low + (0x80-'a')*ones) &^ (low + (0x7f-'f')*ones)
	return (^(digit | letter) | w) & highs
}

// notText marks the bytes that are neither printable ASCII nor DEL.
func notText(w uint64) uint64 { return ((w - ' '*ones) | w) & highs }

// bitmask returns the marks of m as eight bits, that of the lowest byte first.
// The multiplication moves each mark to its own bit of the highest byte.
func bitmask(m uint64) uint8 { return uint8((m >> 7) * 0x0102040810204080 >> 56) }

// escapes holds, for the backslashes of a word as a bitmask and whether the
// byte before it escapes its first one, what they do. A backslash that is not
// escaped escapes the byte behind it.
var escapes = func() (t [2][256]escaping) {
	for carry := range t {
		for mask := range t[carry] {
			e, escaped := &t[carry][mask], carry == 1
			for bit := range 8 {
				mark := uint64(0x80) << (8 * bit)
				if escaped {
					e.escaped |= mark
					escaped = false
				} else if mask>>bit&1 == 1 {
					e.introducers |= mark
					escaped = true
				}
			}
			if escaped {
				e.carry = 0x80
			}
		}
	}
	return t
}()

// escaping marks what the backslashes of a word do.
type escaping struct {
	escaped     uint64 // the bytes that are escaped
	introducers uint64 // the backslashes that escape the byte behind them
	carry       uint64 // the first byte of the next word, where that is escaped
}

// escapingOf returns what the backslashes of a word do, where carry marks its
// first byte if that is escaped. Only where one follows another is there more
// to it than that each escapes the next byte.
func escapingOf(backslashes, carry uint64) escaping {
	if after := backslashes<<8 | carry; after&backslashes == 0 {
		return escaping{after, backslashes, backslashes >> 56}
	}
	return escapes[carry>>7][bitmask(backslashes)]
}
