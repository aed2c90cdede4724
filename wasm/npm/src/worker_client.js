// The page's side of the protocol that worker_server.js documents.

import { bindMethods } from "./bind.js";
import { WasmError } from "./errors.js";
import { formatOf, isBlob, iterate, splitLines } from "./lines.js";
import { checkManyOptions, loadOptions } from "./options.js";
import { nextTask } from "./next_task.js";
import { version } from "./version.js";

const PART = 1000; // rows in a message

/**
 * Loads the module in the worker that start returns, or in that of startCopy if
 * the first does not start. The worker gets the compiled module, since a bundler
 * may have moved its script away from the package.
 */
export async function connect({ start, startCopy }, load, options) {
  const settings = loadOptions(options);
  settings.signal?.throwIfAborted();
  const module = load(settings);
  module.catch(() => {}); // the worker may fail first
  return open(start).catch((error) => {
    if (error?.code !== "WORKER" || !startCopy) throw error; // the reason of a signal may be null
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

/** A policy or Trusted Types may make start throw. */
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
    worker.addEventListener("message", ({ data }) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      const cause = event.error ?? event;
      this.fail(this.goVersion === undefined ? failedToStart(cause) : new WasmError("CRASHED", "the worker failed", { cause }));
    });
  }

  load(module, { maxBytes, signal }) {
    return new Promise((resolve, reject) => {
      if (this.error) return reject(this.error);
      signal?.throwIfAborted(); // starting the copy takes time
      this.#ready = { resolve, reject };
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#worker.postMessage({ module, maxBytes });
    }).then((goVersion) => (this.goVersion = goVersion));
  }

  #receive(data) {
    if (data.ready) this.#ready.resolve(data.goVersion);
    else if (data.refused) this.#ready.reject(restored(data.refused));
    else this.#runs.get(data.run)?.receive(data);
  }

  /** Ends everything with an error. */
  fail(error) {
    if (this.error) return;
    this.error = error;
    this.#ready?.reject(error);
    for (const run of this.#runs.values()) run.receive({ thrown: { value: error } });
    this.#worker.terminate();
  }

  open(message, receive) {
    if (this.error) throw this.error;
    const run = this.#next++;
    this.post(run, message);
    this.#runs.set(run, { receive });
    return run;
  }

  post(run, message) {
    try {
      this.#worker.postMessage({ run, ...message });
    } catch (cause) {
      throw new WasmError("OPTIONS", "rows: cannot be copied to the worker", { cause });
    }
  }

  close(run) {
    this.#runs.delete(run);
    if (!this.error) this.post(run, { cancel: true });
  }
}

function restored({ code, message }) {
  return code === undefined ? new Error(message) : new WasmError(code, message.slice(`${code}: `.length));
}

class WorkerCodec {
  static name = "WorkerCodec"; // bundlers rename the class
  #client;
  #maxBytes;

  constructor(client, maxBytes = 1 << 20) {
    this.#client = client;
    this.#maxBytes = maxBytes;
    bindMethods(this);
  }

  /** What console.log prints in Node.js. */
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
    this.#client.post(run, await parts.next());
  }

  async *validateMany(rows, options = {}) {
    checkManyOptions(options);
    const { format = formatOf(rows), onProgress, signal } = options;
    signal?.throwIfAborted();
    const queue = new Queue();
    const whole = typeof rows === "string" || isBlob(rows);
    const parts = whole ? undefined : partsOf(format === "ndjson" ? splitLines(rows, this.#maxBytes) : rows);
    const run = this.#client.open({ format, rows: whole ? rows : undefined }, (message) => queue.put(message));
    const fail = (value) => queue.put({ thrown: { value } });
    const stop = () => fail(signal.reason);
    signal?.addEventListener("abort", stop);
    try {
      for (;;) {
        const { found = [], wants, done, failed, end, thrown, error } = await queue.take();
        signal?.throwIfAborted(); // drops messages from before the abort
        if (thrown) throw thrown.value;
        if (error) throw restored(error);
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

/** A queue of messages. */
class Queue {
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

/** Splits rows into parts, one for each message. */
function partsOf(rows) {
  const iterator = iterate(rows);
  let pending; // promise of the next row
  let ended = false;
  const request = () => {
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
      let pause;
      while (more.length < PART) {
        let step = pending ?? request();
        pending = undefined;
        if (typeof step.then === "function") {
          pause ??= nextTask();
          const soon = await Promise.race([step, more.length > 0 ? pause : step]);
          if (soon === undefined) {
            pending = step; // send the rows before it now
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
    /** Closes the source, unless it ended by itself. */
    async close() {
      if (!ended) await iterator.return?.();
    },
  };
}
