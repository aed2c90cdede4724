// The looks that the page has.
import { example, waitForText } from "./admin.js";

/** What there is to look at, and how to get there. */
export const scenes = {
  "the empty form": async () => {},
  "the form with faults": async (page) => {
    await page.click("#invalid-example");
    await page.click("#submit");
  },
  "an answer": async (page) => {
    await page.click("#simulate summary");
    await example(page);
    await page.click("#submit");
    await waitForText(page, "#answer .verdict", /^201/);
  },
  "an error": async (page) => {
    await example(page);
    await page.click("#submit");
    await waitForText(page, "#answer .verdict", /^201/);
    await page.click("#submit");
    await waitForText(page, "#answer .verdict", /^409/);
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
  "a checked file": async (page) => {
    await page.click("#tab-bulk");
    await page.click("#bulk-sample");
    await waitForText(page, "#run-name", /Checked/);
  },
};
