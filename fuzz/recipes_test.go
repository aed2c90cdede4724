package fuzz_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// The code between the comments is what .github/RECIPES.md shows, to the
// byte; the Examples run it.

// recipe:begin handler

// createUser validates the call before anything else is done with it.
func createUser(w http.ResponseWriter, r *http.Request) {
	req, err := httpwire.ReadRequest(r, httpwire.MaxBody(64<<10))
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent) // here: store req.Clone(), or pass it on
	_ = req
}

// refuse answers with the field, the code and the offset of each error. None
// of them holds what was sent, so they may be shown and logged.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		status = e.Status // 400, 405, 413 or 415
	}
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	type issue struct {
		Field  string        `json:"field"`
		Code   validate.Code `json:"code"`
		Offset int           `json:"offset"`
		Hint   validate.Hint `json:"hint,omitempty"`
	}
	issues := []issue{}
	for e := range validate.All(err) {
		issues = append(issues, issue{e.Field, e.Code, e.Offset, e.Hint})
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(issues)
}

// recipe:end handler

func Example_validateInAHandler() {
	for _, form := range []string{
		"Identity=alice&Attributes=%7B%22duty%22%3A%22tech%22%7D",
		"Identity=&RoleSid=RLxyz",
		"Identity=alice&Attributes=%7B%22duty%2",
		"identity=alice",
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/Users", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		createUser(w, r)
		fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)))
	}
	w := httptest.NewRecorder()
	createUser(w, httptest.NewRequest(http.MethodGet, "/v1/Users", nil))
	fmt.Println(w.Code, w.Header().Get("Allow"), strings.TrimSpace(w.Body.String()))
	// Output:
	// 204
	// 400 [{"field":"Identity","code":"required","offset":-1},{"field":"RoleSid","code":"hex","offset":2}]
	// 400 [{"field":"Attributes","code":"percent","offset":38}]
	// 400 [{"field":"","code":"unknown","offset":0}]
	// 405 POST [{"field":"","code":"method","offset":-1}]
}

// recipe:begin no-redirects

// noRedirects is the CheckRedirect of a client for which a redirect itself is
// the answer.
func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// recipe:end no-redirects

func Example_noRedirects() {
	srv := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/v1/Users", http.StatusTemporaryRedirect))
	defer srv.Close()
	req, err := httpwire.NewRequest(context.Background(), srv.URL, &user.CreateRequest{Identity: "alice"})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := http.Client{CheckRedirect: noRedirects}
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _, err = httpwire.ReadResponse(resp)
	fmt.Println(err)
	// Output: twilio: status 307: redirected
}

// recipe:begin client

// create is the client under test. It sends a request again only where the
// service says that it has not processed it. A user with this identity may be
// there already, and another one than r: the class of that error is
// [user.AlreadyExists], and the caller fetches the user and compares, see agrees.
func create(ctx context.Context, c *http.Client, baseURL string, r *user.CreateRequest) error {
	client := *c
	client.CheckRedirect = noRedirects
	for try := 1; ; try++ {
		req, err := httpwire.NewRequest(ctx, baseURL, r)
		if err != nil {
			return err // not valid: nothing was sent
		}
		req.SetBasicAuth("username", "password")
		resp, err := client.Do(req)
		if err != nil {
			return err // no answer: the user may have been created
		}
		_, _, err = httpwire.ReadResponse(resp)
		answer, ok := errors.AsType[*user.APIError](err)
		if !ok || answer.Class() != user.RateLimited || try == 3 {
			return err // nil for a 201; of class Ambiguous: look before the next try
		}
		if err := pause(ctx, wait(answer)); err != nil {
			return err
		}
	}
}

// wait returns how long to wait after a 429: what Retry-After says, between a
// second and a minute. Whoever sends it may be wrong, or not the service.
func wait(answer *user.APIError) time.Duration {
	return time.Duration(min(max(answer.RetryAfter, 1), 60)) * time.Second
}

// pause waits, or returns the error of a context that ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// agrees reports whether a user that was fetched has what r asks for. It
// compares the text of Attributes, so another order or spacing differs.
func agrees(u *user.User, r *user.CreateRequest) bool {
	return u.Identity == user.Some(r.Identity) &&
		(r.FriendlyName.IsZero() || u.FriendlyName == r.FriendlyName) &&
		(r.Attributes.IsZero() || u.Attributes == r.Attributes) &&
		(r.RoleSID.IsZero() || u.RoleSID == r.RoleSID)
}

// recipe:end client

// recipe:begin client-test

func testCreate() {
	srv := usertest.NewServer()
	defer srv.Close()
	alice := &user.CreateRequest{Identity: "alice"}
	try := func() error { return create(context.Background(), srv.Client(), srv.URL, alice) }

	srv.Handler.Fail(usertest.Fault{Kind: usertest.TooManyRequests, RetryAfter: 1})
	fmt.Println(try(), len(srv.Handler.Users())) // waits a second, then creates

	err := try() // 409: alice is there already, and may be another
	exists, _ := errors.AsType[*user.APIError](err)
	fmt.Println(err, exists.Class() == user.AlreadyExists)
	there := srv.Handler.Users()[0] // over the network: a GET
	fmt.Println(agrees(&there, alice), agrees(&there, &user.CreateRequest{Identity: "alice", FriendlyName: user.Some("Alice B.")}))

	srv.Handler.Fail(usertest.Fault{Kind: usertest.BadGateway})
	fmt.Println(try()) // HTML keeps its status, and nothing is sent again

	srv.Handler.Reset()
	srv.Handler.Fail(usertest.Fault{Kind: usertest.Cut})
	fmt.Println(try() != nil, len(srv.Handler.Users())) // no answer, and yet created
}

// recipe:end client-test

func Example_testMyClient() {
	testCreate()
	// Output:
	// <nil> 1
	// twilio: status 409, code 50201 true
	// true false
	// twilio: status 502
	// true 1
}

// A transport answers from memory.
type transport func(*http.Request) *http.Response

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// A body calls a function when it is closed, as it is once it has been read.
type body struct {
	io.Reader
	closed func()
}

func (b body) Close() error { b.closed(); return nil }

// answering returns a client that is always answered so, and counts.
func answering(status int, header http.Header, closed func()) (c *http.Client, sent *[]string) {
	sent = new([]string)
	return &http.Client{Transport: transport(func(r *http.Request) *http.Response {
		*sent = append(*sent, r.Method+" "+r.URL.Host)
		return &http.Response{StatusCode: status, Header: header, Body: body{strings.NewReader("{}"), closed}, Request: r}
	})}, sent
}

// TestCreateStopsWaiting: the recipe's client is told to wait three thousand
// years, and its context ends while it does.
func TestCreateStopsWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, sent := answering(http.StatusTooManyRequests, http.Header{"Retry-After": {"99999999999"}}, cancel)
	err := create(ctx, c, "http://service.test", &user.CreateRequest{Identity: "alice"})
	if !errors.Is(err, context.Canceled) || len(*sent) != 1 {
		t.Errorf("%v after %q", err, *sent)
	}
}

// TestWait: what a 429 may ask for.
func TestWait(t *testing.T) {
	for seconds, want := range map[int]time.Duration{-1: time.Second, 0: time.Second, 7: 7 * time.Second, 60: time.Minute, 61: time.Minute, 1 << 30: time.Minute} {
		if got := wait(&user.APIError{RetryAfter: seconds}); got != want {
			t.Errorf("%d: %v, want %v", seconds, got, want)
		}
	}
}

// TestCreateSendsOnce: nothing but a 429 is sent again, and nothing goes to
// where a redirect leads.
func TestCreateSendsOnce(t *testing.T) {
	for _, status := range []int{200, 301, 302, 303, 307, 308, 400, 401, 404, 409, 500, 502, 503, 504} {
		c, sent := answering(status, http.Header{"Location": {"http://elsewhere.test/"}, "Retry-After": {"0"}}, func() {})
		err := create(t.Context(), c, "http://service.test", &user.CreateRequest{Identity: "alice"})
		if got := strings.Join(*sent, ", "); got != "POST service.test" || err == nil && status != 200 {
			t.Errorf("%d: %v after %s", status, err, got)
		}
	}
}

// TestAgrees: each member that a request has counts.
func TestAgrees(t *testing.T) {
	u := user.User{
		Identity: user.Some("alice"), FriendlyName: user.Some("Alice"),
		Attributes: user.Some(user.Attributes("{}")), RoleSID: user.Some(user.RoleSID("RL0")),
	}
	full := user.CreateRequest{Identity: "alice", FriendlyName: u.FriendlyName, Attributes: u.Attributes, RoleSID: u.RoleSID}
	if !agrees(&u, &full) || !agrees(&u, &user.CreateRequest{Identity: "alice"}) {
		t.Error("the same differ")
	}
	for _, change := range []func(r *user.CreateRequest){
		func(r *user.CreateRequest) { r.Identity = "Alice" },
		func(r *user.CreateRequest) { r.FriendlyName = user.Some("") },
		func(r *user.CreateRequest) { r.Attributes = user.Some(user.Attributes("{ }")) },
		func(r *user.CreateRequest) { r.RoleSID = user.Some(user.RoleSID("RL1")) },
	} {
		r := full
		if change(&r); agrees(&u, &r) {
			t.Errorf("%+v agrees", r)
		}
	}
}

// recipe:begin gateway

// relay passes an answer on with a change of its own. Members that this
// version does not know go through as they came.
func relay(w http.ResponseWriter, resp *http.Response) error {
	u, header, err := httpwire.ReadResponse(resp) // closes the body
	if e, ok := errors.AsType[*user.APIError](err); ok {
		return httpwire.WriteError(w, e, header) // the legacy envelope, whatever came; 502 for a success that is none
	}
	u.FriendlyName = user.Some("Alice of the gateway")
	return httpwire.WriteUser(w, &u, header) // 201
}

// recipe:end gateway

func Example_gateway() {
	answer := func(status int, contentType, body string) *http.Response {
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{"Content-Type": {contentType}},
			Body:       io.NopCloser(strings.NewReader(body)),
		}
	}
	for _, resp := range []*http.Response{
		answer(201, "application/json", `{"service_sid":"new","sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","identity":"alice","is_online":null,"tags":[1, 2.50]}`),
		answer(409, "application/json", `{"code":50201,"message":"User already exists","status":409}`),
		answer(502, "text/html", "<h1>Bad Gateway</h1>"),
		answer(201, "text/html", "<h1>Welcome</h1>"),
	} {
		w := httptest.NewRecorder()
		if err := relay(w, resp); err != nil {
			fmt.Println(err)
		}
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 201 {"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","identity":"alice","is_online":null,"friendly_name":"Alice of the gateway","service_sid":"new","tags":[1, 2.50]}
	// 409 {"code":50201,"message":"User already exists","more_info":"","status":409}
	// 502 {"code":0,"message":"","more_info":"","status":502}
	// 502 {"code":0,"message":"want a user with a valid sid","more_info":"","status":502}
}

// recipe:begin ndjson

// importNDJSON checks one JSON object a line and hands on the good ones. It
// returns an error of reading only; a bad line does not end the import.
func importNDJSON(src io.Reader, good func(user.CreateRequest), bad func(line int, err error)) error {
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, 1<<20) // the longest line
	line := 0
	for lines.Scan() {
		line++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		r, err := encode.ParseRequest(lines.Text())
		if err == nil {
			err = r.Validate()
		}
		if err != nil {
			bad(line, err)
			continue
		}
		good(r)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", line+1, err)
	}
	return nil
}

// recipe:end ndjson

// recipe:begin csv

// importCSV does the same for a table with a header line of wire names. An
// empty cell of an optional column is absent.
func importCSV(src io.Reader, good func(user.CreateRequest), bad func(line int, err error)) error {
	table := csv.NewReader(src)
	names, err := table.Read()
	if err != nil {
		return err
	}
	names[0] = strings.TrimPrefix(names[0], "\ufeff") // spreadsheets put a byte order mark
	seen := map[string]bool{}
	for _, name := range names {
		switch name {
		case "Identity", "FriendlyName", "Attributes", "RoleSid":
		default:
			return errors.New("header: want Identity, FriendlyName, Attributes, RoleSid")
		}
		if seen[name] {
			return errors.New("header: " + name + " twice")
		}
		seen[name] = true
	}
	for {
		cells, err := table.Read()
		if err == io.EOF {
			return nil
		}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			bad(e.StartLine, e.Err)
			continue
		}
		if err != nil {
			return err
		}
		line, _ := table.FieldPos(0)
		r := request(names, cells)
		if err := r.Validate(); err != nil {
			bad(line, err)
			continue
		}
		good(r)
	}
}

// request returns the request of one row.
func request(names, cells []string) (r user.CreateRequest) {
	for i, cell := range cells {
		switch {
		case names[i] == "Identity":
			r.Identity = cell
		case cell == "": // absent
		case names[i] == "FriendlyName":
			r.FriendlyName = user.Some(cell)
		case names[i] == "Attributes":
			r.Attributes = user.Some(user.Attributes(cell))
		case names[i] == "RoleSid":
			r.RoleSID = user.Some(user.RoleSID(cell))
		}
	}
	return r
}

// recipe:end csv

func Example_bulkImport() {
	good := func(r user.CreateRequest) { fmt.Println("good:", r.Identity) }
	bad := func(line int, err error) { fmt.Printf("line %d: %v\n", line, err) }
	err := importNDJSON(strings.NewReader(`{"Identity":"alice","Attributes":"{\"a\":1}"}

{"Identity":"bob","RoleSid":"RL0"}
{"Identity":"carol","role":"x"}
{"Identity":"dave"
{"Identity":"erin"}
`), good, bad)
	fmt.Println(err)
	err = importCSV(strings.NewReader("\ufeffIdentity,Attributes,FriendlyName\r\n"+
		"alice,\"{\"\"a\"\":1}\",\"two\nlines\"\r\n"+
		",{},\r\n"+
		"bob,[],Bob\r\n"+
		"carol,{}\r\n"+
		"dave,,\r\n"), good, bad)
	fmt.Println(err)
	// Output:
	// good: alice
	// line 3: RoleSid: byte 3: want 34 bytes
	// line 4: byte 20: unknown name
	// line 5: byte 18: not JSON, want a comma or }
	// good: erin
	// <nil>
	// good: alice
	// line 4: Identity: required
	// line 5: Attributes: byte 0: want a JSON object; write {}, not []: PHP makes an array of what is empty
	// line 6: wrong number of fields
	// good: dave
	// <nil>
}

// recipe:begin list

// parsePage reads one page of List and returns its users and the URL of the
// next page, "" for none.
func parsePage(body []byte) (users []user.User, next string, err error) {
	var page struct {
		Users []json.RawMessage `json:"users"`
		Meta  struct {
			NextPageURL string `json:"next_page_url"` // null leaves it empty
		} `json:"meta"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", err
	}
	for i, raw := range page.Users {
		u, err := encode.ParseUser(string(raw))
		if err != nil {
			return nil, "", fmt.Errorf("user %d: %w", i, err)
		}
		users = append(users, u)
	}
	return users, page.Meta.NextPageURL, nil
}

// recipe:end list

func Example_list() {
	users, next, err := parsePage([]byte(`{
		"meta": {"page": 0, "page_size": 2, "next_page_url": null, "key": "users"},
		"users": [{"identity": "alice", "sid": "US0"}, {"identity": "bob", "is_online": null}]
	}`))
	for _, u := range users {
		fmt.Println(u.Identity.Or(""), u.IsOnline.IsNull(), u.Validate())
	}
	fmt.Printf("%q %v\n", next, err)
	_, _, err = parsePage([]byte(`{"users": [{}, {"sid": 1}]}`))
	fmt.Println(err)
	// Output:
	// alice false sid: byte 3: want 34 bytes
	// bob true <nil>
	// "" <nil>
	// user 1: sid: byte 8: want a JSON string
}

// recipe:begin update

// updateForm writes the members that Update shares with Create User. Update
// names its user in the path, so any identity does for the check.
func updateForm(r user.CreateRequest) (string, error) {
	r.Identity = "-"
	if err := r.Validate(); err != nil {
		return "", err
	}
	r.Identity = "" // AppendForm leaves it out
	form, err := encode.AppendForm(nil, &r)
	return string(form), err
}

// recipe:end update

// recipe:begin fetch

// readUser reads the answer of Fetch or Update: a 200 with one user.
func readUser(resp *http.Response) (user.User, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, httpwire.DefaultMaxBody)) // what is cut off is no JSON
	if err != nil {
		return user.User{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return user.User{}, encode.ParseError(resp.StatusCode, resp.Header.Get("Content-Type"), string(body))
	}
	return encode.ParseUser(string(body))
}

// recipe:end fetch

func Example_updateAndFetch() {
	fmt.Println(updateForm(user.CreateRequest{FriendlyName: user.Some("Alice B.")}))
	fmt.Println(updateForm(user.CreateRequest{Attributes: user.Some(user.Attributes("null"))}))
	for status, body := range []string{http.StatusOK: `{"identity":"alice","friendly_name":"Alice B."}`, http.StatusNotFound: `{"code":20404}`} {
		if body == "" {
			continue
		}
		w := httptest.NewRecorder()
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		u, err := readUser(w.Result())
		fmt.Println(u.FriendlyName.Or(""), err)
	}
	// Output:
	// FriendlyName=Alice+B. <nil>
	//  Attributes: byte 0: want a JSON object; write an object such as {"name":"value"}
	// Alice B. <nil>
	//  twilio: status 404, code 20404
}

var (
	recipeCode  = regexp.MustCompile(`(?s)// recipe:begin ([a-z-]+)\n(.*?)\n// recipe:end ([a-z-]+)\n`)
	recipeBlock = regexp.MustCompile("(?s)<!-- recipe: ([a-z-]+) -->\n```go\n(.*?)```\n")
)

// TestRecipes holds the Go of RECIPES.md to the code above, every block of
// it and every piece of code.
func TestRecipes(t *testing.T) {
	const path = ".github/RECIPES.md"
	source, err := os.ReadFile("recipes_test.go")
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]string{}
	for _, m := range recipeCode.FindAllStringSubmatch(strings.ReplaceAll(string(source), "\r\n", "\n"), -1) {
		if m[1] != m[3] {
			t.Fatalf("recipe %s ends as %s", m[1], m[3])
		}
		code[m[1]] = strings.TrimSpace(m[2]) + "\n"
	}
	doc, shown := readFile(t, path), map[string]bool{}
	want := recipeBlock.ReplaceAllStringFunc(doc, func(block string) string {
		name := recipeBlock.FindStringSubmatch(block)[1]
		if code[name] == "" {
			t.Errorf("%s shows %s, of which there is no code", path, name)
			return block
		}
		shown[name] = true
		return "<!-- recipe: " + name + " -->\n```go\n" + code[name] + "```\n"
	})
	for name := range code {
		if !shown[name] {
			t.Errorf("%s does not show %s", path, name)
		}
	}
	if blocks := strings.Count(doc, "```go\n"); blocks != len(shown) {
		t.Errorf("%s has %d blocks of Go, and %d are recipes", path, blocks, len(shown))
	}
	generated(t, path, want)
}
