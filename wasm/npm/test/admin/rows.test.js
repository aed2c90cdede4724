// What reads files of rows, without a page. Papa Parse, a reader that many use,
// says what CSV without faults holds.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test, { after } from "node:test";
import Papa from "papaparse";
import { fileURL, projectFolder } from "../files.js";

// The page's modules are in no npm package, which Node wants them to be.
const folder = await mkdtemp(path.join(os.tmpdir(), "convuser-page-"));
after(() => rm(folder, { recursive: true }));
await cp(path.join(projectFolder, "wasm", "admin", "page"), folder, { recursive: true });
await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
const load = (name) => import(fileURL(folder, name));

const { CSVReader, csvLine } = await load("csv.js");

/** Cuts what has a length into pieces of n. */
const cut = (whole, n) => Array.from({ length: Math.ceil(whole.length / n) }, (_, i) => whole.slice(i * n, (i + 1) * n));

function read(text, separator = ",", n = Math.max(1, text.length)) {
  const reader = new CSVReader(separator);
  return [...cut(text, n).flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
}

/** Numbers below n that are the same each time. */
function numbers(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test("rows are those of Papa Parse, wherever the pieces are cut", () => {
  const next = numbers(1);
  const pieces = ["a", "b ", " ", ",", ";", "\t", '"', "\n", "\r\n", "é", "🌷", "=1", ""];
  for (let i = 0; i < 3000; i++) {
    const separator = [",", ";", "\t"][next(3)];
    const newline = ["\n", "\r\n", "\r"][next(3)];
    const width = 1 + next(4);
    const cell = () => Array.from({ length: next(5) }, () => pieces[next(pieces.length)]).join("");
    // A line with one empty cell would be blank, which Papa Parse keeps and this reader skips.
    const table = Array.from({ length: 1 + next(6) }, () => Array.from({ length: width }, () => cell() || (width === 1 ? "x" : "")));
    const text = Papa.unparse(table, { delimiter: separator, newline }) + (next(2) === 0 ? newline : "");
    const { data, errors } = Papa.parse(text, { delimiter: separator, newline, skipEmptyLines: true });
    assert.deepEqual(errors, []);
    const got = read(text, separator, 1 + next(7));
    assert.deepEqual(got.map(({ cells }) => cells), data, JSON.stringify(text));
    assert.ok(got.every(({ fault }) => fault === ""));
    const written = table.map((cells) => csvLine(cells, separator)).join("");
    assert.deepEqual(read(written, separator).map(({ cells }) => cells.map((cell) => cell.replace(/^'(?=[=\t\r])/, ""))), table);
  }
});

test("a faulty row reads the same wherever it is cut, and takes no other with it", () => {
  for (const text of ['a,b\r\n1,2\r\n', '"x ""q""",\n\n\r\n"l1\r\nl2",4', 'a\n""\n"', 'x"y,"z"w\n,\n,', "a\rb\r\rc", "\r\n", '"', '""', "a,", "\n\na"]) {
    for (const n of [1, 2, 3]) assert.deepEqual(read(text, ",", n), read(text), JSON.stringify(text));
  }
  const rows = read('a,"x"y\nb,1\r\nc,"2"\nd,na"me\re,"\n5"\n\nf,"6\n');
  assert.deepEqual(rows.map(({ cells, line, fault }) => [cells[0], line, fault]), [
    ["a", 1, "something behind a closing quote"],
    ["b", 2, ""],
    ["c", 3, ""],
    ["d", 4, "a quote inside a cell that does not begin with one"],
    ["e", 5, ""],
    ["f", 8, "a quote that is never closed"],
  ]);
});
