import { load } from "./load_page.js";
import { connect } from "./worker_client.js";

/** See worker.d.ts. */
export async function openWorker(options) {
  // Bundlers recognize exactly this form.
  const start = () => new Worker(new URL("./worker_main.js", import.meta.url), { type: "module" });
  return connect({ start, startCopy }, load, options);
}

/** Starts a copy of the worker, if a bundler did not include its file. */
async function startCopy() {
  const { source } = await import("./worker_copy.js");
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
