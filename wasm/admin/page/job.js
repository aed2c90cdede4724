// Creates the good rows of a checked file. The program does it, and goes on
// while no page is open; this page asks how far it is.

import { announce } from "./announce.js";
import { $, capital, count } from "./dom.js";
import { addResults, clearResults, showStatus } from "./outcomes.js";
import { confirmReal } from "./confirm.js";
import { goodRows, saveRows, unreadable } from "./reread.js";
import { findService, noSession, service, whyUnknown } from "./service.js";

const path = "/_convuser/jobs";
const pause = 500; // milliseconds between two looks
const longPause = 2000; // where the program does not answer
const mostResults = 10_000; // of one answer
const remembered = "convuser-job"; // in the storage of this tab, so that the page finds its job after it was loaded again

let offered = null; // the check whose good rows can be created
let job = null; // {id, name, check, status, seen, reasons}; check is null where the file is not at hand

export function startJobs() {
  $("job-start").addEventListener("click", start);
  $("job-download").addEventListener("click", download);
  for (const action of ["pause", "resume", "cancel"]) $(`job-${action}`).addEventListener("click", () => act(action));
  document.addEventListener("visibilitychange", () => document.hidden || (job && watch(job))); // another tab may have gone on
  recall();
}

// recall goes on with the job that this tab was showing.
async function recall() {
  const { id, name } = JSON.parse(sessionStorage.getItem(remembered)) ?? {};
  if (id && (await findService())) show({ id, name, check: null });
}

// offerJob offers to create the good rows of a check, null for none.
export function offerJob(check) {
  offered = check;
  $("offer-alert").hidden = true;
  showOffer();
}

const good = (check) => check.rows - check.failed;

// showOffer offers what the file can still be used for.
function showOffer() {
  const text = offered && good(offered) > 0 ? offerText() : "";
  if (text === "" && document.activeElement === $("job-start")) $("job-title").focus(); // it is about to go
  $("offer").hidden = text === "";
  $("job-start").textContent = text;
}

function offerText() {
  if (job?.check !== offered) return service?.isReal ? `Create ${count(good(offered), "user")} for real` : `Create ${count(good(offered), "good user")}`;
  const { state, counts } = job.status ?? {};
  if (state === "cancelled") return "Go on with it";
  return state === "done" && counts.unknown > 0 ? `Look up ${count(counts.unknown, "unknown row")} again` : "";
}

// start sends the rows. The program knows by them whether it has seen them
// before, and leaves out what was done then.
async function start() {
  const check = offered;
  if ($("job-start").getAttribute("aria-disabled") === "true") return;
  setSending(true);
  try {
    if (await mayStart(check)) await send(check);
  } catch {
    showAlert("offer-alert", "No answer: the program does not run, or the line was cut. Send the rows again: no row is sent twice.");
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
  return !service.isReal || confirmReal({ title: `Create ${users} for real?`, text: `They are created at ${service.base}, from ${check.file.name}.`, yes: `Create ${users}` });
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
  if (check !== offered) return; // another file was chosen meanwhile; the job is found again by its rows
  $("offer-alert").hidden = true;
  const note = resumed > 0 ? `${count(resumed, "row")} of ${count(total, "row")} ${resumed === 1 ? "was" : "were"} done before.` : "";
  show({ id, name: check.file.name, check }, note);
}

const ask = (rest, options) => fetch(path + rest, { cache: "no-store", redirect: "error", credentials: "same-origin", ...options });

// problemOf says why the program refused: its own errors are one line.
async function problemOf(response) {
  if (response.status === 401) return noSession;
  return capital((await response.text()).trim()) || `The program answered ${response.status}.`;
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
  announce(`The job has begun. ${note}`);
  watch(job);
}

// watch looks at a job until it rests, one look at a time.
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
      if (one === job) showAlert("job-alert", "No answer: the program does not run. It is asked again every two seconds.");
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

// look returns how long to wait for the next look, 0 where there is none.
async function look(one) {
  const response = await ask(`/${one.id}`);
  if (!response.ok) {
    if (one === job) lose(response.status, await problemOf(response));
    return response.status === 401 ? longPause : 0; // a session may come back
  }
  const status = await response.json();
  if (status.done < one.seen) forget(one); // a run begins the results anew
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

// lose says why the job cannot be shown.
function lose(status, problem) {
  const isGone = status === 404;
  if (isGone) sessionStorage.removeItem(remembered);
  const again = service.isReal ? "Choose the same file, check it and create again: it goes on where it was." : "Its users were in memory, and are gone.";
  showAlert("job-alert", isGone ? `The program does not know this job: it was started again. ${again}` : problem);
  for (const action of ["pause", "resume", "cancel"]) $(`job-${action}`).disabled = isGone;
  if (!isGone) return;
  $("job-state").textContent = "Not known any more";
  job = null;
  showOffer();
}

// A job that is to stop waits for its requests on their way.
const under = { pause: "Pausing…", resume: "Going on…", cancel: "Cancelling…" };

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
  one.status = null; // so that the next look tells the state, and sets the buttons
  watch(one);
}

// download saves the rows that were not created, each with what became of it.
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
  if (!$(id).hidden && $(id).textContent === text) return; // not told a second time
  $(id).textContent = text;
  $(id).hidden = false;
  announce(text);
}
