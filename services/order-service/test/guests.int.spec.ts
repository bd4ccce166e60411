import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { simpleOrder, startOrderService, type OrderFixture, type PlacedOrder, type Problem } from './order-fixture.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

describe('a guest', () => {
  const anonymous = () => orders.service.client.anonymous();

  it('says how to be reached', async () => {
    const { status, body } = await anonymous().post<Problem>('/orders', simpleOrder());
    expect({ status, paths: body.errors?.map(({ path }) => path) }).toEqual({ status: 400, paths: ['email', 'phone'] });
  });

  it('gets a token that reads, is checked for paying, and cancels that order alone', async () => {
    const contact = { email: 'Guest@Example.com', phone: '919876543210' };
    const placed = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact));
    const { id, orderToken = '' } = placed.body;
    expect(placed).toMatchObject({
      status: 201,
      body: { userId: null, buyer: { email: 'guest@example.com', phone: '+919876543210' } },
    });

    const other = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact));
    expect((await anonymous().get(`/orders/${id}`)).status).toBe(404);
    const holder = anonymous().with({ 'x-order-token': orderToken });
    expect((await holder.get(`/orders/${id}`)).status).toBe(200);
    expect((await holder.get(`/orders/${other.body.id}`)).status).toBe(404);

    const asPayment = orders.service.client.asService('payment');
    expect((await asPayment.get(`/internal/orders/${id}/payable?orderToken=${orderToken}`)).body).toMatchObject({
      orderTokenOk: true,
    });
    expect(
      (await asPayment.get(`/internal/orders/${other.body.id}/payable?orderToken=${orderToken}`)).body,
    ).toMatchObject({ orderTokenOk: false });

    expect((await anonymous().post(`/orders/${id}/cancel`, { reason: 'x' })).status).toBe(404);
    expect(await holder.post(`/orders/${id}/cancel`, { reason: 'Changed my mind' })).toMatchObject({
      status: 200,
      body: { status: 'CANCELLED' },
    });
  });

  it('alone gets the answer to its cancellation again', async () => {
    const contact = { email: 'guest@example.com', phone: '+919876543210' };
    const { body } = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact));
    const holder = anonymous().with({ 'x-order-token': body.orderToken ?? '' });
    const headers = { 'idempotency-key': 'easily-guessed' };
    const cancel = (client: typeof holder) => client.post(`/orders/${body.id}/cancel`, { reason: 'x' }, headers);
    expect((await cancel(holder)).status).toBe(200);
    expect((await cancel(anonymous())).status).toBe(404);
    const again = await cancel(holder);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  });

  it('never has the token stored', async () => {
    const headers = { 'idempotency-key': newId() };
    const contact = { email: 'guest@example.com', phone: '+919876543210' };
    const { body } = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact), headers);
    expect(body.orderToken).toBeDefined();
    const stored = await orders.service.db.query<{ all: string }>(
      'select (select string_agg(response::text, $$ $$) from idempotency_keys) || (select string_agg(payload::text, $$ $$) from outbox) as all',
    );
    expect(stored[0]?.all).toContain(body.id);
    expect(stored[0]?.all).not.toContain(body.orderToken);
    const again = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact), headers);
    expect(again.body.orderToken).toBe(body.orderToken);
  });
});
