import { deepEqual } from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_BUSINESS_ID,
  OrderPaid,
  PaymentRefunded,
  type DomainEvent,
  type EventOf,
  type OrderSnapshot,
} from '@reseller/contracts';
import { Database, type SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventPeer, eventually, untilHandled, type EventPeer, type TestClient } from '@reseller/testing';
import { CUSTOMER_INVARIANTS } from '../src/customer-orders/customer-invariants.js';
import { RecordOrderFact } from '../src/customer-orders/record-order-fact.js';
import { makeAdmin, startAuth, type AuthTest, type PageBody } from './auth-fixture.js';
import { orderOf, orderPaid, PAID_AT, paymentRefunded } from './order-events.js';

interface CustomerBody {
  readonly id: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly userId: string | null;
  readonly totalOrders: number;
  readonly totalSpent: number;
  readonly lastOrderDate: string | null;
  readonly engagementScore: number;
  readonly source: string;
  readonly version: number;
}

let auth: AuthTest;
let admin: TestClient;
let others: EventPeer;
beforeAll(async () => {
  auth = await startAuth();
  admin = auth.client.as(await makeAdmin(auth));
  others = await eventPeer('order', auth.broker);
});
afterAll(async () => {
  await others.close();
  await auth.stop();
});

afterEach(async () => {
  for (const { name, sql } of CUSTOMER_INVARIANTS) deepEqual([name, await auth.db.query(sql)], [name, []]);
});

let phones = 9_100_000_000;
const newPhone = (): string => `+91${(phones += 1)}`;

async function created(): Promise<CustomerBody> {
  const { body } = await admin.post<CustomerBody>('/customers', { name: 'Rahul Sharma', phone: newPhone() });
  return body;
}
const read = async (id: string) => (await admin.get<CustomerBody>(`/customers/${id}`)).body;
const found = async (query: string) => (await admin.get<PageBody<CustomerBody>>(`/customers?${query}`)).body.data;
const figures = async (id: string) => {
  const { totalOrders, totalSpent, lastOrderDate, engagementScore } = await read(id);
  return { totalOrders, totalSpent, lastOrderDate, engagementScore };
};

/** All of them, through the broker, until the inbox has them. */
async function hear(...events: DomainEvent[]): Promise<void> {
  await others.tell(...events);
  await untilHandled(auth.db, ...events);
}

/** Without broker and inbox: several at once, or the same again as if it had never been heard. */
async function handle(
  event: EventOf<typeof OrderPaid> | EventOf<typeof PaymentRefunded>,
  watched = (tx: SqlTx): SqlTx => tx,
): Promise<void> {
  const record = auth.app.get(RecordOrderFact);
  const { data } = event;
  const fact =
    'paidAt' in data ? { paidAt: new Date(data.paidAt) } : { refundedTotalPaise: BigInt(data.refundedTotalPaise) };
  await auth.app.get(Database).sqlTransaction((tx) => record.execute(watched(tx), data, fact));
}

const PAID = { totalOrders: 1, totalSpent: 2407.64, lastOrderDate: PAID_AT.toISOString(), engagementScore: 15 };

describe('the figures of a customer', () => {
  it('follow a paid order: one order, its money, its time, and a score of 15', async () => {
    const { id } = await created();
    const order = orderOf({ customerId: id });
    await hear(orderPaid(order));
    expect(await figures(id)).toEqual(PAID);
    const history = await admin.get<PageBody<Record<string, unknown>>>(`/customers/${id}/engagement`);
    expect(history.body.data).toMatchObject([
      {
        before: 10,
        after: 15,
        actor: 'service:order',
        orderId: order.orderId,
        reason: `Order ${order.orderNumber} was paid`,
      },
    ]);
    expect((await read(id)).version).toBe(1);
  });

  it('count an order once, however often the event comes or is told again', async () => {
    const { id } = await created();
    const order = orderOf({ customerId: id });
    const paid = orderPaid(order);
    await hear(paid, paid, orderPaid(order));
    await handle(paid);
    expect(await figures(id)).toEqual(PAID);
    const refunded = paymentRefunded(order, 100_000);
    await hear(refunded, refunded, paymentRefunded(order, 100_000));
    await handle(refunded);
    expect(await figures(id)).toEqual({ ...PAID, totalSpent: 1407.64 });
  });

  it('lose what is refunded, to the paisa, and keep the order', async () => {
    const { id } = await created();
    const order = orderOf({ customerId: id });
    await hear(orderPaid(order), paymentRefunded(order, 100_001));
    expect(await figures(id)).toMatchObject({ totalOrders: 1, totalSpent: 1407.63, engagementScore: 15 });
    await hear(paymentRefunded(order, 240_764));
    expect(await figures(id)).toEqual({ ...PAID, totalSpent: 0 });
  });

  it('end the same in every order of payment and refunds', async () => {
    const step = (order: OrderSnapshot, number: string) =>
      number === '0' ? orderPaid(order) : paymentRefunded(order, number === '1' ? 50_000 : 120_000);
    const orders = ['012', '021', '102', '120', '201', '210'];
    for (const sequence of orders) {
      const { id } = await created();
      const order = orderOf({ customerId: id });
      for (const number of sequence) await handle(step(order, number));
      expect([sequence, await figures(id)]).toEqual([sequence, { ...PAID, totalSpent: 1207.64 }]);
    }
  });

  it('leave out refunds of money that never settled an order', async () => {
    const { id } = await created();
    const order = orderOf({ customerId: id });
    await hear(orderPaid(order), paymentRefunded(order, 240_764, false));
    expect(await figures(id)).toEqual(PAID);
  });

  it('sum up many orders of one customer that come at the same moment', async () => {
    const { id } = await created();
    const later = (days: number) => new Date(PAID_AT.getTime() + days * 86_400_000);
    const orders = Array.from({ length: 8 }, () => orderOf({ customerId: id }));
    await Promise.all(orders.map((order, index) => handle(orderPaid(order, later(index)))));
    await Promise.all(orders.map((order) => handle(paymentRefunded(order, 64))));
    expect(await figures(id)).toEqual({
      totalOrders: 8,
      totalSpent: 8 * 2407,
      lastOrderDate: later(7).toISOString(),
      engagementScore: 50,
    });
  });

  it('count one order once when its events come 8 times at the same moment', async () => {
    const { id } = await created();
    const order = orderOf({ customerId: id });
    await Promise.all(Array.from({ length: 8 }, () => handle(orderPaid(order))));
    expect(await figures(id)).toEqual(PAID);
  });

  it('take three statements for an order: its row, its customer, and what it adds; one more tells it whose it is', async () => {
    const { id, phone } = await created();
    const taken = async (buyer: Partial<OrderSnapshot['buyer']>) => {
      let statements = 0;
      await handle(orderPaid(orderOf(buyer)), (tx) => {
        const query: SqlTx['query'] = (text, params) => ((statements += 1), tx.query(text, params));
        return Object.create(tx, { query: { value: query } }) as SqlTx;
      });
      return statements;
    };
    expect(await taken({ customerId: id })).toBe(3);
    for (const buyer of [{ phone }, { phone: newPhone() }, { userId: newId() }]) expect(await taken(buyer)).toBe(4);
  });

  it('keep the score within 100', async () => {
    const { id } = await created();
    await admin.patch(`/customers/${id}/engagement`, { delta: 88 });
    await hear(orderPaid(orderOf({ customerId: id })));
    expect((await figures(id)).engagementScore).toBe(100);
  });

  it('are of what can be read: what cannot is parked, and what comes behind it is heard', async () => {
    const { id } = await created();
    const good = orderPaid(orderOf({ customerId: id }));
    const poison = { ...orderPaid(orderOf({ customerId: id })), data: { orderId: 'none' } };
    await others.tell(poison);
    await hear(good);
    await eventually(async () => (await others.deadLettersOf('auth')).some((letter) => letter.id === poison.id));
    expect(await figures(id)).toEqual(PAID);
  });
});

describe('who buys without being a customer yet', () => {
  it('becomes one by the phone, as a guest, and is found by it the next time', async () => {
    const phone = newPhone();
    await hear(orderPaid(orderOf({ phone: `0${phone.slice(3)}` })));
    const [guest] = await found(`q=${phone.slice(3)}`);
    expect(guest).toMatchObject({ name: 'Rahul Sharma', phone, userId: null, source: 'ORDER', ...PAID });
    await hear(orderPaid(orderOf({ phone })));
    expect(await figures(guest?.id ?? '')).toMatchObject({ totalOrders: 2, totalSpent: 4815.28, engagementScore: 20 });
  });

  it('becomes one by the account, also without a phone', async () => {
    const userId = newId();
    await hear(orderPaid(orderOf({ userId })), orderPaid(orderOf({ userId })));
    expect(await found(`userId=${userId}`)).toMatchObject([{ phone: null, totalOrders: 2 }]);
  });

  it('with an account is not the contact with the phone that it gives, nor is that contact ever linked to it', async () => {
    const [userId, contact] = [newId(), await created()];
    await hear(orderPaid(orderOf({ userId, phone: contact.phone })), orderPaid(orderOf({ userId, phone: null })));
    expect(await read(contact.id)).toMatchObject({ userId: null, phone: contact.phone, totalOrders: 0 });
    expect(await found(`userId=${userId}`)).toMatchObject([{ phone: null, totalOrders: 2 }]);
  });

  it('with an account does not take a phone that nobody has: whose it is, the business says', async () => {
    const [userId, phone] = [newId(), newPhone()];
    await hear(orderPaid(orderOf({ userId, phone })));
    const contact = await admin.post<CustomerBody>('/customers/find-or-create', { phone });
    expect([contact.status, contact.body.userId]).toEqual([201, null]);
    expect(await found(`userId=${userId}`)).toMatchObject([{ phone: null, totalOrders: 1 }]);
  });

  it('stays apart from another account that gave the same phone, and from a guest with it', async () => {
    const [one, other, phone] = [newId(), newId(), newPhone()];
    for (const userId of [one, other, null, one]) await hear(orderPaid(orderOf({ userId, phone })));
    expect(await found(`userId=${one}`)).toMatchObject([{ phone: null, totalOrders: 2 }]);
    expect(await found(`userId=${other}`)).toMatchObject([{ phone: null, totalOrders: 1 }]);
    expect(await found(`q=${phone.slice(3)}`)).toMatchObject([{ userId: null, totalOrders: 1 }]);
  });

  it('is one customer when 8 first orders come at the same moment', async () => {
    const [phone, userId] = [newPhone(), newId()];
    const many = (buyer: Partial<OrderSnapshot['buyer']>) =>
      Array.from({ length: 8 }, () => handle(orderPaid(orderOf(buyer))));
    await Promise.all([...many({ userId, phone }), ...many({ phone })]);
    expect(await found(`userId=${userId}`)).toMatchObject([{ phone: null, totalOrders: 8, engagementScore: 50 }]);
    expect(await found(`q=${phone.slice(3)}`)).toMatchObject([{ userId: null, totalOrders: 8, engagementScore: 50 }]);
  });

  it('is nobody where the order names neither account nor phone that can be read', async () => {
    const order = orderOf({ phone: 'unknown' });
    await hear(orderPaid(order), paymentRefunded(order, 10));
    const facts = await auth.db.query('select customer_id from customer_order_facts where order_id = $1', [
      order.orderId,
    ]);
    expect(facts).toEqual([{ customer_id: null }]);
  });

  it('is a customer of the business that sold', async () => {
    const [phone, businessId] = [newPhone(), newId()];
    const mine = await admin.post<CustomerBody>('/customers', { name: 'Here', phone });
    await hear(
      orderPaid(orderOf({ phone }, { businessId })),
      orderPaid(orderOf({ customerId: mine.body.id }, { businessId })),
    );
    expect((await read(mine.body.id)).totalOrders).toBe(0);
    expect(await found(`businessId=${businessId}`)).toMatchObject([{ phone, totalOrders: 1 }]);
    expect(await found(`businessId=${DEFAULT_BUSINESS_ID}&q=${phone.slice(3)}`)).toMatchObject([{ totalOrders: 0 }]);
  });
});

describe('a customer who was forgotten', () => {
  it('keeps the figures right when money goes back later, and is another person when they order again', async () => {
    const { id, phone } = await created();
    const order = orderOf({ customerId: id, phone });
    await hear(orderPaid(order));
    expect((await admin.delete(`/customers/${id}`)).status).toBe(204);
    await hear(paymentRefunded(order, 764), orderPaid(orderOf({ phone })));
    const [row] = await auth.db.query<{ spent: string; phone: null }>(
      'select total_spent_paise::text as spent, phone from customers where id = $1',
      [id],
    );
    expect(row).toEqual({ spent: '240000', phone: null });
    expect(await found(`q=${phone?.slice(3)}`)).toMatchObject([{ totalOrders: 1 }]);
  });

  it('does not come back by an order of before that is paid later: it counts for the row without the person', async () => {
    const { id, phone } = await created();
    const account = newId();
    const before = [orderOf({ customerId: id, phone }), orderOf({ customerId: id, phone, userId: account })];
    expect((await admin.delete(`/customers/${id}`)).status).toBe(204);
    await hear(...before.map((order) => orderPaid(order)));
    const [row] = await auth.db.query('select total_orders, name, phone, user_id from customers where id = $1', [id]);
    expect(row).toEqual({ total_orders: 2, name: null, phone: null, user_id: null });
    expect([await found(`q=${phone?.slice(3)}`), await found(`userId=${account}`)]).toEqual([[], []]);
  });
});

describe('an order that names a customer', () => {
  it('counts for nobody else, also where the business has no such customer', async () => {
    const { id, phone } = await created();
    const [order, stranger] = [orderOf({ customerId: newId(), phone }), newPhone()];
    await hear(orderPaid(order), orderPaid(orderOf({ customerId: newId(), phone: stranger, userId: newId() })));
    const facts = await auth.db.query('select customer_id from customer_order_facts where order_id = $1', [
      order.orderId,
    ]);
    expect(facts).toEqual([{ customer_id: null }]);
    expect((await read(id)).totalOrders).toBe(0);
    expect(await found(`q=${stranger.slice(3)}`)).toEqual([]);
  });
});
