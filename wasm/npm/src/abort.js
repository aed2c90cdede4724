/** Settles as the promise does, or rejects with the signal's reason when it aborts. */
export async function untilAborted(promise, signal) {
  if (!signal) return promise;
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
  promise.catch(() => {}); // it may reject after the abort
  return Promise.race([aborted, promise]).finally(() => signal.removeEventListener("abort", stop));
}
