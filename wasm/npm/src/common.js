// Exported by every entry that has a codec.
export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { setCaret } from "./set_caret.js";
export { version } from "./version.js";
