package encode

import (
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// created is the one status that says that a user was created.
const created = 201

// ParseResponse reads a whole answer to Create User. Only a 201 whose body is
// a user with a valid sid is a success; every other answer is a
// [*user.APIError], which keeps what [ParseError] reads, and says in Reason
// why an answer with a status below 400 is none. The rest of the user is not
// validated. Beside an error the user is the zero one, and the strings of
// either share the memory of body.
//
// An answer of Fetch or Update, which is a 200, is read with [ParseUser].
// Whether it came behind a redirect, an answer does not say: package httpwire
// looks at that.
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
