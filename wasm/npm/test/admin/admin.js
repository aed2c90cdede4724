// Starts the program and a browser, and has what several tests do in the page.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import test, { after } from "node:test";
import { promisify } from "node:util";
import { openBrowser, skip } from "../browser.js";
import { packageFolder, projectFolder } from "../files.js";

/**
 * Starts the program with the flags, and a browser, and passes run a function
 * that declares a test in a page of its own. A test fails if the page logs an
 * error, does not catch one, or violates its policy.
 */
export async function withAdmin(name, run, flags = []) {
  if (skip) {
    test(name, { skip });
    return;
  }
  const admin = await openAdmin(flags);
  after(() => admin.close());
  run((name, options, body) => test(name, () => inPage(admin, options, body)), admin);
}

/** The program and a browser. */
export async function openAdmin(flags) {
  const [server, browser] = await Promise.all([startServer(flags), openBrowser()]);
  return {
    origin: server.origin,
    browser,
    close: () => Promise.all([server.close(), browser.close()]),
  };
}

async function startServer(flags = []) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "convuser-admin-"));
  const program = await build(folder, "./wasm/admin");
  const { url, stop } = await start(program, ["-addr", "127.0.0.1:0", "-package", packageFolder, ...flags]);
  return {
    origin: new URL(url).origin,
    async close() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Makes a folder that is removed after the tests. */
export async function makeFolder() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "convuser-"));
  after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Builds a Go program into a folder. */
export async function build(folder, source) {
  const program = path.join(folder, `${path.basename(source)}.exe`); // which Windows needs, and other systems ignore
  await promisify(execFile)("go", ["build", "-o", program, source], { cwd: projectFolder });
  return program;
}

/** Starts a program. Returns the first URL that it prints, functions for the next one and to stop it, and its standard input. */
export async function start(program, flags, env = {}) {
  const child = spawn(program, flags, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextURL = async () => {
    for (;;) {
      const { value = "", done } = await lines.next();
      assert.ok(!done, "the program printed no URL");
      const [, url] = /^(?:admin UI|listening) +(\S+)/.exec(value) ?? [];
      if (url) return url;
    }
  };
  const stop = async (signal) => {
    child.kill(signal);
    await ended;
  };
  return { url: await nextURL(), nextURL, stdin: child.stdin, stop };
}

/** Calls body with a page of its own, which must have no errors, after all users and injected failures were removed. */
export async function inPage(admin, options, body) {
  await fetch(`${admin.origin}/_convuser/faults`, { method: "DELETE" });
  const { page, errors, close } = await openPage(admin, options);
  try {
    await body(page);
    assert.deepEqual(errors, []);
  } finally {
    await close();
  }
}

/** Opens a page in a profile of its own, and collects its errors. It waits for the rules unless early is set. */
export async function openPage(admin, { width = 1280, height = 800, hash = "", prepare, early = false, ...options } = {}) {
  const context = await admin.browser.newContext({ viewport: { width, height }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const errors = watch(page, options.allow);
  await prepare?.(page);
  await page.goto(`${admin.origin}/${hash}`);
  if (!early) await page.waitForSelector("#rules[data-state]");
  return { page, errors, close: () => context.close() };
}

// A browser logs a status of 400 and more as an error. Those that a test causes
// are allowed, but not that of a missing file of the page.
function watch(page, allow = /\/(v1\/Users(\/[^/]+)?|_convuser\/faults)$/) {
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.stack));
  page.on("console", (message) => {
    if (message.type() === "error" && !allow.test(message.location().url)) errors.push(message.text());
  });
  return errors;
}

/** Fills in the documented example. */
export const example = (page) => page.click("#example");

/** Waits until the verdict on the response matches. */
export const answered = (page, pattern) => waitForText(page, "#answer .verdict", pattern);

/** Sends the documented example with these clicks, and waits for the verdict. */
export async function sendExample(page, pattern, clicks = ["#submit"]) {
  await example(page);
  for (const selector of clicks) await page.click(selector);
  await answered(page, pattern);
}

/** Makes the rules late by some milliseconds. */
export const delayModule = (page, ms) => page.route("**/convuser.wasm", async (route) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await route.continue();
});

/** The text of an element, its white space folded. */
export async function text(page, selector) {
  return (await page.textContent(selector)).replace(/\s+/g, " ").trim();
}

/** Waits until the text of an element matches. */
export async function waitForText(page, selector, pattern) {
  await page.waitForFunction(
    ([selector, source]) => new RegExp(source).test(document.querySelector(selector)?.textContent ?? ""),
    [selector, pattern.source],
  );
}

/** The rows of a table as texts. */
export function rows(page, selector) {
  return page.locator(selector).locator("tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
}
