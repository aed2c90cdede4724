import type { Catalogue } from "./index.js";
export type { Catalogue, Messages } from "./index.js";

/**
 * Sentences for people who fill in a form, with line and column where an issue
 * has a place: `codec.with({ messages: people })`. They never hold what was
 * typed. A catalogue in another language is `{ … } satisfies Catalogue`, which
 * compiles only where it has every code.
 */
export const people: Readonly<Catalogue>;
