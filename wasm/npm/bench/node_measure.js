// A process that measures: node node_measure.js '{"packages":["…"],"rounds":21,"only":""}'
// prints its figures as JSON.

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import * as contenders from "./.build/contenders.js";
import { measure } from "./measure.js";

const { packages, rounds, only } = JSON.parse(process.argv[2]);

async function codecOf(folder) {
  const { init } = await import(pathToFileURL(join(folder, "index_node.js")).href);
  return init();
}

const codecs = await Promise.all(packages.map(codecOf));
process.stdout.write(JSON.stringify(measure(codecs, contenders, { rounds, only })));
