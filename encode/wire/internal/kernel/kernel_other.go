//go:build !amd64 || purego

package kernel

// Near is the length in bytes from which calling a kernel is faster than a loop over
// words in the caller. Without assembly, it never is.
const Near = 1 << 30

func jsonChars(s string) (n, escapes int) { return jsonCharsWords(s) }

func escapeJSON(dst []byte, s string) (wrote, read int) { return escapeJSONWords(dst, s) }

func unescapeJSON(dst []byte, s string) (wrote, read int) { return unescapeJSONWords(dst, s) }

func copyPlain(dst []byte, s string) bool { return copyPlainWords(dst, s) }

func htmlSafe(s string) int { return htmlSafeWords(s) }

func validUTF8(s string) int { return validUTF8Words(s) }

func percents(s string) int { return percentsWords(s) }

func formPlain(s string) int { return formPlainWords(s) }

func escapeForm(dst []byte, s string) (wrote, read int) { return escapeFormWords(dst, s) }

func unescapeForm(dst []byte, s string) (wrote, read int) { return unescapeFormWords(dst, s) }
