// Every row of the vectors that the Go tests use too.
import { bodies, bytesOf, internalModule, issueOf, issuesOf, issuesOfCall, openInternals, textOf } from "./twins/inputs.js";

const encoder = new TextEncoder();

export default async function declare(t, env) {
  const internals = await openInternals(env);
  const codec = internals.codec;
  const table = async (path, run) => {
    for (const row of await env.load(path)) t.test(`${path.split("/").pop()}: ${row.name}`, () => run({ row, codec, internals, ...env }));
  };
  await table("validate/testdata/sid.json", checkSid);
  await table("validate/testdata/attributes.json", checkAttributes);
  await table("validate/testdata/text.json", checkText);
  await table("validate/testdata/hints.json", checkHint);
  await table("validate/testdata/datetime.json", checkDateTime);
  await table("validate/testdata/uri.json", checkURI);
  await table("validate/testdata/webhook.json", checkWebhook);
  await table("validate/testdata/advice.json", checkAdvice);
  await table("encode/testdata/form.json", checkForm);
  await table("encode/testdata/request.json", checkRequest);
  await table("encode/testdata/user.json", checkUser);
  await table("encode/testdata/apierror.json", checkError);
  await table("encode/testdata/response.json", checkResponse);
  const { retryAfter } = await internalModule(env, "retry_after.js");
  await table("encode/testdata/retryafter.json", ({ row, assert }) => {
    const wait = (headers) => assert.equal(retryAfter(headers, Date.parse(row.now)), row.want);
    wait({ other: "7", "retry-AFTER": row.in });
    if (/^[\x20-\x7e]*$/.test(row.in)) wait(new Headers({ "Retry-After": row.in })); // as a header must be
  });
}

// ---------------------------------------------------------------- rules

function wanted(row, field = "") {
  return row.code === undefined ? [] : [issueOf({ ...row, field })];
}

function checkSid({ row, codec, internals: { instance, op }, assert }) {
  const bytes = bytesOf(row);
  assert.deepEqual(withoutMessage(issuesOfCall(instance, op.validateSid, [row.prefix, bytes])), wanted(row), "as bytes");
  const text = textOf(bytes);
  if (text === undefined) return;
  assert.deepEqual(issuesOf(codec.validateSid(row.prefix, text)), wanted(row), "validateSid");
  const members = { AC: "account_sid", IS: "chat_service_sid", RL: "role_sid", US: "sid" };
  const member = members[row.prefix];
  assert.deepEqual(issuesOf(codec.validateUser({ [member]: text })), wanted(row, member), member);
  if (row.prefix === "RL") inRequest({ row, codec, assert, field: "RoleSid", text });
}

function checkAttributes({ row, codec, internals: { instance, op }, assert }) {
  const bytes = bytesOf(row);
  assert.deepEqual(withoutMessage(issuesOfCall(instance, op.validateAttributes, [bytes])), wanted(row), "as bytes");
  const text = textOf(bytes);
  if (text === undefined) return;
  assert.deepEqual(issuesOf(codec.validateAttributes(text)), wanted(row), "validateAttributes");
  assert.deepEqual(issuesOf(codec.validateUser({ attributes: text })), wanted(row, "attributes"), "attributes");
  inRequest({ row, codec, assert, field: "Attributes", text });
}

/** The hint of an issue, and no issue once the mistake is undone. */
function checkHint({ row, codec, assert }) {
  const check = {
    attributes: codec.validateAttributes,
    sid: (text) => codec.validateSid(row.prefix, text),
    text: (text) => codec.validateField("FriendlyName", text),
    form: codec.parseForm,
    request: codec.parseRequest,
    user: codec.parseUser,
  }[row.rule];
  const bytes = bytesOf(row);
  const given = textOf(bytes) ?? (check === codec.parseForm ? bytes : undefined);
  if (given === undefined) return; // not a JavaScript string
  const { issues } = check(given);
  assert.deepEqual(issues.map(({ hint = "", params: { found } }) => [hint, found]), [[row.hint, row.found]]);
  if (row.hint !== "") assert.deepEqual(issuesOf(check(row.undone)), []);
}

// A member of a request must be UTF-8. In JavaScript, a lone surrogate violates this.
function checkText({ row, codec, internals: { instance, op, ABSENT }, assert }) {
  const bytes = bytesOf(row);
  const identity = bytes.length === 0 ? [issueOf({ field: "Identity", code: "required", offset: -1 })] : wanted(row, "Identity");
  const parts = [bytes, bytes, ABSENT, ABSENT, ABSENT];
  assert.deepEqual(withoutMessage(issuesOfCall(instance, op.validateRequest, parts)), [...identity, ...wanted(row, "FriendlyName")], "as bytes");
  const text = row.name === "surrogate" ? "x\ud800" : textOf(bytes);
  if (text === undefined) return;
  assert.deepEqual(issuesOf(codec.validateField("Identity", text)), identity, "Identity");
  assert.deepEqual(issuesOf(codec.validateField("FriendlyName", text)), wanted(row, "FriendlyName"), "FriendlyName");
  assert.deepEqual(issuesOf(codec.validateUser({ identity: text })), wanted(row, "identity"), "identity");
  assert.deepEqual(issuesOf(codec.validateUser({ friendly_name: text })), wanted(row, "friendly_name"), "friendly_name");
}

/** Every function that takes a request reports the same. */
function inRequest({ row, codec, assert, field, text }) {
  const want = wanted(row, field);
  const request = { Identity: "a", [field]: text };
  assert.deepEqual(issuesOf(codec.validateField(field, text)), want, "validateField");
  assert.deepEqual(issuesOf(codec.validateRequest(request)), want, "validateRequest");
  assert.deepEqual(issuesOf(codec.encodeForm(request)), want, "encodeForm");
  assert.deepEqual(issuesOf(codec.encodeRequest(request)), want, "encodeRequest");
  assert.deepEqual(issuesOf(codec.parseForm(String(new URLSearchParams(request)), { validate: true })), want, "parseForm");
  assert.deepEqual(issuesOf(codec.parseRequest(JSON.stringify(request), { validate: true })), want, "parseRequest");
}

function checkDateTime({ row, codec, assert }) {
  for (const member of ["date_created", "date_updated"]) inUser({ row, codec, assert, member });
}

function checkURI({ row, codec, assert }) {
  inUser({ row, codec, assert, member: "url" });
  const text = textOf(bytesOf(row));
  const want = wanted(row, "links.user_conversations");
  assert.deepEqual(issuesOf(codec.validateUser({ links: { user_conversations: text } })), want, "user_conversations");
}

function inUser({ row, codec, assert, member }) {
  const text = textOf(bytesOf(row));
  assert.ok(text !== undefined, "a text");
  assert.deepEqual(issuesOf(codec.validateUser({ [member]: text })), wanted(row, member), member);
}

// The header is a boolean in a request. In a form's data it is a string, "" if it
// was not filled in.
function checkWebhook({ row, convuser, assert }) {
  const text = textOf(bytesOf(row));
  const result = convuser.fromFormData(new URLSearchParams({ WebhookEnabled: text }), { keepEmpty: true });
  const want = row.code === undefined ? [] : [{ path: ["WebhookEnabled"], code: row.code, offset: -1, params: {} }];
  assert.deepEqual(issuesOf(result), want);
  if (result.ok) assert.deepEqual(result.value, { WebhookEnabled: text === "true" });
}

function checkAdvice({ row, codec, assert }) {
  const text = textOf(bytesOf(row));
  const { ok, value } = codec.adviseRequest({ Identity: "a", [row.field]: text });
  assert.equal(ok, true);
  const found = value.map(({ path, code, offset, server }) => ({ path: [...path], code, offset, server }));
  assert.deepEqual(found, row.advice.map(({ code, offset, server }) => ({ path: [row.field], code, offset, server })));
  assert.ok(value.every(({ basis, message }) => basis !== "" && message !== ""), "a basis and a message");
}

// ---------------------------------------------------------------- formats

function checkForm({ row, codec, assert }) {
  for (const body of bodies(bytesOf(row))) checkParsed(codec.parseForm(body, { allowUnknown: row.allowUnknown }), row, assert);
  const written = writes({ row, codec, assert, write: () => codec.encodeForm(row.value) });
  if (!written) return;
  if (row.form !== undefined) assert.equal(written.body, row.form);
  assert.deepEqual(written.headers, { "Content-Type": "application/x-www-form-urlencoded" });
  assert.deepEqual(codec.parseForm(written.body, { validate: true }), { ok: true, value: row.value }, "read back");
}

function checkRequest({ row, codec, assert }) {
  for (const body of bodies(bytesOf(row))) checkParsed(codec.parseRequest(body, { allowUnknown: row.allowUnknown }), row, assert);
  const written = writes({ row, codec, assert, write: () => codec.encodeRequest(row.value) });
  if (written === undefined) return;
  if (row.json !== undefined) assert.equal(written, row.json);
  const safe = codec.encodeRequest(row.value, { htmlSafe: true }).value;
  for (const text of [written, safe]) assert.deepEqual(codec.parseRequest(text, { validate: true }), { ok: true, value: row.value }, "read back");
}

function checkParsed(result, row, assert) {
  if (row.fault !== undefined) return checkIssue(result, row, assert);
  assert.deepEqual(result, { ok: true, value: row.value });
  assert.equal(Object.getPrototypeOf(result.value), Object.prototype, "prototype");
}

function checkIssue(result, row, assert) {
  assert.equal(result.ok, false);
  assert.deepEqual(issuesOf(result), [issueOf(row.fault)]);
  assert.equal(result.issues[0].source, "body");
}

/** Returns what is written of the value of a row. Only valid requests are written. */
function writes({ row, codec, assert, write }) {
  if (row.fault !== undefined) return undefined;
  const result = write();
  assert.equal(result.ok, isValid(row.value), "written");
  if (result.ok) return result.value;
  assert.deepEqual(result, codec.validateRequest(row.value), "why it is not written");
  return undefined;
}

function isValid({ Identity, Attributes, RoleSid }) {
  if (Identity === undefined) return false;
  if (RoleSid !== undefined && !/^RL[0-9a-fA-F]{32}$/.test(RoleSid)) return false;
  return Attributes === undefined || isObject(JSON.parse(Attributes));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// An object of names and JSON texts loses white space between members, repeated
// names, and how a name was escaped.
const rewritten = ["unknown and white space", "unknown twice", "unknown with escaped name"];

function checkUser({ row, codec, assert }) {
  for (const body of bodies(bytesOf(row))) {
    const result = codec.parseUser(body);
    if (row.fault === undefined) checkMembers({ row, codec, assert, result });
    else checkIssue(result, row, assert);
  }
}

function checkMembers({ row, codec, assert, result }) {
  assert.equal(result.ok, true);
  checkUnknown(result.value.unknown, row.unknown, assert);
  checkUnknown(result.value.links?.unknown, row.linksUnknown, assert);
  const { ok, value } = codec.encodeUser(result.value);
  assert.equal(ok, true);
  assert.deepEqual(JSON.parse(value), JSON.parse(row.out), "written");
  assert.equal(value !== row.out, rewritten.includes(row.name), "other bytes than those that were read");
  assert.deepEqual(codec.parseUser(value), result, "read back");
  const safe = codec.encodeUser(result.value, { htmlSafe: true }).value;
  assert.deepEqual(JSON.parse(safe), JSON.parse(row.out), "HTML-safe");
}

function checkUnknown(record, members, assert) {
  if (members === undefined) return assert.equal(record, undefined, "unknown");
  assert.equal(Object.getPrototypeOf(record), null, "prototype");
  const texts = Object.entries(record).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return assert.deepEqual(JSON.parse(`{${texts}}`), JSON.parse(`{${members}}`), "unknown");
}

const classes = { 400: "invalid", 404: "other", 409: "already_exists", 429: "rate_limited", 500: "ambiguous", 502: "ambiguous", 503: "ambiguous", 504: "ambiguous" };

function checkError({ row, codec, internals: { instance, op }, assert }) {
  const bytes = bytesOf(row);
  const { Code = 0, Message = "", MoreInfo = "", Detail = "", Instance = "", Extra = "", UserError } = row.want;
  const want = { code: Code, message: Message, moreInfo: MoreInfo, detail: Detail, instance: Instance, extra: Extra, class: classes[row.status], reason: "", retryAfter: 0 };
  if (row.name === "newer, nulls") want.userError = null;
  if (UserError !== undefined) want.userError = UserError;
  for (const body of bodies(bytes)) {
    const text = typeof body === "string" ? body : new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
    const seen = textOf(bytes) === undefined ? { ...want, message: "\ufffd" } : want; // see index.d.ts
    assert.deepEqual(codec.parseError(row.status, row.contentType, body), {
      ok: true,
      value: { ...seen, status: row.status, contentType: row.contentType, body: text },
    });
  }
  assert.equal(instance.call(op.parseError, 0, [row.status, encoder.encode(row.contentType), bytes]), 0, "as bytes");
  assert.equal(instance.text(), Message + MoreInfo + Detail + Instance + Extra + want.class, "as bytes");
}

/** A user for a 201 with a valid sid, and for no other response. */
function checkResponse({ row, codec, assert }) {
  const { SID, Reason = "", Class, Err, Code = 0, Message = "", MoreInfo = "" } = row.want;
  const bytes = bytesOf(row);
  for (const body of bodies(bytes)) {
    const { ok, value, issues, error, ...rest } = codec.parseResponse(row.status, row.contentType, body, { "Retry-After": "7" });
    assert.deepEqual(rest, {});
    assert.equal(ok, SID !== undefined, "ok");
    if (ok) {
      assert.deepEqual({ ok, value }, codec.parseUser(body));
      assert.equal(value.sid, SID);
      continue;
    }
    const want = Err !== undefined ? issueOf({ field: Err.Field, code: Err.Code, offset: Err.Offset, want: Err.Want, hint: Err.Hint }) : issueOf({ code: Reason, offset: -1 });
    assert.deepEqual(issuesOf({ issues }), Reason === "" ? [] : [want], "issues");
    assert.ok(issues.every(({ source }) => source === "body"), "source");
    assert.equal(value, undefined);
    assert.deepEqual(error, {
      status: row.status, reason: Reason, code: Code, message: Message, moreInfo: MoreInfo, detail: "", instance: "", extra: "",
      contentType: row.contentType, body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), retryAfter: 7, class: Class,
    });
  }
}

function withoutMessage(issues) {
  return issues.map(({ message, ...issue }) => issue);
}
