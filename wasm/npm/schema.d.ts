import type { CreateRequest, LoadOptions, Messages, RequestField, RequestOptions, Schema, StandardResult } from "./index.js";

type Later<T> = Schema<T, StandardResult<T> | Promise<StandardResult<T>>>;

/** Custom messages, and the options of `init`, whose codec all schemas share. */
export interface FieldOptions extends LoadOptions {
  messages?: Messages;
  /** Treats "" as undefined. Default false. */
  emptyAsAbsent?: boolean;
}

export interface SchemaOptions extends Omit<FieldOptions, "emptyAsAbsent">, RequestOptions {}

/**
 * The request as a Standard Schema. Until the module is loaded, validate loads it
 * as init() does and returns a Promise; then it returns a result. The JSON Schema
 * needs no load.
 */
export const schema: Later<CreateRequest>;
/** Makes such a schema with options. */
export function createSchema(options?: SchemaOptions): Later<CreateRequest>;
/** Makes a schema of one field, for libraries that validate each by itself: the path of its issues is []. */
export function fieldSchema<F extends RequestField>(field: F, options?: FieldOptions): Later<CreateRequest[F]>;
