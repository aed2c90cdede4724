package user_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// TestNil: a nil pointer reads as the zero value, and cannot be written to.
func TestNil(t *testing.T) {
	var (
		r *user.CreateRequest
		u *user.User
		e *user.APIError
	)
	same := func(what string, got, want any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	same("CreateRequest.Validate", r.Validate(), new(user.CreateRequest).Validate())
	same("CreateRequest.Advise", r.Advise(), new(user.CreateRequest).Advise())
	same("User.Validate", u.Validate(), new(user.User).Validate())
	lead := []validate.Error{{Field: "lead"}}
	same("CreateRequest.AppendErrors", r.AppendErrors(lead), new(user.CreateRequest).AppendErrors(lead))
	same("User.AppendErrors", u.AppendErrors(lead), lead)
	same("APIError.Error", e.Error(), new(user.APIError).Error())
	same("APIError.Unwrap", e.Unwrap(), nil)
	same("APIError.Class", e.Class(), new(user.APIError).Class())
	same("APIError.LogValue", e.LogValue().String(), new(user.APIError).LogValue().String())

	for what, err := range map[string]error{
		"Links.UnmarshalJSON": (*user.Links)(nil).UnmarshalJSON([]byte("{}")),
		"Opt.UnmarshalJSON":   (*user.Opt[string])(nil).UnmarshalJSON([]byte(`""`)),
		"Opt.UnmarshalParam":  (*user.Opt[string])(nil).UnmarshalParam(""),
	} {
		same(what, err, error(&validate.Error{Code: validate.CodeNull, Offset: -1}))
	}
}
