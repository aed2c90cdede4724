// What a user tries first.
import { caseList } from "./cases.js";

const { cases, add } = caseList();
export default cases;

add("init returns one codec", async ({ convuser, codec, assert }) => {
  assert.equal(await convuser.init(), codec);
  assert.equal(codec.state, "ready");
  assert.equal(codec.version, convuser.version);
  assert.ok(/^go1\.\d+/.test(codec.goVersion), "a Go version");
});

add("validateRequest takes a request", ({ codec, assert }) => {
  const request = { Identity: "admin", Attributes: '{"duty":"tech"}', WebhookEnabled: true };
  assert.deepEqual(codec.validateRequest(request), { ok: true, value: request });
});

add("validateRequest locates an issue", ({ codec, assert }) => {
  const issue = { message: "want a hex digit", path: ["RoleSid"], code: "hex", params: {}, offset: 2, index: 2, line: 1, column: 3, source: "value" };
  const { ok, issues } = codec.validateRequest({ Identity: "admin", RoleSid: `RLx${"a".repeat(31)}` });
  assert.equal(ok, false);
  assert.deepEqual(issues, [issue]);
});

add("encodeForm writes body and headers", ({ codec, assert }) => {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Webhook-Enabled": "true" };
  assert.deepEqual(codec.encodeForm({ Identity: "a b", FriendlyName: "ü", WebhookEnabled: true }), {
    ok: true,
    value: { body: "Identity=a+b&FriendlyName=%C3%BC", headers },
  });
});

add("parseUser reads the documented 201", async ({ codec, load, assert }) => {
  const documented = (await load("encode/testdata/user.json")).find(({ name }) => name === "documented").in;
  const { ok, value } = codec.parseUser(documented);
  assert.equal(ok, true);
  assert.deepEqual(value, JSON.parse(documented));
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

add("a codec's functions are bound, and not enumerable", async ({ convuser, assert }) => {
  const own = await convuser.create();
  for (const codec of [await convuser.init(), own, own.with({ messages: { required: "fehlt" } })]) {
    const { validateRequest, encodeForm, parseForms, validateMany, with: withWords } = codec;
    assert.deepEqual(validateRequest({}), codec.validateRequest({}));
    assert.equal(encodeForm({ Identity: "a" }).value.body, "Identity=a");
    assert.deepEqual(parseForms(["Identity=a"]), [{ ok: true, value: { Identity: "a" } }]);
    assert.equal((await validateMany([{}]).next()).value.index, 0);
    assert.equal(withWords({ messages: { required: "nötig" } }).validateRequest({}).issues[0].message, "nötig");
    assert.deepEqual([Object.keys(codec), JSON.stringify(codec)], [[], "{}"]);
  }
  const { dispose, validateRequest } = own;
  dispose();
  assert.throws(() => validateRequest({}), { code: "DISPOSED" });
});

add("fresh modules have their own codec", async ({ convuser, fresh, assert }) => {
  const other = await fresh();
  assert.ok(other.init !== convuser.init, "another module");
  assert.ok((await other.init()) !== (await convuser.init()), "another codec");
});
