// The suites written by others, through the package. Each case says how many
// it has seen, so that a suite that was cut short shows.
import { around, bodies, escaped, fromBase64, issuesOf, issuesOfCall, openInside, textOf } from "./twins/inputs.js";

export default async function declare(t, env) {
  const suite = async (name, title, run) => {
    const cases = await env.load(`suites/${name}.jsonl`);
    if (cases === null) return t.test(`${title}: left out, there are no suites: set SUITES, or put them into ../shared/suites`, () => {});
    return t.test(title, async () => run({ ...env, cases, ...(await openInside(env)) }));
  };
  await suite("json_jsontestsuite_parsing", "JSONTestSuite: 95 y_ accepted", (given) => jsonTestSuite(given, "accept", 95));
  await suite("json_jsontestsuite_parsing", "JSONTestSuite: 188 n_ refused", (given) => jsonTestSuite(given, "reject", 188));
  await suite("json_jsontestsuite_parsing", "JSONTestSuite: 35 i_ as they are pinned", pinned);
  await suite("json_roundtrip", "27 JSON texts come back to the byte", roundTrips);
  await suite("form_wpt_serialize", "WHATWG serializer: 161 to the byte", serializer);
  await suite("form_wpt_parser", "WHATWG parser: 35, of which 12 are refused by a rule", (given) => parser(given, 35, 12));
  await suite("form_wpt_constructor", "URLSearchParams: 29, of which 4 are refused by a rule", (given) => parser(given, 29, 4));
  await suite("utf8_flenniken", "UTF-8: 222", utf8);
  await suite("fmt_datetime", "date-time: 33", dateTime);
  await suite("str_blns", "naughty strings: 515 out and back", naughty);
}

// ---------------------------------------------------------------- JSON

function jsonTestSuite({ cases, codec, door, op, assert }, verdict, count) {
  const some = cases.filter(({ expect }) => expect === verdict);
  assert.equal(some.length, count, "cases");
  for (const { name, b64 } of some) {
    const bytes = fromBase64(b64);
    const faults = jsonFaults({ codec, door, op, assert, name, bytes });
    assert.equal(faults.length === 0, verdict === "accept", name);
    oracle({ assert, name, bytes, faults });
  }
}

// What the contract and the house limits make of the cases that RFC 8259
// leaves open: the fault where a case is the value of {"v":...}, none where it
// is accepted. The Go runner names the rules (fuzz/suites_test.go).
const fault = (code, offset, want) => [{ path: [], code, offset, params: want === undefined ? {} : { want } }];
const pins = [
  [[], "number_double_huge_neg_exp", "number_huge_exp", "number_neg_int_huge_exp", "number_pos_double_huge_exp", "number_real_neg_overflow"],
  [[], "number_real_pos_overflow", "number_real_underflow", "number_too_big_neg_int", "number_too_big_pos_int", "number_very_big_negative_int"],
  [[], "structure_500_nested_arrays"],
  [fault("surrogate", 7), "object_key_lone_2nd_surrogate", "string_1st_surrogate_but_2nd_missing", "string_1st_valid_surrogate_2nd_invalid"],
  [fault("surrogate", 7), "string_incomplete_surrogate_and_escape_valid", "string_incomplete_surrogate_pair", "string_incomplete_surrogates_escape_valid"],
  [fault("surrogate", 7), "string_invalid_lonely_surrogate", "string_invalid_surrogate", "string_inverted_surrogates_U+1D11E", "string_lone_second_surrogate"],
  [fault("utf8", 12), "string_UTF-8_invalid_sequence"],
  [fault("utf8", 7), "string_UTF8_surrogate_U+D800", "string_invalid_utf-8", "string_iso_latin_1", "string_lone_utf8_continuation_byte"],
  [fault("utf8", 7), "string_not_in_unicode_range", "string_overlong_sequence_2_bytes", "string_overlong_sequence_6_bytes"],
  [fault("utf8", 7), "string_overlong_sequence_6_bytes_null", "string_truncated-utf-8"],
  [fault("json", 5, "want a value"), "structure_UTF-8_BOM_empty_object", "string_UTF-16LE_with_BOM", "string_utf16BE_no_BOM"],
  [fault("json", 6, "want a value"), "string_utf16LE_no_BOM"],
];

function pinned({ cases, codec, door, op, assert }) {
  const open = cases.filter(({ expect }) => expect === "either");
  const wants = new Map(pins.flatMap(([faults, ...names]) => names.map((name) => [`i_${name}.json`, faults])));
  assert.equal(wants.size, 35, "pins");
  assert.deepEqual(open.map(({ name }) => name).sort(), [...wants.keys()].sort());
  for (const { name, b64 } of open) {
    assert.deepEqual(jsonFaults({ codec, door, op, assert, name, bytes: fromBase64(b64) }), wants.get(name), name);
  }
}

/**
 * The faults of a text as the value of a member: of an Attributes object, of
 * a member that a user's reader keeps, and of one that a request's reader
 * skips, as bytes and as text. They are the same everywhere.
 */
function jsonFaults({ codec, door, op, assert, name, bytes }) {
  const wrapped = around('{"v":', bytes, "}");
  const faults = issuesOfCall(door, op.validateAttributes, [wrapped]).map(({ message, ...issue }) => issue);
  for (const body of bodies(wrapped)) {
    assert.deepEqual(issuesOf(codec.parseUser(body)), faults, `${name}: parseUser`);
    assert.deepEqual(issuesOf(codec.parseRequest(body, { allowUnknown: true })), faults, `${name}: parseRequest`);
  }
  const text = textOf(wrapped);
  if (text !== undefined) assert.deepEqual(issuesOf(codec.validateAttributes(text)), faults, `${name}: validateAttributes`);
  return faults;
}

/** JSON.parse reads the same grammar, and anything where a surrogate is to be one of a pair. */
function oracle({ assert, name, bytes, faults }) {
  const text = textOf(bytes);
  if (text === undefined) return assert.ok(faults.length > 0, `${name}: not UTF-8`);
  if (faults.some(({ code }) => code === "surrogate" || code === "depth")) return undefined;
  return assert.equal(faults.length === 0, reads(text), `${name}: JSON.parse`);
}

function reads(text) {
  try {
    JSON.parse(`{"v":${text}}`);
    return true;
  } catch {
    return false;
  }
}

function roundTrips({ cases, codec, assert }) {
  assert.equal(cases.length, 27, "cases");
  for (const { name, b64 } of cases) {
    const text = `{"identity":"a","v":${textOf(fromBase64(b64))}}`;
    assert.deepEqual(codec.validateAttributes(text), { ok: true, value: text }, name);
    assert.deepEqual(codec.encodeUser(codec.parseUser(text).value), { ok: true, value: text }, name);
  }
}

// ---------------------------------------------------------------- forms

function serializer({ cases, codec, assert }) {
  assert.equal(cases.length, 161, "cases");
  for (const { name, pairs, expect } of cases) {
    const written = pairs.map((pair) => pair.map((text) => serialized(codec, text)).join("=")).join("&");
    assert.equal(written, expect, name);
    for (const text of pairs.flat()) assert.equal(unserialized(codec, serialized(codec, text)), text, `${name}: read back`);
  }
}

const lead = "Identity=a&FriendlyName=";

function serialized(codec, text) {
  return codec.encodeForm({ Identity: "a", FriendlyName: text }).value.body.slice(lead.length);
}

function unserialized(codec, text) {
  return codec.parseForm(lead + text, { validate: true }).value.FriendlyName;
}

// What the WHATWG's parser takes and ours refuses: a % without two digits,
// and what is not UTF-8 once it is unescaped.
function parser({ cases, codec, assert }, count, refused) {
  assert.equal(cases.length, count, "cases");
  let faults = 0;
  for (const { name, b64, expect } of cases) {
    const body = fromBase64(b64);
    const start = name.startsWith("wpt/ctor/") && body[0] === 63 ? 1 : 0; // the constructor takes off a ?
    const issues = issuesOf(codec.parseForm(body.subarray(start), { allowUnknown: true }));
    const rule = ruleAgainst(textOf(body) ?? "");
    assert.deepEqual(issues.map(({ code }) => code), rule === undefined ? [] : [rule], `${name}: ${JSON.stringify(expect)}`);
    faults += issues.length;
  }
  assert.equal(faults, refused, "refused");
}

function ruleAgainst(form) {
  if (/%(?![0-9a-fA-F]{2})/.test(form)) return "percent";
  return [...new URLSearchParams(form)].flat().some((text) => text.includes("\ufffd") && !form.includes("\ufffd")) ? "utf8" : undefined;
}

// ---------------------------------------------------------------- texts

function utf8({ cases, codec, door, op, ABSENT, assert }) {
  const counts = { valid: 0, invalid: 0 };
  for (const { name, b64, expect } of cases) {
    counts[expect]++;
    const bytes = fromBase64(b64);
    const offset = validLength(bytes);
    assert.equal(offset === bytes.length, expect === "valid", `${name}: TextDecoder`);
    const faults = (path, at) => (expect === "valid" ? [] : [{ path, code: "utf8", offset: at, params: {} }]);
    const form = codec.parseForm(`${lead}${escaped(bytes)}`);
    assert.deepEqual(issuesOf(form), faults(["FriendlyName"], lead.length + 3 * offset), name);
    if (form.ok) assert.equal(form.value.FriendlyName, textOf(bytes), name);
    const parts = ["a", bytes, ABSENT, ABSENT, ABSENT];
    const direct = issuesOfCall(door, op.validateRequest, parts).map(({ message, ...issue }) => issue);
    assert.deepEqual(direct, faults(["FriendlyName"], offset), `${name}: as a member`);
  }
  assert.deepEqual(counts, { valid: 77, invalid: 145 });
}

/** The length of what comes before the first sequence that is not UTF-8. */
function validLength(bytes) {
  let length = bytes.length;
  while (textOf(bytes.subarray(0, length)) === undefined) length--;
  return length;
}

// A format says nothing about what is no text; the types of a user do.
function dateTime({ cases, codec, assert }) {
  const counts = { valid: 0, invalid: 0, "no text": 0 };
  for (const { name, data, expect } of cases) {
    const isText = typeof data === "string";
    counts[isText ? expect : "no text"]++;
    const codes = issuesOf(codec.validateUser({ date_created: data })).map(({ code }) => code);
    const want = isText ? (expect === "valid" ? [] : ["datetime"]) : data === null ? [] : ["type"];
    assert.deepEqual(codes, want, name);
  }
  assert.deepEqual(counts, { valid: 8, invalid: 19, "no text": 6 });
}

function naughty({ cases, codec, assert }) {
  assert.equal(cases.length, 515, "cases");
  for (const { name, b64 } of cases) {
    const text = textOf(fromBase64(b64));
    const request = { Identity: text === "" ? "a" : text, FriendlyName: text, Attributes: JSON.stringify({ leaf: text }) };
    assert.deepEqual(codec.validateRequest(request), { ok: true, value: request }, name);
    const bodyOf = codec.encodeForm(request).value.body;
    assert.equal(new URLSearchParams(bodyOf).get("FriendlyName"), text, `${name}: URLSearchParams`);
    assert.deepEqual(codec.parseForm(bodyOf, { validate: true }), { ok: true, value: request }, `${name}: form`);
    const user = { identity: request.Identity, friendly_name: text, attributes: request.Attributes, unknown: { [text]: JSON.stringify(text) } };
    for (const options of [{}, { htmlSafe: true }]) {
      outAndBack(assert, name, request, codec.encodeRequest(request, options), (body) => codec.parseRequest(body, { validate: true }));
      outAndBack(assert, name, user, codec.encodeUser(user, options), (body) => codec.parseUser(body));
    }
  }
}

function outAndBack(assert, name, value, written, parse) {
  assert.equal(written.ok, true, name);
  assert.equal(JSON.parse(written.value).FriendlyName ?? JSON.parse(written.value).friendly_name, value.FriendlyName ?? value.friendly_name, `${name}: JSON.parse`);
  const back = parse(written.value);
  if (back.ok && back.value.unknown !== undefined) unescapedValues(back.value.unknown);
  assert.deepEqual(back, { ok: true, value }, `${name}: read back`);
}

/** The JSON text of an unknown member is verbatim; here it counts what it says. */
function unescapedValues(record) {
  for (const [name, text] of Object.entries(record)) record[name] = JSON.stringify(JSON.parse(text));
}
