// Shows the start of a CSV file, and lets a person choose how to read it before
// it is checked.

import { announce } from "./announce.js";
import { $, count, el, number, say, shorten, size } from "./dom.js";
import { encodings } from "./encoding.js";
import { asMember, likelyColumns, notRead, problemsOf, types } from "./mapping.js";
import { requestNames } from "./members.js";
import { likelySeparator, previewOf, separators } from "./rows.js";

const mostShown = 80; // characters of a name or a cell

let shown = null; // {file, start, columns, problem}

const targets = {
  ...Object.fromEntries(requestNames.map((name) => [name, name === "Attributes" ? "Attributes (JSON text)" : name])),
  [asMember]: "Attributes: member …",
  [notRead]: "not read",
};

const options = (names) => Object.entries(names).map(([value, text]) => el("option", { value }, text));

// startPreview calls onCheck with a file and the plan of how to read it.
export function startPreview(onCheck) {
  $("encoding").append(...options(encodings));
  $("separator").append(...options(separators));
  $("encoding").addEventListener("change", () => {
    $("confirm").checked = false;
    read();
  });
  $("separator").addEventListener("change", read);
  $("confirm").addEventListener("change", showProblems);
  $("preview").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = showProblems();
    if (first) stop(first);
    else onCheck(shown.file, { encoding: $("encoding").value, separator: $("separator").value, columns: shown.columns.map((column) => ({ ...column })) });
  });
}

export function closePreview() {
  shown = null;
  $("preview").hidden = true;
}

export function openPreview(file, start) {
  shown = { file, start, columns: [], problem: "" };
  $("preview-name").textContent = `${file.name}, ${size(file.size)}`;
  $("encoding").value = start.encoding;
  $("separator").value = likelySeparator(start, start.encoding);
  $("confirm").checked = false;
  $("preview").hidden = false;
  read();
}

// read reads the start of the file with the chosen encoding and separator.
function read() {
  const { names, rows, problem } = previewOf(shown.start, $("encoding").value, $("separator").value);
  Object.assign(shown, { columns: likelyColumns(names), problem });
  $("confirm-field").hidden = $("encoding").value !== "windows-1252";
  $("found").textContent = foundText(shown.start);
  $("columns-rows").replaceChildren(cellsOf(rows, ({ row }) => `Row ${number(row)}`));
  $("columns").tBodies[0].replaceChildren(...shown.columns.map((column, i) => columnRow(column, i, rows)));
  showProblems();
  announce(`${count(names.length, "column")} found. Choose what each is read as, then check.`);
}

function foundText({ encoding, isMarked, isWhole }) {
  if (isMarked) return `${encodings[encoding]}, according to its byte order mark.`;
  if (encoding !== "utf-8") return "The file is not UTF-8. It may be Windows-1252, which older programs write.";
  return isWhole ? "The file is UTF-8." : "The first 64 KB are UTF-8.";
}

// ------------------------------------------------------------ the columns

// columnRow shows a column, what it is read as, and its first cells.
function columnRow(column, i, rows) {
  const name = column.name === "" ? `Column ${i + 1}, without a name` : shorten(column.name, mostShown);
  const label = (what) => `${name}: ${what}`;
  const target = listOf("target", label("read as"), targets, column.target);
  const member = el("input", { class: "box mono", "aria-label": label("member of Attributes"), value: column.member, placeholder: "member", spellcheck: "false", autocapitalize: "none" });
  const type = listOf("type", label("type of the member"), types, column.type);
  const memberParts = el("div", { class: "member", hidden: column.target !== asMember }, member, type);
  target.addEventListener("change", () => {
    column.target = target.value;
    memberParts.hidden = column.target !== asMember;
    if (column.target === asMember && column.member === "") member.value = column.member = column.name;
    showProblems();
  });
  member.addEventListener("input", () => {
    column.member = member.value;
    showProblems();
  });
  type.addEventListener("change", () => (column.type = type.value));
  const messages = el("div", { class: "messages", id: `column-${i}-messages` });
  for (const control of [target, member]) control.setAttribute("aria-describedby", messages.id);
  const cells = cellsOf(rows, ({ cells }) => shorten(cells[i] ?? "", mostShown));
  // In a narrow window these are blocks, and only the roles make them a table.
  return el("tr", { role: "row" }, el("th", { scope: "row", role: "rowheader" }, name), el("td", { role: "cell" }, target, memberParts, messages), el("td", { role: "cell" }, cells));
}

const cellsOf = (rows, text) => el("ol", { class: "cells mono" }, ...rows.map((row) => el("li", { value: row.row }, text(row))));

function listOf(className, label, names, value) {
  const list = el("select", { class: `box ${className}`, "aria-label": label }, ...options(names));
  list.value = value;
  return list;
}

// ------------------------------------------------------------ what is wrong

// showProblems shows each problem beside its control, and returns them as
// {text, control}.
function showProblems() {
  const { columns, problem } = shown;
  const rows = [...$("columns").tBodies[0].rows];
  const found = problem === "" ? problemsOf(columns) : [{ index: -1, text: problem }];
  for (const [i, row] of rows.entries()) {
    const own = found.filter(({ index }) => index === i);
    const messages = row.querySelector(".messages");
    messages.replaceChildren(...own.map(({ text }) => el("p", { class: "issue" }, text)));
    for (const control of row.querySelectorAll(".target, input")) control.setAttribute("aria-invalid", String(own.length > 0 && control === controlOf(row, columns[i])));
  }
  say("preview-alert", found.filter(({ index }) => index < 0).map(({ text }) => text).join(" "));
  const problems = found.map(({ index, text }) => ({ text, control: index < 0 ? rows[0]?.querySelector(".target") ?? $("separator") : controlOf(rows[index], columns[index]) }));
  if (isUnconfirmed()) problems.push({ text: $("confirm-issue").textContent, control: $("confirm") });
  else $("confirm-issue").hidden = true;
  return problems;
}

const isUnconfirmed = () => !$("confirm-field").hidden && !$("confirm").checked;

const controlOf = (row, { target }) => row.querySelector(target === asMember ? "input" : ".target");

// stop shows the problem because of which the file cannot be checked.
function stop({ text, control }) {
  $("confirm-issue").hidden = control !== $("confirm");
  control.focus();
  announce(text);
}
