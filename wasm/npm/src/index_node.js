import { makeEntry } from "./entry.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { version } from "./version.js";
export const { init, getCodec, create, initSync } = /* @__PURE__ */ makeEntry(async (source = new URL("./convuser.wasm", import.meta.url).href) => {
  if (typeof source !== "string" || !source.startsWith("file:")) return source;
  const { readFile } = await import("node:fs/promises"); // fetch knows no files here
  return readFile(new URL(source));
});
