// The measurement, the same in Node and in a browser. One process or page
// gives one figure for each contender of each operation.

import { mustAgree } from "./verdicts.js";

const SLICE = 5; // ms
const WARM = { least: 30, most: 100, window: 5, within: 0.03 };

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What the loop does with the inputs: one after the other; or all at once, by a call for all where there is one. */
const BODIES = {
  each: "for (let i = 0; i < inputs.length; i++) sum += eat(call(inputs[i]));",
  list: `const results = [];
      for (let i = 0; i < inputs.length; i++) results.push(call(inputs[i]));
      for (const result of results) sum += eat(result);`,
  all: "for (const result of call(inputs)) sum += eat(result);",
};

/**
 * A loop of its own for each contender and operation: they would share what
 * the engine learns of one loop's calls, and the first would be inlined alone.
 * The engine caches compiled text, so each has a text of its own, too.
 */
function loopOf(contender, operation, body) {
  const text = `// ${operation.name}: ${contender.name}
    let sum = 0;
    for (let pass = 0; pass < passes; pass++) {
      ${BODIES[body]}
    }
    return sum;`;
  return new Function("call", "eat", "inputs", "passes", text);
}

/** One thing to time. Its results are added up, so that none can be left out. */
class Subject {
  passes = 1;
  sum = 0;

  constructor(contender, operation) {
    const { call, callAll, eat } = contender[operation.kind];
    const body = !operation.atOnce ? "each" : callAll ? "all" : "list";
    this.name = contender.name;
    this.calls = operation.inputs.length;
    this.loop = loopOf(contender, operation, body).bind(null, body === "all" ? callAll : call, eat, operation.inputs);
  }

  /** Returns ns a call. */
  slice() {
    globalThis.gc?.({ type: "minor" });
    const start = performance.now();
    this.sum += this.loop(this.passes);
    const ms = performance.now() - start;
    if (ms < SLICE / 2) this.passes *= 2;
    return (ms * 1e6) / (this.passes * this.calls);
  }

  /** Until the median of some slices is that of as many before. */
  warm() {
    const times = [];
    const { least, most, window, within } = WARM;
    for (let i = 0; i < most; i++) {
      times.push(this.slice());
      if (i < least) continue;
      const [before, now] = [median(times.slice(-2 * window, -window)), median(times.slice(-window))];
      if (Math.abs(now - before) <= within * before) return;
    }
  }
}

/** Rounds over all, each in another order: a ratio is taken within a round. */
function timeRounds(subjects, rounds) {
  const times = subjects.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < subjects.length; i++) {
      const k = (i + round) % subjects.length;
      times[k].push(subjects[k].slice());
    }
  }
  return times;
}

function figure(subject, times, reference) {
  return { contender: subject.name, ns: median(times), ratio: median(times.map((ns, i) => ns / reference[i])) };
}

function timeOperation(ours, peers, operation, rounds) {
  const contenders = [ours, ...peers].filter((contender) => contender[operation.kind]);
  const subjects = contenders.map((contender) => new Subject(contender, operation));
  for (const subject of subjects) subject.warm();
  const times = timeRounds(subjects, rounds);
  if (!subjects.every(({ sum }) => sum > 0)) throw new Error(`${operation.name}: a contender did nothing`);
  return { operation: operation.name, figures: subjects.map((subject, i) => figure(subject, times[i], times[0])) };
}

/** Returns, for each operation, [{contender, ns, ratio}] with ours first; ratio is the contender's time ÷ ours. */
export function measure(ours, peers, operations, rounds) {
  for (const operation of operations) mustAgree(ours, peers, operation);
  return operations.map((operation) => timeOperation(ours, peers, operation, rounds));
}
