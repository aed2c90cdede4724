// A field is left on the way down of a click. What it then shows may move the
// button that is being clicked, and the click would miss it.

let isDown = false;

addEventListener("pointerdown", () => (isDown = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (isDown = false), true);

// afterClick calls back at once, or when the click under way is over.
export function afterClick(callback) {
  if (!isDown) {
    callback();
    return;
  }
  const ended = new AbortController();
  const end = () => {
    ended.abort();
    setTimeout(callback);
  };
  for (const type of ["pointerup", "pointercancel"]) addEventListener(type, end, { signal: ended.signal });
}
