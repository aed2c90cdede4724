/** Why the rules are not there; see index.d.ts for the codes. */
export class WasmError extends Error {
  static name = "WasmError"; // minifying changes the class's own

  /** The options may have url and type, those of an answer, and cause. */
  constructor(code, message, { url, type, ...options } = {}) {
    super(`${code}: ${message}`, options);
    this.code = code;
    if (url !== undefined) this.url = url;
    if (type !== undefined) this.type = type;
  }

  /** Each entry has a copy of this class, and takes the errors of the others for its own. */
  static [Symbol.hasInstance](value) {
    return value instanceof Error && value.name === "WasmError";
  }

  get name() {
    return "WasmError";
  }
}
