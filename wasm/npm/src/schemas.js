// The schemas of a request and of its fields, which load the rules at their
// first use.

import { WasmError } from "./errors.js";
import { jsonSchema, standardResult, standardSchema } from "./json_schema.js";
import { checkLeniency } from "./leniency.js";
import { requestNames } from "./members.js";
import { checkOptions, loadOptions } from "./options.js";
import { checkMessages } from "./words.js";

/** Load gives a codec, or a promise of one; it is given the options that are its own, or undefined. */
export function makeSchemas(load, loadNames = ["source", "integrity", "signal", "maxBytes"]) {
  /** Checks options; returns them, with words, and a function that calls another with the codec. */
  function open(options, names) {
    checkOptions(options, [...names, "messages", ...loadNames]);
    const { messages, unknown, emptyAsAbsent, ...loading } = options;
    const leniency = checkLeniency({ unknown, emptyAsAbsent });
    const given = Object.keys(loading).length > 0 ? loading : undefined;
    if (given !== undefined) loadOptions(given);
    let codec;
    const withCodec = (use) => {
      if (codec !== undefined) return use(codec);
      const loaded = load(given);
      return typeof loaded.then === "function" ? loaded.then((it) => use((codec = it))) : use((codec = loaded));
    };
    return { messages: checkMessages(messages), leniency, withCodec };
  }

  function createSchema(options = {}) {
    const { messages, leniency, withCodec } = open(options, ["unknown", "emptyAsAbsent"]);
    const given = leniency.unknown === "strip" || leniency.emptyAsAbsent ? leniency : undefined; // else it is asked the fast way
    const validate = (value) => withCodec((codec) => standardResult(codec.validateRequest(value, given), messages));
    return standardSchema(validate, (wanted) => inputSchema(wanted, leniency), jsonSchema);
  }

  function fieldSchema(field, options = {}) {
    const { messages, leniency, withCodec } = open(options, ["emptyAsAbsent"]);
    if (!requestNames.includes(field)) throw new WasmError("OPTIONS", `field: want ${requestNames.join(", ")}`);
    const validate = (value) =>
      withCodec((codec) => {
        const result = standardResult(codec.validateField(field, leniency.emptyAsAbsent && value === "" ? undefined : value), messages);
        return result.issues === undefined ? result : { issues: result.issues.map((issue) => ({ ...issue, path: [] })) };
      });
    const only = ({ $schema, properties }) => ({ $schema, ...properties[field] });
    return standardSchema(validate, (wanted) => only(inputSchema(wanted, leniency)), (wanted) => only(jsonSchema(wanted)));
  }

  return { createSchema, fieldSchema, schema: createSchema() };
}

/** What a schema takes that is lenient. */
function inputSchema(wanted, { unknown, emptyAsAbsent }) {
  const schema = jsonSchema(wanted);
  if (unknown === "strip") delete schema.additionalProperties;
  if (emptyAsAbsent) schema.properties.RoleSid = { type: "string", pattern: "^(RL[0-9a-fA-F]{32})?$", maxLength: 34 };
  return schema;
}
