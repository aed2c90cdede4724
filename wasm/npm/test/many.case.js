// validateMany yields the failures, lets other tasks run, and cleans up however it
// ends.
import { caseList } from "./cases.js";
import { collect, cut, streamOf, within } from "./rows.js";
import { internalModule } from "./twins/inputs.js";

const { cases, add } = caseList();
export default cases;

const role = `RL${"a".repeat(32)}`;
const encoder = new TextEncoder();

const soon = within(2000);

/** The index of each failure, and its issues as text. */
async function failuresOf(generator) {
  return (await collect(generator)).map(({ index, issues }) => [index, issues.map(({ path, code, offset }) => `${path}: ${code} ${offset}`).join(", ")]);
}

// ---------------------------------------------------------------- formats

const rows = [{ Identity: "a" }, {}, { Identity: "b", RoleSid: role }, { Identity: "c", RoleSid: `${role}x`, Attributes: "[]" }, null, { Identity: "d", colour: 1 }];
const failures = [[1, "Identity: required -1"], [3, "Attributes: object 0, RoleSid: length 34"], [4, ": type -1"], [5, ": unknown -1"]];

add("objects: only the failures, with their index and issues", async ({ codec, assert }) => {
  assert.deepEqual(await failuresOf(codec.validateMany(rows)), failures);
  assert.deepEqual(await failuresOf(codec.validateMany(rows, { format: "object" })), failures);
  const { value } = await codec.validateMany(rows).next();
  assert.deepEqual(value, { index: 1, issues: codec.validateRequest(rows[1]).issues });
});

add("no rows", async ({ codec, assert }) => {
  const reported = [];
  for (const [none, format] of [[[], "object"], [[], "form"], ["", "ndjson"], [new Blob([]), "ndjson"], [streamOf([]), "ndjson"]]) {
    assert.deepEqual(await failuresOf(codec.validateMany(none, { format, onProgress: (progress) => reported.push(progress) })), []);
  }
  assert.deepEqual(reported, Array(5).fill({ done: 0, failed: 0 }));
});

add("any iterable, sync or async", async ({ codec, assert }) => {
  async function* later() {
    for (const row of rows) {
      await null;
      yield row;
    }
  }
  const plain = { [Symbol.iterator]: () => rows[Symbol.iterator]() };
  const promised = { [Symbol.asyncIterator]: () => ({ at: 0, next() { return Promise.resolve(this.at < rows.length ? { done: false, value: rows[this.at++] } : { done: true }); } }) };
  for (const some of [new Set(rows), rows.values(), (function* () { yield* rows; })(), plain, later(), promised]) assert.deepEqual(await failuresOf(codec.validateMany(some)), failures);
});

add("forms, as strings and as bytes", async ({ codec, assert }) => {
  const forms = ["Identity=a", "Identity=", "Identity=a&RoleSid=x", "Identity=%", "colour=1", encoder.encode("Identity=%C3%A9"), encoder.encode("Identity=\x00").fill(255, 9), 7];
  assert.deepEqual(await failuresOf(codec.validateMany(forms, { format: "form" })), [
    [1, "Identity: required -1"], [2, "RoleSid: prefix 0"], [3, "Identity: percent 10"], [4, ": unknown 0"], [6, "Identity: utf8 9"], [7, ": type -1"],
  ]);
});

// The second row has a character of two bytes, the third ends with CR LF, the
// fourth is empty.
const ndjson = '{"Identity":"a"}\n{"FriendlyName":"é"}\n{"Identity":"😀名"}\r\n\n{"Identity":"a","Attributes":"[]"}\nnot JSON\n{"Identity":"b"}';
const ndjsonFailures = [[1, "Identity: required -1"], [4, "Attributes: object 0"], [5, ": json 1"]];

add("NDJSON as rows, text, Blob and File", async ({ codec, assert, runtime }) => {
  const whole = [ndjson, `${ndjson}\n`, new Blob([ndjson]), new Blob([ndjson, "\n"])];
  if (runtime === "browser") whole.push(new File([ndjson], "rows.ndjson"));
  for (const some of [...whole, ndjson.split("\n"), ndjson.split("\n").map((line) => encoder.encode(line))]) {
    assert.deepEqual(await failuresOf(codec.validateMany(some, { format: "ndjson" })), ndjsonFailures);
  }
});

add("NDJSON as a stream, cut anywhere, even within a character or CR LF", async ({ codec, assert }) => {
  for (let size = 1; size < 40; size++) {
    assert.deepEqual(await failuresOf(codec.validateMany(streamOf(cut(encoder.encode(ndjson), size)), { format: "ndjson" })), ndjsonFailures, `${size} bytes`);
  }
  const empty = new Uint8Array(0);
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf([empty, ...cut(encoder.encode(ndjson), 7), empty]), { format: "ndjson" })), ndjsonFailures, "empty chunks");
});

add("NDJSON as a stream of text, cut anywhere", async ({ codec, assert }) => {
  for (let size = 1; size < 20; size++) {
    assert.deepEqual(await failuresOf(codec.validateMany(streamOf(cut(ndjson, size)), { format: "ndjson" })), ndjsonFailures, `${size} code units`);
  }
});

add("a surrogate pair that chunks split is still one character", async ({ convuser, assert }) => {
  const row = '{"Identity":"😀"}';
  const codec = await convuser.create({ maxBytes: encoder.encode(row).length }); // two of U+FFFD would be larger
  const at = row.indexOf("😀") + 1;
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf([row]), { format: "ndjson" })), [], "whole");
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf([row.slice(0, at), row.slice(at)]), { format: "ndjson" })), [], "cut");
  codec.dispose();
});

add("a lone surrogate is an issue in a stream of text, as in a string", async ({ codec, assert }) => {
  const bad = '{"Identity":"\ud800"}';
  assert.deepEqual(await failuresOf(codec.validateMany(bad, { format: "ndjson" })), [[0, "Identity: utf8 13"]], "a string");
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf([bad]), { format: "ndjson" })), [[0, "Identity: utf8 13"]], "a stream");
});

add("blank lines are skipped, but counted in the index", async ({ codec, assert }) => {
  const text = `\n{"Identity":"a"}\n \t\r\n\r\n{}\r\n   \n\u00a0\n\u2028\n{}`;
  const want = [[4, "Identity: required -1"], [6, ": json 0"], [7, ": json 0"], [8, "Identity: required -1"]];
  const lines = text.split("\n");
  for (const some of [text, `${text}\n\n`, new Blob([text]), streamOf(cut(encoder.encode(text), 3)), streamOf([text]), lines, lines.map((line) => encoder.encode(line))]) {
    const reported = [];
    assert.deepEqual(await failuresOf(codec.validateMany(some, { format: "ndjson", onProgress: (progress) => reported.push(progress) })), want);
    assert.deepEqual(reported.at(-1), { done: 5, failed: 4 });
  }
  assert.deepEqual(await failuresOf(codec.validateMany([" "], { format: "form" })), [[0, ": unknown 0"]], "a form is not a line");
  const strange = [Object.create(Uint8Array.prototype), new DataView(new ArrayBuffer(1)), new Uint16Array(0), null];
  assert.deepEqual((await failuresOf(codec.validateMany(strange, { format: "ndjson" }))).map(([, issue]) => issue), Array(4).fill(": type -1"));
});

add("white space longer than maxBytes is a line that is too large", async ({ convuser, assert }) => {
  const codec = await convuser.create({ maxBytes: 10 });
  const text = `${" ".repeat(10)}\n${" ".repeat(11)}\n${" ".repeat(20)}{}`;
  for (const some of [text, new Blob([text]), streamOf([text])]) assert.deepEqual(await failuresOf(codec.validateMany(some, { format: "ndjson" })), [[1, ": too_large -1"], [2, ": too_large -1"]]);
  codec.dispose();
});

add("invalid UTF-8 in a stream is an issue of its row", async ({ codec, assert }) => {
  const bytes = encoder.encode('{"Identity":"a"}\n{"Identity":"?"}\n{"Identity":"b"}\n');
  bytes[bytes.indexOf(63)] = 255;
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf([bytes]), { format: "ndjson" })), [[1, "Identity: utf8 13"]]);
  assert.deepEqual(await failuresOf(codec.validateMany(new Blob([bytes]), { format: "ndjson" })), [[1, "Identity: utf8 13"]]);
});

add("a line larger than maxBytes is a failure", async ({ convuser, assert }) => {
  const codec = await convuser.create({ maxBytes: 100 });
  const text = `{"Identity":"a"}\n{"Identity":"${"x".repeat(5000)}"}\n{"Identity":"b"}\n${"y".repeat(101)}\n${"é".repeat(50)}`;
  const want = [[1, ": too_large -1"], [3, ": too_large -1"], [4, ": json 0"]];
  for (const some of [text, new Blob([text]), streamOf(cut(encoder.encode(text), 64)), streamOf([text])]) assert.deepEqual(await failuresOf(codec.validateMany(some, { format: "ndjson" })), want);
  codec.dispose();
});

add("a line is cut above maxBytes as it arrives", async (env) => {
  const { splitLines } = await internalModule(env, "lines.js");
  const limit = 100;
  const chunks = { bytes: new Uint8Array(64).fill(120), text: "é".repeat(64) };
  for (const [kind, chunk] of Object.entries(chunks)) {
    const end = kind === "text" ? "\n" : new Uint8Array([10]);
    for await (const line of splitLines(streamOf([...Array(50).fill(chunk), end, chunk]), limit)) {
      env.assert.ok(line.length <= limit + 1, `${line.length} of ${kind}`);
    }
  }
});

add("other formats and other rows are rejected", async ({ codec, assert }) => {
  const wrong = [[rows, "csv"], [rows, "toString"], [rows, "__proto__"], [rows, null], [7, "object"], [{}, "object"], [null, "form"], [undefined, undefined], ["Identity=a", "form"], ["{}", "object"], [7, "ndjson"]];
  for (const [some, format] of wrong) await assert.rejects(codec.validateMany(some, { format }).next(), { name: "WasmError", code: "OPTIONS" });
});

add("a Blob or a stream needs a format", async ({ codec, assert }) => {
  for (const options of [undefined, {}, { format: undefined }]) {
    for (const some of [streamOf([ndjson]), new Blob([ndjson])]) {
      const error = await assert.rejects(codec.validateMany(some, options).next(), { name: "WasmError", code: "OPTIONS" });
      assert.ok(error.message.includes("ndjson"), error.message);
    }
  }
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf(rows), { format: "object" })), failures, "a stream of objects");
  assert.deepEqual(await failuresOf(codec.validateMany(streamOf(["Identity=a", "Identity="]), { format: "form" })), [[1, "Identity: required -1"]], "a stream of forms");
});

add("an abort during the wait for a stream cancels the stream", async ({ codec, assert }) => {
  const cancelled = new Promise((resolve) => {
    const stream = new ReadableStream({ pull: () => new Promise(() => {}), cancel: resolve });
    const rows = codec.validateMany(stream, { format: "ndjson", signal: AbortSignal.timeout(20) });
    rows.next().catch(() => {});
  });
  await soon(cancelled, "cancel");
});

add("chunks that are neither bytes nor strings are rejected", async ({ codec, assert }) => {
  for (const chunk of [7, null, {}, [123, 125], new ArrayBuffer(2)]) await assert.rejects(failuresOf(codec.validateMany(streamOf([chunk]), { format: "ndjson" })), { name: "WasmError", code: "OPTIONS" });
});

add("the bytes of a whole file are rejected, since they are not rows", async ({ codec, assert }) => {
  for (const format of ["ndjson", "form", "object"]) await assert.rejects(codec.validateMany(encoder.encode(ndjson), { format }).next(), { name: "WasmError", code: "OPTIONS" });
});

// ---------------------------------------------------------------- other tasks

const count = 200_000;

function* many() {
  for (let i = 0; i < count; i++) yield i % 1000 === 999 ? {} : { Identity: `user ${i}`, RoleSid: role };
}

add("timers run during 200,000 rows, and progress is reported", async ({ codec, assert }) => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const reported = [];
  const found = await failuresOf(codec.validateMany(many(), { onProgress: (progress) => reported.push(progress) }));
  clearInterval(timer);
  assert.equal(found.length, count / 1000);
  assert.deepEqual(found.at(-1), [count - 1, "Identity: required -1"]);
  assert.ok(ticks >= 3, `ticks: ${ticks}`);
  assert.deepEqual(reported.at(-1), { done: count, failed: count / 1000 });
  assert.ok(reported.length > 3 && reported.length < 2000, `reported ${reported.length} times`);
  assert.ok(reported.every(({ done, failed }, i) => i === 0 || (done >= reported[i - 1].done && failed >= reported[i - 1].failed)), "increasing");
});

add("an abort from a timer ends the loop with the signal's reason", async ({ codec, assert }) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 5);
  const reported = [];
  await assert.rejects(failuresOf(codec.validateMany(many(), { signal: controller.signal, onProgress: ({ done }) => reported.push(done) })), /enough/);
  assert.ok(reported.at(-1) < count, "not at the end");
});

add("a signal's reason is thrown unchanged, whatever it is", async ({ codec, assert }) => {
  for (const reason of [new Error("own"), "text", 0, null, { a: 1 }]) {
    const thrown = failuresOf(codec.validateMany(rows, { signal: AbortSignal.abort(reason) })).then(() => "nothing", (error) => error);
    assert.equal(await thrown, reason);
  }
});

add("an abort between two failures ends the loop", async ({ codec, assert }) => {
  const controller = new AbortController();
  const seen = [];
  const run = async () => {
    for await (const { index } of codec.validateMany(rows, { signal: controller.signal })) {
      seen.push(index);
      controller.abort(new Error("enough"));
    }
  };
  await assert.rejects(run(), /enough/);
  assert.deepEqual(seen, [1]);
});

add("an abort ends the wait for a row that never comes", async ({ codec, assert }) => {
  const controller = new AbortController();
  const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
  const waiting = codec.validateMany(never, { signal: controller.signal }).next();
  setTimeout(() => controller.abort(new Error("enough")), 5);
  await assert.rejects(soon(waiting, "abort"), /enough/);
});

add("so does an abort by the source, in next", async ({ codec, assert }) => {
  const controller = new AbortController();
  const source = { [Symbol.asyncIterator]: () => ({ next: () => (controller.abort(new Error("enough")), new Promise(() => {})) }) };
  await assert.rejects(soon(codec.validateMany(source, { signal: controller.signal }).next(), "abort"), /enough/);
});

add("no listeners are left on a signal", async ({ codec, assert }) => {
  const { signal } = new AbortController();
  let listeners = 0;
  const spied = new Proxy(signal, {
    get(target, name) {
      if (name === "addEventListener") return (...args) => (listeners++, target.addEventListener(...args));
      if (name === "removeEventListener") return (...args) => (listeners--, target.removeEventListener(...args));
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  async function* later() {
    yield* rows;
  }
  await failuresOf(codec.validateMany(later(), { signal: spied }));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(listeners, 0);
});

// ---------------------------------------------------------------- ends

/** An iterator of rows that counts calls of next and return. */
function watched(end = () => ({ done: true })) {
  const seen = { nexts: 0, returns: 0 };
  const iterator = { next: () => ({ done: seen.nexts >= rows.length, value: rows[seen.nexts++] }), return: () => (seen.returns++, end()), [Symbol.iterator]: () => iterator };
  return { iterator, seen };
}

add("an early break closes the source", async ({ codec, assert }) => {
  const { iterator, seen } = watched();
  for await (const { index } of codec.validateMany(iterator)) if (index === 1) break;
  assert.deepEqual(seen, { nexts: 2, returns: 1 });
  let closed = false;
  async function* later() {
    try {
      yield* rows;
    } finally {
      await null;
      closed = true;
    }
  }
  for await (const { index } of codec.validateMany(later())) if (index === 1) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(closed, true);
});

add("an abort and a message that throws close the source too", async ({ codec, assert }) => {
  const first = watched();
  const controller = new AbortController();
  const run = async () => {
    for await (const _ of codec.validateMany(first.iterator, { signal: controller.signal })) controller.abort(new Error("enough"));
  };
  await assert.rejects(run(), /enough/);
  assert.equal(first.seen.returns, 1);
  const second = watched();
  const custom = codec.with({ messages: { required: () => { throw new Error("message"); } } });
  await assert.rejects(failuresOf(custom.validateMany(second.iterator)), /message/);
  assert.equal(second.seen.returns, 1);
  const third = watched();
  await assert.rejects(failuresOf(codec.validateMany(third.iterator, { onProgress: () => { throw new Error("progress"); } })), /progress/);
});

add("a source that ends by itself is not closed", async ({ codec, assert }) => {
  const { iterator, seen } = watched();
  await failuresOf(codec.validateMany(iterator));
  assert.equal(seen.returns, 0);
});

add("a stream is cancelled by an early break, but not at its end", async ({ codec, assert }) => {
  const seen = [];
  const stream = (chunks) => streamOf(chunks, () => seen.push("cancel"));
  for await (const _ of codec.validateMany(stream(["{}\n", "{}\n", "{}\n"]), { format: "ndjson" })) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(seen, ["cancel"]);
  await failuresOf(codec.validateMany(stream(["{}\n"]), { format: "ndjson" }));
  assert.deepEqual(seen, ["cancel"]);
});

add("an error of a source is thrown, and the source is not closed", async ({ codec, assert }) => {
  const boom = new Error("boom");
  for (const next of [() => { throw boom; }, () => Promise.reject(boom)]) {
    let returns = 0;
    const source = { [Symbol.iterator]: () => ({ next, return: () => (returns++, { done: true }) }) };
    assert.equal(await assert.rejects(failuresOf(codec.validateMany(source)), /boom/), boom);
    assert.equal(returns, 0);
  }
  const stream = new ReadableStream({ pull: (controller) => controller.error(boom) });
  assert.equal(await assert.rejects(failuresOf(codec.validateMany(stream, { format: "ndjson" })), /boom/), boom);
});

add("a source that fails to close leaves no unhandled rejection", async ({ codec, assert, runtime }) => {
  const unhandled = [];
  const record = (event) => unhandled.push(event?.reason ?? event);
  const target = runtime === "node" ? globalThis.process : globalThis;
  if (runtime === "node") target.on("unhandledRejection", record);
  else target.addEventListener("unhandledrejection", record);
  const { iterator } = watched(() => Promise.reject(new Error("stuck")));
  let thrown;
  try {
    for await (const _ of codec.validateMany(iterator)) break;
  } catch (error) {
    thrown = error; // equally good: the caller gets it
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (runtime === "node") target.off("unhandledRejection", record);
  else target.removeEventListener("unhandledrejection", record);
  assert.deepEqual(unhandled.map(String), [], `thrown: ${thrown}`);
});

// ---------------------------------------------------------------- concurrency

add("two runs and other calls do not disturb each other", async ({ codec, assert }) => {
  async function* slow() {
    for (const row of rows) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield row;
    }
  }
  const others = async () => {
    for (let i = 0; i < 20; i++) {
      assert.equal(codec.encodeForm({ Identity: `é${i}` }).value.body, `Identity=%C3%A9${i}`);
      await null;
    }
  };
  const [one, two] = await Promise.all([failuresOf(codec.validateMany(slow())), failuresOf(codec.validateMany(rows)), others()]);
  assert.deepEqual([one, two], [failures, failures]);
});

add("failures have custom messages", async ({ codec, assert }) => {
  const custom = codec.with({ messages: { required: "fehlt" } });
  const { value } = await custom.validateMany([{}]).next();
  assert.equal(value.issues[0].message, "fehlt");
});

add("each failure is yielded before the next row is read", async ({ codec, assert }) => {
  const { iterator, seen } = watched();
  const generator = codec.validateMany(iterator);
  await generator.next();
  assert.equal(seen.nexts, 2);
  await generator.next();
  assert.equal(seen.nexts, 4);
  await generator.return();
});
