// Times a start in a new process: node node_start.js convuser FOLDER, or empty,
// zod_alone or ajv_alone and the folder of the build. Prints milliseconds from the
// import until it can be called.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [what, folder] = process.argv.slice(2);
const url = (name) => pathToFileURL(join(folder, name)).href;

async function startConvuser() {
  const { init } = await import(url("index_node.js"));
  await init();
}

/** As in Go's documentation. When run returns, the program is waiting. */
async function startEmpty() {
  await import(url("wasm_exec.js"));
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiate(await readFile(join(folder, "empty.wasm")), go.importObject);
  go.run(instance);
}

const start = performance.now();
const starts = { convuser: startConvuser, empty: startEmpty };
await (starts[what] ?? (() => import(url(`${what}.js`))))();
process.stdout.write(String(performance.now() - start));
process.exit(0);
