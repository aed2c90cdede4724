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

// functions are those for a page without the loader: the operations of the
// package convuser on texts and plain objects, without options. A user has its
// unknown members beside the known ones, as JSON.stringify takes it and
// JSON.parse makes it; an issue has path, code, message, offset in bytes, and
// expected or nearest, hint and found where there is such a word.
var functions = [...]struct {
	name string
	do   func(m *machine, args []js.Value) any // counts where m has no issue
}{
	{"validateRequest", func(m *machine, args []js.Value) any {
		r := m.checkObject(args)
		return requestObject(m, &r)
	}},
	{"adviseRequest", func(m *machine, args []js.Value) any {
		if m.takeObject(args); m.issues > 0 {
			return nil
		}
		m.adviseRequest(0)
		return list(m, len(m.numbers)/2)
	}},
	{"encodeForm", func(m *machine, args []js.Value) any {
		r := m.checkObject(args)
		if m.issues > 0 {
			return nil
		}
		m.putForm(&r)
		return parsed(m.text)
	}},
	{"parseForm", func(m *machine, args []js.Value) any {
		r, err := encode.ParseForm(m.textAt(args, 0))
		m.bodyFault(err)
		return requestObject(m, &r)
	}},
	{"encodeRequest", func(m *machine, args []js.Value) any {
		r := m.checkObject(args)
		m.appended(encode.AppendRequest(m.text, &r))
		return string(m.text)
	}},
	{"parseRequest", func(m *machine, args []js.Value) any {
		r, err := encode.ParseRequest(m.textAt(args, 0))
		m.bodyFault(err)
		return requestObject(m, &r)
	}},
	{"encodeUser", func(m *machine, args []js.Value) any {
		u := m.userOf(args)
		m.appended(encode.AppendUser(m.text, &u))
		return string(m.text)
	}},
	{"parseUser", func(m *machine, args []js.Value) any {
		u, err := encode.ParseUser(m.textAt(args, 0))
		m.bodyFault(err)
		return userObject(m, &u)
	}},
	{"validateUser", func(m *machine, args []js.Value) any {
		u := m.userOf(args)
		m.checkUser(&u)
		return userObject(m, &u)
	}},
	{"parseError", func(m *machine, args []js.Value) any {
		e := encode.ParseError(m.numberAt(args, 0), m.textAt(args, 1), m.textAt(args, 2))
		return errorObject(m, e, argument(args, 1), argument(args, 2))
	}},
	{"parseResponse", func(m *machine, args []js.Value) any {
		u, err := encode.ParseResponse(m.numberAt(args, 0), m.textAt(args, 1), m.textAt(args, 2))
		e, failed := err.(*user.APIError)
		if !failed || m.issues > 0 {
			return userObject(m, &u)
		}
		m.answerFault(e)
		return refusal{errorObject(m, e, argument(args, 1), argument(args, 2))}
	}},
	{"validateSid", func(m *machine, args []js.Value) any {
		m.takeValues(argument(args, 0), argument(args, 1))
		m.validateSID(0)
		return argument(args, 1)
	}},
	{"validateAttributes", func(m *machine, args []js.Value) any {
		m.takeValues(argument(args, 0))
		m.validateAttributes(0)
		return argument(args, 0)
	}},
}

// register sets a function. A panic must not end the program, which would end
// every later call as well.
func register(api js.Value, name string, do func(*machine, []js.Value) any) {
	api.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) (answer any) {
		defer func() {
			if recover() != nil {
				answer = crashed()
			}
		}()
		m := &theMachine
		m.reset()
		value := do(m, args)
		refused, ok := value.(refusal)
		if m.issues == 0 && !ok {
			return newResult(true, "value", value)
		}
		result := newResult(false, "issues", list(m, m.issues))
		if ok {
			result.Set("error", refused.error)
		}
		return result
	}))
}

// A refusal is the value of an answer that is no success.
type refusal struct{ error any }

// What the functions ask of JavaScript, taken before a page can change it.
var (
	jsObject  = js.Global().Get("Object")
	jsReflect = js.Global().Get("Reflect")
	jsArray   = js.Global().Get("Array")
	jsJSON    = js.Global().Get("JSON")
)

func crashed() js.Value {
	return newResult(false, "issues", parsed([]byte(`[{"path":[],"code":"crashed","message":"internal error","offset":-1}]`)))
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

// typeOf returns a value's type; a BigInt, for which package js panics, is as
// strange as a symbol.
func typeOf(v js.Value) (t js.Type) {
	defer func() {
		if recover() != nil {
			t = js.TypeSymbol
		}
	}()
	return v.Type()
}

// textAt returns an argument that must be a text.
func (m *machine) textAt(args []js.Value, i int) string {
	v := argument(args, i)
	if typeOf(v) == js.TypeString {
		return textOf(v)
	}
	m.issue(kind{code: validate.CodeType, want: "string"}, -1)
	return ""
}

// numberAt returns an argument that must be a number.
func (m *machine) numberAt(args []js.Value, i int) int {
	v := argument(args, i)
	if typeOf(v) == js.TypeNumber {
		return v.Int()
	}
	m.issue(kind{code: validate.CodeType, want: "number"}, -1)
	return 0
}

// checkObject takes a request and adds its issues.
func (m *machine) checkObject(args []js.Value) user.CreateRequest {
	if m.takeObject(args); m.issues > 0 {
		return user.CreateRequest{}
	}
	return m.check()
}

// objectAt returns the first argument, which must be an object.
func (m *machine) objectAt(args []js.Value) (v js.Value, ok bool) {
	v = argument(args, 0)
	if ok = typeOf(v) == js.TypeObject && !jsArray.Call("isArray", v).Bool(); !ok {
		m.issue(kind{code: validate.CodeType, want: "object"}, -1)
	}
	return v, ok
}

// takeObject takes a request as it crosses through the other door.
func (m *machine) takeObject(args []js.Value) {
	v, ok := m.objectAt(args)
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
	m.takeValues(values...)
}

// takeValues takes values as they cross through the other door.
func (m *machine) takeValues(values ...js.Value) {
	m.lengths, m.texts = nil, ""
	for _, v := range values {
		n, text := part(v)
		m.lengths, m.texts = append(m.lengths, n), m.texts+text
	}
}

// part returns a value as it crosses.
func part(v js.Value) (length int32, text string) {
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

// own reads an own member, so that nobody who has changed Object.prototype
// has a say. It goes through Reflect.get: a getter that throws is then a panic
// that register recovers, where Value.Get would unwind the stack of the whole
// program.
func own(v js.Value, name string) js.Value {
	if !jsObject.Call("hasOwn", v, name).Bool() {
		return js.Undefined()
	}
	return jsReflect.Call("get", v, name)
}

// textOf returns the UTF-8 of a JavaScript string. A lone surrogate, which
// the conversion would turn into U+FFFD without a word, becomes the bytes
// that the core rejects as invalid UTF-8.
func textOf(v js.Value) string {
	text := jsObject.Invoke(v) // a plain string has no methods in syscall/js
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
		var character [utf8.UTFMax]byte
		if b = append(b, character[:utf8.EncodeRune(character[:], rune(c))]...); c > 0xffff {
			i++
		}
	}
	return string(b)
}

// userOf takes a user.
func (m *machine) userOf(args []js.Value) user.User {
	v, ok := m.objectAt(args)
	if !ok {
		return user.User{}
	}
	m.takeValues(jsJSON.Call("stringify", v))
	return m.nextUser()
}

func requestObject(m *machine, r *user.CreateRequest) any {
	m.appended(encode.AppendRequest(m.text, r))
	if m.issues > 0 {
		return nil
	}
	result := parsed(m.text)
	if on, ok := r.WebhookEnabled.Get(); ok {
		result.Set(requestKeys[webhook], on)
	}
	return result
}

func userObject(m *machine, u *user.User) any {
	m.appended(encode.AppendUser(m.text, u))
	if m.issues > 0 {
		return nil
	}
	return parsed(m.text)
}

func errorObject(m *machine, e *user.APIError, contentType, body js.Value) any {
	m.addError(e)
	result := parsed(m.text)
	result.Set("contentType", contentType)
	result.Set("body", body)
	result.Set("status", e.Status)
	return result
}

// parsed makes a value of JSON text: the short way out of Go, and the only one
// on which a string keeps its byte order mark.
func parsed(text []byte) js.Value { return jsJSON.Call("parse", string(text)) }

// list makes an array of n issues, or pieces of advice.
func list(m *machine, n int) js.Value {
	m.text = m.text[:0]
	m.addList(n, "")
	return parsed(m.text)
}
