// A worker finds what the codec finds, and cleans up as well.
import { caseList } from "./cases.js";
import { collect, cut, streamOf, within } from "./rows.js";
import { internalModule } from "./twins/inputs.js";

const { cases, add: addCase } = caseList();
export default cases;

const role = `RL${"a".repeat(32)}`;
const encoder = new TextEncoder();
const rows = [{ Identity: "a" }, {}, { Identity: "b", RoleSid: role }, { Identity: "é\ud800", RoleSid: `${role}x`, Attributes: '{"é":\n[}' }, null, { Identity: "d", colour: 1 }];
const ndjson = '{"Identity":"a"}\n{"FriendlyName":"é"}\r\n{"Identity":"😀","Attributes":"[]"}\nnot JSON';

const soon = within(3000);

/** A source whose rows never come, and what it has seen: calls of next and of return. */
function silent() {
  const seen = { returns: 0 };
  seen.called = new Promise((resolve) => (seen.call = resolve));
  const source = { [Symbol.asyncIterator]: () => ({ next: () => (seen.call(), new Promise(() => {})), return: () => (seen.returns++, Promise.resolve({ done: true })) }) };
  return { source, seen };
}

/** Adds a case that has a worker of its own. */
function add(name, run) {
  addCase(name, async (env) => {
    const { openWorker } = await import("convuser/worker");
    const worker = await soon(openWorker(), "worker");
    try {
      await run({ ...env, worker, openWorker });
    } finally {
      worker.dispose();
    }
  });
}

// ---------------------------------------------------------------- results

add("the failures are exactly those of the codec", async ({ worker, codec, assert }) => {
  const both = async (make, format) => {
    const want = await collect(codec.validateMany(make(), { format }));
    assert.deepEqual(await soon(collect(worker.validateMany(make(), { format }))), want, format);
    return want.length;
  };
  assert.equal(await both(() => rows, "object"), 4);
  assert.equal(await both(() => new Set(rows), undefined), 4);
  assert.equal(await both(() => (async function* () { yield* rows; })(), "object"), 4);
  assert.equal(await both(() => ["Identity=a", "Identity=%", encoder.encode("colour=1"), 7], "form"), 3);
  assert.equal(await both(() => ndjson, "ndjson"), 3);
  assert.equal(await both(() => new Blob([ndjson]), "ndjson"), 3);
  assert.equal(await both(() => ndjson.split("\n"), "ndjson"), 3);
  assert.equal(await both(() => [], "object"), 0);
  assert.equal(await both(() => ` \n\n${ndjson}\n\t\r\n{}`, "ndjson"), 4);
  assert.equal(await both(() => streamOf(rows.slice(0, 3)), "object"), 1);
});

add("NDJSON as a stream, cut within a character", async ({ worker, codec, assert }) => {
  const chunks = cut(encoder.encode(ndjson), 5);
  const want = await collect(codec.validateMany(ndjson, { format: "ndjson" }));
  assert.deepEqual(await soon(collect(worker.validateMany(streamOf(chunks), { format: "ndjson" }))), want);
});

add("many rows: progress, and the index of each failure", async ({ worker, assert }) => {
  const count = 20_000;
  const received = [];
  const make = function* () {
    for (let i = 0; i < count; i++) yield i % 50 === 49 ? {} : { Identity: `user ${i}` };
  };
  const found = await soon(collect(worker.validateMany(make(), { onProgress: (progress) => received.push(progress) })), "end");
  assert.deepEqual(found.map(({ index }) => index), Array.from({ length: count / 50 }, (_, i) => 50 * i + 49));
  assert.deepEqual(received.at(-1), { done: count, failed: count / 50 });
  assert.ok(received.every(({ done }, i) => i === 0 || done >= received[i - 1].done), "increasing");
});

add("the failures of a slow source are yielded as its rows come", async ({ worker, assert }) => {
  const source = (async function* () {
    yield {};
    await new Promise(() => {});
  })();
  const { value } = await soon(worker.validateMany(source).next(), "failure");
  assert.equal(value.index, 0);
});

add("its functions are bound", async ({ worker, assert }) => {
  const { validateMany, dispose } = worker;
  assert.equal((await soon(collect(validateMany(rows)))).length, 4);
  assert.deepEqual(Object.keys(worker), []);
  dispose();
  await assert.rejects(soon(validateMany(rows).next()), { code: "DISPOSED" });
});

add("the Go version", async ({ worker, codec, assert }) => {
  assert.equal(worker.goVersion, codec.goVersion);
});

// ---------------------------------------------------------------- concurrency

add("concurrent runs, one of which ends early", async ({ worker, codec, assert }) => {
  const want = await collect(codec.validateMany(rows));
  const many = Array.from({ length: 5000 }, () => ({}));
  const early = async () => {
    let seen = 0;
    for await (const { index } of worker.validateMany(many)) {
      assert.equal(index, seen);
      if (++seen === 150) break;
    }
    return seen;
  };
  const [one, two, three] = await soon(Promise.all([collect(worker.validateMany(rows)), collect(worker.validateMany(rows)), early()]), "end");
  assert.deepEqual([one, two, three], [want, want, 150]);
  assert.deepEqual(await soon(collect(worker.validateMany(rows))), want, "a later run");
});

add("an early break closes the source", async ({ worker, assert }) => {
  let closed = 0;
  const source = (function* () {
    try {
      for (;;) yield {};
    } finally {
      closed++;
    }
  })();
  for await (const _ of worker.validateMany(source)) break;
  assert.equal(closed, 1);
});

add("a source that ends by itself is not closed", async ({ worker, assert }) => {
  let [nexts, returns] = [0, 0];
  const source = { [Symbol.iterator]: () => ({ next: () => ({ done: nexts === rows.length, value: rows[nexts++] }), return: () => (returns++, { done: true }) }) };
  assert.equal((await soon(collect(worker.validateMany(source)))).length, 4);
  assert.equal(returns, 0);
});

// The worker's side alone, on a port made of two functions.
add("a cancelled run ends in the worker too", async (env) => {
  const { serve } = await internalModule(env, "worker_server.js");
  const { promise: ended, receive } = ending();
  let post;
  const port = { addEventListener: (_, listener) => (post = (data) => listener({ data })), postMessage: (message) => receive(message, post) };
  const codec = await env.convuser.init();
  serve(port, () => codec);
  post({ module: {} });
  const lines = 100_000;
  post({ run: 1, format: "ndjson", rows: "{}\n".repeat(lines) });
  const { found, error } = await soon(ended, "end");
  env.assert.ok(found > 0 && found < lines, `failures until the end: ${found}`);
  env.assert.ok(error !== undefined, "the cancelled run reports its end");
});

add("only the code of a WasmError is sent, not that of a DOMException", async (env) => {
  const { serve } = await internalModule(env, "worker_server.js");
  const received = [];
  for (const error of [new DOMException("The file could not be read", "NotReadableError"), new env.convuser.WasmError("ABI", "other")]) {
    let post;
    serve({ addEventListener: (_, listener) => (post = (data) => listener({ data })), postMessage: ({ refused }) => received.push(refused) }, () => { throw error; });
    post({ module: {} });
  }
  env.assert.deepEqual(received, [{ code: undefined, message: "The file could not be read" }, { code: "ABI", message: "ABI: other" }]);
});

/** Cancels run 1 at its first failures, and counts its failures. */
function ending() {
  let found = 0;
  let end;
  const promise = new Promise((resolve) => (end = resolve));
  const receive = (message, post) => {
    if (message.run !== 1) return;
    if (found === 0) queueMicrotask(() => post({ run: 1, cancel: true }));
    found += message.found.length;
    if (message.end) end({ found, error: message.error });
  };
  return { promise, receive };
}

// ---------------------------------------------------------------- ends

add("an abort throws the signal's reason", async ({ worker, codec, assert }) => {
  const reason = new Error("enough");
  assert.equal(await assert.rejects(worker.validateMany(rows, { signal: AbortSignal.abort(reason) }).next(), /enough/), reason);
  const controller = new AbortController();
  const run = async () => {
    for await (const _ of worker.validateMany(Array.from({ length: 5000 }, () => ({})), { signal: controller.signal })) controller.abort(reason);
  };
  assert.equal(await assert.rejects(soon(run()), /enough/), reason);
  assert.deepEqual(await soon(collect(worker.validateMany(rows))), await collect(codec.validateMany(rows)), "a later run");
});

add("a signal's reason is thrown unchanged, whatever it is", async ({ worker, assert }) => {
  for (const reason of [new Error("own"), "text", 0, null, { plain: { code: "CRASHED" } }]) {
    const controller = new AbortController();
    const { source, seen } = silent();
    const waiting = soon(worker.validateMany(source, { signal: controller.signal }).next()).then(() => "nothing", (error) => error);
    await soon(seen.called, "call of next");
    controller.abort(reason);
    assert.equal(await waiting, reason);
  }
});

add("an abort ends the wait for rows that never come", async ({ worker, assert }) => {
  const { source, seen } = silent();
  const controller = new AbortController();
  const waiting = worker.validateMany(source, { signal: controller.signal }).next();
  await soon(seen.called, "call of next");
  controller.abort(new Error("enough"));
  await assert.rejects(soon(waiting), /enough/);
  assert.equal(seen.returns, 1, "the source is closed");
});

add("after dispose, current and later runs throw DISPOSED", async ({ worker, assert }) => {
  const waiting = worker.validateMany((async function* () { for (;;) { await new Promise((resolve) => setTimeout(resolve, 1)); yield { Identity: "a" }; } })()).next();
  await new Promise((resolve) => setTimeout(resolve, 20));
  worker.dispose();
  await assert.rejects(soon(waiting), { name: "WasmError", code: "DISPOSED" });
  await assert.rejects(soon(worker.validateMany(rows).next()), { name: "WasmError", code: "DISPOSED" });
  worker.dispose(); // again: no effect
});

add("dispose ends the wait for rows that never come", async ({ worker, assert }) => {
  const { source, seen } = silent();
  const waiting = worker.validateMany(source).next();
  await soon(seen.called, "call of next");
  worker.dispose();
  await assert.rejects(soon(waiting), { name: "WasmError", code: "DISPOSED" });
});

add("Symbol.dispose disposes", async ({ worker, assert }) => {
  if (!Symbol.dispose) return;
  worker[Symbol.dispose]();
  await assert.rejects(soon(worker.validateMany(rows).next()), { code: "DISPOSED" });
});

// ---------------------------------------------------------------- errors

add("other formats and other rows are rejected, and the worker continues", async ({ worker, codec, assert }) => {
  const wrong = [[rows, "csv"], [rows, "toString"], [7, "object"], [{}, "object"], [null, "form"], ["Identity=a", "form"], ["{}", "object"], [new Blob([]), "form"], [{ slice() {}, size: 1, type: "" }, "ndjson"], ...["ndjson", "form", "object"].map((format) => [encoder.encode(ndjson), format])];
  for (const [some, format] of wrong) await assert.rejects(soon(worker.validateMany(some, { format }).next()), { name: "WasmError", code: "OPTIONS" });
  assert.deepEqual(await soon(collect(worker.validateMany(rows))), await collect(codec.validateMany(rows)));
});

add("a Blob or a stream needs a format", async ({ worker, assert }) => {
  for (const some of [streamOf([ndjson]), new Blob([ndjson])]) await assert.rejects(soon(worker.validateMany(some).next()), { name: "WasmError", code: "OPTIONS" });
});

add("rows that cannot be cloned end only their run", async ({ worker, codec, assert }) => {
  const bad = [{ Identity: "a" }, { Identity: () => {} }];
  const [failed, other] = await soon(Promise.allSettled([collect(worker.validateMany(bad)), collect(worker.validateMany(rows))]), "end");
  assert.equal(failed.status, "rejected");
  assert.ok(failed.reason instanceof Error, failed.reason);
  assert.deepEqual(other.value, await collect(codec.validateMany(rows)));
  assert.deepEqual(await soon(collect(worker.validateMany(rows))), other.value, "a later run");
});

add("an error of a source is thrown unchanged", async ({ worker, codec, assert }) => {
  const boom = new Error("boom");
  const sources = [(function* () { yield {}; throw boom; })(), (async function* () { yield {}; throw boom; })(), { [Symbol.iterator]: () => { throw boom; } }];
  const nothing = { [Symbol.iterator]: () => ({ next: () => { throw undefined; } }) };
  assert.equal(await soon(collect(worker.validateMany(nothing))).then(() => "an end", (error) => error), undefined);
  for (const source of sources) assert.equal(await assert.rejects(soon(collect(worker.validateMany(source))), /boom/), boom);
  assert.equal(await assert.rejects(soon(collect(worker.validateMany(rows, { onProgress: () => { throw boom; } }))), /boom/), boom);
  assert.deepEqual(await soon(collect(worker.validateMany(rows))), await collect(codec.validateMany(rows)), "a later run");
});

add("a wrong module: the code is that of init", async ({ openWorker, assert }) => {
  const wrong = [
    [{ source: new Uint8Array(8) }, "NOT_WASM"],
    [{ source: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) }, "ABI"],
    [{ source: "http://127.0.0.1:1/convuser.wasm" }, "HTTP"],
    [{ integrity: `sha384-${"A".repeat(64)}` }, "INTEGRITY"],
    [{ integrity: "md5-x" }, "OPTIONS"],
    [{ maxBytes: 0 }, "OPTIONS"],
  ];
  for (const [options, code] of wrong) await assert.rejects(soon(openWorker(options), "worker"), { name: "WasmError", code });
});

add("a wrong type of module is rejected", async ({ openWorker, assert }) => {
  for (const source of [7, {}, () => {}, Promise.resolve({})]) await assert.rejects(soon(openWorker({ source }), "worker"), { name: "WasmError", code: "OPTIONS" });
});

add("an abort between two failures ends the loop, as that of the codec", async ({ worker, codec, assert }) => {
  const bad = Array(5000).fill({});
  for (const { validateMany } of [codec, worker]) {
    const controller = new AbortController();
    const seen = [];
    const loop = async () => {
      for await (const { index } of validateMany(bad, { signal: controller.signal })) {
        if (seen.push(index) === 1) await new Promise((resolve) => setTimeout(resolve, 50)); // more arrive meanwhile
        controller.abort(new Error("enough"));
      }
    };
    await assert.rejects(soon(loop()), /enough/);
    assert.deepEqual(seen, [0]);
  }
});

add("an abort ends the loading", async ({ openWorker, assert }) => {
  await assert.rejects(soon(openWorker({ signal: AbortSignal.abort(new Error("enough")) })), /enough/);
  for (const reason of [new Error("enough"), null]) {
    const controller = new AbortController();
    const opening = openWorker({ signal: controller.signal });
    await import("convuser"); // the worker is being started
    controller.abort(reason);
    assert.equal(await soon(opening).then(() => "a worker", (error) => error), reason);
  }
});

add("an abort while the copy of the worker is loaded ends the loading", async (env) => {
  const { connect } = await internalModule(env, "worker_client.js");
  const controller = new AbortController();
  const silent = { addEventListener() {}, postMessage() {}, terminate() {} };
  const start = () => { throw new Error("left behind"); };
  const startCopy = async () => (controller.abort(new Error("enough")), silent);
  await env.assert.rejects(soon(connect({ start, startCopy }, async () => ({}), { signal: controller.signal })), /enough/);
});

add("maxBytes applies in the worker too", async ({ openWorker, assert }) => {
  const small = await soon(openWorker({ maxBytes: 10 }), "worker");
  const [{ index, issues }] = await soon(collect(small.validateMany([{ Identity: "x".repeat(10) }, { Identity: "x".repeat(11) }])));
  assert.deepEqual([index, issues[0].code, issues[0].params], [1, "too_large", { expected: 10 }]);
  small.dispose();
});
