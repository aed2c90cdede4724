// The page's side of a worker; worker_server.js tells what is said.

import { bindMethods } from "./bind.js";
import { WasmError } from "./errors.js";
import { formatOf, isBlob, iterate, splitLines } from "./lines.js";
import { checkManyOptions, loadOptions } from "./options.js";
import { nextTurn } from "./turn.js";
import { version } from "./version.js";

const PART = 1000; // rows in a message

/**
 * Loads the rules in the worker that start makes, or startCopy where that one
 * does not start. It is given the compiled module: its own URL says nothing of
 * where the package lies once a bundler has moved it.
 */
export async function connect({ start, startCopy }, load, options) {
  const settings = loadOptions(options);
  settings.signal?.throwIfAborted();
  const module = load(settings);
  module.catch(() => {}); // the worker may fail first
  return open(start).catch((error) => {
    if (error?.code !== "WORKER" || !startCopy) throw error; // a signal's reason may be null
    return open(startCopy).catch(() => {
      settings.signal?.throwIfAborted();
      throw error;
    });
  });

  async function open(start) {
    const client = new Client(await started(start));
    try {
      await client.load(await module, settings);
      return new WorkerCodec(client, settings.maxBytes);
    } catch (error) {
      client.fail(error);
      throw error;
    }
  }
}

/** A policy, or Trusted Types, may refuse it at once. */
async function started(start) {
  try {
    return await start();
  } catch (cause) {
    throw failedToStart(cause);
  }
}

function failedToStart(cause) {
  return new WasmError("WORKER", `the worker could not be started${cause?.message ? `: ${cause.message}` : ""}`, { cause });
}

class Client {
  #worker;
  #runs = new Map();
  #ready;
  #next = 0;

  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }) => this.#hear(data));
    worker.addEventListener("error", (event) => {
      const cause = event.error ?? event;
      this.fail(this.goVersion === undefined ? failedToStart(cause) : new WasmError("CRASHED", "the worker failed", { cause }));
    });
  }

  load(module, { maxBytes, signal }) {
    return new Promise((resolve, reject) => {
      if (this.error) return reject(this.error);
      signal?.throwIfAborted(); // a copy that took its time to start
      this.#ready = { resolve, reject };
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#worker.postMessage({ module, maxBytes });
    }).then((goVersion) => (this.goVersion = goVersion));
  }

  #hear(data) {
    if (data.ready) this.#ready.resolve(data.goVersion);
    else if (data.refused) this.#ready.reject(revive(data.refused));
    else this.#runs.get(data.run)?.hear(data);
  }

  /** Ends everything with an error. */
  fail(error) {
    if (this.error) return;
    this.error = error;
    this.#ready?.reject(error);
    for (const run of this.#runs.values()) run.hear({ thrown: { value: error } });
    this.#worker.terminate();
  }

  open(message, hear) {
    if (this.error) throw this.error;
    const run = this.#next++;
    this.tell(run, message);
    this.#runs.set(run, { hear });
    return run;
  }

  tell(run, message) {
    try {
      this.#worker.postMessage({ run, ...message });
    } catch (cause) {
      throw new WasmError("OPTIONS", "rows: cannot be copied to the worker", { cause });
    }
  }

  close(run) {
    this.#runs.delete(run);
    if (!this.error) this.tell(run, { cancel: true });
  }
}

function revive({ code, message }) {
  return code === undefined ? new Error(message) : new WasmError(code, message.slice(`${code}: `.length));
}

class WorkerCodec {
  static name = "WorkerCodec"; // whatever a bundler calls it
  #client;
  #maxBytes;

  constructor(client, maxBytes = 1 << 20) {
    this.#client = client;
    this.#maxBytes = maxBytes;
    bindMethods(this);
  }

  /** What console.log shows in Node.js. */
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    const state = this.#client.error === undefined ? "ready" : this.#client.error.code === "DISPOSED" ? "disposed" : "crashed";
    return `WorkerCodec ${inspect({ version, goVersion: this.goVersion, state }, options)}`;
  }

  get goVersion() {
    return this.#client.goVersion;
  }

  dispose() {
    this.#client.fail(new WasmError("DISPOSED", "this worker was disposed of"));
  }

  async #feed(run, parts) {
    this.#client.tell(run, await parts.next());
  }

  async *validateMany(rows, options = {}) {
    checkManyOptions(options);
    const { format = formatOf(rows), onProgress, signal } = options;
    signal?.throwIfAborted();
    const inbox = new Inbox();
    const whole = typeof rows === "string" || isBlob(rows);
    const parts = whole ? undefined : partsOf(format === "ndjson" ? splitLines(rows, this.#maxBytes) : rows);
    const run = this.#client.open({ format, rows: whole ? rows : undefined }, (message) => inbox.put(message));
    const fail = (value) => inbox.put({ thrown: { value } });
    const stop = () => fail(signal.reason);
    signal?.addEventListener("abort", stop);
    try {
      for (;;) {
        const { found = [], wants, done, failed, end, thrown, error } = await inbox.take();
        signal?.throwIfAborted(); // what came before the abort is nobody's
        if (thrown) throw thrown.value;
        if (error) throw revive(error);
        if (wants) this.#feed(run, parts).catch(fail);
        for (const failure of found) {
          yield failure;
          signal?.throwIfAborted();
        }
        if (done !== undefined) onProgress?.({ done, failed });
        if (end) return;
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#client.close(run);
      parts?.close().catch(() => {});
    }
  }
}
if (Symbol.dispose) WorkerCodec.prototype[Symbol.dispose] = WorkerCodec.prototype.dispose;

/** Messages that wait to be taken. */
class Inbox {
  #messages = [];
  #arrived;

  put(message) {
    this.#messages.push(message);
    this.#arrived?.();
  }

  async take() {
    if (this.#messages.length === 0) await new Promise((resolve) => (this.#arrived = resolve));
    return this.#messages.shift();
  }
}

/** Rows in parts that a message carries. */
function partsOf(rows) {
  const iterator = iterate(rows);
  let pending; // a row that was asked for and is not there yet
  let ended = false;
  const ask = () => {
    try {
      const step = iterator.next();
      return typeof step.then === "function" ? step.then(take, fail) : take(step);
    } catch (error) {
      return fail(error);
    }
  };
  const take = (step) => {
    ended = Boolean(step.done);
    return step;
  };
  const fail = (error) => {
    ended = true;
    throw error;
  };
  return {
    async next() {
      const more = [];
      let turn;
      while (more.length < PART) {
        let step = pending ?? ask();
        pending = undefined;
        if (typeof step.then === "function") {
          turn ??= nextTurn();
          const soon = await Promise.race([step, more.length > 0 ? turn : step]);
          if (soon === undefined) {
            pending = step; // the others need not wait for it
            step.catch(() => {});
            return { more, last: false };
          }
          step = soon;
        }
        if (step.done) return { more, last: true };
        more.push(step.value);
      }
      return { more, last: false };
    },
    /** Tells a source that has not ended by itself; what it says to that is nobody's. */
    async close() {
      if (!ended) await iterator.return?.();
    },
  };
}
