import type { CreateRequest, LoadOptions, Messages, RequestField, RequestOptions, Schema, StandardResult } from "./index.js";

type Later<T> = Schema<T, StandardResult<T> | Promise<StandardResult<T>>>;

/** Own words, and what to load the rules with: as of `init`, whose codec all schemas share. */
export interface FieldOptions extends LoadOptions {
  messages?: Messages;
  /** Reads "" as undefined. Default false. */
  emptyAsAbsent?: boolean;
}

export interface SchemaOptions extends Omit<FieldOptions, "emptyAsAbsent">, RequestOptions {}

/**
 * The request as a Standard Schema before the rules are loaded: the first
 * validate loads them as init() does and answers a Promise, later ones answer
 * at once. Its JSON Schema needs no load.
 */
export const schema: Later<CreateRequest>;
/** The same with options. */
export function createSchema(options?: SchemaOptions): Later<CreateRequest>;
/** The same of one field, for libraries that check each by itself: the path of its issues is []. */
export function fieldSchema<F extends RequestField>(field: F, options?: FieldOptions): Later<CreateRequest[F]>;
