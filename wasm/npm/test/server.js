// A server on loopback: the package at /convuser/ and, for new modules, at
// /fresh/<anything>/; the tests at /test/; vector files at /vectors/.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { packageFolder, readVectors, testFolder } from "./files.js";

const types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Starts a server. handlers are functions by path, which take precedence over
 * files; folders are more folders to serve: {"/app/": folder}; headers are sent
 * with each file. requested has the paths requested so far.
 */
export async function serve({ handlers = {}, folders = {}, headers = {} } = {}) {
  const mounts = { "/convuser/": packageFolder, "/test/": testFolder, ...folders };
  const requested = [];
  const server = http.createServer((request, response) => {
    requested.push(request.url);
    answer(request, response, { handlers, mounts, headers }).catch((error) => send(response, 500, "text/plain", String(error)));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, requested, close: () => close(server) };
}

async function answer(request, response, { handlers, mounts, headers }) {
  const url = new URL(request.url, "http://localhost");
  const handler = handlers[url.pathname];
  if (handler) return handler(request, response, url);
  const found = await find(decodeURIComponent(url.pathname), mounts);
  if (found) return send(response, 200, types[path.extname(url.pathname)] ?? "application/octet-stream", found, headers);
  return send(response, 404, "text/html; charset=utf-8", "<!doctype html><title>404</title><p>not here");
}

/** Headers that isolate a page, so that its performance.now() is finer. */
export const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Sends a whole response. */
export function send(response, status, type, body, headers = {}) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers });
  response.end(body);
}

async function find(pathname, mounts) {
  if (pathname.startsWith("/vectors/")) return readVectors(pathname.slice("/vectors/".length)).catch(missing);
  const local = pathname.replace(/^\/fresh\/[^/]+\//, "/convuser/");
  const mount = Object.keys(mounts).find((prefix) => local.startsWith(prefix));
  if (!mount) return null;
  const file = path.join(mounts[mount], local.slice(mount.length));
  return file.startsWith(mounts[mount] + path.sep) ? readFile(file).catch(missing) : null;
}

function missing(error) {
  if (error.code === "ENOENT" || error.code === "EISDIR") return null;
  throw error;
}

function close(server) {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
