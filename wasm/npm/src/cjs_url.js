/** What import.meta.url is, for the CommonJS files. */
export const url = /* @__PURE__ */ (() => require("node:url").pathToFileURL(__filename).href)();
