// Calls the exports of the module, and reads and writes its memory as
// wasm/ABI.md specifies.

import { WasmError } from "./errors.js";
import { abi, ABSENT, APART, NULL, op, TRUE } from "./protocol.js";
import { decoder, encoder } from "./text.js";

/** Up to this many code units, a loop beats encodeInto, which takes 50 ns in Node.js and 250 in a browser: see bench/encode_into.js. */
const SHORT = globalThis.process?.versions?.node === undefined ? 256 : 48;
const LARGE = 16 << 20; // bytes; an instance with more memory is replaced before the next call
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

/** Without this check, another module such as convuser_js.wasm would fail with a TypeError. */
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

/** Returns the Go release that the module's section "producers" names. */
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

  /** Growing memory detaches its views. */
  refresh() {
    const { buffer } = this.exports.memory;
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.large = buffer.byteLength > LARGE;
  }

  /** Prepares for a call: restarts a crashed instance, and replaces a large one. */
  enter() {
    if (this.state !== "ready") this.restart();
    if (this.words.length === 0) this.refresh();
    if (this.large) this.adopt(startSync(this.module)); // memory does not shrink
    this.cursor = this.words[this.record + 1];
  }

  restart() {
    if (this.state === "disposed") throw new WasmError("DISPOSED", "this codec was disposed of");
    const now = performance.now();
    this.restarts = this.restarts.filter((at) => now - at < MINUTE);
    if (this.restarts.length >= RESTARTS) {
      this.exports = null;
      throw new WasmError("CRASHED", "the module crashes too often");
    }
    this.restarts.push(now);
    this.exports = null;
    this.adopt(startSync(this.module));
    this.state = "ready";
  }

  /** Marks the instance as crashed until end is called. Returns the stamp of the call. */
  begin() {
    this.state = "crashed";
    return (this.stamp = (this.stamp + 1) | 0);
  }

  /** Only the stamp in the record shows that a call completed. */
  end(stamp) {
    if (this.words.length === 0) this.refresh();
    if (this.words[this.record] !== stamp) throw crashed(new Error("the call did not complete"));
    this.state = "ready";
  }

  dispose() {
    this.state = "disposed";
    this.exports = this.module = this.words = this.bytes = null;
  }

  reserve(n) {
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

  /** Validates a request. Returns the number of issues, -1 if the request is too large. */
  validate(identity, friendlyName, attributes, roleSid, webhook) {
    this.enter();
    const units = unitsOf(identity) + unitsOf(friendlyName) + unitsOf(attributes) + unitsOf(roleSid);
    if (units > this.maxBytes) return -1;
    this.reserve(3 * units);
    const before = this.cursor;
    const l0 = this.write(identity);
    const l1 = this.write(friendlyName);
    const l2 = this.write(attributes);
    const l3 = this.write(roleSid);
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

  /** Runs an operation on many strings in one call. Returns undefined if one of them is not ASCII. */
  callMany(operation, flags, texts) {
    const joined = texts.join("");
    const size = joined.length;
    const header = 4 * texts.length;
    this.enter();
    this.reserve(header + size);
    const at = this.cursor + header;
    const { read, written } = encoder.encodeInto(joined, this.bytes.subarray(at, at + size));
    if (read !== size || written !== size) return undefined;
    const lengths = this.cursor >> 2;
    for (let i = 0; i < texts.length; i++) this.words[lengths + i] = texts[i].length;
    this.run(operation, flags, texts.length);
    return new Reader(this, 1, this.numbers()[0]);
  }

  /** Runs an operation on strings, bytes, and numbers, which are passed unchanged. Returns what validate returns. */
  call(operation, flags, parts) {
    this.enter();
    let size = 0;
    for (const part of parts) size += unitsOf(part);
    if (size > this.maxBytes) return -1;
    const header = 4 * parts.length;
    this.reserve(header + 3 * size);
    const lengths = this.cursor >> 2;
    const before = (this.cursor += header);
    for (let i = 0; i < parts.length; i++) this.words[lengths + i] = this.write(parts[i]);
    if (this.cursor - before > this.maxBytes) return -1;
    return this.run(operation, flags, parts.length);
  }

  /** Runs an operation on the n parts already written. Returns the number of issues. */
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

  /** Writes a part and returns its length in bytes; a number stands for itself. */
  write(part) {
    if (typeof part === "number") return part;
    if (typeof part !== "string") {
      this.bytes.set(part, this.cursor);
      this.cursor += part.length;
      return part.length;
    }
    const n = part.length;
    if (n > SHORT) return this.encode(part);
    const { bytes, cursor } = this;
    let seen = 0;
    for (let i = 0; i < n; i++) {
      const unit = part.charCodeAt(i);
      seen |= unit;
      bytes[cursor + i] = unit;
    }
    if (seen > 127) return this.encode(part);
    this.cursor = cursor + n;
    return n;
  }

  encode(text) {
    if (!isWellFormed(text)) return this.encodeIllFormed(text);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.cursor, this.cursor + 3 * text.length));
    this.cursor += written;
    return written;
  }

  /** Writes a lone surrogate as three bytes, which the module reports as invalid UTF-8; encodeInto would write U+FFFD. */
  encodeIllFormed(text) {
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

  /** Returns a copy of the pairs of kind and offset, since reading a kind overwrites them. */
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

  /** Returns the answer's text, or the part between two offsets in bytes. */
  text(from = 0, to = this.words[this.record + 4]) {
    const at = this.words[this.record + 3];
    return from === to ? "" : decoder.decode(this.bytes.subarray(at + from, at + to));
  }

  kind(number) {
    return (this.kinds[number] ??= this.readKind(number));
  }

  readKind(number) {
    this.words[this.words[this.record + 1] >> 2] = number; // without enter, which may start an instance that numbers its kinds differently
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

/** Reads the values of an answer in order. With split, the text is ASCII up to this offset in bytes, and the others follow. */
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
    this.numbers = this.numbers.slice(); // reading a kind is another call
  }

  number() {
    return this.numbers[this.index++];
  }

  take(count) {
    return this.numbers.slice(this.index, (this.index += count));
  }

  /** Returns a string, null, a boolean, or undefined for an absent value. */
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
  return new WasmError("CRASHED", "the module crashed; the next call restarts it", { cause });
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
