import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import {
  customer,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
  type Problem,
} from './order-fixture.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

describe('the idempotency key', () => {
  it('gives the first answer again and places nothing twice', async () => {
    const person = customer();
    const headers = { 'idempotency-key': newId() };
    const first = await orders.as(person).post<PlacedOrder>('/orders', simpleOrder(), headers);
    const second = await orders.as(person).post<PlacedOrder>('/orders', simpleOrder(), headers);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(orders.product.callsTo('/internal/reservations')).toHaveLength(1);
    expect(await orders.as(person).post<Problem>('/orders', simpleOrder({ notes: 'other' }), headers)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('lets one of eight parallel requests place the order', async () => {
    const person = customer();
    const headers = { 'idempotency-key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => orders.as(person).post<PlacedOrder>('/orders', simpleOrder(), headers)),
    );
    const placed = answers.filter(({ status }) => status === 201);
    expect(new Set(placed.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201).every(({ status }) => status === 409)).toBe(true);
    const rows = await orders.service.db.query('select 1 from orders where user_id = $1', [person.userId]);
    expect(rows).toHaveLength(1);
  });

  it('is taken over from a crashed attempt, whose reservation is found again or given back', async () => {
    const person = customer();
    const key = newId();
    const young = newId();
    const old = '01900000-0000-7000-8000-000000000001';
    await claimAsCrashed(person.userId ?? '', key, young);
    expect((await orders.place(person, simpleOrder(), { 'idempotency-key': key })).id).toBe(young);

    const oldKey = newId();
    await claimAsCrashed(person.userId ?? '', oldKey, old);
    expect((await orders.place(person, simpleOrder(), { 'idempotency-key': oldKey })).id).not.toBe(old);
    expect(orders.product.callsTo('/internal/reservations/release')[0]?.body).toMatchObject({ ownerId: old });
  });

  /** A row as a process leaves it that died before it stored an answer, its lease run out. */
  async function claimAsCrashed(principal: string, key: string, subjectId: string): Promise<void> {
    const hash = createHash('sha256')
      .update('/orders')
      .update('\n')
      .update(JSON.stringify(simpleOrder()))
      .digest('hex');
    await orders.service.db.query(
      `insert into idempotency_keys (principal, route, key, request_hash, subject_id, lease_until)
       values ($1, 'POST /orders', $2, $3, $4, now() - interval '1 second')`,
      [principal, key, hash, subjectId],
    );
  }
});
