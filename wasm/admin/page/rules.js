// Loads the rules, and shows their state in the status bar.

import { $, duration, say, size } from "./dom.js";

// rules is the codec once it is loaded, and null until then.
export let rules = null;

// hints has a sentence for each hint of an issue, once the rules are loaded.
export let hints = {};

let loading = null;

// load resolves once the rules are loaded. If that fails, it shows the error and
// rejects.
export const load = () => (loading ??= loadOnce());

async function loadOnce() {
  try {
    const [{ init }, messages] = await Promise.all([import("/convuser/index.js"), import("/convuser/messages.js")]);
    hints = messages.hints;
    const about = await readAbout();
    const start = performance.now();
    rules = await init({ integrity: about.integrity });
    showReady(about, performance.now() - start);
  } catch (error) {
    showFailed(error);
    throw error;
  }
}

// readAbout reads what the build has written about the module, such as the hash
// that its bytes must have.
async function readAbout() {
  const response = await fetch("/convuser/convuser.wasm.json");
  if (!response.ok) throw new Error(`convuser.wasm.json: status ${response.status}`);
  return response.json();
}

function showReady(about, ms) {
  setState("ready", "Rules ready");
  $("load-time").textContent = duration(ms);
  $("go-version").textContent = $("go-version").title = rules.goVersion;
  $("bundle-size").textContent = `${size(about.bytes.raw)}, ${size(about.bytes.brotli)} brotli`;
  const hash = about.integrity.replace("sha384-", "");
  $("bundle-hash").textContent = `${hash.slice(0, 12)}…`;
  $("bundle-hash").title = hash;
}

function showFailed(error) {
  setState("failed", "Rules not loaded");
  for (const id of ["load-time", "go-version", "bundle-size", "bundle-hash"]) $(id).textContent = "–";
  say("alert", `The rules could not be loaded (${error.code ?? error.message}). Run make wasm, then reload the page.`);
}

function setState(state, text) {
  $("rules").dataset.state = state;
  $("rules-state").textContent = text;
}

// watchErrors shows errors that were not caught, such as a crash of the rules,
// which start again with the next check.
export function watchErrors() {
  const show = (error) => say("alert", `The last step failed (${error?.code ?? error?.name ?? "unknown"}). Try it again, or reload the page.`);
  addEventListener("error", (event) => show(event.error));
  addEventListener("unhandledrejection", (event) => show(event.reason));
}
