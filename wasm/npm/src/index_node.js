import { makeEntry } from "./entry.js";
import { load } from "./load_node.js";

export * from "./common.js";
export const { init, preload, getCodec, create, initSync } = /* @__PURE__ */ makeEntry(load);
