import { init } from "./index_node.js";
import { makeSchemas } from "./schemas.js";

export const { schema, createSchema, fieldSchema } = /* @__PURE__ */ makeSchemas(init);
