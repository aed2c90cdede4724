// Runs every case in a browser, each file in its own page. The pages may be those
// of playwright-core or puppeteer-core.
import { entries } from "./files.js";
import { send, serve } from "./server.js";

/** Starts a server. Returns open(browser, file), which returns {cases: [{name, run}], close}, and close. */
export async function servePages() {
  const targets = await entries("default");
  const server = await serve({ handlers: { "/cases": (request, response) => send(response, 200, "text/html; charset=utf-8", html(targets)) } });
  return { open: (browser, file) => open(browser, `${server.origin}/cases`, file, targets), close: () => server.close() };
}

// With the import map, a case file can import "convuser" as in Node.js.
function html(targets) {
  const imports = Object.entries(targets).map(([name, target]) => [`convuser${name.slice(1)}`, `/convuser/${target.slice(2)}`]);
  return `<!doctype html><title>cases</title><script type="importmap">${JSON.stringify({ imports: Object.fromEntries(imports) })}</script>`;
}

async function open(browser, url, file, targets) {
  const page = await browser.newPage();
  await page.goto(url);
  const names = await page.evaluate(async ([file, targets]) => (await import("/test/page.js")).open(file, targets), [file, targets]);
  return { cases: names.map((name, index) => ({ name, run: () => run(page, index) })), close: () => page.close() };
}

async function run(page, index) {
  const failure = await page.evaluate(async (index) => (await import("/test/page.js")).run(index), index);
  if (failure) throw new Error(failure);
}
