//go:build js && wasm

package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"syscall/js"
	"testing"
)

// helpers are globals of the tests' JavaScript, beside api, the object with the
// functions. show returns the issues of a result, one a line, or else its value;
// sorted orders the members of the value; sids makes SIDs.
var helpers = map[string]string{
	"show": `(r) => {
  if (r.ok === true && Object.keys(r).join() === "ok,value") return JSON.stringify(r.value);
  if (r.ok !== false || Object.keys(r).join() !== (r.error ? "ok,issues,error" : "ok,issues") || r.issues.length === 0 && !r.error) return "no result";
  return r.issues.map((i) => [i.path.join("/"), i.code, i.offset, i.message, ...("expected" in i ? [i.expected] : "nearest" in i ? ["nearest " + i.nearest] : [])].join(" | ")).join("\n");
}`,
	"sorted": `(r) => ({ok: r.ok, value: Object.fromEntries(Object.entries(r.value).sort())})`,
	"sids":   `(prefix) => prefix + "0123456789abcdefABCDEF0123456789"`,
}

// eval runs JavaScript, and deletes its globals.
func eval(t *testing.T, code string) js.Value {
	t.Helper()
	global := js.Global()
	global.Set("api", newAPI())
	defer global.Delete("api")
	for name, source := range helpers {
		global.Set(name, global.Call("eval", source))
		defer global.Delete(name)
	}
	return global.Call("eval", code)
}

// An apiCase is a call, and what show returns of its result.
type apiCase struct{ call, want string }

func checkCalls(t *testing.T, cases []apiCase) {
	t.Helper()
	for _, c := range cases {
		if got := eval(t, "show("+c.call+")").String(); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.call, got, c.want)
		}
	}
}

// Issues of several functions.
const (
	required   = "Identity | required | -1 | required"
	wantString = " | type | -1 | want a JSON string | string"
	wantObject = " | type | -1 | want a JSON object | object"
	crash      = " | crashed | -1 | internal error"
)

// TestAPI calls the functions on requests.
func TestAPI(t *testing.T) {
	checkCalls(t, []apiCase{
		{`api.validateRequest({Identity: "a"})`, `{"Identity":"a"}`},
		{`api.validateRequest({Identity: "a", RoleSid: undefined, WebhookEnabled: false})`, `{"Identity":"a","WebhookEnabled":false}`},
		{`api.validateRequest({Identity: "é😀", FriendlyName: "", Attributes: "{}", RoleSid: sids("RL"), WebhookEnabled: true})`,
			`{"Identity":"é😀","FriendlyName":"","Attributes":"{}","RoleSid":"RL0123456789abcdefABCDEF0123456789","WebhookEnabled":true}`},
		{`api.validateRequest({Identity: "\ufeff\u0000"})`, `{"Identity":"` + "\ufeff" + `\u0000"}`},
		{`api.validateRequest({Identity: "é😀", RoleSid: "RLxyz"})`, `RoleSid | hex | 2 | want a hex digit`},
		{`api.validateRequest({})`, required},
		{`api.validateRequest({Identity: ""})`, required},
		{`api.validateRequest({Identity: null})`, `Identity | null | -1 | null is not allowed`},
		{`api.validateRequest({Identity: "a", FriendlyName: null})`, `FriendlyName | null | -1 | null is not allowed`},
		{`api.validateRequest({Identity: "a", WebhookEnabled: null})`, `WebhookEnabled | null | -1 | null is not allowed`},
		{`api.validateRequest({Identity: 1})`, `Identity` + wantString},
		{`api.validateRequest({Identity: "a", Attributes: {}})`, `Attributes | type | -1 | want a JSON string; pass the object as JSON text, as JSON.stringify makes it | string`},
		{`api.validateRequest({Identity: "a", Attributes: "[]"})`, `Attributes | object | 0 | want a JSON object; write {} instead of [], which PHP writes for an empty array`},
		{`api.validateRequest({Identity: "a", WebhookEnabled: "true"})`, `WebhookEnabled | type | -1 | want a JSON boolean | boolean`},
		{`api.validateRequest({RoleSid: "AC", x: 1, FriendlyName: true, identity: "a"})`, strings.Join([]string{
			required, `FriendlyName` + wantString, `RoleSid | prefix | 0 | want RL | RL`,
			` | unknown | -1 | unknown name`, ` | unknown | -1 | unknown name; did you mean Identity? | nearest Identity`}, "\n")},

		{`api.adviseRequest({Identity: "a"})`, `[]`},
		{`api.adviseRequest({})`, `[]`},
		{`api.adviseRequest({Identity: "system", RoleSid: "x"})`, `[{"path":["Identity"],"code":"reserved","message":"reserved by the service; choose another name","offset":0,` +
			`"server":50203,"basis":"code documented; the names from a sister product"}]`},
		{`api.adviseRequest({Identity: "system", RoleSid: 1})`, `RoleSid` + wantString},

		{`api.encodeForm({Identity: "a b", WebhookEnabled: true})`,
			`{"body":"Identity=a+b","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"true"}}`},
		{`api.encodeForm({Identity: "é", FriendlyName: "", WebhookEnabled: false})`,
			`{"body":"Identity=%C3%A9&FriendlyName=","headers":{"Content-Type":"application/x-www-form-urlencoded","X-Twilio-Webhook-Enabled":"false"}}`},
		{`api.encodeForm({Identity: "a"})`, `{"body":"Identity=a","headers":{"Content-Type":"application/x-www-form-urlencoded"}}`},
		{`api.encodeForm({Identity: "a", Attributes: "[]"})`, `Attributes | object | 0 | want a JSON object; write {} instead of [], which PHP writes for an empty array`},
		{`api.encodeForm({Identity: "a", RoleSid: null})`, `RoleSid | null | -1 | null is not allowed`},
		{`api.encodeRequest({Identity: "<é>", WebhookEnabled: true})`, `"{\"Identity\":\"<é>\"}"`},
		{`api.encodeRequest({FriendlyName: "a"})`, required},

		{`api.parseForm("Identity=%C3%A9+x&Attributes=[")`, `{"Identity":"é x","Attributes":"["}`},
		{`api.parseForm("")`, `{}`},
		{`api.parseForm("Identity=%zz")`, `Identity | percent | 10 | want two hex digits after %`},
		{`api.parseForm("identity=a")`, ` | unknown | 0 | unknown name; did you mean Identity? | nearest Identity`},
		{`api.parseForm("Identity=a;b")`, `Identity | semicolon | 10 | raw semicolon, want %3B`},
		{`api.parseRequest('{"Identity":"\\u00e9","RoleSid":""}')`, `{"Identity":"é","RoleSid":""}`},
		{`api.parseRequest('{"Identity":null}')`, `Identity | null | 12 | null is not allowed`},
		{`api.parseRequest("")`, ` | json | 0 | not JSON, want a value; write an object such as {"name":"value"} | value`},
		{`api.parseRequest("\ufeff{}")`, ` | json | 0 | not JSON, want no byte order mark; remove the invisible character: JSON allows only spaces, tabs and line breaks here | no_byte_order_mark`},
	})
}

// TestAPIUsers calls the functions on users, answers and single values.
func TestAPIUsers(t *testing.T) {
	checkCalls(t, []apiCase{
		{`api.parseUser('{"z":1,"sid":null}')`, `{"sid":null,"z":1}`},
		{`api.parseUser('{"links":{"x":[1, 2]},"identity":"\\ud83d\\ude00"}')`, `{"links":{"x":[1,2]},"identity":"😀"}`},
		{`api.parseUser('{"sid":1}')`, `sid | type | 7 | want a JSON string | string`},
		{`api.parseUser("<html>")`, ` | json | 0 | not JSON, want a value; write an object such as {"name":"value"} | value`},
		{`api.encodeUser({z: [1, {}], identity: "é", links: {}, sid: undefined})`, `"{\"links\":{},\"identity\":\"é\",\"z\":[1,{}]}"`},
		{`api.encodeUser({toJSON: () => ({identity: "a"})})`, `"{\"identity\":\"a\"}"`},
		{`api.validateUser({sid: sids("US"), url: "https://a/b", is_online: null, x: "y"})`,
			`{"sid":"US0123456789abcdefABCDEF0123456789","url":"https://a/b","is_online":null,"x":"y"}`},
		{`api.validateUser({sid: "RL", links: {user_conversations: "/"}})`,
			"sid | prefix | 0 | want US | US\nlinks/user_conversations | uri | 0 | not an absolute URI, want a scheme and a colon | scheme"},

		{`sorted(api.parseError(409, "application/json", '{"code":50201,"message":"é","more_info":"u","userError":true}'))`,
			`{"body":"{\"code\":50201,\"message\":\"é\",\"more_info\":\"u\",\"userError\":true}","class":"already_exists","code":50201,` +
				`"contentType":"application/json","detail":"","extra":"","instance":"","message":"é","moreInfo":"u","reason":"","status":409,"userError":true}`},
		{`sorted(api.parseError(502, "", "<html>"))`,
			`{"body":"<html>","class":"ambiguous","code":0,"contentType":"","detail":"","extra":"","instance":"","message":"","moreInfo":"","reason":"","status":502}`},
		{`api.parseResponse(201, "", '{"sid":"' + sids("US") + '","z":1}')`, `{"sid":"US0123456789abcdefABCDEF0123456789","z":1}`},
		{`api.parseResponse(201, "", "{}")`, ` | no_user | -1 | want a user with a valid sid`},
		{`api.parseResponse(201, "", '{"sid":1}')`, `sid | type | 7 | want a JSON string | string`},
		{`api.parseResponse(200, "", "{}")`, ` | not_created | -1 | want status 201`},
		{`api.parseResponse(303, "", "")`, ` | redirected | -1 | redirected`},
		{`api.parseResponse(409, "", "")`, ``},
		{`sorted({ok: true, value: api.parseResponse(201, "", '{"code":7}').error})`,
			`{"body":"{\"code\":7}","class":"ambiguous","code":7,"contentType":"","detail":"","extra":"","instance":"","message":"","moreInfo":"","reason":"no_user","status":201}`},
		{`({ok: true, value: Object.keys(api.parseResponse(1, {}, "")).join()})`, `"ok,issues"`},

		{`api.validateSid("RL", sids("RL"))`, `"RL0123456789abcdefABCDEF0123456789"`},
		{`api.validateSid("AC", "x")`, ` | prefix | 0 | want AC | AC`},
		{`api.validateSid("IS", "x")`, ` | prefix | 0 | want IS | IS`},
		{`api.validateSid("US", sids("US") + "\n")`, ` | length | 34 | want 34 bytes; remove the white space | 34`},
		{`api.validateAttributes("{}")`, `"{}"`},
		{`api.validateAttributes('{"a":"\\ud800"}')`, ` | surrogate | 6 | unpaired surrogate escape`},
	})
}

// TestAPINoOffset: an issue in a text that JSON.stringify made of a user has no
// offset.
func TestAPINoOffset(t *testing.T) {
	checkCalls(t, []apiCase{
		{`api.encodeUser({sid: 1})`, `sid | type | -1 | want a JSON string | string`},
		{`api.validateUser({a: 1, is_online: "true"})`, `is_online | type | -1 | want a JSON boolean | boolean`},
		{`api.validateUser({identity: "\ud800"})`, `identity | surrogate | -1 | unpaired surrogate escape`},
		{`api.validateUser([])`, wantObject},
		{`api.encodeUser()`, wantObject},
	})
}

// TestSurrogates: every function that takes text rejects a lone surrogate at its
// offset, and accepts a pair.
func TestSurrogates(t *testing.T) {
	checkCalls(t, []apiCase{
		{`api.validateRequest({Identity: "aé\ud800b"})`, `Identity | utf8 | 3 | invalid UTF-8`},
		{`api.validateRequest({Identity: "😀\udc00"})`, `Identity | utf8 | 4 | invalid UTF-8`},
		{`api.validateRequest({Identity: "\udbff", FriendlyName: "\udfff"})`, "Identity | utf8 | 0 | invalid UTF-8\nFriendlyName | utf8 | 0 | invalid UTF-8"},
		{`api.validateRequest({Identity: "\ud83d\ude00"})`, `{"Identity":"😀"}`},
		{`api.validateRequest({Identity: "a", "\ud800": 1})`, ` | unknown | -1 | unknown name`},
		{`api.encodeForm({Identity: "a", Attributes: '{"\ud800":1}'})`, `Attributes | utf8 | 2 | invalid UTF-8`},
		{`api.parseForm("Identity=\udc00")`, `Identity | utf8 | 9 | invalid UTF-8`},
		{`api.parseRequest('{"Identity":"\ud800"}')`, `Identity | utf8 | 13 | invalid UTF-8`},
		{`api.parseUser('{"x":"\ud800"}')`, ` | utf8 | 6 | invalid UTF-8`},
		{`api.validateAttributes('{"a":"é\udfff"}')`, ` | utf8 | 8 | invalid UTF-8`},
		{`api.validateSid("RL", "RL\ud800")`, ` | hex | 2 | want a hex digit`},
	})
}

// TestHostile: inherited members, getters and proxies change no verdict.
func TestHostile(t *testing.T) {
	checkCalls(t, []apiCase{
		{`api.validateRequest({get Identity() { throw new Error("s3cret") }})`, crash},
		{`api.validateRequest({get Identity() { throw 1 }})`, crash},
		{`api.encodeForm({Identity: "a", get RoleSid() { throw undefined }})`, crash},
		{`api.validateUser({get sid() { throw new Error("s3cret") }})`, crash},
		{`api.encodeUser({toJSON() { throw 1 }})`, crash},
		{`api.encodeUser((() => { const u = {}; u.x = u; return u })())`, crash},
		{`api.encodeUser({x: 1n})`, crash},
		{`api.validateRequest(Object.create({Identity: "a"}))`, required},
		{`api.validateRequest(Object.assign(Object.create(null), {Identity: "a"}))`, `{"Identity":"a"}`},
		{`api.validateRequest(Object.freeze({Identity: "a"}))`, `{"Identity":"a"}`},
		{`api.validateRequest(new (class { Identity = "a" })())`, `{"Identity":"a"}`},
		{`api.validateRequest({Identity: "a", [Symbol("x")]: 1, [Symbol.toPrimitive]: 1})`, `{"Identity":"a"}`},

		{`api.validateRequest(new Proxy({Identity: "a"}, {}))`, `{"Identity":"a"}`},
		{`api.validateRequest(new Proxy({Identity: "a"}, {get: () => 1}))`, `Identity` + wantString},
		{`api.validateRequest(new Proxy({}, {getOwnPropertyDescriptor() { throw 1 }}))`, crash},
		{`api.validateRequest(new Proxy({}, {ownKeys() { throw 1 }}))`, crash},
		{`api.validateRequest(new Proxy({}, {get() { throw 1 }}))`, required},
		{`(() => { const {proxy, revoke} = Proxy.revocable({}, {}); revoke(); return api.validateRequest(proxy) })()`, crash},

		{`api.validateRequest(JSON.parse('{"Identity":"a","__proto__":{"RoleSid":"x"}}'))`, ` | unknown | -1 | unknown name`},
		{`api.validateRequest({Identity: "a", __proto__: {RoleSid: "x", other: 1}})`, `{"Identity":"a"}`},
		{`api.parseUser('{"__proto__":{"a":1},"sid":null,"links":{"__proto__":2}}')`, `{"sid":null,"links":{"__proto__":2},"__proto__":{"a":1}}`},
		{`api.encodeUser(JSON.parse('{"__proto__":{"sid":"x"}}'))`, `"{\"__proto__\":{\"sid\":\"x\"}}"`},
		{`api.validateRequest({Identity: "a", constructor: 1})`, ` | unknown | -1 | unknown name`},
	})
	if !eval(t, `Object.getPrototypeOf(api.parseUser('{"__proto__":{"a":1}}').value) === Object.prototype`).Bool() {
		t.Error("a member has become the prototype")
	}
	if n := eval(t, `(() => { let n = 0; api.validateRequest({get Identity() { return "a" + n++ }, get WebhookEnabled() { n++; return true }}); return n })()`).Int(); n != 2 {
		t.Errorf("two members were read %d times", n)
	}
}

// TestPollution: what a page adds to Object.prototype is no member of any object.
func TestPollution(t *testing.T) {
	const polluted = `(() => {
  const added = {Identity: "b", RoleSid: "x", FriendlyName: 1, WebhookEnabled: "x", sid: 1, identity: 2, other: 3, ok: 4, issues: 5, value: 6, want: 7};
  try {
    for (const name in added) Object.prototype[name] = added[name];
    return [
      api.validateRequest({Identity: "a"}), api.validateRequest({}), api.encodeForm({Identity: "a"}), api.parseForm("Identity=a"),
      api.parseUser("{}"), api.encodeUser({}), api.validateUser({}), api.validateSid("RL", "x"),
    ].map((r) => Object.keys(r).join() + " " + JSON.stringify(r)).join("\n");
  } finally {
    for (const name in added) delete Object.prototype[name];
  }
})()`
	want := strings.Join([]string{
		`ok,value {"ok":true,"value":{"Identity":"a"}}`,
		`ok,issues {"ok":false,"issues":[{"path":["Identity"],"code":"required","message":"required","offset":-1}]}`,
		`ok,value {"ok":true,"value":{"body":"Identity=a","headers":{"Content-Type":"application/x-www-form-urlencoded"}}}`,
		`ok,value {"ok":true,"value":{"Identity":"a"}}`,
		`ok,value {"ok":true,"value":{}}`,
		`ok,value {"ok":true,"value":"{}"}`,
		`ok,value {"ok":true,"value":{}}`,
		`ok,issues {"ok":false,"issues":[{"path":[],"code":"prefix","message":"want RL","offset":0,"expected":"RL"}]}`,
	}, "\n")
	if got := eval(t, polluted).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// apiNames are the names of the functions.
var apiNames = []string{"adviseRequest", "encodeForm", "encodeRequest", "encodeUser", "parseError", "parseForm", "parseRequest",
	"parseResponse", "parseUser", "validateAttributes", "validateRequest", "validateSid", "validateUser"}

func TestAPIMembers(t *testing.T) {
	names := eval(t, `Object.keys(api).sort().filter((name) => typeof api[name] === "function").join()`).String()
	if want := strings.Join(apiNames, ","); names != want {
		t.Errorf("functions %s, want %s", names, want)
	}
	if rest := eval(t, `Object.keys(api).filter((name) => typeof api[name] !== "function").join()`).String(); rest != "goVersion" {
		t.Errorf("beside them %s", rest)
	}
	if v := eval(t, "api.goVersion").String(); v != runtime.Version() {
		t.Errorf("goVersion %s", v)
	}
}

// TestEveryArgument passes every kind of value, and no value, as every argument of
// every function. Each call returns a result, and none crashes.
func TestEveryArgument(t *testing.T) {
	const source = `(() => {
  const kinds = [undefined, null, true, false, 0, -1, 1.5, NaN, Infinity, 10n, "", "a", "{}", "\ud800", Symbol("s"), {}, [], [1], () => 1, class {},
    new Date(0), new String("a"), new Map(), new Uint8Array(2), /x/, new Error("e"), Promise.resolve(), new Proxy({}, {}), new Proxy(() => 1, {}), Object.create(null)];
  const bad = [];
  const call = (name, args) => {
    const said = () => name + "(" + args.map((a) => Object.prototype.toString.call(a)).join() + ")";
    try {
      const r = api[name](...args);
      if (r.ok === true ? "value" in r : (r.issues.length > 0 || r.error) && r.issues.every((i) => i.code !== "crashed")) return;
      bad.push(said() + " " + JSON.stringify(r));
    } catch (error) {
      bad.push(said() + " throws " + String(error));
    }
  };
  for (const name of Object.keys(api).filter((name) => typeof api[name] === "function")) {
    call(name, []);
    const good = {parseError: [400, "", ""], parseResponse: [201, "", ""], validateSid: ["RL", sids("RL")]}[name] ?? [{}];
    for (let i = 0; i < good.length; i++) {
      for (const kind of kinds) call(name, good.with(i, kind));
    }
  }
  for (const member of ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled", "other"]) {
    for (const kind of kinds) call("validateRequest", [{Identity: "a", [member]: kind}]);
  }
  return bad.join("\n");
})()`
	if bad := eval(t, source).String(); bad != "" {
		t.Error(bad)
	}
}

// TestOneIssueEach: an argument that has the wrong type is one issue, without that
// of the value that replaces it.
func TestOneIssueEach(t *testing.T) {
	var cases []apiCase
	for _, name := range []string{"parseForm", "parseRequest", "parseUser"} {
		for _, argument := range []string{"", "null", "1", "{}", "new String('a')"} {
			cases = append(cases, apiCase{fmt.Sprintf("api.%s(%s)", name, argument), wantString})
		}
	}
	for _, name := range []string{"validateRequest", "adviseRequest", "encodeForm", "encodeRequest"} {
		for _, argument := range []string{"", "null", "'Identity'", "1", "() => 1", "[]"} {
			cases = append(cases, apiCase{fmt.Sprintf("api.%s(%s)", name, argument), wantObject})
		}
	}
	for _, name := range []string{"validateAttributes(", "validateSid('RL',"} {
		cases = append(cases,
			apiCase{"api." + name + "undefined)", " | required | -1 | required"},
			apiCase{"api." + name + "null)", " | null | -1 | null is not allowed"},
			apiCase{"api." + name + "1)", wantString})
	}
	cases = append(cases,
		apiCase{"api.validateSid('RL', {})", wantString},
		apiCase{"api.validateAttributes({})", " | type | -1 | want a JSON string; pass the object as JSON text, as JSON.stringify makes it | string"})
	checkCalls(t, cases)
}

// TestTextIsWhole: a text is returned unchanged, with its byte order mark.
func TestTextIsWhole(t *testing.T) {
	for _, c := range []string{
		`api.parseError(500, "\ufefftext/plain", "\ufeffé😀\u0000")`,
		`api.parseError(500, "", "\ufeff")`,
	} {
		if got := eval(t, c+".value.body.charCodeAt(0)").Int(); got != 0xfeff {
			t.Errorf("%s: the body begins with %U", c, got)
		}
	}
	if got := eval(t, `api.parseUser('{"identity":"\ufeffa"}').value.identity.charCodeAt(0)`).Int(); got != 0xfeff {
		t.Errorf("an identity begins with %U", got)
	}
}

// TestRoundTrips: a user that is parsed and written is an equal JSON value.
func TestRoundTrips(t *testing.T) {
	const source = `(() => {
  const equal = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
  const sorted = (v) => v === null || typeof v !== "object" ? v : Array.isArray(v) ? v.map(sorted) : Object.entries(v).sort().map(([name, m]) => [name, sorted(m)]);
  const bad = [];
  const known = {sid: "US", identity: "é😀", is_online: false, links: {user_conversations: null, "\u2028": "</script>"}, attributes: "{}", url: null};
  const unknown = ['"new":[1, {"b" : null}]', '"__proto__":{"sid":1}', '"":""', '"\\u0061\\n":-1.5e3', '"toString":true', '"\\ud83d\\ude00":"\\ud83d\\ude00"', '"Sid":"SID"'];
  for (let bits = 0; bits < 1 << unknown.length; bits++) {
    const members = Object.entries(known).filter((_, i) => bits * 7 >> i & 1).map(([name, v]) => JSON.stringify(name) + ":" + JSON.stringify(v));
    const text = "{" + unknown.filter((_, i) => bits >> i & 1).concat(members).join(" , ") + "}";
    const read = api.parseUser(text);
    const written = api.encodeUser(read.value);
    if (!equal(JSON.parse(text), read.value) || !equal(JSON.parse(text), JSON.parse(written.value))) bad.push(text + " " + written.value);
  }
  return bad.join("\n");
})()`
	if bad := eval(t, source).String(); bad != "" {
		t.Error(bad)
	}
}

// TestNothingGrows makes 2,000 calls, valid and invalid: none adds a function or a
// kind, and the heap does not grow with the calls.
func TestNothingGrows(t *testing.T) {
	const calls = `(() => {
  for (let i = 0; i < 100; i++) {
    api.validateRequest({Identity: "a" + i, RoleSid: i % 2 ? "x" : undefined});
    api.validateRequest({Identity: "a", ["x" + i]: 1});
    api.encodeForm({Identity: "a" + i, WebhookEnabled: true});
    api.parseForm("Identity=" + i + "%");
    api.parseRequest("{\"" + i);
    api.parseUser("{\"x" + i + "\":1,\"sid\":null}");
    api.encodeUser({identity: "a" + i});
    api.validateUser({sid: "US" + i});
    api.parseError(500, "", "{\"message\":\"" + i + "\"}");
    api.parseResponse(201, "", "{\"message\":\"" + i + "\"}");
    api.validateSid("AC", "AC" + i);
  }
})()`
	run := func() (functions, kinds int, heap uint64) {
		eval(t, calls)
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return nextFunction(), int(instance.kinds.count), memory.HeapAlloc
	}
	functions, kinds, heap := run()
	after, kindsAfter, heapAfter := run()
	if own := after - functions - 1; own != len(apiNames) { // of the second newAPI
		t.Errorf("%d functions more", own)
	}
	if kindsAfter != kinds || kinds == 0 {
		t.Errorf("%d kinds, and then %d", kinds, kindsAfter)
	}
	if heapAfter > heap+heap/2 {
		t.Errorf("%d bytes, and then %d", heap, heapAfter)
	}
}

// nextFunction returns the number that syscall/js gives the next function.
func nextFunction() int {
	f := js.FuncOf(func(js.Value, []js.Value) any { return nil })
	defer f.Release()
	return int(reflect.ValueOf(f).FieldByName("id").Uint())
}
