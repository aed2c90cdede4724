// Checks files, and creates the users of their good rows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { waitForText } from "./admin.js";
import { choose } from "./shapes.js";

/** Checks a file as its preview shows it, until the page says how the check ended. */
export async function check(page, name, content, ending = "Checked") {
  await choose(page, { file: name, content: Buffer.from(content) });
  if (!name.endsWith("ndjson")) {
    await waitForText(page, "#preview-name", new RegExp(`^${name},`));
    await page.click("#check");
  }
  await waitForText(page, "#run-name", new RegExp(`^${name}, .*${ending}`));
}

/** The numbers of checked, good and failed rows. */
export const totals = (page) => Promise.all(["rows", "good", "failed"].map((name) => page.textContent(`#count-${name}`)));

/** Waits until the job is in a state, such as Done. */
export const state = (page, pattern) => waitForText(page, "#job-state", pattern);

/** The numbers of rows with each outcome. */
export const counts = (page) => page.$$eval("#job .figures dd", (all) => Object.fromEntries(all.map((one) => [one.id.replace("job-", ""), Number(one.textContent.replace(/,/g, ""))])));

/** The lines of the file that a button downloads. The file begins with a byte order mark. */
export async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  const content = await readFile(await file.path(), "utf8");
  assert.ok(content.startsWith("\ufeff"), "no byte order mark");
  return { name: file.suggestedFilename(), lines: content.slice(1).split("\r\n").slice(0, -1) };
}

/** A file of n good rows. */
export const people = (n, from = 1) => `Identity,FriendlyName\n${Array.from({ length: n }, (_, i) => `person-${from + i},Person ${from + i}\n`).join("")}`;

/** Answers in place of the server: a status for each request, and the results. */
export async function play(page, { looks, results = [] }) {
  const id = "0".repeat(64);
  await page.route("**/_convuser/jobs", (route) => route.fulfill({ status: 201, json: { id, total: looks[0].total, resumed: 0 } }));
  await page.route(`**/_convuser/jobs/${id}`, (route) => route.fulfill({ json: { id, rate: 0, ...(looks.length > 1 ? looks.shift() : looks[0]) } }));
  await page.route(`**/_convuser/jobs/${id}/results?*`, (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("from"));
    route.fulfill({ json: { results: results.slice(from), next: results.length } });
  });
}
