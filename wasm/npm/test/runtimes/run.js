// Runs the package in Deno, Bun and workerd from the npm packages of these names:
// npm ci --ignore-scripts, then node run.js. Every case runs in Bun, which has
// another engine than Node.js, and in Firefox if one starts. Prints a line for
// each; the exit status is 1 if one failed. With SKIP_RUNTIMES=1, a runtime that
// npm does not have for this machine is not a failure.
import { copyFile, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { execute, pack } from "../pack.js";
import { servePages } from "../pages.js";
import { countCases } from "./count.js";
import { openFirefox } from "./firefox.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const installed = path.join(here, "node_modules");

// npm installs only the package of a scope that has the program for this machine.
const runtimes = [
  { name: "deno", scope: "@deno", file: "deno", run: runDeno },
  { name: "bun", scope: "@oven", file: "bin/bun", run: runBun },
  { name: "workerd", scope: "@cloudflare", file: "bin/workerd", run: runWorkerd },
];

const packed = await pack();
try {
  const folder = await packed.install({});
  for (const name of ["check.js", "main.js", "worker.js", "worker.capnp", "package.json"]) await copyFile(path.join(here, name), path.join(folder, name));
  for (const runtime of runtimes) await report(runtime, folder);
} finally {
  await packed.remove();
}
await reportFirefox();

async function report(runtime, folder) {
  const program = await find(runtime);
  if (!program) return missing(runtime);
  try {
    const result = await runtime.run(program, folder);
    console.log(`${runtime.name} ${await version(runtime)}: ok, ${result}`);
  } catch (error) {
    failed(runtime.name, error.stderr || error.message);
  }
}

// Firefox does not come from npm, so a missing one is not a failure.
async function reportFirefox() {
  let browser;
  try {
    browser = await openFirefox();
  } catch (error) {
    return console.log(`firefox: not run: ${error.message}`);
  }
  const pages = await servePages();
  try {
    const count = await countCases((file) => pages.open(browser, file));
    console.log(`${(await browser.version()).replace("/", " ")}: ok, ${count} cases`);
  } catch (error) {
    failed("firefox", error.message);
  } finally {
    await browser.close();
    await pages.close();
  }
}

function failed(name, why) {
  console.log(`${name}: failed: ${why}`);
  process.exitCode = 1;
}

function missing({ name }) {
  console.log(`${name}: not installed; run npm ci --ignore-scripts in wasm/npm/test/runtimes`);
  if (process.env.SKIP_RUNTIMES !== "1") process.exitCode = 1;
}

async function find({ scope, file }) {
  const [name] = await readdir(path.join(installed, scope)).catch(() => []);
  return name && path.join(installed, scope, name, process.platform === "win32" ? `${file}.exe` : file);
}

async function version({ name }) {
  return JSON.parse(await readFile(path.join(installed, name, "package.json"), "utf8")).version;
}

async function runDeno(program, folder) {
  return rules(await output(program, ["run", "--no-remote", "--node-modules-dir=manual", "--no-lock", `--allow-read=${folder}`, "main.js"], folder));
}

async function runBun(program, folder) {
  const result = rules(await output(program, ["--no-install", "main.js"], folder));
  return `${result}; ${await output(program, ["--no-install", "cases.js"], here)} cases`;
}

// Workers are deployed as a bundle with the WebAssembly beside it.
async function runWorkerd(program, folder) {
  const bundled = path.join(folder, "bundled");
  await build({
    absWorkingDir: folder,
    entryPoints: ["worker.js"],
    outdir: bundled,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    logLevel: "silent",
  });
  await copyFile(path.join(folder, "node_modules", "convuser", "convuser.wasm"), path.join(bundled, "convuser.wasm"));
  return rules(await output(program, ["test", "worker.capnp"], folder));
}

function rules(goVersion) {
  return `module built by ${goVersion}`;
}

async function output(file, args, cwd) {
  const { stdout } = await execute(file, args, { cwd, timeout: 120_000 });
  return stdout.trim();
}
