// The form. A field shows its errors once a person has left it, and every field
// when the form is submitted. The page has no rules of its own.

import { announce } from "./announce.js";
import { sendRequest } from "./send.js";
import { $, choose, chosen, count, el } from "./dom.js";
import { badRequest, goodRequest } from "./examples.js";
import { Field } from "./field.js";
import { requestNames } from "./members.js";
import { describe } from "./issues.js";
import { load, rules } from "./rules.js";
import { showNoWire, showWire, startWire } from "./wire.js";

let fields = [];

export function startCreate() {
  fields = requestNames.filter((name) => name !== "WebhookEnabled").map((name) => new Field(name, refresh));
  startWire();
  $("WebhookEnabled").addEventListener("change", () => refresh());
  $("request").addEventListener("submit", submit);
  $("example").addEventListener("click", () => fill(goodRequest, "The documented example is filled in."));
  $("invalid-example").addEventListener("click", () => fill(badRequest, "An invalid example is filled in."));
  $("clear").addEventListener("click", () => fill({}, "The form is empty."));
  refresh();
}

// readRequest returns the request in the form; undefined means not sent.
function readRequest() {
  const request = Object.fromEntries(fields.map((field) => [field.name, field.read()]));
  const hook = chosen("WebhookEnabled");
  request.WebhookEnabled = hook === "" ? undefined : hook === "true";
  return request;
}

// refresh checks the request and shows the errors of the fields that a person
// has left. It announces those of the field that has just changed, if they are
// new. It returns the result of encodeForm, with the request.
export function refresh(changed) {
  const request = readRequest();
  if (!rules) {
    showNoWire(wireHeaders(request));
    return undefined;
  }
  const result = { ...rules.encodeForm(request), request };
  const issues = result.ok ? [] : result.issues;
  const advised = rules.adviseRequest(request);
  const advice = advised.ok ? advised.value : [];
  for (const field of fields) showField(field, issues, advice, field === changed);
  if (result.ok) showWire(result.value);
  else showNoWire(wireHeaders(request), [...new Set(issues.map((issue) => issue.path[0]))]);
  return result;
}

function showField(field, issues, advice, isChanged) {
  const isOwn = (issue) => field.touched && issue.path[0] === field.name;
  const news = field.show(issues.find(isOwn), advice.filter(isOwn));
  if (isChanged && news !== "") announce(news);
}

function wireHeaders({ WebhookEnabled: hook }) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  if (hook !== undefined) headers["X-Twilio-Webhook-Enabled"] = String(hook);
  return headers;
}

// fill writes a request into the form, as if a person had typed it.
function fill(request, text) {
  for (const field of fields) {
    field.write(request[field.name]);
    field.touched = Object.keys(request).length > 0;
  }
  choose("WebhookEnabled", String(request.WebhookEnabled ?? ""));
  $("summary").hidden = true;
  refresh();
  announce(text);
}

async function submit(event) {
  event.preventDefault();
  for (const field of fields) field.touched = true;
  try {
    await load();
  } catch {
    return; // the page shows the error
  }
  const result = refresh();
  showSummary(result.ok ? [] : result.issues);
  if (result.ok) await sendRequest(result.request, result.value);
}

// showSummary lists the issues with links to their fields, and moves the focus
// to the list.
function showSummary(issues) {
  $("summary").hidden = issues.length === 0;
  if (issues.length === 0) return;
  $("summary-title").textContent = `${count(issues.length, "field needs", "fields need")} a correction`;
  $("summary-list").replaceChildren(...issues.map(summaryItem));
  $("summary").focus();
}

function summaryItem(issue) {
  const [name] = issue.path;
  const field = fields.find((one) => one.name === name);
  const link = el("a", { href: `#${name}` }, name);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    field.input.focus();
  });
  return el("li", {}, link, ` ${describe(issue, field.oneLine)}`);
}
