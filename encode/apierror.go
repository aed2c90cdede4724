package encode

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// The members of an error answer of any shape, as indexes of errorFields.
const (
	eCode = iota
	eMessage
	eMoreInfo
	eTitle
	eType
	eDetail
	eInstance
	eDetails
	eParams
	eErrors
	eUserError
	errorMembers
)

// errorFields allows any type: an error answer is read as far as it can be. The
// members status and httpStatusCode are not read, since the HTTP status counts.
var errorFields = [errorMembers]wire.Field{
	eCode:      {Name: "code", Want: wire.AnyKind},
	eMessage:   {Name: "message", Want: wire.AnyKind},
	eMoreInfo:  {Name: "more_info", Want: wire.AnyKind},
	eTitle:     {Name: "title", Want: wire.AnyKind},
	eType:      {Name: "type", Want: wire.AnyKind},
	eDetail:    {Name: "detail", Want: wire.AnyKind},
	eInstance:  {Name: "instance", Want: wire.AnyKind},
	eDetails:   {Name: "details", Want: wire.AnyKind},
	eParams:    {Name: "params", Want: wire.AnyKind},
	eErrors:    {Name: "errors", Want: wire.AnyKind},
	eUserError: {Name: "userError", Want: wire.AnyKind},
}

// ParseError reads an error answer, given its status, Content-Type and body, in
// any shape that the service sends: the legacy {code, message, more_info, status},
// sometimes with details; problem details (RFC 9457);
// {code, message, httpStatusCode, params, userError}; and HTML, plain text or
// nothing, for which only Status, ContentType and Body are set. It never fails.
// The strings share the memory of body.
func ParseError(status int, contentType, body string) *user.APIError {
	e := &user.APIError{Status: status, ContentType: contentType, Body: body}
	var members [errorMembers]wire.Member
	t := reader{src: body}
	o := wire.Object{Fields: errorFields[:], Members: members[:]}
	if _, f := o.ConsumeText(body, &t.Arena); f != wire.OK {
		return e
	}
	t.Grow(o.Unescaped)
	first := func(fields ...int) string {
		for _, k := range fields {
			if s := t.text(&members[k]); s != "" {
				return s
			}
		}
		return ""
	}
	e.Code = errorCode(body, &members[eCode])
	e.Message = first(eMessage, eTitle)
	e.MoreInfo = first(eMoreInfo, eType)
	e.Detail = first(eDetail)
	e.Instance = first(eInstance)
	e.Extra = firstJSON(body, &members[eDetails], &members[eParams], &members[eErrors])
	e.UserError = readBool(body, &members[eUserError])
	return e
}

// firstJSON returns the text of the first array or object.
func firstJSON(body string, members ...*wire.Member) string {
	for _, m := range members {
		if m.Kind&(wire.ArrayKind|wire.ObjectKind) != 0 {
			return body[m.Start:m.End]
		}
	}
	return ""
}

// errorCode returns a code that is a number or a string of at most nine digits,
// else 0.
func errorCode(body string, m *wire.Member) int {
	const mostDigits = 9
	if m.End-m.Start > mostDigits {
		return 0
	}
	code := 0
	for _, c := range []byte(body[m.Start:m.End]) {
		if c-'0' > 9 {
			return 0
		}
		code = code*10 + int(c-'0')
	}
	return code
}

// AppendError appends e in the legacy envelope of this API,
// {"code":…,"message":…,"more_info":…,"status":…}, as compact JSON. If a string
// is not valid UTF-8, it returns dst unchanged and a [*validate.Error].
func AppendError(dst []byte, e *user.APIError) ([]byte, error) {
	if e == nil {
		e = &user.APIError{}
	}
	out := appendInt(dst, &errorKeys.code, e.Code)
	out, err := appendText(out, &errorKeys.message, e.Message, false)
	if err != nil {
		return dst, err
	}
	if out, err = appendText(out, &errorKeys.moreInfo, e.MoreInfo, false); err != nil {
		return dst, err
	}
	return wire.CloseObject(appendInt(out, &errorKeys.status, e.Status), len(dst)), nil
}

var errorKeys = struct{ code, message, moreInfo, status wire.Key }{
	wire.NewKey("code"), wire.NewKey("message"), wire.NewKey("more_info"), wire.NewKey("status"),
}

func appendInt(dst []byte, key *wire.Key, n int) []byte {
	return strconv.AppendInt(append(dst, key.String()...), int64(n), 10)
}
