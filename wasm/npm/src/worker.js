import { load } from "./load_page.js";
import { connect } from "./worker_client.js";

/** See worker.d.ts. */
export async function openWorker(options) {
  // Bundlers look for this form, word for word.
  return connect(() => new Worker(new URL("./worker_main.js", import.meta.url), { type: "module" }), load, options);
}
