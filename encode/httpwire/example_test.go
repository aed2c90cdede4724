package httpwire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

func ExampleNewRequest() {
	req, err := httpwire.NewRequest(context.Background(), httpwire.BaseURL, &user.CreateRequest{
		Identity:   "alice@example.com",
		Attributes: user.Some(user.Attributes(`{"duty":"tech"}`)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	req.SetBasicAuth("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "the auth token")
	body, _ := io.ReadAll(req.Body)
	fmt.Println(req.Method, req.URL)
	fmt.Println(string(body))
	// Output:
	// POST https://conversations.twilio.com/v1/Users
	// Identity=alice%40example.com&Attributes=%7B%22duty%22%3A%22tech%22%7D
}

func ExampleReadRequest() {
	handler := func(w http.ResponseWriter, r *http.Request) {
		req, err := httpwire.ReadRequest(r)
		if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
			http.Error(w, e.Err.Error(), e.Status)
			return
		}
		fmt.Fprintln(w, "welcome,", req.Identity)
	}
	for _, form := range []string{"Identity=alice", "Identity=alice&RoleSid=RL0"} {
		r := httptest.NewRequest(http.MethodPost, httpwire.Path, strings.NewReader(form))
		r.Header.Set("Content-Type", httpwire.FormType)
		w := httptest.NewRecorder()
		handler(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 welcome, alice
	// 400 RoleSid: byte 3: want 34 bytes
}

func ExampleWriteUser() {
	w := httptest.NewRecorder()
	u := user.User{Identity: user.Some("alice"), FriendlyName: user.Null[string]()}
	if err := httpwire.WriteUser(w, &u, httpwire.DefaultHeader()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(w.Code, w.Body)
	// Output: 201 {"identity":"alice","friendly_name":null}
}

func ExampleReadResponse() {
	answers := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/taken" {
			_ = httpwire.WriteError(w, &user.APIError{Status: 409, Code: 50201, Message: "User already exists"}, httpwire.DefaultHeader())
			return
		}
		_ = httpwire.WriteUser(w, &user.User{Identity: user.Some("alice")}, httpwire.DefaultHeader())
	}
	srv := httptest.NewServer(http.HandlerFunc(answers))
	defer srv.Close()
	for _, path := range []string{"/free", "/taken"} {
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		u, header, err := httpwire.ReadResponse(resp) // closes the body
		if e, ok := errors.AsType[*user.APIError](err); ok {
			fmt.Println(e.Status, e.Code, e.Message)
			continue
		}
		fmt.Println(u.Identity.Or(""), header.AllowOrigin.Or(""))
	}
	// Output:
	// alice *
	// 409 50201 User already exists
}
