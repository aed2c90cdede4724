package hosts_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
	"github.com/convuser/convuser/wasm/hosts"
)

// A call is the arguments of Host.Call.
type call struct {
	operation string
	flags     int32
	parts     []any
}

// native returns the answer to a call, made with the library.
func (c call) native(tb testing.TB) map[string]any {
	tb.Helper()
	last := c.parts[len(c.parts)-1]
	switch c.operation {
	case "validateRequest", "adviseRequest", "encodeForm", "encodeRequest":
		return c.request(tb)
	case "parseForm":
		return c.parsed(tb, encode.ParseForm)
	case "parseRequest":
		return c.parsed(tb, encode.ParseRequest)
	case "encodeUser", "parseUser", "validateUser":
		u, err := encode.ParseUser(last.(string))
		switch {
		case err != nil:
			return failure("body", err)
		case c.operation == "parseUser":
			return success(userValue(tb, u))
		case c.operation == "validateUser":
			return verdict(u.Validate())
		}
		text, err := encode.AppendUser(nil, &u, c.options())
		return written(tb, text, err)
	case "parseError":
		return success(errorValue(encode.ParseError(int(c.parts[0].(int32)), c.parts[1].(string), last.(string))))
	case "parseResponse":
		return response(encode.ParseResponse(int(c.parts[0].(int32)), c.parts[1].(string), last.(string)))
	case "validateSid":
		switch prefix := c.parts[0].(string); prefix {
		case "AC", "IS", "RL", "US":
			return verdict(validate.SID(prefix, last.(string)))
		}
		return verdict(&validate.Error{Code: validate.CodePrefix, Want: "known_prefix", Offset: -1})
	case "validateAttributes":
		return verdict(validate.Attributes(last.(string)))
	}
	tb.Fatalf("no operation %s", c.operation)
	return nil
}

func (c call) options() (o encode.Option) {
	if c.flags&hosts.AllowUnknown != 0 {
		o |= encode.AllowUnknown
	}
	if c.flags&hosts.HTMLSafe != 0 {
		o |= encode.HTMLSafe
	}
	return o
}

// request returns the answer to an operation on a request.
func (c call) request(tb testing.TB) map[string]any {
	tb.Helper()
	r, err := encode.ParseRequest(c.parts[0].(string))
	if err != nil {
		return failure("body", err)
	}
	if len(c.parts) > 1 {
		switch c.parts[1] {
		case hosts.True:
			r.WebhookEnabled = user.Some(true)
		case hosts.False:
			r.WebhookEnabled = user.Some(false)
		case hosts.Null:
			r.WebhookEnabled = user.Null[bool]()
		}
	}
	if c.operation == "adviseRequest" {
		return success(adviceValue(r.Advise()))
	}
	if err := r.Validate(); err != nil || c.operation == "validateRequest" {
		return verdict(err)
	}
	if c.operation == "encodeRequest" {
		text, err := encode.AppendRequest(nil, &r, c.options())
		return written(tb, text, err)
	}
	form, err := encode.AppendForm(nil, &r)
	if err != nil {
		tb.Fatal(err)
	}
	headers := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if on, ok := r.WebhookEnabled.Get(); ok {
		headers[user.WebhookHeader] = strconv.FormatBool(on)
	}
	return success(map[string]any{"body": string(form), "headers": headers})
}

func (c call) parsed(tb testing.TB, parse func(string, ...encode.Option) (user.CreateRequest, error)) map[string]any {
	tb.Helper()
	r, err := parse(c.parts[0].(string), c.options())
	if err != nil {
		return failure("body", err)
	}
	value, err := encode.AppendRequest(nil, &r)
	if err != nil {
		tb.Fatal(err)
	}
	answer := success(json.RawMessage(value))
	if err := r.Validate(); err != nil && c.flags&hosts.Validate != 0 {
		answer = failure("value", err)
		answer["value"] = json.RawMessage(value)
	}
	return answer
}

func response(u user.User, err error) map[string]any {
	var e *user.APIError
	if !errors.As(err, &e) {
		text, _ := encode.AppendUser(nil, &u) // it has just been parsed
		return success(json.RawMessage(text))
	}
	answer := map[string]any{"ok": false, "issues": []any{}, "error": errorValue(e)}
	switch {
	case e.Err != nil:
		answer["issues"] = issues("body", e.Err)
	case e.Reason != "":
		answer["issues"] = issues("value", &validate.Error{Code: e.Reason, Offset: -1})
	}
	return answer
}

func success(value any) map[string]any { return map[string]any{"ok": true, "value": value} }

func failure(source string, err error) map[string]any {
	return map[string]any{"ok": false, "issues": issues(source, err)}
}

func verdict(err error) map[string]any {
	if err == nil {
		return success(nil)
	}
	return failure("value", err)
}

func written(tb testing.TB, text []byte, err error) map[string]any {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	return success(string(text))
}

func userValue(tb testing.TB, u user.User) json.RawMessage {
	tb.Helper()
	text, err := encode.AppendUser(nil, &u)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// issues returns the issues of an error of the library.
func issues(source string, err error) (list []any) {
	for e := range validate.All(err) {
		words := *e
		words.Field, words.Offset = "", -1
		issue := map[string]any{"path": path(e.Field), "code": e.Code, "message": words.Error(), "offset": e.Offset, "source": source}
		want := "expected"
		if e.Code == validate.CodeUnknown {
			want = "nearest"
		}
		for name, word := range map[string]string{want: e.Want, "hint": string(e.Hint), "found": e.Found} {
			if word != "" {
				issue[name] = word
			}
		}
		list = append(list, issue)
	}
	return list
}

func adviceValue(list []validate.Advice) any {
	values := []any{}
	for _, a := range list {
		values = append(values, map[string]any{
			"path": path(a.Field), "code": a.Code, "message": a.Message() + "; " + a.Remedy(), "offset": a.Offset, "source": "value", "server": a.Server, "basis": a.Source,
		})
	}
	return values
}

func path(field string) []string {
	switch field {
	case "":
		return []string{}
	case user.WebhookHeader:
		return []string{"WebhookEnabled"}
	}
	return strings.Split(field, ".")
}

func errorValue(e *user.APIError) map[string]any {
	value := map[string]any{
		"code": e.Code, "message": e.Message, "moreInfo": e.MoreInfo, "detail": e.Detail, "instance": e.Instance,
		"extra": e.Extra, "class": e.Class().String(), "reason": e.Reason,
	}
	if e.UserError != (user.Opt[bool]{}) {
		value["userError"] = e.UserError
	}
	return value
}
