// Each data function reads its input once, and runs no code of the caller
// between writing the first byte to the instance and reading the last word.

import { bindMethods } from "./bind.js";
import { isUint8Array } from "./bytes.js";
import { checkMessages, withMessage } from "./custom_messages.js";
import { WasmError } from "./errors.js";
import { isWellFormed, Reader } from "./instance.js";
import { failure, ownIssue, placeOf } from "./issues.js";
import { standardResult, standardSchema } from "./json_schema.js";
import { validateMany } from "./many.js";
import { requestNames, userTypes } from "./members.js";
import { checkOptions, isSet, requestOptions } from "./options.js";
import { ABSENT, FALSE, flag, HERE, MISTYPED, NULL, OBJECT, op, TRUE } from "./protocol.js";
import { retryAfter } from "./retry_after.js";
import { decoder, encoder } from "./text.js";
import { version } from "./version.js";

const BATCH = 16 * 1024; // bytes of forms in one call
const { hasOwnProperty: hasOwn } = Object.prototype;
const userNames = Object.keys(userTypes);
const linkNames = Object.keys(userTypes.links);
const linkPaths = [...linkNames, "unknown"].map((name) => `links.${name}`);
const userOrder = userNames.flatMap((name) => (name === "links" ? [name, ...linkPaths] : name)).concat("unknown");

export class Codec {
  static name = "Codec"; // bundlers rename the class
  #instance;
  #messages;
  #schema;

  constructor(instance, messages) {
    this.#instance = instance;
    this.#messages = messages;
    bindMethods(this);
  }

  validateRequest(request, options) {
    const checked = options === undefined ? undefined : requestOptions(options);
    const read = readRequest(request);
    if (checked !== undefined) read.apply(checked);
    if (read.issue !== undefined) return this.#failed(read.issue);
    const found = this.#check(read);
    return found === 0 ? { ok: true, value: read.snapshot() } : this.#fail(found, memberOf(read), "value", read.places);
  }

  validateField(field, value) {
    if (!requestNames.includes(field)) return this.#failed(ownIssue("unknown", "unknown name"));
    const read = new Request();
    read.set(field, value);
    const found = this.#check(read);
    if (found === 0) return { ok: true, value };
    const { issues } = this.#fail(found, memberOf(read));
    const own = issues.filter(({ path }) => path.length === 0 || path[0] === field); // leave out that Identity is missing
    return own.length === 0 ? { ok: true, value } : failure(own);
  }

  adviseRequest(request) {
    const read = readRequest(request);
    if (read.issue !== undefined) return this.#failed(read.issue);
    const found = this.#instance.call(op.adviseRequest, 0, read.parts());
    if (found !== 0) return this.#fail(found, memberOf(read));
    return { ok: true, value: this.#list(this.#instance.numbers().length / 2, memberOf(read)) };
  }

  encodeForm(request) {
    return this.#write(op.encodeForm, 0, request, (body, { WebhookEnabled: hook }) => {
      const type = "application/x-www-form-urlencoded";
      const sent = hook !== ABSENT;
      return { body, headers: sent ? { "Content-Type": type, "X-Twilio-Webhook-Enabled": String(hook === TRUE) } : { "Content-Type": type } };
    });
  }

  encodeRequest(request, options) {
    return this.#write(op.encodeRequest, htmlSafe(options), request, (body) => body);
  }

  parseForm(body, options) {
    return this.#parse(op.parseForm, parsing(options), body, takeRequest);
  }

  /** Takes half the time of a parseForm for each body, since a call costs more than parsing a form. */
  parseForms(bodies, options) {
    if (typeof bodies?.[Symbol.iterator] !== "function" || typeof bodies === "string" || ArrayBuffer.isView(bodies)) {
      throw new WasmError("OPTIONS", "bodies: want an iterable of forms");
    }
    this.#instance.enter(); // throws if disposed, even without bodies
    const flags = parsing(options);
    const limit = Math.min(BATCH, this.#instance.maxBytes);
    const results = [];
    let texts = [];
    let room = BATCH;
    for (const body of bodies) {
      const alone = typeof body !== "string" || body.length > limit;
      if (!alone) texts.push(body);
      if (!alone && (room -= body.length + 4) > 0) continue;
      this.#parseTexts(flags, texts, results);
      if (alone) results.push(this.#parse(op.parseForm, flags, body, takeRequest));
      texts = [];
      room = BATCH;
    }
    this.#parseTexts(flags, texts, results);
    return results;
  }

  parseRequest(body, options) {
    return this.#parse(op.parseRequest, parsing(options), body, takeRequest);
  }

  encodeUser(user, options) {
    const read = readUser(user);
    if (read.issue !== undefined) return this.#failed(read.issue);
    const found = this.#instance.call(op.encodeUser, htmlSafe(options), [read.text]);
    if (found === 0 && read.issues.length === 0) return { ok: true, value: this.#instance.text() };
    return this.#failUser(found, read);
  }

  parseUser(body) {
    return this.#parse(op.parseUser, 0, body, takeUser);
  }

  validateUser(user) {
    const read = readUser(user);
    if (read.issue !== undefined) return this.#failed(read.issue);
    const found = this.#instance.call(op.validateUser, 0, [read.text]);
    return found === 0 && read.issues.length === 0 ? { ok: true, value: read.value } : this.#failUser(found, read);
  }

  /** Merges the issues found while reading with those of the module, in the order of the members. */
  #failUser(found, read) {
    const rest = found === 0 ? [] : this.#fail(found, memberOf(read.value)).issues;
    const place = ({ path }) => userOrder.indexOf(path.join(".")); // -1 for an issue of the whole
    const issues = read.issues.map((issue) => this.#withMessage(issue)).concat(rest);
    return failure(issues.sort((a, b) => place(a) - place(b)));
  }

  parseError(status, contentType, body) {
    const response = readResponse(status, contentType, body);
    if (response.issue !== undefined) return this.#failed(response.issue);
    const found = this.#instance.call(op.parseError, 0, [status, response.contentType, response.text]);
    return found === 0 ? { ok: true, value: takeError(new Reader(this.#instance), response) } : this.#fail(found, () => undefined);
  }

  parseResponse(status, contentType, body, headers) {
    const response = readResponse(status, contentType, body, headers);
    if (response.issue !== undefined) return this.#failed(response.issue);
    const instance = this.#instance;
    const part = status === 201 ? response.body : response.text; // a user in bytes must be UTF-8, an error need not
    const found = instance.call(op.parseResponse, 0, [status, response.contentType, part]);
    const rest = found < 0 ? instance.call(op.parseResponse, 0, [status, response.contentType, ""]) : found; // too large: only the status is read
    if (rest < 0) return this.#fail(rest);
    const reader = new Reader(instance, 2 * rest);
    if (reader.value()) return { ok: true, value: takeUser(reader) };
    const error = takeError(reader, response);
    return { ...this.#fail(found, () => part, "body"), error };
  }

  validateSid(prefix, value) {
    return this.#one(op.validateSid, [partOf(prefix), partOf(value)], value);
  }

  validateAttributes(value) {
    return this.#one(op.validateAttributes, [partOf(value)], value);
  }

  validateMany(rows, options) {
    return validateMany(this, this.#instance.maxBytes, rows, options);
  }

  get schema() {
    return (this.#schema ??= this.#makeSchema());
  }

  #makeSchema() {
    const plain = new Codec(this.#instance);
    return standardSchema((value) => standardResult(plain.validateRequest(value), this.#messages));
  }

  with(options) {
    checkOptions(options, ["messages"]);
    return new Codec(this.#instance, { ...this.#messages, ...checkMessages(options.messages) });
  }

  get version() {
    return version;
  }

  get goVersion() {
    return this.#instance.goVersion;
  }

  get state() {
    return this.#instance.state;
  }

  /** What console.log prints in Node.js. */
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    const { version, goVersion, state } = this;
    return `${this.constructor.name} ${inspect({ version, goVersion, state }, options)}`;
  }

  #check(read) {
    if (read.unknown !== undefined) return this.#instance.call(op.validateRequest, 0, read.parts());
    return this.#instance.validate(read.Identity, read.FriendlyName, read.Attributes, read.RoleSid, read.WebhookEnabled);
  }

  #write(operation, flags, request, take) {
    const read = readRequest(request);
    if (read.issue !== undefined) return this.#failed(read.issue);
    const found = this.#instance.call(operation, flags, read.parts());
    return found === 0 ? { ok: true, value: take(this.#instance.text(), read) } : this.#fail(found, memberOf(read), "value", read.places);
  }

  #parse(operation, flags, body, take) {
    const part = bytesOf(body) ?? partOf(body);
    if (typeof part === "number") return this.#failed(typeIssue([], "string"));
    const instance = this.#instance;
    const found = instance.call(operation, flags, [part]);
    if (found === 0) return { ok: true, value: take(new Reader(instance)) };
    if (found < 0 || instance.inBody()) return this.#fail(found, () => part, "body");
    return this.#fail(found, memberOf(take(new Reader(instance, 2 * found)))); // parsed, but not valid
  }

  #parseTexts(flags, texts, results) {
    if (texts.length === 0) return;
    const reader = this.#instance.callMany(op.parseForms, flags, texts);
    for (const text of texts) {
      results.push(reader === undefined ? this.#parse(op.parseForm, flags, text, takeRequest) : this.#nextResult(reader, text));
    }
  }

  #nextResult(reader, body) {
    const head = reader.number();
    if (head === 0) return { ok: true, value: takeRequest(reader) };
    const pairs = reader.take(head & ~1);
    return failure(head & 1 ? this.#listOf(pairs, () => body, "body") : this.#listOf(pairs, memberOf(takeRequest(reader))));
  }

  #one(operation, parts, value) {
    const found = this.#instance.call(operation, 0, parts);
    return found === 0 ? { ok: true, value } : this.#fail(found, () => value);
  }

  #failed(issue) {
    this.#instance.enter(); // throws if disposed
    return failure([this.#withMessage(issue)]);
  }

  /** Returns the issues of the last call. textAt returns the text that a path's offsets refer to; places has the indexes of the unknown names. */
  #fail(found, textAt, source = "value", places = undefined) {
    const { maxBytes } = this.#instance;
    if (found < 0) return this.#failed(ownIssue("too_large", `want at most ${maxBytes} bytes`, [], { expected: maxBytes }, source));
    return failure(this.#list(found, textAt, source, places));
  }

  #list(count, textAt, source, places) {
    return this.#listOf(this.#instance.pairs(count), textAt, source, places);
  }

  #listOf(pairs, textAt, source = "value", places = undefined) {
    const list = new Array(pairs.length / 2);
    for (let i = 0; i < list.length; i++) {
      list[i] = issueOf(this.#instance.kind(pairs[2 * i]), pairs[2 * i + 1], textAt, source, places);
    }
    return this.#messages === undefined ? list : list.map((issue) => this.#withMessage(issue));
  }

  #withMessage(issue) {
    return withMessage(issue, this.#messages);
  }
}

function issueOf({ message, path, code, params: shared, hint, basis, server }, at, textAt, source, places) {
  const { offset, index, line, column } = placeOf(textAt(path), at);
  const params = places !== undefined && code === "unknown" ? { ...shared, index: places.shift() } : shared;
  const issue = { message, path, code, params, offset, index, line, column, source };
  if (hint !== undefined) return { ...issue, hint };
  return basis === undefined ? issue : { ...issue, server, basis };
}

function memberOf(object) {
  return (path) => {
    const value = path.length === 2 ? object[path[0]]?.[path[1]] : object[path[0]];
    return typeof value === "string" ? value : undefined;
  };
}

/** A request as strings and numbers of the protocol. */
class Request {
  Identity = ABSENT;
  FriendlyName = ABSENT;
  Attributes = ABSENT;
  RoleSid = ABSENT;
  WebhookEnabled = ABSENT;
  unknown = undefined; // names of unknown members
  places = undefined; // their indexes among all names
  issue = undefined; // why it could not be read

  set(name, value, place) {
    switch (name) {
      case "Identity":
        this.Identity = partOf(value);
        break;
      case "FriendlyName":
        this.FriendlyName = partOf(value);
        break;
      case "Attributes":
        this.Attributes = partOf(value);
        break;
      case "RoleSid":
        this.RoleSid = partOf(value);
        break;
      case "WebhookEnabled":
        this.WebhookEnabled = stateOf(value);
        break;
      default:
        if (value === undefined) return;
        (this.unknown ??= []).push(name);
        (this.places ??= []).push(place);
    }
  }

  /** Drops what the options ignore. */
  apply({ unknown, emptyAsAbsent }) {
    if (unknown === "strip") this.unknown = undefined;
    if (emptyAsAbsent) for (const name of ["FriendlyName", "Attributes", "RoleSid"]) if (this[name] === "") this[name] = ABSENT;
  }

  parts() {
    const parts = [this.Identity, this.FriendlyName, this.Attributes, this.RoleSid, this.WebhookEnabled];
    return this.unknown === undefined ? parts : parts.concat(this.unknown);
  }

  /** Uses literals, since an assignment would call a setter of Object.prototype; deleting the last member is fast. */
  snapshot() {
    const { Identity, FriendlyName, Attributes, RoleSid, WebhookEnabled: hook } = this;
    const value = hook === ABSENT ? { Identity, FriendlyName, Attributes, RoleSid } : { Identity, FriendlyName, Attributes, RoleSid, WebhookEnabled: hook === TRUE };
    if (RoleSid === ABSENT) delete value.RoleSid;
    if (Attributes === ABSENT) delete value.Attributes;
    if (FriendlyName === ABSENT) delete value.FriendlyName;
    return value;
  }
}

function partOf(value) {
  return typeof value === "string" ? value : value === undefined ? ABSENT : stateOf(value);
}

/** Returns the number that stands for a value other than a string. */
function stateOf(value) {
  switch (typeof value) {
    case "boolean":
      return value ? TRUE : FALSE;
    case "undefined":
      return ABSENT;
    case "object":
      return value === null ? NULL : OBJECT;
  }
  return MISTYPED;
}

/** Returns a copy of bytes, whose length can be trusted; undefined for anything else. */
function bytesOf(body) {
  try {
    return isUint8Array(body) ? new Uint8Array(body) : undefined;
  } catch {
    return undefined; // detached
  }
}

/** Reads the arguments of parseResponse. The type may be null, as Headers.get returns it. Invalid UTF-8 becomes U+FFFD in the text. */
function readResponse(status, type, body, headers) {
  const contentType = type === null ? "" : type;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    return { issue: ownIssue("status", "want an HTTP status from 100 to 599", ["status"]) };
  }
  if (typeof contentType !== "string") return { issue: typeIssue(["contentType"], "string") };
  const bytes = bytesOf(body);
  const text = bytes === undefined ? body : decoder.decode(bytes);
  if (typeof text !== "string") return { issue: typeIssue(["body"], "string") };
  try {
    if (headers !== undefined && !isRecord(headers)) return { issue: typeIssue(["headers"], "object") };
    return { status, contentType, body: bytes ?? text, text, retryAfter: retryAfter(headers) };
  } catch {
    return { issue: unreadable(["headers"]) };
  }
}

/** Reads own enumerable members, each once, and ignores symbols, as JSON.stringify does. */
function readRequest(request) {
  const read = new Request();
  let name;
  try {
    if (!isRecord(request)) {
      read.issue = typeIssue([], "object");
    } else {
      let place = 0;
      for (name in request) if (hasOwn.call(request, name)) read.set(name, request[name], place++);
    }
  } catch {
    read.issue = unreadable(requestNames.includes(name) ? [name] : []);
  }
  return read;
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(path) {
  return ownIssue("unreadable", "could not be read", path);
}

/** Reads a user and writes it as JSON for the module. Invalid members become issues and are left out. */
function readUser(user) {
  const issues = [];
  try {
    if (!isRecord(user)) return { issue: typeIssue([], "object") };
    return { ...readMembers(user, userTypes, [], issues), issues };
  } catch {
    return { issue: unreadable([]) };
  }
}

function readMembers(object, types, path, issues) {
  const texts = [];
  const value = Object.create(null);
  for (const [index, name] of Object.keys(object).entries()) {
    const member = object[name];
    if (member === undefined) continue;
    if (name === "unknown") value.unknown = readUnknown(member, types, [...path, name], issues, texts);
    else if (!hasOwn.call(types, name)) issues.push(ownIssue("unknown", "unknown name", path, { index }));
    else value[name] = readMember(name, member, types[name], path, issues, texts);
  }
  return { text: `{${texts.join()}}`, value: plain(value) };
}

/** Appends a member as JSON (no name needs an escape) and returns its value. */
function readMember(name, member, type, path, issues, texts) {
  if (typeof type === "object" && isRecord(member)) {
    const { text, value } = readMembers(member, type, [...path, name], issues);
    texts.push(`"${name}":${text}`);
    return value;
  }
  if (isValid(member, type)) texts.push(`"${name}":${JSON.stringify(member)}`);
  else issues.push(memberIssue(member, type, [...path, name]));
  return member;
}

function isValid(member, type) {
  return member === null || (typeof member === type && (type !== "string" || isWellFormed(member)));
}

function memberIssue(member, type, path) {
  if (typeof type === "object") return typeIssue(path, "object");
  if (typeof member !== type) return path[0] === "attributes" && isRecord(member) ? notStringified(path) : typeIssue(path, type);
  const before = member.slice(0, member.search(/\p{Surrogate}/u));
  return { ...ownIssue("utf8", "invalid UTF-8", path), ...placeOf(member, encoder.encode(before).length) };
}

function readUnknown(unknown, types, path, issues, texts) {
  const value = Object.create(null);
  if (!isRecord(unknown)) issues.push(typeIssue(path, "object"));
  else {
    for (const name of Object.keys(unknown)) {
      const text = (value[name] = unknown[name]);
      if (typeof text !== "string") issues.push(typeIssue(path, "string"));
      else if (Object.hasOwn(types, name)) issues.push(ownIssue("repeated", "repeated name", path));
      else if (!isJSON(text)) issues.push(ownIssue("json", "not JSON, want a value", path, { expected: "value" }));
      else texts.push(`${JSON.stringify(name)}:${text}`);
    }
  }
  return value;
}

/** Without this check, a text such as 1,"sid":2 would add another member. */
function isJSON(text) {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error; // a full stack
  }
}

function typeIssue(path, expected) {
  return ownIssue("type", `want a JSON ${expected}`, path, { expected });
}

/** The issue that the module reports for an object. */
function notStringified(path) {
  const message = "want a JSON string; pass the object as JSON text, as JSON.stringify makes it";
  return { ...ownIssue("type", message, path, { expected: "string" }), hint: "not_stringified" };
}

function htmlSafe(options) {
  return flagsOf(options, ["htmlSafe"]);
}

function parsing(options) {
  return flagsOf(options, ["allowUnknown", "validate"]);
}

/** Returns the flags of the options that are set. Only own members count, since Object.prototype may be polluted. */
function flagsOf(options, names) {
  if (options === undefined) return 0;
  checkOptions(options, names);
  let flags = 0;
  for (const name of names) if (hasOwn.call(options, name) && isSet(name, options[name])) flags |= flag[name];
  return flags;
}

/** Sets the usual prototype of an object that had none while it was filled, so that no setter was called. */
function plain(object) {
  return Object.setPrototypeOf(object, Object.prototype);
}

/** Reads the known and unknown members of a user or of its links. */
function takeMembers(reader, names) {
  const object = Object.create(null);
  for (const name of names) {
    const value = name === "links" ? takeLinks(reader) : reader.value();
    if (value !== undefined) object[name] = value;
  }
  takeUnknown(reader, object);
  return plain(object);
}

function takeLinks(reader) {
  const state = reader.number();
  if (state === HERE) return takeMembers(reader, linkNames);
  return state === NULL ? null : undefined;
}

/** A loop would take twice the time. */
function takeRequest(reader) {
  const request = { Identity: reader.value(), FriendlyName: reader.value(), Attributes: reader.value(), RoleSid: reader.value() };
  if (request.RoleSid === undefined) delete request.RoleSid;
  if (request.Attributes === undefined) delete request.Attributes;
  if (request.FriendlyName === undefined) delete request.FriendlyName;
  if (request.Identity === undefined) delete request.Identity;
  return request;
}

function takeUser(reader) {
  return takeMembers(reader, userNames);
}

/** Any name is possible, even __proto__, so the object has no prototype. */
function takeUnknown(reader, object) {
  const count = reader.number();
  if (count === 0) return;
  object.unknown = Object.create(null);
  for (let i = 0; i < count; i++) object.unknown[reader.value()] = reader.value();
}

function takeError(reader, { status, contentType, text, retryAfter }) {
  const code = reader.number();
  const [message, moreInfo, detail, instance, extra, kind, reason] = Array.from({ length: 7 }, () => reader.value());
  const error = {
    status, reason, code, message, moreInfo, detail, instance, extra, contentType, body: text, retryAfter, class: kind, userError: reader.value(),
  };
  if (error.userError === undefined) delete error.userError;
  return error;
}
