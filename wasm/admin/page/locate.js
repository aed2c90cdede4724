// Finds the place in a JSON body of an error in a member's value, such as the
// Attributes of a user. The body is a well-formed object, since the parser has
// accepted it.

// indexIn returns where in body the character is that is at index in the string
// at path, or -1 if there is no such string.
export function indexIn(body, path, index) {
  let at = 0;
  for (const name of path) {
    at = valueStart(body, skipSpace(body, at), name);
    if (at < 0) return -1;
  }
  return body[at] === '"' ? indexInString(body, at, index) : -1;
}

// valueStart returns where the value of a member begins, in the object that
// begins at open.
function valueStart(body, open, name) {
  let i = skipSpace(body, open + 1);
  while (body[i] === '"') {
    const end = stringEnd(body, i);
    const start = skipSpace(body, skipSpace(body, end) + 1); // after the colon
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

// valueEnd skips a value. It counts the nesting, which may be too deep for
// recursion.
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

// indexInString skips count UTF-16 code units of the string that begins at i.
function indexInString(body, i, count) {
  for (i++; count > 0 && body[i] !== '"'; count--) {
    if (body[i] !== "\\") i++;
    else i += body[i + 1] === "u" ? 6 : 2;
  }
  return i;
}
