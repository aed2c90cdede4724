// Compares the native library with the package on every input that the project has.
// Issues and output are equal to the byte.
import { execFile } from "node:child_process";
import test from "node:test";
import { promisify } from "node:util";
import * as assert from "./assert.js";
import { projectFolder } from "./files.js";
import { bodies, fromBase64, issuesOfCall, openInternals, pathOf, textOf } from "./twins/inputs.js";

const { codec, instance, op, ABSENT } = await openInternals({ runtime: "node" }, 1 << 24);
const lines = await native();

async function native() {
  const options = { cwd: projectFolder, maxBuffer: 1 << 28 };
  const { stdout } = await promisify(execFile)(process.env.GO ?? "go", ["run", "./wasm/npm/test/twins"], options);
  return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Compares one kind of answer on all inputs. run returns the number of answers it compared. */
function compare(title, run) {
  test(title, (t) => {
    let count = 0;
    for (const line of lines) {
      try {
        count += run(line, fromBase64(line.in));
      } catch (error) {
        throw new Error(`input ${line.in.slice(0, 200)} (base64): ${error.message}`, { cause: error });
      }
    }
    assert.ok(count > 0, "answers");
    t.diagnostic(`${count} answers to ${lines.length} inputs`);
  });
}

compare("SIDs and Attributes", ({ sid, attributes }, bytes) => {
  sameIssues(issuesOfCall(instance, op.validateSid, ["RL", bytes]), sid, "SID");
  sameIssues(issuesOfCall(instance, op.validateAttributes, [bytes]), attributes, "Attributes");
  const text = textOf(bytes);
  if (text === undefined) return 2;
  sameResult(codec.validateSid("RL", text), sid, "validateSid");
  sameResult(codec.validateAttributes(text), attributes, "validateAttributes");
  return 4;
});

compare("requests with an input in every member", ({ request }, bytes) => {
  sameIssues(issuesOfCall(instance, op.validateRequest, [bytes, bytes, bytes, bytes, ABSENT]), request, "request");
  const text = textOf(bytes);
  if (text === undefined) return 1;
  sameResult(codec.validateRequest(requestOf(text)), request, "validateRequest");
  return 2;
});

compare("users with an input in every member", ({ user }, bytes) => {
  const text = textOf(bytes);
  if (text === undefined) return 0;
  sameResult(codec.validateUser(userOf(text)), user, "validateUser");
  return 1;
});

compare("advice", ({ advice = [] }, bytes) => {
  const text = textOf(bytes);
  if (text === undefined) return 0;
  const { ok, value } = codec.adviseRequest(requestOf(text));
  assert.equal(ok, true);
  const found = value.map(({ path, code, offset, server, basis, message }) => ({ path: [...path], code, offset, server, basis, message }));
  assert.deepEqual(found, advice.map(({ field, ...rest }) => ({ path: pathOf(field), ...rest })));
  return 1;
});

compare("forms", ({ form, formAny }, bytes) => {
  for (const body of bodies(bytes)) {
    parsedRequest(codec.parseForm(body), form);
    parsedRequest(codec.parseForm(body, { allowUnknown: true }), formAny);
  }
  return 2;
});

compare("requests as JSON", ({ json, jsonAny }, bytes) => {
  for (const body of bodies(bytes)) {
    parsedRequest(codec.parseRequest(body), json);
    parsedRequest(codec.parseRequest(body, { allowUnknown: true }), jsonAny);
  }
  return 2;
});

compare("users as JSON", ({ parsedUser }, bytes) => {
  for (const body of bodies(bytes)) sameUser(codec.parseUser(body), parsedUser);
  return 1;
});

compare("error responses", ({ apiError }, bytes) => {
  const text = textOf(bytes);
  if (text === undefined) return 0;
  for (const body of [bytes, text]) {
    const { code, message, moreInfo, detail, instance, extra, class: kind, userError, ...rest } = codec.parseError(409, "application/json", body).value;
    assert.deepEqual([code, message, moreInfo, detail, instance, extra, kind, userError ?? null], apiError);
    assert.deepEqual(rest, { status: 409, contentType: "application/json", body: text, reason: "", retryAfter: 0 });
  }
  return 1;
});

compare("whole responses", ({ parsedUser, response }, bytes) => {
  for (const body of bodies(bytes)) {
    const result = codec.parseResponse(201, "application/json", body);
    if (result.ok) {
      assert.equal(response, undefined);
      sameUser(result, parsedUser);
      continue;
    }
    const { reason, class: kind, code } = result.error;
    if (textOf(bytes) !== undefined) assert.deepEqual([reason, kind, code], response);
    sameIssues(result.issues, parsedUser.issues ?? [{ field: "", code: reason, offset: -1, message: "want a user with a valid sid" }]);
  }
  return 1;
});

// -------------------------------------------------------------- the answers

function requestOf(text) {
  return { Identity: text, FriendlyName: text, Attributes: text, RoleSid: text };
}

const userNames = ["sid", "account_sid", "chat_service_sid", "role_sid", "identity", "friendly_name", "attributes", "date_created", "date_updated", "url"];

function userOf(text) {
  return { ...Object.fromEntries(userNames.map((name) => [name, text])), links: { user_conversations: text } };
}

function sameIssues(issues, wanted = [], what) {
  const found = issues.map(({ path, code, offset, params, message }) => ({ path: [...path], code, offset, expected: String(params.expected ?? params.nearest ?? ""), message }));
  assert.deepEqual(found, wanted.map(({ field, code, offset, expected = "", message }) => ({ path: pathOf(field), code, offset, expected, message })), what);
}

function sameResult(result, wanted, what) {
  assert.equal(result.ok, wanted === undefined, what);
  sameIssues(result.issues ?? [], wanted, what);
}

function parsedRequest(result, { issues, value, written }) {
  sameResult(result, issues, "parsed");
  if (!result.ok) return;
  const { Identity, ...others } = value;
  assert.deepEqual(result.value, Identity === "" ? others : value);
  const form = codec.encodeForm(result.value);
  assert.equal(form.ok, written !== undefined, "written");
  if (!form.ok) return;
  const texts = [form.value.body, codec.encodeRequest(result.value).value, codec.encodeRequest(result.value, { htmlSafe: true }).value];
  assert.deepEqual(texts, written, "written");
}

function sameUser(result, { issues, value, unknown = "", linksUnknown = "", written }) {
  sameResult(result, issues, "parsed");
  if (!result.ok) return;
  const { unknown: record, links, ...known } = result.value;
  const { links: wantLinks, ...wantKnown } = value;
  assert.deepEqual(known, wantKnown);
  sameRecord(record, unknown, "unknown");
  sameRecord(links?.unknown, linksUnknown, "links.unknown");
  assert.deepEqual(conversations(links), conversations(wantLinks), "links");
  const texts = [codec.encodeUser(result.value).value, codec.encodeUser(result.value, { htmlSafe: true }).value];
  if (membersOf(record) === unknown && membersOf(links?.unknown) === linksUnknown) assert.deepEqual(texts, written, "written");
  else assert.deepEqual(texts.map((text) => JSON.parse(text)), written.map((text) => JSON.parse(text)), "written");
}

/** Links without unknown members. */
function conversations(links) {
  if (!links) return links;
  return Object.hasOwn(links, "user_conversations") ? { user_conversations: links.user_conversations } : {};
}

/** Checks that a record has the values of the members, in the order of JavaScript and with the last of repeated names. */
function sameRecord(record, members, what) {
  if (membersOf(record) === members) return;
  const want = JSON.parse(`{${members}}`);
  const found = Object.entries(record ?? {}).map(([name, text]) => [name, JSON.parse(text)]);
  assert.deepEqual(found, Object.entries(want), what);
}

/** A record as JSON members, which equal those that were parsed unless they had white space, repeated or escaped names. */
function membersOf(record = {}) {
  return Object.entries(record).map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",");
}
