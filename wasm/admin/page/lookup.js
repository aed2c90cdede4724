// Looks a user up, where an answer has left open whether it exists.

import { announce } from "./announce.js";
import { differences } from "./compare.js";
import { basic, readCredentials } from "./credentials.js";
import { button, el } from "./dom.js";
import { rules } from "./rules.js";
import { noSession, service, usersPath } from "./service.js";

// lookUpOf returns a button that looks up the user of a request, and says what
// there is.
export function lookUpOf(request) {
  if (/^\.{1,2}$/.test(request.Identity)) return el("p", { class: "todo" }, "A browser cannot look up this identity: in a URL it is a step, not a name.");
  const found = el("p", { class: "verdict note", role: "status" });
  found.hidden = true;
  const look = button("", "Look it up", async () => {
    look.disabled = true;
    const { tone, text } = await lookUp(request);
    look.disabled = false;
    look.focus(); // a disabled button has lost it
    found.className = `verdict ${tone}`;
    found.textContent = text;
    found.hidden = false;
  });
  return el("div", { class: "look-up" }, look, found);
}

async function lookUp(request) {
  try {
    return await judge(request, await fetchUser(request.Identity));
  } catch {
    return { tone: "bad", text: "No answer: nothing is known of the user." };
  }
}

function fetchUser(identity) {
  const headers = service.isReal ? {} : { Authorization: basic(readCredentials()) };
  return fetch(`${usersPath}/${encodeURIComponent(identity)}`, { headers, credentials: service.credentials, redirect: "error", cache: "no-store" });
}

async function judge(request, response) {
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status === 404) return { tone: "note", text: "Not found: there is no such user yet. One that is late may still appear." };
  if (response.status === 401 && service.isReal) return { tone: "bad", text: noSession };
  const parsed = rules.parseUser(body);
  if (response.status !== 200 || !parsed.ok) return { tone: "bad", text: `${response.status}: nothing is known of the user.` };
  const different = differences(parsed.value, request);
  if (different.length === 0) return { tone: "good", text: `Found, and equal: ${parsed.value.sid}.` };
  return { tone: "bad", text: `Found, and different in ${different.join(", ")}: ${parsed.value.sid}.` };
}
