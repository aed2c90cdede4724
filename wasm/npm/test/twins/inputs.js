// Shared by the cases: inputs of vectors and suites, and access to the package's
// internals, in Node.js and in a browser.

const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The bytes of a vector, from its member in, b64 or repeat. */
export function bytesOf({ in: text = "", b64, repeat = [] }) {
  if (b64 !== undefined) return fromBase64(b64);
  return encoder.encode(repeat.reduce((all, [part, count]) => all + part.repeat(count), text));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Decodes bytes; undefined if they are not UTF-8. */
export function textOf(bytes) {
  try {
    return fatal.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A body as bytes, and as a string if it is UTF-8. */
export function bodies(bytes) {
  const text = textOf(bytes);
  return text === undefined ? [bytes] : [bytes, text];
}

/** Bytes between two strings. */
export function around(before, bytes, after) {
  return new Uint8Array([...encoder.encode(before), ...bytes, ...encoder.encode(after)]);
}

/** Bytes with each percent-encoded. */
export function escaped(bytes) {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** The issue for an error of the Go library, without line and column. */
export function issueOf({ field = "", code, offset, want = "", hint, found }) {
  const params = paramsOf(code, want);
  if (found !== undefined) params.found = found;
  const issue = { path: pathOf(field), code, offset, params };
  return hint === undefined ? issue : { ...issue, hint };
}

/** The params of the issue for an error of the Go library. */
export function paramsOf(code, want = "") {
  if (want === "") return {};
  return code === "unknown" ? { nearest: want } : { expected: /^\d+$/.test(want) ? Number(want) : want };
}

export function pathOf(field) {
  if (field === "") return [];
  return field === "X-Twilio-Webhook-Enabled" ? ["WebhookEnabled"] : field.split(".");
}

/** The issues of a result, with the same members. */
export function issuesOf(result) {
  return result.ok ? [] : result.issues.map(plainIssue);
}

function plainIssue({ path, code, offset, params, hint }) {
  const issue = { path: [...path], code, offset, params: { ...params } };
  return hint === undefined ? issue : { ...issue, hint };
}

// ---------------------------------------------------------------- internals

/** A file of the package, as bytes. */
export async function packageFile({ runtime }, name) {
  if (runtime === "browser") return new Uint8Array(await (await fetch(`/convuser/${name}`)).arrayBuffer());
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(new URL(`../../${name}`, import.meta.url)));
}

/** A source file of the package that is not one of its entries. */
export function internalModule({ runtime }, name) {
  return import(runtime === "browser" ? `/convuser/src/${name}` : `../../src/${name}`);
}

/** An Instance, which takes bytes where a codec takes strings, and a codec that uses it. */
export async function openInternals(env, maxBytes = 1 << 20) {
  const { openInstance } = await internalModule(env, "instance.js");
  const { op, ABSENT } = await internalModule(env, "protocol.js");
  const { Codec } = await internalModule(env, "codec.js");
  const instance = await openInstance(await WebAssembly.compile(await packageFile(env, "convuser.wasm")), maxBytes);
  return { instance, codec: new Codec(instance), op, ABSENT };
}

/** The issues that an Instance returns. */
export function issuesOfCall(instance, operation, parts) {
  const count = instance.call(operation, 0, parts);
  const pairs = instance.numbers().slice(0, 2 * count);
  return Array.from({ length: count }, (_, i) => {
    const kind = instance.kind(pairs[2 * i]);
    return { ...plainIssue({ ...kind, offset: pairs[2 * i + 1] }), message: kind.message };
  });
}
