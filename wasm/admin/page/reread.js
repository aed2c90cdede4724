// Reads a checked file again, to send or download its rows: a check does not
// keep them in memory.

import { csvLine } from "./csv.js";
import { el } from "./dom.js";
import { linesOf } from "./rows.js";

export const unreadable = "The file could not be read: it was changed or removed.";

// isPlain reports whether the bytes of NDJSON are passed to the rules without
// decoding. The rules report rows that are not UTF-8.
export const isPlain = ({ encoding, isMarked }) => encoding === "windows-1252" || (encoding === "utf-8" && !isMarked);

const piece = 1 << 20; // characters

// goodRows returns the good rows of a checked file for POST /_convuser/jobs, as
// a Blob, which a browser may keep on disk.
export async function goodRows(one) {
  const pieces = [];
  let text = "";
  for await (const { index, line } of one.sheet ? sheetLines(one) : ndjsonLines(one)) {
    if (one.failedRows.has(index)) continue;
    text += line;
    if (text.length < piece) continue;
    pieces.push(new Blob([text]));
    text = "";
  }
  return new Blob([...pieces, text]);
}

async function* sheetLines({ sheet }) {
  for await (const { index, request } of sheet.requests()) {
    const { WebhookEnabled, ...rest } = request ?? {};
    yield { index, line: `${JSON.stringify({ row: index + 1, WebhookEnabled, request: rest })}\n` };
  }
}

async function* ndjsonLines({ file, plan }) {
  let index = -1;
  for await (const line of linesOf(file, isPlain(plan) ? "utf-8" : plan.encoding)) {
    index++;
    if (line.trim() !== "") yield { index, line: `{"row":${index + 1},"request":${line.trim()}}\n` };
  }
}

// saveRows downloads rows of a file as CSV, with the file's columns and
// separator. The added columns are {names, of}: of(index) returns their cells
// in a row, or nothing if the row is left out.
export async function saveRows(one, columns, what) {
  const { columns: own, separator } = one.sheet ?? { columns: [{ name: "text" }], separator: "," };
  const parts = ["\ufeff", csvLine(["row", "line", ...columns.names, ...own.map(({ name }) => name)], separator)]; // with the byte order mark by which spreadsheets detect UTF-8
  for await (const { index, line, cells } of one.sheet ? one.sheet.rows() : ndjsonRows(one)) {
    const added = columns.of(index);
    if (added) parts.push(csvLine([index + 1, line, ...added, ...cells], separator));
  }
  save(new Blob(parts, { type: "text/csv" }), `${one.file.name.replace(/\.\w+$/, "")}-${what}.csv`);
}

async function* ndjsonRows({ file, plan }) {
  let index = 0;
  for await (const line of linesOf(file, plan.encoding)) yield { index, line: ++index, cells: [line] };
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // when the browser has read it
}
