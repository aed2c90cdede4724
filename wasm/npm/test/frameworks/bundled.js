// Pages made by bundlers, a page without one, and Node.js.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import nodeResolve from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";
import { answerOf, expect, expectPage, freePort, install, open, run } from "./tools.js";

const answers = { main: "Identity=admin, required", worker: "row 1" };

async function writePage(folder, file, script, type = "type=module") {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><pre id="answer"></pre><script ${type} src="${script}"></script>`;
  await writeFile(path.join(folder, file), html);
}

export async function rollupPage(script, { dir, file, ...output }) {
  const folder = await install("page");
  const place = dir ? { dir: path.join(folder, dir) } : { file: path.join(folder, file) };
  const bundle = await rollup({ input: path.join(folder, `${script}.js`), plugins: [nodeResolve()] });
  await bundle.write({ format: "es", ...place, ...output });
  await writePage(folder, "pages/index.html", `../dist/${script}.js`);
  await expectPage(folder, "pages/index.html", answers[script]);
}

export async function esbuildPage(script, options, app = "page", answer = answers[script]) {
  const folder = await install(app);
  await esbuild.build({ absWorkingDir: folder, entryPoints: [`${script}.js`], bundle: true, outdir: "dist", logLevel: "silent", ...options });
  await writePage(folder, "pages/index.html", `../dist/${script}.js`, options.format === "iife" ? "defer" : undefined);
  await expectPage(folder, "pages/index.html", answer);
}

export async function viteDev(tool, script) {
  const { createServer } = await import(tool);
  const root = await install("page");
  await writePage(root, "index.html", `./${script}.js`);
  const server = await createServer({ root, logLevel: "error", server: { host: "127.0.0.1", port: await freePort() } });
  try {
    await server.listen();
    expect(await open(`http://127.0.0.1:${server.config.server.port}`, answerOf), answers[script]);
  } finally {
    await server.close();
  }
}

export async function viteBuild(tool, script) {
  const { build } = await import(tool);
  const root = await install("page");
  await writePage(root, "index.html", `./${script}.js`);
  await build({ root, base: "./", logLevel: "silent" });
  await expectPage(path.join(root, "dist"), "index.html", answers[script]);
}

export async function webpackPage(script) {
  const folder = await install("page");
  const compiler = webpack({ mode: "production", context: folder, entry: `./${script}.js`, output: { path: path.join(folder, "dist") } });
  const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
  if (stats.hasErrors()) throw new Error(stats.toJson({ all: false, errors: true }).errors[0].message);
  await writePage(folder, "pages/index.html", "../dist/main.js", "defer");
  await expectPage(folder, "pages/index.html", answers[script]);
}

export async function importMap() {
  await expectPage(await install("import_map"), "index.html", "Identity=admin, required, Identity=bob, row 1");
}

/** Without require() of ES modules, which early releases of Node.js 20 lack. */
export async function commonJS() {
  const flag = "--no-experimental-require-module";
  const flags = process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : [];
  expect(await run(await install("commonjs"), [...flags, "main.cjs"]), "Identity=admin, required, Identity=bob\n");
}
