package interop

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin/binding"
	"github.com/labstack/echo/v4"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

const (
	form = httpwire.FormType
	js   = httpwire.JSONType
	role = "RL0123456789abcdefABCDEF0123456789"
)

// programs are the programs under test.
var programs = []struct {
	name string
	make func() (http.Handler, error)
}{{"gin", ginProgram}, {"echo", echoProgram}}

func start(t *testing.T, newProgram func() (http.Handler, error)) string {
	t.Helper()
	h, err := newProgram()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// post returns the status and the JSON of the answer on one line.
func post(t *testing.T, target, contentType, body string, header http.Header) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(resp.StatusCode) + " " + brief(t, b)
}

// brief returns the program's answer in short, such as "RoleSid length 3".
func brief(t *testing.T, b []byte) string {
	t.Helper()
	var answer struct {
		Bound   json.RawMessage `json:"bound"`
		Webhook *bool           `json:"webhook"`
		Faults  []violation     `json:"faults"`
		Message string          `json:"message"` // echo's own
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	s := string(answer.Bound) + answer.Message
	if answer.Webhook != nil {
		s += " webhook " + strconv.FormatBool(*answer.Webhook)
	}
	for i, f := range answer.Faults {
		if i > 0 {
			s += ", "
		}
		if f.Field != "" {
			s += f.Field + " "
		}
		s += f.Code + " " + strconv.Itoa(f.Offset)
	}
	return s
}

// pairs returns a form of alternating names and values.
func pairs(nv ...string) string {
	var b strings.Builder
	for i := 0; i < len(nv); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(nv[i]) + "=" + url.QueryEscape(nv[i+1]))
	}
	return b.String()
}

// TestBind sends the same valid and invalid requests to gin and to echo, which must
// give the same answers: the field, the code and the offset.
func TestBind(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 10_001) + "1" + strings.Repeat("}", 10_001)
	all := []struct {
		name, contentType, body string
		webhook                 string
		want                    string
	}{
		{"minimum", form, pairs("Identity", "alice"), "", `201 {"Identity":"alice"}`},
		{"all", form, pairs("Identity", " Zoë+1 ", "FriendlyName", "Z & Q", "Attributes", `{"a": [1]}`, "RoleSid", role, "plan", "paid"), "true",
			`201 {"Identity":" Zoë+1 ","FriendlyName":"Z \u0026 Q","Attributes":"{\"a\": [1]}","RoleSid":"` + role + `","plan":"paid"} webhook true`},
		{"empty is not absent", form, pairs("Identity", "alice", "FriendlyName", ""), "false", `201 {"Identity":"alice","FriendlyName":""} webhook false`},
		{"charset", form + "; charset=utf-8", pairs("Identity", "alice"), "", `201 {"Identity":"alice"}`},
		{"no identity", form, pairs("FriendlyName", "A"), "", `400 Identity required -1`},
		{"empty identity", form, pairs("Identity", ""), "", `400 Identity required -1`},
		{"identity not UTF-8", form, pairs("Identity", "ann\xff"), "", `400 Identity utf8 3`},
		{"friendly name not UTF-8", form, pairs("Identity", "ann", "FriendlyName", "\xc0\xaf"), "", `400 FriendlyName utf8 0`},
		{"attributes cut off", form, pairs("Identity", "alice", "Attributes", `{"a":1`), "", `400 Attributes json 6`},
		{"attributes an array", form, pairs("Identity", "alice", "Attributes", `[1]`), "", `400 Attributes object 0`},
		{"attributes empty", form, pairs("Identity", "alice", "Attributes", ``), "", `400 Attributes json 0`},
		{"attributes half a surrogate pair", form, pairs("Identity", "alice", "Attributes", `{"a":"\ud800"}`), "", `400 Attributes surrogate 6`},
		{"attributes too deep", form, pairs("Identity", "alice", "Attributes", deep), "", `400 Attributes depth 50000`},
		{"role too short", form, pairs("Identity", "alice", "RoleSid", "RL0"), "", `400 RoleSid length 3`},
		{"role of another kind", form, pairs("Identity", "alice", "RoleSid", "US"+role[2:]), "", `400 RoleSid prefix 0`},
		{"role with a line end", form, pairs("Identity", "alice", "RoleSid", role+"\n"), "", `400 RoleSid length 34`},
		{"every member", form, pairs("Attributes", `{"a":}`, "RoleSid", role[:33]+"g", "plan", "gold"), "",
			`400 Identity required -1, Attributes json 5, RoleSid hex 33, Plan oneof -1`},
		{"webhook header", form, pairs("Identity", "alice"), "TRUE", `400 X-Twilio-Webhook-Enabled boolean -1`},
		{"bad percent", form, "Identity=%zz", "", `400 malformed -1`},
		{"raw semicolon", form, "Identity=a;b", "", `400 malformed -1`},
		{"too large", form, pairs("Identity", strings.Repeat("a", 1<<20)), "", `413 too_large -1`},

		{"minimum", js, `{"Identity":"alice"}`, "", `201 {"Identity":"alice"}`},
		{"all", js, `{"plan":"free","Identity":"Zo\u00eb","FriendlyName":"","Attributes":"{\"a\": [1]}","RoleSid":"` + role + `"}`, "true",
			`201 {"Identity":"Zoë","FriendlyName":"","Attributes":"{\"a\": [1]}","RoleSid":"` + role + `","plan":"free"} webhook true`},
		{"no identity", js, `{"FriendlyName":"A"}`, "", `400 Identity required -1`},
		{"null identity", js, `{"Identity":null}`, "", `400 Identity required -1`},
		{"null members", js, `{"Identity":"alice","FriendlyName":null,"Attributes":null,"RoleSid":null}`, "",
			`400 FriendlyName null -1, Attributes null -1, RoleSid null -1`},
		{"attributes cut off", js, `{"Identity":"alice","Attributes":"{\"a\":1"}`, "", `400 Attributes json 6`},
		{"attributes an array", js, `{"Identity":"alice","Attributes":"[1]"}`, "", `400 Attributes object 0`},
		{"role too short", js, `{"Identity":"alice","RoleSid":"RL0"}`, "", `400 RoleSid length 3`},
		{"every member", js, `{"Attributes":"{\"a\":}","RoleSid":"` + role[:33] + `g","plan":"gold"}`, "",
			`400 Identity required -1, Attributes json 5, RoleSid hex 33, Plan oneof -1`},
		// encoding/json does not say in which member an Unmarshaler failed, so the
		// error of an Opt has no field, and an offset in its value.
		{"attributes an object, not its text", js, `{"Identity":"alice","Attributes":{"a":1}}`, "", `400 type 0`},
		{"friendly name not UTF-8", js, "{\"Identity\":\"alice\",\"FriendlyName\":\"a\xff\"}", "", `400 utf8 2`},
		{"identity a number", js, `{"Identity":1}`, "", `400 Identity type -1`},
		{"not JSON", js, `{"Identity":"alice",}`, "", `400 json 20`},
		{"cut off", js, `{"Identity":"alice"`, "", `400 malformed -1`},
		{"too large", js, `{"Identity":"` + strings.Repeat("a", 1<<20) + `"}`, "", `413 too_large -1`},
	}
	for _, p := range programs {
		target := start(t, p.make) + "/signup"
		for _, c := range all {
			h := http.Header{}
			if c.webhook != "" {
				h.Set(user.WebhookHeader, c.webhook)
			}
			if got := post(t, target, c.contentType, c.body, h); got != c.want {
				t.Errorf("%s, %s, %s:\n got %s\nwant %s", p.name, c.contentType, c.name, got, c.want)
			}
		}
	}
}

// leniencies are requests that gin and echo bind, although the strict readers
// refuse them. No rule of a validator can detect that afterwards: if it matters,
// read the request as strict does.
var leniencies = []struct {
	name, contentType, query, body string
	gin, echo, strict              string
}{
	{"an unknown name is ignored", form, "", "Identity=alice&Friendlyname=A",
		`201 {"Identity":"alice"}`,
		`201 {"Identity":"alice","FriendlyName":"A"}`, // echo ignores the case of names
		`400 unknown 15`},
	{"nested attributes are ignored", form, "", "Identity=alice&Attributes%5Ba%5D=1",
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 Attributes unknown 15`},
	{"the first of repeated names is taken", form, "", "Identity=alice&Identity=bob",
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 Identity repeated 15`},
	{"the query counts as the form", form, "?Identity=mallory", "FriendlyName=A",
		`201 {"Identity":"mallory","FriendlyName":"A"}`, `201 {"Identity":"mallory","FriendlyName":"A"}`, `400 Identity required -1`},
	{"names in another case", form, "", "identity=alice",
		`400 Identity required -1`, `201 {"Identity":"alice"}`, `400 unknown 0`},
	{"a name - is the webhook header's, see webhook", form, "", "Identity=alice&-=true",
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 unknown 15`},
	{"a form whose Content-Type is text/plain", "text/plain", "", "Identity=alice",
		`400 Identity required -1`, `415 Unsupported Media Type`, `415 Content-Type media_type -1`},
	{"an unknown member is ignored", js, "", `{"Identity":"alice","Role":"admin"}`,
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 unknown 20`},
	{"the last of repeated members is taken", js, "", `{"Identity":"alice","Identity":"bob"}`,
		`201 {"Identity":"bob"}`, `201 {"Identity":"bob"}`, `400 Identity repeated 20`},
	{"members in another case", js, "", `{"IDENTITY":"alice"}`,
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 unknown 1`},
	{"what follows the JSON is not read", js, "", `{"Identity":"alice"}}{`,
		`201 {"Identity":"alice"}`, `201 {"Identity":"alice"}`, `400 json 20`},
	{"bytes of Identity that are not UTF-8 are replaced", js, "", "{\"Identity\":\"a\xff\"}",
		`201 {"Identity":"a` + "\ufffd" + `"}`, `201 {"Identity":"a` + "\ufffd" + `"}`, `400 Identity utf8 14`},
	{"half a surrogate pair in Identity is replaced", js, "", `{"Identity":"\ud800"}`,
		`201 {"Identity":"` + "\ufffd" + `"}`, `201 {"Identity":"` + "\ufffd" + `"}`, `400 Identity surrogate 13`},
	{"no body at all", js, "", ``,
		`400 malformed -1`, `400 Identity required -1`, `400 json 0`},
}

func TestLeniencies(t *testing.T) {
	for _, p := range programs {
		base := start(t, p.make)
		for _, c := range leniencies {
			want := c.gin
			if p.name == "echo" {
				want = c.echo
			}
			if got := post(t, base+"/signup"+c.query, c.contentType, c.body, nil); got != want {
				t.Errorf("%s, %s:\n got %s\nwant %s", p.name, c.name, got, want)
			}
			if got := post(t, base+"/strict"+c.query, c.contentType, c.body, nil); got != c.strict {
				t.Errorf("strict, %s:\n got %s\nwant %s", c.name, got, c.strict)
			}
		}
	}
}

// TestAnswerBytes compares a whole answer, byte for byte.
func TestAnswerBytes(t *testing.T) {
	const want = `{"faults":[{"field":"RoleSid","code":"length","offset":3}]}`
	for _, p := range programs {
		resp, err := http.Post(start(t, p.make)+"/signup", form, strings.NewReader("Identity=alice&RoleSid=RL0"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := strings.TrimSpace(string(b)); err != nil || resp.StatusCode != http.StatusBadRequest || got != want {
			t.Errorf("%s: %d %s %v, want 400 %s", p.name, resp.StatusCode, got, err, want)
		}
	}
}

// TestRepeatedWebhookHeader: two headers are an error, as for httpwire.
func TestRepeatedWebhookHeader(t *testing.T) {
	h := http.Header{user.WebhookHeader: {"true", "false"}}
	const want = "400 X-Twilio-Webhook-Enabled repeated -1"
	for _, p := range programs {
		if got := post(t, start(t, p.make)+"/signup", form, "Identity=alice", h); got != want {
			t.Errorf("%s: got %s, want %s", p.name, got, want)
		}
	}
}

// pointed embeds a pointer, which is a mistake: see TestEmbeddedPointer.
type pointed struct {
	*user.CreateRequest
}

// TestEmbeddedPointer shows a pitfall: the pointer stays nil if the body has no
// member of the user, and echo never sets it from a form. A nil pointer breaks no
// rule, so a request without an identity is accepted.
func TestEmbeddedPointer(t *testing.T) {
	if _, err := ginProgram(); err != nil { // Register has been called
		t.Fatal(err)
	}
	for _, c := range []struct {
		contentType, body string
		gin, echo         bool // whether there is a user
	}{
		{form, "Identity=alice", true, false},
		{form, "", false, false},
		{js, `{"Identity":"alice"}`, true, true},
		{js, `{}`, false, false},
	} {
		newRequest := func() *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.contentType)
			return r
		}
		var g, e pointed
		if err := binding.Default(http.MethodPost, c.contentType).Bind(newRequest(), &g); err != nil {
			t.Errorf("gin, %s: %v", c.body, err)
		}
		if err := new(echo.DefaultBinder).Bind(&e, echo.New().NewContext(newRequest(), nil)); err != nil {
			t.Errorf("echo, %s: %v", c.body, err)
		}
		if got := g.CreateRequest != nil; got != c.gin {
			t.Errorf("gin, %s: a user: %t, want %t", c.body, got, c.gin)
		}
		if got := e.CreateRequest != nil; got != c.echo {
			t.Errorf("echo, %s: a user: %t, want %t", c.body, got, c.echo)
		}
	}
}
