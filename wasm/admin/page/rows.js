// Reads a file of rows, CSV or NDJSON.

import { CSVReader } from "./csv.js";
import { Decoder, encodingOf, encodings } from "./encoding.js";
import { requestOf } from "./mapping.js";

// A FileError says why a file cannot be checked.
export class FileError extends Error {}

const sampled = 64 << 10; // bytes
const previewed = 5; // rows
const mostColumns = 500; // in the preview

// separators has the names of the separators that CSV can have.
export const separators = { ",": "comma", ";": "semicolon", "\t": "tab" };

// startOf reads the start of a file and guesses its format: {bytes, isWhole,
// isNDJSON, encoding, isMarked}. A file is NDJSON if it begins with an object.
export async function startOf(file) {
  const bytes = new Uint8Array(await file.slice(0, sampled).arrayBuffer());
  const isWhole = file.size <= sampled;
  const start = { bytes, isWhole, ...encodingOf(bytes, isWhole) };
  const text = textOf(start, start.encoding).trimStart();
  if (text === "" && start.isWhole) throw new FileError("The file is empty.");
  return { ...start, isNDJSON: text.startsWith("{") };
}

const textOf = ({ bytes, isWhole }, encoding) => new Decoder(encoding).decode(bytes, { isLast: isWhole });

// likelySeparator returns the separator with which the first row has the most
// cells.
export function likelySeparator(start, encoding) {
  const cells = (separator) => rowsIn(start, encoding, separator, true)[0]?.cells.length ?? 0;
  return Object.keys(separators).reduce((best, one) => (cells(one) > cells(best) ? one : best));
}

// previewOf reads the header and the first rows: {names, rows: [{row, cells}],
// problem}, where row counts from 1 and the problem is "" or why the file cannot
// be checked. If the encoding is a guess, it returns rows with characters beyond
// ASCII, if there are any, since these show whether it is right.
export function previewOf(start, encoding, separator) {
  const [first, ...below] = rowsIn(start, encoding, separator, start.isWhole);
  if (!first) return { names: [], rows: [], problem: "The first 64 KB do not have a complete row." };
  if (first.cells.length > mostColumns) return { names: [], rows: [], problem: `The header has more than ${mostColumns} cells.` };
  const rows = below.map(({ cells }, i) => ({ row: i + 1, cells }));
  const telling = encoding === "windows-1252" ? rows.filter(({ cells }) => /[^\0-\x7f]/.test(cells.join(""))) : [];
  const problem = headerError(first, encoding) || (start.isWhole && rows.length === 0 ? noRows : "");
  return { names: first.cells, rows: (telling.length > 0 ? telling : rows).slice(0, previewed), problem };
}

function rowsIn(start, encoding, separator, isEnd) {
  const reader = new CSVReader(separator);
  const rows = [...reader.push(textOf(start, encoding))];
  return isEnd ? [...rows, ...reader.end()] : rows;
}

const noRows = "The file has no rows below the header.";

function headerError(row, encoding) {
  const error = errorOf(row, encoding, row.cells.length);
  return error === "" ? "" : `The header has ${error}.`;
}

// errorOf returns why a row cannot be read, or "".
function errorOf({ cells, error }, encoding, want) {
  if (!cells.every((cell) => cell.isWellFormed())) return `bytes that are not ${encodings[encoding]}`;
  if (error !== "") return error;
  return cells.length === want ? "" : `want ${want} cells, got ${cells.length}`;
}

const frame = 16; // milliseconds

// textsOf yields the text of a file in pieces, and lets the page do its work in
// between.
async function* textsOf(file, encoding, onBytes = () => {}) {
  const reader = file.stream().getReader();
  const decoder = new Decoder(encoding);
  let last = performance.now();
  try {
    for (;;) {
      const { done, value = new Uint8Array() } = await reader.read();
      yield decoder.decode(value, { isLast: done });
      if (done) return;
      onBytes(value.length);
      if (performance.now() - last < frame) continue;
      await new Promise((resolve) => setTimeout(resolve));
      last = performance.now();
    }
  } finally {
    await reader.cancel();
  }
}

// linesOf yields the lines of a file.
export async function* linesOf(file, encoding, onBytes) {
  let parts = []; // of a line that has not ended
  for await (const text of textsOf(file, encoding, onBytes)) {
    const lines = text.split("\n");
    parts.push(lines.shift());
    for (const line of lines) {
      yield parts.join("");
      parts = [line];
    }
  }
  const rest = parts.join("");
  if (rest !== "") yield rest;
}

// A Sheet is a CSV file and how to read it: its encoding, separator and columns,
// see mapping.js.
export class Sheet {
  constructor(file, { encoding, separator, columns }) {
    Object.assign(this, { file, encoding, separator, columns });
  }

  // rows yields each row below the header: {index, line, cells, error}. The row
  // begins at that line of the file; the error is why it cannot be read, or "".
  async *rows(onBytes) {
    let index = -1; // of the header
    for await (const rows of this.#pieces(onBytes)) {
      for (const row of rows) {
        if (index >= 0) yield { index, line: row.line, cells: row.cells, error: errorOf(row, this.encoding, this.columns.length) };
        index++;
      }
    }
    if (index <= 0) throw new FileError(noRows);
  }

  // pieces yields several rows at a time: an await for each row takes longer
  // than the row.
  async *#pieces(onBytes) {
    const reader = new CSVReader(this.separator);
    for await (const text of textsOf(this.file, this.encoding, onBytes)) yield reader.push(text);
    yield reader.end();
  }

  // requests yields the request of each row: {index, line, request, errors}. The
  // request is not checked by the rules yet, and null if there are errors,
  // {field, text}.
  async *requests(onBytes) {
    for await (const { index, line, cells, error } of this.rows(onBytes)) {
      const { request, errors } = error === "" ? requestOf(this.columns, cells) : { errors: [{ field: "", text: error }] };
      yield { index, line, request: errors.length === 0 ? request : null, errors };
    }
  }
}
