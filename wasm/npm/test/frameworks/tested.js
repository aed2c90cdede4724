// Test runners, each with apps/tests.
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { install, installed, run } from "./tools.js";

const test = fileURLToPath(new URL("./apps/tests/convuser.test.js", import.meta.url));

export async function jest(app, environment) {
  const modules = app === "jest_esm" ? { NODE_OPTIONS: "--experimental-vm-modules" } : {};
  await runTests(app, [installed("jest", "bin", "jest.js"), "--ci", "--env", environment, "--cacheDirectory=.cache", "--watchman=false", "--json", "--outputFile=report.json"], modules);
}

export async function vitest(environment) {
  await runTests("vitest", [installed("vitest", "vitest.mjs"), "run", "--environment", environment, "--reporter=json", "--outputFile=report.json"]);
}

async function runTests(app, args, env) {
  const folder = await install(app);
  await copyFile(test, path.join(folder, "convuser.test.js"));
  try {
    await run(folder, args, env);
  } catch (error) {
    throw new Error((await failures(path.join(folder, "report.json")).catch(() => "")) || error.message);
  }
}

/** Returns the failures in a report, which both runners write in the same format. */
async function failures(file) {
  const [{ assertionResults, message }] = JSON.parse(await readFile(file, "utf8")).testResults;
  const failed = assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0) return message.replace(/^\s*● .*\s*/, ""); // the file could not be imported
  return `${failed.length} of ${assertionResults.length} tests, ${failed.map(({ title, failureMessages }) => `${title}: ${failureMessages[0]}`).join("\n\n")}`;
}
