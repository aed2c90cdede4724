package usertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

// get returns a call that fetches the segment of the path, as it is sent.
func get(segment string) *call {
	c := good("")
	c.method, c.path, c.form = "GET", httpwire.Path+"/"+segment, nil
	return c
}

// fetched returns the user of a 200.
func fetched(t *testing.T, resp *http.Response) user.User {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		t.Fatalf("status %d: %s", resp.StatusCode, body)
	}
	diff(t, "Content-Type", "application/json", resp.Header.Get("Content-Type"))
	diff(t, "Content-Length", strconv.Itoa(len(body)), resp.Header.Get("Content-Length"))
	diff(t, "X-Content-Type-Options", "nosniff", resp.Header.Get("X-Content-Type-Options"))
	diff(t, "Cache-Control", "no-store", resp.Header.Get("Cache-Control"))
	diff(t, "Access-Control-Allow-Origin", "*", resp.Header.Get("Access-Control-Allow-Origin"))
	diff(t, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS", resp.Header.Get("Access-Control-Allow-Methods"))
	u, err := encode.ParseUser(string(body))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var absent = answer{404, 20404, "The requested resource was not found"}

func TestFetch(t *testing.T) {
	h := usertest.NewHandler(nil)
	absent.check(t, get("alice").do(h)) // there are no users
	identities := []string{"alice", "Alice", "a/b", "a%2Fb", "%2F", "a b", "a+b", "\u00e9", "a?b#c;d", ".", "..", "\x00", `"`, "Conversations"}
	for _, identity := range identities {
		create(t, h, good(identity))
	}
	for i, u := range h.Users() {
		diff(t, identities[i], u, fetched(t, get(url.PathEscape(identities[i])).do(h)))
		diff(t, "sid", u, fetched(t, get(string(u.SID.Or(""))).do(h)))
	}
	for segment, identity := range map[string]string{ // decoded once
		"a%2Fb": "a/b", "a%2fb": "a/b", "a%252Fb": "a%2Fb", "%252F": "%2F", "a+b": "a+b", "a%2Bb": "a+b", "%61lice": "alice", "%C3%A9": "\u00e9",
		"\u00e9": "\u00e9", `"`: `"`, "alice?identity=Alice": "alice",
	} {
		diff(t, segment, user.Some(identity), fetched(t, get(segment).do(h)).Identity)
	}
	sid := string(h.Users()[0].SID.Or(""))
	for _, segment := range []string{
		"ALICE", "none", "a%20", "%FF", "%252F%252F", "%2561lice", "", "alice/", "alice/Conversations", "a/b", "/alice", "./alice", "a%2Fb/", `a/b"`,
		strings.ToUpper(sid), sid + "0", sid[:33], sid + "/Conversations",
	} {
		absent.check(t, get(segment).do(h))
	}
	// A byte that should have been escaped does not decode the other escapes.
	create(t, h, good(`a/b"`))
	diff(t, "raw", user.Some(`a/b"`), fetched(t, get(`a%2Fb"`).do(h)).Identity)

	h.Reset()
	absent.check(t, get("alice").do(h))
	absent.check(t, get(sid).do(h))
}

// A SID is found before an identity that equals it.
func TestFetchSIDWins(t *testing.T) {
	h := usertest.NewHandler(nil)
	first := create(t, h, good("first"))
	sid := string(first.SID.Or(""))
	second := create(t, h, good(sid))
	diff(t, "by SID", first, fetched(t, get(sid).do(h)))
	diff(t, "by its own", second, fetched(t, get(string(second.SID.Or(""))).do(h)))
	shape := "US" + strings.Repeat("0", 32)
	third := create(t, h, good(shape))
	diff(t, "by an identity that looks like a sid", third, fetched(t, get(shape).do(h)))
}

func TestFetchIsBounded(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{MaxUsers: 1})
	create(t, h, good("a"))
	noRoom.check(t, good("b").do(h))
	absent.check(t, get("b").do(h))
	h.Reset()
	diff(t, "user", create(t, h, good("b")), fetched(t, get("b").do(h)))
	absent.check(t, get("a").do(h))
}

func TestFetchMethods(t *testing.T) {
	h := usertest.NewHandler(&usertest.Options{Username: "name", Password: "secret"})
	u := create(t, h, good("a"))
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE"} {
		for _, segment := range []string{"a", "none"} {
			c := get(segment)
			c.method = method
			resp := c.do(h)
			diff(t, method, "GET, HEAD, OPTIONS", resp.Header.Get("Allow"))
			answer{405, 20004, "Method not allowed"}.check(t, resp)
		}
	}
	c := get("a")
	c.method, c.username = "OPTIONS", ""
	resp := c.do(h)
	diff(t, "OPTIONS", 204, resp.StatusCode)
	diff(t, "OPTIONS", "GET, HEAD, OPTIONS", resp.Header.Get("Access-Control-Allow-Methods"))
	for _, password := range []string{"", "Secret"} {
		for _, segment := range []string{"a", "none"} { // the answer does not tell which users exist
			c := get(segment)
			c.password = password
			answer{401, 20003, "Authenticate"}.check(t, c.do(h))
		}
	}
	srv := serve(t, h)
	for segment, status := range map[string]int{"a": 200, "none": 404} {
		req, err := http.NewRequestWithContext(t.Context(), "HEAD", srv.URL+"/v1/Users/"+segment, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("name", "secret")
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		diff(t, "HEAD", status, resp.StatusCode)
	}
	diff(t, "Users", []user.User{u}, h.Users())
}

// Failures apply to a fetch as to a creation; one that is cut only reads.
func TestFetchFailures(t *testing.T) {
	h := usertest.NewHandler(nil)
	u := create(t, h, good("a"))
	h.Fail(usertest.Failure{Kind: usertest.ServerError}, usertest.Failure{Kind: usertest.TooManyRequests}, usertest.Failure{Kind: usertest.Delay, Delay: 1})
	answer{500, 20500, "Internal server error"}.check(t, get("a").do(h))
	answer{429, 20429, "Too Many Requests"}.check(t, get("a").do(h))
	diff(t, "user", u, fetched(t, get("a").do(h)))

	h.Fail(usertest.Failure{Kind: usertest.Cut})
	func() {
		defer func() {
			if got := recover(); got != http.ErrAbortHandler {
				t.Errorf("panic %v, want http.ErrAbortHandler", got)
			}
		}()
		h.ServeHTTP(httptest.NewRecorder(), get("a").request())
	}()
	diff(t, "Users", []user.User{u}, h.Users())
}
