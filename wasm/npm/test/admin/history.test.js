// The history, and the programs that it copies, which are run.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { answered, makeFolder, text, waitForText, withAdmin } from "./admin.js";
import { projectFolder } from "../files.js";

const run = promisify(execFile);
const folder = await makeFolder();

const permissions = ["clipboard-read", "clipboard-write"];

/** Values with characters that have a meaning in one of the languages. */
const hostile = {
  Identity: "o'neil \"x\" \\ `id` $(id) ${1+1} %00 \u2028\u202e\ufeff </script>",
  FriendlyName: "a\tb😀\u007f",
  Attributes: '{"a": "it\'s `+\\"` \\u0000",\n"b": "${x}"}',
};

async function send(page, values, verdict = /^201/) {
  await page.click("#tab-create");
  for (const [name, value] of Object.entries(values)) await page.fill(`#${name}`, value);
  await page.click("#submit");
  await answered(page, verdict);
  await page.click("#tab-history");
}

async function copied(page, language) {
  await page.click(`.entry >> nth=0 >> text=Copy as ${language}`);
  await waitForText(page, "#announcer", /^Copied$/);
  return page.evaluate(() => navigator.clipboard.readText());
}

await withAdmin("history", (test, { origin }) => {
  test("newest first, each with its response, until it is cleared", {}, async (page) => {
    await page.click("#tab-history");
    assert.match(await text(page, "#history-empty"), /^Nothing sent yet/);
    await send(page, { Identity: "first" });
    await send(page, { Identity: "second<b>" });
    await send(page, { Identity: "first" }, /^409/);
    assert.deepEqual(await page.$$eval(".entry h3", (all) => all.map((one) => one.textContent)), ["first", "second<b>", "first"]);
    assert.match(await text(page, ".entry .verdict >> nth=0"), /^409 Conflict: already exists\s*User already exists$/);
    assert.match(await text(page, ".entry .verdict >> nth=2"), /^201 Created: a valid user\s*US[0-9a-f]{32}$/);
    assert.equal(await text(page, "#history-count"), "3 requests, newest first; kept in memory only");
    await page.click("#clear-history");
    assert.equal(await page.$$eval(".entry", (all) => all.length), 0);
    assert.equal(await page.evaluate(() => document.activeElement.id), "tab-history");
    await send(page, { Identity: "third" });
    await page.reload();
    await page.waitForSelector("#rules[data-state]");
    assert.equal(await page.isVisible("#history-empty"), true);
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  });

  test("no more than a hundred are kept", {}, async (page) => {
    await page.evaluate(async () => {
      const { record } = await import("/history.js");
      for (let i = 0; i < 150; i++) record({ Identity: `user ${i}` }, { headers: {}, body: "" }, { tone: "good", text: "201" });
    });
    assert.equal(await page.$$eval(".entry", (all) => all.length), 100);
    assert.equal(await page.textContent(".entry h3 >> nth=0"), "user 149");
  });

  test("without access to the clipboard, the code is shown and selected", {}, async (page) => {
    await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("no"))));
    await send(page, { Identity: "a" });
    await page.click("text=Copy as Go");
    await waitForText(page, ".entry .actions", /Selected/);
    assert.match(await page.evaluate(() => getSelection().toString()), /^package main\s/);
  });

  test("typed credentials are not in the code", { permissions }, async (page) => {
    await page.fill("#username", "myname");
    await page.fill("#password", "mysecret");
    await send(page, { Identity: "with credentials" });
    for (const language of ["curl", "Go", "Node"]) {
      const code = await copied(page, language);
      assert.doesNotMatch(code, /myname|mysecret/);
      assert.match(code, /username/);
      await page.waitForTimeout(100);
    }
  });

  const curl = spawnSync("curl", ["--version"]).error && "there is no curl";
  const runs = {
    curl: (code) => run("sh", ["-c", code]),
    Go: async (code) => {
      const file = path.join(folder, "main.go");
      await writeFile(file, code);
      assert.equal((await run("gofmt", ["-l", file])).stdout, "", "gofmt would change it");
      return run("go", ["run", file], { cwd: projectFolder });
    },
    Node: async (code) => {
      const file = path.join(folder, "main.mjs");
      await writeFile(file, code);
      return run(process.execPath, [file]);
    },
  };
  for (const [language, runCode] of Object.entries(runs)) {
    test(`${language} creates the same user`, { permissions, skip: language === "curl" && curl }, async (page) => {
      await send(page, hostile);
      const code = await copied(page, language);
      const look = async () => {
        const response = await fetch(`${origin}/v1/Users/${encodeURIComponent(hostile.Identity)}`, { headers: { Authorization: `Basic ${btoa("a:b")}` } });
        return { status: response.status, ...(await response.json()) };
      };
      const sent = await look();
      await fetch(`${origin}/_convuser/faults`, { method: "DELETE" });
      assert.equal((await look()).status, 404);
      await runCode(code);
      const made = await look();
      for (const name of ["status", "identity", "friendly_name", "attributes", "role_sid"]) assert.equal(made[name], sent[name], name);
      assert.equal(made.identity, hostile.Identity);
      assert.equal(made.friendly_name, hostile.FriendlyName);
    });
  }

  test("the code has empty members, but none that were not sent", { permissions }, async (page) => {
    await page.fill("#Identity", "a");
    await page.check('input[name="FriendlyName-state"][value="empty"]', { force: true });
    await page.check('input[name="WebhookEnabled"][value="false"]', { force: true });
    await page.click("#submit");
    await answered(page, /^201/);
    await page.click("#tab-history");
    assert.match(await copied(page, "Go"), /CreateRequest\{\n\t\tIdentity: {7}"a",\n\t\tFriendlyName: {3}user\.Some\(""\),\n\t\tWebhookEnabled: user\.Some\(false\),\n\t\}\)/);
  });
});
