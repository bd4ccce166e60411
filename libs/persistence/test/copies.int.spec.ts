import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { testDatabase, type TestDatabase } from '@reseller/testing';
import { Copies, DeletableCopies } from '../src/index.js';

const TABLE = `id uuid primary key, version bigint not null, first_name text, body jsonb,
  heard_at timestamptz not null default now()`;

interface Content {
  firstName: string | null;
  body: unknown;
}

const people = new Copies<Content>('people', ['firstName', 'body'], ['heard_at']);
const goods = new DeletableCopies<Content>('goods', ['firstName', 'body'], ['heard_at']);

let db: TestDatabase;
beforeAll(async () => {
  const sql = `create table people (${TABLE}); create table goods (${TABLE}, deleted_at timestamptz)`;
  db = await testDatabase({ name: 'copies', sql });
});
afterAll(() => db.drop());

const content = (firstName: string) => ({ firstName, body: { said: [firstName] } });

describe.each([
  ['people', people],
  ['goods', goods],
] as const)('a table of copies: %s', (table, copies) => {
  it('says nothing of a thing that was never heard of', async () => {
    expect(await copies.find(db, newId())).toBeUndefined();
  });

  it('keeps the newest version, whatever the order and however often', async () => {
    const id = newId();
    await copies.keep(db, { id, version: 2, ...content('Second') });
    await copies.keep(db, { id, version: 3n, ...content('Third') });
    await copies.keep(db, { id, version: 3, ...content('Third again') });
    await copies.keep(db, { id, version: 1, ...content('First') });
    expect(await copies.find(db, id)).toEqual({ version: 3n, firstName: 'Third', body: { said: ['Third'] } });
  });

  it('says when it last wrote a row', async () => {
    const id = newId();
    await copies.keep(db, { id, version: 1, ...content('First') });
    const heardAt = async () =>
      (await db.query<{ at: Date }>(`select heard_at as at from ${table} where id = $1`, [id]))[0]?.at;
    await db.query(`update ${table} set heard_at = '2026-01-01' where id = $1`, [id]);
    const before = await heardAt();
    await copies.keep(db, { id, version: 1, ...content('Again') });
    expect(await heardAt()).toEqual(before);
    await copies.keep(db, { id, version: 2, ...content('Second') });
    expect(await heardAt()).not.toEqual(before);
  });
});

describe('copies of things that can be deleted', () => {
  const gone = { firstName: 'Gone', body: null };

  it.each([0, 3])(
    'stay deleted once the newest, of version 2, was a deletion, also when %i is heard later',
    async (late) => {
      const id = newId();
      await goods.keep(db, { id, version: 1, ...content('First') });
      await goods.keepDeletion(db, { id, version: 2, ...gone });
      await goods.keep(db, { id, version: late, ...content('Late') });
      expect(await goods.find(db, id)).toEqual({ version: 2n, ...gone });
    },
  );

  it('stay deleted where the deletion is heard first, and stay where it is older', async () => {
    const [first, older] = [newId(), newId()];
    await goods.keepDeletion(db, { id: first, version: 2, ...gone });
    await goods.keep(db, { id: first, version: 3, ...content('Late') });
    await goods.keep(db, { id: older, version: 5, ...content('Fifth') });
    await goods.keepDeletion(db, { id: older, version: 4, ...gone });
    expect(await goods.find(db, first)).toEqual({ version: 2n, ...gone });
    expect(await goods.find(db, older)).toMatchObject({ version: 5n, firstName: 'Fifth' });
  });

  it('lose their old tombstones; young ones and the living stay', async () => {
    await db.query('truncate goods');
    const [old, young, living] = [newId(), newId(), newId()];
    await goods.keepDeletion(db, { id: old, version: 1, ...gone });
    await goods.keepDeletion(db, { id: young, version: 1, ...gone });
    await goods.keep(db, { id: living, version: 1, ...content('First') });
    await db.query(`update goods set heard_at = now() - interval '1 hour'`);
    await db.query(`update goods set deleted_at = now() - interval '1 hour' where id = $1`, [old]);
    expect(await goods.deleteTombstones(db, 1_800_000)).toBe(1);
    expect(await goods.deleteTombstones(db, 1_800_000)).toBe(0);
    const left = await db.query<{ id: string }>('select id from goods order by id');
    expect(left.map(({ id }) => id)).toEqual([young, living].toSorted());
  });
});
