// The part of pages.js that runs in the page.
import * as assert from "./assert.js";
import { collect, decode, describe } from "./cases.js";

let env;
let cases;

/** Loads a case file and returns the names of its cases. */
export async function open(file, entries) {
  env = { convuser: await import("convuser"), fresh: (entry = ".") => fresh(entries[entry]), load, assert, runtime: "browser" };
  cases = await collect(await import(`./${file}`), env);
  return cases.map(({ name }) => name);
}

/** Runs a case. Returns its error, or "". */
export async function run(index) {
  try {
    await cases[index].run(env);
    return "";
  } catch (error) {
    return describe(error);
  }
}

let copies = 0;

function fresh(target) {
  return import(new URL(target, new URL(`/fresh/${++copies}/`, location.href)));
}

async function load(what) {
  const response = await fetch(`/vectors/${what}`);
  if (response.status === 404 && what.startsWith("suites/")) return null;
  if (!response.ok) throw new Error(`${what}: ${response.status}`);
  return decode(what, new Uint8Array(await response.arrayBuffer()));
}
