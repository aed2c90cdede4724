// Markdown from figures.

import { median } from "./measure.js";

const NONE = "–";

function time(ns) {
  if (ns < 995) return `${ns.toFixed(0)} ns`;
  return `${(ns / 1000).toFixed(ns < 9995 ? 2 : 1)} µs`;
}

const ratio = (r) => `${r < 9.95 ? r.toFixed(2) : r.toFixed(0)}×`;

function spread(list, write) {
  return `${write(median(list))} (${write(Math.min(...list))} to ${write(Math.max(...list))})`;
}

const row = (cells) => `| ${cells.join(" | ")} |`;
const head = (cells) => [row(cells), row(cells.map((_, i) => (i === 0 ? "---" : "---:")))];

/** The figures of one contender and operation, of every process. */
function collect(processes, operation, contender) {
  return processes.map((figures) => figures.find((f) => f.operation === operation).figures.find((f) => f.contender === contender)).filter(Boolean);
}

function cell(figures, isOurs) {
  if (figures.length === 0) return NONE;
  const ns = figures.map((f) => f.ns);
  return isOurs ? spread(ns, time) : `${time(median(ns))}, ${spread(figures.map((f) => f.ratio), ratio)}`;
}

/** Each process is [{operation, figures: [{contender, ns, ratio}]}], convuser first. */
export function speedTable(processes) {
  const [first] = processes;
  const contenders = [...new Set(first.flatMap(({ figures }) => figures.map((f) => f.contender)))];
  const rows = first.map(({ operation }) =>
    row([operation, ...contenders.map((contender, i) => cell(collect(processes, operation, contender), i === 0))]),
  );
  return [...head(["operation", ...contenders]), ...rows].join("\n");
}

const bytes = (n) => n.toLocaleString("en-US");

export function sizeTable(list) {
  const rows = list.map(({ name, raw, gzip, brotli }) => row([name, bytes(raw), bytes(gzip), bytes(brotli)]));
  return [...head(["bytes", "raw", "gzip -9", "brotli 11"]), ...rows].join("\n");
}

const ms = (n) => `${n.toFixed(1)} ms`;

/** The starts are [{ours, empty, zod_alone, ajv_alone}]. */
export function startLine(pairs) {
  const ours = pairs.map((p) => p.ours);
  const of = (name) => spread(pairs.map((p) => p[name]), ms);
  const ratios = pairs.map((p) => p.ours / p.empty);
  return `From the import to ready, in a fresh process: convuser ${spread(ours, ms)}, an empty Go program ${of("empty")}, convuser ÷ empty ${spread(ratios, ratio)}; Zod with the schema ${of("zod_alone")}, Ajv's standalone code ${of("ajv_alone")}.`;
}

const VERDICTS = { accepts: "laxer: accepts", rejects: "stricter: rejects", throws: "throws on" };

export function noteList(notes) {
  return notes.map(({ contender, kind, verdict, inputs }) => `- ${contender}, ${kind}: ${VERDICTS[verdict]} ${inputs.join("; ")}`).join("\n");
}
