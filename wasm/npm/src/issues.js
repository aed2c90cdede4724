import { decoder } from "./text.js";

const NOWHERE = { offset: -1, index: -1, line: -1, column: -1 };

/** Makes an issue of this package's own, without a place. */
export function ownIssue(code, message, path = [], params = {}, source = "value") {
  return { message, path, code, params, ...NOWHERE, source };
}

export function failure(issues) {
  return { ok: false, issues };
}

/** Converts an offset in bytes into a place in a string or in bytes. */
export function placeOf(source, offset) {
  if (offset < 0 || source === undefined) return NOWHERE;
  const text = typeof source === "string" ? source : decoder.decode(source.subarray(0, offset));
  const index = typeof source === "string" ? indexOf(text, offset) : text.length;
  let line = 1;
  let start = 0; // of the line
  for (let at = text.indexOf("\n"); at >= 0 && at < index; at = text.indexOf("\n", start)) {
    line++;
    start = at + 1;
  }
  return { offset, index, line, column: index - start + 1 };
}

/** Returns the index of the code unit at an offset in bytes of UTF-8; a lone surrogate counts as three. */
function indexOf(text, offset) {
  let index = 0;
  for (let bytes = 0; bytes < offset && index < text.length; ) {
    const point = text.codePointAt(index);
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > offset) break; // inside a character
    index += point < 0x10000 ? 1 : 2;
  }
  return index;
}
