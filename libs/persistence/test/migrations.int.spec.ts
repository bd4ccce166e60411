import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@reseller/testing';
import { applyMigrations, diffMigrations, ensureDatabase } from '../src/migrations.js';

describe('applyMigrations', () => {
  let database: TestDatabase;
  let migrationsDir: string;

  beforeEach(async () => {
    database = await testDatabase({ name: 'migrations', sql: '' });
    migrationsDir = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(migrationsDir, { recursive: true });
  });

  const write = async (name: string, sql: string): Promise<void> => {
    await mkdir(path.join(migrationsDir, name), { recursive: true });
    await writeFile(path.join(migrationsDir, name, 'migration.sql'), sql);
  };
  const apply = (options: { retryFailed?: boolean } = {}) =>
    applyMigrations({ url: database.url, migrationsDir, ...options });

  it('applies what is new, in order, and records it as Prisma does', async () => {
    await write('20260101000000_first', 'create table things (id int)');
    expect(await apply()).toEqual(['20260101000000_first']);
    await write('20260102000000_second', 'alter table things add column name text');
    expect(await apply()).toEqual(['20260102000000_second']);
    expect(await apply()).toEqual([]);
    expect(
      await database.query(
        `select migration_name as name, finished_at is not null as finished, applied_steps_count as steps, length(checksum) as checksum
           from _prisma_migrations order by started_at`,
      ),
    ).toEqual([
      { name: '20260101000000_first', finished: true, steps: 1, checksum: 64 },
      { name: '20260102000000_second', finished: true, steps: 1, checksum: 64 },
    ]);
  });

  it('applies each migration once when several processes start at the same moment', async () => {
    await write('20260101000000_first', 'create table things (id int); insert into things values (1)');
    const applied = await Promise.all([apply(), apply(), apply()]);
    expect(applied.flat()).toEqual(['20260101000000_first']);
    expect(await database.query('select id from things')).toEqual([{ id: 1 }]);
  });

  it('takes semicolons in functions, strings and comments for what they are', async () => {
    await write(
      '20260101000000_function',
      `-- one; two
       create function twice(n int) returns int language plpgsql as $$ begin n := n * 2; return n; end $$;
       create table texts as select 'a;b' as text, twice(4) as number;`,
    );
    await apply();
    expect(await database.query('select * from texts')).toEqual([{ text: 'a;b', number: 8 }]);
  });

  it('leaves nothing of a migration that fails, says why, and goes on only after a retry', async () => {
    await write('20260101000000_bad', 'create table half (id int);\nselect nonsense;');
    await expect(apply()).rejects.toThrow(
      /20260101000000_bad could not be applied .*"nonsense" does not exist \(line 2\)/,
    );
    expect(await database.query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
    await write('20260101000000_bad', 'create table half (id int);');
    await expect(apply()).rejects.toThrow(/20260101000000_bad failed earlier/);
    expect(await apply({ retryFailed: true })).toEqual(['20260101000000_bad']);
  });

  it('refuses a migration that was changed after it had been applied', async () => {
    await write('20260101000000_first', 'create table things (id int)');
    await apply();
    await write('20260101000000_first', 'create table things (id bigint)');
    await expect(apply()).rejects.toThrow(/20260101000000_first was changed after it had been applied/);
  });

  it('tolerates migrations of a newer release, so that the code can be rolled back', async () => {
    await write('20260101000000_first', 'create table things (id int)');
    await write('20260102000000_newer', 'alter table things add column name text');
    await apply();
    await rm(path.join(migrationsDir, '20260102000000_newer'), { recursive: true });
    expect(await apply()).toEqual([]);
  });

  it('names the server that cannot be reached, without its password', async () => {
    await write('20260101000000_first', 'select 1');
    const refused = applyMigrations({ url: 'postgres://me:secret@127.0.0.1:9/shop', migrationsDir });
    await expect(refused).rejects.toThrow(/^PostgreSQL at me@127\.0\.0\.1:9\/shop cannot be used: .*ECONNREFUSED/);
  });

  it('diffs migrations against a schema on a shadow database, which it removes', async () => {
    await write('20260101000000_first', 'create table "Thing" (id int primary key)');
    const schema = `datasource db {\n  provider = "postgresql"\n}\nmodel Thing {\n  id   Int    @id\n  name String\n}\n`;
    const sql = await diffMigrations({ url: database.url, migrationsDir, schema });
    expect(sql).toContain('ADD COLUMN     "name" TEXT NOT NULL');
    await write('20260102000000_name', sql);
    expect(await diffMigrations({ url: database.url, migrationsDir, schema })).toBe('');
    const shadows = `select 1 from pg_database where datname like right(current_database(), 46) || '\\_shadow\\_%'`;
    expect(await database.query(shadows)).toEqual([]);
  });
});

describe('ensureDatabase', () => {
  it('creates a database once, also when asked twice at the same moment', async () => {
    const server = await testDatabase({ name: 'migrations', sql: '' });
    const name = `${new URL(server.url).pathname.slice(1)}_ensured`;
    await Promise.all([ensureDatabase(server.url, name), ensureDatabase(server.url, name)]);
    await ensureDatabase(server.url, name);
    expect(await server.query('select 1 as one from pg_database where datname = $1', [name])).toEqual([{ one: 1 }]);
    await server.query(`drop database "${name}"`);
    await server.drop();
  });
});
