// Finds in a body of JSON the place of an error that is known by its place in
// a member's value, such as the Attributes inside a user. The body is one
// that the parser took, so it is an object and well-formed.

// indexIn returns the index in body of the character that is at index in the
// string value at path, or -1 where there is no such string.
export function indexIn(body, path, index) {
  let at = 0;
  for (const name of path) {
    at = valueStart(body, skipSpace(body, at), name);
    if (at < 0) return -1;
  }
  return body[at] === '"' ? indexInString(body, at, index) : -1;
}

// valueStart returns where the value of the member begins, in the object
// whose brace is at open.
function valueStart(body, open, name) {
  let i = skipSpace(body, open + 1);
  while (body[i] === '"') {
    const end = stringEnd(body, i);
    const start = skipSpace(body, skipSpace(body, end) + 1); // behind the colon
    if (JSON.parse(body.slice(i, end)) === name) return start;
    i = skipSpace(body, valueEnd(body, start));
    if (body[i] === ",") i = skipSpace(body, i + 1);
  }
  return -1;
}

function skipSpace(body, i) {
  while (i < body.length && " \t\r\n".includes(body[i])) i++;
  return i;
}

function stringEnd(body, i) {
  for (i++; i < body.length && body[i] !== '"'; i++) {
    if (body[i] === "\\") i++;
  }
  return i + 1;
}

// valueEnd skips a value; nesting is counted, since it may be deep.
function valueEnd(body, i) {
  let depth = 0;
  do {
    const c = body[i];
    if (c === '"') {
      i = stringEnd(body, i);
      continue;
    }
    if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
    else if (depth === 0) return scalarEnd(body, i);
    i++;
  } while (depth > 0 && i < body.length);
  return i;
}

function scalarEnd(body, i) {
  while (i < body.length && !",}] \t\r\n".includes(body[i])) i++;
  return i;
}

// indexInString skips count UTF-16 code units of the string that opens at i.
function indexInString(body, i, count) {
  for (i++; count > 0 && body[i] !== '"'; count--) {
    if (body[i] !== "\\") i++;
    else i += body[i + 1] === "u" ? 6 : 2;
  }
  return i;
}
