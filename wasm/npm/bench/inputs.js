// The timed inputs. Each is a pool of variants, so that no contender sees only one
// value. The generators have fixed seeds.

const SMALL = 64;
const LARGE = 16;
const ROWS = 2000;
const BYTES = 4096;

/** The generator mulberry32. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function tools(seed) {
  const random = generator(seed);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const hex = (n) => Array.from({ length: n }, () => pick("0123456789abcdef")).join("");
  return { below, pick, hex, sid: () => "RL" + hex(32) };
}

/** Makes strings flat and one byte wide if possible, as those of a form or of fetch are. */
const settled = (value) => JSON.parse(JSON.stringify(value));

const pool = (count, make) => settled(Array.from({ length: count }, (_, i) => make(tools(i + 1), i)));

const utf8 = new TextEncoder();

// ------------------------------------------------------------------- small

const documented = ({ sid, hex }, i) => ({
  Identity: `admin${i}`,
  FriendlyName: `name${i}`,
  Attributes: `{ "duty": "tech${hex(2)}" }`,
  RoleSid: sid(),
});

/** Typing errors: a wrong letter in the SID, a missing quote in the JSON. */
const twoErrors = (t, i) => ({
  ...documented(t, i),
  Attributes: `{ "duty": "tech${t.hex(2)} }`,
  RoleSid: "RL" + t.hex(20) + "x" + t.hex(11),
});

const roleError = (t, i) => ({ ...documented(t, i), RoleSid: "RL" + t.hex(20) + "x" + t.hex(11) });

// -------------------------------------------------------- 4 KB of Attributes

const NAMES = ["Ada Lovelace", "Alan Turing", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth"];
const TEAMS = ["billing", "support", "sales", "field service", "second level"];
const ENGLISH = "the customer called twice about an invoice that was sent to the wrong address and asked for a copy by post before the end of the month so we promised to call back when the account is settled".split(" ");
const LATIN = "die Kundin bat darum die Rechnung für März über die Straße nach Köln zu schicken où elle habite près du café à côté de la forêt señor Muñoz llamó mañana según él después está también naïve Übergrößen".split(" ");
const CJK = "客户来电询问上个月的账单并且希望我们把副本寄到新的地址担当者が折り返し電話をすると約束しました住所変更の手続きは来週までに完了する予定です고객이청구서사본을요청했습니다".split("");

/** The text of an object of as many pieces as fit in 4 KB of UTF-8. */
function filled(piece, wrap) {
  const pieces = [];
  let size = utf8.encode(wrap([])).length;
  for (;;) {
    const next = piece(pieces.length);
    const more = utf8.encode(wrap([next])).length - utf8.encode(wrap([])).length + 1;
    if (size + more > BYTES) return wrap(pieces);
    pieces.push(next);
    size += more;
  }
}

const sentences = (words, gap) => (t) =>
  filled(
    () => JSON.stringify(Array.from({ length: 40 }, () => t.pick(words)).join(gap)),
    (texts) => `{"notes":[${texts.join(",")}]}`,
  );

const record = (t, i) =>
  JSON.stringify({ id: 1000 + i, name: t.pick(NAMES), score: t.below(10000) / 100, active: t.below(3) === 0, team: null });

const flatRecords = (t) => filled((i) => record(t, i), (texts) => `{"records":[${texts.join(",")}]}`);

const TOKENS = ["1", "[2,3]", "{}", "true", "[]", "null", '{"a":4}', "[[5],[6]]", '""', "false", '{"b":[7,{}]}', "-8"];
const tokenDense = (t) => filled(() => t.pick(TOKENS), (texts) => `{"t":[${texts.join(",")}]}`);

const ESCAPED = ['\\"quoted\\"', "line\\n", "tab\\t", "caf\\u00e9", "Stra\\u00dfe", "C:\\\\temp", "naïve", "für", "ok", "1\\/2"];
const escapes = (t) =>
  filled(
    () => `"${Array.from({ length: 12 }, () => t.pick(ESCAPED)).join(" ")}"`,
    (texts) => `{"log":[${texts.join(",")}]}`,
  );

const event = (t, i) => JSON.stringify({ event: "moved", id: i, said: `"${t.pick(TEAMS)}" and ${t.pick(TEAMS)}\n`, ok: true });
const inString = (text) => JSON.stringify(text).slice(1, -1);
const jsonInJSON = (t) => filled((i) => inString(event(t, i)), (texts) => `{"payload":"[${texts.join(",")}]"}`);

const SHAPES = [
  ["flat records", flatRecords],
  ["token-dense", tokenDense],
  ["escapes and Latin-1", escapes],
  ["ASCII prose", sentences(ENGLISH, " ")],
  ["Latin-1 prose", sentences(LATIN, " ")],
  ["CJK", sentences(CJK, "")],
  ["JSON in JSON", jsonInJSON],
];

const large = (shape) => pool(LARGE, (t, i) => ({ ...documented(t, i), Attributes: shape(t) }));

// --------------------------------------------------------------- form rows

const PLACES = ["Köln", "São Paulo", "東京", "Łódź", "Mysore", "Zürich", "Lyon", "Leeds"];

/** 120 to 260 bytes, a quarter with non-ASCII text, one in twenty invalid. */
function row(t, i) {
  const text = t.below(4) === 0;
  const attributes = { duty: t.pick(TEAMS), d: 10 + t.below(90) };
  if (t.below(2) === 0) attributes.level = t.below(9);
  if (!text && t.below(4) === 0) attributes.note = Array.from({ length: 3 }, () => t.pick(ENGLISH)).join(" ");
  if (text) attributes.place = t.pick(PLACES);
  const pairs = {
    Identity: t.below(2) === 0 ? `user${1000 + i}` : `user${1000 + i}@example.com`,
    FriendlyName: t.pick(NAMES) + (text && t.below(2) === 0 ? ", " + t.pick(PLACES) : ""),
    Attributes: JSON.stringify(attributes),
    RoleSid: t.sid(),
  };
  if (i % 20 === 7) spoil(pairs, Math.floor(i / 20) % 3);
  return new URLSearchParams(pairs).toString();
}

/** Removes Identity, the end of RoleSid or the end of Attributes. */
function spoil(pairs, kind) {
  if (kind === 0) delete pairs.Identity;
  else if (kind === 1) pairs.RoleSid = pairs.RoleSid.slice(0, -1);
  else pairs.Attributes = pairs.Attributes.slice(0, -1);
}

// ------------------------------------------------------------------- all

/** Every operation: its name, what is called ("request", "issues" or "form"), its inputs, and whether they may be passed all at once. */
export function operations() {
  return [
    { name: "small valid request", kind: "request", inputs: pool(SMALL, documented) },
    { name: "invalid, RoleSid and Attributes", kind: "issues", inputs: pool(SMALL, twoErrors) },
    { name: "invalid, RoleSid alone", kind: "issues", inputs: pool(SMALL, roleError) },
    ...SHAPES.map(([name, shape]) => ({ name: `4 KB, ${name}`, kind: "request", inputs: large(shape) })),
    { name: "2,000 form rows, per row", kind: "form", inputs: pool(ROWS, row), atOnce: true },
    { name: "form rows, a call for each", kind: "form", inputs: pool(ROWS, row) },
  ];
}
