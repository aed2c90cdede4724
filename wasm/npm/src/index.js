import { makeEntry } from "./entry.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { version } from "./version.js";
export const { init, getCodec, create, initSync } = /* @__PURE__ */ makeEntry((source = new URL("./convuser.wasm", import.meta.url)) => source);
