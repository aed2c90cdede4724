package encode_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
)

const (
	// documentedForm is the contract's request.
	documentedForm = "RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&Identity=admin&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&FriendlyName=name"
	plainForm      = "Identity=admin&FriendlyName=name&RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	plainUser      = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","attributes":"{}","is_online":true,"links":{"user_conversations":"https://a/b"}}`
)

// documentedUser returns the contract's response.
func documentedUser(tb testing.TB) string {
	return vectors.Load[userVector](tb, "encode/testdata/user.json")[0].String()
}

func TestAllocs(t *testing.T) {
	r := parsed(t, documentedForm, encode.ParseForm)
	source := documentedUser(t)
	u := parsed(t, source, parseUser)
	unknown := parsed(t, `{"sid":"x","a":1,"identity":"é","b":{"c":[1]}}`, parseUser)
	buf := make([]byte, 0, 4096)
	cases := []struct {
		name string
		want float64
		call func() error
	}{
		{"request Validate", 0, r.Validate},
		{"user Validate", 0, u.Validate},
		{"AppendForm", 0, func() error { _, err := encode.AppendForm(buf, &r); return err }},
		{"AppendRequest", 0, func() error { _, err := encode.AppendRequest(buf, &r); return err }},
		{"AppendUser", 0, func() error { _, err := encode.AppendUser(buf, &u); return err }},
		{"AppendUser, HTML", 0, func() error { _, err := encode.AppendUser(buf, &u, encode.HTMLSafe); return err }},
		{"AppendUser, unknown members", 0, func() error { _, err := encode.AppendUser(buf, &unknown); return err }},
		{"AppendUser, no buffer", 1, func() error { _, err := encode.AppendUser(nil, &u); return err }},
		{"AppendForm, no buffer", 1, func() error { _, err := encode.AppendForm(nil, &r); return err }},
		{"ParseForm, no escapes", 0, func() error { _, err := encode.ParseForm(plainForm); return err }},
		{"ParseForm, escapes", 1, func() error { _, err := encode.ParseForm(documentedForm); return err }},
		{"ParseForm, three values with escapes", 1, func() error {
			_, err := encode.ParseForm("Identity=%41&FriendlyName=a+b&Attributes=%7B%7D")
			return err
		}},
		{"ParseUser, no escapes", 0, func() error { _, err := encode.ParseUser(plainUser); return err }},
		{"ParseUser, escapes", 1, func() error { _, err := encode.ParseUser(source); return err }},
		{"ParseUser, one run of unknown members", 0, func() error { _, err := encode.ParseUser(`{"sid":"x","a":1,"b":[2]}`); return err }},
		{"ParseUser, two runs and escapes", 1, func() error {
			_, err := encode.ParseUser(`{"a":1,"sid":"\n","b":2,"links":{"x":"y","user_conversations":"\n","z":{}}}`)
			return err
		}},
		{"ParseRequest, no escapes", 0, func() error { _, err := encode.ParseRequest(`{"Identity":"admin"}`); return err }},
		{"ParseRequest, escapes", 1, func() error { _, err := encode.ParseRequest(`{"Identity":"a\n","Attributes":"{\"a\":1}"}`); return err }},
	}
	none := testing.AllocsPerRun(100, func() { _ = encode.ParseError(500, "", `{"code":1,"message":"a","detail":"b"}`) })
	cases = append(cases, struct {
		name string
		want float64
		call func() error
	}{"ParseError, two texts with escapes", none + 1, func() error {
		_ = encode.ParseError(500, "", `{"code":1,"message":"abcdefghij\n","detail":"abcdefghij\n"}`)
		return nil
	}})
	for _, c := range cases {
		var err error
		if n := testing.AllocsPerRun(100, func() { err = c.call() }); n != c.want || err != nil {
			t.Errorf("%s: %v allocations, want %v; error %v", c.name, n, c.want, err)
		}
	}
}

// parseUser is encode.ParseUser as a parser with options.
func parseUser(src string, _ ...encode.Option) (user.User, error) { return encode.ParseUser(src) }

func parsed[T any](t *testing.T, src string, parse func(string, ...encode.Option) (T, error)) T {
	t.Helper()
	v, err := parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestMemory: a parser allocates at most 2n + 1 KiB for n bytes, even hostile ones.
func TestMemory(t *testing.T) {
	const n = 1 << 20
	fill := func(before, unit, after string) string {
		return before + strings.Repeat(unit, (n-len(before)-len(after))/len(unit)) + after
	}
	form := func(s string) { _, _ = encode.ParseForm(s, encode.AllowUnknown) }
	request := func(s string) { _, _ = encode.ParseRequest(s, encode.AllowUnknown) }
	full := func(s string) { _, _ = encode.ParseUser(s) }
	problem := func(s string) { _ = encode.ParseError(500, "", s) }
	answer := func(s string) { _, _ = encode.ParseResponse(201, "", s) }
	cases := []struct {
		name  string
		src   string
		parse func(string)
	}{
		{"form, all %", fill("Identity=", "%41", ""), form},
		{"form, all +", fill("Identity=", "+", ""), form},
		{"form, all &", fill("", "&", ""), form},
		{"form, unknown names", fill("", "x=%41&", ""), form},
		{"form, cut character", fill("Identity=", "%E2%82%AC", "%E2"), form},
		{"request, all escapes", fill(`{"Identity":"`, `\n`, `"}`), request},
		{"request, escaped letters", fill(`{"Identity":"`, `\u0041`, `"}`), request},
		{"request, unknown members", fill(`{"Identity":"a"`, `,"x":1`, `}`), request},
		{"user, all escapes", fill(`{"attributes":"`, `\"`, `"}`), full},
		{"user, unknown members", fill(`{"sid":"\n"`, `,"x":"\n"`, `}`), full},
		{"user, unknown around known", fill(`{"x":"`, `\n`, `","sid":"\n","y":1}`), full},
		{"user, deep", fill(`{"x":`, `[`, ``), full},
		{"user, quotes", fill(``, `"`, ``), full},
		{"user, near misses", fill(`{"sid":"x"`, `,"sie":1`, `}`), full},
		{"error, all escapes", fill(`{"message":"`, `\n`, `"}`), problem},
		{"answer, all escapes", fill(`{"message":"`, `\n`, `"}`), answer},
		{"answer, unknown around known", fill(`{"x":1,"sid":"","message":"\n`, `a`, `"}`), answer},
		{"answer, unknown and known", fill(`{"x":1,"sid":"`, `\n`, `","message":"\n`+strings.Repeat("a", n/2)+`"}`), answer},
	}
	for _, c := range cases {
		got := allocated(func() { c.parse(c.src) })
		if limit := uint64(2*len(c.src) + 1024); got > limit {
			t.Errorf("%s: %d bytes of source took %d bytes of memory, limit %d", c.name, len(c.src), got, limit)
		}
	}
}

// TestExactBuffers: a buffer of exactly the right size is not replaced, whatever
// members there are.
func TestExactBuffers(t *testing.T) {
	full := parsed(t, documentedForm, encode.ParseForm)
	u := parsed(t, documentedUser(t), parseUser)
	for name, add := range map[string]func([]byte) ([]byte, error){
		"form, empty": func(b []byte) ([]byte, error) { return encode.AppendForm(b, &user.CreateRequest{}) },
		"form":        func(b []byte) ([]byte, error) { return encode.AppendForm(b, &full) },
		"form, short": func(b []byte) ([]byte, error) { return encode.AppendForm(b, &user.CreateRequest{Identity: "é {}"}) },
		"request, short": func(b []byte) ([]byte, error) {
			return encode.AppendRequest(b, &user.CreateRequest{Identity: "é\n"})
		},
		"request":     func(b []byte) ([]byte, error) { return encode.AppendRequest(b, &full) },
		"user":        func(b []byte) ([]byte, error) { return encode.AppendUser(b, &u) },
		"user, short": func(b []byte) ([]byte, error) { return encode.AppendUser(b, &user.User{Identity: user.Some("é\n")}) },
		"user, empty": func(b []byte) ([]byte, error) { return encode.AppendUser(b, &user.User{}) },
		"user, a null": func(b []byte) ([]byte, error) {
			return encode.AppendUser(b, &user.User{SID: user.Null[user.UserSID]()})
		},
	} {
		want, err := add(nil)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, len(want))
		var got []byte
		if n := allocations(func() { got, _ = add(buf) }); n != 0 || string(got) != string(want) {
			t.Errorf("%s: %v allocations, %q", name, n, got)
		}
	}
}

// TestRoom: a buffer grows once, to the exact size or at least to twice its own,
// wherever the escapes are.
func TestRoom(t *testing.T) {
	long := strings.Repeat("\"\n<é", 500)
	plain := strings.Repeat("x", 400)
	for k := range 4 {
		text := func(i int, long string) string {
			if i == k {
				return long
			}
			return "a"
		}
		r := user.CreateRequest{Identity: text(0, long), FriendlyName: user.Some(text(1, long)), Attributes: user.Some(user.Attributes(text(2, long))), RoleSID: user.Some(user.RoleSID(text(3, plain)))}
		makesRoomOnce(t, "AppendForm", func(b []byte) ([]byte, error) { return encode.AppendForm(b, &r) })
		makesRoomOnce(t, "AppendRequest", func(b []byte) ([]byte, error) { return encode.AppendRequest(b, &r) })
	}
	const n = user.NumMembers
	for k := range n + 3 {
		text := func(i int, kind user.Kind) string {
			switch {
			case i != k:
				return "a"
			case kind == user.TextKind, kind == user.AttributesKind:
				return long
			}
			return plain
		}
		u := user.User{Unknown: `"y":"` + text(n+2, user.URIKind) + `"`}
		u.Links = user.Some(user.Links{UserConversations: user.Some(text(n, user.URIKind)), Unknown: `"x":"` + text(n+1, user.URIKind) + `"`})
		refs := u.Refs()
		for i, m := range user.UserMembers() {
			if refs[i].SetText(user.Some(text(i, m.Kind))); refs[i].Bool != nil {
				*refs[i].Bool = user.Some(false)
			}
		}
		makesRoomOnce(t, "AppendUser", func(b []byte) ([]byte, error) { return encode.AppendUser(b, &u) })
	}
}

// makesRoomOnce appends to nil and to a full buffer.
func makesRoomOnce(t *testing.T, name string, add func([]byte) ([]byte, error)) {
	t.Helper()
	for _, lead := range []int{0, 5000} {
		dst := make([]byte, lead)
		var out []byte
		n := allocations(func() { out, _ = add(dst) })
		if want := max(len(out), 2*lead); n != 1 || cap(out) != want {
			t.Errorf("%s behind %d: %v allocations, room for %d, want %d", name, lead, n, cap(out), want)
		}
	}
}

// TestUserTexts: all text that is copied shares one allocation, of its own size
// or, with a long value, of the source's. A single run of unknown members is not
// copied.
func TestUserTexts(t *testing.T) {
	for _, size := range []int{240, 512} { // short, and long
		testUserTexts(t, size)
	}
}

func testUserTexts(t *testing.T, size int) {
	half := strings.Repeat("x", size)
	escaped := `\n` + half[1:]
	run := func(name string) string { return `"` + name + `":"` + half[6:] + `"` } // as many bytes
	for name, c := range map[string]struct {
		copied int
		src    string
	}{
		"two values, one in links": {2, `{"identity":"` + escaped + `","links":{"user_conversations":"` + escaped + `"}}`},
		"two runs":                 {2, `{` + run("x") + `,"sid":"y",` + run("z") + `}`},
		"two runs in links":        {2, `{"links":{` + run("x") + `,"user_conversations":"y",` + run("z") + `}}`},
		"one run and a value":      {1, `{` + run("x") + `,"identity":"` + escaped + `"}`},
	} {
		parse := func() { sinkUser, _ = encode.ParseUser(c.src) }
		most := c.copied * size
		if size > 256 && strings.Contains(c.src, escaped) {
			most = len(c.src)
		}
		if got := allocated(parse); got > uint64(most+size/4) { // the next size class
			t.Errorf("%s of %d: %d bytes of memory", name, size, got)
		}
		if n := allocations(parse); n != 1 {
			t.Errorf("%s of %d: %v allocations", name, size, n)
		}
	}
}

// TestOneAllocation: short values, long values and runs share one allocation.
func TestOneAllocation(t *testing.T) {
	short, long := `a\nb`, `\n`+strings.Repeat("x", 1000)
	for _, src := range []string{
		`{"identity":"` + short + `","attributes":"` + long + `","friendly_name":"` + short + `"}`,
		`{"x":"` + long + `","attributes":"` + long + `","y":"` + long + `","links":{"user_conversations":"` + short + `"},"z":1}`,
		`{"links":{"user_conversations":"` + long + `"},"x":1,"identity":"` + long + `","y":"` + long + `"}`,
	} {
		if n := allocations(func() { sinkUser, _ = encode.ParseUser(src) }); n != 1 {
			t.Errorf("%.60s: %v allocations", src, n)
		}
		if got := allocated(func() { sinkUser, _ = encode.ParseUser(src) }); got > uint64(len(src)+len(src)/4) {
			t.Errorf("%.60s: %d bytes for %d", src, got, len(src))
		}
	}
}

// TestUnescapedForm: the copy of a value has the size of the value, not that of
// its escapes.
func TestUnescapedForm(t *testing.T) {
	const n = 20_000
	for unit, want := range map[string]int{"%41": 1, "%e2%82%ac": 3, "a+b": 3} {
		src := "Identity=" + strings.Repeat(unit, n)
		var r user.CreateRequest
		got := allocated(func() { r, _ = encode.ParseForm(src) })
		if limit := uint64(want*n + want*n/8 + 1024); got > limit || len(r.Identity) != want*n {
			t.Errorf("%s: %d bytes took %d bytes of memory, limit %d", unit, len(r.Identity), got, limit)
		}
		if n := allocations(func() { _, _ = encode.ParseForm(src) }); n != 1 {
			t.Errorf("%s: %v allocations", unit, n)
		}
	}
}

// TestExactForm: the room for a copy is exact. A value of 1025 bytes does not fit
// into the size class of 1024.
func TestExactForm(t *testing.T) {
	for _, unit := range []string{"%41", "+"} {
		src := "Identity=" + strings.Repeat(unit, 1025)
		if n := allocations(func() { sinkRequest, _ = encode.ParseForm(src) }); n != 1 {
			t.Errorf("%s: %v allocations", unit, n)
		}
		behind := "Attributes=" + strings.Repeat("a", 4000) + "&" + src
		if got := allocated(func() { sinkRequest, _ = encode.ParseForm(behind) }); got > 1280 {
			t.Errorf("%s behind 4,000 bytes: %d bytes of memory", unit, got)
		}
	}
}

// TestManyAppends appends many users to one buffer: growing it must not copy the
// whole buffer for each.
func TestManyAppends(t *testing.T) {
	u := parsed(t, documentedUser(t), parseUser)
	r := parsed(t, documentedForm, encode.ParseForm)
	for name, add := range map[string]func([]byte) ([]byte, error){
		"AppendUser":    func(b []byte) ([]byte, error) { return encode.AppendUser(b, &u) },
		"AppendRequest": func(b []byte) ([]byte, error) { return encode.AppendRequest(b, &r) },
		"AppendForm":    func(b []byte) ([]byte, error) { return encode.AppendForm(b, &r) },
	} {
		var b []byte
		got := allocated(func() {
			for range 10_000 {
				b, _ = add(b)
			}
		})
		if limit := uint64(8 * len(b)); got > limit {
			t.Errorf("%s: %d bytes took %d bytes of memory, limit %d", name, len(b), got, limit)
		}
	}
}

// allocated returns the bytes that f allocates: the minimum of a few calls, since
// the runtime itself allocates at times.
func allocated(f func()) uint64 {
	minimum := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		minimum = min(minimum, after.TotalAlloc-before.TotalAlloc)
	}
	return minimum
}

// allocations returns the number of f's allocations, also as a minimum.
func allocations(f func()) float64 {
	minimum := math.MaxFloat64
	for range 5 {
		minimum = min(minimum, testing.AllocsPerRun(5, f))
	}
	return minimum
}

// TestClone: a clone does not keep a large source alive.
func TestClone(t *testing.T) {
	source := strings.Repeat(" ", 1000) + documentedUser(t)
	u := parsed(t, source, parseUser)
	c := u.Clone()
	if c != u {
		t.Error("the copy differs")
	}
	if n := allocations(func() { sinkUser = u.Clone() }); n != 1 {
		t.Errorf("User.Clone: %v allocations, want 1", n)
	}
	r := parsed(t, documentedForm, encode.ParseForm)
	if r.Clone() != r {
		t.Error("the copy of the request differs")
	}
	if n := allocations(func() { sinkRequest = r.Clone() }); n != 1 {
		t.Errorf("CreateRequest.Clone: %v allocations, want 1", n)
	}
}

var (
	sinkUser    user.User
	sinkRequest user.CreateRequest
)
