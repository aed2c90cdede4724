import { WasmError } from "./errors.js";

/** Throws unless options is an object that has no names but these, so that a typo is not ignored. */
export function checkOptions(options, names) {
  if (typeof options !== "object" || options === null || Symbol.iterator in options) throw new WasmError("OPTIONS", "want an object");
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new WasmError("OPTIONS", `${name}: no such option, want ${names.join(", ")}`);
  }
}

export function checkManyOptions(options) {
  checkOptions(options, ["format", "onProgress", "signal"]);
  const { onProgress, signal } = options;
  if (onProgress && typeof onProgress !== "function") throw new WasmError("OPTIONS", "onProgress: want a function");
  checkSignal(signal);
}

/** An AbortController is easily passed by mistake. */
function checkSignal(signal) {
  if (signal && typeof signal.throwIfAborted !== "function") throw new WasmError("OPTIONS", "signal: want an AbortSignal");
}

const MIB = 1 << 20;
const MAX_BYTES = 16 * MIB;

export const loadNames = ["source", "integrity", "signal", "maxBytes"];

/** Returns the options of a load, checked, with the defaults. */
export function loadOptions(options = {}) {
  checkOptions(options, loadNames);
  const { source, integrity, signal, maxBytes = MIB } = options;
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_BYTES) {
    throw new WasmError("OPTIONS", `maxBytes: want a number from 1 to ${MAX_BYTES}`);
  }
  checkSignal(signal);
  return { source: source?.href ?? source, integrity, signal, maxBytes };
}

/** Returns the options of validateRequest, checked, with the defaults. */
export function requestOptions(options) {
  checkOptions(options, ["unknown", "emptyAsAbsent"]);
  const { unknown = "error", emptyAsAbsent } = { __proto__: null, ...options }; // own members only
  if (unknown !== "error" && unknown !== "strip") throw new WasmError("OPTIONS", "unknown: want error or strip");
  return { unknown, emptyAsAbsent: isSet("emptyAsAbsent", emptyAsAbsent) };
}

/** Returns a boolean option; throws for any other type. */
export function isSet(name, value = false) {
  if (typeof value !== "boolean") throw new WasmError("OPTIONS", `${name}: want true or false`);
  return value;
}
