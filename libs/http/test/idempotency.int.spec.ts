import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, httpClient, type TestClient } from '@reseller/testing';
import { IdempotencyRetention } from '../src/idempotency-retention.js';
import { startEdge, type Edge } from './edge-fixture.js';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

describe('an Idempotency-Key', () => {
  let edge: Edge;
  let person: TestClient;
  beforeAll(async () => {
    edge = await startEdge();
    person = httpClient(edge.url).as({ userId: newId() });
  });
  afterAll(() => edge.close());

  const post = (key: string, body: object, client = person) =>
    client.post<Thing>('/things', body, { 'idempotency-key': key });
  const named = (name: string) => edge.db.query<{ id: string }>('select id from things where name = $1', [name]);
  const rowOf = async (key: string) =>
    (await edge.db.query('select status, subject_id from idempotency_keys where key = $1', [key]))[0];

  it('gives the first answer again', async () => {
    const first = await post('replay', { name: 'replay' });
    const again = await post('replay', { name: 'replay' });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await named('replay')).toEqual([{ id: first.body.id }]);
  });

  it('is refused with another body', async () => {
    await post('other', { name: 'other' });
    const { status, body } = await post('other', { name: 'another' });
    expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await named('another')).toEqual([]);
  });

  it('belongs to one person', async () => {
    await post('mine', { name: 'mine' });
    const stranger = httpClient(edge.url).as({ userId: newId() });
    expect((await post('mine', { name: 'mine' }, stranger)).headers.get('idempotency-replayed')).toBeNull();
    expect(await named('mine')).toHaveLength(2);
  });

  it('waits for the first that still runs: 409 with Retry-After', async () => {
    const entered = edge.gate.entered;
    const first = post('running', { name: 'running', how: 'wait' });
    await eventually(() => edge.gate.entered === entered + 1);
    const second = await post('running', { name: 'running', how: 'wait' });
    expect([second.status, second.body.code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
    expect(second.headers.get('retry-after')).toBe('1');
    edge.gate.open();
    expect((await first).status).toBe(201);
    expect((await post('running', { name: 'running', how: 'wait' })).status).toBe(201);
    expect(await named('running')).toHaveLength(1);
  });

  const claimed = async (key: string): Promise<string> => {
    await post(key, { name: key });
    const [row] = await edge.db.query<{ subject_id: string }>(
      `update idempotency_keys set status = null, response = null, lease_until = now() + interval '30 s'
       where key = $1 returning subject_id`,
      [key],
    );
    await edge.db.query('delete from things where name = $1', [key]);
    return row?.subject_id ?? '';
  };
  const expire = (key: string) =>
    edge.db.query(`update idempotency_keys set lease_until = now() - interval '1 s' where key = $1`, [key]);

  it('is taken over with the same subject once the lease of a dead process has run out', async () => {
    const subjectId = await claimed('crashed');
    expect((await post('crashed', { name: 'crashed' })).status).toBe(409);
    await expire('crashed');
    const { status, body } = await post('crashed', { name: 'crashed' });
    expect([status, body.id]).toEqual([201, subjectId]);
  });

  it('lets nobody make the change who lost the key to another before it was made', async () => {
    const entered = edge.gate.entered;
    const slow = post('overtaken', { name: 'overtaken', how: 'wait' });
    await eventually(() => edge.gate.entered === entered + 1);
    await edge.db.query(`update idempotency_keys set lease_until = now() + interval '60 s' where key = 'overtaken'`);
    edge.gate.open();
    expect((await slow).status).toBe(409);
    expect(await rowOf('overtaken')).toMatchObject({ status: null });
  });

  it('is not freed by a process that lost it to another', async () => {
    const entered = edge.gate.entered;
    const slow = post('lost', { name: 'lost', how: 'wait' });
    await eventually(() => edge.gate.entered === entered + 1);
    await edge.db.query(`update idempotency_keys set lease_until = now() + interval '60 s' where key = 'lost'`);
    // The work of the slow one fails when its connection is cut.
    await edge.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction'`,
    );
    edge.gate.open();
    expect((await slow).status).toBe(503);
    expect(await rowOf('lost')).toMatchObject({ status: null });
  });

  it('keeps a refusal, with its details', async () => {
    const first = await post('refused', { name: 'refused', how: 'refuse' });
    const again = await post('refused', { name: 'refused', how: 'refuse' });
    expect([first.status, again.status]).toEqual([422, 422]);
    expect(again.body).toMatchObject({ code: 'TOO_SMALL', detail: 'The thing is too small.', details: { least: 3 } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await named('refused')).toEqual([]);
  });

  it('is free again after any other failure', async () => {
    expect((await post('broken', { name: 'broken', how: 'break' })).status).toBe(500);
    expect(await rowOf('broken')).toBeUndefined();
  });

  it('makes one effect of ten clicks at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('clicks', { name: 'clicks' })));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).not.toHaveLength(0);
    const things = await named('clicks');
    expect(things).toHaveLength(1);
    for (const { status, body } of answers) if (status === 201) expect(body.id).toBe(things[0]?.id);
  });

  it('has to be visible ASCII', async () => {
    for (const key of ['with space', 'é', 'x'.repeat(256)]) {
      expect((await post(key, { name: 'odd' })).status).toBe(400);
    }
    expect(await named('odd')).toEqual([]);
  });

  it('is forgotten after a day, unless it is held', async () => {
    for (const key of ['old', 'held', 'young']) await post(key, { name: key });
    await edge.db.query(
      `update idempotency_keys set created_at = now() - interval '25 h' where key in ('old', 'held')`,
    );
    await edge.db.query(`update idempotency_keys set lease_until = now() - interval '1 h' where key = 'old'`);
    expect(await edge.app.get(IdempotencyRetention, { strict: false }).execute()).toBe(1);
    expect(await rowOf('old')).toBeUndefined();
    expect([await rowOf('held'), await rowOf('young')]).not.toContain(undefined);
  });
});
