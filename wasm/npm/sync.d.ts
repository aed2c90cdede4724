/**
 * A codec without await: the script contains the module and compiles it on first
 * use. For validators that must be synchronous, server components, tests and
 * scripts; a page has to download all of it first. Next.js's edge runtime does
 * not run it, since it compiles nothing.
 */
import type { Codec, CodecOptions, CreateRequest, Messages, OwnCodec, RequestField, RequestOptions, RequestSchema, Schema } from "./index.js";
export { fromFormData, setCaret, version, WasmError } from "./index.js";
export type * from "./index.js";

/** Returns the shared codec of this entry. */
export function getCodec(): Codec;
/** Makes a codec that is not shared. */
export function create(options?: CodecOptions): OwnCodec;

export interface FieldOptions extends CodecOptions {
  messages?: Messages;
  /** Treats "" as undefined. Default false. */
  emptyAsAbsent?: boolean;
}

export interface SchemaOptions extends Omit<FieldOptions, "emptyAsAbsent">, RequestOptions {}

/** The request as a Standard Schema, always synchronous. */
export const schema: RequestSchema;
/** Makes such a schema with options. */
export function createSchema(options?: SchemaOptions): RequestSchema;
/** Makes a schema of one field, for libraries that validate each by itself: the path of its issues is []. */
export function fieldSchema<F extends RequestField>(field: F, options?: FieldOptions): Schema<CreateRequest[F]>;
