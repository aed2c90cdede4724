// Copies a text to the clipboard.

import { announce } from "./announce.js";

// copyText copies a text. If the browser does not allow that, it selects the
// element that reveal returns, so that the keyboard can copy it.
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
