// Shows the request as it is sent.

import { basic, placeholders } from "./credentials.js";
import { copyText } from "./copy.js";
import { curlCommand } from "./curl.js";
import { $, chosen, el, number, shorten } from "./dom.js";
import { service, usersPath } from "./service.js";

const list = new Intl.ListFormat("en");
const texts = { request: "", body: "", curl: "" }; // for the buttons Copy
let encoded = null; // the result of encodeForm, or null

export function startWire() {
  for (const name of Object.keys(texts)) {
    block(name, "button.copy").addEventListener("click", ({ currentTarget }) => copyText(currentTarget, texts[name], () => block(name, "pre")));
  }
  $("wire-curl").addEventListener("change", showCurl);
  showRequest({ "Content-Type": "application/x-www-form-urlencoded" });
}

// base returns the URL of the service, to which a gateway sends the request.
const base = () => service?.base ?? location.origin;

const block = (name, selector) => document.querySelector(`#wire-${name} ${selector}`);

// showWire shows a valid request, the result of encodeForm.
export function showWire(value) {
  encoded = value;
  showRequest({ ...value.headers, "Content-Length": String(value.body.length) });
  texts.body = value.body;
  block("body", "pre").replaceChildren(...pairs(shorten(value.body)));
  block("body", ".size").textContent = `${number(value.body.length)} bytes`;
  showCurl();
  setUsable(true);
}

// showNoWire says why there is no body.
export function showNoWire(headers, fields) {
  encoded = null;
  texts.body = texts.curl = "";
  showRequest(headers);
  const reason = fields ? `Appears when ${list.format(fields)} ${fields.length === 1 ? "is" : "are"} valid.` : "Appears when the rules are loaded.";
  for (const name of ["body", "curl"]) block(name, "pre").replaceChildren(el("span", { class: "empty" }, reason));
  block("body", ".size").textContent = "";
  setUsable(false);
}

function setUsable(yes) {
  for (const name of ["body", "curl"]) block(name, "button.copy").disabled = !yes;
}

function showRequest(headers) {
  const lines = [`POST ${usersPath} HTTP/1.1`, `Host: ${new URL(base()).host}`, `Authorization: ${basic(placeholders)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  texts.request = lines.join("\n");
  const [first, ...rest] = lines;
  block("request", "pre").replaceChildren(el("b", {}, first), ...rest.flatMap(headerLine));
}

function headerLine(line) {
  const colon = line.indexOf(":") + 1;
  return ["\n", el("span", { class: "name" }, line.slice(0, colon)), line.slice(colon)];
}

function showCurl() {
  if (!encoded) return;
  const url = (chosen("curl-base") || base()) + usersPath;
  texts.curl = curlCommand({ url, ...encoded });
  block("curl", "pre").textContent = shorten(texts.curl);
}

// pairs shows a form with its names in another colour.
function pairs(body) {
  return body.split("&").flatMap((pair, i) => {
    const equals = pair.indexOf("=");
    const name = el("span", { class: "name" }, equals < 0 ? "" : pair.slice(0, equals));
    return [i > 0 ? el("span", { class: "name" }, "&") : "", name, pair.slice(Math.max(equals, 0))];
  });
}
