// Injects failures into the local endpoint.

import { announce } from "./announce.js";
import { $ } from "./dom.js";

const path = "/_convuser/faults";

export function startFailures() {
  $("failure-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tell({ method: "POST", body: formOf(event.target) }, "Added. It applies to the next request.");
  });
  $("reset-endpoint").addEventListener("click", () => tell({ method: "DELETE" }, "All users and failures are removed."));
}

// formOf leaves out empty fields, for which the server has defaults.
function formOf(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  return new URLSearchParams(filled);
}

async function tell(options, done) {
  let text = "No response: is the server still running?";
  let isBad = true;
  try {
    const response = await fetch(path, { ...options, credentials: "omit" });
    isBad = !response.ok;
    text = response.ok ? done : (await response.text()).trim();
  } catch {
    // text is set already.
  }
  $("failure-status").textContent = text;
  $("failure-status").classList.toggle("issue", isBad);
  announce(text);
}
