// Rows one after the other, without holding up the event loop.

import { WasmError } from "./errors.js";
import { formatOf, isBlank, iterate, splitLines } from "./lines.js";
import { checkManyOptions } from "./options.js";
import { nextTurn } from "./turn.js";

const TURN = 8; // milliseconds

const checks = {
  object: (codec, row) => codec.validateRequest(row),
  form: (codec, row) => codec.parseForm(row, { validate: true }),
  ndjson: (codec, row) => codec.parseRequest(row, { validate: true }),
};

/** See index.d.ts. */
export async function* validateMany(codec, maxBytes, rows, options = {}) {
  checkManyOptions(options);
  const { format = formatOf(rows), onProgress, signal } = options;
  if (!Object.hasOwn(checks, format)) throw new WasmError("OPTIONS", "format: want object, form or ndjson");
  const check = checks[format];
  const iterator = iterate(format === "ndjson" ? splitLines(rows, maxBytes) : rows);
  let next = 0; // the index of a row
  let done = 0;
  let failed = 0;
  let turn = performance.now();
  let open = false; // between a row and the next
  try {
    for (;;) {
      signal?.throwIfAborted();
      open = false;
      let step = iterator.next();
      if (typeof step.then === "function") {
        open = true; // an abort can come here
        step = await abortable(step, signal, () => (open = false));
      }
      if (step.done) break;
      open = true;
      const index = next++;
      if (format !== "ndjson" || !isBlank(step.value, maxBytes)) {
        const result = check(codec, step.value);
        done++;
        if (!result.ok) {
          failed++;
          yield { index, issues: result.issues };
        }
      }
      if (performance.now() - turn >= TURN) {
        onProgress?.({ done, failed });
        await nextTurn();
        turn = performance.now();
      }
    }
    onProgress?.({ done, failed });
  } finally {
    if (open) close(iterator);
  }
}

/** Tells a source that nobody wants its rows; what it says to that is nobody's either. */
function close(iterator) {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {});
  } catch {}
}

/** Waits for a row that may never come; ended tells that its source has ended by itself. */
async function abortable(promise, signal, ended) {
  const step = promise.then(
    (step) => (step.done && ended(), step),
    (error) => {
      ended();
      throw error;
    },
  );
  if (!signal) return step;
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
  step.catch(() => {}); // it may fail when nobody waits any more
  return Promise.race([aborted, step]).finally(() => signal.removeEventListener("abort", stop));
}
