/** A module of Node.js where there is one; for what jsdom's global object lacks. */
export function builtin(name) {
  return globalThis.process?.getBuiltinModule?.(`node:${name}`);
}
