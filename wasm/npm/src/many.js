// Validates rows one after the other without blocking the event loop.

import { untilAborted } from "./abort.js";
import { WasmError } from "./errors.js";
import { formatOf, isBlank, iterate, splitLines } from "./lines.js";
import { checkManyOptions } from "./options.js";
import { nextTask } from "./next_task.js";

const SLICE = 8; // milliseconds between pauses

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
  let next = 0; // index of the next row
  let done = 0;
  let failed = 0;
  let started = performance.now();
  let open = false; // whether to close the iterator at the end
  try {
    for (;;) {
      signal?.throwIfAborted();
      open = false;
      let step = iterator.next();
      if (typeof step.then === "function") {
        open = true; // an abort may come during the wait
        step = await untilAborted(observeEnd(step, () => (open = false)), signal);
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
      if (performance.now() - started >= SLICE) {
        onProgress?.({ done, failed });
        await nextTask();
        started = performance.now();
      }
    }
    onProgress?.({ done, failed });
  } finally {
    if (open) close(iterator);
  }
}

/** Closes an iterator and ignores its errors. */
function close(iterator) {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {});
  } catch {}
}

/** Calls ended if a step shows that the source ended or failed: it must not be closed then. */
function observeEnd(step, ended) {
  return step.then(
    (step) => (step.done && ended(), step),
    (error) => {
      ended();
      throw error;
    },
  );
}
