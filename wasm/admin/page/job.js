// Creates the users of the good rows of a checked file. The server does that as
// a job, even while no page is open; this page shows its status.

import { announce } from "./announce.js";
import { $, capital, count, number, say } from "./dom.js";
import { addResults, clearResults, showStatus } from "./outcomes.js";
import { confirmReal } from "./confirm.js";
import { goodRows, saveRows, unreadable } from "./reread.js";
import { findService, noSession, service, whyUnknown } from "./service.js";

const path = "/_convuser/jobs";
const pause = 500; // milliseconds between two requests for the status
const longPause = 2000; // the same, without a response
const mostResults = 10_000; // in one response
const remembered = "convuser-job"; // in the storage of this tab, to find the job after the page was reloaded

let offered = null; // the check whose good rows can be created
let job = null; // {id, name, check, status, seen, reasons}; check is null after the page was reloaded

export function startJobs() {
  $("job-start").addEventListener("click", start);
  $("job-download").addEventListener("click", download);
  for (const action of ["pause", "resume", "cancel"]) $(`job-${action}`).addEventListener("click", () => act(action));
  document.addEventListener("visibilitychange", () => document.hidden || (job && watch(job))); // another tab may have resumed it
  recall();
}

// recall shows the job that this tab was showing before the page was reloaded.
async function recall() {
  const { id, name } = JSON.parse(sessionStorage.getItem(remembered)) ?? {};
  if (id && (await findService())) show({ id, name, check: null });
}

// offerJob offers to create the good rows of a check, or none for null.
export function offerJob(check) {
  offered = check;
  $("offer-alert").hidden = true;
  showOffer();
}

const good = (check) => check.rows - check.failed;

function showOffer() {
  const text = offered && good(offered) > 0 ? offerText() : "";
  if (text === "" && document.activeElement === $("job-start")) $("job-title").focus(); // the button is hidden next
  $("offer").hidden = text === "";
  $("job-start").textContent = text;
}

function offerText() {
  if (job?.check !== offered) return `Create ${count(good(offered), "user")}${service?.isReal ? " for real" : ""}`;
  const { state, counts } = job.status ?? {};
  if (state === "cancelled") return "Continue";
  return state === "done" && counts.unknown > 0 ? `Look up ${count(counts.unknown, "unknown row")} again` : "";
}

// start sends the rows. If the server has a journal for the same rows, it
// continues the job.
async function start() {
  const check = offered;
  if ($("job-start").getAttribute("aria-disabled") === "true") return;
  setSending(true);
  try {
    if (await mayStart(check)) await send(check);
  } catch {
    showAlert("offer-alert", "No response: the server is not running, or the connection was closed. Send the rows again: no user is created twice.");
  } finally {
    setSending(false);
    showOffer();
  }
}

async function mayStart(check) {
  if (!(await findService())) {
    showAlert("offer-alert", whyUnknown());
    return false;
  }
  const users = count(good(check), "user");
  return !service.isReal || confirmReal({ title: `Create ${users} for real?`, text: `They will be created at ${service.base}, from ${check.file.name}.`, yes: `Create ${users}` });
}

async function send(check) {
  const rows = await goodRows(check).catch(() => null);
  if (!rows) {
    showAlert("offer-alert", unreadable);
    return;
  }
  const response = await ask("", { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: rows });
  if (!response.ok) {
    showAlert("offer-alert", await problemOf(response));
    return;
  }
  const { id, total, resumed } = await response.json();
  if (check !== offered) return; // another file was chosen meanwhile; to choose this one again shows its job
  $("offer-alert").hidden = true;
  const note = resumed > 0 ? `${number(resumed)} of ${count(total, "row")} ${resumed === 1 ? "was" : "were"} done before.` : "";
  show({ id, name: check.file.name, check }, note);
}

const ask = (rest, options) => fetch(path + rest, { cache: "no-store", redirect: "error", credentials: "same-origin", ...options });

// problemOf says why the server refused: its own errors are one line.
async function problemOf(response) {
  if (response.status === 401) return noSession;
  return capital((await response.text()).trim()) || `The server responded with status ${response.status}.`;
}

function setSending(isSending) {
  $("job-start").setAttribute("aria-disabled", String(isSending));
  if (isSending) $("job-start").textContent = "Sending the rows…";
}

// ------------------------------------------------------------ the job

function show({ id, name, check }, note = "") {
  job = { id, name, check, status: null, seen: 0, reasons: new Map(), watching: null };
  sessionStorage.setItem(remembered, JSON.stringify({ id, name }));
  $("job").hidden = false;
  $("job-name").textContent = name;
  $("job-note").textContent = note;
  $("job-alert").hidden = true;
  clearResults();
  showOffer();
  announce(`The job has started. ${note}`);
  watch(job);
}

// watch follows a job until it stops. Each job is followed once.
function watch(one) {
  one.watching ??= follow(one).finally(() => (one.watching = null));
}

async function follow(one) {
  while (one === job) {
    let wait = longPause;
    try {
      wait = await look(one);
      if (wait === 0) return;
    } catch {
      if (one === job) showAlert("job-alert", "No response: the server is not running. This page tries again every two seconds.");
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

// look gets and shows the status, and returns how long to wait for the next
// time, 0 for none.
async function look(one) {
  const response = await ask(`/${one.id}`);
  if (!response.ok) {
    if (one === job) lose(response.status, await problemOf(response));
    return response.status === 401 ? longPause : 0; // there may be a session again
  }
  const status = await response.json();
  if (status.done < one.seen) forget(one); // each run starts a new list of results
  while (one === job && one.seen < status.done) {
    const page = await (await ask(`/${one.id}/results?from=${one.seen}&limit=${mostResults}`)).json();
    if (page.results.length === 0) break;
    one.seen = page.next;
    addResults(one, page.results);
  }
  if (one !== job) return 0;
  $("job-alert").hidden = true;
  const isNews = one.status?.state !== status.state;
  one.status = status;
  showStatus(one, isNews);
  if (isNews) showOffer();
  return status.state === "running" ? pause : 0;
}

function forget(one) {
  one.seen = 0;
  one.reasons.clear();
  clearResults();
}

// lose says why the status of the job is unknown.
function lose(status, problem) {
  const isGone = status === 404;
  if (isGone) sessionStorage.removeItem(remembered);
  const again = service.isReal ? "Choose the same file, check it and create again: the job continues where it was." : "Its users were in memory and are gone.";
  showAlert("job-alert", isGone ? `The server does not know this job, since it was restarted. ${again}` : problem);
  for (const action of ["pause", "resume", "cancel"]) $(`job-${action}`).disabled = isGone;
  if (!isGone) return;
  $("job-state").textContent = "Unknown";
  job = null;
  showOffer();
}

// Until its requests in progress have ended, a job does not have its next state.
const under = { pause: "Pausing…", resume: "Resuming…", cancel: "Canceling…" };

async function act(action) {
  const one = job;
  for (const name of ["pause", "resume", "cancel"]) $(`job-${name}`).disabled = true;
  try {
    const response = await ask(`/${one.id}`, { method: "POST", body: new URLSearchParams({ action }) });
    if (!response.ok) throw new Error(await problemOf(response));
    if (action === "resume") forget(one);
    $("job-state").textContent = under[action];
    $("job-note").textContent = "";
  } catch (error) {
    showAlert("job-alert", error.message);
  }
  one.status = null; // so that look shows the state again, and sets the buttons
  watch(one);
}

// download saves the rows that were not created, with their outcomes.
async function download() {
  const { check, reasons } = job;
  try {
    await saveRows(check, { names: ["outcome", "reason"], of: (index) => reasons.get(index + 1) }, "not-created");
    announce("The rows that were not created are downloaded.");
  } catch {
    showAlert("job-alert", unreadable);
  }
}

function showAlert(id, text) {
  if (!$(id).hidden && $(id).textContent === text) return; // not announced twice
  say(id, text);
  announce(text);
}
