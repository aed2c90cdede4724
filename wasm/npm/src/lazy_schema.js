import { standardResult, standardSchema } from "./json_schema.js";

/** A schema that loads the rules at its first use. */
export function lazySchema(init) {
  let codec;
  return standardSchema((value) => {
    if (codec !== undefined) return standardResult(codec.validateRequest(value));
    return init().then((loaded) => standardResult((codec = loaded).validateRequest(value)));
  });
}
