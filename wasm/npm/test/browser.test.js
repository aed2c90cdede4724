// Every case, in Chromium: each file in a page of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import test, { after } from "node:test";
import { openBrowser, skip } from "./browser.js";
import { caseFiles, entries, testFolder } from "./files.js";
import { send, serve } from "./server.js";

if (skip) test("the cases in Chromium", { skip });
else await runAll();

test("the Makefile learns in one line why no browser starts", () => {
  const { stdout } = spawnSync(process.execPath, [path.join(testFolder, "why_no_browser.js")], {
    env: { ...process.env, CHROME_PATH: "nonesuch" },
    encoding: "utf8",
  });
  assert.match(stdout, /^no Chromium starts: .*nonesuch: .*\n$/);
});

async function runAll() {
  const targets = await entries("default");
  const server = await serve({ handlers: { "/cases": (request, response) => send(response, 200, "text/html; charset=utf-8", page(targets)) } });
  after(() => server.close());
  const browser = await openBrowser();
  after(() => browser.close());
  for (const file of await caseFiles()) {
    test(`${file} in Chromium`, (t) => runFile(t, { file, targets, browser, origin: server.origin }));
  }
}

// An import map lets a case file import "convuser", as it may in Node.
function page(targets) {
  const imports = Object.entries(targets).map(([name, target]) => [`convuser${name.slice(1)}`, `/convuser/${target.slice(2)}`]);
  return `<!doctype html><title>cases</title><script type="importmap">${JSON.stringify({ imports: Object.fromEntries(imports) })}</script>`;
}

async function runFile(t, { file, targets, browser, origin }) {
  const page = await browser.newPage();
  await page.goto(`${origin}/cases`);
  const names = await page.evaluate(async ([file, targets]) => (await import("/test/page.js")).open(file, targets), [file, targets]);
  for (const [index, name] of names.entries()) await t.test(name, () => runCase(page, index));
  await page.close();
}

async function runCase(page, index) {
  const failure = await page.evaluate(async (index) => (await import("/test/page.js")).run(index), index);
  if (failure) throw new Error(failure);
}
