// What the cases of validateMany and of the worker share.

/** Returns everything that an async generator yields. */
export async function collect(generator) {
  const all = [];
  for await (const value of generator) all.push(value);
  return all;
}

/** Returns a stream of the chunks. */
export function streamOf(chunks, cancel) {
  const rest = [...chunks];
  return new ReadableStream({ pull: (controller) => (rest.length > 0 ? controller.enqueue(rest.shift()) : controller.close()), cancel });
}

/** Cuts a string, or the bytes of one, into parts of this size. */
export function cut(whole, size) {
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.slice(i * size, (i + 1) * size));
}

/** Returns a function that fails if a promise takes longer than this many milliseconds. */
export function within(ms) {
  return (promise, what = "answer") => {
    let timer;
    const late = new Promise((_, reject) => (timer = setTimeout(reject, ms, new Error(`no ${what} in ${ms} ms`))));
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  };
}
