// One measuring process: node node_measure.js '{"package":"file:…","rounds":21,…}'
// prints its figures as JSON.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { ours, peers } from "./.build/contenders.js";
import { operations } from "./inputs.js";
import { measure } from "./measure.js";

const { packages, rounds, only } = JSON.parse(process.argv[2]);

async function codecOf(folder) {
  const { init } = await import(pathToFileURL(join(folder, "index_node.js")).href);
  return init();
}

const [mine, ...others] = await Promise.all(packages.map(codecOf));
const contenders = [...others.map((codec, i) => ours(codec, `convuser ${i + 2}`)), ...peers];
const chosen = operations().filter(({ name }) => name.includes(only));
process.stdout.write(JSON.stringify(measure(ours(mine), contenders, chosen, rounds)));
