// The rules that JSON Schema can express. contentSchema, on Attributes, is only
// an annotation.

import { withMessage } from "./custom_messages.js";

const dialects = {
  "draft-2020-12": "https://json-schema.org/draft/2020-12/schema",
  "draft-07": "http://json-schema.org/draft-07/schema#",
};

export function jsonSchema({ target }) {
  if (!Object.hasOwn(dialects, target)) throw new TypeError("want the target draft-2020-12 or draft-07");
  const attributes = { type: "string", contentMediaType: "application/json" };
  if (target === "draft-2020-12") attributes.contentSchema = { type: "object" };
  return {
    $schema: dialects[target],
    type: "object",
    properties: {
      Identity: { type: "string", minLength: 1 },
      FriendlyName: { type: "string" },
      Attributes: attributes,
      RoleSid: { type: "string", pattern: "^RL[0-9a-fA-F]{32}$", minLength: 34, maxLength: 34 },
      WebhookEnabled: { type: "boolean" },
    },
    required: ["Identity"],
    additionalProperties: false,
  };
}

/** Makes a Standard Schema (standardschema.dev) of a validate function. */
export function standardSchema(validate, input = jsonSchema, output = input) {
  return Object.freeze({
    "~standard": Object.freeze({ version: 1, vendor: "convuser", validate, jsonSchema: Object.freeze({ input, output }) }),
  });
}

/** Converts the result of a codec without custom messages. */
export function standardResult(result, messages) {
  return result.ok ? { value: result.value } : { issues: result.issues.map((issue) => withMessage(issue, messages, true)) };
}
