// Shared by the setups: apps, programs, servers and a browser.
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openBrowser } from "../browser.js";
import { execute, pack } from "../pack.js";
import { serve } from "../server.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const packed = await pack(path.join(here, ".work")); // inside this folder, so that apps find the tools in its node_modules
const common = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", NEXT_IGNORE_INCORRECT_LOCKFILE: "1" };
let browser;

export async function close() {
  await browser?.close();
  await packed.remove();
}

/** Returns the path of a file of an installed tool. */
export function installed(...parts) {
  return path.join(here, "node_modules", ...parts);
}

/** Copies an app, installs the package into it, and returns its folder. */
export function install(app) {
  return packed.install({ from: path.join(here, "apps", app) });
}

export function expect(got, want) {
  if (got !== want) throw new Error(`got ${got}, want ${want}`);
}

/** Runs a script in Node.js and returns its output. */
export async function run(folder, args, env) {
  try {
    const { stdout } = await execute(process.execPath, args, { cwd: folder, env: { ...common, ...env }, timeout: 180_000 });
    return stdout;
  } catch (error) {
    throw new Error(reason(`${error.stderr}\n${error.stdout}`) ?? error.message);
  }
}

/** Runs a script in Node.js that serves an origin, until use is done. */
export async function during(folder, args, env, origin, use) {
  const server = spawn(process.execPath, args, { cwd: folder, env: { ...common, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "close");
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (output += data));
  try {
    await answers(origin, server);
    await use();
  } catch (error) {
    throw new Error(reason(output) ?? error.message);
  } finally {
    server.kill();
    await ended;
  }
}

async function answers(origin, server) {
  for (let tries = 0; tries < 300 && server.exitCode === null; tries++) {
    if (await fetch(origin).then(() => true, () => false)) return;
    await delay(100);
  }
  throw new Error("the server does not answer");
}

export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Returns the output from the first line on that mentions a failure, undefined if none does. */
function reason(output) {
  const lines = output.split("\n").map((line) => line.trim());
  const first = lines.findIndex((line) => /error|fail|cannot|not found|invalid/i.test(line) && !line.endsWith(":"));
  return first < 0 ? undefined : lines.slice(first).join("\n");
}

/** Opens a page and calls use. If use fails, the errors of the page are the reason. */
export async function open(url, use) {
  browser ??= await openBrowser();
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  try {
    await page.goto(url);
    return await use(page);
  } catch (error) {
    throw errors.length > 0 ? new Error(errors.join("\n")) : error;
  } finally {
    await page.close();
  }
}

/** Returns what a page writes into #answer. */
export function answerOf(page) {
  return page.locator("#answer:not(:empty)").textContent();
}

/** Serves a folder, and checks the answer that one of its pages writes. */
export async function expectPage(folder, file, want) {
  const server = await serve({ folders: { "/app/": folder } });
  try {
    expect(await open(`${server.origin}/app/${file}`, answerOf), want);
  } finally {
    await server.close();
  }
}
