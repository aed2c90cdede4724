// Measures from which length on TextEncoder.encodeInto beats a loop of charCodeAt,
// for ASCII written into WebAssembly memory: the reason for SHORT in
// ../src/instance.js.
//
//   node encode_into.js              bun encode_into.js
//   node encode_into.js --chromium   node encode_into.js --firefox
//
// The browsers are those of ../test and ../test/runtimes (npm ci in .. and there).
// All ways and lengths alternate, in a changing order; a ratio is taken within a
// round.

const LENGTHS = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 4096];
const TEXTS = 32; // of each length
const SLICE = 4; // ms; a browser's clock may count by 20 µs
const [WARM, ROUNDS] = [10, 41];

const encoder = new TextEncoder();
const bytes = new Uint8Array(new WebAssembly.Memory({ initial: 4 }).buffer);
const AT = 1024; // not at the beginning, as in the package

// One function for all lengths, as in the package, so that the engine sees them
// mixed.
function loop(text) {
  const n = text.length;
  for (let i = 0; i < n; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return -1;
    bytes[AT + i] = unit;
  }
  return n;
}

// A view for each call, since strings are written one after the other.
function encodeInto(text) {
  return encoder.encodeInto(text, bytes.subarray(AT, AT + 3 * text.length)).written;
}

function checked(text) {
  return isWellFormed(text) ? encodeInto(text) : -1;
}

const isWellFormed = String.prototype.isWellFormed ? (text) => text.isWellFormed() : (text) => !/\p{Surrogate}/u.test(text);

const WAYS = [["loop", loop], ["encodeInto", encodeInto], ["isWellFormed, encodeInto", checked]];

function textsOf(length) {
  return Array.from({ length: TEXTS }, (_, k) => String.fromCharCode(...Array.from({ length }, (_, i) => 32 + ((i * 7 + k * 13) % 95))));
}

/** Throws unless each way writes exactly the code units. */
function mustAgree(texts) {
  for (const text of texts) {
    for (const [name, write] of WAYS) {
      bytes.fill(0xff);
      const n = write(text);
      const right = n === text.length && bytes.every((byte, i) => byte === (i >= AT && i < AT + n ? text.charCodeAt(i - AT) : 0xff));
      if (!right) throw new Error(`${name} writes other bytes at ${text.length}`);
    }
  }
}

/** Returns a function that takes some ms and returns ns per string. Each has its own loop, else an engine would inline only one way. */
function subject(write, texts) {
  const run = new Function("write", "texts", "passes", `// ${write.name} ${texts[0].length}
    let sum = 0;
    for (let pass = 0; pass < passes; pass++) for (let i = 0; i < texts.length; i++) sum += write(texts[i]);
    return sum;`);
  let passes = 1;
  return () => {
    const start = performance.now();
    const sum = run(write, texts, passes);
    const ms = performance.now() - start;
    if (sum !== passes * texts.length * texts[0].length) throw new Error("strings were skipped");
    const ns = (ms * 1e6) / (passes * texts.length);
    if (ms < SLICE / 2) passes *= 2;
    return ns;
  };
}

/** Returns [{length, ns: [of each way], ratio: [the loop's time divided by that of each]}]. */
export function measure() {
  const rows = LENGTHS.map((length) => ({ length, texts: textsOf(length) }));
  for (const { texts } of rows) mustAgree(texts);
  const subjects = rows.flatMap(({ texts }) => WAYS.map(([, write]) => ({ slice: subject(write, texts), times: [] })));
  for (let round = -WARM; round < ROUNDS; round++) {
    for (let i = 0; i < subjects.length; i++) {
      const { slice, times } = subjects.at((i + round) % subjects.length);
      const ns = slice();
      if (round >= 0) times.push(ns);
    }
  }
  return rows.map(({ length }, row) => {
    const times = WAYS.map((_, way) => subjects[row * WAYS.length + way].times);
    return { length, ns: times.map(median), ratio: times.map((list) => median(list.map((ns, i) => times[0][i] / ns))) };
  });
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function table(engine, rows) {
  const names = WAYS.map(([name]) => name);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const cells = ({ length, ns, ratio }) => [length, ...ns.map((value, way) => (way === 0 ? `${value.toFixed(1)} ns` : `${value.toFixed(1)} ns, ${ratio[way].toFixed(2)}×`))];
  const crossings = names.slice(1).map((name, i) => `${name} ${crossing(rows, i + 1)}`);
  return [`${engine}; above 1×, it beats the loop`, "", line(["code units", ...names]), line(names.reduce((all) => [...all, "---:"], ["---:"])), ...rows.map((row) => line(cells(row))), "", `beats the loop: ${crossings.join("; ")}`].join("\n");
}

/** The length from which on a way is always faster. */
function crossing(rows, way) {
  const last = rows.findLastIndex(({ ratio }) => ratio[way] <= 1);
  return last + 1 === rows.length ? "at no length" : `from ${rows[last + 1].length} on`;
}

// -------------------------------------------------------------------- hosts

async function inBrowser(open) {
  const { readFile } = await import("node:fs/promises");
  const { isolated, send, serve } = await import("../test/server.js");
  const script = await readFile(new URL(import.meta.url));
  const server = await serve({
    handlers: {
      "/": (_, response) => send(response, 200, "text/html; charset=utf-8", "<!doctype html><title>encodeInto</title>", isolated),
      "/encode_into.js": (_, response) => send(response, 200, "text/javascript", script, isolated),
    },
  });
  const browser = await open().catch(async (error) => {
    await server.close();
    throw error;
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const rows = await page.evaluate(async () => (await import("/encode_into.js")).measure());
    return table(await page.evaluate(() => navigator.userAgent.match(/(?:Firefox|Chrome)\/\S+/)[0]), rows);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function main([where]) {
  if (where === "--chromium") return inBrowser((await import("../test/browser.js")).openBrowser);
  if (where === "--firefox") return inBrowser((await import("../test/runtimes/firefox.js")).openFirefox);
  if (where !== undefined) throw new Error(`${where}: want --chromium, --firefox or nothing`);
  return table(globalThis.Bun ? `Bun ${Bun.version}` : `Node ${process.version}`, measure());
}

if (globalThis.process) {
  try {
    console.log(await main(process.argv.slice(2)));
  } catch (error) {
    console.error(`encode_into: ${error.message}`);
    process.exitCode = 1;
  }
}
