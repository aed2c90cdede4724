// Bytes may come from another realm, such as a frame or a test's environment,
// where instanceof says no.

const { get: nameOf } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

/** Whether a value is a Uint8Array. */
export function isUint8Array(value) {
  return nameOf.call(value) === "Uint8Array";
}

/** A view of an ArrayBuffer or of a view; undefined for anything else. */
export function viewOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return Object.prototype.toString.call(source) === "[object ArrayBuffer]" ? new Uint8Array(source) : undefined;
}

/** Whether a value is a WebAssembly.Module. */
export function isModule(value) {
  return Object.prototype.toString.call(value) === "[object WebAssembly.Module]";
}

/** Decodes base64. */
export function fromBase64(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
