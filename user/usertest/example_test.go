package usertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

// createUser is the client under test.
func createUser(srv *usertest.Server, identity string) (user.User, error) {
	req, err := httpwire.NewRequest(context.Background(), srv.URL, &user.CreateRequest{Identity: identity})
	if err != nil {
		return user.User{}, err
	}
	req.SetBasicAuth("any", "pair")
	client := srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return user.User{}, err
	}
	u, _, err := httpwire.ReadResponse(resp, nil)
	return u, err
}

func ExampleNewServer() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	u, err := createUser(srv, "alice")
	fmt.Println(u.Identity.Or(""), u.Attributes.Or(""), err)
	_, err = createUser(srv, "alice")
	fmt.Println(err)
	fmt.Println(len(srv.Handler.Users()))
	// Output:
	// alice {} <nil>
	// twilio: status 409, code 50201
	// 1
}

func ExampleHandler_Fail() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	srv.Handler.Fail(usertest.Failure{Kind: usertest.TooManyRequests, RetryAfter: 2})
	for range 2 {
		u, err := createUser(srv, "alice")
		if e, ok := errors.AsType[*user.APIError](err); ok {
			fmt.Println(e, "- wait", e.RetryAfter, "seconds")
			continue
		}
		fmt.Println("created", u.Identity.Or(""))
	}
	// Output:
	// twilio: status 429, code 20429 - wait 2 seconds
	// created alice
}

// fetchUser finds a user by its SID or identity.
func fetchUser(srv *usertest.Server, key string) (user.User, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, srv.URL+httpwire.Path+"/"+url.PathEscape(key), nil)
	if err != nil {
		return user.User{}, err
	}
	req.SetBasicAuth("any", "pair")
	resp, err := srv.Client().Do(req)
	if err != nil {
		return user.User{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return user.User{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return user.User{}, encode.ParseError(resp.StatusCode, resp.Header.Get("Content-Type"), string(body))
	}
	return encode.ParseUser(string(body))
}

// A client whose connection was cut does not know whether its user was created. It
// can fetch the user.
func ExampleHandler_Fail_cut() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	srv.Handler.Fail(usertest.Failure{Kind: usertest.Cut})
	if _, err := createUser(srv, "alice"); err != nil {
		u, err := fetchUser(srv, "alice")
		fmt.Println(u.Identity.Or(""), err)
	}
	_, err := fetchUser(srv, "bob")
	fmt.Println(err)
	// Output:
	// alice <nil>
	// twilio: status 404, code 20404
}
