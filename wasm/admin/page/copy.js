// Copies a text for a button.

import { announce } from "./announce.js";

// copyText puts a text on the clipboard. Where the browser forbids that, the
// text that reveal returns the element of is selected, for the keyboard to copy.
export async function copyText(button, text, reveal) {
  try {
    await navigator.clipboard.writeText(text);
    confirm(button, "Copied");
  } catch {
    getSelection().selectAllChildren(reveal());
    confirm(button, "Selected");
  }
}

function confirm(button, text) {
  button.dataset.text ??= button.textContent;
  button.textContent = text;
  announce(text);
  setTimeout(() => (button.textContent = button.dataset.text), 1500);
}
