// The package as a user gets it: its files, its declarations, its documents.
import { copyFile, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { transform } from "esbuild";
import * as assert from "./assert.js";
import { packageFolder, readExamples, readJSON, testFolder } from "./files.js";
import { execute, pack } from "./pack.js";

const packed = await pack();
after(() => packed.remove());

const entries = ["index", "messages", "schema", "sync", "worker"];
const scripts = [
  ...entries.flatMap((name) => [`${name}.js`, `${name}.cjs`]),
  "index_edge.js", "index_node.js", "index_workerd.js", "schema_edge.js", "schema_node.js", "schema_workerd.js", "worker_main.js", "worker_main_node.js", "worker_node.js",
];

test("the tarball has exactly these files", async () => {
  assert.deepEqual(packed.files, [
    "LICENSE",
    "LICENSE-GO",
    "README.md",
    "convuser.wasm",
    "convuser.wasm.json",
    "convuser_js.wasm",
    "package.json",
    "wasm_base64.cjs",
    "wasm_base64.js",
    "wasm_exec.js",
    "wasm_gzip.js",
    "worker_copy.js",
    ...scripts.flatMap((name) => [name, `${name}.map`]),
    ...[...entries, "convuser.wasm"].flatMap((name) => [`${name}.d.ts`, `${name}.d.cts`]),
    ...(await readdir(path.join(packageFolder, "src"))).map((name) => `src/${name}`),
  ].sort());
});

test("the source maps refer to sources in the tarball", async () => {
  for (const name of scripts) {
    const { sources, sourcesContent, mappings } = await readJSON(path.join(packageFolder, `${name}.map`));
    assert.ok(mappings !== "" && sourcesContent === undefined, name);
    for (const source of sources) assert.ok(packed.files.includes(source), `${name}: ${source}`);
  }
});

test("the tarball has the licences of the code compiled into it", async () => {
  const folder = path.join(await packed.install({}), "node_modules", "convuser");
  const [own, go, runtime] = await Promise.all(["LICENSE", "LICENSE-GO", "wasm_exec.js"].map((name) => readFile(path.join(folder, name), "utf8")));
  assert.ok(own.startsWith("MIT License\n"), "MIT");
  for (const words of ["Copyright 2009 The Go Authors.", "Redistributions of source code must retain", "Redistributions in binary form must reproduce", "THIS SOFTWARE IS PROVIDED"]) {
    assert.ok(go.includes(words), words);
  }
  assert.ok(runtime.startsWith("// Copyright 2018 The Go Authors."), "wasm_exec.js has its licence");
  const manifest = await readJSON(path.join(folder, "package.json"));
  assert.equal(manifest.license, "MIT AND BSD-3-Clause");
});

test("publint, strict, finds nothing", async () => {
  const pkgDir = path.join(await packed.install({}), "node_modules", "convuser");
  const { messages } = await publint({ pkgDir, strict: true, pack: false });
  const manifest = await readJSON(path.join(pkgDir, "package.json"));
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest, { color: false })), []);
});

test("arethetypeswrong finds nothing", async () => {
  const { problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(packed.tarball))));
  assert.deepEqual(problems, []);
});

// ------------------------------------------------------------ declarations

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: "es2022",
  types: [],
  jsx: "react-jsx",
};

const resolutions = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

for (const [name, options] of Object.entries(resolutions)) {
  test(`the declarations and the examples compile under ${name}`, async () => {
    const folder = await packed.install({ dependencies: ["@standard-schema/spec", "@tanstack/react-form", "@types/react", "csstype", "react", "react-hook-form"] });
    await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
    await copyFile(path.join(testFolder, "types.ts"), path.join(folder, "types.ts"));
    await writeExamples(folder);
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...compilerOptions, ...options } }));
    await compile(folder);
  });
}

for (const types of [[], ["node"]]) {
  test(`the declarations compile without types of a browser, with types [${types}]`, async () => {
    const folder = await packed.install({ dependencies: ["@types/node", "undici-types"] });
    await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
    await copyFile(path.join(testFolder, "types_node.ts"), path.join(folder, "types_node.ts"));
    await copyFile(path.join(testFolder, "types_node.ts"), path.join(folder, "types_require.cts"));
    const options = { ...resolutions.nodenext, lib: ["es2022"], types, skipLibCheck: false, exactOptionalPropertyTypes: true };
    await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...compilerOptions, ...options } }));
    await compile(folder);
  });
}

// Fails with the compiler's output.
async function compile(folder) {
  const tsc = path.join(packageFolder, "node_modules", "typescript", "bin", "tsc");
  const compiled = execute(process.execPath, [tsc, "--project", folder, "--pretty", "false"], { cwd: folder });
  await compiled.catch(({ stdout, message }) => {
    throw new Error(stdout || message);
  });
}

// ------------------------------------------------------------------ examples

const blocks = [...(await readExamples()).matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms)].map(([, type, name, code]) => ({ type, name, code }));
const examples = blocks.filter(({ name }) => name.startsWith("example-"));

/** Writes the examples as TypeScript; those in JavaScript get the types that the recipe describes. */
async function writeExamples(folder) {
  assert.equal(examples.length, 5, "examples");
  const typed = (code) =>
    code
      .replace('document.querySelector("#create")', 'document.querySelector<HTMLFormElement>("#create")!')
      .replace('("[role=status]")', '("[role=status]")!')
      .replace("send(codec)", "send(codec: Codec)")
      .replace("encodeForm(data.value)", "encodeForm<unknown>(data.value)")
      .replace("import { fromFormData, init", "import { type Codec, fromFormData, init");
  for (const { type, name, code } of examples) {
    await writeFile(path.join(folder, `${name}.${type === "js" ? "ts" : type}`), type === "js" ? `export {};\n${typed(code)}` : code);
  }
}

for (const name of ["example-1", "example-5"]) {
  test(`${name} prints in Node.js what its comment says`, async () => {
    const folder = await packed.install({});
    const { type, code } = examples.find((example) => example.name === name);
    const [, want] = code.match(/\/\/ (.*)\n$/);
    await writeFile(path.join(folder, "example.mjs"), (await transform(code, { loader: type, format: "esm" })).code);
    const { stdout, stderr } = await execute(process.execPath, ["example.mjs"], { cwd: folder });
    assert.deepEqual([stdout, stderr], [`${want}\n`, ""]);
  });
}

test("the setups are those that make test-frameworks runs", async () => {
  const setups = blocks.filter(({ name }) => name.startsWith("apps/"));
  assert.equal(setups.length, 4, "setups");
  for (const { name, code } of setups) {
    const file = await readFile(path.join(testFolder, "frameworks", name), "utf8");
    assert.ok(file.includes(code), name);
    if (!name.endsWith(".html")) assert.ok(code.startsWith("import "), `${name} can be pasted`);
  }
});
