// Compares convuser with other JavaScript: node run.js
//
//   --all           also Valibot, ArkType and TypeBox
//   --chromium      in headless Chromium instead of Node
//   --only=TEXT     only operations whose name contains the text; prints only
//   --package=DIR   another copy of the package; prints only
//   --other=DIR     a second copy as a contender; prints only
//
// QUICK=1 takes 3 processes instead of 9.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

const { values: flags } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    chromium: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    package: { type: "string", default: "" },
    other: { type: "string", default: "" },
  },
});

const quick = process.env.QUICK === "1";
const PROCESSES = quick ? 3 : 9;
const ROUNDS = quick ? 11 : 21;
const packages = [resolve(flags.package || fileURLToPath(new URL("..", import.meta.url)))];
if (flags.other) packages.push(resolve(flags.other));

const OTHERS = ["empty", "zod_alone", "ajv_alone"]; // whose start is timed too

const say = (text) => process.stderr.write(`bench-js: ${text}\n`);

async function repeated(count, what, once) {
  const results = [];
  for (let i = 1; i <= count; i++) {
    results.push(await once());
    say(`${what}, ${i} of ${count}`);
  }
  return results;
}

// -------------------------------------------------------------------- Node

async function node(...args) {
  const { stdout } = await run(process.execPath, ["--expose-gc", ...args], { cwd: HERE, maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

const nodeMeasure = () => node("node_measure.js", JSON.stringify({ packages, rounds: ROUNDS, only: flags.only }));

async function nodeStart(built) {
  const ours = await node("node_start.js", "convuser", packages[0]);
  const others = {};
  for (const what of OTHERS) others[what] = await node("node_start.js", what, built);
  return { ours, ...others };
}

async function inNode(built) {
  await nodeStart(built); // fills the system's file cache
  return {
    engine: `Node ${process.version}`,
    processes: await repeated(PROCESSES, "processes", nodeMeasure),
    starts: await repeated(PROCESSES, "starts", () => nodeStart(built)),
  };
}

// ---------------------------------------------------------------- Chromium

async function inChromium() {
  const { openBrowser } = await import("../test/browser.js");
  const { isolated, serve } = await import("../test/server.js");
  const urls = packages.map((_, i) => `/convuser${i}/`);
  const folders = { "/bench/": resolve(HERE), ...Object.fromEntries(packages.map((folder, i) => [urls[i], folder])) };
  const { origin, close } = await serve({ folders, headers: isolated });
  const inBrowser = async (use) => {
    const browser = await openBrowser(["--js-flags=--expose-gc", "--disable-dev-shm-usage"]);
    try {
      const page = await browser.newPage();
      await page.goto(`${origin}/bench/page.html`);
      return await use(page, browser.version());
    } finally {
      await browser.close();
    }
  };
  const options = { folders: urls, rounds: ROUNDS, only: flags.only };
  const start = (what) => inBrowser((page) => page.evaluate((w) => globalThis.bench.startHere(w), what));
  try {
    const processes = await repeated(PROCESSES, "browsers", () => inBrowser((page) => page.evaluate((o) => globalThis.bench.measureHere(o), options)));
    const starts = await repeated(PROCESSES, "starts", async () => {
      const all = { ours: await start("convuser") };
      for (const what of OTHERS) all[what] = await start(what);
      return all;
    });
    const engine = await inBrowser(async (_, version) => `Chromium ${version}`);
    return { engine, processes, starts };
  } finally {
    await close();
  }
}

// ------------------------------------------------------------------ report

/** Returns the differences on hostile inputs, in Node.js. */
async function notes() {
  const { ours, peers } = await import("./.build/contenders.js");
  const { hostileForms, hostileRequests } = await import("./hostile.js");
  const { differences } = await import("./verdicts.js");
  const { init } = await import(resolve(packages[0], "index_node.js"));
  const mine = ours(await init());
  return [...differences(mine, peers, "request", hostileRequests()), ...differences(mine, peers, "form", hostileForms())];
}

/** Returns the sections of README.md that a run makes. */
async function report({ engine, processes, starts }, sizes, found) {
  const { noteList, sizeTable, speedTable, startLine } = await import("./table.js");
  const machine = `${process.platform}/${process.arch}, ${cpus().length} CPUs`;
  const count = `median of ${PROCESSES} ${flags.chromium ? "browsers" : "processes"} (minimum to maximum)${quick ? ", QUICK=1" : ""}`;
  const heading = `${engine}, ${machine}; ${count}. The time of convuser, and that of each peer with its ratio to convuser: above 1, convuser is faster.`;
  return { [flags.chromium ? "chromium" : "node"]: [heading, speedTable(processes), startLine(starts)].join("\n\n"), sizes: sizeTable(sizes), verdicts: noteList(found) };
}

/** Rewrites a section of README.md. */
function write(section, text) {
  const file = `${HERE}README.md`;
  const [begin, end] = [`<!-- ${section}:begin -->`, `<!-- ${section}:end -->`];
  const old = readFileSync(file, "utf8");
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: no ${begin} and ${end}`);
  writeFileSync(file, `${old.slice(0, from + begin.length)}\n\n${text}\n\n${old.slice(to)}`);
}

async function main() {
  const { BUILT, prepare } = await import("./prepare.js");
  const { allSizes } = await import("./sizes.js");
  await prepare({ all: flags.all });
  const found = await notes();
  const sizes = await allSizes(packages[0], BUILT);
  for (const [section, text] of Object.entries(await report(flags.chromium ? await inChromium() : await inNode(BUILT), sizes, found))) {
    process.stdout.write(`${text}\n\n`);
    if (!flags.only && !flags.package && !flags.other) write(section, text);
  }
}

try {
  await main();
} catch (error) {
  const hint = error.code === "ERR_MODULE_NOT_FOUND" ? "; run npm ci here, and make wasm for the package" : "";
  say(`${error.message.trim()}${hint}`);
  process.exitCode = 1;
}
