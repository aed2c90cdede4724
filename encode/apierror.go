package encode

import (
	"strconv"

	"github.com/convuser/convuser/encode/wire"
	"github.com/convuser/convuser/user"
)

// The members of an error answer of any shape. They index errorFields.
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

// errorFields takes any type: an error answer is the last place to be strict
// in. The numbers of the status line are not read, the status itself counts.
var errorFields = [errorMembers]wire.Field{
	eCode:      wire.NewField("code", wire.AnyKind, 0),
	eMessage:   wire.NewField("message", wire.AnyKind, 0),
	eMoreInfo:  wire.NewField("more_info", wire.AnyKind, 0),
	eTitle:     wire.NewField("title", wire.AnyKind, 0),
	eType:      wire.NewField("type", wire.AnyKind, 0),
	eDetail:    wire.NewField("detail", wire.AnyKind, 0),
	eInstance:  wire.NewField("instance", wire.AnyKind, 0),
	eDetails:   wire.NewField("details", wire.AnyKind, 0),
	eParams:    wire.NewField("params", wire.AnyKind, 0),
	eErrors:    wire.NewField("errors", wire.AnyKind, 0),
	eUserError: wire.NewField("userError", wire.AnyKind, 0),
}

// ParseError returns what an answer with this status, Content-Type and body
// says, in any of the shapes that the service sends: the legacy
// {code, message, more_info, status} with details at times; problem details
// (RFC 9457); {code, message, httpStatusCode, params, userError}; and HTML,
// plain text or nothing at all, which only the fields Status, ContentType and
// Body keep. It never fails, and the strings share the memory of body.
func ParseError(status int, contentType, body string) *user.APIError {
	e := &user.APIError{Status: status, ContentType: contentType, Body: body}
	var members [errorMembers]wire.Member
	o := wire.Object{Fields: errorFields[:], Members: members[:]}
	if _, f := o.ConsumeText(body); f != wire.OK {
		return e
	}
	t := texts{src: body, size: o.Unescaped}
	first := func(fields ...int) string {
		for _, k := range fields {
			if s := memberText(&t, &members[k]); s != "" {
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

// errorCode returns a code that is a number, or a string of digits; 0 where
// it is neither, or more than nine digits.
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

// AppendError appends e in the legacy envelope that this API answers with,
// {"code":…,"message":…,"more_info":…,"status":…}, as compact JSON. It
// returns dst as it was and a [*validate.Error] where a string is not valid
// UTF-8.
func AppendError(dst []byte, e *user.APIError) ([]byte, error) {
	if e == nil {
		e = &user.APIError{}
	}
	w := jsonWriter{orig: dst, dst: dst}
	w.int(&errorKeys.code, e.Code)
	w.text(&errorKeys.message, e.Message)
	w.text(&errorKeys.moreInfo, e.MoreInfo)
	w.int(&errorKeys.status, e.Status)
	return w.finish()
}

var errorKeys = struct{ code, message, moreInfo, status wire.Key }{
	wire.NewKey("code"), wire.NewKey("message"), wire.NewKey("more_info"), wire.NewKey("status"),
}

// int appends a member that is a number.
func (w *jsonWriter) int(k *wire.Key, n int) {
	w.dst = strconv.AppendInt(append(w.dst, k.String()...), int64(n), 10)
}
