package encode_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"testing"

	"github.com/go-playground/form/v4"
	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
)

// The benchmarks compare with code on the standard library and the go-playground
// libraries, whose answers are checked before they are timed. encode/peers
// compares more libraries.

// plainRequest is the request as a struct for form/v4 and validator/v10.
type plainRequest struct {
	Identity     string `form:"Identity" validate:"required"`
	FriendlyName string `form:"FriendlyName,omitempty"`
	Attributes   string `form:"Attributes,omitempty" validate:"omitempty,json,startswith={"`
	RoleSid      string `form:"RoleSid,omitempty" validate:"omitempty,role"`
}

var rolePattern = regexp.MustCompile("^RL[0-9a-fA-F]{32}$")

func newValidator(b *testing.B) *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	err := v.RegisterValidation("role", func(f validator.FieldLevel) bool { return rolePattern.MatchString(f.Field().String()) })
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// documented returns the contract's request in both types.
func documented(b *testing.B) (user.CreateRequest, plainRequest) {
	r, err := encode.ParseForm(documentedForm)
	if err != nil {
		b.Fatal(err)
	}
	return r, plainRequest{r.Identity, r.FriendlyName.Or(""), string(r.Attributes.Or("")), string(r.RoleSID.Or(""))}
}

func BenchmarkValidate(b *testing.B) {
	r, p := documented(b)
	b.Run("convuser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := r.Validate(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("validator", func(b *testing.B) {
		v := newValidator(b)
		b.ReportAllocs()
		for b.Loop() {
			if err := v.Struct(&p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendForm(b *testing.B) {
	r, p := documented(b)
	buf := make([]byte, 0, 1024)
	want, err := encode.AppendForm(nil, &r)
	if err != nil {
		b.Fatal(err)
	}
	same := func(b *testing.B, values url.Values) {
		parsed, err := url.ParseQuery(string(want))
		if err != nil || values.Encode() != parsed.Encode() {
			b.Fatalf("not the same form: %s, %v", values.Encode(), err)
		}
	}
	b.Run("convuser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := encode.AppendForm(buf, &r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net-url", func(b *testing.B) {
		values := func() url.Values {
			return url.Values{"Identity": {p.Identity}, "FriendlyName": {p.FriendlyName}, "Attributes": {p.Attributes}, "RoleSid": {p.RoleSid}}
		}
		same(b, values())
		b.ReportAllocs()
		for b.Loop() {
			_ = values().Encode()
		}
	})
	b.Run("form", func(b *testing.B) {
		e := form.NewEncoder()
		values, err := e.Encode(&p)
		if err != nil {
			b.Fatal(err)
		}
		same(b, values)
		b.ReportAllocs()
		for b.Loop() {
			values, err := e.Encode(&p)
			if err != nil {
				b.Fatal(err)
			}
			_ = values.Encode()
		}
	})
}

func BenchmarkParseForm(b *testing.B) {
	_, want := documented(b)
	b.Run("convuser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := encode.ParseForm(documentedForm); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net-url", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, err := url.ParseQuery(documentedForm)
			got := plainRequest{v.Get("Identity"), v.Get("FriendlyName"), v.Get("Attributes"), v.Get("RoleSid")}
			if err != nil || got != want {
				b.Fatal(err)
			}
		}
	})
	b.Run("form", func(b *testing.B) {
		d := form.NewDecoder()
		b.ReportAllocs()
		for b.Loop() {
			var got plainRequest
			v, err := url.ParseQuery(documentedForm)
			if err != nil {
				b.Fatal(err)
			}
			if err := d.Decode(&got, v); err != nil || got != want {
				b.Fatal(err)
			}
		}
	})
}

// plainUser is the user as a struct for encoding/json.
type plainUserJSON struct {
	SID   *string `json:"sid"`
	URL   *string `json:"url"`
	Links *struct {
		UserConversations *string `json:"user_conversations"`
	} `json:"links"`
	Identity       *string `json:"identity"`
	RoleSID        *string `json:"role_sid"`
	IsOnline       *bool   `json:"is_online"`
	Attributes     *string `json:"attributes"`
	AccountSID     *string `json:"account_sid"`
	DateCreated    *string `json:"date_created"`
	DateUpdated    *string `json:"date_updated"`
	FriendlyName   *string `json:"friendly_name"`
	IsNotifiable   *bool   `json:"is_notifiable"`
	ChatServiceSID *string `json:"chat_service_sid"`
}

func BenchmarkUserJSON(b *testing.B) {
	source := documentedUser(b)
	u, err := encode.ParseUser(source)
	if err != nil {
		b.Fatal(err)
	}
	var p plainUserJSON
	if err := json.Unmarshal([]byte(source), &p); err != nil {
		b.Fatal(err)
	}
	ours, err := encode.AppendUser(nil, &u)
	if err != nil {
		b.Fatal(err)
	}
	theirs, err := json.Marshal(&p)
	if err != nil || string(ours) != string(theirs) {
		b.Fatalf("not the same: %s\n%s, %v", ours, theirs, err)
	}
	buf := make([]byte, 0, 2048)
	b.Run("append/convuser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := encode.AppendUser(buf, &u); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("append/encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse/convuser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := encode.ParseUser(source); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse/encoding-json", func(b *testing.B) {
		text := []byte(source)
		b.ReportAllocs()
		for b.Loop() {
			var p plainUserJSON
			if err := json.Unmarshal(text, &p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
