import { load } from "./load_node.js";
import { connect } from "./worker_client.js";
import { asEventTarget } from "./worker_threads.js";

/** See worker.d.ts. */
export async function openWorker(options) {
  const { Worker } = await import("node:worker_threads");
  return connect({ start: () => asEventTarget(new Worker(new URL("./worker_main_node.js", import.meta.url))) }, load, options);
}
