/**
 * The rules without a load and without await: the module is in the script, and
 * is compiled at the first use. For validators that must be synchronous, server
 * components, tests and scripts; a page that loads it waits for all of it.
 */
import type { Codec, CodecOptions, OwnCodec, RequestSchema } from "./index.js";
export { fromFormData, version, WasmError } from "./index.js";
export type * from "./index.js";

/** The one shared codec of this entry. */
export function getCodec(): Codec;
/** Makes a codec of one's own. */
export function create(options?: CodecOptions): OwnCodec;
/** The request as a Standard Schema that is always synchronous. */
export const schema: RequestSchema;
