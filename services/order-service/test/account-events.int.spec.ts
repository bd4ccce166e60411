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
import { newId } from '@reseller/runtime';
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

const { tellInTurn, tellAgain, whatOf, expectDead } = eventDriver(() => orders);

describe('EMAIL_VERIFIED', () => {
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

  it('of accounts say who may earn and how to reach a buyer', async () => {
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
