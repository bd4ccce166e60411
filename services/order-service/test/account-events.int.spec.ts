import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BusinessCreated,
  BusinessUpdated,
  DEFAULT_BUSINESS_SETTINGS,
  DEFAULT_TENANT_ID,
  EmailVerified,
  ShareLinkCreated,
  ShareLinkUpdated,
  UserRegistered,
  UserUpdated,
} from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { JoinGuestOrders } from '../src/orders/join-guest-orders.js';
import { eventDriver } from './event-driver.js';
import {
  customer,
  fact,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
} from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';
import { PRODUCT_ID, quote } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const { tellInTurn, tellAgain, typesOf, whatOf, expectDead } = eventDriver(() => orders);

describe('EMAIL_VERIFIED', () => {
  it('has what a guest orders afterwards with that address begin as the account’s, and tells the guest nothing of it', async () => {
    const owner = { userId: newId(), email: `later-${newId()}@example.com` };
    await tellInTurn(fact(EmailVerified, owner.userId, { ...owner }));
    const guest = orders.service.client.anonymous();
    const contact = { email: owner.email.toUpperCase(), phone: '+919876543210' };
    const { body: placed } = await guest.post<PlacedOrder>('/orders', simpleOrder(contact));
    expect(placed.userId).toBeNull();
    const holder = guest.with({ 'x-order-token': placed.orderToken ?? '' });
    expect((await holder.get(`/orders/${placed.id}`)).body).toMatchObject({
      userId: null,
      buyer: { phone: contact.phone },
    });
    expect((await orders.as(owner).get('/orders')).body).toMatchObject({
      data: [{ id: placed.id, userId: owner.userId }],
    });
    expect(await orders.told(placed.id)).toMatchObject([{ data: { buyer: { userId: owner.userId, name: null } } }]);
    expect((await holder.post(`/orders/${placed.id}/cancel`, { reason: 'x' })).body).toMatchObject({ userId: null });
  });

  it('finds a guest’s order that was being placed when the address was proved', async () => {
    const owner = { userId: newId(), email: `meanwhile-${newId()}@example.com` };
    const verified = fact(EmailVerified, owner.userId, owner);
    orders.pricing.respond = async ({ body }) => {
      await tellInTurn(verified);
      return quote(body as Parameters<typeof quote>[0]);
    };
    const guest = orders.service.client.anonymous();
    const { body } = await guest.post<PlacedOrder>(
      '/orders',
      simpleOrder({ email: owner.email, phone: '+919876543210' }),
      { 'idempotency-key': newId() },
    );
    expect(body).toMatchObject({ userId: null, version: 2 });
    expect((await orders.as(owner).get('/orders')).body).toMatchObject({ data: [{ id: body.id, version: 2 }] });
    expect(await whatOf(body.id)).toEqual(['PLACED', 'JOINED_ACCOUNT']);
    expect(await typesOf(body.id)).toEqual(['ORDER_CREATED', 'ORDER_JOINED_ACCOUNT']);
  });

  const PATIENT = { timeoutMs: 20_000 };
  /** Whether this service has a statement that waits for somebody else's lock. */
  const isWaiting = async (statement: string) => {
    const waiting = `select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like $1`;
    return (await orders.service.db.query(waiting, [`%${statement}%`])).length > 0;
  };
  const isAwaited = () => isWaiting('pg_advisory_xact_lock(hashtextextended(lower(');
  const guestOrder = (email: string, headers: Record<string, string>) => {
    const wanted = simpleOrder({ email: email.toUpperCase(), phone: '+919876543210' });
    return orders.service.client.anonymous().post<PlacedOrder>('/orders', wanted, headers);
  };

  it('that is not yet committed is waited for by a guest’s order', async () => {
    const owner = { userId: newId(), email: `proof-${newId()}@example.com` };
    const placing = await orders.service.app.get(Database).sqlTransaction(async (tx) => {
      await orders.service.app.get(JoinGuestOrders, { strict: false }).execute(tx, owner);
      const answer = guestOrder(owner.email, {});
      await eventually(isAwaited, PATIENT);
      return { answer };
    });
    const { body } = await placing.answer;
    expect((await orders.as(owner).get('/orders')).body).toMatchObject({ data: [{ id: body.id }] });
    expect(await whatOf(body.id)).toEqual(['PLACED', 'JOINED_ACCOUNT']);
  });

  it('waits for a guest’s order that is not yet committed', async () => {
    const owner = { userId: newId(), email: `order-${newId()}@example.com` };
    const database = orders.service.app.get(Database);
    const verified = fact(EmailVerified, owner.userId, owner);
    const key = newId();
    const placing = await database.sqlTransaction(async (tx) => {
      const priced = new Promise<void>((resolve) => {
        orders.pricing.respond = async ({ body }) => {
          // The order's transaction will wait for this row, when the order is written and not committed.
          await tx.query('select 1 from idempotency_keys where key = $1 for update', [key]);
          resolve();
          return quote(body as Parameters<typeof quote>[0]);
        };
      });
      const answer = guestOrder(owner.email, { 'idempotency-key': key });
      await priced;
      await eventually(() => isWaiting('update idempotency_keys'), PATIENT);
      await orders.tell(verified);
      await eventually(isAwaited, PATIENT);
      return { answer };
    });
    const { body } = await placing.answer;
    await eventually(async () => expect(await whatOf(body.id)).toEqual(['PLACED', 'JOINED_ACCOUNT']));
    expect((await orders.as(owner).get('/orders')).body).toMatchObject({ data: [{ id: body.id }] });
  });

  it('brings a guest’s orders into the account, once, and nobody else’s', async () => {
    const email = `guest-${newId()}@example.com`;
    const guest = orders.service.client.anonymous();
    const contact = { email, phone: '+919876543210' };
    const placed = (await guest.post<PlacedOrder>('/orders', simpleOrder(contact))).body;
    const stranger = (await guest.post<PlacedOrder>('/orders', simpleOrder({ ...contact, email: `other-${email}` })))
      .body;
    const owner = { userId: newId(), email };
    const verified = fact(EmailVerified, owner.userId, { userId: owner.userId, email: email.toUpperCase() });
    await tellInTurn(verified);
    await tellAgain(verified);
    await tellInTurn(paymentSuccess(placed));
    expect(await orders.as(owner).get(`/orders/${placed.id}`)).toMatchObject({
      status: 200,
      body: { userId: owner.userId, status: 'PAID' },
    });
    expect(await orders.as(owner).get(`/orders/${stranger.id}`)).toMatchObject({ status: 404 });
    expect(await whatOf(placed.id)).toEqual(['PLACED', 'JOINED_ACCOUNT', 'PAID']);
    expect(await typesOf(placed.id)).toEqual(['ORDER_CREATED', 'ORDER_JOINED_ACCOUNT', 'ORDER_PAID']);
    await expectDead({ ...verified, id: newId(), data: { userId: 'x' } });
  });
});

describe('the copies', () => {
  const link = (more: object = {}) => ({
    shareLinkId: newId(),
    code: 'abc',
    businessId: newId(),
    sellerId: newId(),
    productId: PRODUCT_ID,
    sellerPricePaise: 120_000,
    expiresAt: null,
    isActive: true,
    ...more,
  });

  it('of links keep the newest in whatever order they are told, and no call is needed', async () => {
    const body = link();
    const id = body.shareLinkId;
    const newest = fact(ShareLinkUpdated, id, { ...body, sellerPricePaise: 150_000 }, 3);
    await tellInTurn(
      newest,
      fact(ShareLinkUpdated, id, { ...body, isActive: false }, 2),
      fact(ShareLinkCreated, id, body, 1),
    );
    await tellAgain(newest);
    const order = await orders.place(customer(), simpleOrder({ shareLinkId: id }));
    expect(order).toMatchObject({ sellerId: body.sellerId, subtotal: 3000 });
    expect(orders.shareLink.calls).toEqual([]);
    await expectDead({ ...newest, id: newId(), data: { shareLinkId: id } });
  });

  it('of accounts say who may earn and buy, and how to reach a buyer', async () => {
    const userId = newId();
    const account = {
      userId,
      email: 'asha@example.com',
      emailVerified: true,
      firstName: 'Asha',
      lastName: 'Rao',
      phone: '+919812345678',
      roles: ['RESELLER' as const],
      isActive: true,
      businessId: null,
    };
    const dismissed = fact(UserUpdated, userId, { ...account, isActive: false }, 2);
    await tellInTurn(fact(UserRegistered, userId, { ...account, emailVerificationReference: null }, 1));
    const order = await orders.place({ userId }, simpleOrder({ sellerId: userId }));
    expect(order.buyer).toEqual({ name: 'Asha Rao', email: 'asha@example.com', phone: '+919812345678' });
    expect(orders.auth.calls).toEqual([]);

    await tellInTurn(dismissed, fact(UserUpdated, userId, account, 1));
    await tellAgain(dismissed);
    expect(await orders.as(customer()).post('/orders', simpleOrder({ sellerId: userId }))).toMatchObject({
      status: 422,
      body: { code: 'SELLER_NOT_ACTIVE' },
    });
    expect(await orders.as({ userId }).post('/orders', simpleOrder())).toMatchObject({
      status: 403,
      body: { code: 'ACCOUNT_DISABLED' },
    });
    expect(orders.product.calls).toHaveLength(1);
    await expectDead({ ...dismissed, id: newId(), data: {} });
  });

  it('of businesses keep the newest settings', async () => {
    const businessId = newId();
    const business = {
      businessId,
      tenantId: DEFAULT_TENANT_ID,
      name: 'B',
      isActive: true,
      settings: DEFAULT_BUSINESS_SETTINGS,
    };
    const updated = fact(BusinessUpdated, businessId, { ...business, name: 'New' }, 2);
    await tellInTurn(updated, fact(BusinessCreated, businessId, business, 1));
    await tellAgain(updated);
    const rows = await orders.service.db.query<{ name: string }>(
      `select body ->> 'name' as name from business_copies where id = $1`,
      [businessId],
    );
    expect(rows).toEqual([{ name: 'New' }]);
    orders.pricing.respond = ({ body }) => quote(body as Parameters<typeof quote>[0], { businessId });
    const cash = simpleOrder({ paymentMethod: 'COD' });
    expect((await orders.as(customer()).post('/orders', cash)).status).toBe(201);
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, cashOnDelivery: false };
    await tellInTurn(fact(BusinessUpdated, businessId, { ...business, settings }, 3));
    expect((await orders.as(customer()).post('/orders', cash)).status).toBe(422);
    orders.reset();
    await expectDead({ ...updated, id: newId(), data: {} });
  });
});
