// Runs every case in a runtime that has the modules of Node.js, and prints the count.
import { openLocal } from "../local.js";
import { countCases } from "./count.js";

const local = await openLocal();
try {
  console.log(await countCases(local.open));
} finally {
  await local.close();
}
