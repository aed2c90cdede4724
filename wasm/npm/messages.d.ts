import type { Catalogue, Hint } from "./index.js";
export type { Catalogue, Hint, Messages } from "./index.js";

/**
 * Sentences for people who fill in a form, with line and column if an issue has
 * a place: `codec.with({ messages: people })`. They never contain what was typed.
 * Write a catalogue in another language as `{ … } satisfies Catalogue`, which
 * compiles only if it has every code.
 */
export const people: Readonly<Catalogue>;

/**
 * A sentence for each hint, without a full stop, such as "remove the comma
 * before the end". The usual message of an issue with a hint ends with it; for
 * sid_kind, a colon and params.found follow.
 */
export const hints: Readonly<Record<Hint, string>>;
