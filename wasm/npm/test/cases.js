// A case file (*.case.js) runs in Node and in Chromium. Its default export is
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
//   runtime         "node" or "chromium"

/** The cases of a module. */
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

function text(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
