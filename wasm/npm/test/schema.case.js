// The request as Standard Schema and as JSON Schema, a form's data, and custom
// messages.
import { caseList } from "./cases.js";

const { cases, add } = caseList();
export default cases;

const documented = { Identity: "admin", FriendlyName: "name", Attributes: '{ "duty": "tech" }', RoleSid: `RL${"a".repeat(32)}`, WebhookEnabled: true };
const dialects = { "draft-2020-12": "https://json-schema.org/draft/2020-12/schema", "draft-07": "http://json-schema.org/draft-07/schema#" };

// ---------------------------------------------------------------- Standard Schema

add("codec.schema is Standard Schema v1, and synchronous", ({ codec, assert }) => {
  const standard = codec.schema["~standard"];
  assert.deepEqual([standard.version, standard.vendor, typeof standard.validate], [1, "convuser", "function"]);
  assert.equal(codec.schema, codec.schema, "the same each time");
  assert.deepEqual(standard.validate(documented), { value: documented });
  const { validate } = standard; // works without this
  const result = validate({ RoleSid: "x" });
  const [missing, prefix] = codec.validateRequest({ RoleSid: "x" }).issues;
  assert.deepEqual(result, { issues: [missing, { ...prefix, message: "want RL, line 1, column 1" }] });
  assert.deepEqual(result.issues.map(({ path }) => path), [["Identity"], ["RoleSid"]]);
  assert.ok(result.issues.every(({ message }) => typeof message === "string" && message !== ""), "messages");
  assert.equal("value" in result, false);
  assert.equal("issues" in standard.validate(documented), false);
});

add("the schema has the messages of its codec", ({ codec, assert }) => {
  const custom = codec.with({ messages: { required: "fehlt" } });
  assert.equal(custom.schema["~standard"].validate({}).issues[0].message, "fehlt");
  assert.equal(codec.schema["~standard"].validate({}).issues[0].message, "required");
});

add("convuser/schema returns a Promise until the module is loaded", async ({ fresh, assert }) => {
  const { schema } = await fresh("./schema");
  const { validate, version, vendor, jsonSchema } = schema["~standard"];
  assert.deepEqual([version, vendor], [1, "convuser"]);
  assert.equal(jsonSchema.input({ target: "draft-07" }).type, "object", "before loading");
  const promises = [validate(documented), validate({})];
  assert.ok(promises.every((promise) => promise instanceof Promise), "promises");
  assert.deepEqual((await promises[0]).value, documented);
  assert.deepEqual((await promises[1]).issues[0].path, ["Identity"]);
  assert.deepEqual(validate(documented), { value: documented }, "at once");
  assert.equal(validate({ Identity: "" }).issues[0].code, "required");
});

// Runs with the two entries that make schemas.
const both = async ({ fresh }, run) => {
  for (const entry of ["./schema", "./sync"]) await run(await fresh(entry), entry);
};
const validate = async (schema, value) => schema["~standard"].validate(value);

add("a message ends with the place, unless a function made it", async (env) => {
  const { codec, assert } = env;
  const bad = { Identity: "", Attributes: '{"é":\n}', RoleSid: "x" };
  const usual = ["required", "not JSON, want a value, line 2, column 1", "want RL, line 1, column 1"];
  const messages = { required: () => "nötig", json: ({ line, column }) => `kein JSON (${line}:${column})`, prefix: "falscher Anfang" };
  const own = ["nötig", "kein JSON (2:1)", "falscher Anfang (1:1)"];
  const said = ({ issues }) => issues.map(({ message }) => message);
  assert.deepEqual(said(codec.schema["~standard"].validate(bad)), usual);
  assert.deepEqual(said(codec.with({ messages }).schema["~standard"].validate(bad)), own);
  assert.deepEqual(said(codec.with({ messages: { json: () => "", prefix: "" } }).schema["~standard"].validate(bad)), usual, "messages that are empty");
  await both(env, async ({ schema, createSchema }, entry) => {
    assert.deepEqual(said(await validate(schema, bad)), usual, entry);
    assert.deepEqual(said(await validate(createSchema({ messages }), bad)), own, entry);
  });
  const { message, ...rest } = codec.schema["~standard"].validate(bad).issues[1];
  const { message: plain, ...same } = codec.validateRequest(bad).issues[1];
  assert.deepEqual(rest, same, "all but the message");
});

add("createSchema: unknown members and empty ones", async (env) => {
  const { assert } = env;
  const loose = { Identity: "a", FriendlyName: "", Attributes: "", RoleSid: "", submit: "Create" };
  await both(env, async ({ createSchema }, entry) => {
    const strict = await validate(createSchema(), loose);
    assert.deepEqual(strict.issues.map(({ path, code }) => [path[0], code]), [["Attributes", "json"], ["RoleSid", "length"], [undefined, "unknown"]], entry);
    assert.deepEqual(await validate(createSchema({ unknown: "strip", emptyAsAbsent: true }), loose), { value: { Identity: "a" } }, entry);
    assert.deepEqual((await validate(createSchema({ unknown: "strip", emptyAsAbsent: true }), { Identity: "", x: 1 })).issues.map(({ code }) => code), ["required"], entry);
    assert.deepEqual((await validate(createSchema({ emptyAsAbsent: true }), loose)).issues.map(({ code, params }) => [code, params.index]), [["unknown", 4]], entry);
  });
});

add("createSchema: the JSON Schema of input and output", async (env) => {
  await both(env, ({ createSchema }) => {
    const strict = env.codec.schema["~standard"].jsonSchema.input({ target: "draft-07" });
    const { jsonSchema } = createSchema({ unknown: "strip", emptyAsAbsent: true })["~standard"];
    env.assert.deepEqual(jsonSchema.output({ target: "draft-07" }), strict);
    const lenient = jsonSchema.input({ target: "draft-07" });
    const loose = { Identity: "a", FriendlyName: "", Attributes: "", RoleSid: "", submit: "Create" };
    env.assert.deepEqual([loose, { ...loose, Identity: "" }, { ...loose, RoleSid: "x" }, documented].map((value) => accepts(lenient, value)), [true, false, false, true]);
    env.assert.equal(accepts(strict, loose), false);
    env.assert.throws(() => jsonSchema.input({ target: "draft-04" }), TypeError);
  });
});

add("fieldSchema validates one value; its issues have an empty path", async (env) => {
  const { assert, codec } = env;
  await both(env, async ({ fieldSchema }, entry) => {
    for (const [field, value] of Object.entries(documented)) assert.deepEqual(await validate(fieldSchema(field), value), { value }, `${entry}: ${field}`);
    const role = fieldSchema("RoleSid", { messages: { length: ({ path }) => `zu kurz: ${path}` } });
    const [issue, ...others] = (await validate(role, "RLa")).issues;
    const { path, message, ...rest } = codec.validateField("RoleSid", "RLa").issues[0];
    assert.deepEqual([issue, others], [{ ...rest, path: [], message: "zu kurz: RoleSid" }, []], "a message function gets the field");
    assert.equal((await validate(fieldSchema("RoleSid"), "x")).issues[0].message, "want RL, line 1, column 1");
    assert.deepEqual(await validate(fieldSchema("RoleSid"), undefined), { value: undefined });
    assert.equal((await validate(fieldSchema("Identity"), undefined)).issues[0].code, "required");
    assert.equal((await validate(fieldSchema("RoleSid"), "")).issues[0].code, "length");
    for (const field of ["FriendlyName", "Attributes", "RoleSid", "WebhookEnabled"]) assert.deepEqual(await validate(fieldSchema(field, { emptyAsAbsent: true }), ""), { value: undefined }, field);
    assert.equal((await validate(fieldSchema("Identity", { emptyAsAbsent: true }), "")).issues[0].code, "required");
  });
});

add("fieldSchema: the JSON Schema of each property", async (env) => {
  await both(env, ({ fieldSchema }) => {
    for (const target of Object.keys(dialects)) {
      const whole = env.codec.schema["~standard"].jsonSchema.input({ target });
      for (const field of Object.keys(documented)) {
        for (const way of ["input", "output"]) {
          env.assert.deepEqual(fieldSchema(field)["~standard"].jsonSchema[way]({ target }), { $schema: whole.$schema, ...whole.properties[field] });
        }
      }
    }
    const { input, output } = fieldSchema("RoleSid", { emptyAsAbsent: true })["~standard"].jsonSchema;
    env.assert.deepEqual(["", documented.RoleSid, "x"].map((value) => accepts(input({ target: "draft-07" }), value)), [true, true, false]);
    env.assert.equal(accepts(output({ target: "draft-07" }), ""), false);
  });
});

add("options of schemas are checked before anything is loaded", async (env) => {
  await both(env, ({ createSchema, fieldSchema }) => {
    const wrong = [
      () => createSchema({ message: {} }), () => createSchema({ messages: { missing: "x" } }), () => createSchema({ unknown: "ignore" }), () => createSchema(null),
      () => fieldSchema("RoleSid", { unknown: "strip" }), () => fieldSchema("RoleSid", { messages: { missing: "x" } }),
      () => fieldSchema("role_sid"), () => fieldSchema("toString"), () => fieldSchema(),
      ...[{ maxBytes: -1 }, { emptyAsAbsent: "true" }, { messages: { missing: "x" } }, { emptyasabsent: true }].flatMap((options) => [() => createSchema(options), () => fieldSchema("Identity", options)]),
    ];
    for (const call of wrong) env.assert.throws(call, { name: "WasmError", code: "OPTIONS" });
  });
});

add("convuser/schema loads with the options of the first schema that is used", async ({ fresh, assert }) => {
  const { createSchema, fieldSchema, schema } = await fresh("./schema");
  const small = createSchema({ maxBytes: 5 });
  assert.equal((await validate(small, { Identity: "abcdef" })).issues[0].code, "too_large");
  assert.equal((await validate(schema, { Identity: "abcdef" })).issues[0].code, "too_large", "one codec for all");
  await assert.rejects(validate(fieldSchema("Identity", { maxBytes: 6 }), "a"), { code: "OPTIONS" });
  await assert.rejects(validate(createSchema({ signal: AbortSignal.abort(new Error("enough")) }), {}), /enough/);
  assert.ok(small["~standard"].validate({ Identity: "a" }).value, "at once by now");
});

add("convuser/sync makes a codec for a schema with limits", async ({ fresh, assert }) => {
  const { createSchema, fieldSchema, schema } = await fresh("./sync");
  for (const result of [createSchema({ maxBytes: 5 })["~standard"].validate({ Identity: "abcdef" }), fieldSchema("Identity", { maxBytes: 5 })["~standard"].validate("abcdef")]) {
    assert.equal(result.issues[0].code, "too_large");
  }
  assert.ok(schema["~standard"].validate({ Identity: "abcdef" }).value);
  assert.throws(() => createSchema({ source: "x" }), { code: "OPTIONS" });
});

// ---------------------------------------------------------------- options of validateRequest

add("validateRequest ignores what its options say", ({ codec, assert }) => {
  const request = { Identity: "a", x: 1, FriendlyName: "", y: 2, RoleSid: "" };
  const strip = { unknown: "strip" };
  assert.deepEqual(codec.validateRequest({ ...documented, x: 1 }, strip), { ok: true, value: documented });
  assert.deepEqual(codec.validateRequest(request, { ...strip, emptyAsAbsent: true }), { ok: true, value: { Identity: "a" } });
  assert.deepEqual(codec.validateRequest(request, strip).issues.map(({ path, code }) => [path[0], code]), [["RoleSid", "length"]]);
  assert.deepEqual(codec.validateRequest({ Identity: "", FriendlyName: "" }, { emptyAsAbsent: true }).issues.map(({ path }) => path), [["Identity"]]);
  assert.deepEqual(codec.validateRequest({ Identity: "a", Attributes: " ", RoleSid: "" }, { emptyAsAbsent: true }).issues.map(({ path }) => path), [["Attributes"]], "a blank is not empty");
  assert.equal(codec.validateRequest({ Identity: "a", RoleSid: null }, { emptyAsAbsent: true }).issues[0].code, "null");
  for (const options of [{}, { unknown: "error" }, { unknown: undefined, emptyAsAbsent: false }]) assert.deepEqual(codec.validateRequest(request, options), codec.validateRequest(request));
  assert.deepEqual(codec.validateRequest(null, strip).issues[0].code, "type");
});

add("validateRequest rejects wrong options", ({ codec, assert }) => {
  for (const options of [null, 7, "strip", { strip: true }, { unknown: "ignore" }, { unknown: true }, { emptyAsAbsent: true, x: 1 }]) {
    for (const request of [documented, null]) assert.throws(() => codec.validateRequest(request, options), { name: "WasmError", code: "OPTIONS" });
  }
});

// ---------------------------------------------------------------- JSON Schema

add("the JSON Schema of both drafts, for input and output", async ({ codec, fresh, assert }) => {
  const { schema } = await fresh("./schema");
  for (const [target, $schema] of Object.entries(dialects)) {
    const attributes = { type: "string", contentMediaType: "application/json" };
    if (target === "draft-2020-12") attributes.contentSchema = { type: "object" };
    const want = {
      $schema,
      type: "object",
      properties: {
        Identity: { type: "string", minLength: 1 },
        FriendlyName: { type: "string" },
        Attributes: attributes,
        RoleSid: { type: "string", pattern: "^RL[0-9a-fA-F]{32}$", minLength: 34, maxLength: 34 },
        WebhookEnabled: { type: "boolean" },
      },
      required: ["Identity"],
      additionalProperties: false,
    };
    for (const { jsonSchema } of [codec.schema["~standard"], schema["~standard"]]) {
      for (const way of ["input", "output"]) {
        const got = jsonSchema[way]({ target });
        delete got.title; // for people
        assert.deepEqual(got, want, `${way}, ${target}`);
        got.properties.Identity.minLength = 7; // each caller gets a copy
        assert.equal(jsonSchema[way]({ target }).properties.Identity.minLength, 1, "again");
      }
    }
  }
});

add("another target throws", ({ codec, assert }) => {
  const { jsonSchema } = codec.schema["~standard"];
  for (const target of ["draft-04", "openapi-3.0", "", undefined, "toString", "__proto__"]) {
    for (const way of ["input", "output"]) assert.throws(() => jsonSchema[way]({ target }), Error);
  }
});

// Evaluates the keywords that the schema uses.
function accepts(schema, value) {
  if (schema.type !== undefined && typeOf(value) !== schema.type) return false;
  if (typeof value === "string") return acceptsText(schema, value);
  if (typeOf(value) !== "object") return true;
  const names = Object.keys(value);
  return (
    (schema.required ?? []).every((name) => names.includes(name)) &&
    names.every((name) => (Object.hasOwn(schema.properties, name) ? accepts(schema.properties[name], value[name]) : schema.additionalProperties !== false))
  );
}

function acceptsText({ minLength = 0, maxLength = Infinity, pattern = "" }, text) {
  const length = [...text].length;
  return length >= minLength && length <= maxLength && new RegExp(pattern, "u").test(text);
}

function typeOf(value) {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

const good = [documented, { Identity: "a" }, { Identity: "😀", FriendlyName: "" }, { Identity: "a", WebhookEnabled: false }, { Identity: "a", RoleSid: `RL${"0aF".repeat(10)}00` }];
const bad = [
  null, [], "a", 7, {}, { Identity: "" }, { Identity: null }, { Identity: 1 }, { Identity: "a", FriendlyName: null }, { Identity: "a", Attributes: {} },
  { Identity: "a", RoleSid: "" }, { Identity: "a", RoleSid: `RL${"a".repeat(31)}` }, { Identity: "a", RoleSid: `RL${"a".repeat(32)}\n` },
  { Identity: "a", RoleSid: `RL${"g".repeat(32)}` }, { Identity: "a", RoleSid: `rl${"a".repeat(32)}` }, { Identity: "a", RoleSid: null },
  { Identity: "a", WebhookEnabled: "true" }, { Identity: "a", WebhookEnabled: null }, { Identity: "a", colour: 1 }, { identity: "a" },
];
// Invalid, but beyond the keywords.
const beyond = [{ Identity: "a", Attributes: "[]" }, { Identity: "a", Attributes: "{" }, { Identity: "\ud800" }];

add("the JSON Schema accepts what the rules accept", ({ codec, assert }) => {
  for (const target of Object.keys(dialects)) {
    const schema = codec.schema["~standard"].jsonSchema.input({ target });
    for (const [values, rules, keywords] of [[good, true, true], [bad, false, false], [beyond, false, true]]) {
      for (const value of values) {
        assert.equal(codec.validateRequest(value).ok, rules, `rules: ${JSON.stringify(value)}`);
        assert.equal(accepts(schema, value), keywords, `${target}: ${JSON.stringify(value)}`);
      }
    }
  }
});

// ---------------------------------------------------------------- a form's data

function formOf(pairs, kind = FormData) {
  const form = new kind();
  for (const [name, value] of pairs) form.append(name, value);
  return form;
}

const noPlace = { offset: -1, index: -1, line: -1, column: -1, source: "value" };

add("fromFormData reads the known names", ({ convuser, codec, assert }) => {
  const pairs = [["Identity", " a "], ["FriendlyName", "é😀"], ["Attributes", '{"a":1}'], ["RoleSid", "x"], ["WebhookEnabled", "true"], ["csrf", "secret"], ["submit", "Create"]];
  const want = { Identity: " a ", FriendlyName: "é😀", Attributes: '{"a":1}', RoleSid: "x", WebhookEnabled: true };
  for (const kind of [FormData, URLSearchParams]) {
    assert.deepEqual(convuser.fromFormData(formOf(pairs, kind)), { ok: true, value: want });
    assert.deepEqual(convuser.fromFormData(formOf([...pairs].reverse(), kind)), { ok: true, value: want });
    assert.deepEqual(convuser.fromFormData(formOf([], kind)), { ok: true, value: {} });
  }
  assert.equal(codec.validateRequest({ ...want, RoleSid: undefined }).ok, true);
});

add("fromFormData drops empty optional fields, unless keepEmpty is set", ({ convuser, assert }) => {
  const empty = [["FriendlyName", ""], ["Attributes", ""], ["RoleSid", ""]];
  const form = formOf([["Identity", "a"], ...empty]);
  assert.deepEqual(convuser.fromFormData(form), { ok: true, value: { Identity: "a" } });
  assert.deepEqual(convuser.fromFormData(form, {}), { ok: true, value: { Identity: "a" } });
  assert.deepEqual(convuser.fromFormData(form, { keepEmpty: true }), { ok: true, value: { Identity: "a", ...Object.fromEntries(empty) } });
  assert.deepEqual(convuser.fromFormData(formOf([["WebhookEnabled", ""]])), { ok: true, value: {} });
});

add("fromFormData keeps an empty Identity, which is required", ({ convuser, assert }) => {
  assert.deepEqual(convuser.fromFormData(formOf([["Identity", ""]])), { ok: true, value: { Identity: "" } });
});

add("fromFormData reads the header only as true or false", ({ convuser, assert }) => {
  for (const [text, value] of [["true", true], ["false", false]]) assert.deepEqual(convuser.fromFormData(formOf([["WebhookEnabled", text]])), { ok: true, value: { WebhookEnabled: value } });
  for (const text of ["on", "True", "1", "true ", " "]) {
    assert.deepEqual(convuser.fromFormData(formOf([["WebhookEnabled", text]])), { ok: false, issues: [{ message: "want true or false", path: ["WebhookEnabled"], code: "boolean", params: {}, ...noPlace }] }, text);
  }
  assert.equal(convuser.fromFormData(formOf([["WebhookEnabled", ""]]), { keepEmpty: true }).issues[0].code, "boolean");
});

add("fromFormData: a file and a repeated name are issues, each of its field", ({ convuser, assert }) => {
  const file = new Blob(["{}"], { type: "application/json" });
  const form = formOf([["Identity", "a"], ["Identity", "a"], ["FriendlyName", ""], ["FriendlyName", ""], ["Attributes", file], ["RoleSid", file], ["RoleSid", "x"], ["WebhookEnabled", "on"], ["upload", file]]);
  const { ok, issues } = convuser.fromFormData(form);
  assert.equal(ok, false);
  assert.deepEqual(issues.map(({ path, code }) => [path[0], code]), [["Identity", "repeated"], ["FriendlyName", "repeated"], ["Attributes", "file"], ["RoleSid", "file"], ["WebhookEnabled", "boolean"]]);
  assert.deepEqual(issues[2], { message: "want text, not a file", path: ["Attributes"], code: "file", params: {}, ...noPlace });
  assert.equal(JSON.stringify(issues).includes('"a"'), false, "no input");
});

// ---------------------------------------------------------------- custom messages

add("with: a string for a code, a function of the issue, and the usual message otherwise", ({ codec, assert }) => {
  const issues = [];
  const custom = codec.with({
    messages: {
      required: "fehlt",
      length: (issue) => (issues.push(issue), `${issue.params.expected} Bytes, nicht ${issue.offset}`),
      character: ({ basis }) => `Zeichen (${basis})`,
      too_large: "zu groß",
      type: ({ path, params }) => `${path}: ${params.expected}`,
    },
  });
  assert.deepEqual(custom.validateRequest({ RoleSid: "RL" }).issues.map(({ message }) => message), ["fehlt", "34 Bytes, nicht 2"]);
  assert.deepEqual(issues, codec.validateField("RoleSid", "RL").issues);
  assert.equal(custom.validateField("RoleSid", "RLx").issues[0].message, "want a hex digit");
  assert.equal(custom.adviseRequest({ Identity: "a@b" }).value[0].message, "Zeichen (documented)");
  assert.equal(custom.validateAttributes("x".repeat((1 << 20) + 1)).issues[0].message, "zu groß");
  assert.equal(custom.validateRequest(7).issues[0].message, ": object");
  assert.equal(custom.parseRequest('{"Identity":1}').issues[0].message, "Identity: string");
  assert.equal(custom.validateUser({ sid: 1 }).issues[0].message, "sid: string");
});

add("with returns another codec, which keeps the messages it had", ({ codec, assert }) => {
  const messages = { required: "fehlt" };
  const custom = codec.with({ messages });
  messages.required = "changed";
  assert.equal(custom.validateRequest({}).issues[0].message, "fehlt", "a copy");
  assert.equal(codec.validateRequest({}).issues[0].message, "required");
  const other = custom.with({ messages: { null: "leer", required: undefined } });
  assert.deepEqual(other.validateRequest({ FriendlyName: null }).issues.map(({ message }) => message), ["fehlt", "leer"], "both");
  assert.equal(other.with({ messages: { required: "nötig" } }).validateRequest({}).issues[0].message, "nötig", "the later message");
  assert.equal(custom.validateRequest({ Identity: null }).issues[0].message, "null is not allowed");
  assert.deepEqual([custom.goVersion, custom.state, custom.version], [codec.goVersion, codec.state, codec.version]);
  const { message, ...rest } = codec.validateRequest({}).issues[0];
  const { message: own, ...same } = custom.validateRequest({}).issues[0];
  assert.deepEqual(same, rest, "all but the message");
  assert.deepEqual([message, own], ["required", "fehlt"]);
});

add("with rejects unknown codes, and messages that are not an object", ({ codec, assert }) => {
  for (const code of ["missing", "Required", "toString", "__proto__"]) {
    const error = assert.throws(() => codec.with({ messages: JSON.parse(`{"${code}":"x"}`) }), { name: "WasmError", code: "OPTIONS" });
    assert.ok(error.message.startsWith(`OPTIONS: ${code}: `), error.message);
  }
  for (const messages of [null, 7, "required", () => {}]) assert.throws(() => codec.with({ messages }), { code: "OPTIONS" });
  assert.equal(codec.with({ messages: undefined }).validateRequest({}).issues[0].message, "required");
});

add("a message that is not a string, or empty, leaves the usual one", ({ codec, assert }) => {
  for (const message of ["", 7, null, {}]) {
    for (const required of [message, () => message]) {
      const { issues } = codec.with({ messages: { required } }).validateRequest({});
      assert.deepEqual(issues, codec.validateRequest({}).issues, String(required));
    }
  }
  for (const nothing of [() => undefined, async () => "fehlt"]) assert.equal(codec.with({ messages: { required: nothing } }).validateRequest({}).issues[0].message, "required");
  const boom = new Error("boom");
  assert.equal(assert.throws(() => codec.with({ messages: { required: () => { throw boom; } } }).validateRequest({}), /boom/), boom);
});

add("the message of every code that a request, a body or a user can violate", ({ codec, assert }) => {
  const results = {
    required: codec.validateRequest({}), null: codec.validateField("Identity", null), length: codec.validateSid("RL", "RL"), prefix: codec.validateSid("RL", "x"),
    hex: codec.validateSid("RL", "RLx"), json: codec.validateAttributes("{"), object: codec.validateAttributes("[]"), datetime: codec.validateUser({ date_created: "x" }),
    uri: codec.validateUser({ url: "x" }), type: codec.validateField("Identity", 1), repeated: codec.parseForm("Identity=a&Identity=b"), unknown: codec.parseForm("x=1"),
    utf8: codec.validateField("Identity", "\ud800"), surrogate: codec.validateAttributes('{"a":"\\ud800"}'), depth: codec.validateAttributes(`{"a":${"[".repeat(10_000)}`),
    percent: codec.parseForm("Identity=%"), semicolon: codec.parseForm("Identity=;"), too_large: codec.validateAttributes("x".repeat((1 << 20) + 1)),
    unreadable: codec.validateRequest({ get Identity() { throw new Error("x"); } }), status: codec.parseError(0, "", ""),
    redirected: codec.parseResponse(302, "", ""), not_created: codec.parseResponse(200, "", "{}"), no_user: codec.parseResponse(201, "", "{}"),
  };
  for (const [code, { ok, issues }] of Object.entries(results)) {
    assert.equal(ok, false, code);
    assert.deepEqual(issues.map((issue) => issue.code), [code]);
    const { hint, ...rest } = issues[0];
    assert.deepEqual([hint], [{ object: "array_for_object" }[code]], code);
    assert.deepEqual(Object.keys(rest).sort(), ["code", "column", "index", "line", "message", "offset", "params", "path", "source"], code);
    assert.ok(/^[\x20-\x7e]+$/.test(issues[0].message), `${code}: ${issues[0].message}`);
  }
});
