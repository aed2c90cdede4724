// The module fails, runs out of stack, grows or is disposed of. The call in which
// it fails throws; no other call is affected.
import { caseList } from "./cases.js";
import { openInternals, packageFile } from "./twins/inputs.js";

const { cases, add } = caseList();
export default cases;

const request = { Identity: "admin", Attributes: '{"duty":"tech"}' };
const good = { ok: true, value: request };
const minute = 60_000;

/** Ways in which a call fails inside the module or does not complete. */
const failures = {
  "a panic: no such operation": ({ instance }) => instance.call(999, 0, []),
  "a panic: no such kind": ({ instance, op }) => instance.call(op.kind, 0, [1 << 20]),
  "a panic: a length beyond the buffer": ({ instance, op }) => instance.call(op.parseForm, 0, [0x7fffffff]),
  "a panic: too few lengths": ({ instance, op }) => instance.call(op.encodeForm, 0, []),
  "an export that throws": ({ instance }) => withExports(instance, { call: () => { throw new Error("unreachable"); } }),
  "an export that returns without completing": ({ instance }) => withExports(instance, { call: () => 7 }),
  "no memory": ({ instance, op }) => {
    instance.exports = { ...instance.exports, reserve: () => { throw new RangeError("grow"); } };
    return instance.call(op.parseForm, 0, ["x".repeat(1 << 19)]);
  },
};

function withExports(instance, exports) {
  instance.exports = { ...instance.exports, ...exports };
  return instance.call(1, 0, []);
}

for (const [name, fail] of Object.entries(failures)) {
  add(name, async (env) => {
    const internals = await openInternals(env);
    const { codec } = internals;
    const { assert } = env;
    assert.deepEqual(codec.validateRequest(request), good, "before");
    const error = assert.throws(() => fail(internals), { name: "WasmError", code: "CRASHED" });
    assert.ok(error instanceof Error && error.cause instanceof Error, "a cause");
    assert.equal(codec.state, "crashed");
    assert.deepEqual(codec.validateRequest(request), good, "the next call restarts it");
    assert.equal(codec.state, "ready");
    assert.deepEqual(codec.validateRequest({}).issues[0].path, ["Identity"], "and reports issues");
  });
}

add("the cause of a crash is the engine's error", async (env) => {
  const internals = await openInternals(env);
  const error = env.assert.throws(() => internals.instance.call(999, 0, []), { code: "CRASHED" });
  env.assert.ok(error.cause instanceof WebAssembly.RuntimeError, String(error.cause));
});

add("a crash leaves other codecs alone", async (env) => {
  const [one, other] = [await openInternals(env), await openInternals(env)];
  env.assert.throws(() => one.instance.call(999, 0, []), { code: "CRASHED" });
  env.assert.equal(other.codec.state, "ready");
  env.assert.deepEqual(other.codec.validateRequest(request), good);
});

add("with() shares the instance, its crash and its restart", async (env) => {
  const { instance, codec } = await openInternals(env);
  const custom = codec.with({ messages: { required: "fehlt" } });
  env.assert.throws(() => instance.call(999, 0, []), { code: "CRASHED" });
  env.assert.equal(custom.state, "crashed");
  env.assert.equal(custom.validateRequest({}).issues[0].message, "fehlt");
  env.assert.equal(codec.state, "ready");
});

add("three restarts a minute, then CRASHED without a restart, a minute later again", async (env) => {
  const { instance, codec } = await openInternals(env);
  const { assert } = env;
  const crash = () => assert.throws(() => instance.call(999, 0, []), { name: "WasmError", code: "CRASHED" });
  const instances = new Set([instance.exports]);
  crash();
  for (let starts = 0; starts < 3; starts++) {
    assert.deepEqual(codec.validateRequest(request), good);
    instances.add(instance.exports);
    crash();
  }
  assert.equal(instances.size, 4, "instances");
  for (let calls = 0; calls < 3; calls++) assert.throws(() => codec.validateRequest(request), { name: "WasmError", code: "CRASHED" });
  assert.equal(codec.state, "crashed");
  assert.equal(instance.exports, null, "a fifth instance");
  instance.restarts = instance.restarts.map((at) => at - minute); // as if a minute had passed
  assert.deepEqual(codec.validateRequest(request), good, "a minute later");
});

// ---------------------------------------------------------------- stack

// Recurses until the stack is full, goes up some levels, and calls there, with
// little stack left. The arguments make each level some 300 bytes large.
function dive(levels, call, ...filling) {
  let below;
  try {
    below = dive(levels, call, ...filling);
  } catch {
    below = { left: levels };
  }
  if (below.left > 0 && --below.left === 0) below.outcome = outcomeOf(call);
  return below;
}

const filling = new Array(16).fill(0);

/** The arguments of the first level shift all others by less than a level. */
function shifted(levels, call, ...room) {
  return dive(levels, call, ...filling, room.length);
}

function outcomeOf(call) {
  try {
    return { result: call() };
  } catch (error) {
    return { error };
  }
}

const stackCalls = {
  validateRequest: (codec) => codec.validateRequest({ Identity: "é".repeat(40), Attributes: `{"a":[[[{}]]]}` }),
  encodeForm: (codec) => codec.encodeForm({ Identity: "a b", FriendlyName: "ü" }),
  parseUser: (codec) => codec.parseUser(`{"sid":"x","links":{"user_conversations":"y"},"z":1}`),
  validateUser: (codec) => codec.validateUser({ sid: "x", unknown: { x: "1" } }),
};

for (const [name, call] of Object.entries(stackCalls)) {
  add(`a nearly full stack: ${name}`, async (env) => {
    const seen = await nearlyFull(env, call);
    env.assert.ok(seen.error > 20 && seen.result > 20, `levels with and without an error: ${JSON.stringify(seen)}`);
  });
}

// Whether an error is what an engine throws for a full stack; InternalError is Firefox's.
function isOverflow(error) {
  return error instanceof RangeError || error?.name === "InternalError";
}

// A stack that fills up while members are read looks like a getter that throws.
// JavaScriptCore can end a call there.
function isUnreadable(result) {
  return !result.ok && result.issues.length === 1 && result.issues[0].code === "unreadable";
}

// Each call returns the right result or throws an error that names the cause, and
// the next call is right. A codec restarts three times a minute, so more than one
// is used.
async function nearlyFull(env, call) {
  let internals = await openInternals(env);
  const want = call(internals.codec);
  const seen = { error: 0, result: 0 };
  for (let shift = 0; shift < 40; shift += 5) {
    const room = new Array(shift).fill(0);
    for (let levels = 1, results = 0; levels <= 500 && results < 3; levels++) {
      if (internals.instance.restarts.length === 3) internals = await openInternals(env);
      const { codec } = internals;
      const { outcome } = shifted(levels, () => call(codec), ...room);
      if (outcome === undefined) continue; // the call was not reached
      const { error } = outcome;
      const title = `${levels} levels and ${shift} arguments: ${error ?? "a result"}`;
      const answered = error === undefined && !isUnreadable(outcome.result);
      if (answered) env.assert.deepEqual(outcome.result, want, title);
      else if (error !== undefined) env.assert.ok(isOverflow(error) || error.code === "CRASHED", title);
      const next = outcomeOf(() => call(codec));
      env.assert.deepEqual(next.result, want, `${next.error?.cause ?? "another result"} in the call after ${title}`);
      results += answered ? 1 : 0;
      seen[answered ? "result" : "error"]++;
    }
  }
  return seen;
}

// A full stack can end a call anywhere, even in the code that reports it.
for (const name of ["reserve", "validate", "call"]) {
  add(`an instance counts as crashed until it has answered: ${name}`, async (env) => {
    const { instance, codec } = await openInternals(env);
    const before = instance.exports;
    const seen = [];
    instance.exports = { ...before, [name]: (...args) => (seen.push(codec.state), before[name](...args)) };
    for (let calls = 0; calls < 200; calls++) {
      env.assert.ok(codec.validateRequest({ Identity: "a", FriendlyName: "x".repeat(100 * calls) }).ok);
      env.assert.ok(codec.encodeForm(request).ok);
    }
    env.assert.ok(seen.length > 0 && seen.every((state) => state === "crashed"), `${seen.length} calls of ${name}`);
    env.assert.equal(codec.state, "ready");
  });
}

// ---------------------------------------------------------------- memory

add("memory that grows between calls: 1 byte, 16 MiB, 1 byte", async (env) => {
  const { instance, codec } = await openInternals(env, 1 << 24);
  const { assert } = env;
  const small = () => assert.deepEqual(codec.encodeForm({ Identity: "é" }).value.body, "Identity=%C3%A9");
  small();
  const before = instance.exports.memory.buffer;
  const text = `{"a":"${"x".repeat((1 << 24) - 8)}"}`;
  assert.equal(text.length, 1 << 24, "bytes");
  assert.ok(codec.validateAttributes(text).ok, "16 MiB");
  assert.equal(before.byteLength, 0, "the old memory is detached");
  small();
  const { ok, issues } = codec.validateRequest({ Identity: "a", Attributes: text.slice(0, -1) });
  assert.equal(ok, false);
  assert.equal(issues[0].offset, (1 << 24) - 1, "at the end");
  small();
  assert.equal(codec.parseUser(text).value.unknown.a.length, (1 << 24) - 6, "read back");
  small();
});

add("validate, call and an answer each make the memory grow", async (env) => {
  const text = `{"a":"${"\\u00e9".repeat(300_000)}"}`;
  const ways = [
    (codec) => codec.validateRequest({ Identity: "a", Attributes: text }).ok,
    (codec) => codec.validateRequest({ Identity: "a", Attributes: text, x: 1 }).issues[0].code === "unknown",
    (codec) => codec.encodeForm({ Identity: "a", Attributes: text }).value.body.length === 1_800_000 + 300_000 * 2 + "Identity=a&Attributes=%7B%22a%22%3A%22%22%7D".length,
  ];
  for (const way of ways) {
    const { codec } = await openInternals(env, 1 << 24);
    env.assert.ok(way(codec), String(way));
    env.assert.deepEqual(codec.validateRequest(request), good, String(way));
  }
});

add("after a large call the memory is small again, and a kind of issue that is read late is right", async (env) => {
  const { instance, codec } = await openInternals(env, 1 << 24);
  const first = instance.exports.memory.buffer.byteLength;
  codec.parseForm("FriendlyName=%"); // so that the kinds have other numbers in a new instance
  const { issues } = codec.parseRequest(`{"Identity":"${"\\u00e9".repeat(2_500_000)}"`);
  env.assert.deepEqual([issues[0].code, issues[0].offset], ["json", 15_000_014]);
  env.assert.ok(instance.exports.memory.buffer.byteLength > 1 << 24, "large");
  env.assert.deepEqual(codec.validateRequest(request), good);
  env.assert.equal(instance.exports.memory.buffer.byteLength, first, "small again");
  env.assert.equal(codec.validateRequest({}).issues[0].code, "required");
  env.assert.equal(instance.restarts.length, 0, "not a crash");
});

add("the number of kinds of issue is bounded, whatever is wrong", async (env) => {
  const { instance, codec } = await openInternals(env);
  for (let i = 0; i < 2000; i++) {
    const name = `n${i}`;
    codec.validateRequest({ [name]: 1, [`Identit${i}`]: 2, Attributes: `{"${name}"${i}` });
    codec.validateUser({ [name]: 1, unknown: { sid: "1" } });
    codec.validateUser({ url: name, date_created: name, sid: `${i}`, unknown: { [name]: name } });
    codec.parseForm(`${name}=1`);
    codec.parseRequest(`{"${name}":${i}}`);
  }
  const before = instance.kinds.length;
  env.assert.ok(before > 0 && before < 200, `kinds: ${before}`);
  for (let i = 0; i < 2000; i++) codec.validateSid(`P${i}`, "x");
  env.assert.ok(instance.kinds.length < before + 10, `kinds after 2000 prefixes: ${instance.kinds.length}, before ${before}`);
});

// ---------------------------------------------------------------- lifetime

const calls = {
  validateRequest: (codec) => codec.validateRequest(request),
  validateField: (codec) => codec.validateField("Identity", "a"),
  adviseRequest: (codec) => codec.adviseRequest(request),
  encodeForm: (codec) => codec.encodeForm(request),
  parseForm: (codec) => codec.parseForm("Identity=a"),
  parseForms: (codec) => codec.parseForms(["Identity=a"]),
  "parseForms without bodies": (codec) => codec.parseForms([]),
  encodeRequest: (codec) => codec.encodeRequest(request),
  parseRequest: (codec) => codec.parseRequest("{}"),
  encodeUser: (codec) => codec.encodeUser({}),
  parseUser: (codec) => codec.parseUser("{}"),
  validateUser: (codec) => codec.validateUser({}),
  parseError: (codec) => codec.parseError(400, "text/plain", ""),
  parseResponse: (codec) => codec.parseResponse(201, "text/plain", ""),
  validateSid: (codec) => codec.validateSid("RL", "x"),
  validateAttributes: (codec) => codec.validateAttributes("{}"),
  "schema's validate": (codec) => codec.schema["~standard"].validate(request),
  "with custom messages": (codec) => codec.with({ messages: {} }).validateRequest(request),
};

add("every call after dispose throws DISPOSED", async ({ convuser, assert }) => {
  const codec = await convuser.create();
  for (const call of Object.values(calls)) call(codec);
  codec.dispose();
  codec.dispose(); // again: no effect
  assert.equal(codec.state, "disposed");
  for (const call of Object.values(calls)) assert.throws(() => call(codec), { name: "WasmError", code: "DISPOSED" });
  await assert.rejects(codec.validateMany([request]).next(), { code: "DISPOSED" });
  assert.deepEqual((await convuser.init()).validateRequest(request), good, "the shared codec");
});

add("after dispose, a call with invalid data throws DISPOSED too", async ({ convuser, assert }) => {
  const codec = await convuser.create();
  codec.dispose();
  const wrong = [
    () => codec.validateRequest(null),
    () => codec.validateField("Nothing", 1),
    () => codec.parseForm(7),
    () => codec.parseError(7, "", ""),
    () => codec.parseResponse(7, "", ""),
    () => codec.validateUser([]),
  ];
  for (const call of wrong) assert.throws(call, { code: "DISPOSED" });
});

add("Symbol.dispose disposes, and the shared codec has no dispose", async ({ convuser, assert }) => {
  const shared = await convuser.init();
  assert.equal(shared.dispose, undefined);
  if (!Symbol.dispose) return;
  assert.equal(shared[Symbol.dispose], undefined);
  const codec = await convuser.create();
  codec[Symbol.dispose]();
  assert.equal(codec.state, "disposed");
});

add("a getter that disposes of the codec ends the call with DISPOSED", async ({ convuser, assert }) => {
  const codec = await convuser.create();
  const hostile = { get Identity() { codec.dispose(); return "a"; } };
  assert.throws(() => codec.validateRequest(hostile), { code: "DISPOSED" });
});

add("getCodec throws NOT_READY before the module is loaded", async ({ fresh, assert }) => {
  const { init, getCodec } = await fresh();
  const notYet = () => assert.throws(getCodec, { name: "WasmError", code: "NOT_READY" });
  notYet();
  const failed = init({ source: new Uint8Array(8) });
  notYet();
  await assert.rejects(failed, { code: "NOT_WASM" });
  notYet();
  const loading = init();
  notYet();
  const codec = await loading;
  assert.equal(getCodec(), codec);
  assert.deepEqual(getCodec().validateRequest(request), good);
});

add("preload loads the shared codec, and does not reject if it fails", async ({ fresh, assert }) => {
  const { init, preload, getCodec } = await fresh();
  assert.equal(await preload({ source: new Uint8Array(8) }), undefined);
  assert.throws(() => preload({ maxbytes: 1 }), { code: "OPTIONS" });
  assert.throws(getCodec, { code: "NOT_READY" });
  assert.equal(await preload(), undefined);
  assert.equal(await init(), getCodec());
  await preload();
});

add("concurrent inits return one codec", async ({ fresh, assert }) => {
  const { init } = await fresh();
  const codecs = await Promise.all(Array.from({ length: 20 }, () => init()));
  assert.equal(new Set(codecs).size, 1);
  assert.equal(await init({}), codecs[0]);
});

add("after a failed init, every caller can retry", async ({ fresh, assert }) => {
  const { init } = await fresh();
  const bad = { source: new Uint8Array(8) };
  const failed = await Promise.allSettled([init(bad), init(bad)]);
  assert.deepEqual(failed.map(({ reason }) => reason?.code), ["NOT_WASM", "NOT_WASM"]);
  const codecs = await Promise.all([init(), init()]);
  assert.equal(codecs[0], codecs[1]);
  assert.deepEqual(codecs[0].validateRequest(request), good);
});

add("an aborted init does not affect callers without a signal", async ({ fresh, assert }) => {
  const { init } = await fresh();
  const controller = new AbortController();
  const [gone, stays] = [init({ signal: controller.signal }), init()];
  controller.abort(new Error("enough"));
  await assert.rejects(gone, /enough/);
  assert.deepEqual((await stays).validateRequest(request), good);
});

add("other options for the shared codec are rejected", async ({ fresh, assert }) => {
  const { init } = await fresh();
  const codec = await init({ maxBytes: 100 });
  await assert.rejects(init({ maxBytes: 200 }), { name: "WasmError", code: "OPTIONS" });
  assert.equal(await init({ maxBytes: 100 }), codec);
  assert.equal(await init(), codec);
  assert.equal(codec.validateAttributes("x".repeat(101)).issues[0].code, "too_large");
});

add("wrong options", async (env) => {
  const { convuser, assert } = env;
  const bytes = await packageFile(env, "convuser.wasm");
  for (const maxBytes of [0, -1, 1.5, NaN, "100", (1 << 24) + 1, null]) {
    await assert.rejects(convuser.create({ maxBytes }), { name: "WasmError", code: "OPTIONS" });
    await assert.rejects(convuser.init({ maxBytes }), { code: "OPTIONS" });
    assert.throws(() => convuser.initSync(bytes, { maxBytes }), { code: "OPTIONS" });
  }
  for (const source of [7, {}, null, true]) await assert.rejects(convuser.create({ source }), { code: "OPTIONS" });
  for (const options of [null, 7, "a"]) await assert.rejects(convuser.create(options), { code: "OPTIONS" });
  for (const source of [undefined, null, "a", {}]) assert.throws(() => convuser.initSync(source), { code: "OPTIONS" });
  assert.throws(() => convuser.initSync(bytes.subarray(0, 100)), { code: "NOT_WASM" });
  const other = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // a module without exports
  assert.throws(() => convuser.initSync(other), { code: "ABI" });
  await assert.rejects(convuser.create({ source: other }), { code: "ABI" });
});

add("initSync and create take bytes, a part of a buffer, and a module", async (env) => {
  const bytes = await packageFile(env, "convuser.wasm");
  await loads(env, [bytes, bytes.slice().buffer, inTheMiddle(bytes), await WebAssembly.compile(bytes)]);
});

add("initSync and create take a DataView", async (env) => {
  const { buffer, byteOffset, byteLength } = inTheMiddle(await packageFile(env, "convuser.wasm"));
  await loads(env, [new DataView(buffer, byteOffset, byteLength)]);
});

function inTheMiddle(bytes) {
  const room = new Uint8Array(bytes.length + 7);
  room.set(bytes, 5);
  return room.subarray(5, 5 + bytes.length);
}

async function loads({ convuser, assert }, sources) {
  for (const source of sources) {
    for (const codec of [convuser.initSync(source), await convuser.create({ source })]) {
      assert.deepEqual(codec.validateRequest(request), good);
      codec.dispose();
    }
  }
}
