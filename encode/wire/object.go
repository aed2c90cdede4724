package wire

import (
	"strings"

	"github.com/convuser/convuser/encode/wire/internal/kernel"
)

// Kinds is a set of JSON types (RFC 8259 section 3). The zero Kinds is empty.
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

// A Field is a known member of an [Object]: its name, of at most 32 bytes, and the
// types that its value may have.
type Field struct {
	Name string
	Want Kinds
}

// A Span is the part s[Start:End] of a text.
type Span struct{ Start, End int }

// A Member is a known member that has been read. The zero Member is absent.
type Member struct {
	Span         // the value in the text; for a string, without the quotes
	Kind   Kinds // the value's type
	Escape bool  // the value is a string with escapes, and not Copied
	Copied bool  // the value is in the arena, unescaped, and Span is its place there
}

// An Object reads one JSON object (RFC 8259 section 4) with known members, once. The
// caller provides the memory, so that reading does not allocate.
type Object struct {
	// Fields are the known members. Reading is fastest if they come in this
	// order. Names must be equal after unescaping.
	Fields []Field
	// Members has one element for each field; all must be zero.
	Members []Member
	// Runs receives the runs of unknown members, each from its first name to
	// its last value; see [Object.Unknown]. Its length is len(Fields)+1. If it
	// is nil, unknown members are checked and skipped.
	Runs []Span
	// Strict makes an unknown name a fault.
	Strict bool
	// Forbid makes every known name the fault Repeated; Members may be nil.
	Forbid bool
	// Sub reads the value of the field with the index SubField if that is an
	// object. It may be nil.
	Sub      *Object
	SubField int

	// Unescaped is set to the sum of the lengths of the values with Escape,
	// those in Sub not counted.
	Unescaped int
	// Field is set to the index of the field whose name or value has a fault,
	// -1 if none has. InSub says that the fault is in Sub.
	Field int
	InSub bool

	runs int // how many elements of Runs are set
}

// Unknown returns the elements of Runs that were set.
func (o *Object) Unknown() []Span { return o.Runs[:o.runs] }

// ConsumeText reads a whole JSON text that is the object. It may unescape a long
// string into a while reading; a may be nil.
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

// Consume reads the object whose opening brace is s[i], with depth containers
// around it, and returns the offset after it. The faults are those of JSON and, at
// the name or value, [Repeated], [Unknown], [Null] and [WrongType]. It uses a as
// ConsumeText does.
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

// ConsumeMembers reads a text of one or more members, separated by commas, of an
// object with depth containers around it.
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

// consumeMembers reads members, separated by commas, from s[i] on, and the white
// space after the last.
func (o *Object) consumeMembers(s string, i, depth int, a *Arena) (end int, f Fault) {
	k := -1        // the last field that was read
	isRun := false // the member before this one was unknown
	for {
		start, field := i, k+1 // fields mostly come in order
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

// keep adds the unknown member at sp to Runs, or to the last run if the member
// before it is unknown, too.
func (o *Object) keep(sp Span, isRun bool) {
	switch {
	case o.Runs == nil:
	case isRun:
		o.Runs[o.runs-1].End = sp.End
	default: // there is a known member between two runs, so Runs has room
		o.Runs[o.runs] = sp
		o.runs++
	}
}

// nextValue returns the offset of the value of field k if its name is at s[i] for the
// first time, without escapes or white space, and otherwise 0.
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

// consumeName consumes the name at s[i], its colon and the white space around that.
// It returns the index of the field, -1 for an unknown name.
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

// consumeAnyName consumes a name, from its first char on, and returns the index of
// its field, or -1.
func (o *Object) consumeAnyName(s string, i int) (k, end int, f Fault) {
	n, escapes := kernel.JSONChars(s[i:])
	if end = i + n; escapes == 0 && end < len(s) && s[end] == '"' {
		return o.find(s[i:end]), end + 1, OK
	}
	if end, _, f = consumeChars(s, i); f != OK {
		return -1, end, f
	}
	var buf [maxName]byte
	wrote, _, _ := CopyChars(buf[:], s, i) // no known name is longer
	return o.find(string(buf[:wrote])), end, OK
}

// find returns the index of the field with this name, or -1.
func (o *Object) find(name string) int {
	for k := range o.Fields {
		if o.Fields[k].Name == name {
			return k
		}
	}
	return -1
}

// maxName is the maximum length of a known name, in bytes, and that of a string which
// the compiler makes without an allocation.
const maxName = 32

// consumeValue consumes the value of field k at s[i] and sets its Member. For an
// unknown name, k is -1.
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

// consumeEscaped consumes the rest of a string, from the char at s[j] on, which is
// probably an escape, and sets m. The first char is s[i].
func (o *Object) consumeEscaped(s string, i, j int, m *Member, a *Arena) (end int, f Fault) {
	near := s[:min(len(s), j+long)]
	end, saved, f := consumeChars(near, j)
	if f != OK && len(near) < len(s) { // it may be long
		if a != nil && strings.IndexByte(near[j:], '\\') >= 0 {
			a.Grow(len(s)) // enough for all strings
			if sp, quote, ok := a.collectChars(s, i); ok {
				m.Span, m.Kind, m.Copied = sp, StringKind, true
				return quote + 1, OK
			}
		}
		end, saved, f = consumeChars(s, j)
	}
	m.Span, m.Kind, m.Escape = Span{i, end - 1}, StringKind, saved > 0 // not used if there is a fault
	if saved > 0 {
		o.Unescaped += end - 1 - i - saved
	}
	return end, f
}

// long is the approximate length in bytes from which a string with escapes is
// unescaped while it is read.
const long = 256

// wrongKind returns the fault of a value at s[i] whose first byte shows that it has
// the wrong type, unless it is not valid at all.
func wrongKind(s string, i int, kind Kinds) (int, Fault) {
	if end, f := consumeStart(s, i); f != OK {
		return end, f
	}
	if kind == NullKind {
		return i, Null
	}
	return i, WrongType
}

// consumeTextStart consumes the white space before an object that is a whole text,
// and returns the offset of its opening brace.
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

// ConsumeObjectText consumes a whole JSON text that is one object, with any members.
// A value of another type is a [WrongType] at its first byte.
func ConsumeObjectText(s string) (end int, f Fault) {
	i := 0
	if s == "" || s[0] != '{' {
		if i, f = consumeTextStart(s); f != OK {
			return i, f
		}
	}
	if end, f = scanContainer(s, i, 0, nil); f == needSpill { // consumeContainer without a call
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
