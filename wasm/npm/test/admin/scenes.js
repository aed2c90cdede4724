// The states of the page, for its tests and the screenshots.
import { answered, example, sendExample, waitForText } from "./admin.js";
import { check, people, play, state } from "./rowfiles.js";
import { asMember, choose, shapes, windows1252 } from "./shapes.js";

/** Makes the page one of a gateway. */
export const asGateway = (page) => page.route("**/_convuser/about", (route) => route.fulfill({ json: { mode: "gateway", upstream: "https://conversations.twilio.com" } }));

/** Loads the page again, as one of a gateway. */
async function toGateway(page) {
  await asGateway(page);
  await page.reload();
  await waitForText(page, "#submit", /^Create for real$/);
  await page.waitForSelector("#rules[data-state]");
}

const sid = (digit) => `US${String(digit).repeat(32)}`;

/** Shows a job with a status, and rows with each outcome. */
async function job(page, status) {
  const results = [
    ...Array.from({ length: 120 }, (_, i) => ({ row: i + 1, outcome: "created", sid: sid(i % 10) })),
    { row: 121, outcome: "existed", sid: sid("a") },
    { row: 122, outcome: "conflict", sid: sid("b") },
    { row: 123, outcome: "refused", status: 400, code: 50200, message: "Invalid user identity" },
    { row: 124, outcome: "unknown", status: 502, message: "no response from the service" },
  ];
  await play(page, { results, looks: [{ total: 9500, done: 124, counts: { created: 120, existed: 1, conflict: 1, refused: 1, unknown: 1 }, ...status }] });
  await page.click("#tab-bulk");
  await check(page, "people.csv", people(9500));
  await page.click("#job-start");
}

/** The states, with functions that bring the page into them. */
export const scenes = {
  "the empty form": async () => {},
  "the form with errors": async (page) => {
    await page.click("#invalid-example");
    await page.click("#submit");
  },
  "an answer": async (page) => {
    await page.click("#simulate summary");
    await sendExample(page, /^201/);
  },
  "an error": async (page) => {
    await sendExample(page, /^201/);
    await page.click("#submit");
    await answered(page, /^409/);
  },
  "nothing decoded": (page) => page.click("#tab-decode"),
  "a decoded user": async (page) => {
    await page.click("#tab-decode");
    await page.click("[data-sample=broken]");
    await page.waitForSelector("#decoded table");
  },
  "a decoded error": async (page) => {
    await page.click("#tab-decode");
    await page.click("[data-sample=html]");
    await page.waitForSelector("#decoded table");
  },
  "no file": (page) => page.click("#tab-bulk"),
  ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`a preview of ${name}`, async (page) => {
    await page.click("#tab-bulk");
    await choose(page, shape);
    await page.waitForSelector("#preview:not([hidden])");
    await shape.act(page);
  }])),
  "a preview with problems": async (page) => {
    await page.click("#tab-bulk");
    await choose(page, { file: "people.csv", content: windows1252("Name;Größe;Übrig\nAnn;1;2\n") });
    await page.waitForSelector("#preview:not([hidden])");
    await asMember(page, 1, "size");
    await asMember(page, 2, "size", "number");
    await page.locator(".target").nth(0).selectOption("Identity");
    await page.locator(".member input").nth(2).fill("left");
    await page.click("#check");
    await page.locator(".member input").nth(2).fill("size");
    await page.locator(".target").nth(0).selectOption("FriendlyName");
  },
  "a checked file": async (page) => {
    await page.click("#tab-bulk");
    await page.click("#bulk-sample");
    await page.click("#check");
    await waitForText(page, "#run-name", /Checked/);
  },
  "a job that runs": async (page) => {
    await job(page, { state: "running", rate: 29.6, secondsLeft: 317 });
    await waitForText(page, "#job-rate", /left$/);
  },
  "a job that is paused": async (page) => {
    await job(page, { state: "paused" });
    await state(page, /^Paused/);
  },
  "a job that stopped": async (page) => {
    await job(page, { state: "failed", reason: "the service failed for many rows in succession" });
    await state(page, /^Stopped/);
  },
  "a job that is done": async (page) => {
    await job(page, { state: "done", total: 124 });
    await state(page, /^Done/);
    await page.click("#outcome-created");
  },
  "a job after the page was reloaded": async (page) => {
    await job(page, { state: "paused" });
    await state(page, /^Paused/);
    await page.reload();
    await state(page, /^Paused/);
  },
  "the gateway": async (page) => {
    await toGateway(page);
    await example(page);
  },
  "the gateway asks": async (page) => {
    await toGateway(page);
    await example(page);
    await page.click("#submit");
  },
  "a file on the gateway": async (page) => {
    await toGateway(page);
    await page.click("#tab-bulk");
    await check(page, "people.csv", people(9500));
  },
  "an inconclusive response": async (page) => {
    await toGateway(page);
    await page.route("**/v1/Users", (route) => route.fulfill({ status: 502, json: { status: 502, message: "The service's response does not say what happened; the user may have been created: look it up before you send the request again" } }));
    await page.route("**/v1/Users/admin", (route) => route.fulfill({ json: { sid: sid("a"), identity: "admin" } }));
    await sendExample(page, /^502/, ["#submit", "#real-yes"]);
    await page.click(".look-up button");
    await waitForText(page, ".look-up .verdict", /^Found/);
  },
  "no session": async (page) => {
    await page.route("**/_convuser/about", (route) => route.fulfill({ status: 401, body: "no session" }));
    await page.reload();
    await waitForText(page, "#service", /^This page has no session/);
  },
  "no history": (page) => page.click("#tab-history"),
  "the history": async (page) => {
    await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("no"))));
    await example(page);
    for (const verdict of [/^201/, /^409/]) {
      await page.click("#submit");
      await answered(page, verdict);
    }
    await page.click("#tab-history");
    await page.click(".entry >> nth=0 >> text=Copy as Go");
    await page.waitForSelector(".entry pre:not([hidden])");
  },
};
