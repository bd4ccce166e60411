// A platform of the benchmark's own.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { OwnPlace, dropDatabases as drop, withAdmin } from '../../scripts/lib/own-place.mjs';
import { root } from '../../scripts/lib/repo.mjs';

const place = new OwnPlace({ name: 'bench', portBase: 7000 });

/** Read by the platform's own scripts, so this comes before they are asked for anything. */
export function useOwnPlace(env = process.env) {
  place.use(env);
  env.LOG_LEVEL = env.BENCH_LOG_LEVEL ?? 'warn';
  env.NODE_ENV = 'production';
}

const extraEnv = {
  RATE_LIMIT_PER_MINUTE: '100000000',
  RATE_LIMIT_PAYMENTS_PER_MINUTE: '100000000',
  JWT_EXPIRES_IN: '12h',
};

/** The services that can be started; what has no main yet is left out, and the report says so. */
function startable(settings) {
  const there = settings.services.filter(({ workspace }) =>
    existsSync(path.join(root, workspace.dir, 'src', 'main.ts')),
  );
  return new Set(there.map(({ name }) => name));
}

/** @param {{ log: (line: string) => void, nodeOptions?: string, env?: Record<string, string> }} options */
export async function startBenchPlatform({ log, nodeOptions = '', env = {} }) {
  const { startPlatform } = await import('../../scripts/lib/platform.mjs');
  const { readSettings } = await import('../../scripts/lib/platform-settings.mjs');
  const profile = process.env.BENCH_PROFILE ? `--import ${new URL('profile-cpu.mjs', import.meta.url)}` : '';
  const options = [process.env.NODE_OPTIONS ?? '', profile, nodeOptions].join(' ').trim();
  return startPlatform({
    log,
    only: startable(readSettings()),
    extraEnv: { ...extraEnv, ...env, ...(options === '' ? {} : { NODE_OPTIONS: options }) },
  });
}

export const leavePlace = (platform, log) => place.leave(platform, log);

export const dropDatabases = (adminUrl, startingWith = place.prefix) => drop(adminUrl, startingWith);

/** Copies each database under a name of its own. Nobody may be connected to them meanwhile. */
export async function copyDatabases(adminUrl, names) {
  await withAdmin(adminUrl, async (client) => {
    for (const [from, to] of names)
      await client.query(`create database ${client.escapeIdentifier(to)} template ${client.escapeIdentifier(from)}`);
  });
}
