// The worker's side of the protocol. It receives {module, maxBytes}, then for
// each run {run, format, rows}, or {run, format} and {run, more: rows, last}; and
// {run, cancel}. It sends {ready, goVersion} or {refused}, and for each run {run,
// done, failed, found, wants, end, error}.

import { WasmError } from "./errors.js";

const BATCH = 100; // failures in a message

export function serve(port, initSync) {
  let codec;
  const runs = new Map();
  port.addEventListener("message", ({ data }) => {
    if (data.module !== undefined) {
      try {
        codec = initSync(data.module, { maxBytes: data.maxBytes });
        port.postMessage({ ready: true, goVersion: codec.goVersion });
      } catch (error) {
        port.postMessage({ refused: plain(error) });
      }
      return;
    }
    const run = runs.get(data.run);
    if (data.cancel) run?.controller.abort();
    else if (data.more !== undefined) run?.feed.put(data.more, data.last);
    else start(port, codec, runs, data);
  });
  port.start?.();
}

async function start(port, codec, runs, { run, format, rows }) {
  const feed = rows === undefined ? new Feed(() => send({ wants: true })) : undefined;
  const controller = new AbortController();
  runs.set(run, { feed, controller });
  let found = [];
  const send = (more) => {
    port.postMessage({ run, found, ...more });
    found = [];
  };
  try {
    const options = { format, signal: controller.signal, onProgress: (progress) => send(progress) };
    for await (const failure of codec.validateMany(rows ?? feed, options)) {
      if (found.push(failure) >= BATCH) send();
    }
    send({ end: true });
  } catch (error) {
    send({ end: true, error: plain(error) });
  }
  runs.delete(run);
}

/** Returns what a message can carry of an error: its class would be lost. */
function plain(error) {
  const code = error instanceof WasmError ? error.code : undefined; // the code of a DOMException is a number
  return { code, message: String(error?.message ?? error) };
}

/** Iterates over rows that arrive in parts; calls ask when it needs more. */
class Feed {
  #rows = [];
  #at = 0;
  #last = false;
  #arrived;
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  put(rows, last) {
    this.#rows = rows;
    this.#at = 0;
    this.#last = last;
    this.#arrived?.();
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** Returns a row without a promise if it has one: an await would cost more than validating the row. */
  next() {
    if (this.#at < this.#rows.length) return { done: false, value: this.#rows[this.#at++] };
    if (this.#last) return { done: true, value: undefined };
    return new Promise((resolve) => {
      this.#arrived = () => resolve(this.next());
      this.#ask();
    });
  }
}
