import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { OrdersConsumer } from '../src/messages/orders.consumer.js';
import {
  commissionLocked,
  emailVerified,
  orderAnonymised,
  orderCreated,
  orderOf,
  orderPaid,
  orderShipped,
  payoutCompleted,
  refundFailed,
  stockLow,
  userRegistered,
  userUpdated,
} from './events.js';
import { ADMIN, customer, NotificationFixture, type PageOf, type Problem } from './notification-fixture.js';

/* Without any provider: what is told, to whom, and that it is told once. */
describe('messages', () => {
  let notification: NotificationFixture;
  beforeAll(async () => {
    notification = await NotificationFixture.start();
  });
  afterEach(async () => {
    const violations = await notification.violations();
    if (violations.length > 0) throw new Error(JSON.stringify(violations));
  });
  afterAll(() => notification.stop());

  it('keeps a message in the local outbox where its channel is not configured', async () => {
    const person = customer();
    const order = orderOf({ userId: person.userId, name: 'Asha', email: 'asha@example.com' });
    await notification.tellAndWait(orderCreated(order));
    expect(await notification.list(person)).toEqual([
      expect.objectContaining({
        type: 'ORDER_CREATED',
        category: 'ORDER',
        channel: 'EMAIL',
        recipient: 'asha@example.com',
        subject: `Your order ${order.orderNumber}`,
        body: expect.stringContaining('Total: ₹3,000.00'),
        state: 'LOCAL',
        attempts: 0,
        orderId: order.orderId,
        sentAt: null,
      }),
    ]);
  });

  it('writes what a batch of events tells with two statements, whatever their number', async () => {
    const consumer = notification.service.app.get(OrdersConsumer);
    const orders = [1, 2, 3].map(() => orderOf({ email: 'asha@example.com' }));
    let statements = 0;
    await notification.service.app.get(Database).sqlTransaction(async (tx) => {
      const query: SqlTx['query'] = (text, params) => {
        statements += 1;
        return tx.query(text, params);
      };
      const counting: SqlTx = { ...tx, query };
      for (const order of orders) {
        const event = orderCreated(order) as Parameters<OrdersConsumer['onOrderCreated']>[0];
        await tx.query('insert into inbox (consumer, event_id) values ($1, $2)', ['notification', event.id]);
        consumer.onOrderCreated(event, { tx: counting, attempt: 1, afterCommit: tx.afterCommit });
      }
    });
    expect(statements).toBe(2);
    const told = await notification.service.db.query<{ n: number }>(
      'select count(*)::int as n from messages where order_id = any($1)',
      [orders.map(({ orderId }) => orderId)],
    );
    expect(told).toEqual([{ n: 3 }]);
  });

  it('tells about an event once, however often it comes', async () => {
    const person = customer();
    const paid = orderPaid(orderOf({ userId: person.userId, email: 'a@example.com', phone: '+919876543210' }));
    await notification.tellAndWait(paid, paid);
    // As a republish long after the inbox has forgotten it.
    await notification.service.db.query('delete from inbox where event_id = $1', [paid.id]);
    await notification.tellAndWait(paid);
    const messages = await notification.list(person);
    expect(messages.map(({ channel }) => channel).sort()).toEqual(['EMAIL', 'SMS', 'WHATSAPP']);
  });

  it('tells a guest at the addresses of the order', async () => {
    const order = orderOf({ email: 'guest@example.com' });
    await notification.tellAndWait(orderPaid(order));
    expect(await notification.list(ADMIN, `orderId=${order.orderId}`)).toEqual([
      expect.objectContaining({ channel: 'EMAIL', recipient: 'guest@example.com', userId: null }),
    ]);
  });

  it('forgets what it wrote to the buyer of an order whose customer was deleted, and writes no more, whatever comes late', async () => {
    const seller = customer();
    await notification.tellAndWait(userRegistered(seller.userId));
    await notification.tellAndWait(userRegistered(ADMIN.userId, { roles: ['ADMIN'] }));
    const order = orderOf({ email: 'gone@example.com', name: 'Rahul' }, { sellerId: seller.userId });
    const other = orderOf({ email: 'gone@example.com' });
    await notification.tellAndWait(orderCreated(order), orderCreated(other), refundFailed(order));
    await notification.tellAndWait(commissionLocked(seller.userId, 30_000, order.orderId));
    const anonymised = orderAnonymised(order);
    await notification.tellAndWait(anonymised, anonymised);
    await notification.tellAndWait(orderPaid(order), refundFailed(order));
    const rows = await notification.service.db.query<{ template: string; address: string }>(
      'select template, address from messages where order_id = $1 order by template',
      [order.orderId],
    );
    expect(rows.map(({ template }) => template)).toEqual(['commission-earned', 'refund-failed', 'refund-failed']);
    expect(JSON.stringify(rows)).not.toContain('gone@example.com');
    expect(await notification.list(ADMIN, `orderId=${other.orderId}`)).toHaveLength(1);
  });

  it('tells a seller at the account’s addresses', async () => {
    const seller = customer();
    await notification.tellAndWait(userRegistered(seller.userId, { phone: '+919876543210', roles: ['RESELLER'] }));
    await notification.tellAndWait(payoutCompleted(seller.userId));
    const messages = await notification.list(seller, 'type=PAYOUT_COMPLETED');
    expect(messages.map(({ recipient }) => recipient).sort()).toEqual([
      '+919876543210',
      '+919876543210',
      `${seller.userId}@example.com`,
    ]);
    expect(messages.every(({ body }) => body.includes('₹1,234.50') || body.includes('Amount'))).toBe(true);
  });

  it('keeps the newest contact whatever order the news come in', async () => {
    const seller = customer();
    await notification.tellAndWait(userUpdated(seller.userId, 3, { email: 'newest@example.com' }));
    await notification.tellAndWait(userUpdated(seller.userId, 2, { email: 'older@example.com' }));
    await notification.tellAndWait(userRegistered(seller.userId, { email: 'oldest@example.com' }));
    await notification.tellAndWait(commissionLocked(seller.userId));
    expect(await notification.list(seller, 'category=COMMISSION')).toEqual([
      expect.objectContaining({ recipient: 'newest@example.com', subject: 'You have earned ₹300.00' }),
    ]);
  });

  it('tells every administrator of the business about low stock and refunds that failed', async () => {
    const [platform, own, foreign, buyer] = [newId(), newId(), newId(), newId()];
    await notification.tellAndWait(
      userRegistered(platform, { roles: ['ADMIN'] }),
      userRegistered(own, { roles: ['ADMIN'], businessId: '00000000-0000-7000-8000-000000000001' }),
      userRegistered(foreign, { roles: ['ADMIN'], businessId: newId() }),
    );
    const order = orderOf({ userId: buyer, email: 'buyer@example.com' });
    await notification.tellAndWait(stockLow(), refundFailed(order));
    const told = async (userId: string) =>
      (await notification.list(customer(userId)))
        .map(({ type }) => type)
        .filter((type) => type !== 'USER_REGISTERED')
        .sort();
    expect(await told(platform)).toEqual(['PAYMENT_REFUND_FAILED', 'STOCK_LOW']);
    expect(await told(own)).toEqual(['PAYMENT_REFUND_FAILED', 'STOCK_LOW']);
    expect(await told(foreign)).toEqual([]);
    expect(await told(buyer)).toEqual(['PAYMENT_REFUND_FAILED']);
    expect((await notification.list(customer(buyer)))[0]?.body).not.toContain('the account is closed');
    await notification.tellAndWait(refundFailed(order, true));
    const reasons = (await notification.list(customer(own), 'type=PAYMENT_REFUND_FAILED')).map(({ body }) => body);
    expect(reasons.map((body) => [body.includes('finally refused'), body.includes('came back')]).sort()).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it('parks a poisonous event and goes on with the others', async () => {
    const person = customer();
    const good = orderPaid(orderOf({ userId: person.userId, email: 'good@example.com' }));
    const poison = { ...good, id: newId(), data: { orderId: 'no order' } };
    await notification.tellAndWait(emailVerified(person.userId));
    await notification.tell(poison);
    await notification.tellAndWait(good);
    expect((await notification.list(person)).map(({ type }) => type).sort()).toEqual(['EMAIL_VERIFIED', 'ORDER_PAID']);
    await eventually(async () => {
      const dead = await notification.others.deadLettersOf('notification');
      expect(dead.map(({ id }) => id)).toContain(poison.id);
    });
  });

  it('never puts anything but a web address behind a button', async () => {
    const person = customer();
    const order = orderOf({ userId: person.userId, email: 'a@example.com' });
    await notification.tellAndWait(orderShipped(order, 'javascript:alert(1)'));
    expect((await notification.list(person))[0]?.body).not.toContain('javascript');
  });

  it('shows people their own notifications only', async () => {
    const [mine, theirs] = [customer(), customer()];
    await notification.tellAndWait(orderPaid(orderOf({ userId: theirs.userId, email: 'b@example.com' })));
    const [message] = await notification.list(theirs);
    const as = (person: typeof mine) => notification.client.as(person);
    expect(await notification.list(mine)).toEqual([]);
    expect((await as(mine).get(`/notifications?userId=${theirs.userId}`)).status).toBe(403);
    expect((await as(mine).get<Problem>(`/notifications/${message?.id}`)).body.code).toBe('NOTIFICATION_NOT_FOUND');
    expect((await as(theirs).get(`/notifications/${message?.id}`)).status).toBe(200);
    expect((await as(mine).get('/admin/notifications')).status).toBe(403);
    const foreignAdmin = { userId: newId(), roles: ['ADMIN'] as const, businessId: newId() };
    expect((await notification.client.as(foreignAdmin).get(`/notifications/${message?.id}`)).status).toBe(404);
    const all = await notification.client.as(ADMIN).get<PageOf<unknown>>(`/notifications?userId=${theirs.userId}`);
    expect(all.body.total).toBe(1);
    expect((await notification.client.anonymous().get('/notifications')).status).toBe(401);
    expect((await as(mine).get('/notifications/none')).status).toBe(400);
  });

  it('filters by channel, state, type and time', async () => {
    const person = customer();
    const order = orderOf({ userId: person.userId, email: 'a@example.com', phone: '+919876543210' });
    await notification.tellAndWait(orderCreated(order), orderPaid(order));
    const count = async (query: string) => (await notification.list(person, query)).length;
    expect(await count('channel=sms')).toBe(1);
    expect(await count('type=ORDER_CREATED')).toBe(1);
    expect(await count('state=SENT')).toBe(0);
    expect(await count('state=LOCAL&category=ORDER')).toBe(4);
    expect(await count('from=2999-01-01T00:00:00.000Z')).toBe(0);
    expect(await count('to=2999-01-01T00:00:00.000Z')).toBe(4);
    expect((await notification.client.as(person).get('/notifications?state=LOST')).status).toBe(400);
  });

  it('keeps quiet where a person has switched it off, and says that it did', async () => {
    const person = customer();
    const off = { preferences: [{ channel: 'SMS', category: 'ORDER', enabled: false }] };
    const chosen = await notification.client
      .as(person)
      .put<{ preferences: unknown[] }>('/notifications/preferences', off);
    expect(chosen.body.preferences).toContainEqual({
      channel: 'SMS',
      category: 'ORDER',
      enabled: false,
      mayBeSwitchedOff: true,
    });
    await notification.tellAndWait(
      orderPaid(orderOf({ userId: person.userId, email: 'a@b.in', phone: '+919876543210' })),
    );
    const states = (await notification.list(person)).map(({ channel, state }) => `${channel} ${state}`).sort();
    expect(states).toEqual(['EMAIL LOCAL', 'SMS SUPPRESSED', 'WHATSAPP LOCAL']);
  });

  it('refuses to switch off mails about the account', async () => {
    const off = { preferences: [{ channel: 'EMAIL', category: 'ACCOUNT', enabled: false }] };
    const answer = await notification.client.as(customer()).put<Problem>('/notifications/preferences', off);
    expect([answer.status, answer.body.code]).toEqual([422, 'ACCOUNT_MAIL_REQUIRED']);
  });
});
