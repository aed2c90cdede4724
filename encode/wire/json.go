package wire

import (
	"unicode/utf8"
)

// MaxDepth is how deep JSON containers may nest, the outermost one counted:
// RFC 8259 section 9 lets a reader set a limit, and this is encoding/json's.
const MaxDepth = 10_000

// ConsumeSpace consumes white space (RFC 8259 section 2) and returns the
// offset of the first byte that is none.
func ConsumeSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// ConsumeText consumes a whole JSON text (RFC 8259 section 2): one value,
// with white space around it and nothing else.
func ConsumeText(s string) (end int, f Fault) {
	if hasBOM(s) {
		return 0, BOM
	}
	end, f = ConsumeValue(s, ConsumeSpace(s, 0), 0)
	if f != OK {
		return end, f
	}
	return consumeEnd(s, end)
}

func hasBOM(s string) bool { return len(s) >= 3 && s[:3] == "\ufeff" }

// consumeEnd consumes white space up to the end of the text.
func consumeEnd(s string, i int) (int, Fault) {
	if i = ConsumeSpace(s, i); i < len(s) {
		return i, Trailing
	}
	return i, OK
}

// ConsumeValue consumes one value (RFC 8259 section 3) that starts at s[i],
// without white space before it. Depth is the number of containers that are
// open around it.
func ConsumeValue(s string, i, depth int) (end int, f Fault) {
	if i >= len(s) {
		return len(s), WantValue
	}
	switch s[i] {
	case '"':
		end, _, f = ConsumeString(s, i)
		return end, f
	case '{', '[':
		return consumeContainer(s, i, depth)
	}
	return consumeScalar(s, i)
}

// consumeScalar consumes a number or a literal.
func consumeScalar(s string, i int) (int, Fault) {
	switch c := s[i]; {
	case c == '-' || '0' <= c && c <= '9':
		return ConsumeNumber(s, i)
	case c == 't':
		return consumeLiteral(s, i, "true")
	case c == 'f':
		return consumeLiteral(s, i, "false")
	case c == 'n':
		return consumeLiteral(s, i, "null")
	}
	return i, WantValue
}

// consumeLiteral consumes true, false or null, whose first byte is there.
func consumeLiteral(s string, i int, literal string) (int, Fault) {
	if end := i + len(literal); end <= len(s) && s[i:end] == literal {
		return end, OK
	}
	for n := 1; ; n++ {
		if i+n >= len(s) || s[i+n] != literal[n] {
			return i + n, WantLiteral
		}
	}
}

// ConsumeNumber consumes a number (RFC 8259 section 6) that starts at s[i].
func ConsumeNumber(s string, i int) (end int, f Fault) {
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if i, f = consumeDigits(s, i); f != OK {
		return i, f
	}
	if i < len(s) && s[i] == '.' {
		if i, f = consumeDigits(s, i+1); f != OK {
			return i, f
		}
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		return consumeDigits(s, i)
	}
	return i, OK
}

// consumeDigits consumes one digit or more.
func consumeDigits(s string, i int) (int, Fault) {
	start := i
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return i, WantDigit
	}
	return i, OK
}

// spill holds the kinds of open containers beyond the innermost 64, a bit
// each, so that any depth up to MaxDepth needs 1.3 KB of stack and no
// recursion: a host's stack may be a few hundred KB, a browser's say.
type spill [MaxDepth/64 + 1]uint64

// consumeContainer consumes the object or array that starts at s[i].
func consumeContainer(s string, i, depth int) (int, Fault) {
	end, f := scanContainer(s, i, depth, nil)
	if f == needSpill {
		return consumeDeep(s, i, depth)
	}
	return end, f
}

// consumeDeep is consumeContainer for more than 64 open containers. It
// starts again from the first one: the work at most doubles, and everybody
// else is spared the stack.
//
//go:noinline
func consumeDeep(s string, i, depth int) (int, Fault) {
	var deep spill
	return scanContainer(s, i, depth, &deep)
}

// scanContainer is a pushdown automaton over the tokens of the container
// that starts at s[i]. The stack is a bit for each open container, 1 for an
// object: the innermost 64 in kinds, those further out in deep.
func scanContainer(s string, i, depth int, deep *spill) (end int, f Fault) {
	var (
		kinds uint64
		open  int
		first bool // nothing but white space since the container was opened
	)
	for {
		// s[i] is the first byte of a value.
		if i >= len(s) {
			return len(s), WantValue
		}
		switch c := s[i]; c {
		case '"':
			if i, f = skipString(s, i); f != OK {
				return i, f
			}
		case '{', '[':
			if depth+open >= MaxDepth {
				return i, Depth
			}
			if open&63 == 0 && open > 0 {
				if deep == nil {
					return i, needSpill
				}
				deep[open>>6-1] = kinds
			}
			kinds = kinds<<1 | uint64(c>>5&1) // '{' is 0x7b, '[' is 0x5b
			open++
			i++
			first = true
		default:
			if i, f = consumeScalar(s, i); f != OK {
				return i, f
			}
		}

		// Up to the next value: the ends of containers, a comma, a name.
		for {
			if i < len(s) && s[i] <= ' ' {
				i = ConsumeSpace(s, i)
			}
			object := kinds&1 != 0
			if i >= len(s) {
				return len(s), wantNext(object, first)
			}
			if c := s[i]; c == '}' && object || c == ']' && !object {
				i++
				if open--; open == 0 {
					return i, OK
				}
				if kinds >>= 1; open&63 == 0 {
					kinds = deep[open>>6-1]
				}
				first = false
				continue
			}
			if !first {
				if s[i] != ',' {
					return i, wantNext(object, false)
				}
				i++
				if i < len(s) && s[i] <= ' ' {
					i = ConsumeSpace(s, i)
				}
			}
			if object {
				if i, f = consumeName(s, i, first); f != OK {
					return i, f
				}
			}
			first = false
			break
		}
	}
}

// wantNext says what a container wants where neither its end nor a comma is.
func wantNext(object, first bool) Fault {
	switch {
	case object && first:
		return WantName
	case object:
		return WantMemberEnd
	case first:
		return WantValue
	}
	return WantElementEnd
}

// consumeName consumes the name of a member, its colon, and white space up
// to its value.
func consumeName(s string, i int, first bool) (int, Fault) {
	if i >= len(s) || s[i] != '"' {
		if first {
			return i, WantName
		}
		return i, WantNextName
	}
	// Names are short. Byte by byte, the processor guesses where one ends
	// and goes on; by words it would have to wait for the end to be found.
	j := i + 1
	for j < len(s) && isPlain[s[j]] {
		j++
	}
	if j+1 < len(s) && s[j] == '"' && s[j+1] == ':' {
		if j += 2; j < len(s) && s[j] <= ' ' {
			j = ConsumeSpace(s, j)
		}
		return j, OK
	}
	i, f := skipString(s, i)
	if f != OK {
		return i, f
	}
	return consumeColon(s, i)
}

// isPlain says of each byte what notPlain says of a word.
var isPlain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// consumeColon consumes a colon and the white space around it.
func consumeColon(s string, i int) (int, Fault) {
	if i < len(s) && s[i] <= ' ' {
		i = ConsumeSpace(s, i)
	}
	if i >= len(s) || s[i] != ':' {
		return i, WantColon
	}
	i++
	if i < len(s) && s[i] <= ' ' {
		i = ConsumeSpace(s, i)
	}
	return i, OK
}

// skipString is ConsumeString for a caller that knows the opening quote is
// there and does not need the length of the value. Short text is looked at
// byte by byte, as names are, long text by words.
func skipString(s string, i int) (int, Fault) {
	j := i + 1
	for end := min(j+16, len(s)); j < end && isPlain[s[j]]; j++ {
	}
	if j = skipPlain(s, j); j < len(s) && s[j] == '"' {
		return j + 1, OK
	}
	end, _, f := ConsumeString(s, i)
	return end, f
}

// skipPlain returns the offset of the first byte from s[i] on that a string
// cannot hold as it is or that needs a closer look. The loop does nothing but
// ask whether there is one: twice as fast as one that also asks where.
func skipPlain(s string, i int) int {
	for i+8 <= len(s) && notPlain(load8(s, i)) == 0 {
		i += 8
	}
	if i+8 <= len(s) {
		return i + first(notPlain(load8(s, i)))
	}
	for i < len(s) && isPlain[s[i]] {
		i++
	}
	return i
}
