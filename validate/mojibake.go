package validate

import "unicode/utf8"

const sourceMojibake = "inferred"

// A mojibakeReader finds UTF-8 that was read as Windows-1252, such as Ã© for é.
// It reads one character at a time, since those of Attributes may be escapes.
//
// Each such character is a byte in Windows-1252, and the bytes are UTF-8 (RFC
// 3629). A single sequence may be intended, as in MENÜ“, or in voilà before a
// no-break space and a guillemet. So only these count:
//
//   - two sequences in a row, as from all text in other scripts. Two that differ
//     in their first character alone may be a list such as Ä–Ö–Ü.
//   - two bytes, Â or Ã and a character that is not a quotation mark, dash,
//     ellipsis or no-break space. With one of these they count before an ASCII
//     letter, as in NoÃ«l, but not after an ASCII capital, as in IRMÃ before a
//     no-break space.
//   - â€, which quotation marks and dashes start with, the euro and trademark
//     signs, U+FEFF, U+FFFD, and emoji, which start with ðŸ.
type mojibakeReader struct {
	bytes  uint32 // of the current or last sequence, 0 for none
	start  int    // its offset
	more   int    // how many bytes are missing from it
	before uint32 // the complete sequence directly before it, 0 for none
	row    int    // the offset of that

	capital      bool // whether the last character is an ASCII capital
	afterCapital bool // whether one is directly before the sequence
}

// read reads the next character. It returns the offset of mojibake, or -1 while
// there is none.
func (m *mojibakeReader) read(at int, r rune) int {
	if r < utf8.RuneSelf && m.bytes == 0 {
		m.capital = 'A' <= r && r <= 'Z'
		return -1 // most text is ASCII
	}
	var b byte
	if m.more > 0 || r <= 0xf4 { // else it neither continues nor starts a sequence
		b = windows1252(r)
	}
	if m.more > 0 && continues(m.bytes, b) {
		m.bytes, m.capital = m.bytes<<8|uint32(b), false
		m.more--
		return m.place()
	}
	if m.more == 0 && isAccent(m.bytes) && !m.afterCapital && isASCIILetter(r) {
		return m.start
	}
	m.before, m.row = m.bytes, m.start
	if m.more > 0 {
		m.before = 0 // it was cut short
	}
	m.bytes, m.start = 0, at
	if m.more = following(b); m.more > 0 {
		m.bytes = uint32(b)
	}
	m.afterCapital, m.capital = m.capital, 'A' <= r && r <= 'Z'
	return -1
}

// place returns the offset of mojibake that the last byte completes, or -1.
func (m *mojibakeReader) place() int {
	switch {
	case m.bytes == 0xe280:
		return m.start
	case m.more > 0:
		return -1
	case m.before != 0 && !isList(m.before, m.bytes):
		return m.row
	case isAccent(m.bytes) && !isPunctuation(byte(m.bytes)), m.bytes>>16 == 0xf09f:
		return m.start
	}
	switch m.bytes {
	case 0xe282ac, 0xe284a2, 0xefbbbf, 0xefbfbd:
		return m.start
	}
	return -1
}

// isAccent reports whether a sequence is a character from U+0080 to U+00FF.
func isAccent(bytes uint32) bool { return bytes>>8 == 0xc2 || bytes>>8 == 0xc3 }

// isList reports whether two sequences have two bytes and differ in the first.
func isList(a, b uint32) bool { return a|b <= 0xffff && a&0xff == b&0xff && a != b }

// isPunctuation reports whether a byte in Windows-1252 is an ellipsis, a
// quotation mark, a dash or a no-break space.
func isPunctuation(b byte) bool {
	switch b {
	case 0x82, 0x84, 0x85, 0x8b, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0x9b, 0xa0, 0xab, 0xbb:
		return true
	}
	return false
}

// following returns how many bytes follow b in a sequence, 0 if b does not start
// one.
func following(b byte) int {
	switch {
	case b < 0xc2, b > 0xf4:
		return 0
	case b < 0xe0:
		return 1
	case b < 0xf0:
		return 2
	}
	return 3
}

// continues reports whether b may follow these bytes (RFC 3629 section 4).
func continues(bytes uint32, b byte) bool {
	low, high := byte(0x80), byte(0xbf)
	switch bytes {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	return low <= b && b <= high
}

// windows1252 returns the byte above 0x7F of a character, 0 for none. C1 controls
// have their ISO 8859-1 bytes, since five bytes are unassigned in Windows-1252.
func windows1252(r rune) byte {
	if 0x80 <= r && r <= 0xff {
		return byte(r)
	}
	for i, c := range windows1252Above {
		if r == rune(c) && c != 0 {
			return byte(0x80 + i)
		}
	}
	return 0
}

// windows1252Above has the characters of the bytes from 0x80 to 0x9F, 0 for none.
var windows1252Above = [...]uint16{
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
}

func firstMojibake(s string) int {
	var m mojibakeReader
	for i, r := range s {
		if at := m.read(i, r); at >= 0 {
			return at
		}
	}
	return -1
}
