// parseForms returns what a parseForm for each body does, whatever the bodies
// are and however they are distributed over calls of the module.
import { caseList } from "./cases.js";
import { openInternals } from "./twins/inputs.js";

const { cases, add } = caseList();
export default cases;

const role = `RL${"a".repeat(32)}`;
const encoder = new TextEncoder();

const OPTIONS = [undefined, {}, { validate: true }, { allowUnknown: true }, { allowUnknown: true, validate: true }];

function sameAsOneByOne(codec, bodies, assert) {
  for (const options of OPTIONS) {
    const want = Array.from(bodies, (body) => codec.parseForm(body, options));
    assert.deepEqual(codec.parseForms(bodies, options), want, JSON.stringify(options));
  }
}

const good = [
  "Identity=a",
  "",
  "Identity=%C3%A9&FriendlyName=name&Attributes=%7B%22a%22%3A%22%F0%9F%98%80%22%7D",
  `RoleSid=${role}&Attributes=%7B%7D&FriendlyName=%E5%90%8D&Identity=%E5%90%8D+a`,
  "FriendlyName=&Identity=",
];
const bad = ["Identity=%", "Identity=a;b", "x=1", "identity=a", "Identity=a&Identity=b", "Identity=%ff", "Attributes[a]=1", `RoleSid=${role}x&Attributes=[`];
const strange = ["Identity=é", "Identity=\ud800", "\ud800", "\udc00", "\ufeffIdentity=a", encoder.encode("Identity=%C3%A9"), new Uint8Array([255]), null, undefined, 7, {}, Symbol("s"), ["Identity=a"]];

add("good and bad forms", ({ codec, assert }) => sameAsOneByOne(codec, [...good, ...bad, ...good], assert));

add("other types and non-ASCII strings among others", ({ codec, assert }) => {
  for (const one of strange) sameAsOneByOne(codec, [good[2], bad[0], one, good[3], bad[7]], assert);
  sameAsOneByOne(codec, [...strange, ...good, ...strange], assert);
});

add("surrogates at the end of one form and the start of the next are not a pair", ({ codec, assert }) => {
  sameAsOneByOne(codec, ["Identity=\ud83d", "\ude00", "Identity=\ud83d", "\ude00"], assert);
});

add("every form of the vectors, whole and cut short", async ({ codec, assert, load }) => {
  const rows = await load("encode/testdata/form.json");
  const bodies = rows.flatMap((row) => (typeof row.in === "string" ? [row.in, row.in.slice(0, -1)] : []));
  assert.ok(bodies.length > 50, `${bodies.length} forms`);
  sameAsOneByOne(codec, bodies, assert);
});

add("enough forms for more than one call, and forms as large as a call", ({ codec, assert }) => {
  const long = (n) => `Identity=${"a".repeat(n - 9)}`;
  for (const n of [16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 40_000]) sameAsOneByOne(codec, [good[2], long(n), good[3], long(n)], assert);
  sameAsOneByOne(codec, Array.from({ length: 3000 }, (_, i) => (i % 7 === 3 ? bad[i % bad.length] : good[i % good.length])), assert);
  sameAsOneByOne(codec, new Array(10_000).fill(""), assert);
});

add("places refer to the form, or to the invalid value", ({ codec, assert }) => {
  const [first, second] = codec.parseForms(["FriendlyName=%C3%A9&Identity=%zz", "Identity=a&Attributes=%7B%22%C3%A9%22%3A%0A+x"], { validate: true });
  assert.deepEqual(first.issues.map(({ path, offset, index, line, column, source }) => ({ path, offset, index, line, column, source })), [
    { path: ["Identity"], offset: 30, index: 30, line: 1, column: 31, source: "body" },
  ]);
  assert.deepEqual(second.issues.map(({ path, offset, index, line, column, source }) => ({ path, offset, index, line, column, source })), [
    { path: ["Attributes"], offset: 8, index: 7, line: 2, column: 2, source: "value" },
  ]);
});

add("any iterable, and nothing else", ({ codec, assert }) => {
  const want = good.map((body) => codec.parseForm(body));
  for (const some of [new Set(good), good.values(), (function* () { yield* good; })()]) assert.deepEqual(codec.parseForms(some), want);
  assert.deepEqual(codec.parseForms([]), []);
  for (const none of [undefined, null, 7, "Identity=a", encoder.encode("Identity=a"), {}]) {
    assert.throws(() => codec.parseForms(none), { name: "WasmError", code: "OPTIONS" });
  }
});

add("the iterable may call the codec, and may throw", ({ codec, assert }) => {
  const results = [];
  function* calling() {
    for (const body of good) {
      results.push(codec.parseForm(bad[0]).issues[0].code, codec.validateRequest({ Identity: body }).ok);
      yield body;
    }
  }
  assert.deepEqual(codec.parseForms(calling()), good.map((body) => codec.parseForm(body)));
  assert.equal(results.length, 2 * good.length);
  const own = new Error("own");
  assert.throws(() => codec.parseForms((function* () { yield good[0]; throw own; })()), { message: "own" });
  assert.equal(codec.parseForm(good[0]).ok, true);
});

add("a form over the limit is an issue, and the others are parsed", async ({ convuser, assert }) => {
  const codec = await convuser.create({ maxBytes: 12 });
  const results = codec.parseForms(["Identity=abc", "Identity=abcd", "Identity=é", "Identity=éé", encoder.encode("Identity=abcd"), "Identity=a"]);
  assert.deepEqual(results.map(({ ok, issues }) => ok || issues[0].code), [true, "too_large", true, "too_large", "too_large", true]);
  codec.dispose();
  assert.throws(() => codec.parseForms(["Identity=a"]), { code: "DISPOSED" });
});

add("custom messages, and results that a later call does not change", ({ codec, assert }) => {
  const custom = codec.with({ messages: { percent: "custom" } });
  const [{ issues }, { value }] = custom.parseForms([bad[0], good[2]]);
  assert.equal(issues[0].message, "custom");
  codec.parseForms(good.map((body) => body.replaceAll("a", "b")));
  assert.deepEqual({ ...value }, { Identity: "é", FriendlyName: "name", Attributes: '{"a":"😀"}' });
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

add("a crash throws, and the next call restarts the module", async (env) => {
  const { instance, codec } = await openInternals(env);
  const { assert } = env;
  for (const call of [() => 7, () => { throw new Error("unreachable"); }]) {
    instance.exports = { ...instance.exports, call };
    assert.throws(() => codec.parseForms(good), { name: "WasmError", code: "CRASHED" });
    assert.equal(codec.state, "crashed");
    sameAsOneByOne(codec, good, assert);
  }
});
