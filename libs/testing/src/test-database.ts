// A database of its own for every test file, made in milliseconds: migrations run once into a template, which is then cloned.
import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type ServiceName } from '@reseller/contracts';
import { applyMigrations, readMigrations } from '@reseller/persistence/migrations';
import { databaseExists, exclusively, testRun, urlOf, withConnection } from './admin-connection.js';

/** What a database is made of: a service's migrations, or for a library's tests SQL under a name. */
export type DatabaseSource = ServiceName | { readonly name: string; readonly sql: string };

export interface TestDatabase {
  readonly url: string;
  /** Looks into the database beside the service. int8 comes back as bigint. */
  query<R extends object>(text: string, params?: readonly unknown[]): Promise<R[]>;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
}

/** A fresh, migrated database. Call it in `beforeAll`, and `drop()` in `afterAll`. */
export async function testDatabase(source: DatabaseSource): Promise<TestDatabase> {
  const { name, hash, fill } = await recipeOf(source);
  const template = `reseller_test_${testRun()}_t_${name}_${hash}`;
  const database = `reseller_test_${testRun()}_${name}_${randomBytes(4).toString('hex')}`;
  await exclusively(template, async (client) => {
    if (!(await databaseExists(client, template))) await makeTemplate(client, template, fill);
    await client.query(`create database ${database} template ${template}`);
  });
  return openTestDatabase(database);
}

interface Recipe {
  readonly name: string;
  /** Of what the template is made of, so that a changed migration never meets an old template. */
  readonly hash: string;
  readonly fill: (url: string) => Promise<unknown>;
}

async function recipeOf(source: DatabaseSource): Promise<Recipe> {
  if (typeof source !== 'string') {
    const { name, sql } = source;
    return {
      name: identifier(name),
      hash: hashOf([sql]),
      fill: (url) => withConnection((client) => client.query(sql), url),
    };
  }
  const migrationsDir = fileURLToPath(
    new URL(`../../../services/${source}-service/prisma/migrations`, import.meta.url),
  );
  const migrations = await readMigrations(migrationsDir);
  if (migrations.length === 0) throw new Error(`The ${source} service has no migrations in ${migrationsDir}.`);
  return {
    name: identifier(source),
    hash: hashOf(migrations.flatMap((migration) => [migration.name, migration.checksum])),
    fill: (url) => applyMigrations({ url, migrationsDir }),
  };
}

const identifier = (name: string): string => name.replaceAll(/[^a-z0-9]+/g, '_');

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);

/** Filled under another name first: a run that is killed half-way must not leave half a template. */
async function makeTemplate(client: pg.Client, template: string, fill: Recipe['fill']): Promise<void> {
  const unfinished = `${template}_x`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  await fill(urlOf(unfinished));
  await client.query(`alter database ${unfinished} rename to ${template}`);
}

function openTestDatabase(database: string): TestDatabase {
  const url = urlOf(database);
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, BigInt);
  const pool = new pg.Pool({ connectionString: url, max: 2, types });
  // Dropping the database ends idle connections; that is no news.
  pool.on('error', () => undefined);
  return {
    url,
    query: async <R extends object>(text: string, params: readonly unknown[] = []) =>
      (await pool.query<R>(text, [...params])).rows,
    drop: async () => {
      await pool.end();
      await withConnection((client) => client.query(`drop database if exists ${database} with (force)`));
    },
  };
}
