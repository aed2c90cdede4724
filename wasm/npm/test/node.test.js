// Every case, in Node.
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import * as assert from "./assert.js";
import { collect, decode } from "./cases.js";
import { caseFiles, entries, fileURL, packageFolder, readVectors, testFolder } from "./files.js";

const env = { convuser: await import("convuser"), fresh, load, assert, runtime: "node" };
const copies = await mkdtemp(path.join(os.tmpdir(), "convuser-"));
after(() => rm(copies, { recursive: true }));

for (const file of await caseFiles()) {
  test(`${file} in Node`, async (t) => {
    const module = await import(fileURL(testFolder, file));
    for (const { name, run } of await collect(module, env)) await t.test(name, () => run(env));
  });
}

async function load(what) {
  const bytes = await readVectors(what);
  return bytes && decode(what, bytes);
}

// Another folder has other modules.
async function fresh(entry = ".") {
  const folder = await mkdtemp(path.join(copies, "fresh-"));
  const files = (await readdir(packageFolder, { withFileTypes: true })).filter((entry) => entry.isFile());
  await Promise.all(files.map(({ name }) => copyFile(path.join(packageFolder, name), path.join(folder, name))));
  return import(fileURL(folder, (await entries("node"))[entry]));
}
