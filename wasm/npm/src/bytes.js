// Values may come from another realm, such as a frame or a test environment, so
// instanceof does not work.

const { get: nameOf } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

export function isUint8Array(value) {
  return nameOf.call(value) === "Uint8Array";
}

/** Returns the bytes of an ArrayBuffer or of a view; undefined for anything else. */
export function viewOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return Object.prototype.toString.call(source) === "[object ArrayBuffer]" ? new Uint8Array(source) : undefined;
}

export function isModule(value) {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

export function fromBase64(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
