//go:build js && wasm

package main

import (
	"syscall/js"
	"testing"
)

// TestAPI calls the registered functions from JavaScript, with every type
// that a caller can hand over.
func TestAPI(t *testing.T) {
	js.Global().Set("api", newAPI())
	defer js.Global().Delete("api")
	cases := []struct{ call, want string }{
		{`api.validateRequest({Identity: "a"})`, `{"ok":true}`},
		{`api.validateRequest({Identity: "a", RoleSid: undefined, WebhookEnabled: false})`, `{"ok":true}`},
		{`api.validateRequest({Identity: "é😀", RoleSid: "RLxyz"})`, `RoleSid hex 2 want a hex digit`},
		{`api.validateRequest({})`, `Identity required -1 required`},
		{`api.validateRequest()`, `Identity required -1 required`},
		{`api.validateRequest(null)`, `Identity required -1 required`},
		{`api.validateRequest("Identity")`, `Identity required -1 required`},
		{`api.validateRequest({Identity: null})`, `Identity null -1 null is not allowed`},
		{`api.validateRequest({Identity: 1})`, `Identity type -1 want a JSON string`},
		{`api.validateRequest({Identity: "a", Attributes: {}})`, `Attributes type -1 want a JSON string`},
		{`api.validateRequest({Identity: "a", WebhookEnabled: "true"})`, `X-Twilio-Webhook-Enabled type -1 want a JSON boolean`},
		{`api.validateRequest({Identity: "aé\ud800b"})`, `Identity utf8 3 invalid UTF-8`},
		{`api.validateRequest({Identity: "😀\udc00"})`, `Identity utf8 4 invalid UTF-8`},
		{`api.validateRequest({get Identity() { throw new Error("s3cret") }})`, ` crashed -1 internal error`},
		{`api.validateRequest(Object.create({Identity: "a"}))`, `Identity required -1 required`},
		{`api.validateRequest(Object.assign(Object.create(null), {Identity: "a"}))`, `{"ok":true}`},
		{`api.validateRequest(new Proxy({}, {getOwnPropertyDescriptor() { throw 1 }}))`, ` crashed -1 internal error`},
		{`api.parseUser('{"__proto__":{"a":1},"sid":null}')`, `{"ok":true,"value":{"__proto__":{"a":1},"sid":null}}`},
		{`api.encodeForm({Identity: "a b", WebhookEnabled: true})`,
			`{"ok":true,"value":{"body":"Identity=a+b","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"true"}}}`},
		{`api.encodeForm({Identity: "a", Attributes: "[]"})`, `Attributes object 0 want a JSON object`},
		{`api.parseUser('{"z":1,"sid":null}')`, `{"ok":true,"value":{"sid":null,"z":1}}`},
		{`api.parseUser('{"sid":1}')`, `sid type 7 want a JSON string`},
		{`api.parseUser({})`, ` type -1 want a string`},
	}
	// Object members come in any order out of a Go map, so sort them.
	show := js.Global().Call("eval", `(r) => r.ok
		? JSON.stringify(r, (k, v) => v && typeof v === "object" ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => a < b ? -1 : 1)) : v)
		: r.issues.map((i) => [i.field, i.code, i.offset, i.message].join(" ")).join("\n")`)
	for _, c := range cases {
		if got := show.Invoke(js.Global().Call("eval", c.call)).String(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.call, got, c.want)
		}
	}
}
