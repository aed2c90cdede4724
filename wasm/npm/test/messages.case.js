// convuser/messages: a sentence for every code.
import { caseList } from "./cases.js";
import { internalModule } from "./twins/inputs.js";

const { cases, add } = caseList(async (env) => {
  const [{ people }, { codes }] = [await import("convuser/messages"), await internalModule(env, "codes.js")];
  return { people, codes, codec: (await env.convuser.init()).with({ messages: people }) };
});
export default cases;

const issueOf = (code, params = {}, path = []) => ({ code, params, path, message: "usual", offset: 18, index: 18, line: 1, column: 19, source: "value" });
const textOf = (message, issue) => (typeof message === "function" ? message(issue) : message);
const isSentence = (text) => /^[A-Z0-9][\x20-\x7e]+[^ .]\.$/.test(text) && !/undefined|object Object/.test(text);

add("every code has a sentence, and no other has one", ({ people, codes, assert }) => {
  assert.deepEqual(Object.keys(people).sort(), [...codes].sort());
  const params = { length: { expected: 34 }, prefix: { expected: "RL" }, json: { expected: "value" }, too_large: { expected: 10 } };
  const sentences = codes.map((code) => textOf(people[code], issueOf(code, params[code])));
  for (const sentence of sentences) assert.ok(isSentence(sentence), sentence);
  assert.equal(new Set(sentences).size, codes.length, "all different");
});

add("every hint has a sentence, which the usual message ends with", async ({ load, convuser, assert }) => {
  const { hints } = await import("convuser/messages");
  const rows = await load("validate/testdata/hints.json");
  assert.deepEqual(Object.keys(hints).sort(), [...new Set(rows.map(({ hint }) => hint))].filter(Boolean).sort());
  const { validateAttributes } = await convuser.init();
  for (const { rule, in: text, hint } of rows.filter(({ rule, in: text }) => rule === "attributes" && text !== undefined)) {
    const [issue] = validateAttributes(text).issues;
    assert.equal(issue.message.endsWith(`; ${hints[hint]}`), hint !== "", `${rule}: ${issue.message}`);
  }
});

add("every expected word of JSON has a sentence", async ({ people, load, assert }) => {
  const words = (await load("validate/testdata/wants.json")).filter(({ code }) => code === "json").map(({ want }) => want);
  const sentences = words.map((expected) => people.json(issueOf("json", { expected })));
  for (const sentence of sentences) assert.ok(isSentence(sentence), sentence);
  assert.equal(new Set(sentences).size, words.length, "all different");
});

add("the sentences that people read", ({ codec, assert }) => {
  const messagesOf = (result) => result.issues.map(({ message }) => message);
  assert.deepEqual(messagesOf(codec.validateRequest({ Attributes: '{ "duty": "tech", }', RoleSid: "RL", FriendlyName: 7 })), [
    "This is needed.",
    "This has to be text.",
    "This is not valid JSON: a name in quotes is missing (line 1, column 19). Remove the comma before the end.",
    "This needs 34 characters, beginning with RL.",
  ]);
  assert.deepEqual(messagesOf(codec.validateField("RoleSid", "AC")), ["This has to begin with RL."]);
  assert.deepEqual(messagesOf(codec.validateSid("US", "US")), ["This needs 34 characters."]);
  assert.deepEqual(messagesOf(codec.validateSid("RL", `AC${"a".repeat(32)}`)), ["This has to begin with RL. This is the SID of another resource: Account."]);
  assert.deepEqual(messagesOf(codec.validateSid("XX", "US")), ["This has to begin with AC, IS, RL or US."]);
  assert.deepEqual(messagesOf(codec.validateAttributes("[]")), ["This has to be one JSON object, between { and } (line 1, column 1). Write {} instead of [], which PHP writes for an empty array."]);
  assert.deepEqual(messagesOf(codec.validateAttributes("x".repeat((1 << 20) + 1))), ["This is too long: at most 1048576 bytes are allowed."]);
  assert.deepEqual(messagesOf(codec.parseForm("identity=a")), ["There is no field with this name; you probably mean Identity (line 1, column 1)."]);
  assert.deepEqual(messagesOf(codec.parseForm("Attributes[a]=a")), ["Attributes is one JSON text, not fields of its own (line 1, column 1)."]);
  assert.deepEqual(messagesOf(codec.validateRequest({ Identity: "a", x: 1 })), ["There is no field with this name."]);
  assert.deepEqual(messagesOf(codec.validateUser({ is_online: 1, url: "x", sid: "x" })), [
    "This has to begin with US.", "This has to be true or false.", "This is not a full address such as https://example.com/ (line 1, column 2).",
  ]);
});

add("no sentence contains any input", ({ codec, assert }) => {
  const secret = "s3cret";
  const json = `{"${secret}":["${secret}",\u0001`;
  const request = { Identity: secret, FriendlyName: `${secret}\ud800`, Attributes: json, RoleSid: secret, [secret]: secret };
  const results = [
    codec.validateRequest(request), codec.validateUser({ sid: secret, url: secret, date_created: secret, attributes: json, [secret]: 1, unknown: { [secret]: secret } }),
    codec.parseForm(`${secret}=${secret}`), codec.parseForm(`Identity=${secret}%`), codec.parseRequest(json), codec.parseUser(json), codec.validateSid(secret, secret),
    codec.parseResponse(201, secret, secret), codec.validateField(secret, secret), codec.validateAttributes(secret),
  ];
  for (const { issues } of results) {
    assert.ok(issues.length > 0, "issues");
    for (const { message } of issues) assert.ok(isSentence(message) && !message.includes(secret), message);
  }
  const { value } = codec.adviseRequest({ Identity: `${secret}@\u202e`, Attributes: `{"${secret}":1e999,"${secret}":2}` });
  for (const { message } of value) assert.ok(isSentence(message) && !message.includes(secret), message);
});
