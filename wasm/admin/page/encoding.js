// Decodes the bytes of a file.

// encodings has the names of the encodings that a file can have.
export const encodings = { "utf-8": "UTF-8", "utf-16le": "UTF-16 LE", "utf-16be": "UTF-16 BE", "windows-1252": "Windows-1252" };

const mark = "\ufeff";
const marks = { "utf-8": [0xef, 0xbb, 0xbf], "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff] };

// encodingOf detects the encoding of a file from its first bytes, or all of
// them. Windows-1252 is a guess, since any bytes are valid in it.
export function encodingOf(bytes, isWhole) {
  const marked = Object.keys(marks).find((name) => marks[name].every((byte, i) => byte === bytes[i]));
  if (marked) return { encoding: marked, isMarked: true };
  const isUTF8 = strict(isWhole ? bytes : bytes.subarray(0, bytes.length - unfinished(bytes))) !== undefined;
  return { encoding: isUTF8 ? "utf-8" : "windows-1252", isMarked: false };
}

// A Decoder decodes bytes that come in pieces, and removes the byte order mark.
// Invalid bytes become a surrogate without its pair, which valid bytes never
// do, so isWellFormed reports whether a text was valid.
export class Decoder {
  #rest = new Uint8Array(); // the start of a character that the next piece completes
  #isStart = true;
  #encoding;

  constructor(encoding) {
    this.#encoding = encoding;
  }

  decode(bytes, { isLast }) {
    const all = joined(this.#rest, bytes);
    const { unfinished, text } = decoders[this.#encoding];
    const end = isLast ? all.length : all.length - unfinished(all);
    this.#rest = all.slice(end);
    const decoded = text(all.subarray(0, end));
    if (!this.#isStart || decoded === "") return decoded;
    this.#isStart = false;
    return decoded.startsWith(mark) ? decoded.slice(1) : decoded;
  }
}

const lost = "\ud800"; // in place of invalid bytes

const decoders = {
  "utf-8": { unfinished, text: (bytes) => strict(bytes) ?? lineByLine(bytes) },
  "utf-16le": { unfinished: (bytes) => bytes.length % 2, text: (bytes) => units(bytes, true) },
  "utf-16be": { unfinished: (bytes) => bytes.length % 2, text: (bytes) => units(bytes, false) },
  "windows-1252": { unfinished: () => 0, text: (bytes) => new TextDecoder("windows-1252").decode(bytes) },
};

function joined(a, b) {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

// strict decodes UTF-8, and returns undefined if the bytes are not valid.
function strict(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// lineByLine decodes bytes that are not all UTF-8. Lines that are keep their
// U+FFFD.
function lineByLine(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; ) {
    const end = endOfLine(bytes, start);
    const line = bytes.subarray(start, end);
    text += strict(line) ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(line).replaceAll("\ufffd", lost);
    start = end;
  }
  return text;
}

function endOfLine(bytes, start) {
  let i = start;
  while (i < bytes.length && bytes[i] !== 0x0a && bytes[i] !== 0x0d) i++;
  return i + 1;
}

// unfinished returns how many bytes at the end are an incomplete character of
// UTF-8.
function unfinished(bytes) {
  for (let n = 1; n <= 3 && n <= bytes.length; n++) {
    const byte = bytes[bytes.length - n];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return n < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? n : 0;
  }
  return 0;
}

const most = 8192; // arguments of one call

// units decodes UTF-16. Unlike TextDecoder, it leaves a surrogate without its
// pair as it is.
function units(bytes, isLittle) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = "";
  for (let i = 0; i + 1 < bytes.length; ) {
    const part = [];
    for (; part.length < most && i + 1 < bytes.length; i += 2) part.push(view.getUint16(i, isLittle));
    text += String.fromCharCode(...part);
  }
  return bytes.length % 2 === 0 ? text : text + lost;
}
