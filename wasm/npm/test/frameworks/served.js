// Frameworks that have a server.
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { answerOf, during, expect, freePort, install, installed, open, run } from "./tools.js";

const nextBin = installed("next", "dist", "bin", "next");

// The folders of apps/next/app of each part, and a check for each.
const nextParts = {
  server: {
    component: async (origin) => expect(await open(`${origin}/component`, answerOf), "Identity=admin"),
    action: async (origin) => expect(await open(`${origin}/action`, submitted), "Identity=alice"),
    node: (origin) => expectRoute(`${origin}/node`),
  },
  edge: { edge: (origin) => expectRoute(`${origin}/edge`) },
  client: {
    worker: async (origin) => expect(await open(`${origin}/worker`, answerOf), "row 1"),
    init: async (origin) => expect(await open(`${origin}/init`, answerOf), "Identity=admin"),
    schema: async (origin) => expect(await open(`${origin}/schema`, answerOf), "required"),
  },
};

export async function nextBuild(bundler, part) {
  const checks = nextParts[part];
  const folder = await install("next");
  for (const entry of await readdir(path.join(folder, "app"), { withFileTypes: true })) {
    if (entry.isDirectory() && !(entry.name in checks)) await rm(path.join(folder, "app", entry.name), { recursive: true });
  }
  await run(folder, [nextBin, "build", `--${bundler}`]);
  await nextServer(folder, "start", checks);
}

export async function nextDev() {
  await nextServer(await install("next"), "dev", Object.assign({}, ...Object.values(nextParts)));
}

async function nextServer(folder, command, checks) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  await during(folder, [nextBin, command, "-H", "127.0.0.1", "-p", String(port)], {}, origin, async () => {
    for (const check of Object.values(checks)) await check(origin);
  });
}

/** Posts a page's form with another Identity and returns the answer. */
async function submitted(page) {
  await page.fill("[name=Identity]", "alice");
  await page.click("button");
  return answerOf(page);
}

async function expectRoute(url) {
  const response = await fetch(url, { method: "POST", body: "Identity=admin" });
  expect(await response.text(), '{"ok":true,"value":{"Identity":"admin"}}');
}

/** The package is a development dependency, so the built server runs without it. */
export async function svelteKit(part) {
  const folder = await install("sveltekit");
  await run(folder, [installed("vite", "bin", "vite.js"), "build"]);
  await rm(path.join(folder, "node_modules"), { recursive: true });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  await during(folder, ["build/index.js"], { HOST: "127.0.0.1", PORT: String(port), ORIGIN: origin }, origin, async () => {
    if (part === "server") expect(await open(origin, submitted), "Identity=admin, Identity=alice");
    else expect(await open(`${origin}/client`, answerOf), "Identity=admin");
  });
}
