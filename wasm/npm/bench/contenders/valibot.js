import * as v from "valibot";
import { isObjectText, ROLE, WANT_OBJECT } from "./shared.js";

const schema = v.strictObject({
  Identity: v.pipe(v.string(), v.minLength(1)),
  FriendlyName: v.optional(v.string()),
  Attributes: v.optional(v.pipe(v.string(), v.check(isObjectText, WANT_OBJECT))),
  RoleSid: v.optional(v.pipe(v.string(), v.regex(ROLE))),
  WebhookEnabled: v.optional(v.boolean()),
});

function consumeIssues(issues) {
  let sum = 0;
  for (const { message, path, type } of issues) sum += message.length + path.length + type.length;
  return sum;
}

const issue = ({ message, path, type }) => ({ message, path: path.map(({ key }) => key), code: type });

const check = (request) => v.safeParse(schema, request);

const read = ({ success, output, issues }) => (success ? { ok: true, value: output } : { ok: false, issues: issues.map(issue) });

const request = { call: check, consume: ({ success, issues }) => (success ? 1 : consumeIssues(issues)), read };

export const valibot = { name: "Valibot", request, issues: request };
