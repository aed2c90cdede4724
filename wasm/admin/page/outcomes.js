// Shows the status of a job, and the outcomes of its rows.

import { announce } from "./announce.js";
import { $, capital, count, el, number, say, shorten } from "./dom.js";

const mostShown = 100; // rows of each outcome
const mostKept = 500_000; // rows for the download

// outcomes has the outcomes of a row, each with its name and with what it means
// if the service has said nothing.
const outcomes = {
  unknown: { name: "Unknown", meaning: "The user may exist." },
  conflict: { name: "Conflict", meaning: "Another user with this identity exists." },
  refused: { name: "Refused", meaning: "The service refused it; the reason is no longer known." },
  existed: { name: "Existed", meaning: "The user already existed with the same values." },
  created: { name: "Created", meaning: "" },
};
const isBad = (outcome) => outcome !== "created" && outcome !== "existed";

const states = { running: "Creating", paused: "Paused", cancelled: "Canceled", done: "Done", failed: "Stopped" };

// clearResults empties the tables.
export function clearResults() {
  $("outcomes").replaceChildren(...Object.entries(outcomes).map(([outcome, { name }]) => {
    const caption = el("summary", { id: `outcome-${outcome}` }, name);
    const head = el("tr", {}, ...["Row", "Line"].map((text) => el("th", { scope: "col", class: "number" }, text)), el("th", { scope: "col" }, "Result"));
    const table = el("table", { id: `rows-${outcome}` }, el("thead", {}, head), el("tbody"));
    const wrap = el("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-labelledby": caption.id }, table);
    return el("details", { class: "disclosure", open: isBad(outcome), hidden: true }, caption, wrap);
  }));
}

// addResults adds results, in the order in which the rows ended.
export function addResults({ check, reasons }, results) {
  for (const result of results) {
    const { row, outcome, sid = "" } = result;
    const reason = reasonOf(result);
    if (isBad(outcome) && reasons.size < mostKept) reasons.set(row, [outcome, reason]);
    const body = $(`rows-${outcome}`).tBodies[0];
    if (body.rows.length === mostShown) continue;
    const line = check ? number(check.lines[row - 1] ?? row) : "–"; // each line of NDJSON is a row
    body.append(el("tr", {}, el("td", { class: "number" }, number(row)), el("td", { class: "number" }, line), el("td", {}, shorten(reason, 1000), sid && reason && " ", sid && el("span", { class: "mono" }, sid))));
    body.closest("details").hidden = false;
  }
}

// reasonOf describes a result, with the service's message if there is one.
function reasonOf({ outcome, status, code, message }) {
  const facts = [status && `status ${status}`, code && `code ${code}`].filter(Boolean).join(", ");
  return [facts, message || outcomes[outcome].meaning].filter(Boolean).join(": ");
}

// showStatus shows the status of a job. It announces it if it is news, and at
// each quarter of the rows.
export function showStatus({ check, status, reasons }, isNews) {
  const { state, reason, total, done, counts } = status;
  $("job-progress").value = done / Math.max(1, total);
  for (const [outcome, { name }] of Object.entries(outcomes)) {
    const n = counts[outcome] ?? 0;
    $(`job-${outcome}`).textContent = number(n);
    $(`outcome-${outcome}`).textContent = `${name}: ${number(n)}${n > mostShown ? ` (the first ${mostShown} are shown)` : ""}`;
  }
  $("job-state").textContent = `${states[state]}: ${number(done)} of ${count(total, "row")}`;
  $("job-rate").textContent = state === "running" ? rateText(status) : "";
  say("job-reason", capital(reason ?? ""));
  $("job-pause").disabled = state !== "running";
  $("job-resume").disabled = state !== "paused" && state !== "failed";
  $("job-cancel").disabled = state === "done" || state === "cancelled";
  $("job-download").disabled = state === "running" || !check || reasons.size === 0;
  $("job-file").hidden = check !== null || reasons.size === 0;
  tell(status, isNews);
}

let toldQuarter = 0;

function tell({ state, total, done }, isNews) {
  const quarter = Math.floor((4 * done) / Math.max(1, total));
  if (isNews || quarter > toldQuarter) announce(`${states[state]}: ${number(done)} of ${count(total, "row")}.`);
  toldQuarter = quarter;
}

function rateText({ rate, secondsLeft }) {
  if (!rate) return "";
  const speed = `${number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))} a second`;
  return secondsLeft ? `${speed}, ${timeText(secondsLeft)} left` : speed;
}

function timeText(seconds) {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
