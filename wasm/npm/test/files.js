// The folders of the package, of its tests and of the project, and files in them.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const testFolder = path.dirname(fileURLToPath(import.meta.url));
export const packageFolder = path.dirname(testFolder);
export const projectFolder = path.join(packageFolder, "..", "..");
const suitesFolder = process.env.SUITES || path.join(projectFolder, "..", "shared", "suites");

export async function caseFiles() {
  const names = await readdir(testFolder);
  return names.filter((name) => name.endsWith(".case.js")).sort();
}

export async function readJSON(file) {
  return JSON.parse(await readFile(file, "utf8"));
}

/** Returns the bytes of a vector file, null for a suite if there are no suites. */
export async function readVectors(what) {
  const parts = what.split("/");
  if (parts.includes("..")) throw new Error(`${what}: outside the project`);
  if (parts[0] === "suites") return readSuite(parts[1]);
  if (!parts.includes("testdata")) throw new Error(`${what}: not under a testdata folder`);
  return new Uint8Array(await readFile(path.join(projectFolder, ...parts)));
}

async function readSuite(name) {
  const names = await readdir(suitesFolder).catch(() => null);
  return names && new Uint8Array(await readFile(path.join(suitesFolder, name)));
}

/** Returns the documents that have examples as one text: the README and the recipes. */
export async function readExamples() {
  const files = [path.join(packageFolder, "README.md"), path.join(projectFolder, ".github", "RECIPES.md")];
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}

/** Returns the package's entries under a condition: {".": "./index.js", …}. */
export async function entries(condition) {
  const { exports } = await readJSON(path.join(packageFolder, "package.json"));
  const target = (entry) => (typeof entry === "string" ? entry : (entry[condition] ?? entry.default));
  return Object.fromEntries(Object.entries(exports).map(([name, entry]) => [name, target(entry)]));
}

/** Returns the URL of a file, for import(). */
export function fileURL(...parts) {
  return pathToFileURL(path.join(...parts)).href;
}
