/** Returns a built-in module of Node.js, for what the global object of jsdom lacks; undefined in a browser. */
export function builtin(name) {
  return globalThis.process?.getBuiltinModule?.(`node:${name}`);
}
