// Migrations for scripts: builds the library that knows how, then uses it.
import path from 'node:path';
import { compileWorkspaces } from './compile.mjs';
import { root, selectWorkspaces } from './repo.mjs';
import { urlOfDatabase } from './service-env.mjs';

/** @returns {Promise<typeof import('../../libs/persistence/src/migrations.js')>} */
export async function migrationsLibrary() {
  const { problems } = await compileWorkspaces(selectWorkspaces(['libs/persistence']));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return import('@reseller/persistence/migrations');
}

export const migrationsDir = (service) => path.join(root, service.dir, 'prisma', 'migrations');

/** Creates the service's database if its server lacks it, and brings it up to date. @returns {Promise<string[]>} what was applied */
export async function migrateService(service, url, { retryFailed = false } = {}) {
  const { applyMigrations, ensureDatabase } = await migrationsLibrary();
  const apply = () => applyMigrations({ url, migrationsDir: migrationsDir(service), retryFailed });
  try {
    return await apply();
  } catch (error) {
    const databaseMissing = error.cause?.code === '3D000';
    if (!databaseMissing) throw error;
    await ensureDatabase(urlOfDatabase(url, 'postgres'), new URL(url).pathname.slice(1));
    return apply();
  }
}
