import { codes } from "./codes.js";
import { checkOptions } from "./options.js";

/** Own words for codes; those that are undefined are left out. */
export function checkMessages(messages = {}) {
  checkOptions(messages, codes);
  return Object.fromEntries(Object.entries(messages).filter(([, own]) => own !== undefined));
}

/**
 * The issue in own words, if there are any and they are a text. A form library
 * shows the message alone: placed adds line and column, but to what a function
 * says, which has them at hand.
 */
export function worded(issue, messages, placed = false) {
  const own = messages?.[issue.code];
  const said = typeof own === "function" ? own(issue) : own;
  const isText = typeof said === "string" && said !== "";
  if (isText && typeof own === "function") return { ...issue, message: said };
  const { line, column } = issue;
  const place = !placed || line < 0 ? "" : isText ? ` (${line}:${column})` : `, line ${line}, column ${column}`; // the text may be in any language
  return isText || place ? { ...issue, message: (isText ? said : issue.message) + place } : issue;
}
