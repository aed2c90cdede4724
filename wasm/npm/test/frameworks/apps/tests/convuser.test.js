import { Buffer, Blob as NodeBlob } from "node:buffer";
import { TextEncoder as NodeTextEncoder } from "node:util";
import { init } from "convuser";
import { schema } from "convuser/schema";
import { getCodec } from "convuser/sync";

const text = '{"identity":"zoë","is_online":true}';
const user = { identity: "zoë", is_online: true };
const long = "é".repeat(400);

test("init returns one codec", async () => {
  expect(await init()).toBe(await init());
});

test("validateRequest accepts long non-ASCII text", async () => {
  const codec = await init();
  const request = { Identity: "admin", FriendlyName: long, Attributes: JSON.stringify({ long }) };
  expect(codec.validateRequest(request)).toStrictEqual({ ok: true, value: request });
  expect(codec.encodeForm({ Identity: "a", FriendlyName: long }).value.body).toBe(`Identity=a&FriendlyName=${"%C3%A9".repeat(400)}`);
});

test("parseUser accepts a string", async () => {
  const codec = await init();
  expect(codec.parseUser(text)).toStrictEqual({ ok: true, value: user });
});

test("parseUser accepts a Uint8Array of the test environment", async () => {
  const codec = await init();
  const bytes = new Uint8Array(Buffer.from(text));
  expect(codec.parseUser(bytes)).toStrictEqual({ ok: true, value: user });
});

test("parseUser accepts bytes of the test environment's TextEncoder", async () => {
  if (typeof TextEncoder === "undefined") return; // jsdom has none
  const codec = await init();
  expect(codec.parseUser(new TextEncoder().encode(text))).toStrictEqual({ ok: true, value: user });
});

test("parseUser accepts a Buffer and a Uint8Array of Node.js", async () => {
  const codec = await init();
  expect(codec.parseUser(Buffer.from(text))).toStrictEqual({ ok: true, value: user });
  expect(codec.parseUser(new NodeTextEncoder().encode(text))).toStrictEqual({ ok: true, value: user });
});

async function failures(rows) {
  const codec = await init();
  const found = [];
  for await (const { index } of codec.validateMany(rows, { format: "ndjson" })) found.push(index);
  return found;
}

test("validateMany accepts a Blob of the test environment", async () => {
  if (typeof Blob === "undefined") return;
  expect(await failures(new Blob(['{"Identity":"zoë"}\n', "{}\n"]))).toStrictEqual([1]);
});

test("validateMany accepts a File of the test environment", async () => {
  if (typeof File === "undefined") return; // Node.js 20 under jest
  expect(await failures(new File(['{"Identity":"zoë"}\n', "{}\n"], "rows.ndjson"))).toStrictEqual([1]);
});

test("validateMany accepts a Blob of Node.js", async () => {
  expect(await failures(new NodeBlob(['{"Identity":"zoë"}\n', "{}\n"]))).toStrictEqual([1]);
});

test("convuser/schema reports what is missing", async () => {
  const { issues } = await schema["~standard"].validate({});
  expect(issues[0].path).toStrictEqual(["Identity"]);
});

test("convuser/sync needs no await", () => {
  expect(getCodec().parseUser(text)).toStrictEqual({ ok: true, value: user });
});
