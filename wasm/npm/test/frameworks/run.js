// Installs the package into an app for each setup, builds the app with the tool's
// defaults, and runs it: npm ci --ignore-scripts, then node run.js. Prints a line
// for each; the exit status is 1 if one failed. An argument is a regular
// expression for the names of the setups to run, whose failures are printed in full.
import { readFile } from "node:fs/promises";
import { commonJS, esbuildPage, importMap, rollupPage, viteBuild, viteDev, webpackPage } from "./bundled.js";
import { nextBuild, nextDev, svelteKit } from "./served.js";
import { jest, vitest } from "./tested.js";
import { close, installed } from "./tools.js";

const setups = [
  ...["turbopack", "webpack"].flatMap((bundler) =>
    ["server", "edge", "client"].map((part) => ({ name: `next build, ${bundler}, ${part}`, run: () => nextBuild(bundler, part) })),
  ),
  { name: "next dev", run: nextDev },
  { name: "sveltekit, server", tool: "@sveltejs/kit", run: () => svelteKit("server") },
  { name: "sveltekit, client", tool: "@sveltejs/kit", run: () => svelteKit("client") },
  { name: "rollup, folder", run: () => rollupPage("main", { dir: "dist" }) },
  { name: "rollup, one file", run: () => rollupPage("main", { file: "dist/main.js", inlineDynamicImports: true }) }, // required by Rollup
  { name: "esbuild", run: () => esbuildPage("main", { format: "esm" }) },
  { name: "esbuild, splitting", run: () => esbuildPage("main", { format: "esm", splitting: true }) },
  { name: "esbuild, iife", run: () => esbuildPage("main", { format: "iife" }) },
  { name: "esbuild, file loader", run: () => esbuildPage("main", { format: "esm", loader: { ".wasm": "file" } }, "esbuild", "Identity=admin") },
  { name: "rollup, worker", run: () => rollupPage("worker", { dir: "dist" }) },
  { name: "esbuild, worker", run: () => esbuildPage("worker", { format: "esm" }) },
  ...["vite5", "vite6", "vite7", "vite"].flatMap((tool) =>
    ["main", "worker"].flatMap((script) => [
      { name: `${tool} dev, ${script}`, run: () => viteDev(tool, script) },
      { name: `${tool} build, ${script}`, run: () => viteBuild(tool, script) },
    ]),
  ),
  ...["main", "worker"].map((script) => ({ name: `webpack, ${script}`, run: () => webpackPage(script) })),
  { name: "import map", tool: "", run: importMap },
  ...["node", "jsdom"].flatMap((environment) => [
    { name: `jest, CommonJS, ${environment}`, run: () => jest("jest", environment) },
    { name: `jest, modules, ${environment}`, run: () => jest("jest_esm", environment) },
  ]),
  ...["node", "jsdom", "happy-dom"].map((environment) => ({ name: `vitest, ${environment}`, run: () => vitest(environment) })),
  { name: "node, CommonJS", run: commonJS },
];

const only = process.argv[2] && new RegExp(process.argv[2]);
try {
  for (const setup of setups) if (!only || only.test(setup.name)) await report(setup);
} finally {
  await close();
}
process.exit(); // a tool may have left a handle open

async function report({ name, tool = /^\w+/.exec(name)[0], run }) {
  const line = tool ? `${name} (${await version(tool)})` : name;
  try {
    await run();
    console.log(`${line}: ok`);
  } catch (error) {
    const why = error.message.replaceAll(/[^\s"'(]*convuser-pack-\w+[/\\]/g, ""); // the folder of the apps
    console.log(`${line}: failed: ${only ? why : why.split("\n", 1)[0]}`);
    process.exitCode = 1;
  }
}

async function version(tool) {
  if (tool === "node") return process.versions.node;
  return JSON.parse(await readFile(installed(tool, "package.json"), "utf8")).version;
}
