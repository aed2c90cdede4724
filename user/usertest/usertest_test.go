package usertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

const roleSID = "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

func diff(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got:\n%s", what, d)
	}
}

// A call is a request to the endpoint. The zero call is not valid: see good.
type call struct {
	method, path       string
	username, password string // no credentials if both are empty
	contentType, hook  string
	form               url.Values
	rest               string // after the form
}

// good returns a call that is answered 201.
func good(identity string) *call {
	return &call{"POST", httpwire.Path, "name", "secret", httpwire.FormType, "", url.Values{"Identity": {identity}}, ""}
}

func (c *call) request() *http.Request {
	r := httptest.NewRequest(c.method, "http://localhost"+c.path, strings.NewReader(c.form.Encode()+c.rest))
	if c.username != "" || c.password != "" {
		r.SetBasicAuth(c.username, c.password)
	}
	r.Header.Set("Content-Type", c.contentType)
	if c.hook != "" {
		r.Header.Set(user.WebhookHeader, c.hook)
	}
	return r
}

// do returns the answer of h to the call.
func (c *call) do(h http.Handler) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, c.request())
	return w.Result()
}

// create returns the user that h creates for the call.
func create(t *testing.T, h http.Handler, c *call) user.User {
	t.Helper()
	u, _, err := httpwire.ReadResponse(c.do(h), nil)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// An answer is the part of an error answer that the tests compare.
type answer struct {
	status, code int
	message      string
}

// check compares an answer with the legacy envelope, byte for byte.
func (a answer) check(t *testing.T, resp *http.Response) {
	t.Helper()
	_, h, err := httpwire.ReadResponse(resp, nil)
	e, ok := errors.AsType[*user.APIError](err)
	if !ok {
		t.Fatalf("got %v, want status %d", err, a.status)
	}
	moreInfo := "https://www.twilio.com/docs/errors/" + strconv.Itoa(a.code)
	diff(t, "answer", &user.APIError{
		Status: a.status, Code: a.code, Message: a.message, MoreInfo: moreInfo, ContentType: "application/json",
		Body:       fmt.Sprintf(`{"code":%d,"message":%q,"more_info":%q,"status":%d}`, a.code, a.message, moreInfo, a.status),
		RetryAfter: e.RetryAfter, // the tests of failures check it
	}, e)
	cors := httpwire.DefaultHeader()
	if strings.HasPrefix(h.AllowMethods.Or(""), "GET") {
		cors.AllowMethods = user.Some("GET, HEAD, OPTIONS") // of one user
	}
	diff(t, "CORS", cors, h)
	diff(t, "X-Content-Type-Options", "nosniff", resp.Header.Get("X-Content-Type-Options"))
	diff(t, "Cache-Control", "no-store", resp.Header.Get("Cache-Control"))
}

// rows are those of the table in doc.go, in its order. A row spoils a call in
// its own way only, and leaves the errors of later rows as they are.
var rows = []struct {
	name   string
	spoil  func(*call)
	want   answer
	header map[string]string
}{
	{"path", func(c *call) { c.path = "/v1/Users/" }, answer{404, 20404, "The requested resource was not found"}, nil},
	{"method", func(c *call) { c.method = "PUT" }, answer{405, 20004, "Method not allowed"}, map[string]string{"Allow": "POST, OPTIONS"}},
	{"credentials", func(c *call) { c.username, c.password = "", "" }, answer{401, 20003, "Authenticate"},
		map[string]string{"Www-Authenticate": `Basic realm="Twilio API"`}},
	{"media type", func(c *call) { c.contentType = "application/json" },
		answer{415, 20001, "Content-Type: want application/x-www-form-urlencoded"}, nil},
	{"body too large", func(c *call) { c.rest += strings.Repeat("&", maxBody) }, answer{413, 20001, "want at most 300 bytes"}, nil},
	{"webhook header", func(c *call) { c.hook = "yes" },
		answer{400, 20001, "X-Twilio-Webhook-Enabled: byte 0: want true or false"}, nil},
	{"form", func(c *call) { c.rest = "&Other=" + c.rest; c.form = url.Values{"": nil} }, answer{400, 20001, "byte 1: unknown name"}, nil},
	{"Identity missing", func(c *call) { c.form.Set("Identity", "") }, answer{400, 50204, "Identity: required"}, nil},
	{"Attributes", func(c *call) { c.form.Set("Attributes", `[1]`) }, answer{400, 50304, "Attributes: byte 0: want a JSON object"}, nil},
	{"RoleSid", func(c *call) { c.form.Set("RoleSid", "RLx") }, answer{400, 20001, "RoleSid: byte 2: want a hex digit"}, nil},
	{"identity taken", func(c *call) { c.form.Set("Identity", "taken") }, answer{409, 50201, "User already exists"}, nil},
	{"no room", nil, answer{503, 20503, "No room for another user in this test endpoint"}, nil},
}

const maxBody = 300

// rowHandler returns an endpoint that is full or not, with one user.
func rowHandler(t *testing.T, full bool) *usertest.Handler {
	o := usertest.Options{MaxBody: maxBody}
	if full {
		o.MaxUsers = 1
	}
	h := usertest.NewHandler(&o)
	create(t, h, good("taken"))
	return h
}

func (c *call) checkRow(t *testing.T, k int, full bool) {
	t.Helper()
	h := rowHandler(t, full)
	resp := c.do(h)
	for name, want := range rows[k].header {
		diff(t, name, want, resp.Header.Get(name))
	}
	rows[k].want.check(t, resp)
	diff(t, "users", 1, len(h.Users()))
}

func TestEachError(t *testing.T) {
	create(t, rowHandler(t, false), good("new"))
	for k, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := good("new")
			if row.spoil != nil {
				row.spoil(c)
			}
			c.checkRow(t, k, row.spoil == nil)
		})
	}
}

// A request with the error of a row and those of all later rows gets the answer
// of the row, and so does one with the error of any one later row.
func TestFirstError(t *testing.T) {
	for k, row := range rows[:len(rows)-1] {
		t.Run(row.name, func(t *testing.T) {
			all := good("new")
			for later := len(rows) - 2; later >= k; later-- { // backwards: a row may overwrite a later one
				rows[later].spoil(all)
			}
			all.checkRow(t, k, true)
			for later := k + 1; later < len(rows)-1; later++ {
				c := good("new")
				rows[later].spoil(c)
				row.spoil(c)
				c.checkRow(t, k, false)
			}
		})
	}
}

// More requests for the rows' answers.
func TestErrors(t *testing.T) {
	const form = `application/x-www-form-urlencoded`
	pair := func(name, value string) func(*call) { return func(c *call) { c.form.Set(name, value) } }
	for name, c := range map[string]struct {
		spoil func(*call)
		want  answer
	}{
		"root":              {func(c *call) { c.path = "/" }, answer{404, 20404, "The requested resource was not found"}},
		"case of the path":  {func(c *call) { c.path = "/v1/users" }, answer{404, 20404, "The requested resource was not found"}},
		"slash escaped":     {func(c *call) { c.path = "/v1%2FUsers" }, answer{404, 20404, "The requested resource was not found"}},
		"letter escaped":    {func(c *call) { c.path = "/v1/%55sers" }, answer{404, 20404, "The requested resource was not found"}},
		"escaped, raw byte": {func(c *call) { c.path = "/v1%2FUsers/\"" }, answer{404, 20404, "The requested resource was not found"}},
		"two slashes":       {func(c *call) { c.path = "//v1/Users" }, answer{404, 20404, "The requested resource was not found"}},
		"slashes inside":    {func(c *call) { c.path = "/v1//Users" }, answer{404, 20404, "The requested resource was not found"}},
		"dot":               {func(c *call) { c.path = "/v1/./Users" }, answer{404, 20404, "The requested resource was not found"}},
		"dots":              {func(c *call) { c.path = "/v1/x/../Users" }, answer{404, 20404, "The requested resource was not found"}},
		"behind a user":     {func(c *call) { c.path = "/v1/Users/a/Conversations" }, answer{404, 20404, "The requested resource was not found"}},
		"control escaped":   {func(c *call) { c.path = "/_convuser%2Ffaults" }, answer{404, 20404, "The requested resource was not found"}},
		"control, slash":    {func(c *call) { c.path = "/_convuser/faults/" }, answer{404, 20404, "The requested resource was not found"}},
		"POST to a user":    {func(c *call) { c.path = "/v1/Users/ab" }, answer{405, 20004, "Method not allowed"}},
		"GET":               {func(c *call) { c.method = "GET" }, answer{405, 20004, "Method not allowed"}},
		"no user name":      {func(c *call) { c.username = "" }, answer{401, 20003, "Authenticate"}},
		"no password":       {func(c *call) { c.password = "" }, answer{401, 20003, "Authenticate"}},
		"charset":           {func(c *call) { c.contentType += ";charset=latin1" }, answer{415, 20001, "Content-Type: want " + form}},
		"semicolon":         {func(c *call) { c.rest = ";" }, answer{400, 20001, "Identity: byte 11: raw semicolon, want %3B"}},
		"percent":           {func(c *call) { c.rest = "%" }, answer{400, 20001, "Identity: byte 12: want two hex digits after %"}},
		"repeated":          {func(c *call) { c.rest = "&Identity=a" }, answer{400, 20001, "Identity: byte 12: repeated name"}},
		"Attributes nested": {func(c *call) { c.rest = "&Attributes[a]=1" }, answer{400, 20001, "Attributes: byte 12: unknown name; Attributes is one JSON text, not a nested form"}},
		"no form at all":    {func(c *call) { c.form = nil }, answer{400, 50204, "Identity: required"}},
		"Attributes empty":  {pair("Attributes", ""), answer{400, 50304, `Attributes: byte 0: not JSON, want a value; write an object such as {"name":"value"}`}},
		"Attributes null":   {pair("Attributes", "null"), answer{400, 50304, `Attributes: byte 0: want a JSON object; write an object such as {"name":"value"}`}},
		"Attributes cut":    {pair("Attributes", `{"a"`), answer{400, 50304, "Attributes: byte 4: not JSON, want a colon"}},
		"half a surrogate":  {pair("Attributes", `{"a":"\ud800"}`), answer{400, 50304, "Attributes: byte 6: unpaired surrogate escape"}},
		"RoleSid empty":     {pair("RoleSid", ""), answer{400, 20001, "RoleSid: byte 0: want 34 bytes"}},
		"another SID":       {pair("RoleSid", "US"+roleSID[2:]), answer{400, 20001, "RoleSid: byte 0: want RL; this is the SID of another resource: User"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, bad := usertest.NewHandler(nil), good("ab")
			c.spoil(bad)
			c.want.check(t, bad.do(h))
			diff(t, "users", 0, len(h.Users()))
		})
	}
}

func TestPreflight(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{Username: "name", Password: "secret"})
	h.Fail(usertest.Failure{Kind: usertest.ServerError}) // does not apply to a preflight
	c := call{method: "OPTIONS", path: httpwire.Path}
	r := c.request()
	r.Header = http.Header{
		"Origin":                         {"https://a.example"},
		"Access-Control-Request-Method":  {"POST"},
		"Access-Control-Request-Headers": {"authorization,x-twilio-webhook-enabled"},
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	diff(t, "status", 204, w.Code)
	diff(t, "body", "", w.Body.String())
	diff(t, "header", http.Header{
		"Access-Control-Allow-Origin":      {"*"},
		"Access-Control-Allow-Methods":     {"POST, OPTIONS"},
		"Access-Control-Allow-Headers":     {"Content-Type, Authorization, X-Twilio-Webhook-Enabled"},
		"Access-Control-Allow-Credentials": {"false"},
		"Access-Control-Expose-Headers":    {"Retry-After"},
		"Access-Control-Max-Age":           {"600"},
		"Cache-Control":                    {"no-store"},
		"X-Content-Type-Options":           {"nosniff"},
	}, w.Header())
	answer{500, 20500, "Internal server error"}.check(t, good("a").do(h))
}

func TestCreated(t *testing.T) {
	h := usertest.NewHandler(nil)
	resp := good("a").do(h)
	diff(t, "status", 201, resp.StatusCode)
	diff(t, "X-Content-Type-Options", "nosniff", resp.Header.Get("X-Content-Type-Options"))
	diff(t, "Cache-Control", "no-store", resp.Header.Get("Cache-Control"))
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "Content-Length", strconv.Itoa(len(body)), resp.Header.Get("Content-Length"))
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	diff(t, "members", []string{
		"account_sid", "attributes", "chat_service_sid", "date_created", "date_updated", "friendly_name", "identity",
		"is_notifiable", "is_online", "links", "role_sid", "sid", "url",
	}, slices.Sorted(maps.Keys(members)))
}

func TestUser(t *testing.T) {
	h := usertest.NewHandler(nil)
	full := good("admin")
	full.hook = "false"
	full.form = url.Values{"Identity": {"admin"}, "FriendlyName": {""}, "Attributes": {"{ \"duty\":\n\"tech\" }"}, "RoleSid": {"RL" + strings.Repeat("aA0", 10) + "fF"}}
	plain, admin := create(t, h, good("plain")), create(t, h, full)

	for _, c := range []struct {
		got, want user.User // want lacks the fresh members
	}{
		{plain, user.User{Identity: user.Some("plain"), FriendlyName: user.Null[string](), Attributes: user.Some(user.Attributes("{}")), RoleSID: plain.RoleSID}},
		{admin, user.User{Identity: user.Some("admin"), FriendlyName: user.Some(""), Attributes: user.Some(user.Attributes("{ \"duty\":\n\"tech\" }")),
			RoleSID: user.Some(user.RoleSID("RL" + strings.Repeat("aA0", 10) + "fF"))}},
	} {
		base := "http://localhost/v1/Users/" + string(c.got.SID.Or(""))
		c.want.SID, c.want.AccountSID, c.want.ChatServiceSID = c.got.SID, plain.AccountSID, plain.ChatServiceSID
		c.want.IsOnline, c.want.IsNotifiable = user.Null[bool](), user.Null[bool]()
		c.want.DateCreated, c.want.DateUpdated = c.got.DateCreated, c.got.DateCreated
		c.want.URL, c.want.Links = user.Some(base), user.Some(user.Links{UserConversations: user.Some(base + "/Conversations")})
		diff(t, "user", c.want, c.got)
		diff(t, "Validate", nil, c.got.Validate())
		for name, absent := range map[string]bool{ // Validate accepts an absent member
			"sid": c.got.SID.IsZero(), "account_sid": c.got.AccountSID.IsZero(), "chat_service_sid": c.got.ChatServiceSID.IsZero(),
			"role_sid": c.got.RoleSID.IsZero(), "date_created": c.got.DateCreated.IsZero(),
		} {
			diff(t, name+" is absent", false, absent)
		}
		at, err := time.Parse("2006-01-02T15:04:05Z", string(c.got.DateCreated.Or("")))
		if err != nil || at.IsZero() {
			t.Errorf("date_created %q: %v", c.got.DateCreated.Or(""), err)
		}
	}
	if plain.SID == admin.SID {
		t.Error("two users with one SID")
	}
	diff(t, "Users", []user.User{plain, admin}, h.Users())
}

// The Host in the url of a user is an allowed one.
func TestHost(t *testing.T) {
	none, named := []string(nil), []string{"Box.example", "192.0.2.1", "2001:db8::1"}
	for _, c := range []struct {
		hosts []string
		pass  []string
		stop  []string
	}{
		{none, []string{
			"localhost", "LOCALHOST:8080", "localhost.", "localhost:", "a.b.localhost", "127.0.0.1:65535", "127.255.255.254", "[::1]", "[::1]:80",
			"[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
		}, []string{
			"evil.example", "evil.example:80", "localhost.evil.example", "evillocalhost", "127.0.0.1.evil.example", "127.1", "2130706433", "0x7f.0.0.1",
			"0.0.0.0", "[::]", "192.0.2.1", "128.0.0.1", "[::2]", "[::1%25lo]", "[::1%lo]", "::1", "::1:80", "[127.0.0.1]", "[localhost]", "[::1", "::1]", "[::1]x",
			"", ":80", ".", "a b", "\xff", `"`, "a@localhost", "evil.example/.localhost", "evil.example?.localhost", "evil.example#.localhost",
			"evil.example:80.localhost", "localhost:x", "localhost:-1", "localhost:+1", "localhost:65536", "localhost:80:80", "localhost..", "localhost ",
			"localhost,evil.example", "lo\u212aalhost",
		}},
		{named, []string{"box.EXAMPLE:80", "box.example.", "192.0.2.1:80", "[2001:db8:0::1]", "localhost"}, []string{
			"a.box.example", "192.0.2.2", "[2001:db8::2]", "[2001:db8::1%25eth0]", "evil.example", "",
		}},
		{[]string{"0.0.0.0"}, []string{"0.0.0.0:80", "192.0.2.1", "[2001:db8::1]:80", "localhost"}, []string{"evil.example", "[fe80::1%25eth0]", ""}},
		{[]string{"::"}, []string{"[::]:80", "192.0.2.1"}, []string{"evil.example"}},
		{[]string{"", "a b"}, []string{"localhost"}, []string{"", ".", "a b"}},
	} {
		h := usertest.NewHandler(&usertest.Options{Hosts: c.hosts})
		ask := func(r *http.Request, host string) *http.Response {
			w := httptest.NewRecorder()
			r.Host = host
			h.ServeHTTP(w, r)
			return w.Result()
		}
		for _, host := range c.pass {
			h.Reset()
			u, _, err := httpwire.ReadResponse(ask(good("a").request(), host), nil)
			if err != nil {
				t.Errorf("%v %q: %v", c.hosts, host, err)
			}
			diff(t, host, "http://"+host+"/v1/Users/"+string(u.SID.Or("")), u.URL.Or(""))
			diff(t, host, nil, u.Validate())
		}
		h.Reset()
		kept := create(t, h, good("kept"))
		for _, host := range c.stop {
			for _, path := range []string{"/v1/Users", "/v1/Users/kept", usertest.ControlPath, "/"} {
				for _, method := range []string{"POST", "GET", "OPTIONS", "DELETE"} {
					r := good("b")
					r.method, r.path, r.rest = method, path, "&kind=500"
					resp := ask(r.request(), host)
					_, cors, err := httpwire.ReadResponse(resp, nil)
					e, _ := errors.AsType[*user.APIError](err)
					if e == nil || e.Status != 421 || e.Code != 20421 || e.ContentType != "application/json" {
						t.Errorf("%v %q: %s %s: %v, want 421", c.hosts, host, method, path, err)
					}
					diff(t, "CORS", httpwire.ResponseHeader{}, cors)
				}
			}
		}
		diff(t, "Users", []user.User{kept}, h.Users())
	}
}

// Nothing is folded, normalised or trimmed.
func TestIdentityIsExact(t *testing.T) {
	h := usertest.NewHandler(nil)
	identities := []string{"alice", "Alice", "ALICE", "alice ", " alice", "\u00e9", "e\u0301", "\u212b", "\u00c5", "\x00"}
	for _, identity := range identities {
		diff(t, "identity", user.Some(identity), create(t, h, good(identity)).Identity)
	}
	for _, identity := range identities {
		answer{409, 50201, "User already exists"}.check(t, good(identity).do(h))
	}
	var got []string
	for _, u := range h.Users() {
		got = append(got, u.Identity.Or(""))
	}
	diff(t, "Users", identities, got)
}

var noRoom = answer{503, 20503, "No room for another user in this test endpoint"}

func TestMaxUsers(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{MaxUsers: 2})
	want := []user.User{create(t, h, good("a")), create(t, h, good("b"))}
	for range 2 {
		noRoom.check(t, good("c").do(h))
	}
	answer{409, 50201, "User already exists"}.check(t, good("a").do(h))
	diff(t, "Users", want, h.Users())
	h.Reset()
	create(t, h, good("c"))
}

func TestMaxBytes(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{MaxBytes: 2000})
	want := []user.User{create(t, h, good("small"))}
	for _, name := range []string{"Identity", "FriendlyName", "Attributes"} {
		big := good("big")
		big.form.Set(name, strings.Repeat("b", 2000))
		if name == "Attributes" {
			big.form.Set(name, `{"a":"`+strings.Repeat("b", 2000)+`"}`)
		}
		for range 2 { // a refused user takes no room
			noRoom.check(t, big.do(h))
		}
	}
	diff(t, "Users", want, h.Users())
	want = append(want, create(t, h, good("big"))) // the identity of a refused user is free
	diff(t, "Users", want, h.Users())

	const tries = 20 // far more than there is room for
	refused := 0
	for k := range tries {
		switch resp := good(strconv.Itoa(k)).do(h); resp.StatusCode {
		case 201:
			diff(t, "created after a refusal", 0, refused)
		case 503:
			refused++
			noRoom.check(t, resp)
		default:
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	if refused == 0 {
		t.Error("the small users never fill the endpoint")
	}
	diff(t, "users", 2+tries-refused, len(h.Users()))
	h.Reset()
	create(t, h, good("again"))
}

func TestCredentials(t *testing.T) {
	const set, unset = true, false
	for _, c := range []struct {
		set                bool
		username, password string
		status             int
	}{
		{unset, "any", "pair", 201}, {unset, "", "", 401}, {unset, "any", "", 401}, {unset, "", "pair", 401}, {unset, " ", ":", 201},
		{set, "name", "secret", 201}, {set, "", "", 401}, {set, "name", "", 401}, {set, "", "secret", 401},
		{set, "name", "Secret", 401}, {set, "Name", "secret", 401}, {set, "secret", "name", 401}, {set, "name", "secretsecret", 401},
		{set, "name", "secre", 401}, {set, "name", "secret ", 401}, {set, "namesecret", "x", 401},
	} {
		var o usertest.Options
		if c.set {
			o.Username, o.Password = "name", "secret"
		}
		h, r := usertest.NewHandler(&o), good("a")
		r.username, r.password = c.username, c.password
		diff(t, fmt.Sprintf("set %t, %q:%q", c.set, c.username, c.password), c.status, r.do(h).StatusCode)
	}
	for _, c := range []struct {
		o                  usertest.Options
		username, password string
		status             int
	}{
		{usertest.Options{Username: "name"}, "name", "any", 201}, {usertest.Options{Username: "name"}, "name", "", 401},
		{usertest.Options{Username: "name"}, "other", "any", 401}, {usertest.Options{Password: "secret"}, "any", "secret", 201},
		{usertest.Options{Password: "secret"}, "any", "other", 401},
	} {
		r := good("a")
		r.username, r.password = c.username, c.password
		diff(t, fmt.Sprintf("%+v, %q:%q", c.o, c.username, c.password), c.status, r.do(usertest.NewHandler(&c.o)).StatusCode)
	}
	h, w := usertest.NewHandler(nil), httptest.NewRecorder()
	r := good("a").request()
	r.Header.Set("Authorization", "Bearer bmFtZTpzZWNyZXQ=")
	h.ServeHTTP(w, r)
	answer{401, 20003, "Authenticate"}.check(t, w.Result())
}

// injectors are the ways to inject a failure: from Go, and with a form on the
// control path.
var injectors = map[string]func(*testing.T, *usertest.Handler, usertest.Failure){
	"Go": func(_ *testing.T, h *usertest.Handler, f usertest.Failure) { h.Fail(f) },
	"form": func(t *testing.T, h *usertest.Handler, f usertest.Failure) {
		form := url.Values{"kind": {string(f.Kind)}}
		for name, n := range map[string]int{"times": f.Times, "retry_after": f.RetryAfter, "delay_ms": int(f.Delay / time.Millisecond)} {
			if n != 0 {
				form.Set(name, strconv.Itoa(n))
			}
		}
		resp := control(h, "POST", form.Encode(), nil)
		diff(t, "status", 204, resp.StatusCode)
	},
}

// control posts a form to the control path.
func control(h http.Handler, method, form string, header http.Header) *http.Response {
	r := httptest.NewRequest(method, "http://localhost"+usertest.ControlPath, strings.NewReader(form))
	r.Header.Set("Content-Type", httpwire.FormType)
	maps.Copy(r.Header, header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Cache-Control") != "no-store" {
		w.Code = 0 // every answer has both, and no test wants 0
	}
	return w.Result()
}

func eachInjector(t *testing.T, f func(*testing.T, *usertest.Handler, func(usertest.Failure))) {
	for name, inject := range injectors {
		t.Run(name, func(t *testing.T) {
			h := usertest.NewHandler(nil)
			f(t, h, func(f usertest.Failure) { inject(t, h, f) })
		})
	}
}

func TestFailureAnswers(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		answers := []struct {
			failure    usertest.Failure
			retryAfter int
			want       answer
		}{
			{usertest.Failure{Kind: usertest.TooManyRequests}, 1, answer{429, 20429, "Too Many Requests"}},
			{usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 3600}, 3600, answer{429, 20429, "Too Many Requests"}},
			{usertest.Failure{Kind: usertest.ServerError}, 0, answer{500, 20500, "Internal server error"}},
			{usertest.Failure{Kind: usertest.ServerError, RetryAfter: 9, Delay: time.Millisecond}, 0, answer{500, 20500, "Internal server error"}},
		}
		for _, a := range answers {
			fail(a.failure)
		}
		for _, a := range answers { // in this order
			resp := good("a").do(h)
			if a.retryAfter > 0 {
				diff(t, "Retry-After", []string{strconv.Itoa(a.retryAfter)}, resp.Header["Retry-After"])
			} else {
				diff(t, "Retry-After", []string(nil), resp.Header["Retry-After"])
			}
			a.want.check(t, resp)
		}
		diff(t, "users", 0, len(h.Users()))
		create(t, h, good("a"))
	})
}

func TestBadGateway(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		fail(usertest.Failure{Kind: usertest.BadGateway})
		_, header, err := httpwire.ReadResponse(good("a").do(h), nil)
		diff(t, "error", error(&user.APIError{
			Status: 502, ContentType: "text/html; charset=utf-8", Body: "<html><body><h1>502 Bad Gateway</h1></body></html>\n",
		}), err)
		diff(t, "CORS", httpwire.DefaultHeader(), header)
		diff(t, "users", 0, len(h.Users()))
		create(t, h, good("a"))
	})
}

func TestDelay(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		fail(usertest.Failure{Kind: usertest.Delay, Delay: time.Millisecond})
		u := create(t, h, good("a")) // as usual
		diff(t, "Users", []user.User{u}, h.Users())
		fail(usertest.Failure{Kind: usertest.Delay, Delay: time.Millisecond})
		answer{409, 50201, "User already exists"}.check(t, good("a").do(h))
	})
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Delay: time.Millisecond}) // the zero Kind
	create(t, h, good("a"))
}

// bound is far longer than a call that works takes.
const bound = 30 * time.Second

// A client that closes its connection ends the delay, and its request is dropped.
func TestDelayEndsWithTheClient(t *testing.T) {
	for _, kind := range []usertest.Kind{"", usertest.Delay, usertest.TooManyRequests, usertest.ServerError, usertest.BadGateway, usertest.Drop, usertest.Cut, usertest.Redirect} {
		h := usertest.NewHandler(nil)
		h.Fail(usertest.Failure{Kind: kind, Delay: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w, done := httptest.NewRecorder(), make(chan struct{})
		go func() {
			defer close(done)
			h.ServeHTTP(w, good("a").request().WithContext(ctx))
		}()
		select {
		case <-done:
		case <-time.After(bound):
			t.Fatalf("%q: the delay goes on without the client", kind)
		}
		answer{503, 20503, "The delay was broken off"}.check(t, w.Result())
		diff(t, "users", 0, len(h.Users()))
		create(t, h, good("a")) // the failure is used up
	}
}

func TestCut(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		srv := httptest.NewServer(h)
		defer srv.Close()
		fail(usertest.Failure{Kind: usertest.Cut})
		resp, err := send(t, srv, "a")
		if err == nil {
			resp.Body.Close()
			t.Fatalf("status %d, want a connection that is cut", resp.StatusCode)
		}
		users := h.Users()
		if len(users) != 1 {
			t.Fatalf("%d users, want the one whose answer was lost", len(users))
		}
		diff(t, "identity", user.Some("a"), users[0].Identity)
		if resp, err = send(t, srv, "a"); err != nil { // the answer to a retry
			t.Fatal(err)
		}
		answer{409, 50201, "User already exists"}.check(t, resp)
		diff(t, "Users", users, h.Users())
	})
}

func TestDrop(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		srv := httptest.NewServer(h)
		defer srv.Close()
		fail(usertest.Failure{Kind: usertest.Drop})
		resp, err := send(t, srv, "a")
		if err == nil {
			resp.Body.Close()
			t.Fatalf("status %d, want a connection that is cut", resp.StatusCode)
		}
		diff(t, "users", 0, len(h.Users()))
		create(t, h, good("a"))
	})
}

func TestRedirect(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		fail(usertest.Failure{Kind: usertest.Redirect})
		resp := good("a").do(h)
		diff(t, "status", 307, resp.StatusCode)
		diff(t, "Location", "https://elsewhere.invalid/v1/Users", resp.Header.Get("Location"))
		h.Fail(usertest.Failure{Kind: usertest.Redirect, Location: "https://other.test/x"})
		diff(t, "Location", "https://other.test/x", good("a").do(h).Header.Get("Location"))
		diff(t, "users", 0, len(h.Users()))
		create(t, h, good("a"))
	})
}

// Late creates the user at once, and answers after the delay or when the client has
// closed its connection.
func TestLate(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		fail(usertest.Failure{Kind: usertest.Late, Delay: time.Millisecond})
		u := create(t, h, good("a"))
		diff(t, "Users", []user.User{u}, h.Users())
		fail(usertest.Failure{Kind: usertest.Late})
		answer{409, 50201, "User already exists"}.check(t, good("a").do(h))
	})
	synctest.Test(t, func(t *testing.T) {
		h := usertest.NewHandler(nil)
		h.Fail(usertest.Failure{Kind: usertest.Late, Delay: time.Hour}, usertest.Failure{Kind: usertest.Late, Delay: time.Hour})
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			create(t, h, good("a"))
		}()
		synctest.Wait()
		diff(t, "users while it waits", 1, len(h.Users()))
		<-done
		diff(t, "waited", time.Hour, time.Since(start))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		h.ServeHTTP(httptest.NewRecorder(), good("b").request().WithContext(ctx))
		diff(t, "waited", time.Second, time.Since(start))
		diff(t, "users", 2, len(h.Users()))
	})
}

// TestFailFunc: the failures of Fail come first, then those that the function
// chooses.
func TestFailFunc(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.FailFunc(func(r *http.Request) (usertest.Failure, bool) {
		return usertest.Failure{Kind: usertest.ServerError}, r.Header.Get("X-Fail") != ""
	})
	h.Fail(usertest.Failure{Kind: usertest.BadGateway})
	status := func(identity, fail string) int {
		r := good(identity).request()
		r.Header.Set("X-Fail", fail)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	diff(t, "statuses", []int{502, 500, 201, 500}, []int{status("a", "yes"), status("a", "yes"), status("a", ""), status("b", "yes")})
	h.FailFunc(nil)
	diff(t, "without", 201, status("b", "yes"))
	h.FailFunc(usertest.RandomFailures(1, 1, usertest.Failure{Kind: usertest.ServerError}))
	diff(t, "with", 500, status("c", ""))
	h.Reset()
	diff(t, "after Reset", 201, status("c", ""))
}

// TestRandomFailures: the same seed gives the same sequence, in which each
// failure has its share.
func TestRandomFailures(t *testing.T) {
	const n = 4000
	sequence := func(seed uint64) (kinds []usertest.Kind) {
		choose := usertest.RandomFailures(seed, 4, usertest.Failure{Kind: usertest.Cut}, usertest.Failure{Kind: usertest.Drop})
		for range n {
			f, ok := choose(nil)
			if ok != (f.Kind != "") {
				t.Fatalf("%v, %v", f, ok)
			}
			kinds = append(kinds, f.Kind)
		}
		return kinds
	}
	first := sequence(1)
	diff(t, "again", first, sequence(1))
	if slices.Equal(first, sequence(2)) {
		t.Error("another seed gives the same sequence")
	}
	count := map[usertest.Kind]int{}
	for _, k := range first {
		count[k]++
	}
	for k, want := range map[usertest.Kind]int{"": n * 3 / 4, usertest.Cut: n / 8, usertest.Drop: n / 8} {
		if count[k] < want*3/4 || count[k] > want*5/4 {
			t.Errorf("%q came %d times, want about %d", k, count[k], want)
		}
	}
	for _, choose := range []func(*http.Request) (usertest.Failure, bool){usertest.RandomFailures(1, 1), usertest.RandomFailures(1, 0, usertest.Failure{})} {
		if _, ok := choose(nil); ok {
			t.Error("a failure without one to choose")
		}
	}
}

// send makes the call over a connection.
func send(t *testing.T, srv *httptest.Server, identity string) (*http.Response, error) {
	t.Helper()
	req, err := httpwire.NewRequest(t.Context(), srv.URL, &user.CreateRequest{Identity: identity})
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("name", "secret")
	return srv.Client().Do(req)
}

// Without a connection to close, the handler is aborted as net/http documents.
func TestCutWithoutConnection(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Kind: usertest.Cut})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("panic %v, want http.ErrAbortHandler", got)
		}
		diff(t, "users", 1, len(h.Users()))
	}()
	good("a").do(h)
	t.Error("an answer")
}

func TestTimes(t *testing.T) {
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		fail(usertest.Failure{Kind: usertest.ServerError, Times: 2})
		fail(usertest.Failure{Kind: usertest.TooManyRequests, Times: 1})
		// Only the call itself uses up a failure.
		(&call{method: "GET", path: httpwire.Path}).do(h)
		(&call{method: "POST", path: "/"}).do(h)
		var got []int
		for range 4 {
			got = append(got, good("a").do(h).StatusCode)
		}
		diff(t, "statuses", []int{500, 500, 429, 201}, got)
	})
}

// A request without valid credentials, such as a form that another site's page
// posts, does not use up a failure.
func TestFailureNeedsCredentials(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel() // the delay ends at once, and changes the answer
	eachInjector(t, func(t *testing.T, h *usertest.Handler, fail func(usertest.Failure)) {
		ask := func(c *call) *http.Response {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, c.request().WithContext(ended))
			return w.Result()
		}
		kept := create(t, h, good("kept"))
		for _, kind := range []usertest.Kind{usertest.TooManyRequests, usertest.ServerError, usertest.BadGateway, usertest.Delay, usertest.Drop, usertest.Cut, usertest.Redirect} {
			fail(usertest.Failure{Kind: kind, Delay: time.Minute})
			for _, c := range []*call{good("a"), get("kept"), get("none")} {
				c.username, c.password = "", ""
				answer{401, 20003, "Authenticate"}.check(t, ask(c))
			}
			answer{503, 20503, "The delay was broken off"}.check(t, ask(good("a"))) // the failure was still pending
		}
		diff(t, "Users", []user.User{kept}, h.Users())
	})
}

func TestFailuresAreBounded(t *testing.T) {
	h := usertest.NewHandler(nil)
	h.Fail(usertest.Failure{Kind: usertest.ServerError, Times: 999}, usertest.Failure{Kind: usertest.BadGateway, Times: 1 << 30})
	h.Fail(usertest.Failure{Kind: usertest.BadGateway, Times: -1})
	got := map[int]int{}
	for range 1001 {
		got[good("a").do(h).StatusCode]++
	}
	diff(t, "statuses", map[int]int{500: 999, 502: 1, 201: 1}, got)
}

func TestControlBadForm(t *testing.T) {
	const unknown = "unknown name; want kind, times, retry_after or delay_ms"
	const kind = "kind: want one of 429 500 502 delay late drop cut redirect"
	const tooLarge = "want a form of at most 4096 bytes"
	for form, want := range map[string]string{
		"":                                  "kind: want a value",
		"kind=":                             "kind: want a value",
		"times=1":                           "kind: want a value",
		"kind=503":                          kind,
		"kind=DELAY":                        kind,
		"kind=+cut":                         kind,
		"kind=500+502":                      kind,
		"kind=<script>":                     kind,
		"kind=500&times=-1":                 "times: want at least 0",
		"kind=500&times=1001":               "times: want at most 1000",
		"kind=429&retry_after=-1":           "retry_after: want at least 0",
		"kind=429&retry_after=3601":         "retry_after: want at most 3600",
		"kind=delay&delay_ms=-1":            "delay_ms: want at least 0",
		"kind=delay&delay_ms=60001":         "delay_ms: want at most 60000",
		"kind=500&kind=502":                 "kind: repeated name",
		"kind=500&times=1&times=1":          "times: repeated name",
		"kind=500&retry_after=&retry_after": "retry_after: repeated name",
		"kind=500&delay_ms=1&delay_ms=2":    "delay_ms: repeated name",
		"kind=500&Times=1":                  unknown,
		"kind=500&secret=1":                 unknown,
		"kind=500&kind[0]=502":              unknown,
		"kind=500&kind.x=502":               unknown,
		"kind=500&":                         "",
		"kind=500&times=two":                "times: want a whole number",
		"kind=500&times=1.5":                "times: want a whole number",
		"kind=429&retry_after=1s":           "retry_after: want a whole number",
		"kind=delay&delay_ms=" + strings.Repeat("9", 20): "delay_ms: want a whole number",
		"kind=500&delay_ms=x&times=y":                    "times: want a whole number",
		"kind=500&times=%zz":                             tooLarge,
		"kind=500&times=1;2":                             tooLarge,
		"kind=" + strings.Repeat("5", 5000):              tooLarge,
	} {
		h := usertest.NewHandler(nil)
		resp := control(h, "POST", form, nil)
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		name := form[:min(len(form), 50)]
		if want == "" {
			diff(t, name, 204, resp.StatusCode)
			continue
		}
		diff(t, name, 400, resp.StatusCode)
		diff(t, name, want+"\n", string(body)) // equal, so it holds nothing of the form
		diff(t, name, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
		create(t, h, good("a")) // no failure was injected
	}
}

func TestControlMediaType(t *testing.T) {
	h := usertest.NewHandler(nil)
	resp := control(h, "POST", `{"kind":"500"}`, http.Header{"Content-Type": {"application/json"}})
	body, err := io.ReadAll(resp.Body)
	diff(t, "error", nil, err)
	diff(t, "status", 400, resp.StatusCode)
	diff(t, "body", "Content-Type: want application/x-www-form-urlencoded\n", string(body))
}

func TestControlMethods(t *testing.T) {
	h := usertest.NewHandler(nil)
	for _, method := range []string{"GET", "HEAD", "PUT", "OPTIONS"} {
		resp := control(h, method, "kind=500", nil)
		diff(t, method, 405, resp.StatusCode)
		diff(t, method, "POST, DELETE", resp.Header.Get("Allow"))
	}
	create(t, h, good("a"))
	h.Fail(usertest.Failure{Kind: usertest.ServerError, Times: 9})
	diff(t, "DELETE", 204, control(h, "DELETE", "", nil).StatusCode)
	diff(t, "users", 0, len(h.Users()))
	create(t, h, good("a")) // neither the user nor the failures are left
}

// A page of another site must not be able to inject or remove failures.
func TestControlCrossSite(t *testing.T) {
	for _, c := range []struct {
		header http.Header
		status int
	}{
		{nil, 204}, // not a browser
		{http.Header{"Sec-Fetch-Site": {"same-origin"}}, 204},
		{http.Header{"Sec-Fetch-Site": {"none"}}, 204},
		{http.Header{"Origin": {"http://localhost"}}, 204},
		{http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		{http.Header{"Origin": {"http://evil.test"}}, 403},
		{http.Header{"Origin": {"null"}}, 403},
	} {
		h := usertest.NewHandler(nil)
		what := fmt.Sprint(c.header)
		kept := create(t, h, good("kept"))
		diff(t, what, c.status, control(h, "POST", "kind=500", c.header).StatusCode)
		fails := 500
		if c.status == 403 {
			fails = 201 // no failure was injected
		}
		diff(t, what, fails, good("a").do(h).StatusCode)
		diff(t, what, c.status, control(h, "DELETE", "", c.header).StatusCode)
		if c.status == 403 {
			diff(t, what, kept, h.Users()[0])
		} else {
			diff(t, what, []user.User{}, h.Users())
		}
	}
}

func TestReset(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{MaxUsers: 1})
	before := create(t, h, good("a"))
	h.Fail(usertest.Failure{Kind: usertest.ServerError})
	h.Reset()
	diff(t, "Users", []user.User{}, h.Users())
	after := create(t, h, good("a"))
	if before.SID == after.SID {
		t.Error("a SID came back")
	}
	diff(t, "account_sid", before.AccountSID, after.AccountSID)
}

func TestUsersIsACopy(t *testing.T) {
	h := usertest.NewHandler(nil)
	want := []user.User{create(t, h, good("a"))}
	h.Users()[0] = user.User{}
	diff(t, "Users", want, h.Users())
}

func TestNewServer(t *testing.T) {
	for status, opts := range map[int]*usertest.Options{
		201: nil,
		401: {Username: "name", Password: "another"},
	} {
		srv := usertest.NewServer(opts)
		resp, err := send(t, srv.Server, "a")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		diff(t, "status", status, resp.StatusCode)
		users := srv.Handler.Users()
		srv.Close()
		if status == 201 && len(users) == 1 {
			diff(t, "url", srv.URL+"/v1/Users/"+string(users[0].SID.Or("")), users[0].URL.Or(""))
		} else {
			diff(t, "users", 0, len(users))
		}
	}
}

// TestConcurrent creates each user twice, over 50 connections: one call of each pair
// must get 201, the other 409.
func TestConcurrent(t *testing.T) {
	const connections, identities = 50, 1000
	before := runtime.NumGoroutine()
	srv := usertest.NewServer(nil)
	transport := &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}
	srv.Client().Transport = transport

	var mu sync.Mutex
	statuses := map[string][]int{}
	jobs := make(chan string)
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for identity := range jobs {
				status := 0
				req, err := httpwire.NewRequest(t.Context(), srv.URL, &user.CreateRequest{Identity: identity})
				if err == nil {
					req.SetBasicAuth("name", "secret")
					var resp *http.Response
					if resp, err = srv.Client().Do(req); err == nil {
						status = resp.StatusCode
						_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
						resp.Body.Close()
					}
				}
				if err != nil {
					t.Error(err)
				}
				_ = srv.Handler.Users() // reads while others write
				mu.Lock()
				statuses[identity] = append(statuses[identity], status)
				mu.Unlock()
			}
		})
	}
	want := map[string][]int{}
	for k := range 2 * identities {
		identity := "user " + strconv.Itoa(k/2) // both calls at the same time
		want[identity] = []int{201, 409}
		jobs <- identity
	}
	close(jobs)
	workers.Wait()
	for _, s := range statuses {
		slices.Sort(s)
	}
	diff(t, "statuses", want, statuses)

	sids, made := map[user.UserSID]bool{}, map[string]bool{}
	for _, u := range srv.Handler.Users() {
		sids[u.SID.Or("")], made[u.Identity.Or("")] = true, true
	}
	diff(t, "SIDs", identities, len(sids))
	diff(t, "identities", identities, len(made))

	transport.CloseIdleConnections()
	srv.Close()
	settles(t, "goroutines", int64(before), func() int64 { return int64(runtime.NumGoroutine()) })
}

// The zero Handler has the zero Options. A failure injected before its first request
// applies.
func TestZeroHandler(t *testing.T) {
	var h usertest.Handler
	diff(t, "Users", 0, len(h.Users()))
	h.Fail(usertest.Failure{Kind: usertest.ServerError})
	answer{500, 20500, "Internal server error"}.check(t, good("a").do(&h))
	diff(t, "control", 204, control(&h, "POST", "kind=500", nil).StatusCode)
	answer{500, 20500, "Internal server error"}.check(t, good("a").do(&h))
	a, b := create(t, &h, good("a")), create(t, &h, good("b"))
	diff(t, "Validate", nil, a.Validate())
	diff(t, "account_sid", a.AccountSID, b.AccountSID)
	diff(t, "Users", []user.User{a, b}, h.Users())
}
