// Reads CSV (RFC 4180) in pieces of any length, with any separator, and writes
// it. A line may end with CRLF, LF or CR; empty lines are skipped.
//
// It does not use Papa Parse, with which the tests compare it: if a file has
// several kinds of line ends, or text after a closing quote, Papa Parse joins
// rows, and a quote that is not closed takes it quadratic time.

const quote = 0x22, lf = 0x0a, cr = 0x0d;

const csvErrors = {
  bare: "a quote in an unquoted cell",
  after: "text after a closing quote",
  open: "a quote that is never closed",
};

// A CSVReader takes the pieces with push, and the end with end. Both yield rows,
// {cells, line, error}, where error is "" or one of csvErrors.
export class CSVReader {
  #state = this.#atStart;
  #text = "";
  #from = 0; // start of the part of the cell that is not yet in #piece
  #piece = "";
  #cells = [];
  #wasQuoted = false;
  #error = "";
  #line = 1;
  #rowLine = 1;
  #separator;

  constructor(separator = ",") {
    this.#separator = separator.charCodeAt(0);
  }

  *push(text) {
    this.#text = text;
    this.#from = 0;
    for (let i = 0; i < text.length; i++) {
      if (this.#state(text.charCodeAt(i), i)) yield* this.#row();
    }
    this.#piece += text.slice(this.#from);
    this.#text = "";
  }

  *end() {
    if (this.#state === this.#inQuotes) this.#error ||= csvErrors.open;
    const isBetween = this.#state === this.#atStart || this.#state === this.#behindCR;
    if (isBetween && this.#cells.length === 0) return;
    this.#from = 0;
    this.#endCell(0);
    yield* this.#row();
  }

  // The functions from here are the states. Each takes a character and its
  // index, sets the next state, and returns whether the row ends before it.

  #atStart(c, i) {
    this.#from = i;
    if (c !== quote) return this.#inPlain(c, i);
    this.#wasQuoted = true;
    this.#from = i + 1;
    this.#state = this.#inQuotes;
    return false;
  }

  #inPlain(c, i) {
    this.#state = this.#inPlain;
    if (c === quote) this.#error ||= csvErrors.bare;
    return this.#endsCell(c, i);
  }

  #inQuotes(c, i) {
    if (c === lf) this.#line++;
    if (c === quote) {
      this.#take(i);
      this.#state = this.#behindQuote;
    }
    return false;
  }

  #behindQuote(c, i) {
    this.#from = i;
    if (c === quote) { // two quotes mean one, and the next piece begins with it
      this.#state = this.#inQuotes;
      return false;
    }
    if (c !== this.#separator && c !== lf && c !== cr) {
      this.#error ||= csvErrors.after;
      this.#state = this.#inPlain;
    }
    return this.#endsCell(c, i);
  }

  #behindCR(c, i) {
    this.#from = i + 1;
    this.#state = this.#atStart;
    return c === lf ? false : this.#atStart(c, i);
  }

  #endsCell(c, i) {
    if (c !== this.#separator && c !== lf && c !== cr) return false;
    this.#endCell(i);
    this.#from = i + 1;
    this.#state = c === cr ? this.#behindCR : this.#atStart;
    return c !== this.#separator;
  }

  #take(end) {
    this.#piece += this.#text.slice(this.#from, end);
    this.#from = end + 1;
  }

  #endCell(end) {
    this.#take(end);
    this.#cells.push(this.#piece);
    this.#piece = "";
  }

  *#row() {
    const row = { cells: this.#cells, line: this.#rowLine, error: this.#error };
    const isBlank = row.cells.length === 1 && row.cells[0] === "" && !this.#wasQuoted;
    this.#cells = [];
    this.#error = "";
    this.#wasQuoted = false;
    this.#rowLine = ++this.#line;
    if (!isBlank) yield row;
  }
}

// neutral adds an apostrophe to a cell that a spreadsheet would read as a
// formula.
const neutral = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const cell = (text, separator) => (/["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text);

// csvLine writes a row.
export const csvLine = (cells, separator = ",") => `${cells.map((text) => cell(neutral(String(text)), separator)).join(separator)}\r\n`;
