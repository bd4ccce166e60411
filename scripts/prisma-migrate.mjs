// npm run prisma:migrate [-- service…] [--retry]   applies the migrations of all services, or those named.
// Each database is named by DIRECT_DATABASE_URL or DATABASE_URL in the service's .env (in the environment, when one
// service is named), else it is <service>_db on the server of DATABASE_ADMIN_URL.
// --retry runs a migration again that failed before.
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { servicesWithDatabase } from './lib/repo.mjs';
import { migrationUrl } from './lib/service-env.mjs';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { retry: { type: 'boolean', default: false } },
  });
  const services = servicesWithDatabase(positionals);
  const targets = services.map((service) => ({
    service,
    url: migrationUrl(service, { alone: positionals.length === 1 }),
  }));
  const unnamed = targets.filter((target) => target.url === undefined).map((target) => target.service.dir);
  if (unnamed.length > 0)
    throw new Error(
      `No database is named for ${unnamed.join(', ')}: set DATABASE_URL in the service's .env, or DATABASE_ADMIN_URL.`,
    );
  ensureInstalled();
  const { migrateService } = await import('./lib/migrate.mjs');
  for (const { service, url } of targets) {
    const applied = await migrateService(service, url, { retryFailed: values.retry });
    console.log(`${service.dir}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
