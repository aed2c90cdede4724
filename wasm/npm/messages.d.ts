import type { Catalogue, Hint } from "./index.js";
export type { Catalogue, Hint, Messages } from "./index.js";

/**
 * Sentences for people who fill in a form, with line and column where an issue
 * has a place: `codec.with({ messages: people })`. They never hold what was
 * typed. A catalogue in another language is `{ … } satisfies Catalogue`, which
 * compiles only where it has every code.
 */
export const people: Readonly<Catalogue>;

/**
 * A sentence for each hint, without a full stop, such as "remove the comma
 * before the end"; that of sid_kind goes on with a colon and params.found. The
 * usual message of an issue with a hint ends with it.
 */
export const hints: Readonly<Record<Hint, string>>;
