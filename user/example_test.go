package user_test

import (
	"fmt"

	"github.com/convuser/convuser/user"
)

func ExampleCreateRequest_Validate() {
	r := user.CreateRequest{
		Attributes: user.Some(user.Attributes(`{"duty": tech}`)),
		RoleSID:    user.Some(user.RoleSID("RLxyz")),
	}
	fmt.Println(r.Validate())
	// Output:
	// Identity: required; Attributes: byte 10: not JSON, want true, false or null; RoleSid: byte 2: want a hex digit
}

func ExampleCreateRequest_Advise() {
	r := user.CreateRequest{Identity: "alice@example.com"}
	fmt.Println(r.Validate())
	for _, a := range r.Advise() {
		fmt.Println(a)
	}
	// Output:
	// <nil>
	// Identity: byte 5: a character that the documentation advises against; use another character (documented)
}

func ExampleUser_Validate() {
	u := user.User{SID: user.Some(user.UserSID("US1"))}
	fmt.Println(u.Validate())
	// Output:
	// sid: byte 3: want 34 bytes
}

func ExampleOpt() {
	var absent user.Opt[string]
	for _, o := range []user.Opt[string]{absent, user.Null[string](), user.Some(""), user.Some("Ann")} {
		s, ok := o.Get()
		fmt.Printf("%q %t, absent %t, null %t\n", s, ok, o.IsZero(), o.IsNull())
	}
	// Output:
	// "" false, absent true, null false
	// "" false, absent false, null true
	// "" true, absent false, null false
	// "Ann" true, absent false, null false
}
