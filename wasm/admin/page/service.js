// Finds out where this server creates users: in memory, as the local endpoint,
// or at the real service, as a gateway.

import { $ } from "./dom.js";

const path = "/_convuser/about";
export const usersPath = "/v1/Users";

// noSession is what status 401 of a gateway means, which does not pass on that of
// the service.
export const noSession = "This page has no session. Press Enter in the terminal in which the program runs, then open the link that it prints.";
const unknown = "It is unknown where users are created, since the server does not respond. Reload the page.";

// service is {isReal, base, credentials}, or null while it is unknown. Base is
// the URL of the service; credentials is an option of fetch.
export let service = null;
let asking = null;

// startService shows where users are created, and then calls onKnown. Without a
// session it tries again when a person returns to the page, who may have opened
// the link.
export function startService(onKnown) {
  const ask = async () => {
    if (service) return;
    await findService();
    if (service) onKnown();
  };
  addEventListener("focus", ask);
  return ask();
}

// findService returns the service. If it is unknown, it shows the reason and
// returns null, and the next call tries again.
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

// show sets the attribute by which the style sheet hides what only the local
// endpoint has.
function show(mode, text) {
  document.documentElement.dataset.mode = mode;
  for (const place of document.querySelectorAll("[data-service]")) place.textContent = text;
  $("submit").textContent = createText();
}

export const whyUnknown = () => $("service").textContent || unknown;

export const createText = () => (service?.isReal ? "Create for real" : "Create user");
