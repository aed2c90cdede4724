import { init } from "./index.js";
import { lazySchema } from "./lazy_schema.js";

export const schema = /* @__PURE__ */ lazySchema(init);
