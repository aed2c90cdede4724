// Shows a response: the members of a user, or of an error.

import { count, el, shorten, size } from "./dom.js";
import { userTypes } from "./members.js";
import { issueLine, pathText } from "./issues.js";
import { rules } from "./rules.js";

// What a caller can do, for each class of error.
const todo = {
  "other": "This error has no class. Its status is all that is known.",
  "already_exists": "A user with this identity exists: fetch it, or choose another identity.",
  "invalid": "The request is not valid: correct it before you send it again.",
  "refused": "The credentials are wrong, or do not allow this.",
  "rate_limited": "Nothing was created: it is safe to send the request again later.",
  "ambiguous": "The service failed, or the response is not from the service. The user may exist: look it up before you send the request again.",
};

// showAnswer shows an answer in target, and returns a summary, {tone, text,
// detail}, where the detail is a SID or the service's message. The elements of
// below stand under the first part. An answer has a status, a contentType and a
// body, as text or bytes; if it was fetched, also headers, reason, took and
// isOfGateway; if it was typed, go(issue), which goes to an issue's place.
export function showAnswer(target, answer, below = []) {
  const { verdict, details: [first, ...rest], detail = "" } = answer.status === 201 ? userParts(answer) : errorParts(answer);
  target.replaceChildren(verdict, parts([first, ...below, ...rest]));
  if (answer.headers) target.append(parts([headerTable(answer.headers), rawBody(answer.body)]));
  const text = verdict.textContent.slice(0, -verdict.lastChild.textContent.length).trim(); // without the facts
  return { tone: verdict.dataset.tone, text, detail };
}

// isAmbiguous reports whether it is unknown after an answer if the user exists.
export function isAmbiguous({ status, contentType, body }) {
  if (status === 201) return !rules.parseResponse(status, contentType, body).ok;
  const parsed = rules.parseError(status, contentType, body);
  return !parsed.ok || parsed.value.class === "ambiguous";
}

const parts = (nodes) => el("div", { class: "parts" }, ...nodes);

function userParts(answer) {
  const parsed = rules.parseUser(answer.body);
  if (!parsed.ok) return unreadable(answer, "the body is not a user", parsed.issues);
  const checked = rules.validateUser(parsed.value);
  const issues = checked.ok ? [] : checked.issues;
  const created = rules.parseResponse(answer.status, answer.contentType, answer.body).ok;
  const what = created ? "a user" : "no user with a valid sid";
  const text = issues.length > 0 ? `${what}; ${count(issues.length, "member breaks", "members break")} the contract` : created ? "a valid user" : what;
  return {
    verdict: verdictLine(created && issues.length === 0 ? "good" : "bad", answer, text),
    details: [...memberParts(parsed.value, issues, answer.go), ...unknownTable(parsed.value)],
    detail: parsed.value.sid ?? "",
  };
}

const unreadable = (answer, text, issues) => ({ verdict: verdictLine("bad", answer, text), details: issueList(issues, answer.go) });

function errorParts(answer) {
  const parsed = rules.parseError(answer.status, answer.contentType, answer.body);
  if (!parsed.ok) return unreadable(answer, "this is not the response of an error", parsed.issues);
  const error = parsed.value;
  const tone = error.class === "already_exists" || error.class === "rate_limited" ? "note" : "bad";
  return {
    verdict: verdictLine(tone, answer, error.class.replace("_", " ")),
    details: [el("p", { class: "todo" }, whatToDo(error, answer)), errorTable(error)],
    detail: error.message,
  };
}

// whatToDo prefers the gateway's message, which may say more, such as that
// nothing was sent.
const whatToDo = (error, { isOfGateway }) => (isOfGateway && error.class === "ambiguous" && shorten(error.message)) || todo[error.class];

const bytesOf = (body) => (typeof body === "string" ? new TextEncoder().encode(body) : body);

function verdictLine(tone, { status, reason, took, body }, text) {
  const facts = [took, size(bytesOf(body).length)].filter(Boolean).join(", ");
  const words = reason ? ` ${reason}: ${text} ` : ` ${text} `;
  return el("p", { class: `verdict ${tone}`, "data-tone": tone }, el("b", { class: "mono" }, String(status)), words, el("span", { class: "facts" }, facts));
}

const issueList = (issues, go) => issues.map((issue) => issueOf(issue, go));

const issueOf = (issue, go, name = pathText(issue)) =>
  issueLine(issue, { name, oneLine: issue.source === "value", go: go && issue.index >= 0 ? () => go(issue) : undefined });

// table makes a table of names and values.
function table(caption, rows, className = "") {
  const body = rows.map(([name, ...cells]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, ...cells)));
  return el("table", { class: `members ${className}` }, el("caption", {}, caption), el("tbody", {}, ...body));
}

// memberParts shows the issues that belong to no member, then each member with
// its issues.
function memberParts(user, issues, go) {
  const rows = Object.keys(userTypes).flatMap((name) => (name === "links" ? linkRows(user) : [[name, valueOf(user, name)]]));
  const rest = new Set(issues);
  for (const row of rows) {
    for (const issue of issues.filter((one) => pathText(one) === row[0])) {
      row.push(issueOf(issue, go, ""));
      rest.delete(issue);
    }
  }
  return [...issueList([...rest], go), table("Members", rows)];
}

function linkRows(user) {
  if (!Object.hasOwn(user, "links") || user.links === null) return [["links", valueOf(user, "links")]];
  return [["links.user_conversations", valueOf(user.links, "user_conversations")]];
}

// valueOf shows a member, and tells absent, null and empty apart.
function valueOf(record, name) {
  if (!Object.hasOwn(record, name) || record[name] === undefined) return state("absent");
  const value = record[name];
  if (value === null) return state("null");
  if (value === "") return state("empty");
  return mono(String(value));
}

const state = (text) => el("span", { class: "state" }, text);
const mono = (text) => el("span", { class: "mono" }, shorten(text));

function unknownTable(user) {
  const rows = [];
  for (const [prefix, unknown] of [["", user.unknown], ["links.", user.links?.unknown]]) {
    for (const [name, text] of Object.entries(unknown ?? {})) rows.push([prefix + name, mono(text)]);
  }
  return rows.length === 0 ? [] : [table("Unknown members, as received", rows)];
}

// The members of an error that are shown if they are not empty.
const errorMembers = [["detail", "detail"], ["more info", "moreInfo"], ["instance", "instance"], ["extra", "extra"]];

function errorTable(error) {
  const rows = [
    ["class", error.class],
    ["code", error.code === 0 ? state("none") : mono(String(error.code))],
    ["message", error.message === "" ? state("none") : mono(error.message)],
  ];
  for (const [label, key] of errorMembers) {
    if (error[key] !== "") rows.push([label, mono(error[key])]);
  }
  if (typeof error.userError === "boolean") rows.push(["caller’s error", error.userError ? "yes" : "no"]);
  return table("Error", rows);
}

const shownHeaders = [
  "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
  "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Content-Type", "Retry-After",
];

function headerTable(headers) {
  const rows = shownHeaders.filter((name) => headers.has(name)).map((name) => [name, mono(headers.get(name))]);
  return table("Headers that a page can read", rows, "headers");
}

function rawBody(bytes) {
  const text = new TextDecoder().decode(bytes);
  const shown = text === "" ? state("empty") : shorten(text);
  return el("div", { class: "block" },
    el("div", { class: "block-head" }, el("h3", {}, "Raw body"), el("span", { class: "size" }, size(bytes.length))),
    el("pre", { class: "mono", tabindex: "0", role: "region", "aria-label": "Raw body" }, shown));
}
