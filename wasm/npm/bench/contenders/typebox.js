import Type from "typebox";
import Format from "typebox/format";
import { Compile } from "typebox/compile";
import { isObjectText, ROLE } from "./shared.js";

Format.Set("json-object", isObjectText);

const validator = Compile(
  Type.Object(
    {
      Identity: Type.String({ minLength: 1 }),
      FriendlyName: Type.Optional(Type.String()),
      Attributes: Type.Optional(Type.String({ format: "json-object" })),
      RoleSid: Type.Optional(Type.String({ pattern: ROLE.source })),
      WebhookEnabled: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
);

function consumeErrors(errors) {
  let sum = 0;
  for (const { message, instancePath, keyword } of errors) sum += message.length + instancePath.length + keyword.length;
  return sum;
}

const issue = ({ message, instancePath, keyword }) => ({ message, path: instancePath.split("/").slice(1), code: keyword });

const request = {
  call: (input) => (validator.Check(input) ? null : validator.Errors(input)),
  consume: (errors) => (errors === null ? 1 : consumeErrors(errors)),
  read: (errors) => (errors === null ? { ok: true } : { ok: false, issues: errors.map(issue) }),
};

export const typebox = { name: "TypeBox", request, issues: request };
