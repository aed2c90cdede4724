// A case file (*.case.js) runs in Node.js, Bun, Chromium and Firefox, so no case
// depends on the messages or limits of one engine. Its default export is an array
// of {name, run(env)}, or a function (t, env) that declares cases with
// t.test(name, run); they run after it has returned. env has
//
//   convuser        the package
//   fresh(entry)    loads an entry of the package, "." by default, in new modules
//   load(what)      loads a file under a testdata folder of the project, such as
//                   "encode/testdata/user.json": JSON is parsed, others are bytes;
//                   or "suites/….jsonl", null if there are no suites
//   assert          equal, deepEqual, ok, throws, rejects
//   runtime         "node" in Node.js and Bun, else "browser"

/** Returns an array of cases, and add(name, run). run gets env with the shared codec and the members that setup(env) returns. */
export function caseList(setup = () => {}) {
  const cases = [];
  const add = (name, run) => cases.push({ name, run: async (env) => run({ ...env, codec: await env.convuser.init(), ...(await setup(env)) }) });
  return { cases, add };
}

/** Returns the cases of a module. */
export async function collect(module, env) {
  const cases = [];
  if (typeof module.default === "function") await module.default({ test: (name, run) => cases.push({ name, run }) }, env);
  else cases.push(...module.default);
  if (cases.length === 0) throw new Error("a case file without a case");
  return cases;
}

/** Returns what load returns for a file with these bytes. */
export function decode(what, bytes) {
  if (what.endsWith(".json")) return JSON.parse(text(bytes));
  if (what.endsWith(".jsonl")) return text(bytes).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return bytes;
}

/** Returns the message and stack of an error: in some engines, the stack lacks the message. */
export function describe(error) {
  const [message, stack] = [String(error), error?.stack ?? ""];
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}

function text(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
