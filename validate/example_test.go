package validate_test

import (
	"errors"
	"fmt"

	"github.com/convuser/convuser/validate"
)

func ExampleSID() {
	fmt.Println(validate.SID("RL", "RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))
	fmt.Println(validate.SID("RL", "RLaaaaaxaaaaaaaaaaaaaaaaaaaaaaaaaa"))
	// Output:
	// <nil>
	// byte 7: want a hex digit
}

func ExampleAttributes() {
	fmt.Println(validate.Attributes(`{ "duty": "tech" }`))
	fmt.Println(validate.Attributes(`{ "duty": tech }`))
	fmt.Println(validate.Attributes(`["tech"]`))
	// Output:
	// <nil>
	// byte 11: not JSON, want true, false or null
	// byte 0: want a JSON object
}

func ExampleDateTime() {
	fmt.Println(validate.DateTime("2019-12-16T22:18:37Z"))
	fmt.Println(validate.DateTime("2019-12-32T22:18:37Z"))
	// Output:
	// <nil>
	// byte 9: not an RFC 3339 date-time, want a day of that month
}

func ExampleURI() {
	fmt.Println(validate.URI("/v1/Users"))
	// Output:
	// byte 0: not an absolute URI, want a scheme and a colon
}

func ExampleWebhookEnabled() {
	fmt.Println(validate.WebhookEnabled("yes"))
	// Output:
	// byte 0: want true or false
}

func ExampleText() {
	fmt.Println(validate.Text("na\xffme"))
	// Output:
	// byte 2: invalid UTF-8
}

func ExampleError() {
	err := validate.SID("RL", "RLxyz")
	if e, ok := errors.AsType[*validate.Error](err); ok {
		fmt.Println(e.Code, e.Offset, errors.Is(err, validate.CodeHex))
	}
	// Output:
	// hex 2 true
}

func ExampleAdviseAttributes() {
	for _, a := range validate.AdviseAttributes(`{"id": 9007199254740993, "id": 2}`) {
		fmt.Println(a)
	}
	// Output:
	// Attributes: byte 25: a name for the second time; which one counts differs between readers; keep one of them (RFC 8259 section 4)
	// Attributes: byte 7: an integer beyond 2^53, which JavaScript rounds; write it as a string (RFC 8259 section 6)
}
