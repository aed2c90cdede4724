package fuzz_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The bounds: for n bytes of any input, every function does linear work, and a
// parser or a rule takes at most 2n + 1 KiB of memory. Both tests use one table.
// Other functions have bounds of their own: a writer without a buffer grows one as
// append does; an Opt copies the bytes of encoding/json; Advise stores the names of
// the objects that are open.

// A shape is a kind of hostile input. It makes one of about n bytes, if need be
// with the name of a member that is a text.
type shape struct {
	name string
	make func(n int, member string) string
	most int // the larger of the two sizes that are measured; 0 means 1<<18
}

// fill repeats a unit up to about n bytes.
func fill(before, unit, after string, n int) string {
	return before + strings.Repeat(unit, n/len(unit)) + after
}

// repeated returns a shape that repeats a unit. N is replaced by the member.
func repeated(name, before, unit, after string) shape {
	return shape{name: name, make: func(n int, member string) string {
		named := strings.NewReplacer("N", member)
		return fill(named.Replace(before), named.Replace(unit), named.Replace(after), n)
	}}
}

// numbered returns a shape whose units are numbered.
func numbered(name, before, unit, after string) shape {
	return shape{name: name, make: func(n int, _ string) string {
		b := []byte(before)
		for i := 0; len(b) < n; i++ {
			b = fmt.Appendf(b, unit, strconv.Itoa(i))
		}
		return string(b) + after
	}}
}

// sized sets the larger size of a shape.
func (s shape) sized(most int) shape {
	s.most = most
	return s
}

// maxDepth is how deep JSON may nest.
const maxDepth = 10_000

// nestedShape opens n levels and closes them, in an object. Its n counts levels.
func nestedShape(name, before, open, middle, end string, most int) shape {
	return shape{name, func(n int, _ string) string {
		return before + strings.Repeat(open, n) + middle + strings.Repeat(end, n) + "}"
	}, most}
}

// million is the size of 1,000,000 members of the shortest kind.
const million = 1_000_000 * len(`,"x":1`)

var jsonShapes = []shape{
	repeated("plain", `{"N":"`, "abcdefgh", `"}`),
	repeated("all quotes", "", `"`, ""),
	repeated("all quotes in an object", "{", `"`, ""),
	repeated("empty names, all quotes", `{"":""`, `,"":""`, "}"),
	repeated("all escapes of a quote", `{"N":"`, `\"`, `"}`),
	repeated("all backslashes", `{"N":"`, `\\`, `"}`),
	repeated("all escapes of a letter", `{"N":"`, `\u0041`, `"}`),
	repeated("all surrogate pairs", `{"N":"`, `\ud83d\ude00`, `"}`),
	repeated("escapes that words do not take", `{"N":"`, `\n\"abcdef`, `"}`),
	repeated("characters of two bytes", `{"N":"`, "é\\\"", `"}`),
	repeated("bad at the end", `{"N":"`, "€", "\xe2"),
	repeated("all %", `{"N":"`, "%", `"}`),
	repeated("all &", `{"N":"`, "&", `"}`),
	nestedShape("arrays 10,000 deep", `{"x":`, "[", "", "]", maxDepth-1),
	nestedShape("objects 10,000 deep", `{"x":`, `{"N":`, "1", "}", maxDepth-1),
	repeated("arrays past 10,000 deep", `{"x":`, "[", ""),
	repeated("objects past 10,000 deep", `{"x":`, `{"x":`, ""),
	repeated("deep and wide", `{"x":[0`, ","+strings.Repeat("[", 500)+strings.Repeat("]", 500), "]}"),
	repeated("1,000,000 unknown members", `{"x":1`, `,"x":1`, "}").sized(million),
	numbered("unknown members, each another", `{"x":1`, `,"x%s":1`, "}"),
	numbered("keys that share a long prefix", `{"x":1`, `,"`+strings.Repeat("a", 100)+`%s":1`, "}"),
	repeated("keys that share every prefix of a known one", `{"x":1`, sharedPrefixes(), "}"),
	repeated("near-miss names", `{"x":1`, `,"identit":1,"Identitx":1,"frendly_name":2,"sied":3`, "}"),
	repeated("escaped names", `{"x":1`, `,"\u0073":1`, "}"),
	repeated("one long escaped name", `{"`, `\u0073`, `":1}`),
	repeated("white space", "{", " \n", "}"),
	repeated("records", `{"x":[0`, `,{"id":1,"name":"b"}`, "]}"),
	repeated("numbers", `{"x":[0`, ",-1.5e3", "]}"),
	repeated("one number", `{"x":1`, "0", "}"),
}

// sharedPrefixes returns members named by every prefix of every known name.
func sharedPrefixes() string {
	names := slices.Concat(slices.Sorted(maps.Keys(userSchema)), requestNames, []string{"message"})
	var b strings.Builder
	for _, name := range names {
		for i := 1; i < len(name); i++ {
			if b.WriteString(`,"` + name[:i] + `":1`); slices.Contains(names, name[:i]) {
				panic("the prefix of a name is a name")
			}
		}
	}
	return b.String()
}

var formShapes = []shape{
	repeated("plain", "Identity=", "abcdefgh", ""),
	repeated("all %", "Identity=", "%", ""),
	repeated("all escapes", "Identity=", "%41", ""),
	repeated("all escapes of a character", "Identity=", "%E2%82%AC", ""),
	repeated("all escapes of a quote", "Identity=", "%22", ""),
	repeated("all quotes", "Identity=", `"`, ""),
	repeated("all +", "Identity=", "+", ""),
	repeated("all &", "", "&", ""),
	repeated("all =", "Identity", "=", ""),
	repeated("all ' and $", "Identity=", "'$", ""),
	repeated("deep brackets", "Attributes", "[a]", "=1"),
	repeated("1,000,000 unknown pairs", "", "x%41=1&", "").sized(1_000_000 * len("x%41=1&")),
	numbered("unknown pairs, each another", "", "x%s=1&", ""),
	numbered("names that share a long prefix", "", strings.Repeat("a", 100)+"%s=1&", ""),
	repeated("names that share every prefix of a known one", "", "I=&Id=&Ide=&Iden=&Ident=&Identi=&Identit=&R=&Role=&RoleSi=&Attribute=&FriendlyNam=&", ""),
	repeated("near-miss names", "", "Identit=1&identity=2&RolSid=3&Atributes=4&", ""),
	repeated("one long name", "", "Identity", "=1"),
	repeated("bad at the end", "Identity=", "%E2%82%AC", "%E2"),
	repeated("bad in two values", "Identity=%FF", "%41", "&FriendlyName=%"),
	{"long, short and long values, then bad", func(n int, _ string) string {
		return fill("Identity=", "+", "&RoleSid=++", n/2) + fill("&FriendlyName=", "+", "&x", n*2/5) + strings.Repeat("%", n/10)
	}, 0},
}

// The units of runShapes. Some are not valid.
var (
	jsonUnits = []string{"a", `\n`, `\"`, `\u0041`, "é", `\ud83d\ude00`, "\x01", `\x`, "\xff"}
	formUnits = []string{"a", "+", "%41", "é", "%C3%A9", "%", "%4", ";", "&", "&RoleSid=+"}
	textUnits = []string{"a", `"`, "\x01", "é", "<", "\xff"}
)

// runShapes returns shapes of two runs, and of one unit inside a run, for every two
// units and every tenth as the place where they meet: so that escapes and
// errors are everywhere. N is replaced by the member.
func runShapes(before, after string, units []string) (shapes []shape) {
	for _, a := range units {
		for _, b := range units {
			for tenth := range 11 {
				add := func(kind string, after func(n int) string) {
					shapes = append(shapes, shape{fmt.Sprintf("%s, %d tenths of %q, then %q", kind, tenth, a, b), func(n int, member string) string {
						return strings.ReplaceAll(before, "N", member) + fill("", a, "", n*tenth/10) + after(n)
					}, 0})
				}
				rest := func(unit string, n int) string { return fill("", unit, after, n-n*tenth/10) }
				add("two runs", func(n int) string { return rest(b, n) })
				add("one inside", func(n int) string { return b + rest(a, n) })
			}
		}
	}
	return shapes
}

// linksShapes have unknown members on both sides of the known one.
var linksShapes = []shape{
	{"two runs of unknown members", func(n int, member string) string {
		half := fill(`":"`, "a", `"`, n/2)
		return `{"x` + half + `,"` + member + `":null,"y` + half + "}"
	}, 0},
	{"the same, and an escape", func(n int, member string) string {
		third := fill(`":"`, "a", "", n/3)
		return `{"x` + third + `","` + member + third + `\n","y` + third + `"}`
	}, 0},
}

var textShapes = []shape{
	repeated("plain", "", "abcdefgh", ""),
	repeated("all quotes", "", `"`, ""),
	repeated("all backslashes", "", `\`, ""),
	repeated("all controls", "", "\x01", ""),
	repeated("all %", "", "%", ""),
	repeated("all &", "", "&", ""),
	repeated("HTML", "", "<\u2028", ""),
	repeated("CJK", "", "東京都", ""),
	repeated("directions", "", "\u202e", ""),
	repeated("marks below composites", "", "\u00e9\u031b\u1ff4\u031b", ""),
	repeated("vowels and joiners", "", "\u0645\u064e\u064f\u200c", "\u0645"),
	repeated("beginnings of mojibake", "", "\u00c3\u201d\u00c5\u201d.", ""),
	repeated("bad at the end", "", "東京都", "\xe2"),
	repeated("a URI", "https://", "a:b@", ""),
	repeated("an address of groups", "a://[", "1:", "]"),
	repeated("a date's fraction", "2019-12-16T22:18:37.", "0", "Z"),
	repeated("a SID", "RL", "0", ""),
}

// A workload is a function of the core and a shape.
type workload struct {
	name  string
	shape shape
	target
}

// input returns an input of the larger size or of an eighth of it.
func (w workload) input(large bool) string {
	most := w.shape.most
	if most == 0 {
		most = 1 << 18
	}
	if !large {
		most /= growthOfInput
	}
	return w.shape.make(most, w.member)
}

const growthOfInput = 8

// A target is a function of the core.
type target struct {
	function, member string
	bound            int                // of memory, in bytes for each byte; 1 KiB is added
	run              func(s string) int // returns the number of bytes written
}

// The bounds of memory: a writer's is for each byte that it writes.
const (
	ofReaders = 2
	ofOpt     = 3
	ofWriters = 8
	ofAdvice  = 64
)

func reader(function, member string, f func(s string)) target {
	return target{function, member, ofReaders, func(s string) int { f(s); return 0 }}
}

func writer(function string, f func(s string) ([]byte, error)) target {
	return target{function, "v", ofWriters, func(s string) int {
		out, _ := f(s) // or an error
		return len(out)
	}}
}

func advice(r *user.CreateRequest) { _ = r.Advise() }

func adviser(f func(s string)) target { return reader("Advise", "v", f).bounded(ofAdvice) }

func (t target) bounded(bound int) target {
	t.bound = bound
	return t
}

func withAttributes(s string) *user.CreateRequest {
	return &user.CreateRequest{Identity: "a", Attributes: user.Some(user.Attributes(s))}
}

var jsonTargets = []target{
	reader("ParseUser", "identity", func(s string) { _, _ = encode.ParseUser(s) }),
	reader("ParseRequest", "Identity", func(s string) { _, _ = encode.ParseRequest(s, encode.AllowUnknown) }),
	reader("ParseRequest, strict", "Identity", func(s string) { _, _ = encode.ParseRequest(s) }),
	reader("ParseError", "message", func(s string) { _ = encode.ParseError(500, "", s) }),
	reader("ParseResponse", "message", func(s string) { _, _ = encode.ParseResponse(201, "", s) }),
	reader("ParseResponse, identity", "identity", func(s string) { _, _ = encode.ParseResponse(201, "", s) }),
	reader("Attributes", "v", func(s string) { _ = validate.Attributes(s) }),
	reader("request Validate", "v", func(s string) { _ = withAttributes(s).Validate() }),
	reader("user Validate", "v", func(s string) { _ = (&user.User{Attributes: user.Some(user.Attributes(s))}).Validate() }),
	reader("Opt of Links", "user_conversations", func(s string) { _ = new(user.Opt[user.Links]).UnmarshalJSON(bytesOf(s)) }).bounded(ofOpt),
	reader("Links", "user_conversations", func(s string) { _ = new(user.Links).UnmarshalJSON(bytesOf(s)) }).bounded(ofOpt),
	adviser(func(s string) { advice(withAttributes(s)) }),
	writer("AppendUser, unknown", func(s string) ([]byte, error) {
		return encode.AppendUser(nil, &user.User{Unknown: strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")}, encode.HTMLSafe)
	}),
}

// bytesOf returns the bytes of s without a copy, which would be counted.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// stringTargets read a JSON string.
var stringTargets = []target{
	reader("Opt of string", "", func(s string) { _ = new(user.Opt[string]).UnmarshalJSON(bytesOf(s)) }).bounded(ofOpt),
	reader("Opt of RoleSID", "", func(s string) { _ = new(user.Opt[user.RoleSID]).UnmarshalJSON(bytesOf(s)) }).bounded(ofOpt),
	reader("Opt of bool", "", func(s string) { _ = new(user.Opt[bool]).UnmarshalJSON(bytesOf(s)) }).bounded(ofOpt),
}

var formTargets = []target{
	reader("ParseForm", "", func(s string) { _, _ = encode.ParseForm(s, encode.AllowUnknown) }),
	reader("ParseForm, strict", "", func(s string) { _, _ = encode.ParseForm(s) }),
}

var textTargets = []target{
	writer("AppendForm", func(s string) ([]byte, error) { return encode.AppendForm(nil, &user.CreateRequest{Identity: s}) }),
	writer("AppendRequest", func(s string) ([]byte, error) {
		return encode.AppendRequest(nil, &user.CreateRequest{Identity: s}, encode.HTMLSafe)
	}),
	writer("AppendUser", func(s string) ([]byte, error) {
		return encode.AppendUser(nil, &user.User{Identity: user.Some(s)}, encode.HTMLSafe)
	}),
	writer("AppendError", func(s string) ([]byte, error) { return encode.AppendError(nil, &user.APIError{Message: s}) }),
	reader("request Validate", "", func(s string) {
		_ = (&user.CreateRequest{Identity: s, FriendlyName: user.Some(s), RoleSID: user.Some(user.RoleSID(s))}).Validate()
	}),
	reader("user Validate", "", func(s string) {
		_ = (&user.User{Identity: user.Some(s), DateCreated: user.Some(user.DateTime(s)), URL: user.Some(s), SID: user.Some(user.UserSID(s))}).Validate()
	}),
	reader("UnmarshalParam", "", func(s string) { _ = new(user.Opt[string]).UnmarshalParam(s) }),
	reader("WebhookEnabled", "", func(s string) { _ = validate.WebhookEnabled(s) }),
	adviser(func(s string) { advice(&user.CreateRequest{Identity: s, FriendlyName: user.Some(s)}) }),
}

// A group is functions and the shapes for all of them.
type group struct {
	targets []target
	shapes  []shape
}

func workloadsOf(groups ...group) (list []workload) {
	for _, g := range groups {
		for _, f := range g.targets {
			for _, s := range g.shapes {
				list = append(list, workload{f.function + ": " + s.name, s, f})
			}
		}
	}
	return list
}

// workloads are all functions with all shapes that they may get.
var workloads = workloadsOf(
	group{jsonTargets, slices.Concat(jsonShapes, linksShapes)},
	group{stringTargets, []shape{repeated("plain", `"`, "abcdefgh", `"`), repeated("all escapes of a letter", `"`, `\u0041`, `"`)}},
	group{formTargets, formShapes},
	group{textTargets, textShapes},
)

// quick reports whether a test that takes seconds is to do less, or nothing: with
// -short, and under the race detector, which finds nothing in a single goroutine.
func quick() bool { return testing.Short() || underRace }

// TestMemoryIsBounded checks the bound of every workload, and of runShapes.
func TestMemoryIsBounded(t *testing.T) {
	if quick() {
		t.Skip("many seconds of counting: make test and make bounds do it")
	}
	var most worst
	for _, w := range workloads {
		n, perByte := most.measure(t, w, w.input(true))
		t.Logf("%-64s %8d bytes, %6.3f a byte", w.name, n, perByte)
	}
	// The sizes are not round and not all large, since the allocator rounds up to
	// its size classes.
	runs := workloadsOf(
		group{jsonTargets, runShapes(`{"N":"`, `"}`, jsonUnits)},
		group{stringTargets, runShapes(`"`, `"`, jsonUnits)},
		group{formTargets, runShapes("Identity=", "", formUnits)},
		group{textTargets, runShapes("", "", textUnits)},
	)
	sizes := []int{23_838, 700, 5_003, 34_555}
	for _, w := range runs {
		for _, n := range sizes {
			most.measure(t, w, w.shape.make(n, w.member))
		}
	}
	most.log(t, "memory, bytes a byte")
}

// measure runs w on s and checks its bound. n counts what w has read or written.
func (l *worst) measure(t *testing.T, w workload, s string) (n int, perByte float64) {
	t.Helper()
	wrote := 0
	got := allocatedBy(func() { wrote = w.run(s) })
	n = max(len(s), wrote)
	perByte = float64(got) / float64(n)
	l.see(w, perByte)
	if limit := uint64(w.bound*n + 1024); got > limit {
		t.Errorf("%s: %d bytes took %d bytes of memory, limit %d", w.name, n, got, limit)
	}
	return n, perByte
}

// TestPromises checks that the documents promise what the tests check.
func TestPromises(t *testing.T) {
	readers := fmt.Sprintf("at most %dn + 1 KiB", ofReaders)
	for path, want := range map[string]string{
		".github/SECURITY.md": fmt.Sprintf("They take time in proportion to the length and %s of memory for n bytes. (Advice sorts names, in n log n steps and up to %dn; "+
			"`Opt.UnmarshalJSON` and `Links.UnmarshalJSON`, which make the copies that encoding/json requires, up to %dn; "+
			"what is written, up to %d times its length where no buffer is given.)", readers, ofAdvice, ofOpt, ofWriters),
		"README.md":          "time is linear and memory " + readers,
		"encode/doc.go":      "For n bytes of source it takes O(n) time and\n// " + readers + " of memory",
		"validate/advice.go": "For n bytes it takes O(n log n) time and O(n) memory.",
	} {
		if !strings.Contains(vectors.File(t, path), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

// worst has the largest figure of each function, and its shape.
type worst struct {
	lock      sync.Mutex
	functions []string
	most      map[string]float64
	shape     map[string]string
}

func (l *worst) see(w workload, figure float64) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.most == nil {
		l.most, l.shape = map[string]float64{}, map[string]string{}
	}
	if _, known := l.most[w.function]; !known {
		l.functions = append(l.functions, w.function)
	}
	if most, known := l.most[w.function]; !known || figure > most {
		l.most[w.function], l.shape[w.function] = figure, w.shape.name
	}
}

// log prints the lines of make bounds.
func (l *worst) log(t *testing.T, what string) {
	t.Helper()
	slices.Sort(l.functions)
	for _, function := range l.functions {
		t.Logf("worst %-28s %-22s %7.3f  %s", what, function, l.most[function], l.shape[function])
	}
}

// allocatedBy returns how many bytes f allocates.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
