/** Any error that this package throws; index.d.ts has the codes. */
export class WasmError extends Error {
  static name = "WasmError"; // minifying renames the class

  /** url and type are those of a response. */
  constructor(code, message, { url, type, ...options } = {}) {
    super(`${code}: ${message}`, options);
    this.code = code;
    if (url !== undefined) this.url = url;
    if (type !== undefined) this.type = type;
  }

  /** Every entry has a copy of this class; an error of one is an instance of all. */
  static [Symbol.hasInstance](value) {
    return value instanceof Error && value.name === "WasmError";
  }

  get name() {
    return "WasmError";
  }
}
