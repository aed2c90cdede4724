// A case file (*.case.js) runs in Node, in Bun, in Chromium and in Firefox, so
// no case asks for one engine's own words or limits. Its default export is
// an array of {name, run(env)}, or a function (t, env) that declares its cases
// with t.test(name, run), which run when the function is done. env is
//
//   convuser        the package
//   fresh(entry)    an entry of the package, "." by default, in modules of its
//                   own that nobody else has loaded
//   load(what)      a file under a testdata folder of the project, such as
//                   "encode/testdata/user.json": parsed where it is JSON, else
//                   bytes; or "suites/….jsonl", null where there are no suites
//   assert          equal, deepEqual, ok, throws, rejects
//   runtime         "node" where Node's modules are, Bun included, else "browser"

/** Returns the cases of a file, and add(name, run), which passes the shared codec and what setup(env) returns to run as members of env. */
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

/** What load makes of a file. */
export function decode(what, bytes) {
  if (what.endsWith(".json")) return JSON.parse(text(bytes));
  if (what.endsWith(".jsonl")) return text(bytes).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return bytes;
}

/** What an error says, and where: the stack of some engines has no message. */
export function tell(error) {
  const [message, stack] = [String(error), error?.stack ?? ""];
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}

function text(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
