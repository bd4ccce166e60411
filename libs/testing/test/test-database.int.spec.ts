import { afterEach, describe, expect, it } from '@jest/globals';
import { SHARED_TABLES_SQL, testDatabase, type TestDatabase } from '../src/index.js';

describe('testDatabase', () => {
  const opened: TestDatabase[] = [];
  const open = async (sql: string): Promise<TestDatabase> => {
    const database = await testDatabase({ name: 'testing', sql });
    opened.push(database);
    return database;
  };
  afterEach(() => Promise.all(opened.splice(0).map((database) => database.drop())));

  it('gives every caller the same tables and rows of their own, also when they ask at once', async () => {
    const sql = 'create table things (amount bigint); insert into things values (7)';
    const [one, other] = await Promise.all([open(sql), open(sql)]);
    await one.query('update things set amount = $1', [9]);
    expect(await one.query('select amount from things')).toEqual([{ amount: 9n }]);
    expect(await other.query('select amount from things')).toEqual([{ amount: 7n }]);
  });

  it('never clones an older template', async () => {
    await open('create table things (a int)');
    const changed = await open('create table things (b int)');
    await expect(changed.query('select b from things')).resolves.toEqual([]);
  });

  it('leaves nothing behind of a template that could not be made', async () => {
    await expect(open('create table broken (a nonsense)')).rejects.toThrow('nonsense');
    await expect(open('create table broken (a nonsense)')).rejects.toThrow('nonsense');
  });

  it('drops the database under open connections', async () => {
    const database = await testDatabase({ name: 'testing', sql: SHARED_TABLES_SQL });
    await database.query('select * from outbox');
    await database.drop();
    const again = await open(SHARED_TABLES_SQL);
    const name = new URL(database.url).pathname.slice(1);
    expect(await again.query('select 1 from pg_database where datname = $1', [name])).toEqual([]);
  });
});
