// The whole page: accessibility, both colour schemes, narrow windows, loading.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delayModule, example, text, waitForText, withAdmin } from "./admin.js";
import { scenes } from "./scenes.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const widths = [1280, 360];
const allow = /\/v1\/Users|\/_convuser\/about$/; // scenes have responses that are errors

await withAdmin("the page", (test, { origin }) => {
  for (const [scene, open] of Object.entries(scenes)) {
    for (const colorScheme of ["light", "dark"]) {
      // The page's policy would not allow axe.
      test(`axe finds nothing: ${scene}, ${colorScheme}`, { colorScheme, bypassCSP: true, allow }, async (page) => {
        await open(page);
        await page.evaluate(axe);
        for (const width of widths) assert.deepEqual(await violations(page, width), []);
      });
    }
    test(`nothing overflows: ${scene}`, { allow }, async (page) => {
      await open(page);
      for (const width of [...widths, 320, 700, 1000, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await page.evaluate(overflows), [], `at ${width} px`);
      }
    });
  }

  for (const width of widths) {
    for (const hash of ["", "#decode", "#bulk"]) {
      test(`nothing moves while the rules are loaded: ${hash || "the form"}, ${width} px`, { width, hash, prepare: slowly }, async (page) => {
        await waitForText(page, "#rules-state", /^Rules ready$/);
        assert.deepEqual(await page.evaluate(() => globalThis.shifts), []);
      });
    }
  }

  test("the status bar describes the module", {}, async (page) => {
    const about = await (await fetch(`${origin}/convuser/convuser.wasm.json`)).json();
    assert.equal(await text(page, "#rules-state"), "Rules ready");
    assert.equal(await text(page, "#go-version"), about.goVersion);
    assert.match(await text(page, "#load-time"), /^\d+(\.\d)? m?s$/);
    assert.match(await text(page, "#bundle-size"), /^\d{3} KB, \d\d(\.\d)? KB brotli$/);
    assert.equal(await page.getAttribute("#bundle-hash", "title"), about.integrity.slice("sha384-".length));
  });

  for (const [what, answer, code] of [
    ["is missing", { status: 404, contentType: "text/html", body: "no" }, /\(HTTP\)/],
    ["is another one", { status: 200, contentType: "application/wasm", body: "\0asm" }, /\(INTEGRITY\)/],
  ]) {
    const prepare = (page) => page.route(/convuser\.wasm$|wasm_gzip\.js$/, (route) => route.fulfill(answer));
    test(`if the module ${what}, the page says so and sends nothing`, { prepare, allow: /convuser\.wasm$|wasm_gzip\.js$/ }, async (page) => {
      await waitForText(page, "#alert", code);
      assert.equal(await text(page, "#rules-state"), "Rules not loaded");
      await example(page);
      await page.click("#submit");
      assert.equal(await page.textContent("#wire-body pre"), "Appears when the rules are loaded.");
      assert.match(await text(page, "#answer"), /Nothing sent yet/);
    });
  }

  test("there is no markup from strings, no other policy, and no other worker", { allow: /(?:)/ }, async (page) => {
    const refused = await page.evaluate(() => {
      const tries = {
        markup: () => (document.createElement("p").innerHTML = "<b>x</b>"),
        policy: () => trustedTypes.createPolicy("other", {}),
        worker: () => new Worker("/app.js"),
        elsewhere: () => new Worker("https://example.com/convuser/worker_main.js"),
      };
      return Object.entries(tries).filter(([, attempt]) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      }).map(([name]) => name);
    });
    assert.deepEqual(refused, ["markup", "policy", "worker", "elsewhere"]);
  });

  test("all requests go to this server", {}, async (page) => {
    const hosts = new Set();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.reload();
    await page.click("#tab-bulk");
    await page.click("#bulk-sample");
    await page.click("#check");
    await waitForText(page, "#run-name", /Checked/);
    assert.deepEqual([...hosts], [new URL(origin).host]);
  });
});

/** What axe finds while the whole page is in view. */
async function violations(page, width) {
  await page.setViewportSize({ width, height: 800 });
  await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" ")}`);
}

/** What is wider than the window, or cut off. An input scrolls, so it is neither. */
function overflows() {
  const isCut = (element) => element.tagName !== "INPUT" && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "visible";
  const isOut = (element) => element.getBoundingClientRect().right > innerWidth + 1;
  const isShown = (element) => element.checkVisibility() && element.clientWidth > 1;
  const names = (element) => element.id || `${element.tagName} ${element.className}`;
  const page = document.documentElement;
  const wide = page.scrollWidth > innerWidth ? ["the page"] : [];
  return [...wide, ...[...document.querySelectorAll("body *")].filter((element) => isShown(element) && (isOut(element) || isCut(element))).map(names)];
}

/** Makes the rules late, and records what moves. */
async function slowly(page) {
  await delayModule(page, 500);
  await page.addInitScript(() => {
    globalThis.shifts = [];
    const note = (list) => globalThis.shifts.push(...list.getEntries().map(({ value, sources }) => `${value}: ${sources.map(({ node }) => node?.id || node?.nodeName)}`));
    new PerformanceObserver(note).observe({ type: "layout-shift", buffered: true });
  });
}
