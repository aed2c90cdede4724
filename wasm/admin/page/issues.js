// Words for where something is.

import { button, capital, el } from "./dom.js";
import { hints } from "./rules.js";

// place says where an issue is; "" where it has no place.
export function place(issue, oneLine = false) {
  if (issue.index < 0) return "";
  return oneLine ? `character ${issue.column}` : `line ${issue.line}, column ${issue.column}`;
}

// describe writes an issue as one line, beginning with a capital letter.
export function describe(issue, oneLine) {
  const at = place(issue, oneLine);
  return capital(at === "" ? issue.message : `${at}: ${issue.message}`);
}

// hintText returns what an issue's message says behind a semicolon of the
// mistake behind it, "" for nothing.
function hintText({ hint, params: { found } }) {
  if (hint === undefined) return "";
  return found === undefined ? hints[hint] : `${hints[hint]}: ${found}`;
}

export const pathText = (issue) => issue.path.join(".");

// issueLine shows an issue, its hint below, with a button that leads to its
// place. Its text has an id of its own, so that the button is no part of a
// description.
export function issueLine(issue, { id, name = "", oneLine, go } = {}) {
  const hint = hintText(issue);
  const message = hint === "" ? issue.message : issue.message.slice(0, -`; ${hint}`.length);
  const below = hint && el("span", { class: "mistake" }, `${capital(hint)}.`);
  const text = el("span", { id }, name && el("b", {}, name), name && " ", describe({ ...issue, message }, oneLine), hint && " ", below);
  return el("p", { class: "issue" }, text, go && button("go", "Go to error", go, `Go to error${name && ` in ${name}`}`));
}

// adviceLine shows advice, and the server's own code where one is known.
export function adviceLine(advice, { id, oneLine } = {}) {
  const basis = advice.server === 0 ? advice.basis : `server code ${advice.server}; ${advice.basis}`;
  return el("p", { class: "advice", id }, el("b", {}, "Advice"), ` ${describe(advice, oneLine)} `, el("span", { class: "basis" }, basis));
}
