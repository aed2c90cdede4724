// Functions that run.js calls in a browser. They load what they need, so that a
// start can be timed.

/** Each folder is a copy of the package; the others are compared with the first. */
async function measureHere({ folders, ...options }) {
  const [contenders, { measure }] = await Promise.all([import("./.build/contenders.js"), import("./measure.js")]);
  const codecs = await Promise.all(folders.map(async (folder) => (await import(`${folder}index.js`)).init()));
  return measure(codecs, contenders, options);
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
