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
		req, err := httpwire.ReadRequest(r, nil)
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
	answers := http.NewServeMux()
	answers.HandleFunc("/free/", func(w http.ResponseWriter, r *http.Request) {
		u := user.User{SID: user.Some(user.UserSID("USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), Identity: user.Some("alice")}
		_ = httpwire.WriteUser(w, &u, httpwire.DefaultHeader())
	})
	answers.HandleFunc("/taken/", func(w http.ResponseWriter, r *http.Request) {
		_ = httpwire.WriteError(w, &user.APIError{Status: 409, Code: 50201, Message: "User already exists"}, httpwire.DefaultHeader())
	})
	answers.HandleFunc("/portal/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"message":"Log in to the network"}`) // 200
	})
	answers.Handle("/moved/", http.RedirectHandler("/free/", http.StatusFound))
	srv := httptest.NewServer(answers)
	defer srv.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/free", "/taken", "/portal", "/moved"} {
		req, err := httpwire.NewRequest(context.Background(), srv.URL+path, &user.CreateRequest{Identity: "alice"})
		if err != nil {
			fmt.Println(err)
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		u, header, err := httpwire.ReadResponse(resp, nil) // closes the body
		if e, ok := errors.AsType[*user.APIError](err); ok {
			fmt.Printf("%v; %v; %q\n", e, e.Class(), e.Message)
			continue
		}
		fmt.Println(u.Identity.Or(""), header.AllowOrigin.Or(""))
	}
	// Output:
	// alice *
	// twilio: status 409, code 50201; already_exists; "User already exists"
	// twilio: status 200: want status 201; ambiguous; "Log in to the network"
	// twilio: status 302: redirected; ambiguous; ""
}
