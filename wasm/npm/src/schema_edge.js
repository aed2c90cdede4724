import { init } from "./index_edge.js";
import { makeSchemas } from "./schemas.js";

export const { schema, createSchema, fieldSchema } = /* @__PURE__ */ makeSchemas(init);
