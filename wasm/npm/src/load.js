// Gets the module, and says why it cannot: a browser has one TypeError for all
// of it, so status, type and first bytes are looked at here.

import { WasmError } from "./errors.js";

export async function loadModule(source, { integrity, signal } = {}) {
  signal?.throwIfAborted();
  if (source instanceof WebAssembly.Module) {
    if (integrity !== undefined) throw new WasmError("OPTIONS", "integrity needs bytes, not a Module");
    return source;
  }
  if (isBytes(source)) return compile(source, integrity);
  const response = await respond(source, signal);
  if (response.status !== 200) throw new WasmError("HTTP", `the module was answered with status ${response.status}`);
  const type = (response.headers.get("Content-Type") ?? "").trim().toLowerCase();
  // Streaming wants the bare type, integrity all bytes.
  if (type === "application/wasm" && integrity === undefined && WebAssembly.compileStreaming) return compileStreaming(response, signal);
  const bytes = new Uint8Array(await whileConnected(response.arrayBuffer(), signal));
  if (!type.startsWith("application/wasm") && !hasMagic(bytes)) {
    throw new WasmError("MIME", "want application/wasm");
  }
  return compile(bytes, integrity);
}

function isBytes(source) {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}

async function respond(source, signal) {
  if (typeof source !== "string" && !(source instanceof URL)) {
    const response = await whileConnected(source, signal);
    if (response instanceof Response) return response;
    throw new WasmError("OPTIONS", "source: want a URL, a Response, bytes or a WebAssembly.Module");
  }
  return whileConnected(fetch(source, { signal, credentials: "same-origin" }), signal);
}

async function whileConnected(promise, signal) {
  try {
    return await promise;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WasmError("HTTP", "the module could not be fetched", { cause });
  }
}

async function compileStreaming(response, signal) {
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof TypeError) throw new WasmError("HTTP", "the transfer broke off", { cause });
    throw await refusal(cause);
  }
}

async function compile(bytes, integrity) {
  if (integrity !== undefined) await checkIntegrity(bytes, integrity);
  if (!hasMagic(bytes)) throw new WasmError("NOT_WASM", "the bytes are not WebAssembly");
  try {
    return await WebAssembly.compile(viewOf(bytes));
  } catch (cause) {
    throw await refusal(cause);
  }
}

export function compileSync(bytes) {
  if (!isBytes(bytes)) throw new WasmError("OPTIONS", "want bytes or a WebAssembly.Module");
  if (!hasMagic(bytes)) throw new WasmError("NOT_WASM", "the bytes are not WebAssembly");
  try {
    return new WebAssembly.Module(viewOf(bytes));
  } catch (cause) {
    throw isAllowed() ? notWasm(cause) : forbidden(cause);
  }
}

/** Why something was not compiled: a policy refuses the smallest module as well. */
async function refusal(cause) {
  try {
    await WebAssembly.compile(SMALLEST);
  } catch {
    return forbidden(cause);
  }
  return notWasm(cause);
}

function isAllowed() {
  try {
    return new WebAssembly.Module(SMALLEST) !== undefined;
  } catch {
    return false;
  }
}

function forbidden(cause) {
  return new WasmError("CSP", "the Content-Security-Policy forbids WebAssembly; script-src 'wasm-unsafe-eval' allows it", { cause });
}

function notWasm(cause) {
  return new WasmError("NOT_WASM", "the bytes are not valid WebAssembly", { cause });
}

const SMALLEST = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

function hasMagic(source) {
  const bytes = viewOf(source);
  return SMALLEST.every((byte, i) => bytes[i] === byte);
}

function viewOf(source) {
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

async function checkIntegrity(bytes, integrity) {
  const [name, algorithm] = /^(sha(256|384|512))-/.exec(integrity)?.slice(1) ?? [];
  if (name === undefined) throw new WasmError("OPTIONS", "integrity: want sha256-, sha384- or sha512- and base64");
  if (!globalThis.crypto?.subtle) throw new WasmError("INTEGRITY", "integrity needs a secure context");
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${algorithm}`, viewOf(bytes)));
  if (`${name}-${btoa(String.fromCharCode(...digest))}` !== integrity) {
    throw new WasmError("INTEGRITY", "the bytes do not match integrity");
  }
}
