// Calls the exports of the module, and reads and writes its memory as
// wasm/ABI.md specifies.

import { WasmError } from "./errors.js";
import { decoder, encoder } from "./text.js";

export const abi = 2;

export const op = {
  kind: 0,
  validateRequest: 1,
  adviseRequest: 2,
  encodeForm: 3,
  parseForm: 4,
  encodeRequest: 5,
  parseRequest: 6,
  encodeUser: 7,
  parseUser: 8,
  validateUser: 9,
  parseError: 10,
  validateSid: 11,
  validateAttributes: 12,
  parseForms: 13,
  parseResponse: 14,
};

export const flag = { allowUnknown: 1, validate: 2, htmlSafe: 4 };

export const ABSENT = -1;
export const NULL = -2;
export const MISTYPED = -3;
export const OBJECT = -4;
export const TRUE = -5;
export const FALSE = -6;
export const HERE = 0;
export const APART = -8;

/** Code units up to which a loop beats encodeInto, which costs 50 ns in Node.js and 250 in a browser: see bench/encode_into.js. */
const SHORT = globalThis.process?.versions?.node === undefined ? 256 : 48;
const LARGE = 16 << 20; // bytes of memory beyond which an instance is given up after its call
const RESTARTS = 3; // a minute
const MINUTE = 60_000;

export async function openInstance(module, maxBytes) {
  checkImports(module);
  return new Instance(module, maxBytes, start(await WebAssembly.instantiate(module)));
}

export function openInstanceSync(module, maxBytes) {
  checkImports(module);
  return new Instance(module, maxBytes, startSync(module));
}

/** The platform's error for another module, such as convuser_js.wasm, is a TypeError. */
function checkImports(module) {
  if (WebAssembly.Module.imports(module).length > 0) throw new WasmError("ABI", "want convuser.wasm, the module needs imports");
}

function startSync(module) {
  return start(new WebAssembly.Instance(module));
}

function start({ exports }) {
  for (const name of ["abi", "record", "reserve", "validate", "call", "memory"]) {
    if (!(name in exports)) throw new WasmError("ABI", `the module has no export ${name}`);
  }
  const version = exports.abi();
  if (version !== abi) throw new WasmError("ABI", `want protocol ${abi}, the module has ${version}`);
  return exports;
}

/** The release of Go that made a module, which says so in its section of producers. */
function goVersionOf(module) {
  const [section] = WebAssembly.Module.customSections(module, "producers");
  return section === undefined ? "" : (/go\d[\w.]*/.exec(decoder.decode(section))?.[0] ?? "");
}

class Instance {
  constructor(module, maxBytes, exports) {
    this.module = module;
    this.maxBytes = maxBytes;
    this.goVersion = goVersionOf(module);
    this.state = "ready";
    this.stamp = 0;
    this.restarts = [];
    this.adopt(exports);
  }

  adopt(exports) {
    this.exports = exports;
    this.record = exports.record() >> 2;
    this.kinds = [];
    this.refresh();
  }

  /** Memory that grows detaches its views. */
  refresh() {
    const { buffer } = this.exports.memory;
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.large = buffer.byteLength > LARGE;
  }

  /** Before each call: an instance is dead until it has answered. */
  enter() {
    if (this.state !== "ready") this.revive();
    if (this.words.length === 0) this.refresh();
    if (this.large) this.adopt(startSync(this.module)); // memory does not shrink
    this.cursor = this.words[this.record + 1];
  }

  revive() {
    if (this.state === "disposed") throw new WasmError("DISPOSED", "this codec was disposed of");
    const now = performance.now();
    this.restarts = this.restarts.filter((at) => now - at < MINUTE);
    if (this.restarts.length >= RESTARTS) {
      this.exports = null;
      throw new WasmError("CRASHED", "the program crashes too often");
    }
    this.restarts.push(now);
    this.exports = null;
    this.adopt(startSync(this.module));
    this.state = "ready";
  }

  /** Before an export is called: the instance counts as dead until the end. */
  begin() {
    this.state = "crashed";
    return (this.stamp = (this.stamp + 1) | 0);
  }

  /** Nothing but the stamp in the record says that a call came to its end. */
  end(stamp) {
    if (this.words.length === 0) this.refresh();
    if (this.words[this.record] !== stamp) throw crashed(new Error("the call did not come to its end"));
    this.state = "ready";
  }

  dispose() {
    this.state = "disposed";
    this.exports = this.module = this.words = this.bytes = null;
  }

  room(n) {
    if (n <= this.words[this.record + 2]) return;
    const stamp = this.begin();
    try {
      this.exports.reserve(stamp, n);
    } catch (cause) {
      throw crashed(cause);
    }
    this.end(stamp);
    this.cursor = this.words[this.record + 1];
  }

  /** Checks a request. Returns how many issues there are, -1 where it is too large. */
  validate(identity, friendlyName, attributes, roleSid, webhook) {
    this.enter();
    const units = unitsOf(identity) + unitsOf(friendlyName) + unitsOf(attributes) + unitsOf(roleSid);
    if (units > this.maxBytes) return -1;
    this.room(3 * units);
    const before = this.cursor;
    const l0 = this.put(identity);
    const l1 = this.put(friendlyName);
    const l2 = this.put(attributes);
    const l3 = this.put(roleSid);
    if (this.cursor - before > this.maxBytes) return -1;
    const stamp = this.begin();
    try {
      this.exports.validate(stamp, l0, l1, l2, l3, webhook);
    } catch (cause) {
      throw crashed(cause);
    }
    this.end(stamp);
    return this.words[this.record + 7];
  }

  /** Does an operation on many texts; returns nothing where one of them is not ASCII. */
  callMany(operation, flags, texts) {
    const joined = texts.join("");
    const size = joined.length;
    const header = 4 * texts.length;
    this.enter();
    this.room(header + size);
    const at = this.cursor + header;
    const { read, written } = encoder.encodeInto(joined, this.bytes.subarray(at, at + size));
    if (read !== size || written !== size) return undefined;
    const lengths = this.cursor >> 2;
    for (let i = 0; i < texts.length; i++) this.words[lengths + i] = texts[i].length;
    this.run(operation, flags, texts.length);
    return new Reader(this, 1, this.numbers()[0]);
  }

  /** Does an operation on texts, bytes, and numbers that cross as they are. Returns as validate. */
  call(operation, flags, parts) {
    this.enter();
    let size = 0;
    for (const part of parts) size += unitsOf(part);
    if (size > this.maxBytes) return -1;
    const header = 4 * parts.length;
    this.room(header + 3 * size);
    const lengths = this.cursor >> 2;
    const before = (this.cursor += header);
    for (let i = 0; i < parts.length; i++) this.words[lengths + i] = this.put(parts[i]);
    if (this.cursor - before > this.maxBytes) return -1;
    return this.run(operation, flags, parts.length);
  }

  /** Does an operation on what has been written. Returns how many issues there are. */
  run(operation, flags, n) {
    const stamp = this.begin();
    try {
      this.exports.call(stamp, operation, flags, n);
    } catch (cause) {
      throw crashed(cause);
    }
    this.end(stamp);
    return this.words[this.record + 7];
  }

  /** Writes a text and returns its length in bytes. */
  put(part) {
    if (typeof part === "number") return part;
    if (typeof part !== "string") {
      this.bytes.set(part, this.cursor);
      this.cursor += part.length;
      return part.length;
    }
    const n = part.length;
    if (n > SHORT) return this.putLong(part);
    const { bytes, cursor } = this;
    let seen = 0;
    for (let i = 0; i < n; i++) {
      const unit = part.charCodeAt(i);
      seen |= unit;
      bytes[cursor + i] = unit;
    }
    if (seen > 127) return this.putLong(part);
    this.cursor = cursor + n;
    return n;
  }

  putLong(text) {
    if (!isWellFormed(text)) return this.putIllFormed(text);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.cursor, this.cursor + 3 * text.length));
    this.cursor += written;
    return written;
  }

  /** Writes a lone surrogate as bytes that the core refuses; encodeInto writes U+FFFD. */
  putIllFormed(text) {
    const before = this.cursor;
    for (const character of text) {
      const unit = character.charCodeAt(0);
      if (character.length === 1 && unit >= 0xd800 && unit < 0xe000) {
        this.bytes[this.cursor++] = 0xe0 | (unit >> 12);
        this.bytes[this.cursor++] = 0x80 | ((unit >> 6) & 0x3f);
        this.bytes[this.cursor++] = 0x80 | (unit & 0x3f);
      } else {
        this.cursor += encoder.encodeInto(character, this.bytes.subarray(this.cursor, this.cursor + 4)).written;
      }
    }
    return this.cursor - before;
  }

  inBody() {
    return this.words[this.record + 8] === 1;
  }

  /** Kinds and offsets; asking for a kind overwrites them. */
  pairs(count) {
    const at = this.words[this.record + 5] >> 2;
    const pairs = [];
    for (let i = 0; i < 2 * count; i++) pairs.push(this.words[at + i]);
    return pairs;
  }

  numbers() {
    const at = this.words[this.record + 5] >> 2;
    return this.words.subarray(at, at + this.words[this.record + 6]);
  }

  /** The text, or a part of it by offsets in bytes. */
  text(from = 0, to = this.words[this.record + 4]) {
    const at = this.words[this.record + 3];
    return from === to ? "" : decoder.decode(this.bytes.subarray(at + from, at + to));
  }

  kind(number) {
    return (this.kinds[number] ??= this.askKind(number));
  }

  askKind(number) {
    this.words[this.words[this.record + 1] >> 2] = number; // without enter: a new instance has other numbers
    this.run(op.kind, 0, 1);
    const next = new Reader(this);
    const [field, code, want, message, basis, hint, found] = Array.from({ length: 7 }, () => next.value());
    const params = want === "" ? {} : code === "unknown" ? { nearest: want } : { expected: /^\d+$/.test(want) ? Number(want) : want };
    if (found !== "") params.found = found;
    return {
      message,
      path: Object.freeze(pathOf(field)),
      code,
      params: Object.freeze(params),
      hint: hint || undefined,
      basis: basis || undefined,
      server: next.number(),
    };
  }
}

/** Takes an answer's values in turn. Its text counts as ASCII up to an offset in bytes. */
export class Reader {
  constructor(instance, skip = 0, split = undefined) {
    this.numbers = instance.numbers();
    this.index = skip;
    this.text = instance.text(0, split);
    this.at = 0; // in text
    this.others = "";
    this.othersAt = 0;
    if (split === undefined) return;
    this.others = instance.text(split);
    this.numbers = this.numbers.slice(); // to ask for a kind is another call
  }

  number() {
    return this.numbers[this.index++];
  }

  take(count) {
    return this.numbers.slice(this.index, (this.index += count));
  }

  /** A text, null, a boolean, or undefined for what is absent. */
  value() {
    const n = this.numbers[this.index++];
    if (n >= 0) return this.text.slice(this.at, (this.at += n));
    if (n <= APART) return this.others.slice(this.othersAt, (this.othersAt += APART - n));
    if (n === NULL) return null;
    if (n === ABSENT) return undefined;
    return n === TRUE;
  }
}

function crashed(cause) {
  return new WasmError("CRASHED", "the program crashed; the next call starts it anew", { cause });
}

function unitsOf(part) {
  return typeof part === "number" ? 0 : part.length;
}

/** "links.user_conversations" → ["links", "user_conversations"] */
function pathOf(field) {
  if (field === "") return [];
  return field === "X-Twilio-Webhook-Enabled" ? ["WebhookEnabled"] : field.split(".");
}

export const isWellFormed = String.prototype.isWellFormed
  ? (text) => text.isWellFormed()
  : (text) => !/\p{Surrogate}/u.test(text);
