// The assertions of the cases, the same in Node and in a browser. Prototypes
// are not compared, since what was parsed has none and a vector file has: a
// case that is about prototypes says so itself.

/** Fails unless the value is true or like it. */
export function ok(value, message = "want a true value") {
  if (!value) throw new Error(`${message}: got ${show(value)}`);
}

/** Fails unless both are the same value. */
export function equal(got, want, message = "value") {
  if (!Object.is(got, want)) throw new Error(`${message}: got ${show(got)}, want ${show(want)}`);
}

/** Fails unless both hold the same data; the order of members does not count. */
export function deepEqual(got, want, message = "value") {
  const found = difference(got, want, message);
  if (found) throw new Error(found);
}

/**
 * Fails unless f throws what is wanted: a class, a RegExp for the message, or
 * an object with members that the error has. Returns the error.
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

/** The same for a promise, or for a function that returns one. */
export async function rejects(promise, want) {
  let result;
  try {
    result = await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    return expected(error, want);
  }
  throw new Error(`want an error, got ${show(result)}`);
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
