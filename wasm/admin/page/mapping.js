// Maps the columns of a CSV file to members, and its rows to requests.

import { requestNames } from "./members.js";

// A column is {name, target, member, type}. Its target is a member of the
// request, notRead, or asMember, which means a member of Attributes with the
// name member and a type.
export const notRead = "";
export const asMember = "member";

// types has the names of the types that a member can have.
export const types = { text: "text", number: "number", boolean: "true/false" };

const header = "X-Twilio-Webhook-Enabled"; // the wire name of WebhookEnabled
const wellKnown = { Identity: ["email", "username", "user", "login", "id"], FriendlyName: ["name", "displayname", "fullname"] };

const exact = (name) => (name === header ? "WebhookEnabled" : requestNames.find((one) => one === name));
const folded = (name) => name.toLowerCase().replace(/[\s_.-]/g, "");

// likelyColumns guesses the target of each column from its name. An exact name
// comes before a similar one.
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

// problemsOf returns why the columns cannot become requests, as {index, text},
// where the index is that of a column, or -1 for all of them.
export function problemsOf(columns) {
  const problems = [];
  const seen = new Set();
  for (const [index, { target, member }] of columns.entries()) {
    if (target === notRead) continue;
    const key = target === asMember ? `.${member}` : target;
    if (key === ".") problems.push({ index, text: "Give the member a name." });
    else if (seen.has(key)) problems.push({ index, text: target === asMember ? "Another column is already read as this member." : `Another column is already read as ${target}.` });
    seen.add(key);
  }
  if (!seen.has("Identity")) problems.push({ index: -1, text: "No column is read as Identity. Choose the column that is unique for each user." });
  return problems;
}

// requestOf returns the request of a row, and the errors, {field, text}, of
// cells that do not have their type. CSV has no null, so an empty optional cell
// is not sent.
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

// valueOf returns a cell as JSON, or undefined if it has the wrong type. A number
// keeps its text, since 1.10 and 9007199254740993 would change.
const valueOf = {
  text: (cell) => JSON.stringify(cell),
  number: (cell) => (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? cell : undefined),
  boolean: (cell) => (Object.hasOwn(booleans, cell) ? String(booleans[cell]) : undefined),
};
const wants = { number: "Want a JSON number", boolean: "Want true or false" };

// withMembers adds members to the text of an object, the column Attributes. A
// text that is not an object is returned as it is: the rules report its error.
function withMembers(text, members, errors) {
  const added = members.map(({ member, value }) => `${JSON.stringify(member)}:${value}`).join(",");
  if (text === undefined) return `{${added}}`;
  const object = objectIn(text);
  if (!object) return text;
  for (const { member } of members) {
    if (Object.hasOwn(object, member)) errors.push({ field: `Attributes.${member}`, text: "The column Attributes already has this member" });
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
