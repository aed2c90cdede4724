// Asks for confirmation before something is created for real.

import { $ } from "./dom.js";

// confirmReal shows a dialog, and resolves with whether the person agreed.
// Escape means no.
export function confirmReal({ title, text, yes }) {
  const dialog = $("real");
  $("real-title").textContent = title;
  $("real-text").textContent = text;
  $("real-yes").textContent = yes;
  for (const choice of ["yes", "no"]) $(`real-${choice}`).onclick = () => dialog.close(choice);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
