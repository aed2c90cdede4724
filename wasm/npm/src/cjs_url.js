/** Replaces import.meta.url in the CommonJS files. */
export const url = /* @__PURE__ */ (() => require("node:url").pathToFileURL(__filename).href)();
