package encode

import (
	"strings"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// unknownName completes the error for a name of the request that is not known.
// It names the known one that was probably meant, never the one given.
func unknownName(e *validate.Error, name string) error {
	if k := nearest(name); k >= 0 {
		e.Want = requestNames[k]
	}
	switch {
	case strings.HasPrefix(name, requestNames[attributes]+"["):
		e.Field, e.Want, e.Hint = requestNames[attributes], "", validate.HintNestedForm
	case isWebhookHeader(name):
		e.Hint = validate.HintHeaderInForm
	}
	return e
}

// isWebhookHeader reports whether name is like that of the header, or of the
// field that Go and JavaScript have for it.
func isWebhookHeader(name string) bool {
	var given, header [maxFolded]byte
	folded := fold(given[:0], name)
	return within(2, folded, fold(header[:0], user.WebhookHeader)) || within(1, folded, []byte("webhookenabled"))
}

// maxFolded is longer than any known name and its slips.
const maxFolded = 32

// nearest returns the index of the name of the request that is like the
// given one, or -1: the same but for case and separators, or with brackets
// behind it, or one that a slip or two away is it.
func nearest(name string) int {
	name, _, _ = strings.Cut(name, "[")
	var buf [maxFolded]byte
	given := fold(buf[:0], name)
	for slips := range 3 {
		for k, known := range requestNames {
			var buf [maxFolded]byte
			if 3*slips < len(known) && within(slips, given, fold(buf[:0], known)) {
				return k
			}
		}
	}
	return -1
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

// within reports whether a becomes b by so many slips or fewer: a letter put
// in, left out or changed, or swapped with the next (optimal string
// alignment).
func within(slips int, a, b []byte) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a)+len(b) == 0:
		return true
	case slips == 0:
		return false
	case len(a) == 0:
		return len(b) <= slips
	case len(b) == 0:
		return len(a) <= slips
	}
	slips--
	return within(slips, a[1:], b) || within(slips, a, b[1:]) || within(slips, a[1:], b[1:]) ||
		len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && within(slips, a[2:], b[2:])
}
