/** Gives a worker of Node.js the interface of a browser's. */
export function asEventTarget(worker) {
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    addEventListener(type, listener) {
      if (type === "message") worker.on("message", (data) => listener({ data }));
      else worker.on("error", (error) => listener({ error })).on("exit", () => listener({ error: new Error("the worker ended") }));
    },
  };
}
