// What a screen reader is told, politely: one text at a time, and none while
// a person is still typing.

import { $ } from "./dom.js";

const pause = 700; // milliseconds
let timer;

export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    $("announcer").textContent = "";
    // The same text twice in a row is no change, and would not be read.
    timer = setTimeout(() => ($("announcer").textContent = text), 50);
  }, pause);
}
