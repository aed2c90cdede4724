import { WasmError } from "./errors.js";
import { makeLoad } from "./load.js";

/**
 * Loads the file beside this one, with a URL that no bundler takes for an asset,
 * else the copy, which bundlers include like any script. The file takes 2 ms less.
 */
export const load = /* @__PURE__ */ makeLoad({
  file: () => import.meta.url.replace(/[^/]*$/, "convuser.wasm"),
  embedded: async () => Buffer.from((await import("./wasm_base64.js")).base64, "base64"),
  read,
});

/** fetch does not read files in Node.js. */
async function read(source) {
  if (typeof source !== "string" || !source.startsWith("file:")) return source;
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(source)).catch((cause) => {
    throw new WasmError("FILE", `could not be read: ${source}`, { url: source, cause });
  });
}
