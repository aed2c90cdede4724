/**
 * The rules without a load and without await: the module is in the script, and
 * is compiled at the first use. For validators that must be synchronous, server
 * components, tests and scripts; a page that loads it waits for all of it.
 */
import type { Codec, CodecOptions, CreateRequest, Messages, OwnCodec, RequestField, RequestOptions, RequestSchema, Schema } from "./index.js";
export { fromFormData, setCaret, version, WasmError } from "./index.js";
export type * from "./index.js";

/** The one shared codec of this entry. */
export function getCodec(): Codec;
/** Makes a codec of one's own. */
export function create(options?: CodecOptions): OwnCodec;

export interface FieldOptions extends CodecOptions {
  messages?: Messages;
  /** Reads "" as undefined. Default false. */
  emptyAsAbsent?: boolean;
}

export interface SchemaOptions extends Omit<FieldOptions, "emptyAsAbsent">, RequestOptions {}

/** The request as a Standard Schema that is always synchronous. */
export const schema: RequestSchema;
/** The same with options. */
export function createSchema(options?: SchemaOptions): RequestSchema;
/** The same of one field, for libraries that check each by itself: the path of its issues is []. */
export function fieldSchema<F extends RequestField>(field: F, options?: FieldOptions): Schema<CreateRequest[F]>;
