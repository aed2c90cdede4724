package encode

import (
	"errors"
	"strings"
	"testing"

	"github.com/convuser/convuser/validate"
)

// TestNames: the offset of the value or of the fault, for any name.
func TestNames(t *testing.T) {
	for src, want := range map[string]struct {
		k, start int
		bad      bool
	}{
		"-Identity=a": {identity, 10, false}, "-RoleSi%64": {roleSID, 10, false}, "-Attributes&": {attributes, 11, false},
		"-x=1": {-1, 1, true}, "-%": {-1, 2, true}, "-FriendlyName=": {friendlyName, 1, true},
	} {
		p := formParser{src: src}
		p.present[friendlyName] = true
		if k, start, err := p.name(1); k != want.k || start != want.start || (err != nil) != want.bad {
			t.Errorf("%s: %d, %d, %v, want %+v", src, k, start, err, want)
		}
	}
}

// TestPairs: the offset of the end or of the fault of a pair.
func TestPairs(t *testing.T) {
	for src, want := range map[string]struct {
		end int
		bad bool
	}{
		"Identity=a&": {10, false}, "Identity=%41&": {12, false}, "Identity=é&": {11, false}, "x=1": {0, true}, "Identity=%4": {0, true}, "Identity=é%": {0, true},
	} {
		p := formParser{src: src}
		if end, err := p.pair(0); !want.bad && end != want.end || (err != nil) != want.bad {
			t.Errorf("%s: %d, %v, want %+v", src, end, err, want)
		}
	}
}

// TestLongValue: in a long value, non-ASCII text is checked at every offset.
func TestLongValue(t *testing.T) {
	const n = 2500
	for p := 0; p < n; p += 1 + p%7 {
		before, after := strings.Repeat("%61", p%200)+strings.Repeat("b", p-p%200), strings.Repeat("c", n-p)
		src := "FriendlyName=" + before + "%C3%A9" + after
		want := strings.Repeat("a", p%200) + strings.Repeat("b", p-p%200) + "é" + after
		if r, err := ParseForm(src); err != nil || r.FriendlyName.Or("") != want {
			t.Fatalf("at %d: %v, %q", p, err, r.FriendlyName.Or(""))
		}
		_, err := ParseForm("FriendlyName=" + before + "%C3" + after)
		var e *validate.Error
		if at := len("FriendlyName=" + before); !errors.As(err, &e) || e.Offset != at || e.Code != validate.CodeUTF8 {
			t.Fatalf("bad at %d: %v", at, err)
		}
	}
}

// TestBadPercentMakesNoRoom: with a bad % the buffer for copies is too small. It
// is not replaced, nothing more is copied, and the error is found.
func TestBadPercentMakesNoRoom(t *testing.T) {
	for bad := 1; bad < 4200; bad++ { // in the first value, the short one or the last the room ends
		src := "Identity=" + strings.Repeat("+", 3200) + "&RoleSid=" + strings.Repeat("+", 120) +
			"&FriendlyName=" + strings.Repeat("+", 1000) + "&Attributes=%41+&x=" + strings.Repeat("%", bad)
		var err error
		n := 3.0
		for try := 0; n > 2 && try < 5; try++ { // the program's own allocations count too
			n = testing.AllocsPerRun(1, func() { _, err = ParseForm(src, AllowUnknown) })
		}
		var e *validate.Error
		if at := len(src) - bad; n > 2 || !errors.As(err, &e) || e.Code != validate.CodePercent || e.Offset != at+1 {
			t.Fatalf("%d bad %%: %v allocations with the error's, %v, want it at %d", bad, n, err, at+1)
		}
	}
}
