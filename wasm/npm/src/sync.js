import { fromBase64 } from "./bytes.js";
import { initSync } from "./entry.js";
import { compileSync } from "./load.js";
import { makeSchemas } from "./schemas.js";
import { base64 } from "./wasm_base64.js";

export * from "./common.js";

let compiled;
let shared;

export function create(options) {
  return initSync((compiled ??= compileSync(globalThis.Buffer ? Buffer.from(base64, "base64") : fromBase64(base64))), options);
}

export function getCodec() {
  return (shared ??= create());
}

export const { schema, createSchema, fieldSchema } = /* @__PURE__ */ makeSchemas((options) => (options === undefined ? getCodec() : create(options)), ["maxBytes"]);
