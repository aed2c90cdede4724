// Runs every case in Node.js.
import test, { after } from "node:test";
import { caseFiles } from "./files.js";
import { openLocal } from "./local.js";

const local = await openLocal();
after(() => local.close());

for (const file of await caseFiles()) {
  test(`${file} in Node`, async (t) => {
    for (const { name, run } of (await local.open(file)).cases) await t.test(name, run);
  });
}
