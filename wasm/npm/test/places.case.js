// The place of an issue, in bytes, code units, lines and columns, compared with
// another way to count them.
import { caseList } from "./cases.js";
import { packageFile } from "./twins/inputs.js";

const { cases, add } = caseList();
export default cases;

const encoder = new TextEncoder();

const lines = [
  "{",
  '  "é": "ü",\r',
  '  "😀😀": "a😀b",',
  '\t"名前": ["東京", "大阪"],\r',
  "",
  '  "e\u0301": "\u2028\ufeff", "x": "y"',
  "}",
];
const text = lines.join("\n");

/** The place of an offset. The index is that of the first code unit whose bytes start there or later. */
function placeOf(whole, offset) {
  let index = 0;
  while (index < whole.length && encoder.encode(whole.slice(0, index)).length < offset) index++;
  const before = whole.slice(0, index).split("\n");
  return { offset, index, line: before.length, column: before.at(-1).length + 1 };
}

function placeIn({ offset, index, line, column }) {
  return { offset, index, line, column };
}

/** The index of each code point in a text, and of its end. */
function* starts(whole) {
  let index = 0;
  for (const character of whole) {
    yield index;
    index += character.length;
  }
  yield whole.length;
}

add("an invalid character anywhere in a value of many lines", ({ codec, assert }) => {
  let seen = 0;
  for (const index of starts(text)) {
    const bad = `${text.slice(0, index)}\u0001${text.slice(index)}`;
    const [issue] = codec.validateAttributes(bad).issues;
    assert.deepEqual(placeIn(issue), placeOf(bad, encoder.encode(text.slice(0, index)).length), `at ${index}`);
    assert.equal(issue.source, "value");
    assert.deepEqual(placeIn(codec.validateRequest({ Identity: "a", Attributes: bad }).issues[0]), placeIn(issue), "in a request");
    seen++;
  }
  assert.equal(seen, [...text].length + 1);
});

add("a text cut anywhere", ({ codec, assert }) => {
  for (const index of starts(text)) {
    if (index === text.length) continue;
    const cut = text.slice(0, index);
    const [issue] = codec.validateAttributes(cut).issues;
    assert.deepEqual(placeIn(issue), placeOf(cut, encoder.encode(cut).length), `cut at ${index}`);
  }
});

add("an invalid character anywhere in a body, as string and as bytes", ({ codec, assert }) => {
  const body = `{\r\n "x": {"é\u2029": "😀"},\n\n "名": 1 ,\n "Identity": "ü😀"}`;
  for (const index of starts(body)) {
    const bad = `${body.slice(0, index)}\u0001${body.slice(index)}`;
    const want = placeOf(bad, encoder.encode(body.slice(0, index)).length);
    for (const given of [bad, encoder.encode(bad)]) {
      for (const result of [codec.parseUser(given), codec.parseRequest(given, { allowUnknown: true })]) {
        assert.deepEqual(placeIn(result.issues[0]), want, `at ${index}`);
        assert.equal(result.issues[0].source, "body");
      }
    }
  }
});

add("forms: raw text, escapes and lines", ({ codec, assert }) => {
  for (const [form, offset] of [
    ["Identity=é😀\n名&FriendlyName=%zz", 34],
    ["Identity=é\r\n&\ncolour=1", 14],
    ["Identity=名\n;", 13],
    ["FriendlyName=%C3%A9\n%E5%90", 20],
    ["Identity=a&\n\n😀=1", 11],
  ]) {
    for (const given of [form, encoder.encode(form)]) {
      const [issue] = codec.parseForm(given).issues;
      assert.deepEqual(placeIn(issue), placeOf(form, offset), form);
      assert.equal(issue.source, "body");
    }
  }
});

add("the place of an issue in a parsed value refers to the value", ({ codec, assert }) => {
  const bad = text.replace('"y"', "y");
  const offset = encoder.encode(bad.slice(0, bad.indexOf('y\n}'))).length;
  const request = { Identity: "a", Attributes: bad };
  for (const { issues } of [
    codec.parseForm(String(new URLSearchParams(request)), { validate: true }),
    codec.parseRequest(JSON.stringify(request), { validate: true }),
    codec.parseRequest(encoder.encode(JSON.stringify(request)), { validate: true }),
    codec.validateUser({ attributes: bad }),
  ]) {
    assert.deepEqual(placeIn(issues[0]), placeOf(bad, offset));
    assert.equal(issues[0].source, "value");
  }
});

add("each of four issues has its own place", ({ codec, assert }) => {
  const role = `RL${"a".repeat(20)}\n名`;
  const request = { Identity: "😀\n\ud800", FriendlyName: "é\n\n\udc00", Attributes: bracket, RoleSid: role };
  const found = codec.validateRequest(request).issues.map((issue) => placeIn(issue));
  assert.deepEqual(found, [
    { offset: 5, index: 3, line: 2, column: 1 },
    { offset: 4, index: 3, line: 3, column: 1 },
    { offset: 9, index: 7, line: 2, column: 1 },
    { offset: 22, index: 22, line: 1, column: 23 },
  ]);
});

const bracket = '{"名":\r\n]';

add("advice has a place too", ({ codec, assert }) => {
  const { value } = codec.adviseRequest({ Identity: "名\n😀@", FriendlyName: "é".repeat(257), Attributes: '{\n"é":1,\n "é":2}' });
  assert.deepEqual(value.map(({ path, code, ...issue }) => [path[0], code, placeIn(issue)]), [
    ["Identity", "control", { offset: 3, index: 1, line: 1, column: 2 }],
    ["Identity", "character", { offset: 8, index: 4, line: 2, column: 3 }],
    ["FriendlyName", "long", { offset: 512, index: 256, line: 1, column: 257 }],
    ["Attributes", "repeated_name", { offset: 11, index: 10, line: 3, column: 2 }],
  ]);
});

// The integers come first in Object.keys.
const strange = Object.assign(Object.create({ inherited: 1 }), { Identity: "a", identity: 1, [Symbol("s")]: 1, FriendlyName: undefined, gone: undefined, "Attributes[a]": 2, RoleSid: "x", 7: 3, 0: 4, "\ud800": 5 });
const strangeNames = ["0", "7", "identity", "Attributes[a]", "\ud800"];

add("the issue of an unknown name in an object has its index among the names", async ({ codec, assert }) => {
  const { value } = await codec.validateMany([{ Identity: "a" }, strange]).next();
  const indexes = [];
  const custom = codec.with({ messages: { unknown: ({ params }) => (indexes.push(params.index), "other") } });
  for (const { issues } of [codec.validateRequest(strange), codec.encodeForm(strange), codec.encodeRequest(strange), value, custom.validateRequest(strange)]) {
    const unknown = issues.filter(({ code }) => code === "unknown");
    assert.deepEqual(unknown.map(({ params }) => Object.keys(strange)[params.index]), strangeNames);
    assert.deepEqual(unknown.map(({ params }) => params.nearest), [undefined, undefined, "Identity", undefined, undefined]);
    assert.deepEqual(unknown.map(({ hint }) => hint), [undefined, undefined, undefined, "nested_form", undefined]);
    assert.equal(issues.length, strangeNames.length + 1, "and the issue of RoleSid, which has no index");
    assert.equal("index" in issues[0].params, false);
    assert.equal(JSON.stringify(issues).includes("Attributes[a]"), false, "not the name");
  }
  assert.deepEqual(indexes, codec.validateRequest(strange).issues.slice(1).map(({ params }) => params.index));
});

add("so has that of an unknown name in a user or its links", ({ codec, assert }) => {
  const user = { sid: "x", secret: 1, links: { user_conversations: null, other: 1, 3: 1 }, url: undefined, unknown: { a: "1" }, more: 2 };
  for (const { issues } of [codec.validateUser(user), codec.encodeUser(user)]) {
    const found = issues.filter(({ code }) => code === "unknown").map(({ path, params }) => [path.join(), params]);
    assert.deepEqual(found, [["", { index: 1 }], ["", { index: 5 }], ["links", { index: 0 }], ["links", { index: 2 }]]);
  }
});

add("an unknown name in a body has an offset instead", ({ codec, assert }) => {
  for (const { issues } of [codec.parseForm("a=1"), codec.parseRequest('{"a":1}'), ...codec.parseForms(["a=1"])]) {
    assert.ok(issues[0].offset >= 0, "offset");
    assert.deepEqual(issues[0].params, {});
  }
});

add("issues without a place", ({ codec, assert }) => {
  const nowhere = { offset: -1, index: -1, line: -1, column: -1 };
  for (const { issues } of [codec.validateRequest({}), codec.validateRequest(null), codec.validateRequest({ Identity: 1 }), codec.parseForm(1), codec.parseForm("", { validate: true }), codec.validateAttributes("x".repeat((1 << 20) + 1))]) {
    assert.deepEqual(placeIn(issues[0]), nowhere);
  }
});

add("the place at the end of a megabyte of lines is found within a second", ({ codec, assert }) => {
  const long = `{"a":[\n${"1,\n".repeat(300_000)}`;
  const start = performance.now();
  const [issue] = codec.validateAttributes(long).issues;
  assert.deepEqual(placeIn(issue), { offset: long.length, index: long.length, line: 300_002, column: 1 });
  assert.ok(performance.now() - start < 1000, "under a second");
});

add("the version, the Go release and the module's file agree", async (env) => {
  const { codec, convuser, assert } = env;
  const read = async (name) => JSON.parse(new TextDecoder().decode(await packageFile(env, name)));
  const { version } = await read("package.json");
  const about = await read("convuser.wasm.json");
  assert.equal(convuser.version, version);
  assert.equal(codec.version, version);
  assert.equal(codec.with({ messages: {} }).version, version);
  assert.equal(codec.goVersion, about.goVersion);
  const bytes = await packageFile(env, "convuser.wasm");
  assert.equal(bytes.length, about.bytes.raw);
  if (!globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  assert.equal(`sha384-${btoa(String.fromCharCode(...digest))}`, about.integrity);
});
