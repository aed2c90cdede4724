// How the package loads in Chromium: policies, wrong responses of servers, and side
// effects. Each case loads a page.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import test, { after } from "node:test";
import * as assert from "./assert.js";
import { openBrowser, skip } from "./browser.js";
import { packageFolder, readJSON } from "./files.js";
import { send, serve } from "./server.js";

const wasm = await readFile(path.join(packageFolder, "convuser.wasm"));
const { integrity } = await readJSON(path.join(packageFolder, "convuser.wasm.json"));

const bodies = {
  whole: wasm,
  half: wasm.subarray(0, wasm.length >> 1),
  html: "<!doctype html><title>app</title><p>not WebAssembly",
  none: "",
};

if (skip) test("loading in Chromium", { skip });
else await runAll();

async function runAll() {
  const handlers = { "/bundle": bundle, "/report": report };
  const server = await serve({ handlers });
  after(() => server.close());
  const browser = await openBrowser();
  after(() => browser.close());
  const open = (script, policy) => runPage({ browser, handlers, origin: server.origin, script, policy });
  policies(open);
  workers(open);
  copies(open, handlers);
  answers(open);
  integrities(open);
  signals(open);
  surroundings(open, server.requested);
}

// ------------------------------------------------------------------ cases

const works = "const codec = await init(); return codec.validateRequest({ Identity: 'admin' });";
const worked = { value: { ok: true, value: { Identity: "admin" } } };

const from = (query) => `const codec = await init({ source: "/bundle?${query}" }); return codec.validateRequest({ Identity: 'admin' });`;

function policies(open) {
  test("no policy", async () => assert.deepEqual(await open(works), worked));
  test("script-src 'self' forbids WebAssembly", async () => fails(await open(works, "script-src 'self'"), "CSP"));
  test("script-src 'self' forbids init with bytes", async () => {
    const script = `return init({ source: await (await fetch("/bundle")).arrayBuffer() });`;
    fails(await open(script, "script-src 'self'"), "CSP");
  });
  test("script-src 'self' forbids initSync", async () => {
    const script = `return initSync(await (await fetch("/bundle")).arrayBuffer());`;
    fails(await open(script, "script-src 'self'"), "CSP");
  });
  for (const policy of [
    "script-src 'self' 'wasm-unsafe-eval'",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
  ]) {
    test(policy, async () => assert.deepEqual(await open(works, policy), worked));
  }
}

function answers(open) {
  test("application/wasm", async () => assert.deepEqual(await open(from("type=application/wasm")), worked));
  for (const type of ["application/octet-stream", "text/plain", "application/wasm; charset=utf-8"]) {
    test(`the right bytes as ${type}`, async () => assert.deepEqual(await open(from(`type=${encodeURIComponent(type)}`)), worked));
  }
  test("status 404", async () => fails(await open(`return init({ source: "/missing.wasm" });`), "HTTP"));
  test("status 500 with the right bytes", async () => fails(await open(from("status=500")), "HTTP"));
  test("a page of HTML", async () => {
    const { error } = await open(from("body=html&type=text/html"));
    assert.ok(/^MIME: want application\/wasm, got text\/html: http.*\/bundle/.test(error.message), error.message);
    assert.deepEqual([error.code, error.type, new URL(error.url).search], ["MIME", "text/html", "?body=html&type=text/html"]);
  });
  test("a page of HTML as application/wasm", async () => fails(await open(from("body=html")), "NOT_WASM"));
  test("nothing as application/wasm", async () => fails(await open(from("body=none")), "NOT_WASM"));
  test("half of the module", async () => fails(await open(from("body=half")), "NOT_WASM"));
  test("a response that is cut off", async () => fails(await open(from("body=broken")), "HTTP"));
  test("a refused connection", async () => {
    fails(await open(`return init({ source: "http://127.0.0.1:${await closedPort()}/" });`), "HTTP");
  });
  test("a failed init can be retried", async () => {
    const script = `await init({ source: "/bundle?status=404" }).catch(() => {}); ${works}`;
    assert.deepEqual(await open(script), worked);
  });
}

function workers(open) {
  const opens = `
    const { openWorker } = await import("/convuser/worker.js");
    const worker = await openWorker();
    const rows = [];
    for await (const { index } of worker.validateMany([{}, { Identity: "a" }])) rows.push(index);
    return rows;`;
  const wasm = "script-src 'self' 'wasm-unsafe-eval'";
  test("a worker", async () => assert.deepEqual(await open(opens), { value: [0] }));
  test(`a worker, ${wasm}`, async () => assert.deepEqual(await open(opens, wasm), { value: [0] }));
  test("worker-src 'none' forbids the worker", async () => fails(await open(opens, `${wasm}; worker-src 'none'`), "WORKER"));
  test("Trusted Types forbid the worker", async () => fails(await open(opens, `${wasm}; require-trusted-types-for 'script'`), "WORKER"));
  test("script-src 'self' forbids WebAssembly in a worker", async () => fails(await open(opens, "script-src 'self'"), "CSP"));
}

// A bundler or a server may not have convuser.wasm at its URL.
function copies(open, handlers) {
  let folders = 0;
  const opens = (answers, options = "") => {
    const folder = `/fresh/copy-${++folders}/`;
    for (const [name, answer] of Object.entries(answers)) handlers[folder + name] = (request, response) => send(response, ...answer);
    return open(`const { init } = await import("${folder}index.js"); const codec = await init(${options}); return codec.validateRequest({ Identity: 'admin' });`);
  };
  const missing = [404, "text/plain", "not here"];
  const page = [200, "text/html", bodies.html]; // from a server of a single-page app
  for (const [name, answer] of Object.entries({ missing, page, "empty WebAssembly": [200, "application/wasm", ""] })) {
    test(`the copy is used if the file is ${name}`, async () => assert.deepEqual(await opens({ "convuser.wasm": answer }), worked));
  }
  test("the copy matches the digest", async () => assert.deepEqual(await opens({ "convuser.wasm": missing }, `{ integrity: "${integrity}" }`), worked));
  test("no copy either", async () => {
    const { error } = await opens({ "convuser.wasm": missing, "wasm_gzip.js": missing });
    assert.equal(error.code, "HTTP");
    assert.ok(/^HTTP: status 404: http:.*\/convuser\.wasm$/.test(error.message), error.message);
    assert.deepEqual([new URL(error.url).pathname.endsWith("/convuser.wasm"), error.type], [true, "text/plain"]);
  });
  test("the copy is not used if the file does not match the digest", async () => {
    fails(await opens({ "convuser.wasm": [200, "application/wasm", bodies.half] }, `{ integrity: "${integrity}" }`), "INTEGRITY");
  });
}

function integrities(open) {
  const other = `sha384-${"A".repeat(64)}`;
  const held = (digest, query = "") => `const codec = await init({ source: "/bundle?${query}", integrity: "${digest}" }); return codec.validateRequest({ Identity: 'admin' });`;
  test("the right integrity", async () => assert.deepEqual(await open(held(integrity)), worked));
  test("the right integrity and a wrong type", async () => assert.deepEqual(await open(held(integrity, "type=text/plain")), worked));
  test("a wrong integrity", async () => fails(await open(held(other)), "INTEGRITY"));
  test("a wrong integrity of bytes", async () => {
    const script = `return init({ source: await (await fetch("/bundle")).arrayBuffer(), integrity: "${other}" });`;
    fails(await open(script), "INTEGRITY");
  });
  test("other bytes than the integrity says", async () => fails(await open(held(integrity, "body=half")), "INTEGRITY"));
}

function signals(open) {
  const aborted = { error: { name: "Error", message: "enough", code: null } };
  test("a signal that is aborted already", async () => {
    assert.deepEqual(await open(`return init({ signal: AbortSignal.abort(new Error("enough")) });`), aborted);
  });
  test("a signal that aborts during the download", async () => {
    const script = `
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("enough")), 50);
      return init({ source: "/bundle?body=stalled", signal: controller.signal });`;
    assert.deepEqual(await open(script), aborted);
  });
  test("init works after an aborted one", async () => {
    const script = `await init({ signal: AbortSignal.abort() }).catch(() => {}); ${works}`;
    assert.deepEqual(await open(script), worked);
  });
  test("init works after one that was aborted while the server did not respond", async () => {
    const script = `await init({ source: "/bundle?body=stalled", signal: AbortSignal.timeout(50) }).catch(() => {}); ${works}`;
    assert.deepEqual(await open(script), worked);
  });
}

function surroundings(open, requested) {
  test("nothing is added to the global object", async () => {
    const script = `
      const known = new Set(Reflect.ownKeys(globalThis));
      const { init: again } = await import("/fresh/1/index.js");
      const codec = await again();
      codec.encodeForm({ Identity: "admin" });
      return Reflect.ownKeys(globalThis).filter((key) => !known.has(key)).map(String);`;
    assert.deepEqual(await open(script), { value: [] });
  });
  test("init uses what a preload link has fetched", async () => {
    const script = `
      const link = Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", type: "application/wasm", crossOrigin: "", href: "/fresh/3/convuser.wasm" });
      const loaded = new Promise((resolve, reject) => Object.assign(link, { onload: resolve, onerror: reject }));
      document.head.append(link);
      await loaded;
      const { init } = await import("/fresh/3/index.js");
      return (await init()).validateRequest({ Identity: "admin" });`;
    assert.deepEqual(await open(script), worked);
    assert.equal(requested.filter((url) => url === "/fresh/3/convuser.wasm").length, 1);
  });
  test("importing does not request the module", async () => {
    const script = `
      for (const entry of ["index", "schema", "worker"]) await import("/fresh/2/" + entry + ".js");
      await new Promise((resolve) => setTimeout(resolve, 200));`;
    assert.deepEqual(await open(script), {});
    const loaded = requested.filter((url) => url.startsWith("/fresh/2/"));
    assert.ok(loaded.includes("/fresh/2/worker.js"), "the modules were loaded");
    assert.deepEqual(loaded.filter((url) => url.includes("wasm")), []);
  });
}

function fails(outcome, code) {
  assert.equal(outcome.error?.name, "WasmError", JSON.stringify(outcome));
  assert.equal(outcome.error.code, code, outcome.error.message);
}

// ----------------------------------------------------------------- server

// Sends the module, or a wrong response.
function bundle(request, response, { searchParams }) {
  const type = searchParams.get("type") ?? "application/wasm";
  const body = searchParams.get("body") ?? "whole";
  const status = Number(searchParams.get("status") ?? 200);
  if (body === "stalled") return begin(response, type);
  if (body === "broken") return begin(response, type, () => response.destroy());
  return send(response, status, type, bodies[body]);
}

// Sends the first half, then calls done.
function begin(response, type, done) {
  response.writeHead(200, { "content-type": type, "content-length": wasm.length });
  response.write(bodies.half, done);
}

async function closedPort() {
  const server = http.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// ------------------------------------------------------------------- page

let pages = 0;
const waiting = new Map();

// Loads a page whose only script is a file, as a strict policy requires, and
// returns what it reports: {value} or {error}. It reports by a request, since a
// policy may forbid what a debugger does in the page.
async function runPage({ browser, handlers, origin, script, policy }) {
  const id = String(++pages);
  const headers = policy ? { "content-security-policy": policy } : {};
  handlers[`/page/${id}`] = (request, response) => send(response, 200, "text/html", `<!doctype html><title>${id}</title><script type="module" src="/page/${id}.js"></script>`, headers);
  handlers[`/page/${id}.js`] = (request, response) => send(response, 200, "text/javascript", reporting(id, script));
  const page = await browser.newPage();
  const outcome = new Promise((resolve, reject) => {
    waiting.set(id, resolve);
    page.once("pageerror", reject);
    setTimeout(reject, 10_000, new Error("the page reported nothing in 10 s")).unref();
  });
  await Promise.all([outcome, page.goto(`${origin}/page/${id}`)]).finally(() => page.close());
  return outcome;
}

const reporting = (id, script) => `
import { init, initSync } from "/convuser/index.js";
async function run() { ${script} }
const parts = ({ name, message, code = null, url, type }) => ({ name, message, code, url, type });
const outcome = await run().then((value) => ({ value }), (error) => ({ error: parts(error) }));
await fetch("/report?${id}", { method: "POST", body: JSON.stringify(outcome) });
`;

async function report(request, response, { search }) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  send(response, 204, "text/plain", "");
  waiting.get(search.slice(1))(JSON.parse(Buffer.concat(chunks)));
}
