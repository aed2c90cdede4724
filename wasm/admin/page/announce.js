// Announces texts to screen readers: the last one, once there was none for a
// while, so that typing is not interrupted.

import { $ } from "./dom.js";

const pause = 700; // milliseconds
let timer;

export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    $("announcer").textContent = "";
    // A screen reader does not read a text that is set to the same value.
    timer = setTimeout(() => ($("announcer").textContent = text), 50);
  }, pause);
}
