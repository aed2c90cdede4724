// Tests that need another process or a lot of calls.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import { promisify } from "node:util";
import * as assert from "./assert.js";
import { fileURL, packageFolder } from "./files.js";
import { openInternals } from "./twins/inputs.js";

const entry = JSON.stringify(fileURL(packageFolder, "index_node.js"));
const workerEntry = JSON.stringify(fileURL(packageFolder, "worker_node.js"));

const folder = await mkdtemp(path.join(os.tmpdir(), "convuser-"));
after(() => rm(folder, { recursive: true }));
let scripts = 0;

/** Runs a module in another Node.js and returns its output; throws if it fails. */
async function run(script, ...options) {
  const file = path.join(folder, `${++scripts}.mjs`);
  await writeFile(file, script);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...options, file], { timeout: 20_000 });
  assert.equal(stderr, "", "stderr");
  return stdout.trim();
}

// ---------------------------------------------------------------- stack

test("a stack of 400 KB is enough for 10,000 levels of nesting", async () => {
  const script = `
    import { init } from ${entry};
    const codec = await init();
    const nested = (depth) => "[".repeat(depth) + "]".repeat(depth);
    const text = '{"a":' + nested(9_999) + "}";
    const deeper = '{"a":' + nested(10_000) + "}";
    const calls = [
      codec.validateAttributes(text), codec.validateRequest({ Identity: "a", Attributes: text }), codec.adviseRequest({ Identity: "a", Attributes: text }),
      codec.encodeForm({ Identity: "a", Attributes: text }), codec.encodeRequest({ Identity: "a", Attributes: text }),
      codec.parseRequest('{"Identity":"a","x":' + nested(9_999) + "}", { allowUnknown: true }), codec.parseUser(text), codec.parseError(400, "application/json", text),
      codec.encodeUser(codec.parseUser(text).value), codec.validateUser(codec.parseUser(text).value),
    ];
    const tooDeep = [codec.validateAttributes(deeper), codec.parseUser(deeper), codec.parseRequest(deeper, { allowUnknown: true }), codec.validateAttributes("[".repeat(1_000_000)), codec.validateAttributes('{"a":' + "[".repeat(1_000_000))];
    console.log(calls.map(({ ok }) => ok).join(), tooDeep.map(({ issues }) => issues[0].code).join(), codec.state);`;
  const wanted = `${Array(10).fill(true).join()} depth,depth,depth,object,depth ready`;
  assert.equal(await run(script, "--stack-size=400"), wanted);
  assert.equal(await run(script), wanted, "the default stack");
});

test("a small, nearly full stack", async () => {
  const script = `
    import { init } from ${entry};
    const codec = await init();
    const seen = { right: 0, RangeError: 0, CRASHED: 0 };
    const outcome = () => {
      try {
        return codec.encodeForm({ Identity: "a b" }).value?.body === "Identity=a+b" ? "right" : "wrong";
      } catch (error) {
        return error.code ?? error.name;
      }
    };
    function dive(left) {
      if (left > 0) return dive(left - 1);
      seen[outcome()]++;
    }
    let depth = 1;
    for (;; depth += 10) try { dive(depth); } catch { break; }
    let starts = 0; // the codec allows three a minute
    for (let less = 1; less < 400 && starts < 3; less++) {
      try { dive(depth - less); } catch (error) { if (!(error instanceof RangeError)) throw error; }
      if (codec.state === "crashed") starts++;
      const next = outcome();
      if (next !== "right") throw new Error(next + " behind " + JSON.stringify(seen));
    }
    console.log(Object.keys(seen).join(), seen.right > 0, starts > 0);`;
  assert.equal(await run(script, "--stack-size=400"), "right,RangeError,CRASHED true true");
});

// ---------------------------------------------------------------- a process

test("an Object.prototype polluted before loading has no effect", async () => {
  const script = `
    const { create } = await import(${entry});
    for (const name of ["Identity", "RoleSid", "sid", "unknown", "links", "user_conversations", "colour", "hex", "required", "abi", "record"]) Object.prototype[name] = "x";
    const codec = await create();
    const results = [codec.validateRequest({}), codec.validateRequest({ Identity: "a" }), codec.encodeUser({}), codec.parseUser("{}"), codec.validateField("RoleSid", undefined)];
    for (const name of Object.keys(Object.prototype)) delete Object.prototype[name];
    console.log(JSON.stringify(results.map(({ ok, value, issues }) => [ok, value, issues?.map(({ path, code }) => path + ":" + code)])));`;
  assert.deepEqual(JSON.parse(await run(script)), [
    [false, null, ["Identity:required"]],
    [true, { Identity: "a" }, null],
    [true, "{}", null],
    [true, {}, null],
    [true, null, null],
  ]);
});

test("sources that cannot be read throw WasmErrors", async () => {
  const script = `
    import { create } from ${entry};
    const errors = [];
    for (const source of [new URL("missing.wasm", import.meta.url), "./convuser.wasm", "http://127.0.0.1:1/"]) {
      await create({ source }).catch(({ name, code, url }) => errors.push([name, code, url?.replace(/.*\\//, "")]));
    }
    console.log(JSON.stringify(errors));`;
  assert.deepEqual(JSON.parse(await run(script)), [["WasmError", "FILE", "missing.wasm"], ["WasmError", "OPTIONS", null], ["WasmError", "HTTP", ""]]);
});

test("convuser_js.wasm as the source throws a WasmError", async () => {
  const script = `
    import { readFile } from "node:fs/promises";
    import { create, initSync } from ${entry};
    import { openWorker } from ${workerEntry};
    const source = await readFile(${JSON.stringify(path.join(packageFolder, "convuser_js.wasm"))});
    for (const open of [create, ({ source }) => initSync(source), openWorker]) {
      await new Promise((resolve) => resolve(open({ source }))).catch(({ name, code }) => console.log(name, code));
    }`;
  assert.equal(await run(script), Array(3).fill("WasmError ABI").join("\n"));
});

test("a process ends while it has a codec, and after a worker was disposed of", async () => {
  assert.equal(await run(`import { init } from ${entry}; await init(); console.log("end");`), "end");
  const script = `import { openWorker } from ${workerEntry}; const worker = await openWorker(); worker.dispose(); console.log("end");`;
  assert.equal(await run(script), "end");
});

test("a worker whose loading was aborted does not keep the process alive", async () => {
  const script = `
    import { openWorker } from ${workerEntry};
    const aborted = await openWorker({ signal: AbortSignal.abort(new Error("enough")) }).catch(({ message }) => message);
    const controller = new AbortController();
    const opening = openWorker({ signal: controller.signal }).catch(({ message }) => message);
    controller.abort(new Error("later"));
    console.log(aborted, await opening);
    await new Promise((resolve) => setTimeout(resolve, 300));
    console.log("end");`;
  assert.equal(await run(script), "enough later\nend");
});

test("a stream of a file is read by lines, and closed by a break", async () => {
  const file = path.join(folder, "rows.ndjson");
  await writeFile(file, `${'{"Identity":"é"}\n'.repeat(10_000)}{}\n{}`);
  const script = `
    import { createReadStream } from "node:fs";
    import { init } from ${entry};
    import { openWorker } from ${workerEntry};
    const worker = await openWorker();
    for (const { validateMany } of [await init(), worker]) {
      for (const encoding of [undefined, "utf8"]) {
        const failed = [];
        for await (const { index } of validateMany(createReadStream(${JSON.stringify(file)}, { encoding, highWaterMark: 1001 }), { format: "ndjson" })) failed.push(index);
        const rows = createReadStream(${JSON.stringify(file)}, { highWaterMark: 180_004 });
        for await (const failure of validateMany(rows, { format: "ndjson" })) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
        const unnamed = await validateMany(createReadStream(${JSON.stringify(file)})).next().catch(({ code }) => code);
        console.log(failed.join(), rows.destroyed, unnamed);
      }
    }
    worker.dispose();`;
  assert.equal(await run(script), Array(4).fill("10000,10001 true OPTIONS").join("\n"));
});

test("a source that fails to close does not end the process", async () => {
  const script = `
    import { init } from ${entry};
    const codec = await init();
    const source = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: {} }), return: () => Promise.reject(new Error("stuck")) }) };
    try {
      for await (const failure of codec.validateMany(source)) break;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log("end");`;
  assert.equal(await run(script), "end");
});

// ---------------------------------------------------------------- a million calls

const role = `RL${"a".repeat(32)}`;
const user = { sid: `US${"a".repeat(32)}`, identity: "é😀", links: { user_conversations: "https://a/b", unknown: { x: "1" } }, unknown: { y: "[2]" } };
const userText = JSON.stringify({ sid: user.sid, y: [2] });

// Mostly validation, as in a form that somebody fills in; others now and then.
const calls = [
  (codec, i) => codec.validateRequest({ Identity: `user ${i}`, RoleSid: role, Attributes: '{"duty":"tech"}' }).ok,
  (codec, i) => !codec.validateRequest({ Identity: "a", RoleSid: `RL${i}` }).ok,
  (codec, i) => codec.validateField("FriendlyName", `é${i}`).ok,
  (codec) => codec.validateRequest({ Identity: "a" }).ok,
  (codec, i) => codec.encodeForm({ Identity: `a ${i}` }).value.body.length > 10,
  (codec) => codec.validateRequest({ Identity: "a", WebhookEnabled: true }).ok,
  (codec, i) => codec.parseForm(`Identity=${i}&FriendlyName=%C3%A9`).value.FriendlyName === "é",
  (codec) => codec.validateField("Identity", "a").ok,
  (codec, i) => !codec.parseForm(`n${i}=1`).ok,
  (codec) => codec.validateSid("RL", role).ok,
];
const others = [
  (codec) => codec.parseUser(userText).ok,
  (codec) => codec.encodeUser(user).ok,
  (codec) => codec.validateUser(user).ok,
  (codec, i) => codec.parseRequest(`{"Identity":"${i}"}`).ok,
  (codec, i) => codec.encodeRequest({ Identity: `${i}` }).ok,
  (codec) => codec.adviseRequest({ Identity: "a@b" }).value.length === 1,
  (codec, i) => codec.parseError(400, "application/json", `{"code":${i % 1000}}`).value.code === i % 1000,
  (codec, i) => !codec.validateRequest({ Identity: "a", [`n${i}`]: 1 }).ok,
  (codec, i) => !codec.validateAttributes(`{"a":${i}`).ok,
];

const warmUp = 200_000;

test("a million calls: memory does not grow after the first 200,000, and there are few kinds of issue", async () => {
  const { codec, instance } = await openInternals({ runtime: "node" });
  let settled;
  for (let i = 0; i < 1_000_000; i++) {
    const call = i % 20 === 19 ? others[(i / 20 | 0) % others.length] : calls[i % calls.length];
    if (!call(codec, i)) throw new Error(`call ${i} went wrong: ${call}`);
    if (i === warmUp) settled = instance.exports.memory.buffer.byteLength;
  }
  assert.equal(instance.exports.memory.buffer.byteLength, settled, "bytes of memory");
  assert.ok(instance.kinds.length < 50, `kinds: ${instance.kinds.length}`);
  assert.equal(instance.restarts.length, 0, "restarts");
});

test("large calls among small ones do not add up", async () => {
  const { codec, instance } = await openInternals({ runtime: "node" }, 1 << 24);
  const text = `{"a":"${"é".repeat(1 << 19)}"}`;
  const round = () => {
    codec.validateRequest({ Identity: "a", Attributes: text });
    codec.encodeForm({ Identity: "a", Attributes: text });
    codec.parseUser(text);
    codec.validateRequest({ Identity: "a" });
  };
  for (let i = 0; i < 10; i++) round();
  const settled = instance.exports.memory.buffer.byteLength;
  for (let i = 0; i < 30; i++) round();
  assert.equal(instance.exports.memory.buffer.byteLength, settled, "bytes of memory");
});

test("300 codecs that are no longer used are garbage collected", async () => {
  const script = `
    import { initSync } from ${entry};
    import { readFileSync } from "node:fs";
    const module = new WebAssembly.Module(readFileSync(new URL("./convuser.wasm", ${entry})));
    const left = [];
    for (let i = 0; i < 300; i++) {
      const codec = initSync(module);
      codec.validateRequest({ Identity: "a" });
      left.push(new WeakRef(codec));
      codec.dispose();
      if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve)), gc();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc();
    console.log(left.filter((ref) => ref.deref() !== undefined).length < 30, process.memoryUsage().arrayBuffers < 300e6);`;
  assert.equal(await run(script, "--expose-gc"), "true true");
});
