//go:build !purego

package kernel

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// avx2Body returns the implementation with AVX2, nil if there is none.
func avx2Body(kernel string) body {
	if !avx2 {
		return nil
	}
	return map[string]body{
		"JSONChars": chars(jsonCharsAVX2), "CopyPlain": copies(copyPlainBody), "EscapeJSON": escapeJSONAVX2, "UnescapeJSON": unescapeJSONAVX2,
		"HTMLSafe": length(htmlSafeBlocks), "UTF8": length(validUTF8AVX2), "FormPlain": length(formPlainBlocks),
		"EscapeForm": escapeFormAVX2, "UnescapeForm": unescapeFormAVX2,
	}[kernel]
}

// copyPlainBody is copyPlainBlocks for texts of any length.
func copyPlainBody(dst []byte, s string) bool {
	if len(s) < 32 {
		return copyPlainBytes(dst, s)
	}
	return copyPlainBlocks(dst, s)
}

// TestWithoutAVX2: the exported functions on a processor without AVX2.
func TestWithoutAVX2(t *testing.T) {
	defer func(was bool) { avx2 = was }(avx2)
	avx2 = false
	TestStops(t)
	TestLong(t)
}

// TestDetection compares with what Linux reports: if AVX2 were not detected, its tests
// would be skipped.
func TestDetection(t *testing.T) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Skip(err)
	}
	_, flags, _ := strings.Cut(string(text), "\nflags")
	flags, _, _ = strings.Cut(flags, "\n")
	want := true
	for _, flag := range []string{"avx", "avx2", "bmi1", "bmi2", "popcnt"} {
		want = want && slices.Contains(strings.Fields(flags), flag)
	}
	if got := hasAVX2(); got != want {
		t.Errorf("%t, want %t", got, want)
	}
}

// TestBlocks: with enough room, the assembly alone reads as much as the specification.
// Other tests do not see this, since the rest is read by words.
func TestBlocks(t *testing.T) {
	if !avx2 {
		t.Skip("no AVX2")
	}
	units := slices.DeleteFunc(slices.Clone(pieces), func(s string) bool { return strings.HasPrefix(s, `\u`) })
	for name, blocks := range map[string]body{
		"EscapeJSON": escapeJSONBlocks, "UnescapeJSON": unescapeJSONBlocks, "EscapeForm": escapeFormBlocks, "UnescapeForm": unescapeFormBlocks,
	} {
		dst := make([]byte, 4096)
		randomTexts(units, func(_ *rand.Rand, s string) {
			if strings.Contains(s, `\u`) {
				return // made of \ and u
			}
			_, want := kernelOf(name).plain(dst, s)
			if _, read := blocks(dst, s); whole(s, read) != want && strings.HasSuffix(name, "JSON") || read < want {
				t.Fatalf("%s: %q: %d, want %d", name, s, read, want)
			}
		})
	}
}
