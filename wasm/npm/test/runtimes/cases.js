// Every case, in a runtime that has Node's modules. Prints the count.
import { openLocal } from "../local.js";
import { countCases } from "./count.js";

const local = await openLocal();
try {
  console.log(await countCases(local.open));
} finally {
  await local.close();
}
