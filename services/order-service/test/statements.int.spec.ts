import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { watchStatements } from '@reseller/testing';
import { Businesses } from '../src/copies/businesses.js';
import { eventDriver } from './event-driver.js';
import { admin, customer, simpleOrder, startOrderService, type OrderFixture, type Person } from './order-fixture.js';
import { paymentFailed, paymentRefunded, paymentSuccess } from './payment-facts.js';

/*
 * What each main step sends to the database, by the request or the event that it is sent for. A number that grows is a step
 * that got dearer.
 */
const statements = watchStatements();

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
  // The year's first order makes the sequence of numbers.
  await orders.place();
});
afterAll(() => orders?.stop());
beforeEach(async () => {
  orders.reset();
  // The settings of a business are kept for seconds: what a step costs is what it costs while they are.
  const businesses = orders.service.app.get(Businesses, { strict: false });
  businesses.forget(DEFAULT_BUSINESS_ID);
  await businesses.find(DEFAULT_BUSINESS_ID);
});

const driver = eventDriver(() => orders);

type Call = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: unknown;
};

async function statementsOf(person: Person, { method, path, body }: Call, more: Record<string, string> = {}) {
  const requestId = newId();
  const client = orders.as(person).with({ 'x-request-id': requestId, ...more });
  const answer =
    method === 'get' || method === 'delete' ? await client[method](path) : await client[method](path, body);
  expect({ path, status: answer.status }).toEqual({
    path,
    status: path === '/orders' && method === 'post' ? 201 : 200,
  });
  return statements.of(requestId);
}

describe('the statements of', () => {
  const buyer = customer();
  const place = { method: 'post', path: '/orders', body: simpleOrder() } as const;

  it('placing an order: one reads what is known, one writes the order, its events and its figures', async () => {
    expect(await statementsOf(buyer, place)).toHaveLength(2);
    expect(await statementsOf(buyer, { ...place, body: simpleOrder({ paymentMethod: 'COD' }) })).toHaveLength(2);
  });

  it('placing an order with an idempotency key: two more', async () => {
    const headers = { 'idempotency-key': newId() };
    expect(await statementsOf(buyer, place, headers)).toHaveLength(4);
  });

  it('placing an order as a guest: one more, which holds the address', async () => {
    const body = simpleOrder({ email: 'guest@example.com', phone: '+919876543210' });
    expect(await statementsOf({ roles: [] }, { ...place, body })).toHaveLength(3);
  });

  it('marking it paid: one locks and reads, one writes', async () => {
    const order = await orders.place(buyer);
    const success = paymentSuccess(order, { gatewayPaymentId: 'pay_Abc123Def456Gh' });
    await driver.tellInTurn(success);
    expect(statements.of(success.id)).toHaveLength(2);
    const again = { ...success, id: newId() };
    await driver.tellInTurn(again);
    expect(statements.of(again.id)).toHaveLength(1);
  });

  it('a failed payment and a refund: two each', async () => {
    const order = await orders.place(buyer);
    const failed = paymentFailed(order);
    const success = paymentSuccess(order);
    const refunded = paymentRefunded(order, { refundPaise: 100, refundedTotalPaise: 100 });
    await driver.tellInTurn(failed, success, refunded);
    expect([failed, refunded].map(({ id }) => statements.of(id).length)).toEqual([2, 2]);
  });

  it('cancelling: two', async () => {
    const one = await orders.place(buyer);
    const other = await orders.place(buyer);
    const body = { reason: 'changed my mind' };
    expect(await statementsOf(buyer, { method: 'post', path: `/orders/${one.id}/cancel`, body })).toHaveLength(2);
    expect(await statementsOf(buyer, { method: 'delete', path: `/orders/${other.id}` })).toHaveLength(2);
  });

  it('shipping: four, for payment is asked first and the lines say how much has left; delivering: two', async () => {
    const { id } = await orders.place(buyer, simpleOrder({ paymentMethod: 'COD' }));
    expect(await statementsOf(admin, { method: 'patch', path: `/orders/${id}/ship`, body: {} })).toHaveLength(4);
    expect(await statementsOf(admin, { method: 'patch', path: `/orders/${id}/deliver` })).toHaveLength(2);
  });

  it('reading one order: one; its history: two', async () => {
    const { id } = await orders.place(buyer);
    expect(await statementsOf(buyer, { method: 'get', path: `/orders/${id}` })).toHaveLength(1);
    expect(await statementsOf(buyer, { method: 'get', path: `/orders/${id}/history` })).toHaveLength(2);
  });

  it('a list or a search, however long: one for the page and one for the total', async () => {
    for (let n = 0; n < 5; n += 1) await orders.place(buyer);
    const of = (person: Person, path: string) => statementsOf(person, { method: 'get', path });
    expect(await of(buyer, '/orders?take=2')).toHaveLength(2);
    expect(await of(buyer, '/orders/user/my-orders')).toHaveLength(2);
    expect(await of(admin, '/orders/admin/all?search=buyer@example.com&status=confirmed')).toHaveLength(2);
  });

  it('the dashboard: two', async () => {
    expect(await statementsOf(admin, { method: 'get', path: '/orders/admin/dashboard-stats' })).toHaveLength(2);
  });
});
