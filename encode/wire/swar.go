package wire

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
// one load of it; encoding/binary would do the same for 4.5 KB of bundle.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// notPlain marks the bytes that a JSON string cannot hold as they are or
// that need a closer look: quotes, backslashes, controls and non-ASCII.
func notPlain(w uint64) uint64 {
	return ((w - ' '*ones) | ((w ^ '"'*ones) - ones) | ((w ^ '\\'*ones) - ones) | w) & highs
}

// notHex marks the bytes that are not hex digits. It is exact in every byte.
func notHex(w uint64) uint64 {
	low := w &^ highs
	digit := (low + (0x80-'0')*ones) &^ (low + (0x7f-'9')*ones)
	low |= 0x20 * ones
	letter := (low + (0x80-'a')*ones) &^ (low + (0x7f-'f')*ones)
	return (^(digit | letter) | w) & highs
}
