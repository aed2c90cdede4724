import { connect } from "./worker_client.js";

/** See worker.d.ts. */
export function openWorker(options) {
  // Bundlers look for this form, word for word.
  const worker = new Worker(new URL("./worker_main.js", import.meta.url), { type: "module" });
  return connect(worker, options);
}
