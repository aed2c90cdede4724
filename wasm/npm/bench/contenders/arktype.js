import { type } from "arktype";
import { isObjectText, ROLE, WANT_OBJECT } from "./shared.js";

const check = type({
  "+": "reject",
  Identity: "string >= 1",
  "FriendlyName?": "string",
  "Attributes?": type("string").narrow((text, ctx) => isObjectText(text) || ctx.mustBe(WANT_OBJECT)),
  "RoleSid?": ROLE,
  "WebhookEnabled?": "boolean",
});

function consumeErrors(errors) {
  let sum = 0;
  for (const { message, path, code } of errors) sum += message.length + path.length + code.length;
  return sum;
}

const issue = ({ message, path, code }) => ({ message, path: [...path], code });

const request = {
  call: (input) => check(input),
  consume: (result) => (result instanceof type.errors ? consumeErrors(result) : 1),
  read: (result) => (result instanceof type.errors ? { ok: false, issues: [...result].map(issue) } : { ok: true, value: result }),
};

export const arktype = { name: "ArkType", request, issues: request };
