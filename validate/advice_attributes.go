package validate

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire"
)

// The kinds of advice on Attributes, in the order of the advice.
const (
	long = iota
	repeatedName
	bigInteger
	overflow
	needlessEscape
	control
	bidi
	replacement
	mojibake
	attributesKinds
)

var attributesAdvice = [attributesKinds]Advice{
	long:           {"Attributes", CodeLong, 0, 50303, "code documented; the figure for a Conversation's"},
	repeatedName:   {"Attributes", CodeRepeatedName, 0, 0, "RFC 8259 section 4"},
	bigInteger:     {"Attributes", CodeBigInteger, 0, 0, "RFC 8259 section 6"},
	overflow:       {"Attributes", CodeOverflow, 0, 0, "RFC 8259 section 6"},
	needlessEscape: {"Attributes", CodeEscape, 0, 50304, "seen, one report"},
	control:        {"Attributes", CodeControl, 0, 0, "Unicode general category Cc"},
	bidi:           {"Attributes", CodeBidi, 0, 0, "Unicode UAX #9, explicit formatting"},
	replacement:    {"Attributes", CodeReplacement, 0, 0, sourceReplacement},
	mojibake:       {"Attributes", CodeMojibake, 0, 0, sourceMojibake},
}

// An attributesWalk visits the tokens of a valid text once.
type attributesWalk struct {
	s     string
	first [attributesKinds]int // the first offset of each kind, or -1
	names []memberName
}

// A memberName is an unescaped name at an offset, with the offset of the brace of
// its object, which identifies the object.
type memberName struct {
	object, at int
	name       string
}

// note keeps the first offset of a kind.
func (w *attributesWalk) note(kind, at int) {
	if w.first[kind] < 0 {
		w.first[kind] = at
	}
}

func (w *attributesWalk) advice() (list []Advice) {
	for k, at := range w.first {
		if at >= 0 {
			a := attributesAdvice[k]
			a.Offset = at
			list = append(list, a)
		}
	}
	return list
}

// tokens visits every string and number. A string is a name where a colon
// follows it, and its object is the innermost open container.
func (w *attributesWalk) tokens() {
	var open []int
	for i := 0; i < len(w.s); {
		switch c := w.s[i]; {
		case c == '{' || c == '[':
			open = append(open, i)
			i++
		case c == '}' || c == ']':
			open = open[:len(open)-1]
			i++
		case c == '"':
			end, saved, _ := wire.ConsumeString(w.s, i)
			if next := wire.ConsumeSpace(w.s, end); next < len(w.s) && w.s[next] == ':' {
				w.names = append(w.names, memberName{open[len(open)-1], i, wire.Unescape(w.s[i+1:end-1], saved)})
			}
			w.str(i+1, end-1)
			i = end
		case c == '-' || c-'0' <= 9:
			end, _ := wire.ConsumeNumber(w.s, i)
			w.number(i, w.s[i:end])
			i = end
		default:
			i++
		}
	}
}

// findRepeated notes the first name that its object had before. It sorts the names
// instead of using a map, whose hashes are the same in every instance of the
// WebAssembly module, so that an attacker could choose names that collide.
func (w *attributesWalk) findRepeated() {
	slices.SortFunc(w.names, func(a, b memberName) int {
		return cmp.Or(cmp.Compare(a.object, b.object), strings.Compare(a.name, b.name), cmp.Compare(a.at, b.at))
	})
	for i, n := range w.names {
		if i > 0 && w.names[i-1].object == n.object && w.names[i-1].name == n.name {
			if at := w.first[repeatedName]; at < 0 || n.at < at {
				w.first[repeatedName] = n.at
			}
		}
	}
}

// str checks the characters and escapes between two quotes.
func (w *attributesWalk) str(start, end int) {
	var m mojibakeReader
	for i := start; i < end; {
		r, n := utf8.DecodeRuneInString(w.s[i:end])
		if r == '\\' {
			r, n = w.escape(i)
		} else {
			w.character(i, r)
		}
		if at := m.read(i, r); at >= 0 {
			w.note(mojibake, at)
		}
		i += n
	}
}

func (w *attributesWalk) character(at int, r rune) {
	switch kind := characterKind(r); {
	case kind == ofControl:
		w.note(control, at)
	case kind == ofBidi:
		w.note(bidi, at)
	case isReplacement(r):
		w.note(replacement, at)
	}
}

// escape checks the escape sequence at s[i], and returns its character and its
// length.
func (w *attributesWalk) escape(i int) (r rune, n int) {
	n = 2
	switch w.s[i+1] {
	case 'n', 'r', 't':
		return ' ', n // line breaks and tabs are common in long text
	case 'u':
		n = 6
		if hi := w.s[i+2] | 0x20; hi == 'd' && w.s[i+3] >= '8' { // a surrogate pair
			n = 12
		}
	}
	var buf [utf8.UTFMax + 3]byte
	wrote, _, _ := wire.CopyChars(buf[:], w.s[i:i+n], 0)
	r, _ = utf8.DecodeRuneInString(string(buf[:wrote]))
	w.character(i, r)
	kind := characterKind(r)
	printable := kind != ofControl && kind != ofBidi && r != '"' && r != '\\'
	if printable && (n > 2 || w.s[i+1] == '/') {
		w.note(needlessEscape, i)
	}
	return r, n
}

// number checks a number against the ranges of common readers; the contract has
// no range.
func (w *attributesWalk) number(at int, text string) {
	if text[0] == '-' {
		text = text[1:]
	}
	if !strings.ContainsAny(text, ".eE") && beyond53(text) {
		w.note(bigInteger, at)
	}
	if overflows(text) {
		w.note(overflow, at)
	}
}

// beyond53 reports whether the integer is beyond 2^53.
func beyond53(text string) bool {
	const limit = "9007199254740992"
	return len(text) > len(limit) || len(text) == len(limit) && text > limit
}

// firstInfinite is the smallest number that rounds to infinity, 2^1024 - 2^970.
const firstInfinite = "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070" +
	"9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447" +
	"5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904" +
	"174497792"

// overflows reports whether a number without its sign rounds to infinity as a
// float64: whether it is firstInfinite or more. It compares digits, since
// strconv.ParseFloat reads exponents up to 10,000 only, and takes 20 KB in the
// WebAssembly module.
func overflows(text string) bool {
	digits, exponent := cutExponent(text)
	first := 0 // the first digit that is not 0
	for first < len(digits) && (digits[first] == '0' || digits[first] == '.') {
		first++
	}
	point := len(digits)
	for i := range len(digits) {
		if digits[i] == '.' {
			point = i
		}
	}
	if first == len(digits) {
		return false // zero
	}
	magnitude := point - first // the number is 0.ddd times 10 to this
	if magnitude < 0 {
		magnitude++ // the point is not a zero
	}
	magnitude += exponent
	return magnitude > len(firstInfinite) || magnitude == len(firstInfinite) && reachesInfinity(digits[first:])
}

// cutExponent returns what is before the exponent, and the exponent, limited to
// more than the digits can make up for.
func cutExponent(text string) (digits string, exponent int) {
	limit := len(text) + 2*len(firstInfinite)
	for i := range len(text) {
		if text[i]|0x20 != 'e' {
			continue
		}
		rest := text[i+1:]
		negative := rest[0] == '-'
		if negative || rest[0] == '+' {
			rest = rest[1:]
		}
		for k := range len(rest) {
			exponent = min(10*exponent+int(rest[k]-'0'), limit)
		}
		if negative {
			exponent = -exponent
		}
		return text[:i], exponent
	}
	return text, 0
}

// reachesInfinity reports whether digits are those of firstInfinite or more. A
// point among them does not count.
func reachesInfinity(digits string) bool {
	n := 0
	for i := range len(digits) {
		switch c := digits[i]; {
		case c == '.':
			continue
		case c != firstInfinite[n]:
			return c > firstInfinite[n]
		}
		if n++; n == len(firstInfinite) {
			return true
		}
	}
	return false // firstInfinite has more digits that are not 0
}
