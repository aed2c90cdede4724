import { fromBase64 } from "./bytes.js";
import { initSync } from "./entry.js";
import { standardResult, standardSchema } from "./json_schema.js";
import { compileSync } from "./load.js";
import { base64 } from "./wasm_base64.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { version } from "./version.js";

let compiled;
let shared;

export function create(options) {
  return initSync((compiled ??= compileSync(fromBase64(base64))), options);
}

export function getCodec() {
  return (shared ??= create());
}

export const schema = /* @__PURE__ */ standardSchema((value) => standardResult(getCodec().validateRequest(value)));
