import { makeEntry } from "./entry.js";
import { load } from "./load_node.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { setCaret } from "./set_caret.js";
export { version } from "./version.js";
export const { init, preload, getCodec, create, initSync } = /* @__PURE__ */ makeEntry(load);
