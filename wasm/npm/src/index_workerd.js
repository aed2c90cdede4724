import compiled from "./convuser.wasm"; // a WebAssembly.Module: workerd does not compile at run time
import { makeEntry } from "./entry.js";
import { makeLoad } from "./load.js";

export * from "./common.js";
export const { init, preload, getCodec, create, initSync } = /* @__PURE__ */ makeEntry(/* @__PURE__ */ makeLoad({ file: () => compiled }));
