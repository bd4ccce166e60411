// Where things lie in this repository. Node built-ins only: it runs before the dependencies are installed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What processes leave behind on this machine: the embedded database, pid files. Ignored by git. */
export const dataDir = path.join(root, '.data');

/**
 * Every workspace, libs first because everything else is built on them.
 * @returns {{ dir: string, name: string, packageName: string, hasPrisma: boolean }[]} `dir` is relative ('services/order-service'), `name` is short ('order')
 */
export function workspaces() {
  const dirs = [...childrenOf('libs'), 'gateway', ...childrenOf('services')];
  return dirs
    .filter((dir) => existsSync(path.join(root, dir, 'package.json')))
    .map((dir) => ({
      dir,
      name: path.basename(dir).replace(/-service$/, ''),
      packageName: JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8')).name,
      hasPrisma: existsSync(path.join(root, dir, 'prisma', 'schema.prisma')),
    }));
}

/**
 * The workspaces that a command line names, by folder ('libs/http'), package ('@reseller/http') or short name ('order', 'order-service').
 * @param {readonly string[]} names none means all
 * @throws {Error} one sentence naming what is unknown
 */
export function selectWorkspaces(names, among = workspaces()) {
  if (names.length === 0) return among;
  const chosen = names.map((name) => {
    const wanted = name.replace(/^\.\//, '').replace(/\/+$/, '');
    const found = among.find((one) => [one.dir, one.packageName, one.name, path.basename(one.dir)].includes(wanted));
    if (found === undefined)
      throw new Error(`There is no workspace "${name}" here; known are ${among.map((one) => one.dir).join(', ')}.`);
    return found;
  });
  return [...new Set(chosen)];
}

/** The services that own a database: those with a Prisma schema. */
export function servicesWithDatabase(names = []) {
  return selectWorkspaces(
    names,
    workspaces().filter((one) => one.hasPrisma),
  );
}

function childrenOf(folder) {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}
