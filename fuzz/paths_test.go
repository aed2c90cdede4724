package fuzz_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// A path runs the core on an input of about n bytes.
type path struct {
	name string
	run  func(n int)
}

// each returns a path that calls f once for each size bytes.
func each(size int, f func()) func(int) {
	return func(n int) {
		for range n / size {
			f()
		}
	}
}

// small returns a buffer that a short text fits into.
func small() []byte { return make([]byte, 0, 1024) }

func onForm(before, unit, after string) func(int) {
	return func(n int) { _, _ = encode.ParseForm(fill(before, unit, after, n), encode.AllowUnknown) }
}

func onUser(before, unit, after string) func(int) {
	return func(n int) { _, _ = encode.ParseUser(fill(before, unit, after, n)) }
}

func onAttributes(before, unit, after string) func(int) {
	return func(n int) { _ = validate.Attributes(fill(before, unit, after, n)) }
}

func onAppendRequest(before, unit string) func(int) {
	return func(n int) {
		_, _ = encode.AppendRequest(nil, &user.CreateRequest{Identity: fill(before, unit, "", n)})
	}
}

func onAppendShort(identity, name string, attributes user.Attributes) func(int) {
	return each(32, func() {
		_, _ = encode.AppendRequest(small(), &user.CreateRequest{Identity: identity, FriendlyName: user.Some(name), Attributes: user.Some(attributes)})
	})
}

func onAppend(unit string) func(int) {
	return func(n int) {
		s := fill("", unit, "", n)
		r := user.CreateRequest{Identity: s, FriendlyName: user.Some(s), Attributes: user.Some(user.Attributes(s))}
		_, _ = encode.AppendForm(nil, &r)
		_, _ = encode.AppendRequest(nil, &r)
		_, _ = encode.AppendUser(nil, &user.User{Identity: user.Some(s)}, encode.HTMLSafe)
	}
}

// onUsers reads and writes a short user repeatedly.
func onUsers(text string) func(int) {
	var buf []byte
	return each(len(text), func() {
		u, _ := encode.ParseUser(text)
		buf, _ = encode.AppendUser(buf[:0], &u)
	})
}

// paths are inputs for each special path of the core.
var paths = []path{
	{"form, plain", onForm("Identity=", "abcdefgh", "")},
	{"form, all %", onForm("Identity=", "%41", "")},
	{"form, all % of characters", onForm("Identity=", "%E2%82%AC", "")},
	{"form, all +", onForm("Identity=", "+", "")},
	{"form, all &", onForm("", "&", "")},
	{"form, all =", onForm("Identity", "=", "")},
	{"form, all ' and $", onForm("Identity=", "'$", "")},
	{"form, unknown names", onForm("", "x%41=1&", "")},
	{"form, names that share a prefix", onForm("", "Identit=1&", "")},
	{"form, one long name", onForm("", "Identity", "=1")},
	{"form, bad at the end", onForm("Identity=", "%E2%82%AC", "%E2")},
	{"form, bad in two values", onForm("Identity=%FF", "%41", "&FriendlyName=%")},
	{"user, plain", onUser(`{"attributes":"`, "abcdefgh", `"}`)},
	{"user, all quotes", onUser("", `"`, "")},
	{"user, all escapes", onUser(`{"attributes":"`, `\"`, `"}`)},
	{"user, all backslashes", onUser(`{"attributes":"`, `\\`, `"}`)},
	{"user, escapes that words do not take", onUser(`{"attributes":"`, `\n\"abcdef`, `"}`)},
	{"user, surrogate pairs", onUser(`{"attributes":"`, `\ud83d\ude00`, `"}`)},
	{"user, characters of two bytes", onUser(`{"attributes":"`, "é\\\"", `"}`)},
	{"user, unknown members", onUser(`{"x":1`, `,"x":1`, "}")},
	{"user, members that share a prefix", onUser(`{"x":1`, `,"si":1,"sid2":2`, "}")},
	{"user, escaped names", onUser(`{"x":1`, `,"\u0073":1`, "}")},
	{"user, one long escaped name", onUser(`{"`, `\u0073`, `":1}`)},
	{"user, deep", onUser(`{"x":`, "[", "")},
	{"user, deep and wide", onUser(`{"x":[0`, ","+strings.Repeat("[", 500)+strings.Repeat("]", 500), "]}")},
	{"user, white space", onUser("{", " \n", "}")},
	{"attributes, records", onAttributes(`{"a":[0`, `,{"id":1,"name":"b"}`, "]}")},
	{"attributes, numbers", onAttributes(`{"a":[0`, ",-1.5e3", "]}")},
	{"attributes, decimals", onAttributes(`{"a":[0`, ",12.5", "]}")},
	{"attributes, negative decimals", onAttributes(`{"a":[0`, ",-12.5", "]}")},
	{"attributes, the greatest digit", onAttributes(`{"a":[0`, ",9", "]}")},
	{"attributes, the smallest digit", onAttributes(`{"a":[0`, ",0", "]}")},
	{"attributes, seven digits", onAttributes(`{"a":[0`, ",1902837.9604518", "]}")},
	{"attributes, true", onAttributes(`{"a":[0`, ",true", "]}")},
	{"attributes, false", onAttributes(`{"a":[0`, ",false", "]}")},
	{"attributes, null", onAttributes(`{"a":[0`, ",null", "]}")},
	{"attributes, short names", onAttributes(`{"a":1`, `,"ab":"cd"`, "}")},
	{"attributes, names of seven", onAttributes(`{"a":1`, `,"abcdefg": "abcdefg"`, "}")},
	{"SIDs, a bad hex digit", each(34, func() { _ = validate.SID("RL", "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaag") })},
	{"texts of eight bytes", each(8, func() { _ = validate.Text("abcdefgh") })},
	{"attributes, one number", onAttributes(`{"a":1`, "0", "}")},
	{"append, plain", onAppend("abcdefgh")},
	{"append, quotes", onAppend(`"`)},
	{"append, controls", onAppend("\x01")},
	{"append, HTML", onAppend("<\u2028")},
	{"append, CJK", onAppend("東京都")},
	{"requests", each(len(shortForm), func() {
		r, _ := encode.ParseForm(shortForm)
		_ = r.Validate()
		_, _ = encode.AppendForm(small(), &r)
		text, _ := encode.AppendRequest(small(), &r)
		_, _ = encode.ParseRequest(string(text))
	})},
	{"users, documented", onUsers(exampleUser)},
	{"users, in the schema's order", onUsers(schemaUser)},
	{"users, with spaces", onUsers(strings.NewReplacer(`,"`, `, "`, `":`, `": `).Replace(exampleUser))},
	{"users, links", onUsers(`{"sid":"","url":"","links":{},"identity":""}`)},
	{"users, texts of sixty bytes", onUsers(`{"sid":"","url":"https://conversations.twilio.com/v1/Users/USaaaaaaaaaaaaaaa"}`)},
	{"attributes, documented", each(18, func() { _ = validate.Attributes(`{ "duty": "tech" }`) })},
	{"SIDs", each(34, func() { _ = validate.SID("RL", "RLaaaaaaaaaaaaaaaa0123456789ABCDEF") })},
	{"short escapes", each(40, func() { _, _ = encode.ParseRequest(`{"Identity":"a\n","Attributes":"{\"a\":1}"}`) })},
	{"text, plain", func(n int) { _ = validate.Text(fill("", "abcdefgh", "", n)) }},
	{"short texts with quotes", each(64, func() {
		_, _ = encode.AppendRequest(small(), &user.CreateRequest{Identity: `"hi", says Bob!`, FriendlyName: user.Some(`\ and a dozen.`)})
	})},
	{"form, unknown long value", onForm("x=", "abcdefgh", "%41")},
	{"form, characters and escapes", onForm("Identity=", "é%41", "")},
	{"form, unescaped values", onForm("Identity=", "abcdefghijkl+mnopqrst%20", "")},
	{"user, escapes in long text", onUser(`{"attributes":"`, `abcdefghij \"klmnop\" qrst`, `"}`)},
	{"user, names with spaces", onUser(`{"x":1`, `, "a name" : "b"`, "}")},
	{"attributes, CJK", onAttributes(`{"a":"`, "東京都", `"}`)},
	{"attributes, long names", onAttributes(`{"a":1`, `,"abcdefghijklmnop":"abcdefghijklmnopqrstuvwxyz"`, "}")},
	{"append, escapes in long text", onAppend(`abcdefghijklmnop"qrst`)},
	{"append, other escapes in long text", onAppend("abcdefghijklmnop\nqrst")},
	{"append, a block without escapes", onAppend(strings.Repeat("abcdefgh", 20) + `"`)},
	{"append, short", onAppendShort("abcdefgh", "abcdefg", `"a"`)},
	{"append, texts of eight bytes", onAppendShort("abcdefgh", "ijklmnop", "qrstuvwx")},
	{"append form, SIDs", each(34, func() {
		_, _ = encode.AppendForm(small(), &user.CreateRequest{RoleSID: user.Some(user.RoleSID("RLaaaaaaaaaaaaaaaa0123456789ABCDEF"))})
	})},
	{"users, booleans where they are expected", onUsers(`{"role_sid":"","is_online":true,"friendly_name":"","is_notifiable":false}`)},
	{"append form, few escapes", func(n int) {
		_, _ = encode.AppendForm(nil, &user.CreateRequest{Identity: fill("", strings.Repeat("abcdefgh", 10)+"!", "", n)})
	}},
	{"append request, plain", onAppendRequest("", "abcdefgh")},
	{"append request, a quote, then plain", onAppendRequest(`"`, "abcdefgh")},
	{"append request, quotes in plain text", onAppendRequest("", `abcdefghi"`)},
	{"user, an escape, then plain", onUser(`{"attributes":"\"`, "abcdefgh", `"}`)},
	{"user, blocks without escapes", onUser(`{"attributes":"`, strings.Repeat("abcdefgh", 20)+`\"`, `"}`)},
	{"user, clean and long", onUser(`{"attributes":"`, "abcdefgh", `","identity":"a"}`)},
	{"attributes, all escapes", onAttributes(`{"a":"`, `\"`, `"}`)},
	{"attributes, escapes in text", onAttributes(`{"a":"`, `abcdefgh\"ij`, `"}`)},
	{"attributes, an escape, then plain", onAttributes(`{"a":"\"`, "abcdefgh", `"}`)},
	{"attributes, blocks without escapes", onAttributes(`{"a":"`, strings.Repeat("abcdefgh", 20)+`\"`, `"}`)},
	{"forms, short", each(40, func() { _, _ = encode.ParseForm("Identity=a%41b&FriendlyName=%41%42") })},
}

const (
	shortForm   = "Identity=admin&FriendlyName=name&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	exampleUser = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","url":"https://conversations.twilio.com/v1/Users","links":{"user_conversations":"https://a/b"},"identity":"administrator","role_sid":"RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","is_online":null,"attributes":"{}","account_sid":"ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","date_created":"2019-12-16T22:18:37Z","date_updated":"2019-12-16T22:18:38Z","friendly_name":"name","is_notifiable":null,"chat_service_sid":"ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`
	schemaUser  = `{"sid":"US","account_sid":"AC","chat_service_sid":"IS","role_sid":"RL","identity":"i","friendly_name":"f","attributes":"{}","is_online":false,"is_notifiable":true,"date_created":"d","date_updated":"e","url":"u","links":{}}`
)

// pathFile has the statements for each byte of every path.
const pathFile = "fuzz/testdata/paths.txt"

// TestPaths fails if a path is more than 5% more work than recorded: without a fast
// path the result is the same, but the work is much more. With -update it writes
// the record.
func TestPaths(t *testing.T) {
	binary := counter(t)
	const n = 1 << 15
	most := recordedPaths(t)
	nothing := statements(t, binary, "nothing")
	var record strings.Builder
	for k, p := range paths {
		perByte := float64(statements(t, binary, fmt.Sprintf("path %d %d", k, n))-nothing) / n
		fmt.Fprintf(&record, "%.3f\t%s\n", perByte, p.name)
		if perByte > 1.05*most[p.name]+0.001 && !vectors.Update() {
			t.Errorf("%s: %.3f statements a byte, and %s says %.3f", p.name, perByte, pathFile, most[p.name])
		}
	}
	if vectors.Update() {
		vectors.Generated(t, pathFile, record.String())
	}
}

func recordedPaths(t *testing.T) map[string]float64 {
	t.Helper()
	most := map[string]float64{}
	for line := range strings.Lines(vectors.File(t, pathFile)) {
		perByte, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseFloat(perByte, 64)
		if err != nil {
			t.Fatal(err)
		}
		most[name] = n
	}
	return most
}
