package docs_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/fuzz/vectors"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
	"github.com/convuser/convuser/validate"
)

// .github/RECIPES.md has the code between the comments, byte for byte. The Examples
// run it.

// recipe:begin handler

// createUser validates a request first.
func createUser(w http.ResponseWriter, r *http.Request) {
	req, err := httpwire.ReadRequest(r, &httpwire.ReadOptions{MaxBody: 64 << 10})
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent) // here: store req.Clone(), or pass it on
	_ = req
}

// refuse answers with the field, the code and the offset of each error. They have
// nothing of the input, so they may be shown and logged.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		status = e.Status // 400, 405, 413 or 415
	}
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	type issue struct {
		Field   string        `json:"field"`
		Code    validate.Code `json:"code"`
		Offset  int           `json:"offset"`
		Hint    validate.Hint `json:"hint,omitempty"`
		Message string        `json:"message"`
	}
	issues := []issue{}
	for e := range validate.All(err) {
		issues = append(issues, issue{e.Field, e.Code, e.Offset, e.Hint, e.Error()})
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
	// 400 [{"field":"Identity","code":"required","offset":-1,"message":"Identity: required"},{"field":"RoleSid","code":"hex","offset":2,"message":"RoleSid: byte 2: want a hex digit"}]
	// 400 [{"field":"Attributes","code":"percent","offset":38,"message":"Attributes: byte 38: want two hex digits after %"}]
	// 400 [{"field":"","code":"unknown","offset":0,"message":"byte 0: unknown name; did you mean Identity?"}]
	// 405 POST [{"field":"","code":"method","offset":-1,"message":"want POST"}]
}

// recipe:begin handler-json

// createUserFromJSON does the same for a JSON object, with the webhook header as a
// header.
func createUserFromJSON(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		tooLarge := &validate.Error{Code: validate.CodeTooLarge, Offset: -1, Want: "65536"}
		refuse(w, &httpwire.RequestError{Status: http.StatusRequestEntityTooLarge, Err: tooLarge})
		return
	}
	req, err := encode.ParseRequest(string(body))
	if values := r.Header.Values(user.WebhookHeader); err == nil && len(values) > 0 {
		req.WebhookEnabled = user.Some(values[0] == "true")
		err = validate.WebhookEnabled(strings.Join(values, ",")) // an error for more than one
		if e, ok := errors.AsType[*validate.Error](err); ok {
			e.Field = user.WebhookHeader
		}
	}
	if err == nil {
		err = req.Validate()
	}
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// recipe:end handler-json

func Example_validateJSONInAHandler() {
	for _, body := range []string{
		`{"Identity":"alice","Attributes":"{\"duty\":\"tech\"}"}`,
		`{"Identity":"","RoleSid":"RLxyz"}`,
		`{"Identity":"alice","Attributes":{"duty":"tech"}}`,
		`{"Identity":"` + strings.Repeat("a", 64<<10) + `"}`,
	} {
		w := httptest.NewRecorder()
		createUserFromJSON(w, httptest.NewRequest(http.MethodPost, "/v1/Users", strings.NewReader(body)))
		fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body)))
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/Users", strings.NewReader(`{"Identity":"alice"}`))
	r.Header.Set(user.WebhookHeader, "yes")
	w := httptest.NewRecorder()
	createUserFromJSON(w, r)
	fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	// Output:
	// 204
	// 400 [{"field":"Identity","code":"required","offset":-1,"message":"Identity: required"},{"field":"RoleSid","code":"hex","offset":2,"message":"RoleSid: byte 2: want a hex digit"}]
	// 400 [{"field":"Attributes","code":"type","offset":33,"hint":"not_stringified","message":"Attributes: byte 33: want a JSON string; pass the object as JSON text, as JSON.stringify makes it"}]
	// 413 [{"field":"","code":"too_large","offset":-1,"message":"want at most 65536 bytes"}]
	// 400 [{"field":"X-Twilio-Webhook-Enabled","code":"boolean","offset":0,"message":"X-Twilio-Webhook-Enabled: byte 0: want true or false"}]
}

// recipe:begin send

// create creates a user, or returns the existing one if it is the same.
func create(ctx context.Context, c *httpwire.Client, r user.CreateRequest) (u user.User, err error) {
	one := slices.All([]user.CreateRequest{r})
	for _, result := range c.CreateAll(ctx, one, nil) {
		u, err = result.User, result.Err // nil unless Refused or Unknown
		if result.Outcome == httpwire.Conflict {
			err = errors.New("the identity is taken by another user")
		}
	}
	return u, err
}

// recipe:end send

// recipe:begin client-test

func testCreate() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	client := &httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("any", "pair")}
	try := func(r user.CreateRequest) {
		u, err := create(context.Background(), client, r)
		fmt.Println(u.FriendlyName.Or(""), err, len(srv.Handler.Users()))
	}
	alice := user.CreateRequest{Identity: "alice", FriendlyName: user.Some("Alice")}

	srv.Handler.Fail(usertest.Failure{Kind: usertest.Cut})
	try(alice) // the response is lost, and the user is found
	try(alice) // 409, and the same
	alice.FriendlyName = user.Some("Alice B.")
	try(alice) // 409, and another
	try(user.CreateRequest{Identity: "bob", RoleSID: user.Some(user.RoleSID("RLxyz"))})
	client.Credentials = httpwire.Credentials{}
	try(user.CreateRequest{Identity: "bob"})
}

// recipe:end client-test

func Example_testMyClient() {
	testCreate()
	// Output:
	// Alice <nil> 1
	// Alice <nil> 1
	// Alice the identity is taken by another user 1
	//  RoleSid: byte 2: want a hex digit 1
	//  twilio: status 401, code 20003 1
}

// recipe:begin gateway

// relay forwards a response with one change. It keeps members that this version
// does not know.
func relay(w http.ResponseWriter, resp *http.Response) error {
	u, header, err := httpwire.ReadResponse(resp, nil) // closes the body
	if e, ok := errors.AsType[*user.APIError](err); ok {
		return httpwire.WriteError(w, e, header) // in the legacy envelope; 502 for a success without a user
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

// ndjson yields the request of each line, with its number. It calls bad for a line
// that cannot be read, and continues.
func ndjson(src io.Reader, bad func(line int, err error)) iter.Seq2[int, user.CreateRequest] {
	return func(yield func(int, user.CreateRequest) bool) {
		lines := bufio.NewScanner(src)
		lines.Buffer(nil, 1<<20) // the longest line
		line := 0
		for lines.Scan() {
			line++
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			r, err := encode.ParseRequest(lines.Text())
			if err != nil {
				bad(line, err)
			} else if !yield(line, r) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			bad(line+1, err)
		}
	}
}

// recipe:end ndjson

// recipe:begin import

// importUsers creates a user for each row, and writes a line to report for each
// row that failed.
func importUsers(ctx context.Context, c *httpwire.Client, rows iter.Seq2[int, user.CreateRequest], report io.Writer) (last httpwire.Counts) {
	o := &httpwire.CreateAllOptions{Progress: func(c httpwire.Counts) { last = c }}
	for line, result := range c.CreateAll(ctx, rows, o) {
		switch result.Outcome {
		case httpwire.Conflict:
			fmt.Fprintf(report, "line %d: another user has this identity: %s\n", line, result.User.SID.Or(""))
		case httpwire.Refused, httpwire.Unknown:
			fmt.Fprintf(report, "line %d: %v: %v\n", line, result.Outcome, result.Err)
		}
	}
	return last
}

// recipe:end import

// recipe:begin csv

// table yields the request of each row of a CSV file with a header of wire names.
// An empty cell of an optional column is absent.
func table(src io.Reader, bad func(line int, err error)) iter.Seq2[int, user.CreateRequest] {
	return func(yield func(int, user.CreateRequest) bool) {
		rows := csv.NewReader(src)
		names, err := rows.Read()
		if err == nil {
			names[0] = strings.TrimPrefix(names[0], "\ufeff") // spreadsheets write a byte order mark
			err = checkHeader(names)
		}
		if err != nil {
			bad(1, err)
			return
		}
		for {
			cells, err := rows.Read()
			e, malformed := errors.AsType[*csv.ParseError](err)
			switch {
			case malformed:
				bad(e.StartLine, e.Err)
				continue
			case err == io.EOF:
				return
			case err != nil:
				bad(0, err)
				return
			}
			line, _ := rows.FieldPos(0)
			if !yield(line, request(names, cells)) {
				return
			}
		}
	}
}

func checkHeader(names []string) error {
	for i, name := range names {
		switch name {
		case "Identity", "FriendlyName", "Attributes", "RoleSid":
		default:
			return errors.New("header: want Identity, FriendlyName, Attributes, RoleSid")
		}
		if slices.Contains(names[:i], name) {
			return errors.New("header: " + name + " twice")
		}
	}
	return nil
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
	srv := usertest.NewServer(nil)
	defer srv.Close()
	client := &httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("any", "pair")}
	bad := func(line int, err error) { fmt.Printf("line %d: %v\n", line, err) }
	// Rows that are not sent are reported at once, so the order of the lines varies.
	fmt.Println(importUsers(context.Background(), client, ndjson(strings.NewReader(`{"Identity":"alice","Attributes":"{\"a\":1}"}

{"Identity":"alice","Attributes":"{\"a\":1.0}"}
{"Identity":"bob","RoleSid":"RL0"}
{"Identity":"carol","role":"x"}
{"Identity":"dave"
{"Identity":"erin"}
`), bad), os.Stdout))
	fmt.Println(importUsers(context.Background(), client, table(strings.NewReader("\ufeffIdentity,Attributes,FriendlyName\r\n"+
		"alice,\"{\"\"a\"\":1}\",\"two\nlines\"\r\n"+
		",{},\r\n"+
		"bob,[],Bob\r\n"+
		"carol,{}\r\n"+
		"dave,,\r\n"), bad), io.Discard))
	for _, header := range []string{"", "Identity,Role", "Identity,Identity"} {
		fmt.Println(importUsers(context.Background(), client, table(strings.NewReader(header), bad), os.Stdout))
	}
	// Unordered output:
	// line 4: refused: RoleSid: byte 3: want 34 bytes
	// line 5: byte 20: unknown name
	// line 6: byte 18: not JSON, want a comma or }
	// [0 2 1 0 1]
	// line 6: wrong number of fields
	// [0 1 0 1 2]
	// line 1: EOF
	// [0 0 0 0 0]
	// line 1: header: want Identity, FriendlyName, Attributes, RoleSid
	// [0 0 0 0 0]
	// line 1: header: Identity twice
	// [0 0 0 0 0]
}

// recipe:begin list

// parsePage returns the users of one page of List, and the URL of the next page, ""
// for none.
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

// updateForm writes the members that Update shares with Create User. Update has its
// user in the path, so Validate gets any identity.
func updateForm(r user.CreateRequest) (string, error) {
	r.Identity = "-"
	if err := r.Validate(); err != nil {
		return "", err
	}
	r.Identity = "" // AppendForm omits it
	form, err := encode.AppendForm(nil, &r)
	return string(form), err
}

// recipe:end update

// recipe:begin fetch

// readUser reads the response of Fetch or Update: a 200 with one user.
func readUser(resp *http.Response) (user.User, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, httpwire.DefaultMaxBody)) // a body that is cut off is not JSON
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
	for _, c := range []struct {
		status int
		body   string
	}{{http.StatusOK, `{"identity":"alice","friendly_name":"Alice B."}`}, {http.StatusNotFound, `{"code":20404}`}} {
		w := httptest.NewRecorder()
		w.WriteHeader(c.status)
		fmt.Fprint(w, c.body)
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

// TestRecipes compares each block of Go in RECIPES.md with its recipe above.
func TestRecipes(t *testing.T) {
	const path = ".github/RECIPES.md"
	code := map[string]string{}
	for _, m := range recipeCode.FindAllStringSubmatch(vectors.File(t, ".github/recipes_test.go"), -1) {
		if m[1] != m[3] {
			t.Fatalf("recipe %s ends as %s", m[1], m[3])
		}
		code[m[1]] = strings.TrimSpace(m[2]) + "\n"
	}
	doc, shown := vectors.File(t, path), map[string]bool{}
	want := recipeBlock.ReplaceAllStringFunc(doc, func(block string) string {
		name := recipeBlock.FindStringSubmatch(block)[1]
		if code[name] == "" {
			t.Errorf("%s has the recipe %s, which does not exist", path, name)
			return block
		}
		shown[name] = true
		return "<!-- recipe: " + name + " -->\n```go\n" + code[name] + "```\n"
	})
	for name := range code {
		if !shown[name] {
			t.Errorf("%s does not have the recipe %s", path, name)
		}
	}
	if blocks := strings.Count(doc, "```go\n"); blocks != len(shown) {
		t.Errorf("%s has %d blocks of Go, but %d are recipes", path, blocks, len(shown))
	}
	vectors.Generated(t, path, want)
}
