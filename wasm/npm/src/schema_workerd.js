import { init } from "./index_workerd.js";
import { makeSchemas } from "./schemas.js";

export const { schema, createSchema, fieldSchema } = /* @__PURE__ */ makeSchemas(init);
