import { load } from "./load_node.js";
import { connect } from "./worker_client.js";

/** See worker.d.ts. */
export async function openWorker(options) {
  const { Worker } = await import("node:worker_threads");
  return connect({ start: () => asEventTarget(new Worker(new URL("./worker_main_node.js", import.meta.url))) }, load, options);
}

/** Gives a Node.js worker the interface of a web worker. */
function asEventTarget(worker) {
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    addEventListener(type, listener) {
      if (type === "message") worker.on("message", (data) => listener({ data }));
      else worker.on("error", (error) => listener({ error })).on("exit", () => listener({ error: new Error("the worker ended") }));
    },
  };
}
