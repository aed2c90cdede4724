// The admin UI as it is: the program that serves it, and a browser.
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
 * Builds and starts the program, and a browser, and hands run a function that
 * declares a test in a page of its own. A console error, an uncaught one or a
 * violation of the page's policy fails every test.
 */
export async function withAdmin(name, run) {
  if (skip) {
    test(name, { skip });
    return;
  }
  const admin = await openAdmin();
  after(() => admin.close());
  run((name, options, body) => test(name, () => inPage(admin, options, body)), admin);
}

/** The program and a browser. */
export async function openAdmin() {
  const [server, browser] = await Promise.all([startServer(), openBrowser()]);
  return {
    origin: server.origin,
    browser,
    close: () => Promise.all([server.close(), browser.close()]),
  };
}

async function startServer() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "convuser-admin-"));
  const program = path.join(folder, "admin.exe"); // a name that every system starts
  await promisify(execFile)("go", ["build", "-o", program, "./wasm/admin"], { cwd: projectFolder });
  const child = spawn(program, ["-addr", "127.0.0.1:0", "-package", packageFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended.then(() => [""])]);
  const origin = /http:\/\/[\d.:]+/.exec(line)?.[0];
  assert.ok(origin, "the program does not say where it serves");
  return {
    origin,
    async close() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function inPage(admin, options, body) {
  await fetch(`${admin.origin}/_convuser/faults`, { method: "DELETE" });
  const { page, faults, close } = await openPage(admin, options);
  try {
    await body(page);
    assert.deepEqual(faults, []);
  } finally {
    await close();
  }
}

/** A page in a profile of its own, and what it complained of; it has its rules unless it is wanted early. */
export async function openPage(admin, { width = 1280, height = 800, hash = "", prepare, early = false, ...options } = {}) {
  const context = await admin.browser.newContext({ viewport: { width, height }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const faults = watch(page, options.allow);
  await prepare?.(page);
  await page.goto(`${admin.origin}/${hash}`);
  if (!early) await page.waitForSelector("#rules[data-state]");
  return { page, faults, close: () => context.close() };
}

// A browser logs an answer of 400 and more as an error: those that a test
// orders are none, unlike a file of the page that is missing.
function watch(page, allow = /\/(v1\/Users|_convuser\/faults)$/) {
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.stack));
  page.on("console", (message) => {
    if (message.type() === "error" && !allow.test(message.location().url)) faults.push(message.text());
  });
  return faults;
}

/** Fills in the documented example. */
export const example = (page) => page.click("#example");

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
