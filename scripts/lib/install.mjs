// Installs the dependencies when they are not there, so that `npm start` and `npm test` work in a fresh clone.
// Node built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './repo.mjs';

/** Runs `npm ci` when node_modules is missing or was left half installed. @throws {Error} one sentence */
export function ensureInstalled() {
  // npm writes this file last, so its absence means that an installation never finished.
  if (existsSync(path.join(root, 'node_modules', '.package-lock.json'))) return;
  console.log('Installing dependencies (npm ci); this happens once.');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw new Error(`npm could not be started: ${error.message}.`);
  if (status !== 0) throw new Error('The dependencies could not be installed: npm ci failed, see its output above.');
}

/** @throws {Error} one sentence when this Node is too old */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `This needs Node 20.19 or later, and this is ${process.versions.node}: install a newer one from nodejs.org.`,
  );
}
