// Runs apps that have installed the package, bundled by Vite or esbuild or not
// bundled. make test-frameworks has more of them.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
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
const app = (name) => packed.install({ from: path.join(testFolder, "frameworks", "apps", name) });

test("Vite's build runs in Chromium", { skip }, async () => {
  const root = await fixture("vite");
  await vite.build({ root, base: "./", configFile: false, logLevel: "error", build: { target: "es2022" } });
  assert.deepEqual(JSON.parse(await answer(path.join(root, "dist"))), { page: "Identity=admin", worker: [1] });
});

test("esbuild's bundle runs in Chromium", { skip }, async () => {
  const folder = await fixture("esbuild");
  await bundle(folder, { entryPoints: ["browser.js"], platform: "browser" });
  await copyFile(path.join(folder, "index.html"), path.join(folder, "dist", "index.html"));
  assert.equal(JSON.parse(await answer(path.join(folder, "dist"))), "Identity=admin");
});

for (const options of [{ format: "esm" }, { format: "esm", splitting: true }, { format: "iife" }]) {
  test(`esbuild's bundle runs in Chromium without a loader, ${JSON.stringify(options)}`, { skip }, async () => {
    const folder = await app("page");
    await bundle(folder, { entryPoints: ["main.js"], loader: {}, logLevel: "silent", ...options });
    await mkdir(path.join(folder, "pages"));
    await writeFile(path.join(folder, "pages", "index.html"), '<!doctype html><pre id="answer"></pre><script type="module" src="../dist/main.js"></script>');
    assert.equal(await answer(folder, "pages/index.html"), "Identity=admin, required");
  });
}

test("an import map names the files of the package", { skip }, async () => {
  assert.equal(await answer(await app("import_map")), "Identity=admin, required, Identity=bob, row 1");
});

test("esbuild's bundle runs in Node", async () => {
  const folder = await fixture("esbuild");
  await bundle(folder, { entryPoints: ["node.js"], platform: "node", outExtension: { ".js": ".mjs" } });
  const { stdout } = await execute(process.execPath, ["dist/node.mjs"], { cwd: folder });
  assert.equal(stdout, '"Identity=admin"\n');
});

test("require loads CommonJS", async () => {
  const flag = "--no-experimental-require-module"; // early releases of Node.js 20 cannot require ES modules, and lack this flag
  const flags = process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : [];
  const { stdout, stderr } = await execute(process.execPath, [...flags, "main.cjs"], { cwd: await app("commonjs") });
  assert.deepEqual({ stdout, stderr }, { stdout: "Identity=admin, required, Identity=bob\n", stderr: "" });
});

function bundle(folder, options) {
  return esbuild.build({ absWorkingDir: folder, outdir: "dist", bundle: true, format: "esm", loader: { ".wasm": "file" }, logLevel: "error", ...options });
}

// Returns what the app in a folder writes into #answer.
async function answer(folder, file = "index.html") {
  const server = await serve({ folders: { "/app/": folder } });
  const page = await browser.newPage();
  try {
    const failed = new Promise((_, reject) => page.once("pageerror", reject));
    const written = page.locator("#answer:not(:empty)").textContent({ timeout: 10_000 });
    const [text] = await Promise.all([Promise.race([written, failed]), page.goto(`${server.origin}/app/${file}`)]);
    return text;
  } finally {
    await page.close();
    await server.close();
  }
}
