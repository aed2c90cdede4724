// Ajv's standalone code, which prepare.js generates: with its defaults, and with
// ownProperties, since convuser reads only own members. Without allErrors it stops
// at the first error, and accepts faster.

import * as generated from "../.build/ajv.js";
import { pairsOf } from "./shared.js";

function consumeErrors(errors) {
  let sum = 0;
  for (const { message, instancePath, keyword } of errors) sum += message.length + instancePath.length + keyword.length;
  return sum;
}

/** For a missing member, Ajv reports the object, convuser the member. */
const pathOf = ({ instancePath, params }) => [...instancePath.split("/").slice(1), ...(params.missingProperty ? [params.missingProperty] : [])];

const issue = (error) => ({ message: error.message, path: pathOf(error), code: error.keyword });

const readErrors = (errors) => (errors === null ? { ok: true } : { ok: false, issues: errors.map(issue) });

function contender(name, first, all) {
  const request = (validate) => ({
    call: (input) => (validate(input) ? null : validate.errors),
    consume: (errors) => (errors === null ? 1 : consumeErrors(errors)),
    read: readErrors,
  });
  return {
    name,
    request: request(first),
    issues: request(all),
    form: {
      call(body) {
        const value = pairsOf(body);
        return all(value) ? { value, errors: null } : { value, errors: all.errors };
      },
      consume: ({ value, errors }) =>
        errors === null ? value.Identity.length + value.FriendlyName.length + value.Attributes.length + value.RoleSid.length : consumeErrors(errors),
      read: ({ value, errors }) => ({ ...readErrors(errors), value }),
    },
  };
}

export const ajvOwn = contender("Ajv ownProperties", generated.ownFirst, generated.ownAll);
export const ajvDefault = contender("Ajv", generated.first, generated.all);
