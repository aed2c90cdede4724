import path from "node:path";

const root = path.join(import.meta.dirname, "..", "..", ".."); // where node_modules has next

export default { turbopack: { root }, outputFileTracingRoot: root };
