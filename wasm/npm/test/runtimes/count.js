import { describe } from "../cases.js";
import { caseFiles } from "../files.js";

/** Runs the cases that open(file) returns, {cases, close}, for every file. Returns their number; throws an Error that names those that fail. */
export async function countCases(open) {
  let count = 0;
  const failures = [];
  for (const file of await caseFiles()) {
    const { cases, close } = await open(file);
    for (const { name, run } of cases) {
      count++;
      await run().catch((error) => failures.push(`${file}: ${name}: ${describe(error)}`));
    }
    await close?.();
  }
  if (failures.length > 0) throw new Error([`${failures.length} of ${count} cases`, ...failures].join("\n"));
  return count;
}
