import { WasmError } from "./errors.js";

/** Throws unless options are an object with no other names, so that a misspelt one is not ignored. */
export function checkOptions(options, names) {
  if (typeof options !== "object" || options === null) throw new WasmError("OPTIONS", "want an object");
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new WasmError("OPTIONS", `${name}: no such option; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`);
  }
}
