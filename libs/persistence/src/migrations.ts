// Applies a service's migrations as `prisma migrate deploy` does, recorded in `_prisma_migrations`, so that either may
// continue what the other began. Started N times at once it applies each migration once: an advisory lock makes the others wait.
import pg from 'pg';
import { MigrationError, withoutPassword } from './migration-error.js';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { withSchemaEngine } from './schema-engine.js';

export { MigrationError } from './migration-error.js';
export { readMigrations, type MigrationFile } from './migration-files.js';

export interface ApplyMigrationsOptions {
  /** Must be a direct connection, not a transaction pooler: the lock belongs to a session. */
  readonly url: string;
  /** Folder of `<yyyymmddhhmmss>_<what>/migration.sql`. */
  readonly migrationsDir: string;
  /** Runs a migration again that failed before. Safe because a failed one left nothing behind, unless it commits by itself. */
  readonly retryFailed?: boolean;
}

/** An arbitrary number, the same in every process; Prisma's own lock is 72707369. */
const LOCK = 7_310_442_915n;

/**
 * Brings a database up to its migrations.
 * @returns the names of those it applied, none when there was nothing to do
 * @throws {MigrationError} one sentence: no connection, a migration that failed, now or earlier, or one that was changed after it was applied
 */
export async function applyMigrations(options: ApplyMigrationsOptions): Promise<string[]> {
  const migrations = await readMigrations(options.migrationsDir);
  if (migrations.length === 0) return [];
  return withClient(options.url, async (client) => {
    if (await isUpToDate(client, migrations)) return [];
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    if (await isUpToDate(client, migrations)) return [];
    return runMigrations(client, migrations, options);
  });
}

async function runMigrations(client: pg.Client, migrations: readonly MigrationFile[], options: ApplyMigrationsOptions) {
  const failedBefore = (await appliedMigrations(client)).filter((row) => !row.finished);
  const failed = failedBefore[0];
  if (failed !== undefined && options.retryFailed !== true)
    throw new MigrationError(
      `Migration ${failed.name} failed earlier on ${withoutPassword(options.url)} (${reasonIn(failed.logs)}): correct it and run npm run prisma:migrate -- --retry.`,
    );
  return withSchemaEngine(options.url, async (engine, scriptError) => {
    for (const { name } of failedBefore) await engine.markMigrationRolledBack({ migrationName: name });
    try {
      const migrationsList = migrationList(migrations, options.migrationsDir);
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
      return appliedMigrationNames;
    } catch (error) {
      const failing = (await appliedMigrations(client)).find((row) => !row.finished);
      const what = failing === undefined ? 'The migrations' : `Migration ${failing.name}`;
      throw new MigrationError(
        `${what} could not be applied to ${withoutPassword(options.url)}: ${messageOf(scriptError() ?? error)}.`,
        { cause: error },
      );
    }
  });
}

/** True when every migration is recorded as applied. Throws where applying more would build on sand. */
async function isUpToDate(client: pg.Client, migrations: readonly MigrationFile[]): Promise<boolean> {
  const recorded = new Map((await appliedMigrations(client)).map((row) => [row.name, row]));
  for (const { name, checksum } of migrations) {
    const row = recorded.get(name);
    if (row?.finished === true && row.checksum !== checksum)
      throw new MigrationError(
        `Migration ${name} was changed after it had been applied to ${client.database}: restore it and put the change into a new migration, or drop that database if nothing in it is needed.`,
      );
  }
  return migrations.every(({ name }) => recorded.get(name)?.finished === true);
}

interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

async function appliedMigrations(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query<{ present: boolean }>(
    `select to_regclass('_prisma_migrations') is not null as present`,
  );
  if (found[0]?.present !== true) return [];
  const { rows } = await client.query<AppliedMigration>(
    `select migration_name as name, checksum, finished_at is not null as finished, logs
       from _prisma_migrations where rolled_back_at is null order by started_at`,
  );
  return rows;
}

/** Creates a database unless it is there already. `adminUrl` is of any database on the server, of a user who may create one. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    await client.query(`create database ${client.escapeIdentifier(name)}`).catch((error: unknown) => {
      // Two processes may find it missing at the same moment; the second is told that it exists (42P04), or that its row does (23505).
      if (error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505')) return;
      throw new MigrationError(
        `Database ${name} could not be created on ${withoutPassword(adminUrl)}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    });
  });
}

/**
 * The SQL that takes a database from its migrations to a Prisma schema; empty when they agree. Makes and drops a shadow
 * database on the server of `url`. What Prisma cannot express (checks, triggers) is not compared.
 */
export async function diffMigrations(options: {
  readonly url: string;
  readonly migrationsDir: string;
  readonly schema: string;
}): Promise<string> {
  const migrations = await readMigrations(options.migrationsDir);
  const from =
    migrations.length === 0
      ? { tag: 'empty' as const }
      : { tag: 'migrations' as const, ...migrationList(migrations, options.migrationsDir) };
  const { stdout } = await withSchemaEngine(options.url, async (engine, scriptError) => {
    const to = { tag: 'schemaDatamodel' as const, files: [{ path: 'schema.prisma', content: options.schema }] };
    try {
      return await engine.diff({ from, to, script: true, exitCode: null, filters: NO_FILTERS });
    } catch (error) {
      throw new MigrationError(
        `The migrations and the schema could not be compared: ${messageOf(scriptError() ?? error)}.`,
        {
          cause: error,
        },
      );
    }
  });
  const sql = stdout ?? '';
  return sql.includes('This is an empty migration') ? '' : sql;
}

const NO_FILTERS = { externalTables: [], externalEnums: [] };

function migrationList(migrations: readonly MigrationFile[], baseDir: string) {
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'migrations',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new MigrationError(`PostgreSQL at ${withoutPassword(url)} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The engine logs a heading, the server's message and then its own stack. */
function reasonIn(logs: string | null): string {
  const lines = (logs ?? '').split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && line !== 'external connector error') ?? 'it was interrupted';
}

function messageOf(error: unknown): string {
  // Node tries every address of a host and collects the refusals; the first one says it all.
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return first instanceof Error ? first.message.replace(/\s+/g, ' ').trim() : String(first);
}
