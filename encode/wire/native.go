package wire

// What the browser bundle leaves out.

// guess returns n, at most 8, by a jump, so that what follows need not wait for
// it: a processor goes on with what it saw here before, and loses some fifteen
// cycles where that was wrong. It is for lengths that come again and again, as
// those of names and of numbers do in records.
func guess(n int) int {
	if Native {
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
	}
	return n
}

// skipBlocks returns the offset behind as many blocks of four words of plain
// text as s[i:] starts with.
func skipBlocks(s string, i int) int {
	for l := plain; i+32 <= len(s); i += 32 {
		t := s[i : i+32]
		if (l.marks(load8(t, 0))|l.marks(load8(t, 8))|l.marks(load8(t, 16))|l.marks(load8(t, 24)))&highs != 0 {
			break
		}
	}
	return i
}
