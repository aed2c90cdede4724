// Shows issues and advice as lines.

import { button, capital, el } from "./dom.js";
import { hints } from "./rules.js";

// place returns the place of an issue as text, or "" if it has none.
export function place(issue, oneLine = false) {
  if (issue.index < 0) return "";
  return oneLine ? `character ${issue.column}` : `line ${issue.line}, column ${issue.column}`;
}

// describe returns an issue as a line that begins with a capital letter.
export function describe(issue, oneLine) {
  const at = place(issue, oneLine);
  return capital(at === "" ? issue.message : `${at}: ${issue.message}`);
}

// hintText returns the hint in an issue's message, which stands after a
// semicolon, or "".
function hintText({ hint, params: { found } }) {
  if (hint === undefined) return "";
  return found === undefined ? hints[hint] : `${hints[hint]}: ${found}`;
}

export const pathText = (issue) => issue.path.join(".");

// issueLine shows an issue, the hint below, and a button that goes to the place.
// The id is that of the text, without the button: it describes a field.
export function issueLine(issue, { id, name = "", oneLine, go } = {}) {
  const hint = hintText(issue);
  const message = hint === "" ? issue.message : issue.message.slice(0, -`; ${hint}`.length);
  const below = hint && el("span", { class: "mistake" }, `${capital(hint)}.`);
  const text = el("span", { id }, name && el("b", {}, name), name && " ", describe({ ...issue, message }, oneLine), hint && " ", below);
  return el("p", { class: "issue" }, text, go && button("go", "Go to error", go, `Go to error${name && ` in ${name}`}`));
}

// adviceLine shows advice, with the service's error code if there is one.
export function adviceLine(advice, { id, oneLine } = {}) {
  const basis = advice.server === 0 ? advice.basis : `server code ${advice.server}; ${advice.basis}`;
  return el("p", { class: "advice", id }, el("b", {}, "Advice"), ` ${describe(advice, oneLine)} `, el("span", { class: "basis" }, basis));
}
