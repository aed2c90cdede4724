// Where this server creates users: at the local endpoint, in its memory, or as
// a gateway at the real service.

import { $ } from "./dom.js";

const path = "/_convuser/about";
export const usersPath = "/v1/Users";

// noSession is what a gateway's 401 means: the service's own is never passed on.
export const noSession = "This page has no session. Press Enter in the terminal in which the program runs, then open the link that it prints.";
const unknown = "It cannot be told where users are created: the program does not answer. Reload the page.";

// service is {isReal, base, credentials} once it is known, and null until then:
// base is the URL of the service, credentials what fetch sends of cookies.
export let service = null;
let asking = null;

// startService says on the page where users are created, and calls onKnown. A
// page that had no session is likely to have one when a person comes back to it.
export function startService(onKnown) {
  const ask = async () => {
    if (service) return;
    await findService();
    if (service) onKnown();
  };
  addEventListener("focus", ask);
  return ask();
}

// findService returns the service; null where it cannot be told, which the page
// says by then. The next call asks again.
export async function findService() {
  if (!service) {
    asking ??= ask();
    await asking;
    asking = null;
  }
  return service;
}

async function ask() {
  try {
    const response = await fetch(path, { credentials: "same-origin", cache: "no-store" });
    if (response.status === 401) return show("none", noSession);
    if (!response.ok) return show("none", unknown);
    const { mode, upstream } = await response.json();
    const isReal = mode === "gateway";
    service = { isReal, base: isReal ? upstream : location.origin, credentials: isReal ? "same-origin" : "omit" };
    show(mode, isReal ? `Gateway to ${upstream}: users are created for real` : "Local endpoint: users exist in memory only");
  } catch {
    show("none", unknown);
  }
}

// show sets the attribute by which the style sheet leaves out what only the
// local endpoint has.
function show(mode, text) {
  document.documentElement.dataset.mode = mode;
  for (const place of document.querySelectorAll("[data-service]")) place.textContent = text;
  $("submit").textContent = createText();
}

// whyUnknown says why there is no service.
export const whyUnknown = () => $("service").textContent || unknown;

export const createText = () => (service?.isReal ? "Create for real" : "Create user");
