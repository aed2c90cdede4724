// What contenders share.

/** The rule for Attributes of all but convuser: JSON.parse says whether it is JSON, and it must be a plain object. */
export function isObjectText(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A form as an object, for libraries that check objects; forEach is the fastest of what keeps unknown names. */
export function pairsOf(body) {
  const pairs = {};
  new URLSearchParams(body).forEach((text, name) => {
    pairs[name] = text;
  });
  return pairs;
}

/** What a message in the author's own words says. */
export const WANT_OBJECT = "want the JSON text of one object";
export const WANT_ROLE = "want RL and 32 hex digits";
export const ROLE = /^RL[0-9a-fA-F]{32}$/;
