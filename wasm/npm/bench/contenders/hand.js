// Hand-written JavaScript, as fast as careful code can be: one pass over the own
// members, typeof, a regular expression, JSON.parse.

import { isObjectText, ROLE, WANT_OBJECT, WANT_ROLE } from "./shared.js";

const issue = (message, path, code) => ({ message, path, code });

/** Returns null or the issues. */
export function check(request) {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return [issue("want an object", [], "type")];
  let issues = null;
  let named = false;
  for (const name in request) {
    if (!Object.hasOwn(request, name)) continue;
    const value = request[name];
    if (value === undefined) continue;
    if (name === "Identity") named = true;
    const found = member(name, value);
    if (found !== null) (issues ??= []).push(found);
  }
  if (!named) (issues ??= []).unshift(issue("want a text that is not empty", ["Identity"], "required"));
  return issues;
}

function member(name, value) {
  switch (name) {
    case "Identity":
      if (typeof value !== "string") return issue("want a string", ["Identity"], "type");
      return value === "" ? issue("want a text that is not empty", ["Identity"], "required") : null;
    case "FriendlyName":
      return typeof value === "string" ? null : issue("want a string", ["FriendlyName"], "type");
    case "Attributes":
      if (typeof value !== "string") return issue("want a string", ["Attributes"], "type");
      return isObjectText(value) ? null : issue(WANT_OBJECT, ["Attributes"], "json");
    case "RoleSid":
      if (typeof value !== "string") return issue("want a string", ["RoleSid"], "type");
      return ROLE.test(value) ? null : issue(WANT_ROLE, ["RoleSid"], "pattern");
    case "WebhookEnabled":
      return typeof value === "boolean" ? null : issue("want true or false", ["WebhookEnabled"], "type");
    default:
      return issue("unknown name", [], "unknown");
  }
}

/** The four pairs, in the order of the documentation; undefined is absent. */
function empty() {
  return { Identity: undefined, FriendlyName: undefined, Attributes: undefined, RoleSid: undefined };
}

/** Returns null, or the issue of an unknown or repeated name. */
function put(value, name, text) {
  switch (name) {
    case "Identity":
    case "FriendlyName":
    case "Attributes":
    case "RoleSid":
      if (value[name] !== undefined) return issue("repeated name", [name], "repeated");
      value[name] = text;
      return null;
    default:
      return issue("unknown name", [], "unknown");
  }
}

const answer = (value, issues) => (issues === null ? { ok: true, value } : { ok: false, issues });

/** URLSearchParams, then the checks. */
function formWithParams(body) {
  const value = empty();
  let found = null;
  new URLSearchParams(body).forEach((text, name) => {
    found ??= put(value, name, text);
  });
  return answer(value, found === null ? check(value) : [found]);
}

/** A decoder, then the checks: most values have no escape, and there is no iterator. */
function formWithDecoder(body) {
  const value = empty();
  for (let start = 0; start < body.length; ) {
    let end = body.indexOf("&", start);
    if (end < 0) end = body.length;
    const found = end > start ? pair(value, body.slice(start, end)) : null;
    if (found !== null) return answer(value, [found]);
    start = end + 1;
  }
  return answer(value, check(value));
}

function pair(value, text) {
  const equals = text.indexOf("=");
  try {
    return equals < 0 ? put(value, decoded(text), "") : put(value, decoded(text.slice(0, equals)), decoded(text.slice(equals + 1)));
  } catch {
    return issue("want % and two hex digits of UTF-8", [], "percent");
  }
}

function decoded(text) {
  if (text.includes("+")) text = text.replaceAll("+", " ");
  return text.includes("%") ? decodeURIComponent(text) : text;
}

function consumeIssues(issues) {
  let sum = 0;
  for (const { message, path, code } of issues) sum += message.length + path.length + code.length;
  return sum;
}

const consumeForm = ({ ok, value, issues }) =>
  ok ? value.Identity.length + value.FriendlyName.length + value.Attributes.length + value.RoleSid.length : consumeIssues(issues);

const consumeRequest = (issues) => (issues === null ? 1 : consumeIssues(issues));
const readRequest = (issues) => (issues === null ? { ok: true } : { ok: false, issues });

export const hand = {
  name: "by hand",
  request: { call: check, consume: consumeRequest, read: readRequest },
  issues: { call: check, consume: consumeRequest, read: readRequest },
  form: { call: formWithParams, consume: consumeForm, read: (result) => result },
};

export const handDecoder = {
  name: "by hand, decoder too",
  form: { call: formWithDecoder, consume: consumeForm, read: (result) => result },
};
