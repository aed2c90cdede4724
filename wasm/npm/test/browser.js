// Starts a headless Chromium: CHROME_PATH, else chromium or google-chrome in PATH,
// else that of the npm package @sparticuz/chromium.
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";

/** Why tests that need a browser are skipped, or false. */
export const skip = process.env.SKIP_BROWSER || false;

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser with an empty profile and more arguments, or throws an Error with a message of one line. */
export async function openBrowser(more = []) {
  const tried = [];
  for await (const executablePath of candidates(tried)) {
    try {
      return await launch(executablePath, more);
    } catch (error) {
      tried.push(`${executablePath}: ${firstLine(error)}`);
    }
  }
  throw new Error(`no Chromium starts: set CHROME_PATH, or have chromium or google-chrome in PATH; ${tried.join("; ")}`);
}

// Test files run concurrently, and @sparticuz/chromium unpacks its browser on first
// use: a file that another process is still writing does not start.
async function launch(executablePath, more, attempts = 5) {
  try {
    return await chromium.launch({ executablePath, args: [...args, ...more], timeout: 20_000 });
  } catch (error) {
    if (attempts === 1 || !error.message.includes("ETXTBSY")) throw error;
    await delay(2000);
    return launch(executablePath, more, attempts - 1);
  }
}

async function* candidates(tried) {
  if (process.env.CHROME_PATH) {
    yield process.env.CHROME_PATH;
    return;
  }
  for (const name of ["chromium", "google-chrome"]) {
    const file = await inPath(name);
    if (file) yield file;
    else tried.push(`${name}: not in PATH`);
  }
  yield* packaged(tried);
}

/** Returns the path of a program in PATH, or null. */
export async function inPath(name) {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return null;
}

async function* packaged(tried) {
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    yield await packed.executablePath();
  } catch (error) {
    tried.push(`@sparticuz/chromium: ${firstLine(error)}`);
  }
}

export function firstLine(error) {
  return String(error.message).split("\n", 1)[0];
}
