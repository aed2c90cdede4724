// Inputs on which contenders may differ: the vectors of the repository, and values
// that only JavaScript has. They are not timed.

import { readFileSync } from "node:fs";

const ROOT = new URL("../../../", import.meta.url);

/** The vectors that are strings; the others are invalid UTF-8. */
function vectors(path) {
  const list = JSON.parse(readFileSync(new URL(path, ROOT), "utf8"));
  return list.filter((v) => v.b64 === undefined).map((v) => ({ ...v, text: v.in ?? repeated(v.repeat) }));
}

const repeated = (parts) => parts.map(([text, n]) => text.repeat(n)).join("");

const SID = "RL" + "a".repeat(32);
const good = (more) => ({ Identity: "admin", ...more });

function fromVectors() {
  const attributes = vectors("validate/testdata/attributes.json").map((v) => [`Attributes: ${v.name}`, good({ Attributes: v.text })]);
  const sids = vectors("validate/testdata/sid.json")
    .filter((v) => v.prefix === "RL")
    .map((v) => [`RoleSid: ${v.name}`, good({ RoleSid: v.text })]);
  const texts = vectors("validate/testdata/text.json").map((v) => [`Identity: ${v.name}`, { Identity: v.text }]);
  return [...attributes, ...sids, ...texts];
}

class Request {
  Identity = "admin";
  get FriendlyName() {
    return 7;
  }
}

function onlyInJavaScript() {
  const hidden = Object.defineProperty(good({}), "RoleSid", { value: "RLxyz", enumerable: false });
  return [
    ["lone surrogate in Identity", good({ Identity: "a\ud800" })],
    ["lone surrogate in FriendlyName", good({ FriendlyName: "\udc00a" })],
    ["lone surrogate in Attributes", good({ Attributes: '{"a":"\ud83d"}' })],
    ["newline behind the SID", good({ RoleSid: SID + "\n" })],
    ["object as Attributes", good({ Attributes: { duty: "tech" } })],
    ["array as Attributes", good({ Attributes: [] })],
    ["null as Identity", good({ Identity: null })],
    ["null as FriendlyName", good({ FriendlyName: null })],
    ["null as Attributes", good({ Attributes: null })],
    ["null as RoleSid", good({ RoleSid: null })],
    ["null as WebhookEnabled", good({ WebhookEnabled: null })],
    ["text as WebhookEnabled", good({ WebhookEnabled: "true" })],
    ["undefined as every optional member", good({ FriendlyName: undefined, Attributes: undefined, RoleSid: undefined, WebhookEnabled: undefined })],
    ["undefined as Identity", { Identity: undefined }],
    ["undefined as an unknown member", good({ identity: undefined })],
    ["own __proto__", JSON.parse('{"Identity":"admin","__proto__":{"RoleSid":"RLxyz"}}')],
    ["own constructor", good({ constructor: "x" })],
    ["own toString", good({ toString: "x" })],
    ["own hasOwnProperty", good({ hasOwnProperty: "x" })],
    ["unknown name", good({ identity: "admin" })],
    ["symbol", good({ [Symbol("x")]: 1 })],
    ["inherited Identity", Object.create({ Identity: "admin" })],
    ["inherited bad RoleSid", Object.assign(Object.create({ RoleSid: "RLxyz" }), { Identity: "admin" })],
    ["inherited unknown name", Object.assign(Object.create({ x: 1 }), { Identity: "admin" })],
    ["no prototype", Object.assign(Object.create(null), { Identity: "admin" })],
    ["instance of a class", new Request()],
    ["bad RoleSid that is not enumerable", hidden],
    ["String object as Identity", good({ Identity: new String("admin") })],
    ["number as Identity", good({ Identity: 7 })],
    ["array", ["admin"]],
    ["array with the names", Object.assign([], { Identity: "admin" })],
    ["function with the names", Object.assign(() => {}, { Identity: "admin" })],
    ["text", "admin"],
    ["null", null],
    ["undefined", undefined],
  ];
}

const ROW = "Identity=admin&FriendlyName=name&RoleSid=" + SID;

function forms() {
  const parsed = vectors("encode/testdata/form.json").filter((v) => !v.allowUnknown);
  return [
    ...parsed.map((v) => [v.name, v.text]),
    ["leading ?", "?Identity=admin"],
    ["leading byte order mark", "\ufeffIdentity=admin"],
    ["raw lone surrogate", "Identity=a\ud800"],
    ["unescaped bytes that are no UTF-8", "Identity=%FF"],
    ["escaped surrogate", "Identity=%ED%A0%80"],
    ["overlong", "Identity=%C0%AF"],
    ["repeated name, same value", "Identity=admin&Identity=admin"],
    ["__proto__", ROW + "&__proto__=x"],
    ["constructor", ROW + "&constructor=x"],
    ["WebhookEnabled", ROW + "&WebhookEnabled=true"],
    ["nested form", ROW + "&Attributes[duty]=tech"],
    ["newline behind the SID", ROW + "%0A"],
    ["Attributes not an object", ROW + "&Attributes=%5B%5D"],
  ];
}

export const hostileRequests = () => [...fromVectors(), ...onlyInJavaScript()];
export const hostileForms = forms;
