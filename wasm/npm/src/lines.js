// The lines of NDJSON, each a row, out of whatever holds them.

import { isUint8Array } from "./bytes.js";
import { WasmError } from "./errors.js";

/**
 * Rows of "ndjson": an iterable is rows already; a text, a Blob or a stream is
 * split. A line keeps no more than one byte over maxBytes: the codec refuses
 * that for its size, and nobody holds all of it.
 */
export function splitLines(rows, maxBytes) {
  if (typeof rows === "string") return linesOfText(rows);
  if (isBlob(rows)) return linesOfStream(rows.stream?.() ?? chunkOf(rows), maxBytes);
  return isStream(rows) ? linesOfStream(rows, maxBytes) : rows;
}

// Told by what they have, since instanceof knows one realm alone.

/** A Blob, such as a File. */
export function isBlob(value) {
  return typeof value?.slice === "function" && typeof value.size === "number" && typeof value.type === "string";
}

/** A stream of the web, or one of Node.js whose chunks are bytes or text. */
function isStream(value) {
  return typeof value?.getReader === "function" || value?.readableObjectMode === false;
}

/** Reads a stream of Node.js, or a generator, as a stream of the web. */
function readerOf(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  return { read: () => chunks.next(), cancel: async () => stream.destroy?.() };
}

/** A Blob of jsdom has no stream: all of it at once. */
async function* chunkOf(blob) {
  yield await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

/** The format where none is given: the chunks of a file are no rows. */
export function formatOf(rows) {
  if (isBlob(rows) || isStream(rows)) throw new WasmError("OPTIONS", 'format: of a file or a stream, "ndjson" reads its lines');
  return "object";
}

/** Starts rows; one text and the bytes of a whole file are none. */
export function iterate(rows) {
  const start = rows?.[Symbol.asyncIterator] ?? rows?.[Symbol.iterator];
  if (typeof start !== "function" || typeof rows === "string" || ArrayBuffer.isView(rows)) {
    throw new WasmError("OPTIONS", "rows: want an iterable of rows");
  }
  return start.call(rows);
}

/** Whether there is nothing on a line. One that was cut has more. */
export function isBlank(line, maxBytes) {
  if (typeof line === "string") return line.length <= maxBytes && /^[ \t\r]*$/.test(line);
  return isUint8Array(line) && line.length <= maxBytes && line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

/** A last line that is empty is none. */
function* linesOfText(text) {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    if (end < 0) {
      yield text.slice(start);
      return;
    }
    yield text.slice(start, end);
    start = end + 1;
  }
}

/** The stream is told at once that nobody wants more: a generator that waits for a chunk hears of it with that chunk. */
function linesOfStream(stream, maxBytes) {
  const reader = stream.getReader?.() ?? readerOf(stream);
  const lines = linesOf(reader, maxBytes);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => lines.next(),
    return: () => (reader.cancel().catch(() => {}), lines.return()),
  };
}

async function* linesOf(reader, maxBytes) {
  let line; // of text, or of bytes, as the first chunk is
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      line ??= typeof value === "string" ? new TextLine(maxBytes + 1) : new ByteLine(maxBytes + 1);
      if (!line.takes(value)) throw new WasmError("OPTIONS", "rows: want a stream of Uint8Arrays, or of strings");
      let start = 0;
      for (let end = value.indexOf(line.newline); end >= 0; end = value.indexOf(line.newline, start)) {
        line.add(value, start, end);
        yield line.take();
        start = end + 1;
      }
      line.add(value, start, value.length);
    }
    if (line?.length > 0) yield line.take();
  } finally {
    reader.cancel().catch(() => {}); // a stream that failed has told so already
  }
}

/** A line that comes in parts. */
class ByteLine {
  newline = 10;
  parts = [];
  length = 0;

  constructor(most) {
    this.most = most;
  }

  takes(chunk) {
    return isUint8Array(chunk);
  }

  add(chunk, start, end) {
    const kept = chunk.subarray(start, Math.min(end, start + this.most - this.length));
    if (kept.length === 0) return;
    this.parts.push(kept);
    this.length += kept.length;
  }

  take() {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.length = 0;
    return whole;
  }
}

/** The same of text, whose surrogates may be parted by chunks. */
class TextLine {
  newline = "\n";
  text = "";

  constructor(most) {
    this.most = most;
  }

  get length() {
    return this.text.length;
  }

  takes(chunk) {
    return typeof chunk === "string";
  }

  add(chunk, start, end) {
    this.text += chunk.slice(start, Math.min(end, start + this.most - this.text.length));
  }

  take() {
    const { text } = this;
    this.text = "";
    return text;
  }
}
