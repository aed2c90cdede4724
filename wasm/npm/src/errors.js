/** Why the rules are not there; see index.d.ts for the codes. */
export class WasmError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  /** Each entry has a copy of this class, and takes the errors of the others for its own. */
  static [Symbol.hasInstance](value) {
    return value instanceof Error && value.name === "WasmError";
  }

  get name() {
    return "WasmError";
  }
}
