import { makeEntry } from "./entry.js";
import { standardResult, standardSchema } from "./json_schema.js";
import { compileSync } from "./load.js";
import { base64 } from "./sync_data.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { version } from "./version.js";

const { initSync } = /* @__PURE__ */ makeEntry();
let compiled;
let shared;

export function create(options) {
  compiled ??= compileSync(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  return initSync(compiled, options);
}

export function getCodec() {
  return (shared ??= create());
}

export const schema = /* @__PURE__ */ standardSchema((value) => standardResult(getCodec().validateRequest(value)));
