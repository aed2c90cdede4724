package wire

import (
	"strings"
	"unicode/utf8"
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

// A Field is a member that an [Object] knows: its name, and the types that
// its value may have. [NewField] makes one that is recognized faster.
type Field struct {
	Name string
	Want Kinds
	// Next is the index of the field that often follows this one where the
	// one behind it in the list does not. It only saves a search.
	Next uint8

	key string // the name in quotes and a colon, with zeros up to whole words
}

// NewField returns the field of a name that needs no escape, of at most 28
// bytes.
func NewField(name string, want Kinds, next uint8) Field {
	return Field{name, want, next, padded(`"` + name + `":`)}
}

// padded returns s with zeros up to whole words.
func padded(s string) string { return s + "\x00\x00\x00\x00\x00\x00\x00"[:-len(s)&7] }

// consumeKey returns the offset behind the key where s[i:] starts with it as
// it mostly stands there, else i.
func (f *Field) consumeKey(s string, i int) int {
	if f.key == "" || i+len(f.key) > len(s) {
		return i
	}
	j := 0
	for ; j+8 < len(f.key); j += 8 {
		if load8(s, i+j) != load8(f.key, j) {
			return i
		}
	}
	n := len(f.Name) + len(`"":`)
	if differ := load8(s, i+j) ^ load8(f.key, j); differ<<(8*(len(f.key)-n)&63) != 0 {
		return i
	}
	return i + n
}

// A Span is the part s[Start:End] of a text.
type Span struct{ Start, End int }

// A Member is a known member that has been read. The zero Member is absent.
type Member struct {
	Span         // the value; for a string, what stands between its quotes
	Kind   Kinds // the value's type
	Escape bool  // a string that has at least one escape sequence, or that is Long
	Long   bool  // the Span is that of the value, unescaped, in the builder; see [Object.ConsumeTextInto]
}

// An Object reads one JSON object (RFC 8259 section 4) whose members are
// known. The caller owns its memory, so that reading allocates nothing but
// what [Object.ConsumeTextInto] says.
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

	// Unescaped is set to the number of bytes that the values of all
	// members with an escape take, those of Sub not counted.
	Unescaped int
	// Field is set to the index of the field whose name or value is at
	// fault, -1 where none is. InSub says that the fault is in Sub.
	Field int
	InSub bool

	runs int // how many elements of Runs are set
}

// Unknown returns the elements of Runs that were set.
func (o *Object) Unknown() []Span { return o.Runs[:o.runs] }

// ConsumeText reads a whole JSON text that is the object.
func (o *Object) ConsumeText(s string) (end int, f Fault) { return o.ConsumeTextInto(nil, s) }

// ConsumeTextInto is ConsumeText for those who want the values: those of
// strings with escapes that do not end within 256 bytes are appended to b while
// they are read, see [Member]. Where there are any and b is empty, room for
// len(s) bytes is made, which is enough for all that a caller copies out of s.
// Beside a fault, b is of no use. A nil b is as if no string were long.
func (o *Object) ConsumeTextInto(b *strings.Builder, s string) (end int, f Fault) {
	o.Field = -1
	i, f := consumeTextStart(s)
	if f != OK {
		return i, f
	}
	if i, f = o.consume(s, i, 0, b); f != OK {
		return i, f
	}
	return consumeEnd(s, i)
}

// Consume reads the object whose brace is s[i]; depth is the number of
// containers that are open around it. It returns the offset behind it. The
// faults are those of JSON and, where Fields ask for them, [Repeated],
// [Unknown], [Null] and [WrongType], at the name or the value that is.
func (o *Object) Consume(s string, i, depth int) (end int, f Fault) {
	return o.consume(s, i, depth, nil)
}

func (o *Object) consume(s string, i, depth int, b *strings.Builder) (end int, f Fault) {
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
	if i, f = o.consumeMembers(s, i, depth+1, b); f != OK {
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
func (o *Object) consumeMembers(s string, i, depth int, b *strings.Builder) (end int, f Fault) {
	p := prediction{last: -1}
	run := false // the member before this one was unknown
	for {
		likely := p.likely(o)
		end, f := o.consumeLikely(s, i, depth, likely, b)
		if f != OK {
			o.Field = likely
			return end, f
		}
		if end > i {
			i, p.last, run = end, likely, false
		} else {
			start, k := i, 0
			if k, i, f = o.consumeMember(s, i, depth, likely, b); f != OK {
				return i, f
			}
			if k < 0 {
				o.keep(Span{start, i}, run)
			} else {
				p.learn(o, k)
			}
			run = k < 0
		}
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

// A prediction says which known member is likely to come, from the one that
// was before it and the order that members have come in so far.
type prediction struct {
	last int  // the index of the known member before, -1 for none
	next bool // the order is that of Field.Next, not of Object.Fields
}

// likely returns the index of the field that is likely to come, len(o.Fields)
// for none.
func (p *prediction) likely(o *Object) int {
	switch {
	case o.Forbid:
		return len(o.Fields)
	case p.next:
		return int(o.Fields[p.last].Next)
	}
	return p.last + 1
}

// learn takes note that k came.
func (p *prediction) learn(o *Object, k int) {
	p.next = p.last >= 0 && k != p.last+1 && k == int(o.Fields[p.last].Next)
	p.last = k
}

// consumeLikely consumes a member whose field is k and whose value is a
// string, as nearly all are, a literal, or what Sub reads. It returns i where
// that is not what s[i] starts, without a word on why.
func (o *Object) consumeLikely(s string, i, depth, k int, b *strings.Builder) (end int, f Fault) {
	if k >= len(o.Fields) || o.Members[k].Kind != 0 {
		return i, OK
	}
	field := &o.Fields[k]
	j := field.consumeKey(s, i)
	if j+5 >= len(s) || j == i {
		return i, OK
	}
	if s[j] == ' ' {
		j++
	}
	kind, n := BoolKind, 4
	switch c := s[j]; {
	case c == '"' && field.Want&StringKind != 0:
		start := j + 1
		if j = skipPlain(s, start); j < len(s) && s[j] == '"' {
			o.Members[k] = Member{Span: Span{start, j}, Kind: StringKind}
			return j + 1, OK
		}
		return o.consumeString(s, start, j, k, b)
	case c == '{' && k == o.SubField && o.Sub != nil && field.Want&ObjectKind != 0:
		return o.consumeSub(s, j, depth, b)
	case c == 'n' && s[j:j+4] == "null":
		kind = NullKind
	case c == 't' && s[j:j+4] == "true":
	case c == 'f' && s[j:j+5] == "false":
		n = 5
	default:
		return i, OK
	}
	if kind&field.Want == 0 {
		return i, OK
	}
	o.Members[k] = Member{Span: Span{j, j + n}, Kind: kind}
	return j + n, OK
}

// consumeString consumes a string that is the value of field k, from s[start]
// on, which is plain text up to s[i].
func (o *Object) consumeString(s string, start, i, k int, b *strings.Builder) (end int, f Fault) {
	if b == nil || start+long >= len(s) {
		return o.consumeShort(s, start, i, k)
	}
	if near := s[:start+long]; i <= len(near) {
		if end, f = o.consumeShort(near, start, i, k); f == OK {
			return end, f
		}
	}
	return o.consumeLong(s, start, k, b)
}

// consumeShort is consumeString for one that is not unescaped as it goes.
func (o *Object) consumeShort(s string, start, i, k int) (end int, f Fault) {
	end, saved, f := consumeChars(s, i)
	if f != OK {
		return end, f
	}
	o.Members[k] = Member{Span: Span{start, end - 1}, Kind: StringKind, Escape: saved > 0}
	if saved > 0 {
		o.Unescaped += end - 1 - start - saved
	}
	return end, OK
}

// A string that does not end within so many bytes is long.
const long = 256

// consumeLong is consumeString for a long string, which it unescapes as it
// goes, since to go over it once more would take as long again.
//
//go:noinline
func (o *Object) consumeLong(s string, start, k int, b *strings.Builder) (end int, f Fault) {
	if i := skipPlain(s, start); i < len(s) && s[i] == '"' {
		o.Members[k] = Member{Span: Span{start, i}, Kind: StringKind}
		return i + 1, OK
	}
	was := b.Len()
	if was == 0 {
		b.Grow(len(s))
	}
	var buf [1024]byte
	for i := start; ; {
		n, next, ok := CopyChars(buf[:], s, i)
		b.Write(buf[:n])
		if !ok || next == len(s) {
			return consumeStringFrom(s, start) // says what is wrong
		}
		if i = next; s[i] == '"' {
			o.Members[k] = Member{Span{was, b.Len()}, StringKind, true, true}
			return i + 1, OK
		}
	}
}

// consumeMember consumes any member and returns the index of its field, -1
// for one that is not known. Likely is the field that is tried first.
func (o *Object) consumeMember(s string, i, depth, likely int, b *strings.Builder) (k, end int, f Fault) {
	if k, i, f = o.consumeName(s, i, likely); f != OK {
		o.Field = k
		return k, i, f
	}
	o.Field = k
	if i, f = consumeColon(s, i); f != OK {
		return k, i, f
	}
	if k < 0 {
		i, f = ConsumeValue(s, i, depth)
	} else {
		i, f = o.consumeValue(s, i, depth, k, b)
	}
	if f == OK {
		o.Field = -1
	}
	return k, i, f
}

// keep adds the unknown member at sp to Runs. Where the member before it is
// there as well, both and what is between them are one run.
func (o *Object) keep(sp Span, run bool) {
	switch {
	case o.Runs == nil:
	case run:
		o.Runs[o.runs-1].End = sp.End
	default: // at least one known member stands between two runs
		o.Runs[o.runs] = sp
		o.runs++
	}
}

// consumeName consumes the name at s[i] and returns the index of its field,
// -1 where it is not known.
func (o *Object) consumeName(s string, i, likely int) (k, end int, f Fault) {
	if i >= len(s) || s[i] != '"' {
		return -1, i, WantNextName
	}
	if likely < len(o.Fields) && hasName(s, i, o.Fields[likely].Name) {
		k, end = likely, i+len(o.Fields[likely].Name)+2
	} else {
		saved := 0
		if end, saved, f = ConsumeString(s, i); f != OK {
			return -1, end, f
		}
		k = o.find(s[i+1:end-1], saved)
	}
	if k < 0 && o.Strict {
		return k, i, Unknown
	}
	if k >= 0 && (o.Forbid || o.Members[k].Kind != 0) {
		return k, i, Repeated
	}
	return k, end, OK
}

// hasName reports whether s[i:] starts with name in quotes.
func hasName(s string, i int, name string) bool {
	end := i + 1 + len(name)
	return end < len(s) && s[end] == '"' && s[i+1:end] == name
}

// find returns the index of the field that raw names, or -1. Saved says
// whether raw has escapes, as [ConsumeString] does.
func (o *Object) find(raw string, saved int) int {
	if saved > 0 {
		var buf [maxName + utf8.UTFMax]byte
		n, read, _ := CopyChars(buf[:], raw, 0)
		if read < len(raw) {
			return -1 // longer than any known name
		}
		return o.index(string(buf[:n]))
	}
	return o.index(raw)
}

// maxName is how long a known name may be, in bytes.
const maxName = 28

func (o *Object) index(name string) int {
	for k := range o.Fields {
		if o.Fields[k].Name == name {
			return k
		}
	}
	return -1
}

// consumeValue consumes the value of field k at s[i] and keeps where it is.
func (o *Object) consumeValue(s string, i, depth, k int, b *strings.Builder) (end int, f Fault) {
	if i >= len(s) {
		return i, WantValue
	}
	kind := kindOf(s[i])
	if kind == StringKind && o.Fields[k].Want&StringKind != 0 {
		return o.consumeString(s, i+1, i+1, k, b)
	}
	if kind&o.Fields[k].Want == 0 {
		return wrongKind(s, i, kind)
	}
	if kind == ObjectKind && k == o.SubField && o.Sub != nil {
		return o.consumeSub(s, i, depth, b)
	}
	end, f = ConsumeValue(s, i, depth)
	o.Members[k] = Member{Span: Span{i, end}, Kind: kind} // beside a fault nobody looks at it
	return end, f
}

// consumeSub consumes the object at s[i], which is for Sub.
func (o *Object) consumeSub(s string, i, depth int, b *strings.Builder) (end int, f Fault) {
	if end, f = o.Sub.consume(s, i, depth, b); f != OK {
		o.InSub = true
		return end, f
	}
	o.Members[o.SubField] = Member{Span: Span{i, end}, Kind: ObjectKind}
	return end, OK
}

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
	if end, f = scanContainer(s, i, 0, nil); f == OK && end == len(s) {
		return end, f // nearly always
	}
	if f == needSpill {
		end, f = consumeDeep(s, i, 0)
	}
	if f != OK {
		return end, f
	}
	return consumeEnd(s, end)
}

// consumeStart consumes the first token of a value.
func consumeStart(s string, i int) (int, Fault) {
	switch s[i] {
	case '"', '{', '[':
		return i + 1, OK
	}
	return consumeScalar(s, i)
}
