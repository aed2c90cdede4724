// Runs every case file and counts.
import { tell } from "../cases.js";
import { caseFiles } from "../files.js";

/** Runs what open(file) gives, {cases, close}; returns the count of cases, and throws an Error that names those that fail. */
export async function countCases(open) {
  let count = 0;
  const failures = [];
  for (const file of await caseFiles()) {
    const { cases, close } = await open(file);
    for (const { name, run } of cases) {
      count++;
      await run().catch((error) => failures.push(`${file}: ${name}: ${tell(error)}`));
    }
    await close?.();
  }
  if (failures.length > 0) throw new Error([`${failures.length} of ${count} cases`, ...failures].join("\n"));
  return count;
}
