// The same measurement in headless Chromium, each time in a browser of its
// own. Everything is served on loopback.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, extname, join, normalize, sep } from "node:path";
import { chromium } from "playwright-core";

const TYPES = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm", ".json": "application/json" };

export function findChromium() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "google-chrome"];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (!found) throw new Error("no browser: set CHROME_PATH, or put chromium or google-chrome in PATH");
  return found;
}

/** Isolated, so that performance.now() counts by 5 µs. */
const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Cache-Control": "no-store" };

function fileOf(mounts, url) {
  const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
  const mount = Object.keys(mounts).find((prefix) => path.startsWith(prefix));
  if (!mount || path.split(sep).includes("..")) return null;
  return join(mounts[mount], path.slice(mount.length));
}

async function answer(mounts, request, response) {
  const file = fileOf(mounts, request.url);
  try {
    if (file === null) throw new Error("not served");
    const body = await readFile(file);
    response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404, HEADERS).end();
  }
}

/** Serves {"/prefix/": folder} and returns {origin, close}. */
export async function serve(mounts) {
  const server = createServer((request, response) => void answer(mounts, request, response));
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Calls use(page, version) on a page of a fresh browser. */
export async function inBrowser(origin, use) {
  const args = ["--js-flags=--expose-gc", "--disable-dev-shm-usage"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const browser = await chromium.launch({ executablePath: findChromium(), headless: true, args });
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/bench/page.html`);
    return await use(page, browser.version());
  } finally {
    await browser.close();
  }
}
