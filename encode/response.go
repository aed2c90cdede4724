package encode

import (
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// created is the only status that says that a user was created.
const created = 201

// ParseResponse reads a whole answer to Create User. Only a 201 whose body is a
// user with a valid sid is a success; the rest of the user is not validated.
// Every other answer is a [*user.APIError] from [ParseError], with a Reason if
// its status is below 400, and the zero user. Strings share the memory of body.
//
// The answer of Fetch or Update is a 200: read it with [ParseUser]. An answer does
// not tell whether it followed a redirect: package httpwire checks that.
func ParseResponse(status int, contentType, body string) (user.User, error) {
	var reason validate.Code
	var err error
	switch {
	case status == created:
		var u user.User
		if u, err = ParseUser(body); err == nil && u.SID.Or("").Validate() == nil {
			return u, nil
		}
		reason = validate.CodeNoUser
	case status < 300:
		reason = validate.CodeNotCreated
	case status < 400:
		reason = validate.CodeRedirected
	}
	e := ParseError(status, contentType, body)
	e.Reason, e.Err = reason, err
	return user.User{}, e
}
