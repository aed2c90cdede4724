package validate

// The classes of normClasses beside the canonical combining classes, which are 0
// for a starter and at most 240. They are those of validate/tables.
const (
	virama     = 9   // the sign in Indic scripts that a consonant has no vowel
	reorders   = 253 // a starter that withoutMarks takes apart
	mayCompose = 254 // a starter with NFC_Quick_Check=Maybe: it may compose with one before it
	notNFC     = 255 // NFC_Quick_Check=No: it is in no text in NFC
)

func normClass(r rune) uint8 { return normClasses.at(r) }

// firstNotNFC returns the offset of the first character that text in
// Normalization Form C (UAX #15) cannot have at its place, or -1. What stands
// before it is in NFC.
//
// A text is in NFC if it has no character that NFC replaces, the marks behind a
// starter are in the order of their classes, and nothing in it composes. The
// last is asked of each character with the starter before it, unless a mark
// with the same class is between, which blocks it.
func firstNotNFC(s string) int {
	var starter rune // 0 composes with nothing
	var last uint8   // the class of the mark behind it, 0 for none
	classes := stepReader{table: &normClasses}
	for i, r := range s {
		if r < 0x300 { // most are, and starters
			starter, last = r, 0
			continue
		}
		switch class := classes.at(r); {
		case class == notNFC:
			return i
		case class == 0, class == reorders:
			starter, last = r, 0
		case class == mayCompose:
			if last == 0 && composes(starter, r) {
				return i
			}
			starter, last = r, 0
		case class < last, class > last && composes(withoutMarks(starter, class), r):
			return i
		default:
			last = class
		}
	}
	return -1
}

// withoutMarks returns a composite without the marks of a class above the given
// one, and any other character itself: a mark of that class composes before
// they do. U+1EAD, an a with circumflex and dot below, is in NFC, for example,
// and U+00E2, an a with circumflex, followed by the dot is not.
func withoutMarks(r rune, class uint8) rune {
	for {
		step, start := normClasses.find(r)
		if normClasses.values[step] != reorders {
			return r
		}
		block := step / stepBlock
		n := int(reorderCounts[block]) + int(r-start)
		for i := block * stepBlock; i < step; i++ {
			if normClasses.values[i] == reorders {
				n += int(normClasses.lengths[i])
			}
		}
		if reorderClasses[n] <= class {
			return r
		}
		r = rune(reorderFirsts[n])
	}
}

// A pairBlock is some of the pairs with one second character, in the order of
// the first.
type pairBlock struct {
	second rune
	first  rune  // of its first pair
	from   int32 // the index of that in pairFirsts
}

// composes reports whether there is a primary composite of two characters.
func composes(first, second rune) bool {
	// Hangul, see The Unicode Standard, section 3.12: a leading consonant and a
	// vowel, or a syllable of both and a trailing consonant.
	if 0x1100 <= first && first < 0x1113 && 0x1161 <= second && second < 0x1176 ||
		0xac00 <= first && first < 0xd7a4 && (first-0xac00)%28 == 0 && 0x11a8 <= second && second < 0x11c3 {
		return true
	}
	low, high := 0, len(pairBlocks)-1
	for low < high { // to the first block that starts behind the pair
		middle := (low + high) / 2
		if b := &pairBlocks[middle]; b.second < second || b.second == second && b.first <= first {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == 0 || pairBlocks[low-1].second != second {
		return false
	}
	at := pairBlocks[low-1].first
	for i := pairBlocks[low-1].from; i < pairBlocks[low].from && at <= first; i++ {
		if at += rune(pairFirsts[i]); at == first {
			return true
		}
	}
	return false
}
