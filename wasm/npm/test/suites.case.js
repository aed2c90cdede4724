// Runs suites written by others. A table, which the Go runner and .github/SUITES.md
// use too, has the number of cases of each suite, so that a truncated suite is
// noticed, and the rule behind each difference.
import { around, bodies, escaped, fromBase64, issuesOf as allOf, issuesOfCall, openInternals, paramsOf, textOf } from "./twins/inputs.js";

/** The issues without hints, which no suite has. */
const issuesOf = (result) => allOf(result).map(({ hint, ...issue }) => issue);

const runners = {
  json_jsontestsuite_parsing: jsonTestSuite,
  json_roundtrip: roundTrips,
  form_wpt_parser: parser,
  form_wpt_constructor: parser,
  form_wpt_serialize: serializer,
  fmt_datetime: dateTime,
  utf8_flenniken: utf8,
  str_blns: naughty,
};

export default async function declare(t, env) {
  const tables = await env.load("fuzz/testdata/suites.json");
  env.assert.deepEqual(tables.map(({ suite }) => suite), Object.keys(runners), "the suites of the table");
  for (const table of tables) {
    const cases = await env.load(`suites/${table.suite}.jsonl`);
    const counts = Object.entries(table.counts).map(([kind, n]) => `${n} ${kind}`).join(", ");
    if (cases === null) t.test(`${table.suite}: left out, no suites: set SUITES, or put them into ../shared/suites`, () => {});
    else t.test(`${table.suite}: ${counts}`, async () => run(table, { ...env, cases, ...(await openInternals(env)) }));
  }
}

/** Runs a suite. Its runner calls met for each case, and pinOf for the difference that the table has of a case. */
function run(table, given) {
  const { assert } = given;
  const pins = new Map((table.differences ?? []).flatMap((difference) => Object.entries(difference.cases).map(([name, offset]) => [name, { ...difference, offset }])));
  const counts = Object.fromEntries(Object.keys(table.counts).map((kind) => [kind, 0]));
  runners[table.suite]({
    ...given,
    pinOf: (name) => pins.get(name),
    met: (name, kind) => {
      counts[kind]++;
      pins.delete(name);
    },
  });
  assert.deepEqual(counts, table.counts, "cases that ran");
  assert.deepEqual([...pins.keys()], [], "in the table, not in the suite");
}

// ---------------------------------------------------------------- JSON

function jsonTestSuite({ cases, codec, instance, op, assert, pinOf, met }) {
  for (const { name, b64, expect } of cases) {
    const bytes = fromBase64(b64);
    const issues = jsonIssues({ codec, instance, op, assert, name, bytes });
    if (expect === "either") assert.deepEqual(issues, pinnedIssues(pinOf(name)), `${name}: ${pinOf(name).rule}`);
    else {
      assert.equal(issues.length === 0, expect === "accept", name);
      oracle({ assert, name, bytes, issues });
    }
    met(name, expect);
  }
}

/** The issues of a case that RFC 8259 leaves open, as the value of {"v":...}. */
function pinnedIssues({ code, want, inside = want, offset }) {
  return code === undefined ? [] : [{ path: [], code, offset: offset + 5, params: paramsOf(code, inside) }];
}

/**
 * The issues of a JSON text as the value of a member: in Attributes, in an unknown
 * member of a user, and in one that parseRequest skips, as bytes and as a string.
 * They are the same everywhere.
 */
function jsonIssues({ codec, instance, op, assert, name, bytes }) {
  const wrapped = around('{"v":', bytes, "}");
  const issues = issuesOfCall(instance, op.validateAttributes, [wrapped]).map(({ message, hint, ...issue }) => issue);
  for (const body of bodies(wrapped)) {
    assert.deepEqual(issuesOf(codec.parseUser(body)), issues, `${name}: parseUser`);
    assert.deepEqual(issuesOf(codec.parseRequest(body, { allowUnknown: true })), issues, `${name}: parseRequest`);
  }
  const text = textOf(wrapped);
  if (text !== undefined) assert.deepEqual(issuesOf(codec.validateAttributes(text)), issues, `${name}: validateAttributes`);
  return issues;
}

/** Compares with JSON.parse, which has the same grammar but accepts lone surrogates. */
function oracle({ assert, name, bytes, issues }) {
  const text = textOf(bytes);
  if (text === undefined) return assert.ok(issues.length > 0, `${name}: not UTF-8`);
  if (issues.some(({ code }) => code === "surrogate" || code === "depth")) return undefined;
  return assert.equal(issues.length === 0, reads(text), `${name}: JSON.parse`);
}

function reads(text) {
  try {
    JSON.parse(`{"v":${text}}`);
    return true;
  } catch {
    return false;
  }
}

function roundTrips({ cases, codec, assert, met }) {
  for (const { name, b64, expect } of cases) {
    const text = `{"identity":"a","v":${textOf(fromBase64(b64))}}`;
    assert.deepEqual(codec.validateAttributes(text), { ok: true, value: text }, name);
    assert.deepEqual(codec.encodeUser(codec.parseUser(text).value), { ok: true, value: text }, name);
    met(name, expect);
  }
}

// ---------------------------------------------------------------- forms

function serializer({ cases, codec, assert, met }) {
  for (const { name, pairs, expect } of cases) {
    const written = pairs.map((pair) => pair.map((text) => serialized(codec, text)).join("=")).join("&");
    assert.equal(written, expect, name);
    for (const text of pairs.flat()) assert.equal(unserialized(codec, serialized(codec, text)), text, `${name}: read back`);
    met(name, "exact");
  }
}

const lead = "Identity=a&FriendlyName=";

function serialized(codec, text) {
  return codec.encodeForm({ Identity: "a", FriendlyName: text }).value.body.slice(lead.length);
}

function unserialized(codec, text) {
  return codec.parseForm(lead + text, { validate: true }).value.FriendlyName;
}

// The WHATWG parser rejects nothing. parseForm does so by a rule, and
// URLSearchParams shows that it applies.
function parser({ cases, codec, assert, pinOf, met }) {
  for (const { name, b64, expect } of cases) {
    const body = fromBase64(b64);
    const start = name.startsWith("wpt/ctor/") && body[0] === 63 ? 1 : 0; // the constructor removes a leading ?
    const pin = pinOf(name);
    const issues = issuesOf(codec.parseForm(body.subarray(start), { allowUnknown: true }));
    assert.deepEqual(issues.map(({ code, offset }) => [code, offset]), pin ? [[pin.code, pin.offset]] : [], `${name}: ${JSON.stringify(expect)}`);
    assert.equal(pin?.code, ruleAgainst(textOf(body) ?? ""), `${name}: the rule`);
    met(name, pin ? "refused" : "same");
  }
}

function ruleAgainst(form) {
  if (/%(?![0-9a-fA-F]{2})/.test(form)) return "percent";
  return [...new URLSearchParams(form)].flat().some((text) => text.includes("\ufffd") && !form.includes("\ufffd")) ? "utf8" : undefined;
}

// ---------------------------------------------------------------- strings

function utf8({ cases, codec, instance, op, ABSENT, assert, met }) {
  for (const { name, b64, expect } of cases) {
    met(name, expect);
    const bytes = fromBase64(b64);
    const offset = validLength(bytes);
    assert.equal(offset === bytes.length, expect === "valid", `${name}: TextDecoder`);
    const issues = (path, at) => (expect === "valid" ? [] : [{ path, code: "utf8", offset: at, params: {} }]);
    const form = codec.parseForm(`${lead}${escaped(bytes)}`);
    assert.deepEqual(issuesOf(form), issues(["FriendlyName"], lead.length + 3 * offset), name);
    if (form.ok) assert.equal(form.value.FriendlyName, textOf(bytes), name);
    const parts = ["a", bytes, ABSENT, ABSENT, ABSENT];
    const direct = issuesOfCall(instance, op.validateRequest, parts).map(({ message, hint, ...issue }) => issue);
    assert.deepEqual(direct, issues(["FriendlyName"], offset), `${name}: as a member`);
  }
}

/** The number of bytes before the first that are not UTF-8. */
function validLength(bytes) {
  let length = bytes.length;
  while (textOf(bytes.subarray(0, length)) === undefined) length--;
  return length;
}

// A format accepts any other type than a string; the table says what the codec does.
function dateTime({ cases, codec, assert, pinOf, met }) {
  for (const { name, data, expect } of cases) {
    const isText = typeof data === "string";
    const codes = issuesOf(codec.validateUser({ date_created: data })).map(({ code }) => code);
    const refused = isText ? (expect === "valid" ? undefined : "datetime") : pinOf(name).code;
    assert.deepEqual(codes, refused === undefined ? [] : [refused], name);
    met(name, isText ? expect : "no text");
  }
}

function naughty({ cases, codec, assert, pinOf, met }) {
  for (const { name, b64, expect } of cases) {
    const text = textOf(fromBase64(b64));
    const pin = pinOf(name); // for Identity, which must not be empty
    assert.deepEqual(issuesOf(codec.validateRequest({ Identity: text })).map(({ code, offset }) => [code, offset]), pin ? [[pin.code, pin.offset]] : [], name);
    const request = { Identity: pin ? "a" : text, FriendlyName: text, Attributes: JSON.stringify({ leaf: text }) };
    assert.deepEqual(codec.validateRequest(request), { ok: true, value: request }, name);
    const bodyOf = codec.encodeForm(request).value.body;
    assert.equal(new URLSearchParams(bodyOf).get("FriendlyName"), text, `${name}: URLSearchParams`);
    assert.deepEqual(codec.parseForm(bodyOf, { validate: true }), { ok: true, value: request }, `${name}: form`);
    const user = { identity: request.Identity, friendly_name: text, attributes: request.Attributes, unknown: { [text]: JSON.stringify(text) } };
    for (const options of [{}, { htmlSafe: true }]) {
      outAndBack(assert, name, request, codec.encodeRequest(request, options), (body) => codec.parseRequest(body, { validate: true }));
      outAndBack(assert, name, user, codec.encodeUser(user, options), (body) => codec.parseUser(body));
    }
    met(name, expect);
  }
}

function outAndBack(assert, name, value, written, parse) {
  assert.equal(written.ok, true, name);
  assert.equal(JSON.parse(written.value).FriendlyName ?? JSON.parse(written.value).friendly_name, value.FriendlyName ?? value.friendly_name, `${name}: JSON.parse`);
  const back = parse(written.value);
  if (back.ok && back.value.unknown !== undefined) unescapedValues(back.value.unknown);
  assert.deepEqual(back, { ok: true, value }, `${name}: read back`);
}

/** Rewrites unknown members, which are verbatim, as JSON.stringify does. */
function unescapedValues(record) {
  for (const [name, text] of Object.entries(record)) record[name] = JSON.stringify(JSON.parse(text));
}
