package encode

import (
	"strings"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// unknownName completes the error for an unknown name of a request. The error
// holds the known name that was probably meant, never the given one.
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

// isWebhookHeader reports whether name is close to that of the header, or of its
// field in Go and JavaScript.
func isWebhookHeader(name string) bool {
	var given, header [maxFolded]byte
	folded := fold(given[:0], name)
	return within(2, folded, fold(header[:0], user.WebhookHeader)) || within(1, folded, []byte("webhookenabled"))
}

// maxFolded is longer than any name within edit distance 2 of a known one.
const maxFolded = 32

// nearest returns the index of the request's name that is closest to the given
// one, or -1. Case, separators and brackets at the end are ignored; the edit
// distance is at most 2, and less than a third of the name's length.
func nearest(name string) int {
	name, _, _ = strings.Cut(name, "[")
	var buf [maxFolded]byte
	given := fold(buf[:0], name)
	for edits := range 3 {
		for k, known := range requestNames {
			var buf [maxFolded]byte
			if 3*edits < len(known) && within(edits, given, fold(buf[:0], known)) {
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

// within reports whether the edit distance of a and b (optimal string alignment)
// is at most edits.
func within(edits int, a, b []byte) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case len(a)+len(b) == 0:
		return true
	case edits == 0:
		return false
	case len(a) == 0:
		return len(b) <= edits
	case len(b) == 0:
		return len(a) <= edits
	}
	edits--
	return within(edits, a[1:], b) || within(edits, a, b[1:]) || within(edits, a[1:], b[1:]) ||
		len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && within(edits, a[2:], b[2:])
}
