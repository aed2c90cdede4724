// Checks the rows of a file in a worker, so that the page stays responsive.

import { announce } from "./announce.js";
import { $, count, duration, el, number, say, shorten, size } from "./dom.js";
import { offerJob, startJobs } from "./job.js";
import { notRead } from "./mapping.js";
import { describe, pathText } from "./issues.js";
import { closePreview, openPreview, startPreview } from "./preview.js";
import { isPlain, saveRows, unreadable } from "./reread.js";
import { FileError, linesOf, Sheet, startOf } from "./rows.js";
import { sampleFile } from "./sample.js";

const mostShown = 200; // failed rows in the table
const mostKept = 500_000; // failed rows for the download
const pause = 250; // milliseconds between two updates of the kinds of errors

let worker = null; // a promise, once a file has been checked
let run = null; // the last check
let choice = null; // the last file that was chosen

export function startBulk() {
  $("file").addEventListener("change", () => {
    const [file] = $("file").files;
    if (file) choose(file);
    $("file").value = ""; // so that the same file can be chosen again
  });
  startPreview(check);
  $("bulk-sample").addEventListener("click", () => choose(sampleFile()));
  $("bulk-cancel").addEventListener("click", () => run?.controller.abort());
  $("download").addEventListener("click", download);
  startJobs();
  for (const type of ["dragover", "dragleave", "drop"]) addEventListener(type, drag);
}

// drag chooses a file that is dropped on this panel. A file that is dropped
// elsewhere is ignored: the browser would open it instead of the page.
function drag(event) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  const isHere = $("bulk").contains(event.target);
  $("drop").classList.toggle("over", isHere && event.type === "dragover");
  if (isHere && event.type === "drop") choose(event.dataTransfer.files[0]);
}

async function openRules() {
  const { openWorker } = await import("/convuser/worker.js");
  return openWorker();
}

// choose stops the current check. NDJSON is checked at once, CSV after a
// preview.
async function choose(file) {
  choice = file;
  const last = run;
  run = null;
  last?.controller.abort();
  closePreview();
  try {
    await last?.ended;
    const start = await startOf(file);
    if (file !== choice) return; // another file was chosen meanwhile
    if (start.isNDJSON) check(file, start);
    else showPreview(file, start);
  } catch (error) {
    if (file === choice) showRefused(file, error);
  }
}

// check checks a file. The plan says how to read it: isNDJSON, or the options
// of a Sheet.
async function check(file, plan) {
  const last = run;
  const one = newRun(file, plan);
  run = one;
  last?.controller.abort();
  showStart(one);
  await last?.ended;
  if (one === run) one.ended = follow(one); // else another check was started meanwhile
}

const newRun = (file, plan) => ({
  file, plan, sheet: plan.isNDJSON ? null : new Sheet(file, plan), controller: new AbortController(), ended: null, start: performance.now(),
  isChecked: false, rows: 0, failed: 0, bytes: 0, lines: [], rowErrors: new Map(), failedRows: new Map(), kinds: new Map(), kindsShown: 0,
});

async function follow(one) {
  try {
    await checkRows(one);
    one.isChecked = true;
    showEnd(one, `Checked ${count(one.rows, "row")}: ${number(one.failed)} failed.`);
  } catch (error) {
    const isCanceled = one.controller.signal.aborted;
    if (!isCanceled) showError(error);
    showEnd(one, isCanceled ? `Canceled after ${count(one.rows, "row")}.` : "The file could not be checked.");
  }
}

// showError says why a check ended early. If the file is not the reason, the
// worker may have crashed, and the next check starts another.
function showError(error) {
  if (error instanceof FileError) {
    say("run-alert", error.message);
    return;
  }
  worker = null;
  say("run-alert", `The check ended early (${error.code ?? error.name}). Check the file again.`);
}

async function checkRows(one) {
  worker ??= openRules();
  const rules = await worker;
  const options = { signal: one.controller.signal, onProgress: ({ done }) => showProgress(one, done) };
  for await (const { index, issues } of rules.validateMany(...rowsOf(one, options))) {
    note(one, index, issues);
  }
}

// rowsOf returns the arguments for validateMany, which decodes UTF-8 itself.
function rowsOf(one, options) {
  if (one.sheet) return [requestsOf(one), { ...options, format: "object" }];
  return [isPlain(one.plan) ? one.file : linesOf(one.file, one.plan.encoding), { ...options, format: "ndjson" }];
}

async function* requestsOf(one) {
  for await (const { index, line, request, errors } of one.sheet.requests((bytes) => (one.bytes += bytes))) {
    one.lines[index] = line;
    if (errors.length > 0) one.rowErrors.set(index, errors);
    yield request;
  }
}

// note records a failed row for the tables and the download.
function note(one, index, issues) {
  const lines = one.rowErrors.get(index)?.map(({ field, text }) => ({ field, text, kind: text })) ?? issues.map(lineOf);
  one.rowErrors.delete(index);
  one.failed++;
  for (const { field, kind } of lines) addKind(one.kinds, field, kind);
  if (one.failedRows.size < mostKept) one.failedRows.set(index, lines);
  if (one.failed <= mostShown && one === run) showFailure(index, one.lines[index] ?? index + 1, lines);
}

const lineOf = (issue) => ({ field: pathText(issue), text: describe(issue, issue.line === 1), kind: issue.message });

function addKind(kinds, field, kind) {
  const key = `${field}\n${kind}`;
  const known = kinds.get(key);
  if (known) known.rows++;
  else kinds.set(key, { field, kind, rows: 1 });
}

// ------------------------------------------------------------ what is shown

// showPreview hides the results of another file.
function showPreview(file, start) {
  for (const id of ["run", "findings"]) $(id).hidden = true;
  offerJob(null);
  openPreview(file, start);
}

function showRefused(file, error) {
  $("run").hidden = false;
  showEmpty(file);
  say("run-alert", error instanceof FileError ? error.message : unreadable);
  const text = "The file could not be checked.";
  $("run-name").textContent = `${file.name}, ${size(file.size)}. ${text}`;
  announce(text);
}

function showStart(one) {
  $("run").hidden = false;
  showEmpty(one.file);
  $("bulk-cancel").disabled = false;
  $("progress").removeAttribute("value");
  announce("The check has started.");
}

function showEmpty(file) {
  offerJob(null);
  $("run-name").textContent = `${file.name}, ${size(file.size)}`;
  $("bulk-cancel").disabled = true;
  $("download").disabled = true;
  $("findings").hidden = true;
  for (const id of ["run-alert", "run-note"]) $(id).hidden = true;
  for (const id of ["kinds", "failed-rows"]) $(id).tBodies[0].replaceChildren();
  for (const id of ["count-rows", "count-good", "count-failed", "count-time"]) $(id).textContent = "0";
  $("progress").value = 0;
}

function showProgress(one, rows) {
  one.rows = rows;
  if (one !== run) return;
  if (one.sheet) $("progress").value = one.bytes / Math.max(1, one.file.size);
  showCounts(one);
  if (performance.now() - one.kindsShown < pause) return;
  showKinds(one);
  one.kindsShown = performance.now();
}

function showCounts(one) {
  $("count-rows").textContent = number(one.rows);
  $("count-good").textContent = number(one.rows - one.failed);
  $("count-failed").textContent = number(one.failed);
  $("count-time").textContent = duration(performance.now() - one.start);
}

function showEnd(one, text) {
  if (one !== run) return; // another check was started meanwhile
  showCounts(one);
  $("progress").value = one.controller.signal.aborted ? $("progress").value : 1;
  if (document.activeElement === $("bulk-cancel")) $("file").focus(); // a disabled button loses the focus
  $("bulk-cancel").disabled = true;
  $("download").disabled = one.failed === 0;
  $("run-name").textContent = `${one.file.name}, ${size(one.file.size)}. ${text}`;
  showKinds(one);
  showNote(one);
  if (one.isChecked && one.failed <= mostKept) offerJob(one); // otherwise some failed rows are not recorded
  announce(text);
}

function showKinds(one) {
  const kinds = [...one.kinds.values()].sort((a, b) => b.rows - a.rows);
  $("kinds").tBodies[0].replaceChildren(...kinds.map(({ field, kind, rows }) => tableRow([rows], field, kind)));
}

function tableRow(numbers, field, error) {
  const cells = numbers.map((n) => el("td", { class: "number" }, number(n)));
  return el("tr", {}, ...cells, el("td", {}, el("b", {}, field || "Row"), " ", error));
}

function showFailure(index, line, lines) {
  $("findings").hidden = false;
  $("failed-rows").tBodies[0].append(...lines.map(({ field, text }) => tableRow([index + 1, line], field, text)));
}

function showNote(one) {
  const notes = [];
  if (one.failed > mostShown) notes.push(`The table has the first ${number(mostShown)} failed rows, the download ${one.failed > mostKept ? `the first ${number(mostKept)}` : "all of them"}.`);
  const unread = (one.sheet?.columns ?? []).filter(({ target }) => target === notRead).map(({ name }) => name);
  if (unread.length > 0) notes.push(`${count(unread.length, "column is", "columns are")} not read: ${unread.join(", ")}.`);
  say("run-note", shorten(notes.join(" ")));
}

// ------------------------------------------------------------ the download

async function download() {
  const one = run;
  const reasons = { names: ["errors"], of: (index) => one.failedRows.has(index) && [one.failedRows.get(index).map(({ field, text }) => (field ? `${field}: ${text}` : text)).join("; ")] };
  try {
    await saveRows(one, reasons, "failed");
    announce("The failed rows are downloaded.");
  } catch {
    say("run-alert", unreadable);
  }
}
