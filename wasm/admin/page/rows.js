// Reads a file of rows: CSV here, NDJSON line by line.

import { CSVReader } from "./csv.js";
import { requestNames as names } from "./members.js";

// A FileFault is why a file as a whole cannot be checked, in words.
export class FileFault extends Error {}

// formatOf tells NDJSON, whose rows are objects, from CSV.
export async function formatOf(file) {
  const start = (await file.slice(0, 1024).text()).trimStart();
  if (start === "") throw new FileFault("The file is empty.");
  return start.startsWith("{") ? "ndjson" : "csv";
}

const turn = 16; // milliseconds, a frame

// textsOf yields the text of a file in pieces, and lets the page have its turn
// in between. A file that is not UTF-8 would lose letters without a word, so
// it is a fault.
export async function* textsOf(file, onBytes = () => {}) {
  const reader = file.stream().getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let last = performance.now();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      yield decode(decoder, value, { stream: !done });
      if (done) return;
      onBytes(value.length);
      if (performance.now() - last < turn) continue;
      await new Promise((resolve) => setTimeout(resolve));
      last = performance.now();
    }
  } finally {
    await reader.cancel();
  }
}

function decode(decoder, bytes, options) {
  try {
    return decoder.decode(bytes, options);
  } catch {
    throw new FileFault("The file is not UTF-8. Save it as UTF-8 and choose it again.");
  }
}

// linesOf yields the lines of a file.
export async function* linesOf(file) {
  let rest = "";
  for await (const text of textsOf(file)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== "") yield rest;
}

// A Sheet is a CSV file: its columns are known once its first row was read.
export class Sheet {
  columns = null;
  lines = []; // for each row the line in the file where it begins
  faults = new Map(); // index of a row → why it could not be read

  constructor(file) {
    this.file = file;
  }

  // rows yields the cells of each row below the first.
  async *rows(onBytes) {
    const reader = new CSVReader();
    let index = 0;
    this.columns = null;
    for await (const text of textsOf(this.file, onBytes)) {
      for (const row of reader.push(text)) if (this.#note(row, index)) yield [index++, row.cells];
    }
    for (const row of reader.end()) if (this.#note(row, index)) yield [index++, row.cells];
    if (index === 0) throw new FileFault("The file has no rows below its names.");
  }

  // note takes down what is to be known of a row, and reports whether it is
  // one, and not the names.
  #note({ cells, line, fault }, index) {
    if (!this.columns) return this.#readNames(cells, fault);
    this.lines[index] = line;
    const want = this.columns.length;
    if (fault !== "") this.faults.set(index, fault);
    else if (cells.length !== want) this.faults.set(index, `want ${want} cells, got ${cells.length}`);
    return true;
  }

  #readNames(cells, fault) {
    if (fault !== "") throw new FileFault(`The row of names has ${fault}.`);
    const columns = cells.map(columnOf);
    checkColumns(columns);
    this.columns = columns;
    return false;
  }

  // requests yields what to check: null for a row that could not be read.
  async *requests(onBytes) {
    for await (const [index, cells] of this.rows(onBytes)) {
      yield this.faults.has(index) ? null : requestOf(this.columns, cells);
    }
  }

  // unread returns the columns that no request has.
  get unread() {
    return this.columns.filter(({ known }) => !known).map(({ name }) => name);
  }
}

const header = "X-Twilio-Webhook-Enabled"; // the wire name of WebhookEnabled

const columnOf = (name) => ({ name, known: name === header ? "WebhookEnabled" : names.find((one) => one === name) });

// checkColumns refuses names that would make every row something else than
// was meant.
function checkColumns(columns) {
  const seen = new Set();
  for (const { name, known } of columns) {
    const near = names.find((one) => !known && one.toLowerCase() === name.toLowerCase().replace(/[\s_-]/g, ""));
    if (near) throw new FileFault(`A column is nearly ${near}: names are exact. Rename it.`);
    if (known && seen.has(known)) throw new FileFault(`The column ${known} stands there twice.`);
    seen.add(known);
  }
  if (!seen.has("Identity")) throw new FileFault("There is no column Identity: the first row has to hold the names.");
}

// requestOf makes a request of a row. CSV has no null, so an empty optional
// cell is not sent.
function requestOf(columns, cells) {
  const request = Object.create(null);
  columns.forEach(({ known }, i) => {
    if (!known || (known !== "Identity" && cells[i] === "")) return;
    request[known] = known === "WebhookEnabled" ? booleanOf(cells[i]) : cells[i];
  });
  return request;
}

const booleanOf = (text) => (text === "true" ? true : text === "false" ? false : text);
