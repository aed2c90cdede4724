// Builds Ajv's standalone code, a bundle of contenders for Node.js and browsers,
// and the empty Go program.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { _ } from "ajv/dist/compile/codegen/index.js";
import { build } from "esbuild";
import { isObjectText, ROLE } from "./contenders/shared.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
export const BUILT = join(HERE, ".build");

const REQUEST = {
  type: "object",
  properties: {
    Identity: { type: "string", minLength: 1 },
    FriendlyName: { type: "string" },
    Attributes: { type: "string", format: "json-object" },
    RoleSid: { type: "string", pattern: ROLE.source },
    WebhookEnabled: { type: "boolean" },
  },
  required: ["Identity"],
  additionalProperties: false,
};

const VARIANTS = {
  first: {},
  all: { allErrors: true },
  ownFirst: { ownProperties: true },
  ownAll: { ownProperties: true, allErrors: true },
};

const FORMATS = `import { isObjectText } from "../contenders/shared.js";
export const formats = { "json-object": isObjectText };
`;

/** Each variant is a module, since the names in Ajv's code are always the same. */
function writeAjv() {
  writeFileSync(join(BUILT, "formats.js"), FORMATS);
  for (const [name, options] of Object.entries(VARIANTS)) {
    const code = { source: true, esm: true, optimize: 2, formats: _`require("./formats.js").formats` };
    const ajv = new Ajv({ ...options, code, formats: { "json-object": isObjectText } });
    writeFileSync(join(BUILT, `ajv_${name}.js`), standaloneCode(ajv, ajv.compile(REQUEST)));
  }
  const exports = Object.keys(VARIANTS).map((name) => `export { validate as ${name} } from "./ajv_${name}.js";\n`);
  writeFileSync(join(BUILT, "ajv.js"), exports.join(""));
}

async function bundle(all) {
  await build({
    entryPoints: { contenders: join(HERE, "contenders", all ? "all.js" : "usual.js") },
    bundle: true,
    format: "esm",
    target: "es2022",
    outdir: BUILT,
    logLevel: "error",
  });
}

/** Each peer alone, as in a page, for its size and start. */
async function bundleAlone() {
  await build({
    entryPoints: { zod_alone: join(HERE, "contenders", "zod.js"), valibot_alone: join(HERE, "contenders", "valibot.js"), ajv_alone: join(BUILT, "ajv_ownFirst.js") },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outdir: BUILT,
    logLevel: "error",
  });
}

/** Stripped, otherwise with Go's defaults. */
function buildEmpty() {
  const env = { ...process.env, GOOS: "js", GOARCH: "wasm", CGO_ENABLED: "0" };
  const flags = ["-trimpath", "-ldflags", "-s -w -buildid="];
  execFileSync("go", ["build", ...flags, "-o", join(BUILT, "empty.wasm"), "."], { cwd: join(HERE, "empty"), env, stdio: "inherit" });
  const root = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();
  copyFileSync(join(root, "lib", "wasm", "wasm_exec.js"), join(BUILT, "wasm_exec.js"));
}

export async function prepare({ all }) {
  mkdirSync(BUILT, { recursive: true });
  writeAjv();
  await bundle(all);
  await bundleAlone();
  buildEmpty();
}
