import { codes } from "./codes.js";
import { checkOptions } from "./options.js";

/** Returns the messages that are set; throws for an unknown code. */
export function checkMessages(messages = {}) {
  checkOptions(messages, codes);
  return Object.fromEntries(Object.entries(messages).filter(([, message]) => message !== undefined));
}

/**
 * Returns the issue with its custom message, unless that is empty or not a
 * string. With placed, the message ends with line and column, for form libraries
 * that show nothing else; a function has them already.
 */
export function withMessage(issue, messages, placed = false) {
  const custom = messages?.[issue.code];
  const text = typeof custom === "function" ? custom(issue) : custom;
  const isText = typeof text === "string" && text !== "";
  if (isText && typeof custom === "function") return { ...issue, message: text };
  const { line, column } = issue;
  const place = !placed || line < 0 ? "" : isText ? ` (${line}:${column})` : `, line ${line}, column ${column}`; // the text may be in any language
  return isText || place ? { ...issue, message: (isText ? text : issue.message) + place } : issue;
}
