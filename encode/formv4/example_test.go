package formv4_test

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/go-playground/form/v4"

	"github.com/convuser/convuser/encode/formv4"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

type signUp struct {
	user.CreateRequest
	Plan string   `form:"plan,omitempty"`
	Tags []string `form:"tag"`
}

func ExampleDecode() {
	v, _ := url.ParseQuery("Identity=ann&Attributes=%7B%7D&plan=free&tag=a&tag=b")
	var s signUp
	if err := formv4.Decode(&s, v); err != nil {
		fmt.Println(err)
		return
	}
	attributes, ok := s.Attributes.Get()
	fmt.Println(s.Identity, attributes, ok, s.RoleSID.IsZero(), s.Plan, s.Tags)

	err := formv4.Decode(&s, url.Values{"RoleSid": {"RL1", "RL2"}})
	fmt.Println(err, errors.Is(err, validate.CodeRepeated))

	err = formv4.Decode(&s, url.Values{"tag[99999999]": {""}})
	fmt.Println(err)
	// Output:
	// ann {} true true free [a b]
	// RoleSid: repeated name true
	// formv4: an index is not a plain number, or is too high
}

func ExampleEncode() {
	v, err := formv4.Encode(&signUp{CreateRequest: user.CreateRequest{Identity: "ann", FriendlyName: user.Some("")}})
	fmt.Println(v.Encode(), err)

	_, err = formv4.Encode(&user.CreateRequest{Identity: "ann", Attributes: user.Null[user.Attributes]()})
	fmt.Println(err)
	// Output:
	// FriendlyName=&Identity=ann <nil>
	// Attributes: null is not allowed
}

// A decoder of your own reads the types, without the checks of Decode.
func ExampleRegister() {
	d := form.NewDecoder()
	formv4.Register(nil, d)
	var r user.CreateRequest
	err := d.Decode(&r, url.Values{"Identity": {"ann"}, "RoleSid": {""}})
	role, ok := r.RoleSID.Get()
	fmt.Printf("%s %q %t %v\n", r.Identity, role, ok, err)
	// Output:
	// ann "" true <nil>
}
