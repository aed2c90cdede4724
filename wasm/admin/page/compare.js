// Compares a user with a request as httpwire.Client does. A member that was not
// sent is not compared, since the service sets it.

// differences returns the names of the members that differ.
export function differences(user, request) {
  const pairs = [
    ["identity", user.identity === request.Identity],
    ["friendly_name", request.FriendlyName === undefined || (user.friendly_name ?? "") === request.FriendlyName],
    ["attributes", request.Attributes === undefined || sameJSON(user.attributes ?? "{}", request.Attributes)],
    ["role_sid", request.RoleSid === undefined || (user.role_sid ?? "").toLowerCase() === request.RoleSid.toLowerCase()],
  ];
  return pairs.filter(([, isSame]) => !isSame).map(([name]) => name);
}

// sameJSON reports whether two texts have the same JSON value: the service may
// format one differently.
export function sameJSON(a, b) {
  if (a === b) return true;
  try {
    return spelling(a) === spelling(b);
  } catch {
    return false; // not JSON, or nested too deep for JSON.parse
  }
}

// spelling writes a JSON value in one way: members in the order of their names,
// and numbers with all digits if the browser passes their text to a reviver.
const spelling = (text) => JSON.stringify(JSON.parse(text, (_, value, { source } = {}) => {
  if (typeof value === "number") return { number: decimal(source ?? String(value)) };
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { members: Object.keys(value).sort().map((name) => [name, value[name]]) } : value;
}));

// decimal writes a JSON number in one way: its sign, its digits without leading
// and trailing zeros, and a power of ten.
function decimal(number) {
  const [, sign, whole, fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(number);
  const digits = (whole + fraction).replace(/0+$/, "");
  const exponent = BigInt(power) + BigInt(whole.length - digits.length);
  const significant = digits.replace(/^0+/, "");
  return significant === "" ? "0" : `${sign}${significant}e${exponent}`;
}
