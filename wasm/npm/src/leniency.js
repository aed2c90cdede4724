import { WasmError } from "./errors.js";
import { checkOptions, isSet } from "./options.js";

/** Checks what validateRequest is to pass over, and returns it. */
export function checkLeniency(options) {
  checkOptions(options, ["unknown", "emptyAsAbsent"]);
  const { unknown = "error", emptyAsAbsent = false } = { __proto__: null, ...options }; // its own
  if (unknown !== "error" && unknown !== "strip") throw new WasmError("OPTIONS", "unknown: want error or strip");
  return { unknown, emptyAsAbsent: isSet("emptyAsAbsent", emptyAsAbsent) };
}
