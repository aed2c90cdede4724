// The looks that the page has.
import { example, waitForText } from "./admin.js";
import { asMember, choose, shapes, windows1252 } from "./shapes.js";

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
};
