// Runs every case in Chromium, each file in its own page.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import test, { after } from "node:test";
import { openBrowser, skip } from "./browser.js";
import { caseFiles, testFolder } from "./files.js";
import { servePages } from "./pages.js";

if (skip) test("the cases in Chromium", { skip });
else await runAll();

test("why_no_browser.js prints in one line why no browser starts", () => {
  const { stdout } = spawnSync(process.execPath, [path.join(testFolder, "why_no_browser.js")], {
    env: { ...process.env, CHROME_PATH: "nonesuch" },
    encoding: "utf8",
  });
  assert.match(stdout, /^no Chromium starts: .*nonesuch: .*\n$/);
});

async function runAll() {
  const pages = await servePages();
  after(() => pages.close());
  const browser = await openBrowser();
  after(() => browser.close());
  for (const file of await caseFiles()) {
    test(`${file} in Chromium`, async (t) => {
      const { cases, close } = await pages.open(browser, file);
      for (const { name, run } of cases) await t.test(name, run);
      await close();
    });
  }
}
