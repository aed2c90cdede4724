// Sends the request to this server, and shows what it answers.

import { announce } from "./announce.js";
import { showAnswer } from "./answer.js";
import { basic, readCredentials } from "./credentials.js";
import { $, duration, el } from "./dom.js";

let underWay = null; // the AbortController of the request that is under way

export function startSend() {
  $("cancel").addEventListener("click", () => underWay?.abort());
}

// sendRequest sends what encodeForm returned, one request at a time.
export async function sendRequest({ body, headers }) {
  if (underWay) return;
  const credentials = readCredentials();
  if (credentials.username.includes(":")) {
    showFailure("The user name holds a colon, which HTTP Basic cannot carry.");
    return;
  }
  underWay = new AbortController();
  setBusy(true);
  try {
    await post(body, { ...headers, Authorization: basic(credentials) });
  } catch {
    const wasCanceled = underWay.signal.aborted;
    showFailure(wasCanceled ? "Canceled. The user may exist all the same." : "No answer: the line was cut. The user may exist all the same.");
  } finally {
    underWay = null;
    setBusy(false);
  }
}

async function post(body, headers) {
  const start = performance.now();
  const options = { method: "POST", headers, body, credentials: "omit", redirect: "error", cache: "no-store", signal: underWay.signal };
  const response = await fetch("/v1/Users", options);
  const answer = {
    status: response.status,
    reason: response.statusText,
    contentType: response.headers.get("Content-Type") ?? "",
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
    took: duration(performance.now() - start),
  };
  announce(showAnswer($("answer-result"), answer));
  reveal();
}

function showFailure(text) {
  $("answer-result").replaceChildren(el("p", { class: "verdict bad" }, text));
  announce(text);
  reveal();
}

function setBusy(isBusy) {
  if (document.activeElement === $("cancel")) $("submit").focus(); // it is about to go
  $("cancel").hidden = !isBusy;
  $("submit").setAttribute("aria-disabled", String(isBusy));
  $("submit").textContent = isBusy ? "Creating…" : "Create user";
  $("answer").setAttribute("aria-busy", String(isBusy));
}

// reveal brings the answer into view where it is below the fold.
function reveal() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  $("answer").scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
