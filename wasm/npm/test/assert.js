// Assertions for Node.js and browsers. Prototypes are not compared, since parsed
// records have none and those of a vector file have one.

/** Fails unless the value is truthy. */
export function ok(value, message = "want a true value") {
  if (!value) throw new Error(`${message}: got ${show(value)}`);
}

export function equal(got, want, message = "value") {
  if (!Object.is(got, want)) throw new Error(`${message}: got ${show(got)}, want ${show(want)}`);
}

/** Fails unless both have the same data, in any order of members. */
export function deepEqual(got, want, message = "value") {
  const found = difference(got, want, message);
  if (found) throw new Error(found);
}

/**
 * Fails unless f throws an instance of a class, an error whose message a RegExp
 * matches, or one that has the members of an object. Returns the error.
 */
export function throws(f, want) {
  let result;
  try {
    result = f();
  } catch (error) {
    return expected(error, want);
  }
  throw new Error(`want an error, got ${show(result)}`);
}

/** As throws, for a promise or a function that returns one. */
export async function rejects(promise, want) {
  const run = async () => (typeof promise === "function" ? promise() : promise);
  const settled = await run().then((value) => () => value, (error) => () => { throw error; });
  return throws(settled, want);
}

function expected(error, want) {
  const found = mismatch(error, want);
  if (found) throw new Error(`other error than wanted: ${found}`, { cause: error });
  return error;
}

function mismatch(error, want) {
  if (want instanceof RegExp) return want.test(error?.message) ? "" : `got ${error}, want ${want}`;
  if (typeof want === "function") return error instanceof want ? "" : `got ${error}, want a ${want.name}`;
  for (const [name, value] of Object.entries(want)) {
    const found = value instanceof RegExp ? mismatch({ message: error?.[name] }, value) : difference(error?.[name], value, name);
    if (found) return `${found} (${error})`;
  }
  return "";
}

const comparable = new Set(["[object Object]", "[object Array]", "[object Uint8Array]"]);

function difference(got, want, path) {
  if (Object.is(got, want)) return "";
  const kind = kindOf(want);
  if (kindOf(got) !== kind || !comparable.has(kind)) return `${path}: got ${show(got)}, want ${show(want)}`;
  for (const key of new Set([...Reflect.ownKeys(want), ...Reflect.ownKeys(got)])) {
    const found = memberDifference(got, want, key, `${path}[${show(key)}]`);
    if (found) return found;
  }
  return "";
}

function memberDifference(got, want, key, path) {
  if (!Object.hasOwn(got, key)) return `${path}: absent, want ${show(want[key])}`;
  if (!Object.hasOwn(want, key)) return `${path}: got ${show(got[key])}, want none`;
  return difference(got[key], want[key], path);
}

function kindOf(value) {
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : typeof value;
}

function show(value) {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
