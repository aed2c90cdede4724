package wire

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
// its value may have.
type Field struct {
	Name string
	Want Kinds
	// Next is the index of the field that often follows this one where the
	// one behind it in the list does not. It only saves a search.
	Next uint8
}

// A Span is the part s[Start:End] of a text.
type Span struct{ Start, End int }

// A Member is a known member that has been read. The zero Member is absent.
type Member struct {
	Span         // the value; for a string, what stands between its quotes
	Kind   Kinds // the value's type
	Escape bool  // a string that has at least one escape sequence
}

// An Object reads one JSON object (RFC 8259 section 4) whose members are
// known. The caller owns its memory, so that reading allocates nothing.
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
func (o *Object) ConsumeText(s string) (end int, f Fault) {
	o.Field = -1
	i, f := consumeTextStart(s)
	if f != OK {
		return i, f
	}
	if i, f = o.Consume(s, i, 0); f != OK {
		return i, f
	}
	return consumeEnd(s, i)
}

// Consume reads the object whose brace is s[i]; depth is the number of
// containers that are open around it. It returns the offset behind it. The
// faults are those of JSON and, where Fields ask for them, [Repeated],
// [Unknown], [Null] and [WrongType], at the name or the value that is.
func (o *Object) Consume(s string, i, depth int) (end int, f Fault) {
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
	if i, f = o.consumeMembers(s, i, depth+1); f != OK {
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
	if end, f = o.consumeMembers(s, ConsumeSpace(s, 0), depth+1); f != OK {
		return end, f
	}
	if end < len(s) {
		return end, WantMemberEnd
	}
	return end, OK
}

// consumeMembers reads members with commas between them, the first of which
// starts at s[i], and the white space behind the last.
func (o *Object) consumeMembers(s string, i, depth int) (end int, f Fault) {
	run := false // the member before this one was unknown
	next := 0    // the field that is likely to come
	for {
		name, k := i, 0
		if k, i, f = o.consumeKnown(s, i, next); f != OK {
			o.Field = k
			return i, f
		}
		o.Field = k
		if i, f = consumeColon(s, i); f != OK {
			return i, f
		}
		if k >= 0 {
			i, f = o.consumeMember(s, i, depth, k)
			run, next = false, k+1
		} else if i, f = ConsumeValue(s, i, depth); f == OK {
			o.keep(Span{name, i}, run)
			run = true
		}
		if f != OK {
			return i, f
		}
		o.Field = -1
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

// keep adds the member at sp to Runs; run says that the member before it
// is there as well, so that both and what is between them are one run.
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

// consumeKnown consumes the name at s[i] and returns the index of its field,
// -1 where it is not known. Next is the field that is likely: it is tried
// before the name is read at all, then the one that follows in the other
// order, then all of them.
func (o *Object) consumeKnown(s string, i, next int) (k, end int, f Fault) {
	if i >= len(s) || s[i] != '"' {
		return -1, i, WantNextName
	}
	if k = -1; next < len(o.Fields) && hasName(s, i, o.Fields[next].Name) {
		k, end = next, i+len(o.Fields[next].Name)+2
	} else if next > 0 && hasName(s, i, o.Fields[o.Fields[next-1].Next].Name) {
		k = int(o.Fields[next-1].Next)
		end = i + len(o.Fields[k].Name) + 2
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
		var buf [maxName + utf8Max]byte
		n, read := CopyUnescaped(buf[:], raw)
		if read < len(raw) {
			return -1 // longer than any known name
		}
		return o.index(string(buf[:n]))
	}
	return o.index(raw)
}

// maxName is how long a known name may be, in bytes.
const (
	maxName = 28
	utf8Max = 4
)

func (o *Object) index(name string) int {
	for k := range o.Fields {
		if o.Fields[k].Name == name {
			return k
		}
	}
	return -1
}

// consumeMember consumes the value of field k at s[i] and keeps where it is.
func (o *Object) consumeMember(s string, i, depth, k int) (end int, f Fault) {
	if i >= len(s) {
		return i, WantValue
	}
	m := &o.Members[k]
	kind := kindOf(s[i])
	if kind == StringKind && o.Fields[k].Want&StringKind != 0 {
		end, saved, f := ConsumeString(s, i)
		if f != OK {
			return end, f
		}
		*m = Member{Span{i + 1, end - 1}, kind, saved > 0}
		if saved > 0 {
			o.Unescaped += end - i - 2 - saved
		}
		return end, OK
	}
	if kind&o.Fields[k].Want == 0 {
		return wrongKind(s, i, kind)
	}
	if kind == ObjectKind && o.Sub != nil && o.SubField == k {
		if end, f = o.Sub.Consume(s, i, depth); f != OK {
			o.InSub = true
			return end, f
		}
	} else if end, f = ConsumeValue(s, i, depth); f != OK {
		return end, f
	}
	*m = Member{Span{i, end}, kind, false}
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
	i, f := consumeTextStart(s)
	if f != OK {
		return i, f
	}
	if i, f = consumeContainer(s, i, 0); f != OK {
		return i, f
	}
	return consumeEnd(s, i)
}

// consumeStart consumes the first token of a value.
func consumeStart(s string, i int) (int, Fault) {
	switch s[i] {
	case '"', '{', '[':
		return i + 1, OK
	}
	return consumeScalar(s, i)
}
