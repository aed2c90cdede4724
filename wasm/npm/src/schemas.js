// Schemas of a request and of its fields, which load the codec on first use.

import { checkMessages } from "./custom_messages.js";
import { WasmError } from "./errors.js";
import { jsonSchema, standardResult, standardSchema } from "./json_schema.js";
import { requestNames } from "./members.js";
import { checkOptions, loadNames, loadOptions, requestOptions } from "./options.js";

/** load returns a codec, or a promise of one. Its argument has the options named in own, or is undefined if none is given. */
export function makeSchemas(load, own = loadNames) {
  /** Checks options. Returns the messages, the options of validateRequest, and a function that calls another with the codec. */
  function open(options, names) {
    checkOptions(options, [...names, "messages", ...own]);
    const { messages, unknown, emptyAsAbsent, ...loading } = options;
    const request = requestOptions({ unknown, emptyAsAbsent });
    const given = Object.keys(loading).length > 0 ? loading : undefined;
    if (given !== undefined) loadOptions(given);
    let codec;
    const withCodec = (use) => {
      if (codec !== undefined) return use(codec);
      const loaded = load(given);
      return typeof loaded.then === "function" ? loaded.then((it) => use((codec = it))) : use((codec = loaded));
    };
    return { messages: checkMessages(messages), request, withCodec };
  }

  function createSchema(options = {}) {
    const { messages, request, withCodec } = open(options, ["unknown", "emptyAsAbsent"]);
    const given = request.unknown === "strip" || request.emptyAsAbsent ? request : undefined; // undefined is faster
    const validate = (value) => withCodec((codec) => standardResult(codec.validateRequest(value, given), messages));
    return standardSchema(validate, (wanted) => inputSchema(wanted, request), jsonSchema);
  }

  function fieldSchema(field, options = {}) {
    const { messages, request, withCodec } = open(options, ["emptyAsAbsent"]);
    if (!requestNames.includes(field)) throw new WasmError("OPTIONS", `field: want ${requestNames.join(", ")}`);
    const validate = (value) =>
      withCodec((codec) => {
        const result = standardResult(codec.validateField(field, request.emptyAsAbsent && value === "" ? undefined : value), messages);
        return result.issues === undefined ? result : { issues: result.issues.map((issue) => ({ ...issue, path: [] })) };
      });
    const only = ({ $schema, properties }) => ({ $schema, ...properties[field] });
    return standardSchema(validate, (wanted) => only(inputSchema(wanted, request)), (wanted) => only(jsonSchema(wanted)));
  }

  return { createSchema, fieldSchema, schema: createSchema() };
}

/** Returns the JSON Schema of what these options accept. */
function inputSchema(wanted, { unknown, emptyAsAbsent }) {
  const schema = jsonSchema(wanted);
  if (unknown === "strip") delete schema.additionalProperties;
  if (emptyAsAbsent) schema.properties.RoleSid = { type: "string", pattern: "^(RL[0-9a-fA-F]{32})?$", maxLength: 34 };
  return schema;
}
