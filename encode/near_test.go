package encode

import "testing"

// TestWithin compares with the edit distance of the usual algorithm, for all short
// words of three letters.
func TestWithin(t *testing.T) {
	words := []string{""}
	for k := 0; len(words[k]) < 4; k++ {
		for _, c := range "abc" {
			words = append(words, words[k]+string(c))
		}
	}
	for _, a := range words {
		for _, b := range words {
			d := distance(a, b)
			for edits := range 5 {
				if got := within(edits, []byte(a), []byte(b)); got != (d <= edits) {
					t.Fatalf("%q and %q are %d apart, and within %d is %t", a, b, d, edits, got)
				}
			}
		}
	}
}

// distance returns the edit distance by optimal string alignment.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				d[i][j] = d[i-1][j-1]
			default:
				d[i][j] = d[i-1][j-1] + 1
			}
			d[i][j] = min(d[i][j], d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// TestFold tests every byte, at the start and after another.
func TestFold(t *testing.T) {
	for c := range 256 {
		want := ""
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			want = string(rune(c))
		case 'A' <= c && c <= 'Z':
			want = string(rune(c + 'a' - 'A'))
		}
		s := string([]byte{byte(c), 'x', byte(c)})
		if got := string(fold(make([]byte, 0, 8), s)); got != want+"x"+want {
			t.Errorf("%q: %q", s, got)
		}
	}
	if got := fold(make([]byte, 0, 3), "abcd"); string(got) != "abc" || cap(got) != 3 {
		t.Errorf("into three bytes: %q of %d", got, cap(got))
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]int{
		"identity": identity, "IDENTITY": identity, "IdentityXY": identity, "XYIdentity": identity, "IdentityXYZ": -1,
		"role-sid": roleSID, "RoleSidXY": roleSID, "RoleSidXYZ": -1, "Role": -1, "Sid": -1,
		"FriendlyNameXY": friendlyName, "FriendlyNameXYZ": -1, "FrendlyNme": friendlyName, "friendly.name[x]": friendlyName,
		"AttributesXY": attributes, "AttributesXYZ": -1, "Attributes[": attributes, "": -1, "[": -1, "[Identity": -1,
	} {
		if got := nearest(name); got != want {
			t.Errorf("%q: %d, want %d", name, got, want)
		}
	}
}
