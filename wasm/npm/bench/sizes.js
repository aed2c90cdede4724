// Sizes, raw and compressed.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

function sizes(name, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, { params }).length };
}

/** Concatenates an entry and its static imports. */
async function withImports(folder, entry) {
  const later = ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined);
  const { metafile } = await build({
    entryPoints: [join(folder, entry)],
    absWorkingDir: folder,
    bundle: true,
    format: "esm",
    platform: "node",
    plugins: [{ name: "later", setup: (build) => build.onResolve({ filter: /./ }, later) }],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  return Buffer.concat(Object.keys(metafile.inputs).map((path) => readFileSync(join(folder, path))));
}

const entries = { convuser: "index", "convuser in Node": "index_node", "convuser/schema": "schema", "convuser/worker": "worker", "its worker": "worker_main", "convuser/sync": "sync", "convuser/messages": "messages" };

export async function allSizes(folder, built) {
  const scripts = Object.entries(entries).map(async ([name, file]) => sizes(name, await withImports(folder, `${file}.js`)));
  const alone = (name, file) => sizes(name, readFileSync(join(built, file)));
  return [
    sizes("convuser.wasm", readFileSync(join(folder, "convuser.wasm"))),
    ...(await Promise.all(scripts)),
    alone("Zod with the schema, minified", "zod_alone.js"),
    alone("Valibot with the schema, minified", "valibot_alone.js"),
    alone("Ajv's standalone code, minified", "ajv_alone.js"),
    alone("an empty Go program", "empty.wasm"),
    alone("Go's own `wasm_exec.js`", "wasm_exec.js"),
  ];
}
