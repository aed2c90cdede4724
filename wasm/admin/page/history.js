// The requests that this page has sent and their responses, newest first, in
// memory only.

import { announce } from "./announce.js";
import { copyText } from "./copy.js";
import { curlCommand } from "./curl.js";
import { $, button, count, el, shorten } from "./dom.js";
import { service, usersPath } from "./service.js";
import { goCode, nodeCode } from "./snippets.js";

const mostKept = 100;
const mostShown = 80; // characters of an identity

export function startHistory() {
  $("clear-history").addEventListener("click", () => {
    $("history-list").replaceChildren();
    showCount();
    $("tab-history").focus();
    announce("The history is empty.");
  });
  showCount();
}

// record adds a request, the result of encodeForm, and the summary that
// showAnswer returned.
export function record(request, encoded, { tone, text, detail = "" }) {
  const { base } = service;
  const url = base + usersPath;
  const codes = {
    curl: curlCommand({ url, ...encoded }),
    Go: goCode({ base, request }),
    Node: nodeCode({ url, ...encoded }),
  };
  const name = shorten(request.Identity, mostShown);
  const code = el("pre", { class: "mono", tabindex: "0", role: "region", "aria-label": `Code for ${name}`, hidden: true });
  const copies = Object.entries(codes).map(([language, text]) =>
    button("small", `Copy as ${language}`, ({ currentTarget }) => copyText(currentTarget, text, () => reveal(code, text))));
  const now = new Date();
  const time = el("time", { class: "facts", datetime: now.toISOString() }, now.toLocaleTimeString());
  const head = el("div", { class: "entry-head" }, el("h3", { class: "mono" }, name), time);
  const entry = el("li", { class: "entry" }, head, el("p", { class: `verdict ${tone}` }, text, detail && el("span", { class: "facts mono" }, shorten(detail, 1000))), el("div", { class: "actions", role: "group", "aria-label": `Copy ${name}` }, ...copies), code);
  $("history-list").prepend(entry);
  while ($("history-list").children.length > mostKept) $("history-list").lastElementChild.remove();
  showCount();
}

function reveal(code, text) {
  code.textContent = text;
  code.hidden = false;
  return code;
}

function showCount() {
  const n = $("history-list").children.length;
  $("history-empty").hidden = n > 0;
  $("clear-history").disabled = n === 0;
  $("history-count").textContent = n === 0 ? "" : `${count(n, "request")}, newest first; kept in memory only`;
}
