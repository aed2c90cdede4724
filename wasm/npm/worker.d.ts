/// <reference lib="esnext.disposable" />
import type { Codec, LoadOptions } from "./index.js";

/** A worker that validates rows, so that the page stays responsive. In Node.js, the process ends only after dispose. */
export interface WorkerCodec {
  /** As {@link Codec.validateMany}: a Blob is read in the worker, rows are copied to it, and several runs alternate. */
  readonly validateMany: Codec["validateMany"];
  /** The Go release that built the module. */
  readonly goVersion: string;
  /** Ends the worker; loops that have not ended throw DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Starts a module worker and loads the module in it. A Content-Security-Policy
 * needs `worker-src 'self'`, or `blob:` if a bundler does not include the worker's
 * file. With Trusted Types, a default policy has to allow `worker_main.js`.
 */
export function openWorker(options?: LoadOptions): Promise<WorkerCodec>;
