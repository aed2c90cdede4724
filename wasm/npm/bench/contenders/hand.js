// Hand-written JavaScript, as good as its author could make it while staying
// what a careful person would write: one pass over the own members, typeof,
// a regular expression, JSON.parse.

import { isObjectText, ROLE, WANT_OBJECT, WANT_ROLE } from "./shared.js";

const fault = (message, path, code) => ({ message, path, code });

/** Returns null or the faults. */
export function check(request) {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return [fault("want an object", [], "type")];
  let faults = null;
  let named = false;
  for (const name in request) {
    if (!Object.hasOwn(request, name)) continue;
    const value = request[name];
    if (value === undefined) continue;
    if (name === "Identity") named = true;
    const found = member(name, value);
    if (found !== null) (faults ??= []).push(found);
  }
  if (!named) (faults ??= []).unshift(fault("want a text that is not empty", ["Identity"], "required"));
  return faults;
}

function member(name, value) {
  switch (name) {
    case "Identity":
      if (typeof value !== "string") return fault("want a string", ["Identity"], "type");
      return value === "" ? fault("want a text that is not empty", ["Identity"], "required") : null;
    case "FriendlyName":
      return typeof value === "string" ? null : fault("want a string", ["FriendlyName"], "type");
    case "Attributes":
      if (typeof value !== "string") return fault("want a string", ["Attributes"], "type");
      return isObjectText(value) ? null : fault(WANT_OBJECT, ["Attributes"], "json");
    case "RoleSid":
      if (typeof value !== "string") return fault("want a string", ["RoleSid"], "type");
      return ROLE.test(value) ? null : fault(WANT_ROLE, ["RoleSid"], "pattern");
    case "WebhookEnabled":
      return typeof value === "boolean" ? null : fault("want true or false", ["WebhookEnabled"], "type");
    default:
      return fault("unknown name", [], "unknown");
  }
}

/** The four pairs, in the order of the documentation; undefined is absent. */
function empty() {
  return { Identity: undefined, FriendlyName: undefined, Attributes: undefined, RoleSid: undefined };
}

/** Returns null, or the fault of a pair that may not stand there. */
function put(value, name, text) {
  switch (name) {
    case "Identity":
    case "FriendlyName":
    case "Attributes":
    case "RoleSid":
      if (value[name] !== undefined) return fault("repeated name", [name], "repeated");
      value[name] = text;
      return null;
    default:
      return fault("unknown name", [], "unknown");
  }
}

const answer = (value, faults) => (faults === null ? { ok: true, value } : { ok: false, faults });

/** URLSearchParams, then the checks. */
function formWithParams(body) {
  const value = empty();
  let found = null;
  new URLSearchParams(body).forEach((text, name) => {
    found ??= put(value, name, text);
  });
  return answer(value, found === null ? check(value) : [found]);
}

/** A decoder of one's own, then the checks: most texts have no escape, and no text needs an iterator. */
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
    return fault("want % and two hex digits of UTF-8", [], "percent");
  }
}

function decoded(text) {
  if (text.includes("+")) text = text.replaceAll("+", " ");
  return text.includes("%") ? decodeURIComponent(text) : text;
}

function eatFaults(faults) {
  let sum = 0;
  for (const { message, path, code } of faults) sum += message.length + path.length + code.length;
  return sum;
}

const eatForm = ({ ok, value, faults }) =>
  ok ? value.Identity.length + value.FriendlyName.length + value.Attributes.length + value.RoleSid.length : eatFaults(faults);

const eatRequest = (faults) => (faults === null ? 1 : eatFaults(faults));
const readRequest = (faults) => (faults === null ? { ok: true } : { ok: false, faults });

export const hand = {
  name: "by hand",
  request: { call: check, eat: eatRequest, read: readRequest },
  issues: { call: check, eat: eatRequest, read: readRequest },
  form: { call: formWithParams, eat: eatForm, read: (result) => result },
};

export const handDecoder = {
  name: "by hand, decoder too",
  form: { call: formWithDecoder, eat: eatForm, read: (result) => result },
};
