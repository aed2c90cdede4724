import { WasmError } from "./errors.js";
import { makeLoad } from "./load.js";

/**
 * Loads the file beside this one, in a way that no bundler takes for an asset,
 * else the copy, which they all find as they find any script. To read the file
 * takes 2 ms less.
 */
export const load = /* @__PURE__ */ makeLoad({
  file: () => import.meta.url.replace(/[^/]*$/, "convuser.wasm"),
  embedded: async () => Buffer.from((await import("./wasm_base64.js")).base64, "base64"),
  read,
});

/** fetch knows no files here. */
async function read(source) {
  if (typeof source !== "string" || !source.startsWith("file:")) return source;
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(source)).catch((cause) => {
    throw new WasmError("FILE", `could not be read: ${source}`, { url: source, cause });
  });
}
