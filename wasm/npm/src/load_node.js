import { WasmError } from "./errors.js";
import { makeLoad } from "./load.js";

/** Loads the copy, which bundlers of servers find as they find any script. */
export const load = /* @__PURE__ */ makeLoad({ embedded: async () => Buffer.from((await import("./wasm_base64.js")).base64, "base64"), read });

/** fetch knows no files here. */
async function read(source) {
  if (typeof source !== "string" || !source.startsWith("file:")) return source;
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(source)).catch((cause) => {
    throw new WasmError("FILE", `could not be read: ${source}`, { url: source, cause });
  });
}
