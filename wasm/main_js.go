//go:build js && wasm

package main

import (
	"runtime"
	"syscall/js"
	"unicode/utf8"

	"github.com/convuser/convuser/user"
)

// main registers
//
//	convuser.validateRequest(request) → {ok: true} | {ok: false, issues}
//	convuser.encodeForm(request)      → {ok: true, value: {body, headers}} | {ok: false, issues}
//	convuser.parseUser(text)          → {ok: true, value} | {ok: false, issues}
//	convuser.goVersion                → "go1.26.…"
//
// on globalThis. A request has the wire names and WebhookEnabled, a boolean;
// a member that is undefined is absent. An issue is {field, code, message,
// offset}, its offset in bytes of UTF-8, -1 where there is no place.
func main() {
	js.Global().Set("convuser", newAPI())
	select {}
}

// newAPI returns the object with the functions.
func newAPI() js.Value {
	api := js.Global().Get("Object").New()
	register(api, "validateRequest", func(arg js.Value) js.Value {
		return result(js.Undefined(), validateForm(formOf(arg)))
	})
	register(api, "encodeForm", func(arg js.Value) js.Value {
		body, hook, issues := encodeForm(formOf(arg))
		headers := map[string]any{"Content-Type": "application/x-www-form-urlencoded"}
		if hook != "" {
			headers[user.WebhookHeader] = hook
		}
		return result(js.ValueOf(map[string]any{"body": body, "headers": headers}), issues)
	})
	register(api, "parseUser", func(arg js.Value) js.Value {
		if arg.Type() != js.TypeString {
			return result(js.Undefined(), []issue{{code: "type", message: "want a string", offset: -1}})
		}
		compact, issues := parseUser(arg.String())
		if issues != nil {
			return result(js.Undefined(), issues)
		}
		return result(js.Global().Get("JSON").Call("parse", compact), nil)
	})
	api.Set("goVersion", runtime.Version())
	return api
}

// register sets a function of one argument. A panic must not end the
// program, which would end every later call as well.
func register(api js.Value, name string, f func(js.Value) js.Value) {
	api.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) (answer any) {
		defer func() {
			if recover() != nil {
				answer = result(js.Undefined(), []issue{{code: "crashed", message: "internal error", offset: -1}})
			}
		}()
		if len(args) == 0 {
			return f(js.Undefined())
		}
		return f(args[0])
	}))
}

// formOf reads each own member of a request once, so that nobody who has
// changed Object.prototype has a say. It goes through Reflect.get: a getter
// that throws is then a panic that register recovers, where Value.Get would
// unwind the stack of the whole program.
func formOf(v js.Value) *form {
	if v.Type() != js.TypeObject {
		return &form{}
	}
	object, reflect := js.Global().Get("Object"), js.Global().Get("Reflect")
	read := func(name string, want js.Type) field {
		if !object.Call("hasOwn", v, name).Bool() {
			return field{}
		}
		return fieldOf(reflect.Call("get", v, name), want)
	}
	return &form{
		identity:       read("Identity", js.TypeString),
		friendlyName:   read("FriendlyName", js.TypeString),
		attributes:     read("Attributes", js.TypeString),
		roleSID:        read("RoleSid", js.TypeString),
		webhookEnabled: read("WebhookEnabled", js.TypeBoolean),
	}
}

func fieldOf(v js.Value, want js.Type) field {
	switch {
	case v.IsUndefined():
		return field{}
	case v.IsNull():
		return field{state: null}
	case v.Type() != want:
		return field{state: mistyped}
	case want == js.TypeBoolean && v.Bool():
		return field{"true", present}
	case want == js.TypeBoolean:
		return field{"false", present}
	}
	return field{textOf(v), present}
}

// textOf returns the UTF-8 of a JavaScript string. A lone surrogate, which
// the conversion would turn into U+FFFD without a word, becomes the bytes
// that the core rejects as invalid UTF-8.
func textOf(v js.Value) string {
	object := js.Global().Get("Object").Invoke(v) // a plain string has no methods in syscall/js
	if object.Call("isWellFormed").Bool() {
		return v.String()
	}
	b := make([]byte, 0, 64)
	for i, n := 0, object.Length(); i < n; i++ {
		c := object.Call("codePointAt", i).Int()
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

// result makes the answer of a data function.
func result(value js.Value, issues []issue) js.Value {
	if issues == nil {
		return js.ValueOf(map[string]any{"ok": true, "value": value})
	}
	list := make([]any, len(issues))
	for i, e := range issues {
		list[i] = map[string]any{"field": e.field, "code": e.code, "message": e.message, "offset": e.offset}
	}
	return js.ValueOf(map[string]any{"ok": false, "issues": list})
}
