import type { RequestSchema, StandardResult } from "./index.js";

/**
 * The request as a Standard Schema before the rules are loaded: the first
 * validate loads them as init() does and answers a Promise, later ones answer
 * at once. Its JSON Schema needs no load.
 */
export const schema: RequestSchema<StandardResult | Promise<StandardResult>>;
