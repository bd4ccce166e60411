import { deepEqual } from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainEvent, OrderSnapshot } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventPeer, untilHandled, type EventPeer, type TestClient } from '@reseller/testing';
import { CUSTOMER_INVARIANTS } from '../src/customer-orders/customer-invariants.js';
import { eventsOf, makeAdmin, startAuth, type AuthTest, type PageBody } from './auth-fixture.js';
import { newPhone, type CustomerBody } from './customers-fixture.js';
import { orderCreated, orderJoined, orderOf, orderPaid, PAID_AT, paymentRefunded } from './order-events.js';

/* Whose an order is: found or made where it names nobody, told to the order, and moved when a guest's joins an account. */
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

/** One after the other, each once the one before has been handled. */
async function hear(...events: DomainEvent[]): Promise<void> {
  for (const event of events) {
    await others.tell(event);
    await untilHandled(auth.db, event);
  }
}
const told = async ({ orderId }: OrderSnapshot) =>
  (await eventsOf(auth, 'CUSTOMER_ORDERED', orderId)).map(({ data }) => data);
const found = async (query: string): Promise<CustomerBody[]> => [
  ...(await admin.get<PageBody<CustomerBody>>(`/customers?${query}`)).body.data,
];
const byPhone = (phone: string) => found(`q=${phone.slice(3)}`);

describe('an order that names no customer', () => {
  it('is told once whose it is, as soon as it is placed: its account’s customer, also before it is paid', async () => {
    const userId = newId();
    const order = orderOf({ userId });
    await hear(orderCreated(order));
    const [customer] = await found(`userId=${userId}`);
    expect(customer).toMatchObject({ totalOrders: 0, source: 'ORDER' });
    await hear(orderPaid(order), orderCreated(order));
    const { orderId, businessId } = order;
    expect(await told(order)).toEqual([{ orderId, businessId, customerId: customer?.id, userId }]);
    expect(await found(`userId=${userId}`)).toMatchObject([{ id: customer?.id, totalOrders: 1 }]);
    const next = orderOf({ userId, customerId: customer?.id ?? null });
    await hear(orderCreated(next), orderPaid(next));
    expect(await told(next)).toEqual([]);
    expect(await found(`userId=${userId}`)).toMatchObject([{ totalOrders: 2 }]);
  });

  it('is a guest’s by the phone, in whatever order its events come', async () => {
    const phone = newPhone();
    const [first, second] = [orderOf({ phone }), orderOf({ phone })];
    await hear(orderPaid(first), orderCreated(second), orderCreated(first));
    const [guest] = await byPhone(phone);
    expect(guest).toMatchObject({ totalOrders: 1 });
    expect([...(await told(first)), ...(await told(second))]).toMatchObject([
      { orderId: first.orderId, customerId: guest?.id, userId: null },
      { orderId: second.orderId, customerId: guest?.id, userId: null },
    ]);
  });

  it('is nobody’s where it says neither account nor phone', async () => {
    const order = orderOf({});
    await hear(orderCreated(order));
    expect(await told(order)).toEqual([]);
  });
});

describe('an order that was counted before orders were told', () => {
  /** As the release before left it: counted for a customer who was found, and nobody told. */
  async function counted(order: OrderSnapshot): Promise<void> {
    await hear(orderPaid(order));
    await auth.db.query('update customer_order_facts set customer_found = false where order_id = $1', [order.orderId]);
    await auth.db.query('delete from outbox where aggregate_id = $1', [order.orderId]);
  }

  it('is told once, when its events come again, and counts no second time', async () => {
    const order = orderOf({ userId: newId() });
    await counted(order);
    await hear(orderCreated(order), orderPaid(order), orderCreated(order));
    const [customer] = await found(`userId=${order.buyer.userId}`);
    expect(customer).toMatchObject({ totalOrders: 1 });
    expect(await told(order)).toMatchObject([{ customerId: customer?.id, userId: order.buyer.userId }]);
  });

  it('moves with its account, also where what comes again says the account already', async () => {
    const [phone, userId] = [newPhone(), newId()];
    const order = orderOf({ phone });
    await counted(order);
    await hear(orderPaid({ ...order, buyer: { ...order.buyer, userId } }), orderJoined(order, userId));
    const [mine] = await found(`userId=${userId}`);
    const tellings = await eventsOf(auth, 'CUSTOMER_ORDERED', order.orderId);
    expect(tellings).toMatchObject([
      { aggregateVersion: 2, data: { userId: null } },
      { aggregateVersion: 3, data: { customerId: mine?.id, userId } },
    ]);
  });

  it('is told the deletion too where the customer is gone', async () => {
    const phone = newPhone();
    const order = orderOf({ phone });
    await counted(order);
    const [guest] = await byPhone(phone);
    await admin.delete(`/customers/${guest?.id}`);
    await hear(orderCreated(order));
    expect(await told(order)).toMatchObject([{ customerId: guest?.id, userId: null }]);
    expect(await eventsOf(auth, 'CUSTOMER_DELETED', guest?.id ?? '')).toHaveLength(2);
  });

  it('is told nothing where it named its customer', async () => {
    const { body } = await admin.post<CustomerBody>('/customers', { name: 'Rahul Sharma', phone: newPhone() });
    const order = orderOf({ customerId: body.id });
    await hear(orderPaid(order), orderPaid(order));
    expect(await told(order)).toEqual([]);
  });
});

describe('a guest’s order that joins an account', () => {
  const buyers = () => ({ userId: newId(), phone: newPhone() });
  const steps = (order: OrderSnapshot, userId: string) => ({
    created: orderCreated(order),
    paid: orderPaid(order),
    refunded: paymentRefunded(order, 764),
    joined: orderJoined(order, userId),
  });

  it.each([
    ['created', 'paid', 'refunded', 'joined'],
    ['created', 'joined', 'paid', 'refunded'],
    ['joined', 'refunded', 'created', 'paid'],
    ['paid', 'joined', 'refunded', 'created'],
  ] as const)(
    'counts once, for the account’s customer, when %s, %s, %s and %s come in this order',
    async (...names) => {
      const { userId, phone } = buyers();
      const order = orderOf({ phone });
      const events = steps(order, userId);
      await hear(...names.map((name) => events[name]), orderJoined(order, userId));
      const [customer] = await found(`userId=${userId}`);
      const counted = { totalOrders: 1, totalSpent: 2400, lastOrderDate: PAID_AT.toISOString(), engagementScore: 15 };
      expect(customer).toMatchObject(counted);
      const nothing = { totalOrders: 0, totalSpent: 0, lastOrderDate: null, engagementScore: 10 };
      for (const guest of await byPhone(phone)) expect(guest).toMatchObject(nothing);
      expect((await told(order)).at(-1)).toMatchObject({ customerId: customer?.id, userId });
    },
  );

  it.each([
    ['created', 'paid', 'refunded', 'joined'],
    ['created', 'joined', 'paid', 'refunded'],
    ['paid', 'joined', 'refunded', 'created'],
    ['joined', 'paid', 'refunded', 'created'],
  ] as const)(
    'leaves another account whose customer has the guest’s phone, when %s, %s, %s and %s come in this order',
    async (...names) => {
      const { userId, phone } = buyers();
      const stranger = orderOf({ userId: newId() });
      await hear(orderCreated(stranger));
      const [theirs] = await found(`userId=${stranger.buyer.userId}`);
      await admin.put(`/customers/${theirs?.id}`, { phone });
      const order = orderOf({ phone });
      const events = steps(order, userId);
      await hear(...names.map((name) => events[name]));
      expect(await found(`userId=${userId}`)).toMatchObject([{ totalOrders: 1, totalSpent: 2400 }]);
      expect(await byPhone(phone)).toMatchObject([{ id: theirs?.id, totalOrders: 0, totalSpent: 0 }]);
      const [mine] = await found(`userId=${userId}`);
      const last = (await eventsOf(auth, 'CUSTOMER_ORDERED', order.orderId)).at(-1);
      expect(last).toMatchObject({
        aggregateVersion: names[0] === 'joined' ? 2 : 3,
        data: { customerId: mine?.id, userId },
      });
    },
  );

  it('stays the customer’s whose account it joins, where the phone was theirs', async () => {
    const { userId, phone } = buyers();
    await hear(orderCreated(orderOf({ userId })));
    const [mine] = await found(`userId=${userId}`);
    await admin.put(`/customers/${mine?.id}`, { phone });
    const order = orderOf({ phone });
    await hear(orderPaid(order), orderJoined(order, userId));
    expect(await found(`userId=${userId}`)).toMatchObject([{ id: mine?.id, totalOrders: 1 }]);
    const tellings = await eventsOf(auth, 'CUSTOMER_ORDERED', order.orderId);
    expect(tellings).toMatchObject([
      { aggregateVersion: 1, data: { customerId: mine?.id, userId } },
      { aggregateVersion: 3, data: { customerId: mine?.id, userId } },
    ]);
  });

  it('leaves the guest’s other orders where they were, with the time and the score that they made', async () => {
    const { userId, phone } = buyers();
    const [earlier, joining] = [orderOf({ phone }), orderOf({ phone })];
    const before = new Date('2026-01-01T00:00:00.000Z');
    await hear(orderPaid(earlier, before), orderPaid(joining), orderJoined(joining, userId));
    expect(await byPhone(phone)).toMatchObject([
      { totalOrders: 1, totalSpent: 2407.64, lastOrderDate: before.toISOString(), engagementScore: 15 },
    ]);
  });

  it('stays the customer’s whom it named', async () => {
    const { userId, phone } = buyers();
    const { body } = await admin.post<CustomerBody>('/customers', { name: 'Rahul Sharma', phone });
    const order = orderOf({ customerId: body.id, phone });
    await hear(orderCreated(order), orderPaid(order), orderJoined(order, userId));
    expect(await byPhone(phone)).toMatchObject([{ id: body.id, totalOrders: 1 }]);
    expect(await found(`userId=${userId}`)).toEqual([]);
    expect(await told(order)).toEqual([]);
  });

  it('stays nobody’s where its customer was forgotten', async () => {
    const { userId, phone } = buyers();
    const order = orderOf({ phone });
    await hear(orderPaid(order));
    const [guest] = await byPhone(phone);
    await admin.delete(`/customers/${guest?.id}`);
    await hear(orderJoined(order, userId));
    expect(await found(`userId=${userId}`)).toEqual([]);
    // Order waits for this before it takes the person out.
    const last = (await eventsOf(auth, 'CUSTOMER_ORDERED', order.orderId)).at(-1);
    expect(last).toMatchObject({ aggregateVersion: 3, data: { customerId: guest?.id, userId: null } });
    expect(await eventsOf(auth, 'CUSTOMER_DELETED', guest?.id ?? '')).toHaveLength(2);
  });
});

describe('the deletion of a customer', () => {
  it('is told, without the person, and again to an order that was being placed meanwhile', async () => {
    const phone = newPhone();
    const { body } = await admin.post<CustomerBody>('/customers', { name: 'Rahul Sharma', phone });
    await admin.delete(`/customers/${body.id}`);
    const tellings = async () => (await eventsOf(auth, 'CUSTOMER_DELETED', body.id)).map(({ data }) => data);
    const telling = { customerId: body.id, businessId: body.businessId };
    expect(await tellings()).toEqual([telling]);
    await hear(orderCreated(orderOf({ customerId: body.id, phone })));
    expect(await tellings()).toEqual([telling, telling]);
  });
});
