// Whether a user has what a request asked for, as httpwire.Client compares: a
// member that was not sent agrees with everything, since the service fills it in.

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

// sameJSON reports whether two texts are the same value: the service may write
// one anew.
export function sameJSON(a, b) {
  if (a === b) return true;
  try {
    return spelling(a) === spelling(b);
  } catch {
    return false; // no JSON, or nested too deep to be compared
  }
}

// spelling writes a JSON text in one way: members by name, and numbers by
// their value, to the last digit where the browser gives a reviver their text.
const spelling = (text) => JSON.stringify(JSON.parse(text, (_, value, { source } = {}) => {
  if (typeof value === "number") return { number: decimal(source ?? String(value)) };
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { members: Object.keys(value).sort().map((name) => [name, value[name]]) } : value;
}));

// decimal writes a JSON number as its sign, its digits without zeros at either
// end, and a power of ten.
function decimal(number) {
  const [, sign, whole, fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/.exec(number);
  const digits = (whole + fraction).replace(/0+$/, "");
  const exponent = BigInt(power) + BigInt(whole.length - digits.length);
  const significant = digits.replace(/^0+/, "");
  return significant === "" ? "0" : `${sign}${significant}e${exponent}`;
}
