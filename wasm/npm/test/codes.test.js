// The codes are the same in the library's document, in the declarations and in the
// package.
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import * as assert from "./assert.js";
import { packageFolder, projectFolder, readJSON } from "./files.js";
import { codes } from "../src/codes.js";

const document = await readFile(path.join(projectFolder, ".github", "ERRORS.md"), "utf8"); // a Go test compares it with the library
const declarations = await readFile(path.join(packageFolder, "index.d.ts"), "utf8");

const tableOf = (name) => [...document.split(`<!-- ${name}:begin -->`)[1].split(`<!-- ${name}:end -->`)[0].matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
const unionOf = (name) => [...declarations.match(new RegExp(`^export type ${name} =(.*?);`, "ms"))[1].matchAll(/"(\w+)"/g)].map(([, word]) => word);

// Codes of a server, and of convuser_js.wasm.
const others = ["method", "media_type", "body", "crashed"];

test("the codes are those of the declarations and of the document", () => {
  assert.deepEqual([...unionOf("IssueCode"), ...unionOf("AdviceCode")], codes);
  const documented = [...tableOf("codes"), ...tableOf("advice"), ...tableOf("browser")];
  assert.deepEqual(documented.filter((code) => !others.includes(code)).sort(), [...codes].sort());
});

test("the hints are those of the document", () => assert.deepEqual(unionOf("Hint"), tableOf("hints")));

test("the expected words of JSON are those of the library", async () => {
  const rows = await readJSON(path.join(projectFolder, "validate", "testdata", "wants.json"));
  const words = rows.filter(({ code }) => code === "json").map(({ want }) => want);
  assert.deepEqual(unionOf("JSONExpected").sort(), words.sort());
});
