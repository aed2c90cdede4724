package encode

import "github.com/convuser/convuser/validate"

// unknownName returns the error for a name of the request that is not known.
// It names the known one that was probably meant, never the one given.
func unknownName(at int, name string) error {
	e := &validate.Error{Code: validate.Unknown, Offset: at}
	if k := nearest(name); k >= 0 {
		e.Want = requestNames[k]
		if before := cutBracket(name); k == attributes && len(before) < len(name) && before == requestNames[k] {
			e.Field, e.Want = e.Want, validate.NestedForm
		}
	}
	return e
}

// nearest returns the index of the name of the request that is like the
// given one, or -1: the same but for case and separators, or with brackets
// behind it, or one that a slip or two away is it.
func nearest(name string) int {
	const most = 32 // longer than any known name and its slips
	name = cutBracket(name)
	var buf [most]byte
	given := fold(buf[:0], name)
	best, bestSlips := -1, 3
	for k, known := range requestNames {
		var buf [most]byte
		if n := slips(given, fold(buf[:0], known)); n < bestSlips && 3*n < len(known) {
			best, bestSlips = k, n
		}
	}
	return best
}

// cutBracket returns what stands before the first bracket.
func cutBracket(name string) string {
	for i := range len(name) {
		if name[i] == '[' {
			return name[:i]
		}
	}
	return name
}

// fold appends the letters and digits of s in lower case, as many as fit.
func fold(dst []byte, s string) []byte {
	for i := 0; i < len(s) && len(dst) < cap(dst); i++ {
		c := s[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c-'a' < 26 || c-'0' < 10 {
			dst = append(dst, c)
		}
	}
	return dst
}

// slips returns the edit distance of a and b, at most 32 bytes each: how
// many letters have to be put in, left out or changed, or swapped with the
// next (optimal string alignment).
func slips(a, b []byte) int {
	var rows [3][33]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
