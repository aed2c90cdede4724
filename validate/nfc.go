package validate

// The values of normClasses, the same as in validate/tables, are the canonical
// combining classes, which are 0 for a starter and at most 240, and those from
// 253 on.
const (
	virama     = 9   // the sign in Indic scripts that a consonant has no vowel
	reorders   = 253 // a starter that withoutMarks takes apart
	mayCompose = 254 // a starter with NFC_Quick_Check=Maybe: it may compose with one before it
	notNFC     = 255 // NFC_Quick_Check=No: never in NFC
)

func normClass(r rune) uint8 { return normClasses.at(r) }

// firstNotNFC returns the length of the longest prefix of s that is in
// Normalization Form C (UAX #15), or -1 if s is.
//
// A text is in NFC if NFC replaces none of its characters, the marks after a
// starter are in the order of their classes, and no character composes with the
// starter before it. A mark of the same class between the two prevents that.
func firstNotNFC(s string) int {
	var starter rune // 0 composes with nothing
	var last uint8   // the class of the mark after it, 0 for none
	classes := stepReader{table: &normClasses}
	for i, r := range s {
		if r < 0x300 { // all of these are starters
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

// withoutMarks returns a composite without its marks of a class above the given
// one, since a mark of that class composes before them, and any other character as
// it is. For example, an a with circumflex (U+00E2) and a dot below is not in NFC:
// it is the a with dot below that composes, with the circumflex, to U+1EAD.
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

// A pairBlock is a block of pairs with the same second character, in the order of
// the first.
type pairBlock struct {
	second rune
	first  rune  // of its first pair
	from   int32 // the index of that pair in pairFirsts
}

// composes reports whether there is a primary composite of two characters.
func composes(first, second rune) bool {
	// Hangul (The Unicode Standard, section 3.12): a leading consonant and a vowel,
	// or a syllable of both and a trailing consonant.
	if 0x1100 <= first && first < 0x1113 && 0x1161 <= second && second < 0x1176 ||
		0xac00 <= first && first < 0xd7a4 && (first-0xac00)%28 == 0 && 0x11a8 <= second && second < 0x11c3 {
		return true
	}
	low, high := 0, len(pairBlocks)-1
	for low < high { // find the first block that starts after the pair
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
