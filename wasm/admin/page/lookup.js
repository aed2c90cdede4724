// Looks a user up when it is unknown whether it exists.

import { announce } from "./announce.js";
import { differences } from "./compare.js";
import { basic, readCredentials } from "./credentials.js";
import { button, el } from "./dom.js";
import { rules } from "./rules.js";
import { noSession, service, usersPath } from "./service.js";

// lookUpOf returns a button that looks up the user of a request, and shows the
// result.
export function lookUpOf(request) {
  if (/^\.{1,2}$/.test(request.Identity)) return el("p", { class: "todo" }, "A browser cannot look up this identity: in a URL, it means a folder.");
  const found = el("p", { class: "verdict note", role: "status", hidden: true });
  const look = button("", "Look it up", async () => {
    look.disabled = true;
    const { tone, text } = await lookUp(request);
    look.disabled = false;
    look.focus(); // a disabled button loses the focus
    found.className = `verdict ${tone}`;
    found.textContent = text;
    found.hidden = false;
  });
  return el("div", { class: "look-up" }, look, found);
}

async function lookUp(request) {
  try {
    return await resultOf(request, await fetchUser(request.Identity));
  } catch {
    return { tone: "bad", text: "No response: it is unknown whether the user exists." };
  }
}

function fetchUser(identity) {
  const headers = service.isReal ? {} : { Authorization: basic(readCredentials()) };
  return fetch(`${usersPath}/${encodeURIComponent(identity)}`, { headers, credentials: service.credentials, redirect: "error", cache: "no-store" });
}

async function resultOf(request, response) {
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status === 404) return { tone: "note", text: "Not found: the user does not exist. If the request is still in progress, it may be created later." };
  if (response.status === 401 && service.isReal) return { tone: "bad", text: noSession };
  const parsed = rules.parseUser(body);
  if (response.status !== 200 || !parsed.ok) return { tone: "bad", text: `${response.status}: it is unknown whether the user exists.` };
  const different = differences(parsed.value, request);
  if (different.length === 0) return { tone: "good", text: `Found, with the values of the request: ${parsed.value.sid}.` };
  return { tone: "bad", text: `Found, but with other values of ${different.join(", ")}: ${parsed.value.sid}.` };
}
