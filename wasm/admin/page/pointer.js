// A click makes a field lose the focus when the pointer goes down. If the field
// then showed an error, it could move the button before the click ends, and the
// click would miss it.

let isDown = false;

addEventListener("pointerdown", () => (isDown = true), true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => (isDown = false), true);

// afterClick calls callback after the current click, or now if there is none.
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
