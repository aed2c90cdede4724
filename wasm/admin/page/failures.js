// Orders failures from the local endpoint, as its control path takes them.

import { announce } from "./announce.js";
import { $ } from "./dom.js";

const path = "/_convuser/faults";

export function startFailures() {
  $("failure-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tell({ method: "POST", body: formOf(event.target) }, "Ordered. Create user meets it.");
  });
  $("reset-endpoint").addEventListener("click", () => tell({ method: "DELETE" }, "The endpoint has no users and no failures now."));
}

// formOf leaves out what is empty: the server has its own defaults.
function formOf(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  return new URLSearchParams(filled);
}

async function tell(options, done) {
  let text = "No answer: is the server still running?";
  let isBad = true;
  try {
    const response = await fetch(path, { ...options, credentials: "omit" });
    isBad = !response.ok;
    text = response.ok ? done : (await response.text()).trim();
  } catch {
    // The text says it.
  }
  $("failure-status").textContent = text;
  $("failure-status").classList.toggle("issue", isBad);
  announce(text);
}
