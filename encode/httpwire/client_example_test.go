package httpwire_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/user/usertest"
)

func ExampleClient_Create() {
	srv := usertest.NewServer(nil) // stands for the service
	defer srv.Close()
	c := httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "the auth token")}
	for range 2 {
		u, _, err := c.Create(context.Background(), &user.CreateRequest{Identity: "alice"})
		if e, ok := errors.AsType[*user.APIError](err); ok {
			fmt.Println(e, e.Class())
			continue
		}
		fmt.Println(u.Identity.Or(""), err)
	}
	u, err := c.Fetch(context.Background(), "alice")
	fmt.Println(u.Identity.Or(""), err)
	_, err = c.Fetch(context.Background(), "Alice")
	fmt.Println(err)
	// Output:
	// alice <nil>
	// twilio: status 409, code 50201 already_exists
	// alice <nil>
	// twilio: status 404, code 20404
}

func ExampleClient_CreateAll() {
	srv := usertest.NewServer(nil)
	defer srv.Close()
	srv.Handler.Fail(usertest.Failure{Kind: usertest.Cut}) // the first user is created, but its answer is lost
	c := httpwire.Client{Base: srv.URL, Credentials: httpwire.BasicAuth("any", "pair")}
	rows := []user.CreateRequest{
		{Identity: "alice", Attributes: user.Some(user.Attributes(`{"team":[1,2]}`))},
		{Identity: "alice", Attributes: user.Some(user.Attributes(`{ "team": [1, 2.0] }`))},
		{Identity: "alice", FriendlyName: user.Some("another")},
		{Identity: "bob", RoleSID: user.Some(user.RoleSID("RLxyz"))},
	}
	var last httpwire.Counts
	o := &httpwire.CreateAllOptions{InFlight: 1, Progress: func(c httpwire.Counts) { last = c }}
	for i, r := range c.CreateAll(context.Background(), slices.All(rows), o) {
		fmt.Println(i, r.Outcome, r.Attempts, r.Err)
	}
	fmt.Println(last[httpwire.Created], "of", len(rows), "created")
	// Output:
	// 0 created 1 <nil>
	// 1 existed 1 <nil>
	// 2 conflict 1 <nil>
	// 3 refused 0 RoleSid: byte 2: want a hex digit
	// 1 of 4 created
}
