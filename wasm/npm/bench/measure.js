// Measures, in Node.js and in a browser. One process or page yields one figure for
// each contender of each operation.

import { operations } from "./inputs.js";
import { mustAgree } from "./verdicts.js";

const SLICE = 5; // ms
const WARM = { min: 30, max: 100, window: 5, within: 0.03 };

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The body of the loop: a call for each input, a list of their results, or one call for all inputs. */
const BODIES = {
  each: "for (let i = 0; i < inputs.length; i++) sum += consume(call(inputs[i]));",
  list: `const results = [];
      for (let i = 0; i < inputs.length; i++) results.push(call(inputs[i]));
      for (const result of results) sum += consume(result);`,
  all: "for (const result of call(inputs)) sum += consume(result);",
};

/**
 * Makes a loop for each contender and operation, since the engine optimizes a
 * shared loop for the first call it sees. It caches compiled code by its text, so
 * each loop has another text.
 */
function loopOf(contender, operation, body) {
  const text = `// ${operation.name}: ${contender.name}
    let sum = 0;
    for (let pass = 0; pass < passes; pass++) {
      ${BODIES[body]}
    }
    return sum;`;
  return new Function("call", "consume", "inputs", "passes", text);
}

/** A loop to time. Its results are added up, so that the engine cannot skip any. */
class Subject {
  passes = 1;
  sum = 0;

  constructor(contender, operation) {
    const { call, callAll, consume } = contender[operation.kind];
    const body = !operation.atOnce ? "each" : callAll ? "all" : "list";
    this.name = contender.name;
    this.calls = operation.inputs.length;
    this.loop = loopOf(contender, operation, body).bind(null, body === "all" ? callAll : call, consume, operation.inputs);
  }

  /** Returns nanoseconds per call. */
  slice() {
    globalThis.gc?.({ type: "minor" });
    const start = performance.now();
    this.sum += this.loop(this.passes);
    const ms = performance.now() - start;
    if (ms < SLICE / 2) this.passes *= 2;
    return (ms * 1e6) / (this.passes * this.calls);
  }

  /** Runs until the median of some slices is close to that of as many before. */
  warm() {
    const times = [];
    const { min, max, window, within } = WARM;
    for (let i = 0; i < max; i++) {
      times.push(this.slice());
      if (i < min) continue;
      const [before, now] = [median(times.slice(-2 * window, -window)), median(times.slice(-window))];
      if (Math.abs(now - before) <= within * before) return;
    }
  }
}

/** Times all subjects in rounds, each in another order, so that a ratio can be taken within a round. */
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

/**
 * Returns, for each operation, [{contender, ns, ratio}], the first codec first;
 * ratio is the contender's time divided by that of the first codec.
 */
export function measure(codecs, { ours, peers }, { rounds, only }) {
  const [first, ...others] = codecs.map((codec, i) => ours(codec, i === 0 ? undefined : `convuser ${i + 1}`));
  const chosen = operations().filter(({ name }) => name.includes(only));
  for (const operation of chosen) mustAgree(first, [...others, ...peers], operation);
  return chosen.map((operation) => timeOperation(first, [...others, ...peers], operation, rounds));
}
