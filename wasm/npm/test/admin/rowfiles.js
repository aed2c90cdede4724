// Has a file checked, and its good rows created.
import { readFile } from "node:fs/promises";
import { waitForText } from "./admin.js";

/** Chooses a file and has it checked, as its preview shows it. */
export async function check(page, name, content) {
  await page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: Buffer.from(content) });
  if (!name.endsWith("ndjson")) {
    await waitForText(page, "#preview-name", new RegExp(`^${name},`));
    await page.click("#check");
  }
  await waitForText(page, "#run-name", new RegExp(`^${name}, .*Checked`));
}

/** Waits until the job is in a state, such as Done. */
export const state = (page, pattern) => waitForText(page, "#job-state", pattern);

/** What became of how many rows. */
export const counts = (page) => page.$$eval("#job .figures dd", (all) => Object.fromEntries(all.map((one) => [one.id.replace("job-", ""), Number(one.textContent.replace(/,/g, ""))])));

/** The lines of the file that a button downloads, without the mark at its start. */
export async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  const content = await readFile(await file.path(), "utf8");
  return { name: file.suggestedFilename(), lines: content.replace(/^\ufeff/, "").split("\r\n").slice(0, -1) };
}

/** A file of n good rows. */
export const people = (n, from = 1) => `Identity,FriendlyName\n${Array.from({ length: n }, (_, i) => `person-${from + i},Person ${from + i}\n`).join("")}`;

/** Plays the program's part of a job: an answer for each look. */
export async function play(page, { looks, results = [] }) {
  const id = "0".repeat(64);
  await page.route("**/_convuser/jobs", (route) => route.fulfill({ status: 201, json: { id, total: looks[0].total, resumed: 0 } }));
  await page.route(`**/_convuser/jobs/${id}`, (route) => route.fulfill({ json: { id, rate: 0, ...(looks.length > 1 ? looks.shift() : looks[0]) } }));
  await page.route(`**/_convuser/jobs/${id}/results?*`, (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("from"));
    route.fulfill({ json: { results: results.slice(from), next: results.length } });
  });
}
