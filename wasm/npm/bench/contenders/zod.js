import * as z from "zod";
import { isObjectText, pairsOf, ROLE, WANT_OBJECT } from "./shared.js";

const schema = z.strictObject({
  Identity: z.string().min(1),
  FriendlyName: z.string().optional(),
  Attributes: z.string().refine(isObjectText, WANT_OBJECT).optional(),
  RoleSid: z.string().regex(ROLE).optional(),
  WebhookEnabled: z.boolean().optional(),
});

function consumeIssues(issues) {
  let sum = 0;
  for (const { message, path, code } of issues) sum += message.length + path.length + code.length;
  return sum;
}

const check = (request) => schema.safeParse(request);

const read = ({ success, data, error }) => (success ? { ok: true, value: data } : { ok: false, issues: error.issues });

const request = {
  call: check,
  consume: ({ success, error }) => (success ? 1 : consumeIssues(error.issues)),
  read,
};

export const zod = {
  name: "Zod",
  request,
  issues: request,
  form: {
    call: (body) => check(pairsOf(body)),
    consume: ({ success, data, error }) =>
      success ? data.Identity.length + data.FriendlyName.length + data.Attributes.length + data.RoleSid.length : consumeIssues(error.issues),
    read,
  },
};
