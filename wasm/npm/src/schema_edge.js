import { init } from "./index_edge.js";
import { lazySchema } from "./lazy_schema.js";

export const schema = /* @__PURE__ */ lazySchema(init);
