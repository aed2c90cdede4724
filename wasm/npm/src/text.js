import { builtin } from "./builtin.js";

const { TextDecoder, TextEncoder } = globalThis.TextEncoder ? globalThis : builtin("util");

export const encoder = new TextEncoder();
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
