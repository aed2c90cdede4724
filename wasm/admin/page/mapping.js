// What the columns of a CSV file are read as, and the requests that its rows
// become.

import { requestNames } from "./members.js";

// A column is {name, target, member, type}. Its target is a member of the
// request, notRead, or asMember: then it is a member of Attributes with a name
// and a type.
export const notRead = "";
export const asMember = "member";

// types are those that a member can have, with their names for people.
export const types = { text: "text", number: "number", boolean: "true/false" };

const header = "X-Twilio-Webhook-Enabled"; // the wire name of WebhookEnabled
const wellKnown = { Identity: ["email", "username", "user", "login", "id"], FriendlyName: ["name", "displayname", "fullname"] };

const exact = (name) => (name === header ? "WebhookEnabled" : requestNames.find((one) => one === name));
const folded = (name) => name.toLowerCase().replace(/[\s_.-]/g, "");

// likelyColumns chooses what each name is likely to mean. A name that is only
// like one never takes the place of an exact one.
export function likelyColumns(names) {
  const columns = names.map((name) => ({ name, target: exact(name) ?? notRead, member: "", type: "text" }));
  const take = (target, word) => {
    if (columns.some((column) => column.target === target)) return;
    const like = columns.find(({ name }) => folded(name) === word);
    if (like) like.target = target;
  };
  for (const target of requestNames) take(target, folded(target));
  take("WebhookEnabled", folded(header));
  for (const [target, words] of Object.entries(wellKnown)) for (const word of words) take(target, word);
  for (const column of columns) {
    const [, member] = /^attributes\.(.+)$/is.exec(column.name) ?? [];
    if (member !== undefined) Object.assign(column, { target: asMember, member });
  }
  return columns;
}

// problemsOf returns why the columns make no requests: {index, text}, where
// the index is that of a column, or -1 for all of them.
export function problemsOf(columns) {
  const problems = [];
  const seen = new Set();
  for (const [index, { target, member }] of columns.entries()) {
    if (target === notRead) continue;
    const key = target === asMember ? `.${member}` : target;
    if (key === ".") problems.push({ index, text: "Give the member a name." });
    else if (seen.has(key)) problems.push({ index, text: target === asMember ? "Another column is this member already." : `Another column is ${target} already.` });
    seen.add(key);
  }
  if (!seen.has("Identity")) problems.push({ index: -1, text: "No column is read as Identity. Choose the one that is unique to each user." });
  return problems;
}

// requestOf makes a request of the cells of a row, and lists the errors of
// cells that are not of their type: {field, text}. CSV has no null, so an
// empty optional cell is not sent.
export function requestOf(columns, cells) {
  const request = Object.create(null);
  const members = [];
  const errors = [];
  for (const [i, { target, member, type }] of columns.entries()) {
    const cell = cells[i];
    if (target === notRead || (cell === "" && target !== "Identity")) continue;
    if (target !== asMember) {
      request[target] = target === "WebhookEnabled" ? booleanOf(cell) : cell;
      continue;
    }
    const value = valueOf[type](cell);
    if (value === undefined) errors.push({ field: `Attributes.${member}`, text: wants[type] });
    else members.push({ member, value });
  }
  if (members.length > 0) request.Attributes = withMembers(request.Attributes, members, errors);
  return { request, errors };
}

// A spreadsheet writes TRUE and FALSE.
const booleans = { true: true, TRUE: true, false: false, FALSE: false };
const booleanOf = (cell) => (Object.hasOwn(booleans, cell) ? booleans[cell] : cell);

// valueOf writes a cell as JSON; undefined where it is not of the type. A
// number keeps its text, as 1.10 and 9007199254740993 need it.
const valueOf = {
  text: (cell) => JSON.stringify(cell),
  number: (cell) => (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? cell : undefined),
  boolean: (cell) => (Object.hasOwn(booleans, cell) ? String(booleans[cell]) : undefined),
};
const wants = { number: "Want a number as JSON has it", boolean: "Want true or false" };

// withMembers adds members to the object of the column Attributes, whose text
// stays as it is. A text that is no object comes back without them: the rules
// refuse it, and say where.
function withMembers(text, members, errors) {
  const added = members.map(({ member, value }) => `${JSON.stringify(member)}:${value}`).join(",");
  if (text === undefined) return `{${added}}`;
  const object = objectIn(text);
  if (!object) return text;
  for (const { member } of members) {
    if (Object.hasOwn(object, member)) errors.push({ field: `Attributes.${member}`, text: "The column Attributes has this member already" });
  }
  const comma = Object.keys(object).length === 0 ? "" : ",";
  return `${text.slice(0, text.lastIndexOf("}"))}${comma}${added}}`;
}

function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
