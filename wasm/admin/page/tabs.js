// The tabs. Arrow keys move between them, and the URL has the name of the open
// one. The page is painted after this module has run, so that it first shows the
// right tab.

import { $ } from "./dom.js";

const names = ["create", "decode", "bulk", "history"];

for (const name of names) {
  $(`tab-${name}`).addEventListener("click", () => choose(name));
  $(`tab-${name}`).addEventListener("keydown", (event) => move(event, names.indexOf(name)));
}
addEventListener("hashchange", fromAddress);
fromAddress();

function fromAddress() {
  const name = location.hash.slice(1);
  if (names.includes(name)) open(name);
}

// choose opens a tab and changes the URL without scrolling.
function choose(name) {
  history.replaceState(null, "", `#${name}`);
  open(name);
}

function open(name) {
  for (const other of names) {
    const isOpen = other === name;
    $(`tab-${other}`).setAttribute("aria-selected", String(isOpen));
    $(`tab-${other}`).tabIndex = isOpen ? 0 : -1;
    $(other).hidden = !isOpen;
  }
}

const steps = { ArrowRight: (i) => i + 1, ArrowLeft: (i) => i - 1, Home: () => 0, End: () => -1 };

function move(event, from) {
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const name = names.at(step(from) % names.length);
  choose(name);
  $(`tab-${name}`).focus();
}
