//go:build js && wasm

package main

import (
	"slices"
	"syscall/js"
	"unicode/utf8"

	"github.com/convuser/convuser/encode"
	"github.com/convuser/convuser/user"
	"github.com/convuser/convuser/validate"
)

// functions are those of a page that has only wasm_exec.js: the operations of
// the package convuser on strings and plain objects, without options. A user
// has its unknown members beside the known ones, as in JSON. An issue has path,
// code, message and offset in bytes, and where they are not "" also expected or
// nearest, hint and found.
var functions = [...]struct {
	name string
	do   func(s *session, args []js.Value) any // the result is used if s has no issue
}{
	{"validateRequest", func(s *session, args []js.Value) any {
		r := s.checkObject(args)
		return requestObject(s, &r)
	}},
	{"adviseRequest", func(s *session, args []js.Value) any {
		if s.takeObject(args); s.issues > 0 {
			return nil
		}
		s.adviseRequest(0)
		return list(s, len(s.numbers)/2)
	}},
	{"encodeForm", func(s *session, args []js.Value) any {
		r := s.checkObject(args)
		s.addForm(&r)
		return textObject(s)
	}},
	{"parseForm", parser(encode.ParseForm)},
	{"encodeRequest", func(s *session, args []js.Value) any {
		r := s.checkObject(args)
		s.setText(encode.AppendRequest(s.text, &r))
		return string(s.text)
	}},
	{"parseRequest", parser(encode.ParseRequest)},
	{"encodeUser", func(s *session, args []js.Value) any {
		u := s.takeUser(args)
		s.setText(encode.AppendUser(s.text, &u))
		return string(s.text)
	}},
	{"parseUser", func(s *session, args []js.Value) any {
		u, err := encode.ParseUser(s.textAt(args, 0))
		s.reportError(err)
		return userObject(s, &u)
	}},
	{"validateUser", func(s *session, args []js.Value) any {
		u := s.takeUser(args)
		s.checkUser(&u)
		return userObject(s, &u)
	}},
	{"parseError", func(s *session, args []js.Value) any {
		return errorObject(s, encode.ParseError(s.numberAt(args, 0), s.textAt(args, 1), s.textAt(args, 2)), args)
	}},
	{"parseResponse", func(s *session, args []js.Value) any {
		u, err := encode.ParseResponse(s.numberAt(args, 0), s.textAt(args, 1), s.textAt(args, 2))
		e, failed := err.(*user.APIError)
		if !failed || s.issues > 0 {
			return userObject(s, &u)
		}
		s.reportAnswer(e)
		return responseError{errorObject(s, e, args)}
	}},
	{"validateSid", func(s *session, args []js.Value) any {
		s.takeValues(argument(args, 0), argument(args, 1))
		s.validateSID(0)
		return argument(args, 1)
	}},
	{"validateAttributes", func(s *session, args []js.Value) any {
		s.takeValues(argument(args, 0))
		s.validateAttributes(0)
		return argument(args, 0)
	}},
}

func parser(parse func(string, ...encode.Option) (user.CreateRequest, error)) func(*session, []js.Value) any {
	return func(s *session, args []js.Value) any {
		r, err := parse(s.textAt(args, 0))
		s.reportError(err)
		return requestObject(s, &r)
	}
}

// register adds a function to api. It recovers, since a panic would end the
// program, and with it every function.
func register(api js.Value, name string, do func(*session, []js.Value) any) {
	api.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) (answer any) {
		defer func() {
			if recover() != nil {
				answer = crashed()
			}
		}()
		s := &instance
		s.reset()
		value := do(s, args)
		failed, ok := value.(responseError)
		if s.issues == 0 && !ok {
			return newResult(true, "value", value)
		}
		result := newResult(false, "issues", list(s, s.issues))
		if ok {
			result.Set("error", failed.object)
		}
		return result
	}))
}

// A responseError is the result of parseResponse for an answer that is not a
// success.
type responseError struct{ object any }

// The globals that the functions use, read before a page can change them.
var (
	jsObject  = js.Global().Get("Object")
	jsReflect = js.Global().Get("Reflect")
	jsArray   = js.Global().Get("Array")
	jsJSON    = js.Global().Get("JSON")
)

func crashed() js.Value {
	return newResult(false, "issues", parseJSON([]byte(`[{"path":[],"code":"crashed","message":"internal error","offset":-1}]`)))
}

func newResult(ok bool, name string, value any) js.Value {
	result := jsObject.New()
	result.Set("ok", ok)
	result.Set(name, value)
	return result
}

func argument(args []js.Value, i int) js.Value {
	if i < len(args) {
		return args[i]
	}
	return js.Undefined()
}

// typeOf returns a value's type, that of a symbol for a BigInt, for which
// package js panics.
func typeOf(v js.Value) (t js.Type) {
	defer func() {
		if recover() != nil {
			t = js.TypeSymbol
		}
	}()
	return v.Type()
}

// textAt returns an argument that must be a string.
func (s *session) textAt(args []js.Value, i int) string {
	v := argument(args, i)
	if typeOf(v) == js.TypeString {
		return textOf(v)
	}
	s.report(kind{code: validate.CodeType, want: "string"}, -1)
	return ""
}

// numberAt returns an argument that must be a number.
func (s *session) numberAt(args []js.Value, i int) int {
	v := argument(args, i)
	if typeOf(v) == js.TypeNumber {
		return v.Int()
	}
	s.report(kind{code: validate.CodeType, want: "number"}, -1)
	return 0
}

// checkObject takes a request and reports its issues.
func (s *session) checkObject(args []js.Value) user.CreateRequest {
	if s.takeObject(args); s.issues > 0 {
		return user.CreateRequest{}
	}
	return s.check()
}

// objectAt returns the first argument, which must be an object.
func (s *session) objectAt(args []js.Value) (v js.Value, ok bool) {
	v = argument(args, 0)
	if ok = typeOf(v) == js.TypeObject && !jsArray.Call("isArray", v).Bool(); !ok {
		s.report(kind{code: validate.CodeType, want: "object"}, -1)
	}
	return v, ok
}

// takeObject sets the lengths and texts of a request.
func (s *session) takeObject(args []js.Value) {
	v, ok := s.objectAt(args)
	if !ok {
		return
	}
	var values []js.Value
	for _, name := range requestKeys {
		values = append(values, own(v, name))
	}
	names := jsObject.Call("keys", v)
	for i := range names.Length() {
		if name := names.Index(i); !slices.Contains(requestKeys[:], textOf(name)) {
			values = append(values, name)
		}
	}
	s.takeValues(values...)
}

// takeValues sets the lengths and texts of values.
func (s *session) takeValues(values ...js.Value) {
	s.lengths, s.texts = nil, ""
	for _, v := range values {
		n, text := lengthOf(v)
		s.lengths, s.texts = append(s.lengths, n), s.texts+text
	}
}

// lengthOf returns the length and the text of a value.
func lengthOf(v js.Value) (length int32, text string) {
	switch typeOf(v) {
	case js.TypeUndefined:
		return absent, ""
	case js.TypeNull:
		return null, ""
	case js.TypeObject:
		return object, ""
	case js.TypeBoolean:
		if v.Bool() {
			return isTrue, ""
		}
		return isFalse, ""
	case js.TypeString:
		text = textOf(v)
		return int32(len(text)), text
	}
	return mistyped, ""
}

// own returns an own member, and undefined for an inherited one. It calls
// Reflect.get, since register recovers from a getter that throws there; one that
// throws in Value.Get unwinds the stack of the whole program.
func own(v js.Value, name string) js.Value {
	if !jsObject.Call("hasOwn", v, name).Bool() {
		return js.Undefined()
	}
	return jsReflect.Call("get", v, name)
}

// textOf returns the UTF-8 of a string. A lone surrogate, which v.String would
// replace with U+FFFD, becomes bytes that are rejected as invalid UTF-8.
func textOf(v js.Value) string {
	text := jsObject.Invoke(v) // only objects have methods in syscall/js
	if text.Call("isWellFormed").Bool() {
		return v.String()
	}
	b := make([]byte, 0, 64)
	for i, n := 0, text.Length(); i < n; i++ {
		c := text.Call("codePointAt", i).Int()
		if 0xd800 <= c && c < 0xe000 {
			b = append(b, 0xed, byte(0x80|c>>6&0x3f), byte(0x80|c&0x3f))
			continue
		}
		if b = utf8.AppendRune(b, rune(c)); c > 0xffff {
			i++
		}
	}
	return string(b)
}

// takeUser takes a user.
func (s *session) takeUser(args []js.Value) user.User {
	v, ok := s.objectAt(args)
	if !ok {
		return user.User{}
	}
	s.takeValues(jsJSON.Call("stringify", v))
	return s.nextUser()
}

func requestObject(s *session, r *user.CreateRequest) any {
	s.setText(encode.AppendRequest(s.text, r))
	if s.issues > 0 {
		return nil
	}
	result := parseJSON(s.text)
	if on, ok := r.WebhookEnabled.Get(); ok {
		result.Set(requestKeys[webhook], on)
	}
	return result
}

func userObject(s *session, u *user.User) any {
	s.setText(encode.AppendUser(s.text, u))
	return textObject(s)
}

// textObject returns the value of the answer's JSON text, nil if there are issues.
func textObject(s *session) any {
	if s.issues > 0 {
		return nil
	}
	return parseJSON(s.text)
}

func errorObject(s *session, e *user.APIError, args []js.Value) any {
	s.addError(e)
	result := parseJSON(s.text)
	result.Set("contentType", argument(args, 1))
	result.Set("body", argument(args, 2))
	result.Set("status", e.Status)
	return result
}

// parseJSON returns the value of a JSON text. No other way to make a string in
// syscall/js keeps its byte order mark.
func parseJSON(text []byte) js.Value { return jsJSON.Call("parse", string(text)) }

// list returns an array of the first n issues, or pieces of advice.
func list(s *session, n int) js.Value {
	s.text = s.text[:0]
	s.addList(n, "")
	return parseJSON(s.text)
}
