// Apps that have installed the package, bundled by Vite and by esbuild, run.
import { copyFile } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import * as esbuild from "esbuild";
import * as vite from "vite";
import * as assert from "./assert.js";
import { openBrowser, skip } from "./browser.js";
import { testFolder } from "./files.js";
import { execute, pack } from "./pack.js";
import { serve } from "./server.js";

const browser = skip ? null : await openBrowser();
after(() => browser?.close());
const packed = await pack();
after(() => packed.remove());

const fixture = (name) => packed.install({ from: path.join(testFolder, "fixtures", name) });

test("Vite's build runs in Chromium", { skip }, async () => {
  const root = await fixture("vite");
  await vite.build({ root, base: "./", configFile: false, logLevel: "error", build: { target: "es2022" } });
  assert.deepEqual(await answer(path.join(root, "dist")), { page: "Identity=admin", worker: [1] });
});

test("esbuild's bundle runs in Chromium", { skip }, async () => {
  const folder = await fixture("esbuild");
  await bundle(folder, { entryPoints: ["browser.js"], platform: "browser" });
  await copyFile(path.join(folder, "index.html"), path.join(folder, "dist", "index.html"));
  assert.equal(await answer(path.join(folder, "dist")), "Identity=admin");
});

test("esbuild's bundle runs in Node", async () => {
  const folder = await fixture("esbuild");
  await bundle(folder, { entryPoints: ["node.js"], platform: "node", outExtension: { ".js": ".mjs" } });
  const { stdout } = await execute(process.execPath, ["dist/node.mjs"], { cwd: folder });
  assert.equal(stdout, '"Identity=admin"\n');
});

function bundle(folder, options) {
  return esbuild.build({ absWorkingDir: folder, outdir: "dist", bundle: true, format: "esm", loader: { ".wasm": "file" }, logLevel: "error", ...options });
}

// What the app in a folder writes into its page.
async function answer(folder) {
  const server = await serve({ folders: { "/app/": folder } });
  const page = await browser.newPage();
  try {
    const failed = new Promise((_, reject) => page.once("pageerror", reject));
    const written = page.locator("#answer:not(:empty)").textContent({ timeout: 10_000 });
    const [text] = await Promise.all([Promise.race([written, failed]), page.goto(`${server.origin}/app/index.html`)]);
    return JSON.parse(text);
  } finally {
    await page.close();
    await server.close();
  }
}
