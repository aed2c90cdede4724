/** Why the rules are not there; see index.d.ts for the codes. */
export class WasmError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  get name() {
    return "WasmError";
  }
}
