// Loads the module. Status, type and first bytes are checked here, since a
// browser reports every failure as a TypeError.

import { isModule, viewOf } from "./bytes.js";
import { WasmError } from "./errors.js";

/**
 * Returns a function that takes checked options and returns the module. file
 * returns the default source, or throws; embedded returns the bytes of a copy,
 * used if the default source cannot be loaded, since bundlers move files.
 */
export function makeLoad({ file, embedded, read = (source) => source }) {
  return async ({ source, ...options }) => {
    try {
      return await loadModule(await read(source === undefined ? file() : source), options);
    } catch (error) {
      if (source !== undefined || !embedded || !canFallBack(error)) throw error;
      const copy = embedded().catch(() => Promise.reject(error)); // the first error is the useful one
      return loadModule(await copy, options);
    }
  };
}

/** A policy, a wrong digest and an abort are final; a TypeError means an invalid URL. */
function canFallBack(error) {
  return error instanceof TypeError || error instanceof ReferenceError || ["FILE", "HTTP", "MIME", "NOT_WASM"].includes(error?.code);
}

async function loadModule(source, { integrity, signal }) {
  signal?.throwIfAborted();
  if (isModule(source)) {
    if (integrity !== undefined) throw new WasmError("OPTIONS", "integrity needs bytes, not a Module");
    return source;
  }
  const bytes = viewOf(source);
  return bytes ? compile(bytes, integrity) : loadResponse(await respond(source, signal), integrity, signal);
}

async function loadResponse(response, integrity, signal) {
  const { url } = response;
  const type = response.headers.get("Content-Type") ?? "";
  if (response.status !== 200) throw new WasmError("HTTP", `status ${response.status}${at(url)}`, { url, type });
  const named = type.trim().toLowerCase();
  // Streaming requires the bare type; integrity needs all bytes.
  if (named === "application/wasm" && integrity === undefined && WebAssembly.compileStreaming) return compileStreaming(response, signal);
  const bytes = new Uint8Array(await whileConnected(response.arrayBuffer(), signal, url));
  if (!named.startsWith("application/wasm") && !hasMagic(bytes)) {
    throw new WasmError("MIME", `want application/wasm, got ${named || "no type"}${at(url)}`, { url, type });
  }
  return compile(bytes, integrity, { url, type });
}

async function respond(source, signal) {
  if (typeof source === "string") return whileConnected(fetch(absolute(source), { signal, credentials: "same-origin" }), signal, source);
  const response = await whileConnected(source, signal);
  if (typeof response?.headers?.get === "function") return response;
  throw new WasmError("OPTIONS", "source: want a URL, a Response, bytes or a WebAssembly.Module");
}

function absolute(url) {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch (cause) {
    throw new WasmError("OPTIONS", "source: want an absolute URL", { cause });
  }
}

async function whileConnected(promise, signal, url) {
  try {
    return await promise;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WasmError("HTTP", `the connection failed${at(url)}`, { url, cause });
  }
}

async function compileStreaming(response, signal) {
  const { url } = response;
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof TypeError) throw new WasmError("HTTP", `the connection failed${at(url)}`, { url, cause });
    throw await refusal(cause, { url, type: response.headers.get("Content-Type") });
  }
}

async function compile(bytes, integrity, from) {
  if (integrity !== undefined) await checkIntegrity(bytes, integrity);
  checkMagic(bytes, from);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw await refusal(cause, from);
  }
}

export function compileSync(source) {
  const bytes = viewOf(source);
  if (!bytes) throw new WasmError("OPTIONS", "want bytes or a WebAssembly.Module");
  checkMagic(bytes);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw isAllowed() ? notWasm(cause) : forbidden(cause);
  }
}

/** Returns the error for a failed compilation: a policy refuses the smallest module too. */
async function refusal(cause, from) {
  try {
    await WebAssembly.compile(SMALLEST);
  } catch {
    return forbidden(cause);
  }
  return notWasm(cause, from);
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

function notWasm(cause, from) {
  return new WasmError("NOT_WASM", `the bytes are not valid WebAssembly${at(from?.url)}`, { ...from, cause });
}

/** A Response from a constructor has no URL. */
function at(url) {
  return url ? `: ${url}` : "";
}

const SMALLEST = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

function hasMagic(bytes) {
  return SMALLEST.every((byte, i) => bytes[i] === byte);
}

function checkMagic(bytes, from) {
  if (!hasMagic(bytes)) throw notWasm(undefined, from);
}

async function checkIntegrity(bytes, integrity) {
  const [name, algorithm] = /^(sha(256|384|512))-/.exec(integrity)?.slice(1) ?? [];
  if (name === undefined) throw new WasmError("OPTIONS", "integrity: want sha256-, sha384- or sha512- and base64");
  if (!globalThis.crypto?.subtle) throw new WasmError("INTEGRITY", "integrity needs a secure context");
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${algorithm}`, bytes));
  if (`${name}-${btoa(String.fromCharCode(...digest))}` !== integrity) {
    throw new WasmError("INTEGRITY", "the bytes do not match integrity");
  }
}
