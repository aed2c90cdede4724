package wire

import "github.com/convuser/convuser/encode/wire/internal/kernel"

// MaxDepth is how deep JSON containers may nest, including the outermost one. RFC
// 8259 section 9 allows a limit; this one is encoding/json's.
const MaxDepth = 10_000

// ConsumeSpace consumes white space (RFC 8259 section 2) and returns the offset
// after it.
func ConsumeSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// ConsumeText consumes a whole JSON text (RFC 8259 section 2): one value, with or
// without white space around it.
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

// consumeEnd consumes the white space at the end of the text.
func consumeEnd(s string, i int) (int, Fault) {
	if i = ConsumeSpace(s, i); i < len(s) {
		return i, Trailing
	}
	return i, OK
}

// ConsumeValue consumes the value (RFC 8259 section 3) that starts at s[i], without
// white space around it. Depth is the number of containers around it.
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

// consumeLiteral consumes a literal whose first byte is s[i].
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

// ConsumeNumber consumes the number (RFC 8259 section 6) that starts at s[i].
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

// A spill has a bit for each open container but the innermost 64, so that any depth
// up to MaxDepth takes 1.3 KB of stack and no recursion: in a browser, the stack
// may have only a few hundred KB.
type spill [MaxDepth / 64]uint64

// consumeContainer consumes the object or array that starts at s[i].
func consumeContainer(s string, i, depth int) (int, Fault) {
	end, f := scanContainer(s, i, depth, nil)
	if f == needSpill {
		return consumeDeep(s, i, depth)
	}
	return end, f
}

// consumeDeep is consumeContainer for more than 64 open containers. It starts again
// from the first one, which at most doubles the work, so that other texts do not
// take the stack for a spill.
//
//go:noinline
func consumeDeep(s string, i, depth int) (int, Fault) {
	var deep spill
	return scanContainer(s, i, depth, &deep)
}

// scanContainer is a pushdown automaton over the tokens of the container that
// starts at s[i]. Its stack is a bit for each open container, 1 for an object: the
// innermost 64 in stack, the others in deep.
//
// Nearly all of the time is spent here, so the common form of each token is read in
// place: a string without escapes, a number without an exponent, a literal. With
// calls, flat records took twice as long. The compiler does not inline the loop over
// a string, so it is here twice, and once more in Object. A token in another form,
// or with a fault, is read by the function for all forms.
func scanContainer(s string, i, depth int, deep *spill) (end int, f Fault) {
	var (
		stack  uint64
		open   int
		object bool // the innermost container is one
	)
value: // s[i] is the first byte of a value
	if i >= len(s) {
		return len(s), WantValue
	}
	switch c := s[i]; {
	case c == '"':
		j := i + 1
		for end := min(j+kernel.Near, len(s)-8); j <= end; j += 8 {
			if w := kernel.Load(s, j); !w.IsJSONPlain() {
				j += w.JSONPlain()
				break
			}
		}
		if j+8 > len(s) {
			for j < len(s) && kernel.IsJSONPlain(s[j]) {
				j++
			}
		}
		if j < len(s) && s[j] == '"' {
			i = j + 1
			goto ended
		}
		if i, _, f = consumeChars(s, j); f != OK {
			return i, f
		}
	case c == '{' || c == '[':
		if depth+open >= MaxDepth {
			return i, Depth
		}
		if open&63 == 0 && open > 0 {
			if deep == nil {
				return i, needSpill
			}
			deep[open>>6-1] = stack
		}
		object = c == '{'
		stack = stack<<1 | uint64(c>>5&1) // '{' is 0x7b, '[' is 0x5b
		open++
		if i++; i < len(s) && s[i] <= ' ' {
			i = ConsumeSpace(s, i)
		}
		switch {
		case i >= len(s):
			return i, wantNext(object, true)
		case s[i] == c+2:
			goto end
		case !object:
			goto value
		case s[i] != '"':
			return i, WantName
		}
		goto name
	case '1' <= c && c <= '9':
		j := i + 1
		for j < len(s) && s[j]-'0' <= 9 {
			j++
		}
		if j < len(s) && s[j] == '.' {
			for j++; j < len(s) && s[j]-'0' <= 9; {
				j++
			}
		}
		if j < len(s) && s[j-1] != '.' && (s[j] == ',' || s[j] == '}' || s[j] == ']') {
			i = j
			goto ended
		}
		if i, f = ConsumeNumber(s, i); f != OK {
			return i, f
		}
	case i+4 <= len(s) && (s[i:i+4] == "true" || s[i:i+4] == "null"):
		i += 4
	case i+5 <= len(s) && s[i:i+5] == "false":
		i += 5
	default:
		if i, f = consumeScalar(s, i); f != OK {
			return i, f
		}
	}

ended: // a value ends before s[i]
	if i < len(s) && s[i] <= ' ' {
		i = ConsumeSpace(s, i)
	}
	if i >= len(s) {
		return i, wantNext(object, false)
	}
	if s[i] != ',' {
		goto end
	}
	if i++; i < len(s) && s[i] <= ' ' {
		i = ConsumeSpace(s, i)
	}
	if !object {
		goto value
	}
	if i >= len(s) || s[i] != '"' {
		return i, WantNextName
	}

name: // s[i] is the first quote of a member's name
	{
		j := i + 1
		for end := min(j+kernel.Near, len(s)-8); j <= end; j += 8 {
			if w := kernel.Load(s, j); !w.IsJSONPlain() {
				j += w.JSONPlain()
				break
			}
		}
		if j+8 > len(s) {
			for j < len(s) && kernel.IsJSONPlain(s[j]) {
				j++
			}
		}
		if j+1 < len(s) && s[j] == '"' && s[j+1] == ':' {
			if i = j + 2; i < len(s) && s[i] <= ' ' {
				i = ConsumeSpace(s, i)
			}
			goto value
		}
		if i, _, f = consumeChars(s, j); f != OK {
			return i, f
		}
		if i, f = consumeColon(s, i); f != OK {
			return i, f
		}
		goto value
	}

end: // s[i] should be the end of the container
	if c := s[i]; c != '}' && object || c != ']' && !object {
		return i, wantNext(object, false)
	}
	i++
	if open--; open == 0 {
		return i, OK
	}
	if stack >>= 1; open&63 == 0 {
		stack = deep[open>>6-1]
	}
	object = stack&1 != 0
	goto ended
}

// wantNext returns the fault of a container that has neither a comma nor its end.
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

// consumeColon consumes a colon and the white space around it.
func consumeColon(s string, i int) (int, Fault) {
	i = ConsumeSpace(s, i)
	if i >= len(s) || s[i] != ':' {
		return i, WantColon
	}
	i++
	i = ConsumeSpace(s, i)
	return i, OK
}
