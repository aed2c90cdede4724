/** As the main entry, with the module in the script: no second request. */
import type { Codec, LoadOptions, OwnCodec } from "./index.js";
export { fromFormData, version, WasmError } from "./index.js";
export type * from "./index.js";

/** Loads the one shared codec of this entry. */
export function init(options?: Omit<LoadOptions, "source" | "integrity">): Promise<Codec>;
/** The shared codec of this entry at once; throws NOT_READY until init has loaded it. */
export function getCodec(): Codec;
/** Loads a codec of one's own. */
export function create(options?: Omit<LoadOptions, "source" | "integrity">): Promise<OwnCodec>;
