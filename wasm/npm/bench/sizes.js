// Bytes on disk and on the wire.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

function sizes(name, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params }).length };
}

/** An entry and all that it imports, one behind the other, as they stand. */
async function withImports(folder, entry) {
  const { metafile } = await build({
    entryPoints: [join(folder, entry)],
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    platform: "node",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  return Buffer.concat(Object.keys(metafile.inputs).map((path) => readFileSync(join(folder, path))));
}

export async function allSizes(folder, built) {
  return [
    sizes("convuser.wasm", readFileSync(join(folder, "convuser.wasm"))),
    sizes("empty Go program", readFileSync(join(built, "empty.wasm"))),
    sizes("loader, Node (`index_node.js`)", await withImports(folder, "index_node.js")),
    sizes("loader, browser (`index.js`)", await withImports(folder, "index.js")),
    sizes("Zod with the schema, minified", readFileSync(join(built, "zod_alone.js"))),
    sizes("Ajv's standalone code, minified", readFileSync(join(built, "ajv_alone.js"))),
    sizes("Go's own `wasm_exec.js`", readFileSync(join(built, "wasm_exec.js"))),
  ];
}
