// npm run migration:new -- <service> <what>   writes a new migration from the difference between the service's migrations
// and its schema.prisma. Check it by hand: checks, triggers and partial indexes are for you to add or keep.
// It needs a PostgreSQL server to make a shadow database on: the service's, or DATABASE_ADMIN_URL.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrationsDir, migrationsLibrary } from './lib/migrate.mjs';
import { root, servicesWithDatabase } from './lib/repo.mjs';
import { migrationUrl } from './lib/service-env.mjs';

try {
  const [serviceName, what] = process.argv.slice(2);
  if (serviceName === undefined || !/^[a-z][a-z0-9_-]*$/.test(what ?? ''))
    throw new Error('Usage: npm run migration:new -- <service> <what, in lower case with underscores>');
  const [service] = servicesWithDatabase([serviceName]);
  const url = process.env.DATABASE_ADMIN_URL ?? migrationUrl(service, { alone: true });
  if (url === undefined) throw new Error('Name a PostgreSQL server for the shadow database: set DATABASE_ADMIN_URL.');
  const { diffMigrations } = await migrationsLibrary();
  const schema = readFileSync(path.join(root, service.dir, 'prisma', 'schema.prisma'), 'utf8');
  const sql = await diffMigrations({ url, migrationsDir: migrationsDir(service), schema });
  if (sql === '') {
    console.log(`${service.dir}: the migrations and the schema agree, there is nothing to write.`);
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const folder = path.join(migrationsDir(service), `${stamp}_${what}`);
    mkdirSync(folder, { recursive: true });
    const lock = path.join(migrationsDir(service), 'migration_lock.toml');
    if (!existsSync(lock)) writeFileSync(lock, 'provider = "postgresql"\n');
    const createSchema = '-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n';
    writeFileSync(path.join(folder, 'migration.sql'), sql.replace(createSchema, ''));
    console.log(`Wrote ${path.relative(root, folder)}/migration.sql: read it before you apply it.`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
