package encode_test

import (
	"fmt"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The README's first example.
func Example() {
	r := user.CreateRequest{
		Identity:   "admin",
		Attributes: user.Some(user.Attributes(`{ "duty": "tech" }`)),
		RoleSID:    user.Some(user.RoleSID("RLxyz")),
	}
	fmt.Println(r.Validate())

	r.RoleSID = user.Opt[user.RoleSID]{} // absent: the service's default role
	form, err := encode.AppendForm(nil, &r)
	fmt.Println(string(form), err)
	// Output:
	// RoleSid: byte 2: want a hex digit
	// Identity=admin&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D <nil>
}

func ExampleAppendForm() {
	r := user.CreateRequest{Identity: "Zoë", FriendlyName: user.Some("")}
	form, err := encode.AppendForm(nil, &r)
	fmt.Println(string(form), err)
	// Output:
	// Identity=Zo%C3%AB&FriendlyName= <nil>
}

func ExampleParseForm() {
	r, err := encode.ParseForm("FriendlyName=Zo%C3%AB&Identity=zoe%20b")
	fmt.Printf("%q %q %v\n", r.Identity, r.FriendlyName.Or(""), err)

	_, err = encode.ParseForm("identity=zoe")
	fmt.Println(err)
	_, err = encode.ParseForm("Attributes[duty]=tech")
	fmt.Println(err)
	// Output:
	// "zoe b" "Zoë" <nil>
	// byte 0: unknown name; did you mean Identity?
	// Attributes: byte 0: unknown name; Attributes is one JSON text, not a nested form
}

func ExampleAppendRequest() {
	r := user.CreateRequest{Identity: "admin", Attributes: user.Some(user.Attributes(`{"a":1}`))}
	text, err := encode.AppendRequest(nil, &r)
	fmt.Println(string(text), err)
	// Output:
	// {"Identity":"admin","Attributes":"{\"a\":1}"} <nil>
}

func ExampleParseRequest() {
	_, err := encode.ParseRequest(`{"Identity":"admin","Attributes":{"a":1}}`)
	fmt.Println(err)
	// Output:
	// Attributes: byte 33: want a JSON string; pass the object as JSON text, as JSON.stringify makes it
}

func ExampleParseUser() {
	u, err := encode.ParseUser(`{"sid":"US1","is_online":null,"user_color":"red"}`)
	fmt.Println(u.SID.Or(""), u.IsOnline.IsNull(), u.Identity.IsZero(), u.Unknown, err)
	fmt.Println(u.Validate())
	// Output:
	// US1 true true "user_color":"red" <nil>
	// sid: byte 3: want 34 bytes
}

func ExampleAppendUser() {
	u := user.User{Identity: user.Some("<b>"), IsOnline: user.Null[bool](), Unknown: `"user_color":"red"`}
	text, err := encode.AppendUser(nil, &u)
	fmt.Println(string(text), err)
	text, err = encode.AppendUser(nil, &u, encode.HTMLSafe)
	fmt.Println(string(text), err)
	// Output:
	// {"identity":"<b>","is_online":null,"user_color":"red"} <nil>
	// {"identity":"\u003cb\u003e","is_online":null,"user_color":"red"} <nil>
}

func ExampleParseError() {
	e := encode.ParseError(409, "application/json", `{"code":50201,"message":"User already exists"}`)
	fmt.Println(e, "·", e.Message)
	e = encode.ParseError(502, "text/html", "<html>")
	fmt.Println(e)
	// Output:
	// twilio: status 409, code 50201 · User already exists
	// twilio: status 502
}

// A parser's error has an offset in the source.
func ExampleParseForm_error() {
	_, err := encode.ParseForm("Identity=100%")
	for e := range validate.All(err) {
		fmt.Println(e.Field, e.Code, e.Offset, e.Syntax())
	}
	// Output:
	// Identity percent 13 true
}
