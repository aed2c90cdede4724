import { builtin } from "./builtin.js";
import { fromBase64 } from "./bytes.js";
import { makeLoad } from "./load.js";

/** Loads the module beside this file. */
export const load = /* @__PURE__ */ makeLoad({
  file: () => new URL("./convuser.wasm", import.meta.url).href,
  embedded: async () => unzip(fromBase64((await import("./wasm_gzip.js")).gzip)),
});

function unzip(zipped) {
  if (!globalThis.DecompressionStream) return builtin("zlib").gunzipSync(zipped); // jsdom
  return new Response(new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
