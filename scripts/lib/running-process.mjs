// What the system knows of a process that this one need not have started.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  // A child that has ended but was not reaped yet still takes signals.
  const stat = `/proc/${pid}/stat`;
  return !(existsSync(stat) && /\) Z /.test(readFileSync(stat, 'utf8')));
}

/**
 * Whether a process with this number runs and names `folder` in its arguments. A number alone proves nothing: after a
 * restart of the machine another process may have it. Windows does not tell, and is believed.
 */
export function worksIn(folder, pid) {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const { stdout } = spawnSync('ps', ['-ww', '-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
  if (stdout) return stdout.includes(folder);
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(folder);
}

/** The number in a file, 0 when the file is not there. */
export const readNumber = (file) => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
