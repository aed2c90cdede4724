// Sends the request to this server, and shows the response.

import { announce } from "./announce.js";
import { isAmbiguous, showAnswer } from "./answer.js";
import { basic, readCredentials } from "./credentials.js";
import { $, duration, el } from "./dom.js";
import { record } from "./history.js";
import { lookUpOf } from "./lookup.js";
import { confirmReal } from "./confirm.js";
import { createText, findService, noSession, service, usersPath, whyUnknown } from "./service.js";

let underWay = null; // the AbortController of the request in progress
let isConfirmed = false; // whether a person has agreed that users are created for real

export function startSend() {
  $("cancel").addEventListener("click", () => underWay?.abort());
}

// sendRequest sends a request, encoded by encodeForm, unless another one is in
// progress.
export async function sendRequest(request, encoded) {
  if (underWay) return;
  underWay = new AbortController();
  try {
    if (await mayCreate()) await send(request, encoded);
  } finally {
    underWay = null;
  }
}

// mayCreate reports whether it is known where the user is created and, if for
// real, whether the person agrees.
async function mayCreate() {
  if (!(await findService())) {
    showFailure(whyUnknown());
    return false;
  }
  if (service.isReal) {
    isConfirmed ||= await confirmReal({
      title: "Create a user for real?",
      text: `The user will be created at ${service.base}. You are asked only once until you reload the page.`,
      yes: "Create for real",
    });
    return isConfirmed;
  }
  if (!readCredentials().username.includes(":")) return true;
  showFailure("The user name has a colon, which HTTP Basic does not allow.");
  return false;
}

async function send(request, encoded) {
  setBusy(true);
  try {
    await post(request, encoded);
  } catch {
    const wasCanceled = underWay.signal.aborted;
    const text = `${wasCanceled ? "Canceled." : "No response: the connection was closed."} The user may have been created.`;
    showFailure(text, lookUpOf(request));
    record(request, encoded, { tone: "bad", text });
  } finally {
    setBusy(false);
  }
}

async function post(request, encoded) {
  const start = performance.now();
  const headers = service.isReal ? encoded.headers : { ...encoded.headers, Authorization: basic(readCredentials()) };
  const options = { method: "POST", headers, body: encoded.body, credentials: service.credentials, redirect: "error", cache: "no-store", signal: underWay.signal };
  const response = await fetch(usersPath, options);
  const answer = {
    status: response.status,
    reason: response.statusText,
    contentType: response.headers.get("Content-Type") ?? "",
    headers: response.headers,
    isOfGateway: service.isReal,
    body: new Uint8Array(await response.arrayBuffer()),
    took: duration(performance.now() - start),
  };
  if (service.isReal && answer.status === 401) {
    showFailure(noSession);
    return;
  }
  const summary = showAnswer($("answer-result"), answer, isAmbiguous(answer) ? [lookUpOf(request)] : []);
  record(request, encoded, summary);
  announce(summary.text);
  reveal();
}

function showFailure(text, ...below) {
  $("answer-result").replaceChildren(el("p", { class: "verdict bad" }, text), ...below);
  announce(text);
  reveal();
}

function setBusy(isBusy) {
  if (document.activeElement === $("cancel")) $("submit").focus(); // Cancel is hidden next
  $("cancel").hidden = !isBusy;
  $("submit").setAttribute("aria-disabled", String(isBusy));
  $("submit").textContent = isBusy ? "Creating…" : createText();
  $("answer").setAttribute("aria-busy", String(isBusy));
}

// reveal scrolls to the answer if it is out of view.
function reveal() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  $("answer").scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}
