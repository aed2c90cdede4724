// Runs the cases where files can be read: in Node.js and Bun.
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as assert from "./assert.js";
import { collect, decode } from "./cases.js";
import { entries, fileURL, packageFolder, readVectors, testFolder } from "./files.js";

/** Returns open(file), which returns {cases: [{name, run}]}, and close. */
export async function openLocal() {
  const copies = await mkdtemp(path.join(os.tmpdir(), "convuser-"));
  const env = { convuser: await import("convuser"), fresh: (entry = ".") => fresh(copies, entry), load, assert, runtime: "node" };
  return { open: (file) => open(file, env), close: () => rm(copies, { recursive: true }) };
}

async function open(file, env) {
  const cases = await collect(await import(fileURL(testFolder, file)), env);
  return { cases: cases.map(({ name, run }) => ({ name, run: async () => run(env) })) };
}

async function load(what) {
  const bytes = await readVectors(what);
  return bytes && decode(what, bytes);
}

// Copies the package, since another folder has other modules.
async function fresh(copies, entry) {
  const folder = await mkdtemp(path.join(copies, "fresh-"));
  const files = (await readdir(packageFolder, { withFileTypes: true })).filter((entry) => entry.isFile());
  await Promise.all(files.map(({ name }) => copyFile(path.join(packageFolder, name), path.join(folder, name))));
  return import(fileURL(folder, (await entries("node"))[entry]));
}
