/// <reference lib="esnext.disposable" />
import type { LoadOptions, ManyOptions, NDJSON, NoStream, RowFailure, Rows } from "./index.js";

/** A worker that checks rows, so that the page stays free. */
export interface WorkerCodec {
  /**
   * As {@link Codec.validateMany}; a Blob is read in the worker, rows are
   * copied to it. Several at once take turns.
   */
  validateMany(rows: Rows<unknown> & NoStream, options?: ManyOptions & { format?: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<unknown>, options: ManyOptions & { format: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<string | Uint8Array>, options: ManyOptions & { format: "form" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: NDJSON, options: ManyOptions & { format: "ndjson" }): AsyncGenerator<RowFailure, void, void>;
  /** The Go release that built the module. */
  readonly goVersion: string;
  /** Ends the worker; what is under way throws DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Starts a module worker and loads the rules in it. `source` may be a URL, bytes or a Module here. */
export function openWorker(options?: LoadOptions): Promise<WorkerCodec>;
