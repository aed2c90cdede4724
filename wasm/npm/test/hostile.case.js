// Hostile input: names that every object has, getters, proxies, values of other
// types, invalid Unicode, and too much of it. Invalid data never throws, and the
// input is not changed.
import { caseList } from "./cases.js";
import { issuesOf } from "./twins/inputs.js";

const { cases, add } = caseList();
export default cases;

const encoder = new TextEncoder();
const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf"];
const sid = (prefix) => prefix + "a".repeat(32);

/** An object with this own member; a literal could not have __proto__. */
function named(name, value) {
  return Object.defineProperty({}, name, { value, enumerable: true, writable: true, configurable: true });
}

function codes(result) {
  return issuesOf(result).map(({ path, code }) => `${path.join(".")}: ${code}`);
}

// ---------------------------------------------------------------- names

add("names that every object has are unknown names in a request", ({ codec, assert }) => {
  for (const name of inherited) {
    const request = Object.assign(named(name, "x"), { Identity: "a" });
    for (const call of ["validateRequest", "encodeForm", "encodeRequest"]) assert.deepEqual(codes(codec[call](request)), [": unknown"], `${call}: ${name}`);
    assert.ok(codec.adviseRequest(request).ok, name);
    assert.deepEqual(codes(codec.validateField(name, "x")), [": unknown"], name);
    assert.deepEqual(codes(codec.parseRequest(`{"${name}":1}`)), [": unknown"], name);
    assert.deepEqual(codes(codec.parseForm(`${name}=1`)), [": unknown"], name);
    for (const parsed of [codec.parseRequest(`{"${name}":{"Identity":"x"},"Identity":"a"}`, { allowUnknown: true }), codec.parseForm(`${name}=1&Identity=a`, { allowUnknown: true })]) {
      assert.deepEqual(Reflect.ownKeys(parsed.value), ["Identity"]);
      assert.equal(Object.getPrototypeOf(parsed.value), Object.prototype, name);
    }
  }
});

add("the same names are data in a user, at both levels", ({ codec, assert }) => {
  for (const name of inherited) {
    const text = `{"links":{"${name}":{"sid":1}},"${name}":{"sid":"x"}}`;
    const { value } = codec.parseUser(text);
    assert.deepEqual(Reflect.ownKeys(value.unknown), [name]);
    assert.deepEqual(Reflect.ownKeys(value.links.unknown), [name]);
    assert.equal(value.unknown[name], '{"sid":"x"}');
    assert.equal(value.links.unknown[name], '{"sid":1}');
    for (const object of [value, value.links]) assert.equal(Object.getPrototypeOf(object), Object.prototype);
    for (const object of [value.unknown, value.links.unknown]) assert.equal(Object.getPrototypeOf(object), null);
    assert.equal(value.sid, undefined, name);
    assert.equal(codec.encodeUser(value).value, text, name);
    assert.deepEqual(codec.validateUser(value), { ok: true, value });
  }
});

add("filling a result calls no setter of Object.prototype", ({ codec, assert }) => {
  const names = ["sid", "links", "user_conversations", "unknown", "Identity", "RoleSid"];
  const seen = [];
  for (const name of names) Object.defineProperty(Object.prototype, name, { configurable: true, set: (value) => seen.push(name, value) });
  try {
    const text = '{"sid":"x","links":{"user_conversations":"y","z":1},"a":2}';
    const { value } = codec.parseUser(text);
    assert.equal(codec.encodeUser(value).value, text);
    assert.deepEqual(Object.keys(codec.validateUser(value).issues[0].path), ["0"]);
    assert.deepEqual(Object.keys(codec.parseForm("Identity=a&RoleSid=b").value), ["Identity", "RoleSid"]);
    assert.deepEqual(seen, []);
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
});

add("the same names are unknown members in a user to write", ({ codec, assert }) => {
  for (const name of inherited) {
    for (const call of ["validateUser", "encodeUser"]) {
      assert.deepEqual(codes(codec[call](named(name, "x"))), [": unknown"], `${call}: ${name}`);
      assert.deepEqual(codes(codec[call]({ links: named(name, "x") })).length, 1, `${call}: links.${name}`);
      const unknown = { unknown: named(name, "1"), links: { unknown: named(name, "2") } };
      const result = codec[call](unknown);
      assert.ok(result.ok, `${call}: ${name}`);
      if (call === "encodeUser") assert.equal(result.value, `{"links":{"${name}":2},"${name}":1}`, name);
      else assert.equal(result.value.unknown[name], "1", name);
    }
  }
});

add("__proto__ in unknown is written, but sets no prototype", ({ codec, assert }) => {
  const { value } = codec.encodeUser({ unknown: named("__proto__", '{"sid":"x"}'), links: { unknown: named("__proto__", "1") } });
  assert.equal(value, '{"links":{"__proto__":1},"__proto__":{"sid":"x"}}');
  const back = codec.validateUser({ unknown: named("__proto__", '{"polluted":1}') }).value;
  assert.equal(back.unknown.polluted, undefined);
  assert.equal({}.polluted, undefined, "Object.prototype");
});

add("the same names in Attributes are text", ({ codec, assert }) => {
  for (const name of inherited) {
    const text = `{"${name}":{"${name}":[{"${name}":1}]}}`;
    assert.deepEqual(codec.validateAttributes(text), { ok: true, value: text });
    assert.deepEqual(codec.parseRequest(codec.encodeRequest({ Identity: "a", Attributes: text }).value).value, { Identity: "a", Attributes: text });
    assert.deepEqual(codec.adviseRequest({ Identity: "a", Attributes: `{"${name}":1,"${name}":2}` }).value.map(({ code }) => code), ["repeated_name"], name);
  }
});

add("the same names are rejected as codes of messages, and inherited messages are ignored", ({ codec, assert }) => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.throws(() => codec.with({ messages: JSON.parse(`{"null":"z","${name}":{"required":"polluted"}}`) }), { code: "OPTIONS" });
  }
  const heir = codec.with({ messages: Object.create({ required: "inherited" }) });
  assert.equal(heir.validateRequest({}).issues[0].message, "required");
});

add("the same names in a form's data are ignored", ({ convuser, assert }) => {
  for (const form of [new FormData(), new URLSearchParams()]) {
    for (const name of [...inherited, "Identity"]) form.append(name, "x");
    const result = convuser.fromFormData(form);
    assert.deepEqual(result, { ok: true, value: { Identity: "x" } });
    assert.equal(Object.getPrototypeOf(result.value), Object.prototype);
  }
});

add("the same names in an error response are ignored", ({ codec, assert }) => {
  const body = '{"__proto__":{"message":"x","code":7},"constructor":1,"toString":2,"message":"m"}';
  const { code, message } = codec.parseError(400, "application/json", body).value;
  assert.deepEqual({ code, message }, { code: 0, message: "m" });
});

// ---------------------------------------------------------------- members

add("inherited members are absent", ({ codec, assert }) => {
  class Person {
    get Identity() {
      return "inherited";
    }
  }
  for (const request of [new Person(), Object.create({ Identity: "a" }), Object.create(new Person())]) assert.deepEqual(codes(codec.validateRequest(request)), ["Identity: required"]);
  const mixed = Object.assign(Object.create({ RoleSid: "bad", colour: 1 }), { Identity: "a" });
  assert.deepEqual(codec.validateRequest(mixed), { ok: true, value: { Identity: "a" } });
  assert.deepEqual(codec.encodeUser(Object.assign(Object.create({ sid: 1, colour: 1 }), { identity: "a" })).value, '{"identity":"a"}');
  assert.deepEqual(codec.encodeUser({ links: Object.create({ user_conversations: 1 }), unknown: Object.create({ a: "1" }) }).value, '{"links":{}}');
});

const requestAndUser = ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled", "sid", "identity", "links", "unknown", "user_conversations", "colour"];

/** Returns what run returns while Object.prototype has more members. */
function polluted(descriptor, run) {
  try {
    for (const name of requestAndUser) Object.defineProperty(Object.prototype, name, { configurable: true, ...descriptor });
    return run();
  } finally {
    for (const name of requestAndUser) delete Object.prototype[name];
  }
}

function everyKindOfResult(codec, convuser) {
  const request = { Identity: "a", FriendlyName: "b", Attributes: "{}", RoleSid: sid("RL"), WebhookEnabled: false };
  const user = { sid: sid("US"), links: { user_conversations: "https://a/b", unknown: { x: "1" } }, unknown: { y: "2" } };
  return [
    ...[{}, { Identity: "a" }, Object.create(null), request].map((given) => codec.validateRequest(given)),
    codec.validateField("FriendlyName", undefined),
    codec.adviseRequest(request),
    ...[{ Identity: "a" }, request].flatMap((given) => [codec.encodeForm(given), codec.encodeRequest(given)]),
    ...["Identity=a", codec.encodeForm(request).value.body].map((body) => codec.parseForm(body)),
    ...['{"Identity":"a"}', codec.encodeRequest(request).value].map((body) => codec.parseRequest(body)),
    ...[{}, { links: {} }, user].flatMap((given) => [codec.validateUser(given), codec.encodeUser(given)]),
    ...["{}", codec.encodeUser(user).value].map((body) => codec.parseUser(body)),
    codec.parseError(400, "", '{"code":1,"userError":true}'),
    convuser.fromFormData(new URLSearchParams({ Identity: "a", FriendlyName: "b" })),
    codec.schema["~standard"].validate({}),
  ];
}

add("a polluted Object.prototype has no effect, with values or accessors", ({ codec, convuser, assert }) => {
  const results = () => everyKindOfResult(codec, convuser);
  const want = results();
  for (const descriptor of [{ value: "x", writable: true }, { get: () => "x", set: () => {} }]) {
    for (const enumerable of [true, false]) assert.deepEqual(polluted({ ...descriptor, enumerable }, results), want);
  }
});

add("symbols and non-enumerable members are ignored", ({ codec, assert }) => {
  const request = { Identity: "a", [Symbol("Identity")]: 1, [Symbol.iterator]: 2 };
  Object.defineProperty(request, "colour", { value: 1, enumerable: false });
  Object.defineProperty(request, "RoleSid", { get: () => { throw new Error("read"); }, enumerable: false });
  assert.deepEqual(codec.validateRequest(request), { ok: true, value: { Identity: "a" } });
  const user = { identity: "a", [Symbol("sid")]: 1, unknown: { [Symbol("x")]: 1 }, links: { [Symbol("y")]: 1 } };
  Object.defineProperty(user, "colour", { value: 1, enumerable: false });
  assert.equal(codec.encodeUser(user).value, '{"links":{},"identity":"a"}');
});

add("undefined is absent, at every level", ({ codec, assert }) => {
  const request = { Identity: "a", FriendlyName: undefined, Attributes: undefined, RoleSid: undefined, WebhookEnabled: undefined };
  assert.deepEqual(codec.validateRequest(request), { ok: true, value: { Identity: "a" } });
  assert.deepEqual(codes(codec.validateRequest({ Identity: undefined })), ["Identity: required"]);
  assert.deepEqual(codec.validateUser({ sid: undefined, links: undefined, unknown: undefined }), { ok: true, value: {} });
  assert.equal(codec.encodeUser({ sid: undefined, links: { user_conversations: undefined, unknown: undefined } }).value, '{"links":{}}');
});

add("each member is read once, and none is set", ({ codec, assert }) => {
  const request = { Identity: "a", FriendlyName: "b", Attributes: "{}", RoleSid: sid("RL"), WebhookEnabled: true, x: 1 };
  const user = { sid: sid("US"), identity: null, links: counted({ user_conversations: "https://a", unknown: counted({ y: "1" }).object }).object, unknown: counted({ z: "2" }).object };
  for (const call of ["validateRequest", "adviseRequest", "encodeForm", "encodeRequest"]) onlyOnce(assert, call, request, (object) => codec[call](object));
  for (const call of ["validateUser", "encodeUser"]) onlyOnce(assert, call, user, (object) => codec[call](object));
});

function onlyOnce(assert, call, members, run) {
  const { object, reads } = counted(members);
  run(object);
  for (const name of Object.keys(members)) assert.equal(reads[name], 1, `${call} reads ${name}`);
  const writes = [];
  const trap = (name) => (...args) => (writes.push(name), Reflect[name](...args));
  run(new Proxy(members, { set: trap("set"), defineProperty: trap("defineProperty"), deleteProperty: trap("deleteProperty"), setPrototypeOf: trap("setPrototypeOf"), preventExtensions: trap("preventExtensions") }));
  assert.deepEqual(writes, [], call);
}

/** An object whose getters count reads. */
function counted(members) {
  const reads = {};
  const object = {};
  for (const [name, value] of Object.entries(members)) {
    reads[name] = 0;
    Object.defineProperty(object, name, { get: () => (reads[name]++, value), enumerable: true });
  }
  return { object, reads };
}

add("input may be frozen, and is not changed", ({ codec, assert }) => {
  const deepFreeze = (object) => {
    for (const value of Object.values(object)) if (typeof value === "object" && value !== null) deepFreeze(value);
    return Object.freeze(object);
  };
  const request = { Identity: "a", FriendlyName: "b", Attributes: '{"a":1}', RoleSid: sid("RL"), WebhookEnabled: false };
  const user = { sid: sid("US"), links: { user_conversations: null, unknown: { a: "[1]" } }, unknown: { b: '"c"' }, is_online: null };
  for (const [given, calls] of [[request, ["validateRequest", "adviseRequest", "encodeForm", "encodeRequest"]], [user, ["validateUser", "encodeUser"]]]) {
    const before = JSON.stringify(given);
    const frozen = deepFreeze(structuredClone(given));
    for (const call of calls) {
      assert.deepEqual(codec[call](frozen), codec[call](given), call);
      assert.equal(JSON.stringify(given), before, call);
    }
  }
  const bytes = encoder.encode("Identity=%C3%A9");
  const copy = bytes.slice();
  assert.ok(codec.parseForm(bytes).ok);
  assert.deepEqual(bytes, copy);
});

add("the value is a copy", ({ codec, assert }) => {
  const request = { Identity: "a" };
  const { value } = codec.validateRequest(request);
  request.Identity = "b";
  assert.equal(value.Identity, "a");
  const user = { links: { user_conversations: "https://a/b", unknown: { x: "1" } }, unknown: { y: "2" } };
  const copy = codec.validateUser(user).value;
  user.links.user_conversations = "changed";
  user.links.unknown.x = "changed";
  user.unknown.y = "changed";
  assert.deepEqual(copy, { links: { user_conversations: "https://a/b", unknown: { x: "1" } }, unknown: { y: "2" } });
});

add("changing an issue does not affect later issues", ({ codec, assert }) => {
  const first = codec.validateRequest({}).issues;
  for (const change of [() => first[0].path.push("x"), () => (first[0].params.expected = 1)]) {
    try {
      change();
    } catch {
      // frozen, which is equally good
    }
  }
  first[0].message = "changed";
  assert.deepEqual(codec.validateRequest({}).issues[0], { message: "required", path: ["Identity"], code: "required", params: {}, offset: -1, index: -1, line: -1, column: -1, source: "value" });
});

// ---------------------------------------------------------------- getters and proxies

const boom = new Error("boom");
const throwing = (name) => ({ Identity: "a", get [name]() { throw boom; } });

add("a getter that throws is an issue", ({ codec, assert }) => {
  for (const name of ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled"]) {
    for (const call of ["validateRequest", "adviseRequest", "encodeForm", "encodeRequest"]) assert.deepEqual(codes(codec[call](throwing(name))), [`${name}: unreadable`], call);
    assert.deepEqual(codes(codec.validateRequest(Object.setPrototypeOf(throwing(name), {}))), [`${name}: unreadable`], "through Object.keys");
  }
  assert.deepEqual(codes(codec.validateRequest(throwing("colour"))), [": unreadable"]);
  const users = [{ get sid() { throw boom; } }, { links: { get user_conversations() { throw boom; } } }, { unknown: { get a() { throw boom; } } }, { get unknown() { throw boom; } }];
  for (const user of users) for (const call of ["validateUser", "encodeUser"]) assert.ok(codes(codec[call](user)).join().endsWith(": unreadable"), call);
});

add("a getter may call the codec; its call and the outer call are right", ({ codec, assert }) => {
  const inner = [];
  const request = {
    Identity: "outer",
    get FriendlyName() {
      inner.push(codec.encodeForm({ Identity: "inner" }).value.body, codec.validateRequest({}).issues[0].code, codec.parseUser('{"sid":"x"}').value.sid);
      return "é".repeat(100);
    },
    get RoleSid() {
      inner.push(codec.validateRequest(request2).ok);
      return sid("RL");
    },
  };
  const request2 = { Identity: "other", Attributes: "{}" };
  assert.deepEqual(codec.validateRequest(request), { ok: true, value: { Identity: "outer", FriendlyName: "é".repeat(100), RoleSid: sid("RL") } });
  assert.deepEqual(inner.splice(0), ["Identity=inner", "required", "x", true]);
  assert.equal(new URLSearchParams(codec.encodeForm(request).value.body).get("FriendlyName"), "é".repeat(100));
  const user = { identity: "outer", get friendly_name() { return codec.encodeUser({ identity: "inner" }).value; } };
  assert.equal(JSON.parse(codec.encodeUser(user).value).friendly_name, '{"identity":"inner"}');
});

add("a message function may call the codec; its call and all issues are right", ({ codec, assert }) => {
  const calls = [];
  const custom = codec.with({ messages: { required: say, hex: say, object: say } });
  function say({ path, code }) {
    calls.push(codec.validateSid("US", "US").issues[0].code, custom.parseForm("Identity=x").value.Identity);
    return `${path}: ${code}`;
  }
  const { issues } = custom.validateRequest({ Attributes: "[1]", RoleSid: "RLx" });
  assert.deepEqual(issues.map(({ message, offset }) => [message, offset]), [["Identity: required", -1], ["Attributes: object", 0], ["RoleSid: hex", 2]]);
  assert.deepEqual(calls, ["length", "x", "length", "x", "length", "x"]);
});

add("a message function may throw, and the next call is right", ({ codec, assert }) => {
  const custom = codec.with({ messages: { required: () => { throw boom; } } });
  assert.equal(assert.throws(() => custom.validateRequest({}), /boom/), boom);
  assert.equal(custom.state, "ready");
  assert.deepEqual(custom.validateRequest({ Identity: "a" }), { ok: true, value: { Identity: "a" } });
  assert.equal(codec.validateRequest({}).issues[0].message, "required");
});

add("a getter of an option may throw, and the next call is right", ({ codec, assert }) => {
  const parsing = { get allowUnknown() { throw boom; } };
  const writing = { get htmlSafe() { throw boom; } };
  for (const call of [() => codec.parseForm("", parsing), () => codec.parseRequest("{}", parsing), () => codec.encodeRequest({ Identity: "a" }, writing), () => codec.encodeUser({}, writing)]) {
    assert.equal(assert.throws(call, /boom/), boom);
    assert.deepEqual(codec.parseForm("Identity=a"), { ok: true, value: { Identity: "a" } });
  }
});

add("wrong options throw OPTIONS, which names the unknown one", async ({ codec, convuser, assert }) => {
  const many = async (options) => {
    for await (const row of codec.validateMany([], options)) throw row;
  };
  const calls = {
    allowUnknown: [(o) => codec.parseForm("", o), (o) => codec.parseForms([], o), (o) => codec.parseRequest("{}", o)],
    htmlSafe: [(o) => codec.encodeRequest({ Identity: "a" }, o), (o) => codec.encodeUser({}, o)],
    messages: [(o) => codec.with(o)],
    keepEmpty: [(o) => convuser.fromFormData(new URLSearchParams(), o)],
    maxBytes: [(o) => convuser.create(o), (o) => convuser.init(o)],
    format: [many],
  };
  for (const [name, list] of Object.entries(calls)) {
    for (const call of list) {
      for (const options of [null, 1, "x", [], new Map([[name, true]]), { [name.toUpperCase()]: true }, { [name]: undefined, x: 1 }, JSON.parse('{"__proto__":1}')]) {
        const want = typeof options === "object" && options !== null && !(Symbol.iterator in options) ? { code: "OPTIONS", message: / no such option, want / } : { code: "OPTIONS" };
        await assert.rejects(async () => call(options), want);
      }
    }
  }
});

add("a null Content-Type is an empty one", ({ codec, assert }) => {
  const body = `{"sid":"US${"0a".repeat(16)}"}`;
  assert.deepEqual(codec.parseResponse(201, null, body), codec.parseResponse(201, "", body));
  assert.deepEqual(codec.parseError(400, null, "x"), codec.parseError(400, "", "x"));
  assert.equal(codec.parseError(400, null, "x").value.contentType, "");
});

add("a boolean option takes no other type", ({ codec, convuser, assert }) => {
  const calls = {
    allowUnknown: (o) => codec.parseForm("", o),
    validate: (o) => codec.parseRequest("{}", o),
    htmlSafe: (o) => codec.encodeUser({}, o),
    emptyAsAbsent: (o) => codec.validateRequest({}, o),
    keepEmpty: (o) => convuser.fromFormData(new URLSearchParams(), o),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const value of ["false", "true", 0, 1, null, {}]) assert.throws(() => call({ [name]: value }), { code: "OPTIONS", message: new RegExp(`${name}: want true or false`) });
    for (const value of [true, false, undefined]) call({ [name]: value });
  }
});

add("a wrong signal, listener or form throws OPTIONS", async ({ codec, convuser, assert }) => {
  const { openWorker } = await import("convuser/worker");
  const signal = new AbortController(); // instead of its signal
  const calls = {
    signal: [() => convuser.init({ signal }), () => convuser.create({ signal }), () => openWorker({ signal }), () => codec.validateMany([], { signal }).next()],
    onProgress: [() => codec.validateMany([], { onProgress: true }).next()],
    form: [() => convuser.fromFormData(null), () => convuser.fromFormData({ Identity: "a" })],
  };
  for (const [name, list] of Object.entries(calls)) {
    for (const call of list) await assert.rejects(async () => call(), { code: "OPTIONS", message: new RegExp(`^OPTIONS: ${name}: want an? `) });
  }
});

add("what needs no await rejects the options that need it", async ({ convuser, fresh, assert }) => {
  const { create } = await fresh("./sync");
  for (const name of ["source", "integrity", "signal"]) {
    for (const call of [create, (options) => convuser.initSync(new Uint8Array(8), options)]) {
      assert.throws(() => call({ [name]: undefined }), { code: "OPTIONS", message: `OPTIONS: ${name}: no such option, want maxBytes` });
    }
  }
});

add("a proxy is read as an object", ({ codec, assert }) => {
  assert.deepEqual(codec.validateRequest(new Proxy({ Identity: "a" }, {})), { ok: true, value: { Identity: "a" } });
  const virtual = new Proxy({}, { ownKeys: () => ["Identity"], getOwnPropertyDescriptor: () => ({ value: "v", enumerable: true, configurable: true }), get: () => "v" });
  assert.deepEqual(codec.validateRequest(virtual), { ok: true, value: { Identity: "v" } });
  assert.equal(codec.encodeUser(new Proxy({ identity: "a", links: new Proxy({}, {}) }, {})).value, '{"links":{},"identity":"a"}');
});

const hostileProxies = {
  revoked() {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "ownKeys throws": () => new Proxy({}, { ownKeys: () => { throw boom; } }),
  "getPrototypeOf throws": () => new Proxy({}, { getPrototypeOf: () => { throw boom; } }),
  "getOwnPropertyDescriptor throws": () => new Proxy({ Identity: "a", sid: "x" }, { getOwnPropertyDescriptor: () => { throw boom; } }),
  "get throws": () => new Proxy({ Identity: "a", sid: "x" }, { get: () => { throw boom; } }),
};

for (const [name, make] of Object.entries(hostileProxies)) {
  add(`a hostile proxy, ${name}, is an issue`, ({ codec, assert }) => {
    const ends = (result, call) => assert.equal(codes(result).join().split(": ").at(-1), "unreadable", call);
    for (const call of ["validateRequest", "adviseRequest", "encodeForm", "encodeRequest", "validateUser", "encodeUser"]) {
      // The prototype of a user is not read.
      if (name !== "getPrototypeOf throws" || call.endsWith("Request") || call === "encodeForm") ends(codec[call](make()), call);
    }
    assert.equal(codec.schema["~standard"].validate(make()).issues[0].code, "unreadable");
    if (name === "getPrototypeOf throws") return;
    for (const call of ["validateUser", "encodeUser"]) {
      ends(codec[call]({ links: make() }), `${call}: links`);
      ends(codec[call]({ unknown: make() }), `${call}: unknown`);
    }
  });
}

add("a proxy as a member is an issue of its type", ({ codec, assert }) => {
  for (const make of Object.values(hostileProxies)) {
    assert.deepEqual(codes(codec.validateRequest({ Identity: make(), Attributes: make() })), ["Identity: type", "Attributes: type"]);
    assert.deepEqual(codes(codec.validateField("RoleSid", make())), ["RoleSid: type"]);
    assert.deepEqual(codes(codec.validateAttributes(make())), [": type"]);
    assert.deepEqual(codes(codec.validateSid("RL", make())), [": type"]);
    assert.equal(codec.validateUser({ sid: make() }).ok, false);
  }
});

// ---------------------------------------------------------------- types

const notStrings = { number: 7, NaN, bigint: 7n, symbol: Symbol("s"), function: () => "a", object: {}, array: [], date: new Date(0), regexp: /a/, boxed: Object("a"), true: true };

add("a request or user that is not an object is an issue", ({ codec, assert }) => {
  const values = [undefined, null, "", "Identity=a", 0, 7n, true, Symbol("s"), () => {}, [], [{ Identity: "a" }]];
  for (const value of values) {
    for (const call of ["validateRequest", "adviseRequest", "encodeForm", "encodeRequest", "validateUser", "encodeUser"]) {
      const { ok, issues } = codec[call](value);
      assert.equal(ok, false);
      assert.deepEqual(issues, [{ message: "want a JSON object", path: [], code: "type", params: { expected: "object" }, offset: -1, index: -1, line: -1, column: -1, source: "value" }], call);
    }
    assert.equal(codec.schema["~standard"].validate(value).issues[0].code, "type");
  }
});

add("a member of another type is an issue", ({ codec, assert }) => {
  for (const [kind, value] of Object.entries(notStrings)) {
    for (const field of ["Identity", "FriendlyName", "Attributes", "RoleSid"]) {
      assert.deepEqual(codes(codec.validateField(field, value)), [`${field}: type`], kind);
      assert.deepEqual(codes(codec.validateRequest({ Identity: "a", [field]: value })), [`${field}: type`], kind);
    }
    assert.deepEqual(codes(codec.validateField("WebhookEnabled", value)), kind === "true" ? [] : ["WebhookEnabled: type"], kind);
    for (const name of ["sid", "identity", "attributes", "date_created", "url"]) assert.deepEqual(codes(codec.validateUser({ [name]: value })), [`${name}: type`], kind);
    for (const name of ["is_online", "is_notifiable"]) assert.deepEqual(codes(codec.validateUser({ [name]: value })), kind === "true" ? [] : [`${name}: type`], kind);
    assert.deepEqual(codes(codec.validateUser({ links: { user_conversations: value } })), ["links.user_conversations: type"], kind);
    assert.deepEqual(codes(codec.validateUser({ unknown: { a: value } })), ["unknown: type"], kind);
    for (const call of ["parseForm", "parseRequest", "parseUser"]) assert.deepEqual(codes(codec[call](value)), [": type"], `${call}: ${kind}`);
    assert.deepEqual(codes(codec.parseError(400, "", value)), ["body: type"], kind);
    assert.deepEqual(codes(codec.parseError(400, value, "")), ["contentType: type"], kind);
    assert.deepEqual(codes(codec.parseResponse(201, "", value)), ["body: type"], kind);
    assert.deepEqual(codes(codec.parseResponse(201, value, "")), ["contentType: type"], kind);
    assert.deepEqual(codes(codec.validateAttributes(value)), [": type"], kind);
    assert.deepEqual(codes(codec.validateSid("RL", value)), [": type"], kind);
  }
});

add("null is an issue in a request, and allowed in a user", ({ codec, assert }) => {
  for (const field of ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled"]) {
    assert.deepEqual(codes(codec.validateField(field, null)), [`${field}: null`]);
    assert.deepEqual(codes(codec.validateRequest({ Identity: "a", [field]: null })), [`${field}: null`]);
  }
  const names = ["sid", "account_sid", "chat_service_sid", "role_sid", "identity", "friendly_name", "attributes", "is_online", "is_notifiable", "date_created", "date_updated", "url", "links"];
  const user = Object.fromEntries(names.map((name) => [name, null]));
  assert.deepEqual(codec.validateUser(user), { ok: true, value: user });
  assert.deepEqual(JSON.parse(codec.encodeUser(user).value), user);
});

add("every issue of a request is reported, in the order of the members", ({ codec, assert }) => {
  const request = { WebhookEnabled: 1, RoleSid: "x", Attributes: {}, FriendlyName: "\ud800", colour: 1 };
  assert.deepEqual(codes(codec.validateRequest(request)), ["Identity: required", "FriendlyName: utf8", "Attributes: type", "RoleSid: prefix", "WebhookEnabled: type", ": unknown"]);
});

add("every issue of a user is reported, in the order of the members", ({ codec, assert }) => {
  const user = { sid: "x", identity: "a\ud800", friendly_name: 1, attributes: "[]", date_created: "x", links: { user_conversations: "x" } };
  assert.deepEqual(codes(codec.validateUser(user)), ["sid: prefix", "identity: utf8", "friendly_name: type", "attributes: object", "date_created: datetime", "links.user_conversations: uri"]);
});

add("the message for an object as Attributes says JSON.stringify", ({ codec, assert }) => {
  const attributes = { duty: "tech" };
  const results = [
    codec.validateRequest({ Identity: "a", Attributes: attributes }), codec.validateField("Attributes", {}),
    codec.validateAttributes(attributes), codec.validateUser({ attributes }),
  ];
  for (const { issues } of results) assert.ok(issues[0].message.includes("JSON.stringify"), issues[0].message);
});

add("a status that is not valid", ({ codec, assert }) => {
  for (const status of [99, 600, 1.5, NaN, "400", undefined, null, -400]) assert.deepEqual(codes(codec.parseError(status, "", "")), ["status: status"]);
  for (const status of [99, 600, 1.5, NaN, "201", undefined, null, 0]) assert.deepEqual(codes(codec.parseResponse(status, "", "")), ["status: status"]);
  for (const status of [100, 599]) {
    assert.ok(codec.parseError(status, "", "").ok, status);
    assert.equal(codec.parseResponse(status, "", "").error.status, status);
  }
});

const created = JSON.stringify({ sid: sid("US") });

add("headers that are not an object, or cannot be read", ({ codec, assert }) => {
  for (const headers of [null, 7, "Retry-After: 7", true, [], Symbol("s")]) {
    const result = codec.parseResponse(201, "", created, headers);
    assert.deepEqual(codes(result), ["headers: type"], String(headers));
    assert.equal(result.error, undefined);
  }
  const thrower = () => { throw new Error("x"); };
  const bad = [
    { get: thrower }, { get get() { return thrower(); } }, { get "retry-after"() { return thrower(); } }, { "Retry-After": Symbol("s") },
    { "Retry-After": { toString: thrower } }, new Proxy({}, { ownKeys: thrower }),
  ];
  for (const headers of bad) assert.deepEqual(codes(codec.parseResponse(201, "", created, headers)), ["headers: unreadable"]);
});

add("Retry-After in headers of every kind", ({ codec, assert }) => {
  const wait = (headers) => codec.parseResponse(429, "", "", headers).error.retryAfter;
  for (const headers of [new Headers({ "retry-after": "7" }), { "RETRY-AFTER": "7" }, { "retry-after": 7 }, { "retry-after": ["7"] }, new Map([["Retry-After", "7"]])]) {
    assert.equal(wait(headers), 7);
  }
  for (const headers of [undefined, {}, new Headers(), { "retry-after": undefined }, { "retry-after": null }, { "retry-after": {} }, Object.create({ "retry-after": "7" })]) {
    assert.equal(wait(headers), 0);
  }
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const seconds = wait({ "Retry-After": date });
  assert.ok(seconds > 3000 && seconds <= 3600, String(seconds));
});

add("the status of a response whose body is too large is kept", async ({ convuser, assert }) => {
  const codec = await convuser.create({ maxBytes: 1000 });
  const long = created + " ".repeat(1000);
  for (const [status, reason, kind] of [[201, "no_user", "ambiguous"], [200, "not_created", "ambiguous"], [409, "", "already_exists"]]) {
    for (const body of [long, encoder.encode(long)]) {
      const result = codec.parseResponse(status, "", body, { "Retry-After": "7" });
      assert.deepEqual(codes(result), [": too_large"]);
      const { error } = result;
      assert.deepEqual([error.status, error.reason, error.class, error.body, error.retryAfter], [status, reason, kind, long, 7]);
    }
  }
  codec.dispose();
});

add("a user in bytes must be UTF-8, an error need not", ({ codec, assert }) => {
  const bytes = encoder.encode(created.replace("}", ',"identity":"x","message":"x"}'));
  bytes[bytes.lastIndexOf("x".charCodeAt(0))] = 0xff;
  assert.deepEqual(codes(codec.parseResponse(201, "", bytes)), [": utf8"]);
  assert.equal(codec.parseResponse(500, "", bytes).error.message, "\ufffd");
});

add("any other prefix than the four is an issue", ({ codec, assert }) => {
  for (const prefix of ["AC", "IS", "RL", "US"]) {
    const [issue] = codec.validateSid(prefix, "ZZ").issues;
    assert.deepEqual([issue.code, issue.params.expected, issue.message], ["prefix", prefix, `want ${prefix}`], prefix);
    assert.deepEqual(codec.validateSid(prefix, sid(prefix)), { ok: true, value: sid(prefix) });
  }
  for (const prefix of [undefined, null, 7, {}, "", "rl", "XX", "R"]) assert.equal(codec.validateSid(prefix, sid("RL")).ok, false, String(prefix));
  assert.equal(codec.validateSid(7, "secret").issues[0].message.includes("secret"), false);
});

add("fake bytes are an issue", ({ codec, assert }) => {
  const detached = new Uint8Array(4);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const bodies = [new Proxy(new Uint8Array(3), {}), Object.create(Uint8Array.prototype), ...Object.values(hostileProxies).map((make) => make())];
  for (const body of bodies) {
    for (const call of ["parseForm", "parseRequest", "parseUser"]) assert.equal(codec[call](body).ok, false, call);
    assert.equal(codec.parseError(400, "", body).ok, false, "parseError");
  }
  const { ok, value, issues } = codec.parseForm(detached); // empty, or an issue
  assert.deepEqual(ok ? value : issues[0].code, ok ? {} : "type");
});

add("bytes with a wrong length reveal nothing of an earlier call", ({ codec, assert }) => {
  codec.parseForm(`Identity=${"secret".repeat(10)}`);
  const body = encoder.encode("Identity=a");
  Object.defineProperty(body, "length", { get: () => 69 });
  for (const call of ["parseForm", "parseRequest", "parseUser"]) {
    const text = JSON.stringify(codec[call](body));
    assert.equal(text.includes("secret"), false, text);
  }
  assert.equal(codec.parseError(400, "", body).value.body, "Identity=a");
});

add("a part of a buffer and a Buffer of Node.js are bytes", ({ codec, assert, runtime }) => {
  const bytes = encoder.encode("xxIdentity=ayy");
  assert.deepEqual(codec.parseForm(bytes.subarray(2, 12)), { ok: true, value: { Identity: "a" } });
  if (runtime === "node") assert.deepEqual(codec.parseForm(globalThis.Buffer.from("Identity=%C3%A9")), { ok: true, value: { Identity: "é" } });
});

// ---------------------------------------------------------------- Unicode

function loneSurrogates(assert, run) {
  for (const lone of ["\ud800", "\udfff", "\ude00\ud83d"]) {
    for (const before of ["", "a", "é", "名", "😀", "x".repeat(95), "x".repeat(96), "é".repeat(200)]) {
      const place = { offset: encoder.encode(before).length, index: before.length, line: 1, column: before.length + 1, source: "value" };
      const checkPlace = (result, path) => {
        const { message, ...issue } = result.issues[0];
        assert.deepEqual(issue, { path, code: "utf8", params: {}, ...place });
      };
      run(`${before}${lone}😀`, checkPlace);
    }
  }
}

add("a lone surrogate in a member of a request is an issue with a place", ({ codec, assert }) => {
  loneSurrogates(assert, (text, checkPlace) => {
    for (const field of ["Identity", "FriendlyName"]) {
      checkPlace(codec.validateField(field, text), [field]);
      for (const call of ["validateRequest", "encodeForm", "encodeRequest"]) checkPlace(codec[call]({ Identity: "a", [field]: text }), [field]);
    }
  });
  assert.deepEqual(codec.validateField("FriendlyName", "\ud83d\ude00"), { ok: true, value: "😀" });
});

add("a lone surrogate in a member of a user is an issue with a place", ({ codec, assert }) => {
  loneSurrogates(assert, (text, checkPlace) => {
    for (const name of ["identity", "friendly_name"]) for (const call of ["validateUser", "encodeUser"]) checkPlace(codec[call]({ [name]: text }), [name]);
  });
});

add("a lone surrogate in a SID or Attributes is an issue of their rule", ({ codec, assert }) => {
  const role = `RL${"a".repeat(10)}\ud800${"a".repeat(21)}`;
  const want = (path) => [{ path, code: "hex", offset: 12, params: {} }];
  assert.deepEqual(issuesOf(codec.validateSid("RL", role)), want([]));
  assert.deepEqual(issuesOf(codec.validateField("RoleSid", role)), want(["RoleSid"]));
  assert.deepEqual(issuesOf(codec.validateAttributes('{"é":"\udc00"}')), [{ path: [], code: "utf8", offset: 7, params: {} }]);
  assert.deepEqual(issuesOf(codec.validateField("Attributes", '{"é":"\udc00"}')), [{ path: ["Attributes"], code: "utf8", offset: 7, params: {} }]);
});

add("a lone surrogate in any member of a user is an issue, and hides no other", ({ codec, assert }) => {
  const user = { sid: "US\ud800", role_sid: "x", attributes: '{"é":"\udc00"}', date_created: "\udc00", url: "https://é\ud800", links: { user_conversations: "é\ud800" } };
  assert.deepEqual(issuesOf(codec.validateUser(user)), [
    { path: ["sid"], code: "utf8", offset: 2, params: {} },
    { path: ["role_sid"], code: "prefix", offset: 0, params: { expected: "RL" } },
    { path: ["attributes"], code: "utf8", offset: 7, params: {} },
    { path: ["date_created"], code: "utf8", offset: 0, params: {} },
    { path: ["url"], code: "utf8", offset: 10, params: {} },
    { path: ["links", "user_conversations"], code: "utf8", offset: 2, params: {} },
  ]);
});

add("a lone surrogate in a body is an issue with a place in the body", ({ codec, assert }) => {
  const results = [
    [codec.parseForm("Identity=é\ud800"), ["Identity"], 11],
    [codec.parseForm("\ud800=1"), [], 0],
    [codec.parseRequest('{"Identity":"é\ud800"}'), ["Identity"], 15],
    [codec.parseUser('{"identity":"\udfff"}'), ["identity"], 13],
    [codec.parseUser('{"links":{"x":"\udfff"}}'), ["links"], 15],
  ];
  for (const [result, path, offset] of results) {
    const [{ message, index, ...issue }] = result.issues;
    assert.deepEqual(issue, { path, code: "utf8", params: {}, offset, line: 1, column: index + 1, source: "body" });
  }
});

add("a lone surrogate in a name or an unknown member is an issue", ({ codec, assert }) => {
  assert.deepEqual(codes(codec.validateRequest({ Identity: "a", "\ud800": 1 })), [": unknown"]);
  for (const call of ["validateUser", "encodeUser"]) {
    for (const unknown of [{ "\ud800": "1" }, { a: '"\ud800"' }, { a: '"\\ud800"' }]) {
      assert.equal(codec[call]({ unknown }).ok, false, call);
      assert.equal(codec[call]({ links: { unknown } }).ok, false, call);
    }
  }
});

add("unknown members that are not JSON, or known, are issues", ({ codec, assert }) => {
  const depth = (n) => "[".repeat(n) + "]".repeat(n);
  const bad = ["", " ", "{", "1,2", "1}", '1,"sid":"x"', "undefined", "'a'", "01", "\ufeff1", '"\n"', depth(10_000)];
  for (const call of ["validateUser", "encodeUser"]) {
    for (const text of bad) {
      assert.equal(codec[call]({ unknown: { a: text } }).ok, false, `${call}: ${text.slice(0, 20)}`);
      assert.equal(codec[call]({ links: { unknown: { a: text } } }).ok, false, `${call}: links, ${text.slice(0, 20)}`);
    }
    assert.deepEqual(codes(codec[call]({ unknown: { sid: "1" } })), ["unknown: repeated"]);
    assert.deepEqual(codes(codec[call]({ links: { unknown: { user_conversations: "1" } } })), ["links.unknown: repeated"]);
    assert.ok(codec[call]({ unknown: { a: depth(9999), user_conversations: " 1 " }, links: { unknown: { a: depth(9998), sid: "2" } } }).ok, call);
  }
});

add("a byte order mark is an issue at the start of JSON, and text elsewhere", ({ codec, assert }) => {
  const bom = "\ufeff";
  const mark = (path) => [{ path, code: "json", offset: 0, params: { expected: "no_byte_order_mark" }, hint: "not_json_space" }];
  assert.deepEqual(issuesOf(codec.validateAttributes(`${bom}{}`)), mark([]));
  assert.deepEqual(issuesOf(codec.validateField("Attributes", `${bom}{}`)), mark(["Attributes"]));
  for (const body of [`${bom}{}`, encoder.encode(`${bom}{}`)]) {
    assert.deepEqual(issuesOf(codec.parseRequest(body)), mark([]));
    assert.deepEqual(issuesOf(codec.parseUser(body)), mark([]));
  }
  for (const body of [`${bom}Identity=a`, encoder.encode(`${bom}Identity=a`)]) {
    assert.deepEqual(issuesOf(codec.parseForm(body)), [{ path: [], code: "unknown", offset: 0, params: { nearest: "Identity" } }]);
  }
  const request = { Identity: bom, FriendlyName: `${bom}a`, Attributes: `{"${bom}":"${bom}"}` };
  assert.deepEqual(codec.validateRequest(request), { ok: true, value: request });
  assert.deepEqual(codec.parseForm(codec.encodeForm(request).value.body), { ok: true, value: request });
  assert.deepEqual(codec.parseRequest(codec.encodeRequest(request).value), { ok: true, value: request });
  const body = `${bom}not JSON`;
  for (const given of [body, encoder.encode(body)]) assert.equal(codec.parseError(500, bom, given).value.body, body);
});

// ---------------------------------------------------------------- size

add("input that is too large is an issue in every function", async ({ convuser, assert }) => {
  const limit = 1000;
  const codec = await convuser.create({ maxBytes: limit });
  const long = "x".repeat(limit + 1);
  const calls = {
    validateRequest: () => codec.validateRequest({ Identity: long }),
    "validateRequest, of all members": () => codec.validateRequest({ Identity: "x".repeat(400), FriendlyName: "x".repeat(400), Attributes: "x".repeat(201) }),
    "validateRequest, an unknown name": () => codec.validateRequest({ Identity: "a", [long]: 1 }),
    "validateRequest, in bytes": () => codec.validateRequest({ Identity: "é".repeat(501) }),
    validateField: () => codec.validateField("FriendlyName", long),
    adviseRequest: () => codec.adviseRequest({ Identity: long }),
    encodeForm: () => codec.encodeForm({ Identity: long }),
    parseForm: () => codec.parseForm(long),
    "parseForm, bytes": () => codec.parseForm(new Uint8Array(limit + 1)),
    encodeRequest: () => codec.encodeRequest({ Identity: long }),
    parseRequest: () => codec.parseRequest(long),
    encodeUser: () => codec.encodeUser({ identity: long }),
    "encodeUser, unknown": () => codec.encodeUser({ unknown: { a: `"${long}"` } }),
    parseUser: () => codec.parseUser(long),
    validateUser: () => codec.validateUser({ links: { unknown: { [long]: "1" } } }),
    parseError: () => codec.parseError(400, "", long),
    "parseError, its type": () => codec.parseError(400, long, ""),
    parseResponse: () => codec.parseResponse(201, "", long),
    "parseResponse, its type": () => codec.parseResponse(201, long, ""),
    validateSid: () => codec.validateSid("RL", long),
    validateAttributes: () => codec.validateAttributes(long),
  };
  for (const [name, call] of Object.entries(calls)) {
    const [{ code, params, offset, message }] = call().issues;
    assert.deepEqual([code, params, offset, message], ["too_large", { expected: limit }, -1, `want at most ${limit} bytes`], name);
  }
  assert.deepEqual(codes(codec.schema["~standard"].validate({ Identity: long })), [": too_large"]);
  const rows = codec.validateMany([{ Identity: long }]);
  assert.equal((await rows.next()).value.issues[0].code, "too_large");
  codec.dispose();
});

add("the largest input is accepted", async ({ convuser, assert }) => {
  const limit = 1000;
  const codec = await convuser.create({ maxBytes: limit });
  for (const text of ["x".repeat(limit), "é".repeat(500), "名".repeat(333), "😀".repeat(250)]) {
    assert.ok(codec.validateRequest({ Identity: text }).ok, text.slice(0, 1));
    assert.ok(codec.encodeForm({ Identity: text }).ok, text.slice(0, 1));
    assert.ok(codec.parseForm(`Identity=${text.slice(0, -10)}`).ok, text.slice(0, 1));
    assert.deepEqual(codes(codec.validateRequest({ Identity: text, FriendlyName: "xxxx" })), [": too_large"]);
  }
  assert.ok(codec.validateAttributes(`{"a":"${"x".repeat(limit - 8)}"}`).ok);
  assert.ok(codec.parseUser(encoder.encode(`{"a":"${"x".repeat(limit - 8)}"}`)).ok);
  codec.dispose();
});

add("more names than fit on a stack", ({ codec, assert }) => {
  const names = Array.from({ length: 130_000 }, (_, i) => `k${i}`);
  const many = Object.fromEntries(names.map((name) => [name, "1"]));
  assert.equal(codec.validateRequest({ Identity: "a", ...many }).ok, false);
  for (const call of ["validateUser", "encodeUser"]) assert.ok(codes(codec[call](many)).every((code) => code === ": unknown"), call);
  const half = Object.fromEntries(names.slice(0, 20_000).map((name) => [name, "1"]));
  const text = codec.encodeUser({ unknown: half }).value;
  assert.deepEqual(Object.keys(codec.parseUser(text).value.unknown).length, 20_000);
});
