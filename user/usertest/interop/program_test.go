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

// This file is what the gin and the echo program have in common.

// readme:begin shared

// signup is the body of somebody's own call: a user, and one member more.
// gin looks for its rule under binding, validator/v10 elsewhere under validate.
type signup struct {
	user.CreateRequest
	Plan string `json:"plan,omitzero" form:"plan" binding:"omitempty,oneof=free paid" validate:"omitempty,oneof=free paid"`
}

// fault is what the program answers for one fault.
type fault struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Offset int    `json:"offset"`
}

// faults says what is wrong with a request that was not bound or not valid.
func faults(err error) (status int, list []fault) {
	if all, ok := errors.AsType[validator.ValidationErrors](err); ok {
		for _, e := range all {
			f := fault{e.Field(), e.Tag(), -1} // a rule of the program's own
			if code, ok := strings.CutPrefix(e.Tag(), "convuser_"); ok {
				f.Code = code
				f.Offset, _ = strconv.Atoi(e.Param())
			}
			list = append(list, f)
		}
		return http.StatusBadRequest, list
	}
	status, f := http.StatusBadRequest, fault{"", "malformed", -1}
	if e, ok := errors.AsType[*validate.Error](err); ok { // as Opt's, which does not know its field
		f = fault{e.Field, string(e.Code), e.Offset}
	} else if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		f = fault{"", string(validate.CodeJSON), int(e.Offset) - 1}
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		f = fault{e.Field[strings.LastIndexByte(e.Field, '.')+1:], string(validate.CodeType), -1}
	} else if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, f.Code = http.StatusRequestEntityTooLarge, string(validate.CodeTooLarge)
	}
	return status, []fault{f}
}

// webhook reads the header, which no binding of a body does, and forgets what
// a binding may have put in its place.
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

// strictFaults is what faults is, for the errors of the strict readers.
func strictFaults(err error) (status int, list []fault) {
	for e := range validate.All(err) {
		list = append(list, fault{e.Field, string(e.Code), e.Offset})
	}
	if e, ok := errors.AsType[*httpwire.RequestError](err); ok {
		return e.Status, list
	}
	if list == nil {
		return faults(err)
	}
	return http.StatusBadRequest, list
}

// strict reads the request without a framework's binding, for a program that
// wants none of the leniencies below: no name is ignored, none is repeated.
func strict(r *http.Request) (user.CreateRequest, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), httpwire.JSONType) {
		return httpwire.ReadRequest(r, nil)
	}
	b, err := io.ReadAll(r.Body) // the server bounds it, see http.MaxBytesHandler
	if err != nil {
		return user.CreateRequest{}, err
	}
	req, err := encode.ParseRequest(string(b))
	if err == nil {
		err = req.Validate()
	}
	return req, err
}
