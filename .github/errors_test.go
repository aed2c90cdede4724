package docs_test

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// A codeDoc is a constant of type validate.Code or validate.Hint in the source: its
// name, its value, and the comment after it.
type codeDoc struct {
	name    string
	code    validate.Code
	meaning string
}

// declared returns the constants of a string type in a file, in order.
func declared(t *testing.T, path, typeName string) (list []codeDoc) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", path), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if id, ok := v.Type.(*ast.Ident); !ok || id.Name != typeName {
				continue
			}
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, codeDoc{v.Names[0].Name, validate.Code(text), strings.TrimSpace(v.Comment.Text())})
		}
	}
	return list
}

// A sample is an error of the library: where it occurs, and the endpoint's answer to
// the same request, "" if it cannot be sent.
type sample struct {
	where, server string
	err           error
}

// sent reads a request and sends the same one to the endpoint.
func sent(t *testing.T, body string, change func(*http.Request), opts usertest.Options) sample {
	t.Helper()
	newRequest := func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+httpwire.Path, strings.NewReader(body))
		r.Header.Set("Content-Type", httpwire.FormType)
		r.SetBasicAuth("any", "pair")
		if change != nil {
			change(r)
		}
		return r
	}
	_, err := httpwire.ReadRequest(newRequest(), &httpwire.ReadOptions{MaxBody: int64(opts.MaxBody)})
	w := httptest.NewRecorder()
	usertest.NewHandler(&opts).ServeHTTP(w, newRequest())
	_, _, answer := httpwire.ReadResponse(w.Result(), nil)
	e, ok := errors.AsType[*user.APIError](answer)
	if !ok {
		t.Fatalf("%q is answered with %d", body, w.Code)
	}
	return sample{whereIn(err), fmt.Sprintf("%d, %d", e.Status, e.Code), err}
}

// whereIn returns which part of an HTTP request an error is about.
func whereIn(err error) string {
	if _, ok := errors.AsType[validate.Errors](err); ok {
		return "Validate"
	}
	if e := slices.Collect(validate.All(err)); len(e) == 1 && e[0].Offset >= 0 && e[0].Field != user.WebhookHeader {
		return "form"
	}
	return "HTTP request"
}

var requestMembers = []string{"Identity", "FriendlyName", "Attributes", "RoleSid"}

// userMembers returns the wire names of a user's members.
func userMembers() (names []string) {
	for _, m := range user.UserMembers() {
		names = append(names, m.Name)
	}
	return names
}

// samples returns an error for each code, and for each field that can have it.
func samples(t *testing.T) (list []sample) {
	t.Helper()
	var none usertest.Options
	tooDeep := strings.Repeat("[", wire.MaxDepth)
	const a = "Identity=a"
	form := func(body string) { list = append(list, sent(t, body, nil, none)) }
	form("FriendlyName=a")
	for _, name := range requestMembers {
		for _, value := range []string{"%", ";", "%FF", "&" + name + "="} {
			form(name + "=" + value)
		}
	}
	form("identity=a")
	form("Attributes[a]=1")
	for _, value := range []string{"", "[]", `{"a":"\ud800"}`, strings.Repeat(`{"a":`, wire.MaxDepth+1)} {
		form(a + "&Attributes=" + value)
	}
	for _, value := range []string{"RLaaaaag", "US", "RL"} {
		form(a + "&RoleSid=" + value)
	}
	withHeader := func(name string, values ...string) {
		list = append(list, sent(t, a, func(r *http.Request) { r.Header[name] = values }, none))
	}
	withHeader("Content-Type", httpwire.JSONType)
	withHeader("Content-Encoding", "gzip")
	withHeader(user.WebhookHeader, "yes")
	withHeader(user.WebhookHeader, "true", "true")
	list = append(list,
		sent(t, a, func(r *http.Request) { r.Method = http.MethodGet }, none),
		sent(t, a, nil, usertest.Options{MaxBody: 4}))

	for _, name := range requestMembers {
		for _, src := range []string{`{"N":null}`, `{"N":1}`, `{"N":"","N":""}`, `{"N":"`, `{"N":"\ud800"}`, "{\"N\":\"\xff\"}"} {
			list = append(list, sample{"JSON request", "", errOf(encode.ParseRequest(strings.ReplaceAll(src, "N", name)))})
		}
	}
	for _, src := range []string{`{"identity":"a"}`, `{`, `{"x":` + tooDeep} {
		list = append(list, sample{"JSON request", "", errOf(encode.ParseRequest(src))})
	}
	for _, name := range append(userMembers(), "links.user_conversations") {
		for _, src := range []string{`"N":1`, `"N":null,"N":null`, `"N":`, `"N":"\ud800"`, "\"N\":\"\xff\""} {
			src = "{" + strings.ReplaceAll(src, "N", strings.TrimPrefix(name, "links.")) + "}"
			if strings.HasPrefix(name, "links.") {
				src = `{"links":` + src + `}`
			}
			list = append(list, sample{"JSON user", "", errOf(encode.ParseUser(src))})
		}
	}
	list = append(list, sample{"JSON user", "", errOf(encode.ParseUser(`{"x":` + tooDeep))})

	r := user.CreateRequest{Identity: "a", FriendlyName: user.Null[string](), RoleSID: user.Null[user.RoleSID](),
		Attributes: user.Null[user.Attributes](), WebhookEnabled: user.Null[bool]()}
	list = append(list, sample{"Validate", "", r.Validate()})
	for _, sid := range []string{"Px", "P", "XXg"} {
		of := func(prefix string) string { return strings.Replace(sid, "P", prefix, 1) }
		u := user.User{
			SID: user.Some(user.UserSID(of("US"))), AccountSID: user.Some(user.AccountSID(of("AC"))), RoleSID: user.Some(user.RoleSID(of("RL"))),
			ChatServiceSID: user.Some(user.ChatServiceSID(of("IS"))),
		}
		list = append(list, sample{"Validate", "", u.Validate()})
	}
	for _, attributes := range []user.Attributes{"", "[]", "{\"\xff", `{"\ud800"`, user.Attributes(strings.Repeat(`{"a":`, wire.MaxDepth+1))} {
		u := user.User{Attributes: user.Some(attributes), Identity: user.Some("\xff"), FriendlyName: user.Some("\xff"),
			DateCreated: user.Some(user.DateTime("2019-13")), DateUpdated: user.Some(user.DateTime("now")),
			URL: user.Some("/a"), Links: user.Some(user.Links{UserConversations: user.Some("a b")})}
		list = append(list, sample{"Validate", "", u.Validate()})
	}
	for _, a := range []sample{answered(200, `{}`, nil), answered(302, "", nil), answered(201, `{}`, nil)} {
		e, _ := errors.AsType[*user.APIError](a.err)
		list = append(list, sample{a.where, "", &validate.Error{Code: e.Reason, Offset: -1}})
	}
	unread := httptest.NewRequest(http.MethodPost, httpwire.Path, iotest.ErrReader(io.ErrUnexpectedEOF))
	unread.Header.Set("Content-Type", httpwire.FormType)
	return append(list, sample{"HTTP request", "", errOf(httpwire.ReadRequest(unread, nil))},
		sample{"HTTP client", "", errOf(httpwire.NewRequest(t.Context(), "ftp://h", &user.CreateRequest{Identity: "a"}))},
		answered(201, `{}`, &httpwire.ReadOptions{MaxBody: 1}))
}

// errOf returns the error of a call.
func errOf[T any](_ T, err error) error { return err }

// answered returns the error of reading a response.
func answered(status int, body string, opts *httpwire.ReadOptions) sample {
	_, _, err := httpwire.ReadResponse(&http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, opts)
	return sample{"HTTP response", "", err}
}

// A set has texts in the order in which they were added.
type set []string

func (s *set) add(text string) {
	if text != "" && !slices.Contains(*s, text) {
		*s = append(*s, text)
	}
}

func (s set) String() string {
	if len(s) == 0 {
		return "–"
	}
	return strings.Join(s, "; ")
}

// code returns the texts as code for a cell of a table in Markdown.
func (s set) code() string {
	var all set
	for _, text := range s {
		all = append(all, "`"+text+"`")
	}
	return strings.ReplaceAll(all.String(), "|", `\|`)
}

// fieldNames lists fields, and names all those of a request or of a user together.
func fieldNames(fields set) string {
	var names set
	for _, all := range []struct {
		words   string
		members []string
	}{
		{"every member of the request", requestMembers},
		{"every member of a user", append(userMembers(), "links.user_conversations")},
		{"every text of a user", slices.DeleteFunc(append(userMembers(), "links.user_conversations"), func(m string) bool {
			return m == "is_online" || m == "is_notifiable" || m == "links"
		})},
	} {
		if !slices.ContainsFunc(all.members, func(m string) bool { return !slices.Contains(fields, m) }) {
			names.add(all.words)
			fields = slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(all.members, f) })
		}
	}
	for _, f := range fields {
		if f != "the whole input" {
			f = "`" + f + "`"
		}
		names.add(f)
	}
	return names.String()
}

// codeTable is the table of the codes of errors.
func codeTable(t *testing.T) string {
	t.Helper()
	type row struct{ fields, formats, server, text set }
	rows := map[validate.Code]*row{}
	for _, s := range samples(t) {
		all := slices.Collect(validate.All(s.err))
		if len(all) == 0 {
			t.Fatalf("%T %v has no *validate.Error", s.err, s.err)
		}
		for _, e := range all {
			r := rows[e.Code]
			if r == nil {
				r = &row{}
				rows[e.Code] = r
			}
			r.fields.add(cmp.Or(e.Field, "the whole input"))
			r.formats.add(s.where)
			r.server.add(s.server)
			if len(r.text) < 2 {
				r.text.add(e.Error())
			}
		}
	}
	var b strings.Builder
	b.WriteString("| code | constant | meaning | field | found in | the endpoint answers | the sentence, for example |\n|---|---|---|---|---|---|---|\n")
	for _, c := range declared(t, "validate/error.go", "Code") {
		r := rows[c.code]
		if r == nil || c.meaning == "" {
			t.Errorf("%s: a code needs a comment where it is declared, and a sample here", c.name)
			continue
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s | %s |\n", c.code, c.name, c.meaning, fieldNames(r.fields), r.formats, r.server, r.text.code())
		delete(rows, c.code)
	}
	for code := range rows {
		t.Errorf("%s is a code that validate/error.go does not declare", code)
	}
	return b.String()
}

// A wantRow is a Want, and the text of its error.
type wantRow struct{ Code, Want, Text string }

func wantRows(t *testing.T) []wantRow {
	return vectors.Load[wantRow](t, "validate/testdata/wants.json")
}

// wantTable is the table of the values of Want for the grammars.
func wantTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| code | `Want` | the sentence |\n|---|---|---|\n")
	for _, c := range []validate.Code{validate.CodeJSON, validate.CodeDateTime, validate.CodeURI} {
		for _, r := range wantRows(t) {
			if r.Code == string(c) {
				fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", c, r.Want, set{r.Text}.code())
			}
		}
	}
	return b.String()
}

// wantInSource matches the texts that are used as Want.
var wantInSource = regexp.MustCompile(`(?:\b[Ww]ant: *|\bwantText = |\bmisused\(validate\.\w+, |\brefuse\(.*, validate\.\w+, )"([^"]+)"`)

// TestEveryWantHasAWord searches the source, since no input leads to some of the
// texts.
func TestEveryWantHasAWord(t *testing.T) {
	words := map[string]bool{}
	for _, r := range wantRows(t) {
		words[r.Want] = true
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "fuzz" || d.Name() == "peers" || d.Name() == "node_modules") {
			return cmp.Or(err, filepath.SkipDir)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		for _, m := range wantInSource.FindAllStringSubmatch(vectors.File(t, strings.TrimPrefix(filepath.ToSlash(path), "../")), -1) {
			if found++; !words[m[1]] {
				t.Errorf("%s: %q has no row in validate/testdata/wants.json", path, m[1])
			}
		}
		return nil
	})
	if err != nil || found < 10 {
		t.Errorf("%v, %d texts", err, found)
	}
}

// hintTable is the table of the hints, with an input for each.
func hintTable(t *testing.T) string {
	t.Helper()
	type vector struct {
		Name, Rule, Prefix string
		vectors.Text
		Hint          validate.Hint
		Found, Undone string
	}
	rows := vectors.Load[vector](t, "validate/testdata/hints.json")
	var b strings.Builder
	b.WriteString("| hint | constant | what was sent | for example | the sentence |\n|---|---|---|---|---|\n")
	for _, c := range declared(t, "validate/hint.go", "Hint") {
		i := slices.IndexFunc(rows, func(v vector) bool { return string(v.Hint) == string(c.code) })
		if i < 0 || c.meaning == "" {
			t.Errorf("%s: a hint needs a comment where it is declared, and a vector", c.name)
			continue
		}
		input := rows[i].String()
		if quoted := strconv.Quote(input); strings.ContainsFunc(input, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) {
			input = quoted
		} else if len(input) > 80 {
			input = input[:20] + "…"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", c.code, c.name, set{c.meaning}.code(), set{input}.code(), set{rows[i].Hint.Message()}.code())
	}
	return b.String()
}

// adviceTable is the table of the codes of advice.
func adviceTable(t *testing.T) string {
	t.Helper()
	long := strings.Repeat("a", 257)
	var all []validate.Advice
	for _, s := range []string{long, "system", "US" + strings.Repeat("a", 32), "a@b", "a\t", "a\u202e",
		"a ", "a\u200bb", "a\ufffd", "\u00c3\u00a9", "e\u0301", "p\u0430", "a|b", "undefined"} {
		all = append(append(all, validate.AdviseIdentity(s)...), validate.AdviseFriendlyName(s)...)
	}
	for _, s := range []string{
		`{"a":"` + strings.Repeat("a", 16_384) + `"}`, `{"a":1,"a":2}`, `{"a":9007199254740993}`, `{"a":1e400}`, `{"a":"\/"}`, `{"a":"\u0001"}`, "{\"a\":\"\u202e\"}", "{\"a\":\"\ufffd\"}", "{\"a\":\"\u00c3\u00a9\"}",
	} {
		all = append(all, validate.AdviseAttributes(s)...)
	}
	var b strings.Builder
	b.WriteString("| code | constant | meaning | what to do | field | server's code | how this is known | the sentence, for example |\n|---|---|---|---|---|---|---|---|\n")
	for _, c := range declared(t, "validate/advice.go", "Code") {
		var field, server, source, text set
		for _, a := range all {
			if a.Code != c.code {
				continue
			}
			field.add("`" + a.Field + "`")
			if a.Server != 0 {
				server.add(fmt.Sprintf("%d (`%s`)", a.Server, a.Field))
			}
			source.add(a.Source)
			if len(text) < 1 {
				text.add(a.String())
			}
		}
		if len(text) == 0 || c.meaning == "" {
			t.Errorf("%s: advice needs a comment where it is declared, and a sample here", c.name)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s | %s | %s |\n", c.code, c.name, c.meaning, validate.Advice{Code: c.code}.Remedy(), field, server, source, text.code())
	}
	return b.String()
}

// browserMeanings explains the codes that only JavaScript has.
var browserMeanings = map[string]string{
	"crashed":    "a bug in this library, or a getter of the request that throws; there is no result. Only without the loader, which throws a `WasmError` or reports `unreadable`",
	"file":       "the FormData has a file in place of a text",
	"status":     "not an HTTP status from 100 to 599",
	"unreadable": "a getter or a proxy threw an error",
}

// issueCodes is the type of the package's codes.
var issueCodes = regexp.MustCompile(`(?s)export type IssueCode =(.*?);`)

// browserTable is the table of the codes that package validate does not declare: of
// the package convuser, and of the functions for a page without it.
func browserTable(t *testing.T) string {
	t.Helper()
	found := set{"crashed"}
	for _, m := range regexp.MustCompile(`"([a-z0-9_]+)"`).FindAllStringSubmatch(issueCodes.FindString(vectors.File(t, "wasm/npm/index.d.ts")), -1) {
		found.add(m[1])
	}
	slices.Sort(found)
	declared := declared(t, "validate/error.go", "Code")
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	for _, code := range found {
		if slices.ContainsFunc(declared, func(c codeDoc) bool { return string(c.code) == code }) {
			continue
		}
		if browserMeanings[code] == "" {
			t.Errorf("%s: a code of the browser needs a row in browserMeanings", code)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", code, browserMeanings[code])
	}
	return b.String()
}

// TestErrorCodes compares ERRORS.md with the declared codes and with errors that have
// them.
func TestErrorCodes(t *testing.T) {
	const path = ".github/ERRORS.md"
	doc := vectors.File(t, path)
	doc = vectors.Section(t, doc, "codes", codeTable(t))
	doc = vectors.Section(t, doc, "wants", wantTable(t))
	doc = vectors.Section(t, doc, "hints", hintTable(t))
	doc = vectors.Section(t, doc, "advice", adviceTable(t))
	doc = vectors.Section(t, doc, "browser", browserTable(t))
	vectors.Generated(t, path, doc)
}
