import { makeEntry } from "./entry.js";
import { WasmError } from "./errors.js";
import { gzipBase64 } from "./inline_data.js";

export { WasmError } from "./errors.js";
export { fromFormData } from "./form_data.js";
export { version } from "./version.js";
export const { init, getCodec, create } = /* @__PURE__ */ makeEntry(async (source) => {
  if (source !== undefined) throw new WasmError("OPTIONS", "source: this entry holds the module");
  const compressed = Uint8Array.from(atob(gzipBase64), (character) => character.charCodeAt(0));
  return new Response(new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
});
