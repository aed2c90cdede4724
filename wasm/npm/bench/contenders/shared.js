// Shared by contenders.

/** The rule for Attributes of all contenders but convuser: JSON.parse accepts it, and it is a plain object. */
export function isObjectText(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A form as an object, for libraries that check objects; forEach is the fastest way that keeps unknown names. */
export function pairsOf(body) {
  const pairs = {};
  new URLSearchParams(body).forEach((text, name) => {
    pairs[name] = text;
  });
  return pairs;
}

export const WANT_OBJECT = "want the JSON text of one object";
export const WANT_ROLE = "want RL and 32 hex digits";
export const ROLE = /^RL[0-9a-fA-F]{32}$/;
