import compiled from "./convuser.wasm?module"; // the edge runtime makes a WebAssembly.Module of it, and compiles nothing later
import { makeEntry } from "./entry.js";
import { makeLoad } from "./load.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { setCaret } from "./set_caret.js";
export { version } from "./version.js";
export const { init, preload, getCodec, create, initSync } = /* @__PURE__ */ makeEntry(/* @__PURE__ */ makeLoad({ file: () => compiled }));
