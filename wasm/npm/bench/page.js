// What run.js calls in a browser. Nothing is loaded before it is asked for,
// so that a start can be timed.

/** Each folder is a copy of the package; the first is the one that counts. */
async function measureHere({ folders, rounds, only }) {
  const [{ ours, peers }, { operations }, { measure }] = await Promise.all([
    import("./.build/contenders.js"),
    import("./inputs.js"),
    import("./measure.js"),
  ]);
  const codecs = await Promise.all(folders.map(async (folder) => (await import(`${folder}index.js`)).init()));
  const [mine, ...others] = codecs;
  const contenders = [...others.map((codec, i) => ours(codec, `convuser ${i + 2}`)), ...peers];
  const chosen = operations().filter(({ name }) => name.includes(only));
  return measure(ours(mine), contenders, chosen, rounds);
}

async function startConvuser() {
  const { init } = await import("/convuser0/index.js");
  await init();
}

async function startEmpty() {
  await import("./.build/wasm_exec.js");
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("./.build/empty.wasm"), go.importObject);
  go.run(instance);
}

async function startHere(what) {
  const start = performance.now();
  const starts = { convuser: startConvuser, empty: startEmpty };
  await (starts[what] ?? (() => import(`./.build/${what}.js`)))();
  return performance.now() - start;
}

globalThis.bench = { measureHere, startHere };
