// Packs the package with npm, and unpacks it into folders as if installed, so that
// no test needs a registry.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { packageFolder } from "./files.js";

export const execute = promisify(execFile);

/** Packs the package. Returns the tarball, the names in it, and functions to install it below parent and to remove all. */
export async function pack(parent = os.tmpdir()) {
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, "convuser-pack-"));
  const { stdout } = await npm(["pack", "--json", "--pack-destination", folder]);
  const [{ filename, files }] = JSON.parse(stdout);
  const tarball = path.join(folder, filename);
  let folders = 0;
  return {
    tarball,
    files: files.map((file) => file.path).sort(),
    install: (options) => install({ ...options, folder: path.join(folder, `app-${++folders}`), tarball }),
    remove: () => rm(folder, { recursive: true }),
  };
}

// On Windows, npm is a script that needs a shell.
function npm(args) {
  return execute("npm", args, { cwd: packageFolder, shell: process.platform === "win32", timeout: 30_000 });
}

/**
 * Makes a folder that has the package and, as links, some of its development
 * dependencies. from is a folder to copy first.
 */
async function install({ folder, tarball, from, dependencies = [] }) {
  if (from) await cp(from, folder, { recursive: true });
  const target = path.join(folder, "node_modules", "convuser");
  await mkdir(target, { recursive: true });
  await execute("tar", ["-xzf", path.basename(tarball), "--strip-components=1", "-C", target], { cwd: path.dirname(tarball) });
  for (const name of dependencies) await link(name, path.join(folder, "node_modules", name));
  return folder;
}

async function link(name, target) {
  await mkdir(path.dirname(target), { recursive: true });
  await symlink(path.join(packageFolder, "node_modules", name), target, "junction");
}
