package validate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/convuser/convuser/encode/wire"
)

// The codes of [Advice].
const (
	CodeLong         Code = "long"          // longer than the service is known to take
	CodeReserved     Code = "reserved"      // an identity that the service keeps for itself
	CodeSIDShaped    Code = "sid_shaped"    // an identity that looks like a user SID
	CodeCharacter    Code = "character"     // one that the documentation advises against
	CodeControl      Code = "control"       // a control character
	CodeBidi         Code = "bidi"          // a character that turns the direction of text
	CodeRepeatedName Code = "repeated_name" // a name twice in one JSON object
	CodeBigInteger   Code = "big_integer"   // an integer beyond ±2^53
	CodeOverflow     Code = "overflow"      // a number beyond the range of a float64
	CodeEscape       Code = "escape"        // \/ or \u of printable text, which one report says is refused
)

// Advice is something legal that is likely to hurt. Like an [Error] it never
// holds the value. The zero Advice is of no use.
type Advice struct {
	// Field is the wire name, as in an Error.
	Field string
	// Code is what the advice is about.
	Code Code
	// Offset is that of the first place, in bytes from 0 within the value.
	Offset int
	// Server is the code that the service is known to answer with, such as
	// 50207, and 0 where none is known.
	Server int
	// Source says how this is known: "documented" on the vendor's pages,
	// "seen" on the wire, "inferred", or a standard.
	Source string
}

// String returns one line such as
// "Identity: byte 0: reserved by the service (server code 50203; documented)".
func (a Advice) String() string {
	var field, server string
	if a.Field != "" {
		field = a.Field + ": "
	}
	if a.Server != 0 {
		server = "server code " + strconv.Itoa(a.Server) + "; "
	}
	return field + "byte " + strconv.Itoa(a.Offset) + ": " + a.Message() + " (" + server + a.Source + ")"
}

// Message returns the words for the advice alone, without field, place and
// source, such as "reserved by the service".
func (a Advice) Message() string {
	for i := range messages {
		if messages[i].code == a.Code {
			return messages[i].text
		}
	}
	return ""
}

var messages = [...]struct {
	code Code
	text string
}{
	{CodeLong, "longer than the service is known to take"},
	{CodeReserved, "reserved by the service"},
	{CodeSIDShaped, "looks like a user SID"},
	{CodeCharacter, "a character that the documentation advises against"},
	{CodeControl, "a control character"},
	{CodeBidi, "a character that turns the direction of text"},
	{CodeRepeatedName, "a name for the second time; which one counts differs between readers"},
	{CodeBigInteger, "an integer beyond 2^53, which JavaScript rounds"},
	{CodeOverflow, "a number beyond the range of a float64"},
	{CodeEscape, "an escape that is not needed; raw UTF-8 is safer"},
}

// Limits that the documentation gives for this resource or a close one, see
// [Advice.Source].
const (
	maxCodePoints = 256
	maxAttributes = 16_384
)

// AdviseIdentity returns advice on an Identity, the first place of each
// kind: its length (over 256 code points), names that the service reserves,
// the shape of a user SID, and characters. It returns nil for none.
func AdviseIdentity(s string) []Advice {
	var list []Advice
	list = adviseLong(list, "Identity", s, 50207, "code documented; the figure for a Participant's identity")
	switch s {
	case "system", "private", "unique":
		list = append(list, Advice{"Identity", CodeReserved, 0, 50203, "code documented; the names from a sister product"})
	}
	if isUserSID(s) {
		list = append(list, Advice{"Identity", CodeSIDShaped, 0, 50206, "documented"})
	}
	return adviseCharacters(list, "Identity", s)
}

// AdviseFriendlyName returns advice on a FriendlyName, the first place of
// each kind: its length (over 256 code points) and characters. It returns
// nil for none.
func AdviseFriendlyName(s string) []Advice {
	list := adviseLong(nil, "FriendlyName", s, 50003, "code documented; the figure for a Conversation's")
	return adviseCharacters(list, "FriendlyName", s)
}

// isUserSID reports whether s is US and 32 lower-case hex digits.
func isUserSID(s string) bool {
	if _, c, _ := sid("US", s); c != "" {
		return false
	}
	for i := 2; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'F' {
			return false
		}
	}
	return true
}

// adviseLong adds advice at the code point behind the last that is known to
// be taken.
func adviseLong(list []Advice, field, s string, server int, source string) []Advice {
	n := 0
	for i := range s {
		if n++; n > maxCodePoints {
			return append(list, Advice{field, CodeLong, i, server, source})
		}
	}
	return list
}

// adviseCharacters adds advice on single characters.
func adviseCharacters(list []Advice, field, s string) []Advice {
	var found [len(characterCodes)]bool
	for i, r := range s {
		k := characterKind(r)
		if k < 0 || found[k] {
			continue
		}
		found[k] = true
		list = append(list, Advice{field, characterCodes[k], i, 0, characterSources[k]})
	}
	return list
}

var (
	characterCodes   = [...]Code{CodeCharacter, CodeControl, CodeBidi}
	characterSources = [...]string{"documented", "Unicode general category Cc", "Unicode UAX #9, explicit formatting"}
)

// characterKind returns the index of r's kind in characterCodes, or -1.
func characterKind(r rune) int {
	switch r {
	case '!', '*', '\'', '(', ')', ';', ':', '@', '&', '=', '+', '$', ',', '/', '?', '%', '#', '[', ']':
		return 0
	case 0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069:
		return 2
	}
	if r < 0x20 || 0x7f <= r && r < 0xa0 {
		return 1
	}
	return -1
}

// AdviseAttributes returns advice on Attributes: more than 16,384 bytes, and
// the first repeated name in one object, integer beyond ±2^53, number that
// overflows a float64, needless escape, control and bidi character of its
// strings. It returns nil for none, and for a text that [Attributes] rejects.
// For n bytes it takes O(n log n) time and O(n) memory.
func AdviseAttributes(s string) []Advice {
	if _, f := wire.ConsumeObjectText(s); f != wire.OK {
		return nil
	}
	w := attributesWalk{s: s}
	for k := range w.first {
		w.first[k] = -1
	}
	if len(s) > maxAttributes {
		w.note(long, maxAttributes)
	}
	w.tokens()
	w.findRepeated()
	return w.advice()
}

// The kinds of advice on Attributes, in the order in which it is given. They
// index attributesAdvice.
const (
	long = iota
	repeatedName
	bigInteger
	overflow
	needlessEscape
	control
	bidi
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
}

// attributesWalk goes over the tokens of a valid text once.
type attributesWalk struct {
	s     string
	first [attributesKinds]int // the first offset of each kind, or -1
	names []memberName
}

// A memberName is an unescaped name with the offsets of the brace of its
// object, which tells objects apart, and of the name.
type memberName struct {
	object, at int
	name       string
}

// note keeps the first place of a kind; tokens come in order.
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

// findRepeated notes the first name that its object had before. It sorts: the
// hashes of a map would be the same in every instance of the WebAssembly
// module, and whoever knows them could make names that collide.
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

// str looks at the characters and escapes between two quotes.
func (w *attributesWalk) str(start, end int) {
	for i := start; i < end; {
		r, n := utf8.DecodeRuneInString(w.s[i:end])
		if r == '\\' {
			n = w.escape(i)
		} else {
			w.character(i, r)
		}
		i += n
	}
}

func (w *attributesWalk) character(at int, r rune) {
	switch characterKind(r) {
	case 1:
		w.note(control, at)
	case 2:
		w.note(bidi, at)
	}
}

// escape looks at the escape sequence at s[i] and returns its length.
func (w *attributesWalk) escape(i int) int {
	var buf [utf8.UTFMax + 3]byte
	n := 2
	switch w.s[i+1] {
	case 'n', 'r', 't':
		return n // lines and columns are what long text has
	}
	if w.s[i+1] == 'u' {
		n = 6
		if hi := w.s[i+2] | 0x20; hi == 'd' && w.s[i+3] >= '8' { // a surrogate pair
			n = 12
		}
	}
	wrote, _, _ := wire.CopyChars(buf[:], w.s[i:i+n], 0)
	r, _ := utf8.DecodeRuneInString(string(buf[:wrote]))
	w.character(i, r)
	printable := r >= ' ' && r != '"' && r != '\\' && characterKind(r) <= 0
	if printable && (n > 2 || w.s[i+1] == '/') {
		w.note(needlessEscape, i)
	}
	return n
}

// number looks at a number: the contract has no range, but readers do.
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

// firstInfinite is the least number that rounds to infinity, 2^1024 - 2^970.
const firstInfinite = "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070" +
	"9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447" +
	"5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904" +
	"174497792"

// overflows reports whether a number without its sign rounds to infinity as a
// float64: whether it is firstInfinite or more. It compares digits, since
// strconv.ParseFloat reads an exponent up to 10,000 only, and is 20 KB of the
// WebAssembly module, which has 72.
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
		magnitude++ // the point itself is none of the zeros
	}
	magnitude += exponent
	return magnitude > len(firstInfinite) || magnitude == len(firstInfinite) && reachesInfinity(digits[first:])
}

// cutExponent returns what stands before the exponent and the exponent. One
// that outweighs any number of digits is cut down to that.
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

// reachesInfinity reports whether digits, with a point somewhere among them
// that does not count, are those of firstInfinite or more.
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
	return false // zeros follow, where firstInfinite has other digits
}
