// Makes a sample file in which some rows are not valid.

import { csvLine } from "./csv.js";
import { requestNames } from "./members.js";

const rows = 2000;
const goodRole = `RL${"0123456789abcdef".repeat(2)}`;

export function sampleFile() {
  const lines = [csvLine(requestNames)];
  for (let i = 1; i <= rows; i++) lines.push(csvLine(sampleRow(i)));
  return new File(lines, "sample.csv", { type: "text/csv" });
}

function sampleRow(i) {
  const identity = i % 97 === 0 ? "" : `user-${i}`;
  const name = i % 50 === 0 ? "" : `Name of ${i}`;
  const attributes = i % 31 === 0 ? `{"floor": ${i % 9}, "desk": }` : `{"floor": ${i % 9}}`;
  const role = i % 43 === 0 ? goodRole.slice(0, -1) : goodRole;
  return [identity, name, attributes, i % 3 === 0 ? "" : role, i % 500 === 0 ? "yes" : "true"];
}
