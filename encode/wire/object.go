package wire

import (
	"strings"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// Kinds is a set of the JSON types a value can have (RFC 8259 section 3).
// The zero Kinds is that of a member that is absent.
type Kinds uint8

// The JSON types.
const (
	NullKind Kinds = 1 << iota
	BoolKind
	NumberKind
	StringKind
	ArrayKind
	ObjectKind

	// AnyKind allows every type.
	AnyKind = NullKind | BoolKind | NumberKind | StringKind | ArrayKind | ObjectKind
)

// kindOf returns the type of the value that starts with c.
func kindOf(c byte) Kinds {
	switch c {
	case '"':
		return StringKind
	case '{':
		return ObjectKind
	case '[':
		return ArrayKind
	case 't', 'f':
		return BoolKind
	case 'n':
		return NullKind
	}
	return NumberKind
}

// A Field is a member that an [Object] knows: its name, of at most 32 bytes, and
// the types that its value may have.
type Field struct {
	Name string
	Want Kinds
}

// A Span is the part s[Start:End] of a text.
type Span struct{ Start, End int }

// A Member is a known member that has been read. The zero Member is absent.
type Member struct {
	Span         // the value; for a string, what stands between its quotes
	Kind   Kinds // the value's type
	Escape bool  // a string that has an escape sequence and is not Copied
	Copied bool  // it is in the arena, unescaped, and that is where Span is
}

// An Object reads one JSON object (RFC 8259 section 4) whose members are
// known, once. The caller owns its memory, so that reading allocates nothing.
type Object struct {
	// Fields are the known members, in the order in which they are most
	// often met. Names are compared after unescaping, exactly.
	Fields []Field
	// Members has one element for each field; all must be zero.
	Members []Member
	// Runs receives the runs of members that are not known, each from its
	// first name to its last value, verbatim; see [Object.Unknown]. It has
	// len(Fields)+1 elements. Where it is nil, they are checked and skipped.
	Runs []Span
	// Strict makes an unknown name a fault.
	Strict bool
	// Forbid makes every known name a fault, as if each had been read
	// before; Members may then be nil.
	Forbid bool
	// Sub reads the value of the field at the index SubField where that is
	// an object. Nil means that no field has one.
	Sub      *Object
	SubField int

	// Unescaped is set to the number of bytes that the values of all members
	// with Escape take, those of Sub not counted.
	Unescaped int
	// Field is set to the index of the field whose name or value is at
	// fault, -1 where none is. InSub says that the fault is in Sub.
	Field int
	InSub bool

	runs int // how many elements of Runs are set
}

// Unknown returns the elements of Runs that were set.
func (o *Object) Unknown() []Span { return o.Runs[:o.runs] }

// ConsumeText reads a whole JSON text that is the object. A long string with
// escapes may be unescaped into a as it is read.
func (o *Object) ConsumeText(s string, a *Arena) (end int, f Fault) {
	o.Field = -1
	i, f := consumeTextStart(s)
	if f != OK {
		return i, f
	}
	if i, f = o.Consume(s, i, 0, a); f != OK {
		return i, f
	}
	return consumeEnd(s, i)
}

// Consume reads the object whose brace is s[i]; depth is the number of
// containers that are open around it. It returns the offset behind it. The
// faults are those of JSON and, where Fields ask for them, [Repeated],
// [Unknown], [Null] and [WrongType], at the name or the value that is. As for
// ConsumeText, a long string may be unescaped into a, which may be nil.
func (o *Object) Consume(s string, i, depth int, a *Arena) (end int, f Fault) {
	if o.Field = -1; depth >= MaxDepth {
		return i, Depth
	}
	i = ConsumeSpace(s, i+1)
	if i < len(s) && s[i] == '}' {
		return i + 1, OK
	}
	if i >= len(s) || s[i] != '"' {
		return i, WantName
	}
	if i, f = o.consumeMembers(s, i, depth+1, a); f != OK {
		return i, f
	}
	if i >= len(s) || s[i] != '}' {
		return i, WantMemberEnd
	}
	return i + 1, OK
}

// ConsumeMembers reads a text of members alone, one or more with commas
// between them, as if they stood in an object with depth containers open
// around it.
func (o *Object) ConsumeMembers(s string, depth int) (end int, f Fault) {
	o.Field = -1
	if end, f = o.consumeMembers(s, ConsumeSpace(s, 0), depth+1, nil); f != OK {
		return end, f
	}
	if end < len(s) {
		return end, WantMemberEnd
	}
	return end, OK
}

// consumeMembers reads members with commas between them, the first of which
// starts at s[i], and the white space behind the last.
func (o *Object) consumeMembers(s string, i, depth int, a *Arena) (end int, f Fault) {
	k := -1        // the last field that was read
	isRun := false // the member before this one was unknown
	for {
		start, field := i, k+1 // they mostly come in this order
		if end := o.nextValue(s, i, field); end > 0 {
			i = end
		} else if field, i, f = o.consumeName(s, i); f != OK {
			o.Field = field
			return i, f
		}
		if i, f = o.consumeValue(s, i, depth, field, a); f != OK {
			o.Field = field
			return i, f
		}
		if field < 0 {
			o.keep(Span{start, i}, isRun)
		} else {
			k = field
		}
		isRun = field < 0
		if i < len(s) && s[i] <= ' ' {
			i = ConsumeSpace(s, i)
		}
		if i >= len(s) || s[i] != ',' {
			return i, OK
		}
		if i++; i < len(s) && s[i] <= ' ' {
			i = ConsumeSpace(s, i)
		}
	}
}

// keep adds the unknown member at sp to Runs. Where the member before it is
// there as well, both and what is between them are one run.
func (o *Object) keep(sp Span, isRun bool) {
	switch {
	case o.Runs == nil:
	case isRun:
		o.Runs[o.runs-1].End = sp.End
	default: // at least one known member stands between two runs
		o.Runs[o.runs] = sp
		o.runs++
	}
}

// nextValue returns the offset of the value of field k, where its name stands at
// s[i] as it is mostly written and for the first time, and else 0.
func (o *Object) nextValue(s string, i, k int) (value int) {
	if k >= len(o.Fields) || o.Forbid || o.Members[k].Kind != 0 {
		return 0
	}
	name := o.Fields[k].Name
	end := i + len(`"`) + len(name)
	if end+2 < len(s) && s[i] == '"' && s[end] == '"' && s[end+1] == ':' && s[end+2] > ' ' && s[i+1:end] == name {
		return end + 2
	}
	return 0
}

// consumeName consumes the name at s[i], its colon and the white space around
// that. It returns the index of its field, -1 where it is not known.
func (o *Object) consumeName(s string, i int) (k, end int, f Fault) {
	if i >= len(s) || s[i] != '"' {
		return -1, i, WantNextName
	}
	if k, end, f = o.consumeAnyName(s, i+1); f != OK {
		return -1, end, f
	}
	switch {
	case k < 0 && o.Strict:
		return k, i, Unknown
	case k >= 0 && (o.Forbid || o.Members[k].Kind != 0):
		return k, i, Repeated
	}
	end, f = consumeColon(s, end)
	return k, end, f
}

// consumeAnyName consumes a name from its first char on, escapes or not, and
// returns the index of its field, or -1.
func (o *Object) consumeAnyName(s string, i int) (k, end int, f Fault) {
	n, escapes := kernel.JSONChars(s[i:])
	if end = i + n; escapes == 0 && end < len(s) && s[end] == '"' {
		return o.find(s[i:end]), end + 1, OK
	}
	if end, _, f = consumeChars(s, i); f != OK {
		return -1, end, f
	}
	var buf [maxName]byte
	wrote, _, _ := CopyChars(buf[:], s, i) // cut off where it is longer than any known one
	return o.find(string(buf[:wrote])), end, OK
}

// find returns the index of the field of this name, or -1.
func (o *Object) find(name string) int {
	for k := range o.Fields {
		if o.Fields[k].Name == name {
			return k
		}
	}
	return -1
}

// maxName is the length of the longest known name, in bytes, and of the longest
// text that the compiler makes a string of without an allocation.
const maxName = 32

// consumeValue consumes the value of field k at s[i] and keeps where it is; a k
// of -1 is that of an unknown name.
func (o *Object) consumeValue(s string, i, depth, k int, a *Arena) (end int, f Fault) {
	if k < 0 || i >= len(s) {
		return ConsumeValue(s, i, depth)
	}
	m, want := &o.Members[k], o.Fields[k].Want
	if s[i] == '"' && want&StringKind != 0 {
		j := i + 1
		for end := min(j+kernel.Near, len(s)-8); j <= end; j += 8 {
			if w := kernel.Load(s, j); !w.IsJSONPlain() {
				j += w.JSONPlain()
				break
			}
		}
		if j >= len(s) || s[j] != '"' {
			return o.consumeEscaped(s, i+1, j, m, a)
		}
		m.Span, m.Kind = Span{i + 1, j}, StringKind
		return j + 1, OK
	}
	switch kind := kindOf(s[i]); {
	case kind&want == 0:
		return wrongKind(s, i, kind)
	case kind == ObjectKind && k == o.SubField && o.Sub != nil:
		m.Kind = kind
		end, f = o.Sub.Consume(s, i, depth, a)
		o.InSub = f != OK
	default:
		m.Kind = kind
		end, f = ConsumeValue(s, i, depth)
	}
	m.Span = Span{i, end}
	return end, f
}

// consumeEscaped consumes a string from the char at s[j] on, which is likely to
// be an escape, into m; the string starts at s[i].
func (o *Object) consumeEscaped(s string, i, j int, m *Member, a *Arena) (end int, f Fault) {
	near := s[:min(len(s), j+long)]
	end, saved, f := consumeChars(near, j)
	if f != OK && len(near) < len(s) { // it may be long
		if a != nil && strings.IndexByte(near[j:], '\\') >= 0 {
			a.Grow(len(s)) // enough for all that is to come
			if sp, quote, ok := a.collectChars(s, i); ok {
				m.Span, m.Kind, m.Copied = sp, StringKind, true
				return quote + 1, OK
			}
		}
		end, saved, f = consumeChars(s, j)
	}
	m.Span, m.Kind, m.Escape = Span{i, end - 1}, StringKind, saved > 0 // beside a fault nobody looks at it
	if saved > 0 {
		o.Unescaped += end - 1 - i - saved
	}
	return end, f
}

// long is from which length on, in bytes or a little more, a string with escapes
// is unescaped as it is read.
const long = 256

// wrongKind says what is wrong with the value at s[i], of a type that its
// field does not want. That is known from its first byte, so nothing behind
// it counts, unless it is no value at all.
func wrongKind(s string, i int, kind Kinds) (int, Fault) {
	if end, f := consumeStart(s, i); f != OK {
		return end, f
	}
	if kind == NullKind {
		return i, Null
	}
	return i, WrongType
}

// consumeTextStart consumes the white space before an object that is a whole
// text, and returns the offset of its brace.
func consumeTextStart(s string) (i int, f Fault) {
	if hasBOM(s) {
		return 0, BOM
	}
	i = ConsumeSpace(s, 0)
	if i >= len(s) {
		return i, WantValue
	}
	if s[i] == '{' {
		return i, OK
	}
	if end, f := consumeStart(s, i); f != OK {
		return end, f
	}
	return i, WrongType
}

// ConsumeObjectText consumes a whole JSON text that is one object, of
// whatever members. Another type is a [WrongType] at its first byte.
func ConsumeObjectText(s string) (end int, f Fault) {
	i := 0
	if s == "" || s[0] != '{' {
		if i, f = consumeTextStart(s); f != OK {
			return i, f
		}
	}
	if end, f = scanContainer(s, i, 0, nil); f == needSpill { // as consumeContainer does, less a call
		end, f = consumeDeep(s, i, 0)
	}
	if f != OK || end == len(s) {
		return end, f
	}
	return consumeEnd(s, end)
}

// consumeStart consumes the first token of a value.
func consumeStart(s string, i int) (int, Fault) {
	if strings.IndexByte(`"{[`, s[i]) >= 0 {
		return i + 1, OK
	}
	return consumeScalar(s, i)
}
