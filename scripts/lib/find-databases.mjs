// Where the databases of the platform on this machine are, for scripts that look into them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readSettings } from './platform-settings.mjs';
import { provisionPostgres } from './provision.mjs';
import { migrationUrl, urlOfDatabase } from './service-env.mjs';

/**
 * Databases that services' .env files name (production), else those of `npm start`: on the server that the environment
 * names, else the embedded one, which is started for the occasion when it is not running.
 * @returns {Promise<{ urlOf: (service: string) => string, adminUrl?: string, kind: 'named' | 'given' | 'embedded', stop: () => Promise<void> }>}
 * @throws {Error} one sentence when there is no platform here
 */
export async function findDatabases(env = process.env) {
  const settings = readSettings(env);
  const workspaceOf = new Map(settings.services.map((service) => [service.name, service]));
  const adminUrl = env.DATABASE_ADMIN_URL || env.DATABASE_URL;
  const embeddedData = path.join(settings.dataDir, 'postgres');
  const startedHere = existsSync(path.join(settings.dataDir, 'platform.json'));
  if (!adminUrl && !startedHere) {
    const urls = new Map(
      settings.services.map(({ name, workspace }) => [name, migrationUrl(workspace, { alone: false })]),
    );
    if ([...urls.values()].every((url) => url !== undefined))
      return { kind: 'named', urlOf: (name) => urls.get(name), stop: async () => {} };
    throw new Error('There is no platform here yet: run npm start first, or name the server in DATABASE_ADMIN_URL.');
  }
  const postgres = await provisionPostgres({ url: adminUrl, dataDir: embeddedData });
  return {
    kind: postgres.kind,
    adminUrl: postgres.url,
    urlOf: (name) => urlOfDatabase(postgres.url, workspaceOf.get(name).database),
    stop: postgres.stop,
  };
}
