package interop

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// The gin and the echo program share this file.

// readme:begin shared

// signup is the body of a call of your own: a user, and one more member. gin reads
// rules from the tag binding, validator/v10 elsewhere from validate.
type signup struct {
	user.CreateRequest
	Plan string `json:"plan,omitzero" form:"plan" binding:"omitempty,oneof=free paid" validate:"omitempty,oneof=free paid"`
}

// violation is an error in the program's answer.
type violation struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Offset int    `json:"offset"`
}

// violations returns the errors of a request that was not bound or is not valid.
func violations(err error) (status int, list []violation) {
	if all, ok := errors.AsType[validator.ValidationErrors](err); ok {
		for _, e := range all {
			v := violation{e.Field(), e.Tag(), -1} // a rule of the program's own
			if code, ok := strings.CutPrefix(e.Tag(), "convuser_"); ok {
				v.Code = code
				v.Offset, _ = strconv.Atoi(e.Param())
			}
			list = append(list, v)
		}
		return http.StatusBadRequest, list
	}
	status, v := http.StatusBadRequest, violation{"", "malformed", -1}
	if e, ok := errors.AsType[*validate.Error](err); ok { // of an Opt, which does not know its field
		v = violation{e.Field, string(e.Code), e.Offset}
	} else if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		v = violation{"", string(validate.CodeJSON), int(e.Offset) - 1}
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		v = violation{e.Field[strings.LastIndexByte(e.Field, '.')+1:], string(validate.CodeType), -1}
	} else if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, v.Code = http.StatusRequestEntityTooLarge, string(validate.CodeTooLarge)
	}
	return status, []violation{v}
}

// webhook reads the header, which no binding of a body does, and replaces what a
// binding may have set instead.
func webhook(h http.Header, r *user.CreateRequest) error {
	r.WebhookEnabled = user.Opt[bool]{}
	values := h.Values(user.WebhookHeader)
	if len(values) > 1 {
		return &validate.Error{Field: user.WebhookHeader, Code: validate.CodeRepeated, Offset: -1}
	}
	for _, v := range values {
		if err := r.WebhookEnabled.UnmarshalParam(v); err != nil {
			return &validate.Error{Field: user.WebhookHeader, Code: validate.CodeBoolean, Offset: -1}
		}
	}
	return nil
}

// readme:end

// strictViolations is like violations, for the errors of the strict readers.
func strictViolations(err error) (status int, list []violation) {
	for e := range validate.All(err) {
		list = append(list, violation{e.Field, string(e.Code), e.Offset})
	}
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		return e.Status, list
	}
	if list == nil {
		return violations(err)
	}
	return http.StatusBadRequest, list
}

// strict reads the request without a framework's binding and its leniencies: no
// name is ignored, none is repeated.
func strict(r *http.Request) (user.CreateRequest, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), httpwire.JSONType) {
		return httpwire.ReadRequest(r, nil)
	}
	b, err := io.ReadAll(r.Body) // bounded by http.MaxBytesHandler
	if err != nil {
		return user.CreateRequest{}, err
	}
	req, err := encode.ParseRequest(string(b))
	if err == nil {
		err = req.Validate()
	}
	return req, err
}
