// Parses Retry-After (RFC 9110, section 10.2.3) as package httpwire does.

const MAX = 2 ** 30; // seconds, about 34 years

// The two obsolete date formats (RFC 9110, section 5.6.7), and the start of the current one.
const rfc850 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|nes|rs|ur)?day, (\d\d)-(\w{3})-(\d\d) /;
const asctime = /^(\w{3}) (\w{3}) ([ \d]\d) ([\d:]+) (\d{4})$/;
const weekday = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), /;

/** Returns seconds from now, rounded up, for a Headers or an object with names in any case; 0 if there is no such header. */
export function retryAfter(headers, now = Date.now()) {
  const value = `${valueOf(headers) ?? ""}`;
  const wait = /^\d+$/.test(value) ? Number(value) : Math.ceil((dateOf(value) - now) / 1000);
  return wait > 0 ? Math.min(wait, MAX) : 0; // also for NaN
}

function valueOf(headers = {}) {
  if (typeof headers.get === "function") return headers.get("Retry-After");
  return headers[Object.keys(headers).find((name) => name.toLowerCase() === "retry-after")];
}

/** Returns milliseconds, or NaN. The date must format to the same text, since Date.parse accepts much else. */
function dateOf(value) {
  const text = value
    .replace(rfc850, (_, w, day, month, year) => `${w}, ${day} ${month} ${year < 69 ? 20 : 19}${year} `)
    .replace(asctime, (_, w, month, day, time, year) => `${w}, ${day.replace(" ", 0)} ${month} ${year} ${time} GMT`);
  const at = Date.parse(text);
  return weekday.test(text) && new Date(at).toUTCString().slice(5) === text.slice(5) ? at : NaN;
}
