// Splits NDJSON into lines, each a row.

import { isUint8Array } from "./bytes.js";
import { WasmError } from "./errors.js";

/**
 * Returns the rows of "ndjson": splits a string, a Blob or a stream; any other
 * iterable has rows already. A line is cut one byte above maxBytes, which is
 * enough for the codec to report its size.
 */
export function splitLines(rows, maxBytes) {
  if (typeof rows === "string") return linesOfText(rows);
  if (isBlob(rows)) return linesOfStream(rows.stream?.() ?? chunkOf(rows), maxBytes);
  return isStream(rows) ? linesOfStream(rows, maxBytes) : rows;
}

// These test members, since instanceof fails for objects of another realm.

/** Whether a value is a Blob, such as a File. */
export function isBlob(value) {
  return typeof value?.slice === "function" && typeof value.size === "number" && typeof value.type === "string";
}

/** Whether a value is a web stream, or a Node.js stream of bytes or strings. */
function isStream(value) {
  return typeof value?.getReader === "function" || value?.readableObjectMode === false;
}

/** Returns a web stream's reader for a Node.js stream or a generator. */
function readerOf(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  return { read: () => chunks.next(), cancel: async () => stream.destroy?.() };
}

/** Reads a whole Blob, for jsdom, whose Blobs have no stream. */
async function* chunkOf(blob) {
  yield await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

/** Returns the default format; a file or a stream has none, since its chunks are not rows. */
export function formatOf(rows) {
  if (isBlob(rows) || isStream(rows)) throw new WasmError("OPTIONS", 'format: of a file or a stream, "ndjson" reads its lines');
  return "object";
}

/** Returns the iterator of rows. A string or the bytes of a file would yield characters or numbers. */
export function iterate(rows) {
  const start = rows?.[Symbol.asyncIterator] ?? rows?.[Symbol.iterator];
  if (typeof start !== "function" || typeof rows === "string" || ArrayBuffer.isView(rows)) {
    throw new WasmError("OPTIONS", "rows: want an iterable of rows");
  }
  return start.call(rows);
}

/** Whether a line has nothing but white space; one that was cut has more. */
export function isBlank(line, maxBytes) {
  if (typeof line === "string") return line.length <= maxBytes && /^[ \t\r]*$/.test(line);
  return isUint8Array(line) && line.length <= maxBytes && line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}

/** An empty last line does not count. */
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

/** Makes return cancel the stream at once; a generator alone would wait for the next chunk. */
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
  let line; // TextLine or ByteLine, as the first chunk is
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      line ??= typeof value === "string" ? new TextLine(maxBytes + 1) : new ByteLine(maxBytes + 1);
      if (!line.accepts(value)) throw new WasmError("OPTIONS", "rows: want a stream of Uint8Arrays, or of strings");
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
    reader.cancel().catch(() => {}); // read has already reported the error of a failed stream
  }
}

/** Collects the parts of a line of bytes. */
class ByteLine {
  newline = 10;
  parts = [];
  length = 0;

  constructor(limit) {
    this.limit = limit;
  }

  accepts(chunk) {
    return isUint8Array(chunk);
  }

  add(chunk, start, end) {
    const kept = chunk.subarray(start, Math.min(end, start + this.limit - this.length));
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

/** Collects the parts of a line of text, which may split a surrogate pair. */
class TextLine {
  newline = "\n";
  text = "";

  constructor(limit) {
    this.limit = limit;
  }

  get length() {
    return this.text.length;
  }

  accepts(chunk) {
    return typeof chunk === "string";
  }

  add(chunk, start, end) {
    this.text += chunk.slice(start, Math.min(end, start + this.limit - this.text.length));
  }

  take() {
    const { text } = this;
    this.text = "";
    return text;
  }
}
