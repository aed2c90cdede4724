// The hints below issues, for the vectors that a person can type. HINTS=1 prints
// what the page shows.
import assert from "node:assert/strict";
import path from "node:path";
import { projectFolder, readJSON } from "../files.js";
import { hints } from "../../src/hints.js";
import { text, withAdmin } from "./admin.js";

const fields = { attributes: "Attributes", sid: "RoleSid" };
const vectors = (await readJSON(path.join(projectFolder, "validate", "testdata", "hints.json")))
  .filter(({ rule, prefix = "RL", in: typed }) => rule in fields && prefix === "RL" && typed !== undefined && typed !== "" && !/[\r\f]/.test(typed));

await withAdmin("hints", (test) => {
  test("the sentence of a hint is below the message, and nothing without a hint", {}, async (page) => {
    assert.ok(vectors.length > 70);
    for (const { rule, in: typed, hint, found } of vectors) {
      const field = fields[rule];
      const given = field === "RoleSid" ? typed.replace("\n", "") : typed; // an input of one line removes line ends
      if (given !== typed) continue;
      await page.fill(`#${field}`, given);
      await page.focus("#Identity");
      const line = `[data-field=${field}] .issue`;
      await page.waitForSelector(line);
      const below = await page.$$eval(`${line} .mistake`, (all) => all.map((one) => one.textContent));
      const sentence = found === undefined ? hints[hint] : `${hints[hint]}: ${found}`;
      assert.deepEqual(below, hint === "" ? [] : [`${sentence[0].toUpperCase()}${sentence.slice(1)}.`], JSON.stringify(given));
      if (process.env.HINTS) console.log(`${hint || "–"} | ${JSON.stringify(given)} | ${await text(page, line)}`);
      if (hint !== "") assert.ok((await page.getAttribute(`#${field}`, "aria-describedby")).includes(`${field}-message-0`));
    }
  });
});
