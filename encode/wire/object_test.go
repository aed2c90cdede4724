package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/wire"
)

var fields = []wire.Field{
	{Name: "a", Want: wire.StringKind | wire.NullKind},
	{Name: "b", Want: wire.StringKind},
	{Name: "c", Want: wire.StringKind | wire.ObjectKind},
	{Name: "long name", Want: wire.AnyKind},
	{Name: "n", Want: wire.NumberKind | wire.NullKind},
	{Name: "a/b", Want: wire.StringKind},
}

// read reads s with these fields, and an object in c with another.
func read(s string, strict bool) (o *wire.Object, end int, f wire.Fault) {
	sub := &wire.Object{Fields: []wire.Field{{Name: "x", Want: wire.StringKind}}, Members: make([]wire.Member, 1), Runs: make([]wire.Span, 2)}
	o = &wire.Object{Fields: fields, Members: make([]wire.Member, len(fields)), Runs: make([]wire.Span, len(fields)+1), Sub: sub, SubField: 2, Strict: strict}
	end, f = o.ConsumeText(s, new(wire.Arena))
	return o, end, f
}

// TestObjectFaults: the offset and field of each fault, -1 for no field.
func TestObjectFaults(t *testing.T) {
	type fault struct {
		End   int
		Fault wire.Fault
		Field int
		InSub bool
	}
	for s, want := range map[string]fault{
		`{}`:                                {2, wire.OK, -1, false},
		` { } `:                             {5, wire.OK, -1, false},
		`{"a":"1","b":"2"}`:                 {17, wire.OK, -1, false},
		`{"a":"1"`:                          {8, wire.WantMemberEnd, -1, false},
		`{"a":"1";`:                         {8, wire.WantMemberEnd, -1, false},
		`{"a":"1",`:                         {9, wire.WantNextName, -1, false},
		`{"a":"1",}`:                        {9, wire.WantNextName, -1, false},
		`{"a":"1" , x`:                      {11, wire.WantNextName, -1, false},
		`{"a" "1"}`:                         {5, wire.WantColon, 0, false},
		`{"a"`:                              {4, wire.WantColon, 0, false},
		`{"a":`:                             {5, wire.WantValue, 0, false},
		`{"a": `:                            {6, wire.WantValue, 0, false},
		`{"a":}`:                            {5, wire.WantValue, 0, false},
		`{"a":1}`:                           {5, wire.WrongType, 0, false},
		`{"b":null}`:                        {5, wire.Null, 1, false},
		`{"a":"1","a":"2"}`:                 {9, wire.Repeated, 0, false},
		`{"a":null,"a":"2"}`:                {10, wire.Repeated, 0, false},
		`{"a":"1","\u0061":"2"}`:            {9, wire.Repeated, 0, false},
		`{"b":"1","a":"2","b":3}`:           {17, wire.Repeated, 1, false},
		`{"b":"1","a":"2","c":"3","b":"4"}`: {25, wire.Repeated, 1, false}, // the expected one was read before
		`{"long name":"1","n":"2"}`:         {21, wire.WrongType, 4, false},
		`{"a":"1",xb":"2"}`:                 {9, wire.WantNextName, -1, false},
		`{"a":"1","bx:"2"}`:                 {14, wire.WantColon, -1, false},
		`{"a":"\x"}`:                        {7, wire.WantEscape, 0, false},
		`{"a":"1","b":"` + "\x01":           {14, wire.Control, 1, false},
		`{"y":}`:                            {5, wire.WantValue, -1, false},
		`{"y"1}`:                            {4, wire.WantColon, -1, false},
		`{"y":1,"b":2}`:                     {11, wire.WrongType, 1, false},
		`{"y\`:                              {4, wire.WantEscape, -1, false},
		`{1}`:                               {1, wire.WantName, -1, false},
		`{`:                                 {1, wire.WantName, -1, false},
		`[]`:                                {0, wire.WrongType, -1, false},
		`-`:                                 {1, wire.WantDigit, -1, false},
		`{"c":{"x":1}}`:                     {10, wire.WrongType, 2, true},
		`{"c":{"x":"1","x":""}}`:            {14, wire.Repeated, 2, true},
		`{"c":{"x":"1","y":}}`:              {18, wire.WantValue, 2, true},
		`{"c":{"x":"1"}`:                    {14, wire.WantMemberEnd, -1, false},
		`{"c":"1"}x`:                        {9, wire.Trailing, -1, false},
	} {
		o, end, f := read(s, false)
		if diff := cmp.Diff(want, fault{end, f, o.Field, o.InSub}); diff != "" {
			t.Errorf("%s, -want +got:\n%s", s, diff)
		}
	}
	for s, want := range map[string]fault{`{"y":1}`: {1, wire.Unknown, -1, false}, `{"a":"1","\u0079":1}`: {9, wire.Unknown, -1, false}, `{"a":"1"}`: {9, wire.OK, -1, false}} {
		o, end, f := read(s, true)
		if diff := cmp.Diff(want, fault{end, f, o.Field, o.InSub}); diff != "" {
			t.Errorf("strict, %s, -want +got:\n%s", s, diff)
		}
	}
}

// TestObjectMembers: members in any order, with white space and escapes.
func TestObjectMembers(t *testing.T) {
	orders := [][]int{{0, 1, 2, 3}, {0, 2, 1, 3}, {3, 2, 1, 0}, {2, 1, 0, 3}, {1, 0, 2, 3}, {0, 2, 3, 1}, {2, 0, 1}, {0}, {3}, {1, 3}}
	values := []string{`"v"`, `"a longer value, of words"`, `"\n"`, `"\"\u00e9\""`, `""`}
	spaces := []string{"", " ", "  ", "\n\t"}
	names := []string{`"a"`, `"b"`, `"c"`, `"long name"`}
	escaped := []string{`"\u0061"`, `"\u0062"`, `"\u0063"`, `"long\u0020name"`}
	for k, order := range orders {
		for i := range len(values) * len(spaces) * 2 {
			space := spaces[i%len(spaces)]
			s, want, unescaped := "{", make([]wire.Member, len(fields)), 0
			for n, field := range order {
				value := values[(i+n)%len(values)]
				name := names[field]
				if i%2 == 1 && n == k%2 {
					name = escaped[field]
				}
				if n > 0 {
					s += "," + space
				}
				s += name + ":" + space
				want[field] = wire.Member{Span: wire.Span{Start: len(s) + 1, End: len(s) + len(value) - 1}, Kind: wire.StringKind, Escape: value[1] == '\\'}
				switch value {
				case `"\n"`:
					unescaped++
				case `"\"\u00e9\""`:
					unescaped += 4
				}
				s += value + space
			}
			s += "}"
			o, end, f := read(s, false)
			if end != len(s) || f != wire.OK || o.Unescaped != unescaped {
				t.Fatalf("%s: %d %v, %d bytes unescaped, want %d", s, end, f, o.Unescaped, unescaped)
			}
			for m := range want {
				if want[m] != o.Members[m] {
					t.Fatalf("%s: member %d is %+v, want %+v", s, m, o.Members[m], want[m])
				}
			}
		}
	}
}

// TestObjectNotStrings: values that are not strings, and unusual names.
func TestObjectNotStrings(t *testing.T) {
	s := `{"long name":[1],"c":{"x":"y"},"a":null}`
	o, _, f := read(s, false)
	want := []wire.Member{{Span: wire.Span{Start: 35, End: 39}, Kind: wire.NullKind}, {}, {Span: wire.Span{Start: 21, End: 30}, Kind: wire.ObjectKind}, {Span: wire.Span{Start: 13, End: 16}, Kind: wire.ArrayKind}, {}, {}}
	if diff := cmp.Diff(want, o.Members); diff != "" || f != wire.OK {
		t.Errorf("%v, -want +got:\n%s", f, diff)
	}
	if o, _, f := read(`{"a\/b":"z"}`, false); f != wire.OK || o.Members[5].Kind != wire.StringKind {
		t.Errorf("a name with a solidus: %v, %+v", f, o.Members)
	}
	for _, name := range []string{`\u006cong name`, `long\u0020name`} {
		if o, _, f := read(`{"`+name+`":"z"}`, false); f != wire.OK || o.Members[3].Kind != wire.StringKind {
			t.Errorf("%s: %v, %+v", name, f, o.Members)
		}
	}
	for _, name := range []string{`long name\u0020`, `\u006cong nam`, `\u0061aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, `lon`, `long namE`, `xlong name`} {
		if o, _, f := read(`{"`+name+`":"z"}`, false); f != wire.OK || len(o.Unknown()) != 1 {
			t.Errorf("%s: %v, %+v", name, f, o.Members)
		}
	}
}

// TestObjectFirstName: what is nearly the first field's name, and where it is
// longer than all that stands before it.
func TestObjectFirstName(t *testing.T) {
	for _, name := range []string{"a", "a:", "a name that is long"} {
		for s, want := range map[string]wire.Fault{
			`{"` + name + `":"v"}`: wire.OK, `{"` + name + `";"v"}`: wire.WantColon, `{"` + name + `" :"v"}`: wire.OK,
			`{"` + name + `x":1}`: wire.Unknown, `{":x":1}`: wire.Unknown, `{"":1}`: wire.Unknown, `{"` + name[1:] + `":1}`: wire.Unknown,
		} {
			o := wire.Object{Fields: []wire.Field{{Name: name, Want: wire.StringKind}}, Members: make([]wire.Member, 1), Strict: true}
			if _, f := o.ConsumeText(s, nil); f != want {
				t.Errorf("field %q, %s: %v, want %v", name, s, f, want)
			}
		}
	}
}

// TestObjectAnyKind: a field that may have any value, an object beside the one
// that Sub reads included.
func TestObjectAnyKind(t *testing.T) {
	for value, kind := range map[string]wire.Kinds{
		`null`: wire.NullKind, `true`: wire.BoolKind, `false`: wire.BoolKind, `0`: wire.NumberKind, `"x"`: wire.StringKind, `[]`: wire.ArrayKind, `{"x":1}`: wire.ObjectKind,
	} {
		if o, _, f := read(`{"long name":`+value+`}`, false); f != wire.OK || o.Members[3].Kind != kind {
			t.Errorf("%s: %v, %+v", value, f, o.Members[3])
		}
	}
}

// TestObjectRuns: unknown members, with the text between them.
func TestObjectRuns(t *testing.T) {
	for s, want := range map[string][]string{
		`{"y":1}`:                                     {`"y":1`},
		`{"y":1 , "z" : [2] ,"a":"b","w":{}}`:         {`"y":1 , "z" : [2]`, `"w":{}`},
		`{"a":"b","y":1,"b":"c","z":2,"c":"d","w":3}`: {`"y":1`, `"z":2`, `"w":3`},
	} {
		o, _, f := read(s, false)
		var got []string
		for _, run := range o.Unknown() {
			got = append(got, s[run.Start:run.End])
		}
		if diff := cmp.Diff(want, got); diff != "" || f != wire.OK {
			t.Errorf("%s: %v, -want +got:\n%s", s, f, diff)
		}
	}
}

// TestConsumeMembers: members alone. Field is -1 for a fault outside the fields,
// whatever it was before.
func TestConsumeMembers(t *testing.T) {
	for s, want := range map[string]struct {
		end   int
		f     wire.Fault
		field int
	}{
		`"y":1`:           {5, wire.OK, -1},
		` "y":1 , "z":2 `: {15, wire.OK, -1},
		`"y":1}`:          {5, wire.WantMemberEnd, -1},
		`"y":1,`:          {6, wire.WantNextName, -1},
		``:                {0, wire.WantNextName, -1},
		`"y":1,"b":2`:     {6, wire.Repeated, 1},
		`"\u0061":2`:      {0, wire.Repeated, 0},
		`"a`:              {2, wire.WantQuote, -1},
	} {
		o := wire.Object{Fields: fields, Forbid: true, Field: 7}
		if end, f := o.ConsumeMembers(s, 0); end != want.end || f != want.f || o.Field != want.field {
			t.Errorf("%s: %d %v, field %d, want %+v", s, end, f, o.Field, want)
		}
	}
	o := wire.Object{Fields: fields, Members: make([]wire.Member, len(fields)), Field: 7}
	if end, f := o.ConsumeMembers(`"a":"1","b":"and more"`, 0); end != 22 || f != wire.OK || o.Field != -1 {
		t.Errorf("known ones: %d %v, field %d", end, f, o.Field)
	}
}

// TestTextsInOnePass: strings and faults are the same whether long strings are
// unescaped while they are read or later, for texts that end anywhere or have an
// invalid byte anywhere.
func TestTextsInOnePass(t *testing.T) {
	for _, unit := range []string{`\"`, `plain text \n`, `é\u00e9`, `東京\\`, strings.Repeat("x", 300) + `\t`} {
		text := `{"a":"` + strings.Repeat(unit, 1+700/len(unit)) + `","b":"` + strings.Repeat(`x\"`, 200) + `"}`
		for n := range len(text) + 1 {
			onePass(t, text[:n])
			if n < len(text) {
				for _, bad := range []string{"\x01", "\xff", `"`, `\x`, `\ud800`} {
					onePass(t, text[:n]+bad+text[n:])
				}
			}
		}
	}
}

// TestLongIsCopied: a string is unescaped as it is read only where it is long,
// wherever its first escape is.
func TestLongIsCopied(t *testing.T) {
	plain := strings.Repeat("x", 400)
	for _, c := range []struct {
		value          string
		escape, copied bool
	}{
		{plain, false, false}, {`\n`, true, false}, {`a\n`, true, false},
		{`\n` + plain, false, true}, {`a\n` + plain, false, true}, {strings.Repeat(`\"`, 200), false, true},
	} {
		o, _, f := read(`{"a":"`+c.value+`","b":"`+plain+`"}`, false)
		if m := o.Members[0]; f != wire.OK || m.Escape != c.escape || m.Copied != c.copied {
			t.Errorf("%.10q, %d bytes: %v, %+v", c.value, len(c.value), f, m)
		}
	}
}

// onePass reads s without and with an arena.
func onePass(t *testing.T, s string) {
	t.Helper()
	var texts [2][2]string
	var ends [2]int
	var faults [2]wire.Fault
	for i, a := range []*wire.Arena{nil, new(wire.Arena)} {
		o := wire.Object{Fields: fields, Members: make([]wire.Member, len(fields))}
		ends[i], faults[i] = o.ConsumeText(s, a)
		for k := range texts[i] {
			switch m := &o.Members[k]; {
			case faults[i] != wire.OK:
			case m.Copied:
				texts[i][k] = a.Text(m.Span)
			case m.Escape:
				texts[i][k] = new(wire.Arena).Unescape(s[m.Start:m.End])
			default:
				texts[i][k] = s[m.Start:m.End]
			}
		}
	}
	if end, f := wire.ConsumeText(s); strings.HasPrefix(s, "{") && (ends[0] != end || faults[0] != f) {
		t.Fatalf("%q: %d %v, want %d %v", s, ends[0], faults[0], end, f)
	}
	if texts[0] != texts[1] || ends[0] != ends[1] || faults[0] != faults[1] {
		t.Fatalf("%q: %q, %d, %v, and in one pass %q, %d, %v", s, texts[0], ends[0], faults[0], texts[1], ends[1], faults[1])
	}
}

// TestAppendObject: an object with or without its member and others; on a fault
// the buffer stays as it was.
func TestAppendObject(t *testing.T) {
	key := wire.NewKey("k")
	for _, c := range []struct {
		kind    wire.Kinds
		s, rest string
		html    bool
		out     string
		at      int
		f       wire.Fault
	}{
		{0, "", "", false, `{}`, 0, wire.OK},
		{0, "left out", "", false, `{}`, 0, wire.OK},
		{wire.NullKind, "", "", false, `{"k":null}`, 0, wire.OK},
		{wire.StringKind, "", "", false, `{"k":""}`, 0, wire.OK},
		{wire.StringKind, `<"`, `"a":"<"`, false, `{"k":"<\"","a":"<"}`, 0, wire.OK},
		{wire.StringKind, `<"`, `"a":"<"`, true, `{"k":"\u003c\"","a":"\u003c"}`, 0, wire.OK},
		{wire.NullKind, "", `"a":1,"b":2`, false, `{"k":null,"a":1,"b":2}`, 0, wire.OK},
		{0, "", `"a":1`, false, `{"a":1}`, 0, wire.OK},
		{wire.StringKind, "a\xff", `x`, false, "", -1, wire.UTF8},
		{wire.StringKind, "a", `"a":1,`, false, "", 6, wire.WantNextName},
		{wire.StringKind, "a", `"a":1,"k":2`, false, "", 6, wire.Repeated},
		{0, "", `"k":2`, false, "", 0, wire.Repeated},
		{0, "", `"a":` + strings.Repeat("[", wire.MaxDepth-1), false, "", len(`"a":`) + wire.MaxDepth - 2, wire.Depth},
	} {
		if out, at, f := wire.AppendObject([]byte("lead"), &key, c.kind, c.s, c.rest, c.html); string(out) != "lead"+c.out || at != c.at || f != c.f {
			t.Errorf("%v %q %q: %q, %d, %v, want %+v", c.kind, c.s, c.rest, out, at, f, c)
		}
	}
}
