import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BusinessCreated,
  BusinessUpdated,
  DEFAULT_BUSINESS_SETTINGS,
  DEFAULT_TENANT_ID,
  EmailVerified,
  ShareLinkCreated,
  ShareLinkUpdated,
  StockConversionFailed,
  StockReservationExpired,
  UserRegistered,
  UserUpdated,
  type DomainEvent,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { OrderBody } from '../src/orders/order-view.js';
import { customer, fact, simpleOrder, startOrderService, type OrderFixture, type PlacedOrder } from './order-fixture.js';
import { paymentFailed, paymentRefunded, paymentSuccess, refundFailed } from './payment-facts.js';
import { PRODUCT_ID, VARIANT_ID } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const handled = async (event: DomainEvent): Promise<boolean> =>
  (await orders.service.db.query('select 1 from inbox where event_id = $1', [event.id])).length === 1;

/** Tells events one after the other, each once the one before has been handled. */
async function tellInTurn(...events: readonly DomainEvent[]): Promise<void> {
  for (const event of events) {
    await orders.tell(event);
    await eventually(() => handled(event));
  }
}

/** The same event delivered a second time; a marker behind it shows that it has been dealt with. */
async function tellAgain(event: DomainEvent): Promise<void> {
  await orders.tell(event);
  await tellInTurn(fact(EmailVerified, newId(), { userId: newId(), email: `${newId()}@example.com` }));
}

const whatOf = async (id: string): Promise<string[]> =>
  (await orders.service.db.query<{ what: string }>('select what from order_history where order_id = $1 order by version', [id])).map(({ what }) => what);

const typesOf = async (id: string): Promise<string[]> => (await orders.told(id)).map(({ type }) => type);

const stateOf = ({ status, paymentStatus, refundedTotal, paymentId }: OrderBody) => ({ status, paymentStatus, refundedTotal, paymentId });

async function cancelled(): Promise<PlacedOrder> {
  const buyer = customer();
  const order = await orders.place(buyer);
  await orders.as(buyer).post(`/orders/${order.id}/cancel`, { reason: 'changed my mind' });
  return order;
}

/** Poison: what can never be handled goes to the dead letters at once and blocks nobody. */
async function expectDead(...poison: readonly DomainEvent[]): Promise<void> {
  const before = await orders.deadLetters();
  await orders.tell(...poison);
  const order = await orders.place();
  await tellInTurn(paymentSuccess(order));
  expect((await orders.read(order.id)).status).toBe('PAID');
  await eventually(async () => expect(await orders.deadLetters()).toBe(before + poison.length));
}

const malformed = (event: DomainEvent): DomainEvent => ({ ...event, id: newId(), data: { orderId: 'not an id' } });

describe('PAYMENT_SUCCESS', () => {
  it('makes the order PAID and is told once', async () => {
    const order = await orders.place();
    const success = paymentSuccess(order);
    await tellInTurn(success);
    const read = await orders.read(order.id);
    expect(read).toMatchObject({ status: 'PAID', paymentStatus: 'PAID' });
    expect((await orders.told(order.id)).at(-1)).toMatchObject({
      type: 'ORDER_PAID',
      actor: 'service:payment',
      data: { orderId: order.id, paymentId: read.paymentId, totalPaise: 200_000, items: [{ productId: PRODUCT_ID, variantId: VARIANT_ID, quantity: 2 }] },
    });
  });

  it('delivered twice, or published again under another id, has one effect', async () => {
    const order = await orders.place();
    const success = paymentSuccess(order);
    await tellInTurn(success);
    await tellAgain(success);
    await tellInTurn({ ...success, id: newId() });
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
    expect(await whatOf(order.id)).toEqual(['PLACED', 'PAID']);
  });

  it('after the cancellation is only a fact: nobody is told, and the refund shows', async () => {
    const order = await cancelled();
    await tellInTurn(paymentSuccess(order), paymentRefunded(order, { refundPaise: 200_000, refundedTotalPaise: 200_000 }));
    expect(await orders.read(order.id)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'REFUNDED', refundedTotal: 2000 });
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  it('of a delivered cash order leaves it DELIVERED', async () => {
    const order = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    await orders.as().patch(`/orders/${order.id}/ship`, {});
    await orders.as().patch(`/orders/${order.id}/deliver`);
    await tellInTurn(paymentSuccess(order, { provider: 'COD' }));
    expect(await orders.read(order.id)).toMatchObject({ status: 'DELIVERED', paymentStatus: 'PAID', paymentMethod: 'COD' });
    expect((await typesOf(order.id)).at(-1)).toBe('ORDER_PAID');
  });

  it('of another amount, malformed, or of an order that nobody knows is dead', async () => {
    const order = await orders.place();
    const unknown = { ...order, id: newId() };
    await expectDead(paymentSuccess(order, { amountPaise: 1 }), malformed(paymentSuccess(order)), paymentSuccess(unknown));
    expect((await orders.read(order.id)).status).toBe('PENDING');
  });

  it('costs three statements beside begin and commit', async () => {
    const order = await orders.place();
    const seen: string[] = [];
    const { MarkOrderPaid } = await import('../src/orders/mark-order-paid.js');
    const success = paymentSuccess(order);
    const { Database } = await import('@reseller/persistence');
    const database = orders.service.app.get(Database, { strict: false });
    await database.sqlTransaction(async (tx) => {
      const counting = { ...tx, query: <R extends object>(text: string, params?: readonly unknown[]) => (seen.push(text), tx.query<R>(text, params)) };
      await orders.service.app.get(MarkOrderPaid, { strict: false }).execute(counting, success.data as never);
    });
    // The third is the inbox row.
    expect(seen).toHaveLength(2);
  });
});

describe('PAYMENT_FAILED', () => {
  it('keeps the order and extends its window, once, however often it comes', async () => {
    const order = await orders.place();
    const failedAt = new Date(Date.parse(order.createdAt) + 10 * 60_000);
    const failed = paymentFailed(order, 1, failedAt);
    await tellInTurn(failed);
    await tellAgain(failed);
    const read = await orders.read(order.id);
    expect(read).toMatchObject({ status: 'PENDING', paymentStatus: 'FAILED' });
    expect(Date.parse(read.paymentExpiresAt ?? '')).toBe(failedAt.getTime() + 15 * 60_000);
    expect(await whatOf(order.id)).toEqual(['PLACED', 'PAYMENT_FAILED']);
  });

  it('before or after the success ends the same', async () => {
    const [inOrder, reversed] = [await orders.place(), await orders.place()];
    await tellInTurn(paymentFailed(inOrder), paymentSuccess(inOrder));
    await tellInTurn(paymentSuccess(reversed), paymentFailed(reversed));
    for (const { id } of [inOrder, reversed]) {
      expect(await orders.read(id)).toMatchObject({ status: 'PAID', paymentStatus: 'PAID' });
      expect(await typesOf(id)).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
    }
  });

  it('malformed is dead', async () => {
    await expectDead(malformed(paymentFailed(await orders.place())));
  });
});

describe('PAYMENT_REFUNDED', () => {
  const refund = (order: PlacedOrder, refundedTotalPaise: number, settlesOrder = true) =>
    paymentRefunded(order, { refundPaise: 50_000, refundedTotalPaise, settlesOrder });

  it('shows part and whole, once', async () => {
    const order = await orders.place();
    const part = refund(order, 50_000);
    await tellInTurn(paymentSuccess(order), part);
    await tellAgain(part);
    expect(await orders.read(order.id)).toMatchObject({ status: 'PAID', paymentStatus: 'PARTIALLY_REFUNDED', refundedTotal: 500 });
    await tellInTurn(refund(order, 200_000));
    expect(await orders.read(order.id)).toMatchObject({ paymentStatus: 'REFUNDED', refundedTotal: 2000 });
  });

  it('in any order, before the success too, ends the same', async () => {
    const placed = [await orders.place(), await orders.place()] as const;
    const facts = placed.map((order) => [paymentSuccess(order), refund(order, 50_000), refund(order, 200_000)] as const);
    const [[success, part, whole], [late, latePart, lateWhole]] = [facts[0] ?? [], facts[1] ?? []] as const;
    if (!success || !part || !whole || !late || !latePart || !lateWhole) throw new Error('six facts');
    await tellInTurn(success, part, whole);
    await tellInTurn(lateWhole, latePart, late);
    const [inOrder, reversed] = [await orders.read(placed[0].id), await orders.read(placed[1].id)];
    expect({ ...stateOf(reversed), paymentId: null }).toEqual({ ...stateOf(inOrder), paymentId: null });
    expect(inOrder).toMatchObject({ status: 'PAID', paymentStatus: 'REFUNDED' });
  });

  it('of money that did not settle the order is none of its business', async () => {
    const order = await orders.place();
    await tellInTurn(paymentSuccess(order), refund(order, 200_000, false));
    expect(await orders.read(order.id)).toMatchObject({ paymentStatus: 'PAID', refundedTotal: 0 });
  });

  it('malformed is dead', async () => {
    await expectDead(malformed(refund(await orders.place(), 1)));
  });
});

describe('PAYMENT_REFUND_FAILED', () => {
  it('is a row of history, once, before or after anything else', async () => {
    const order = await orders.place();
    const failed = refundFailed(order);
    await tellInTurn(failed, paymentSuccess(order));
    await tellAgain(failed);
    expect(await whatOf(order.id)).toEqual(['PLACED', 'REFUND_FAILED', 'PAID']);
    await expectDead(malformed(failed));
  });
});

describe('STOCK_CONVERSION_FAILED', () => {
  const missing = ({ id }: PlacedOrder) =>
    fact(StockConversionFailed, newId(), { orderId: id, items: [{ variantId: VARIANT_ID, quantity: 2, available: 0 }] });

  it('calls off a paid order, once', async () => {
    const order = await orders.place();
    const failed = missing(order);
    await tellInTurn(paymentSuccess(order), failed);
    await tellAgain(failed);
    expect(await orders.read(order.id)).toMatchObject({ status: 'CANCELLED', cancelledBy: 'SYSTEM', paymentStatus: 'PAID' });
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_PAID', 'ORDER_CANCELLED']);
  });

  it('after the buyer has cancelled changes nothing, for an order that is not ours neither', async () => {
    const order = await cancelled();
    await tellInTurn(missing(order), missing({ ...order, id: newId() }));
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
    await expectDead(malformed(missing(order)));
  });
});

describe('STOCK_RESERVATION_EXPIRED', () => {
  const expired = ({ id }: PlacedOrder) =>
    fact(StockReservationExpired, newId(), { orderId: id, items: [{ variantId: VARIANT_ID, quantity: 2 }] });

  it('cancels an order that still waits for money, once, and no other', async () => {
    const [waiting, paid] = [await orders.place(), await orders.place()];
    const event = expired(waiting);
    await tellInTurn(event, paymentSuccess(paid), expired(paid), expired({ ...paid, id: newId() }));
    await tellAgain(event);
    expect(await orders.read(waiting.id)).toMatchObject({ status: 'CANCELLED', cancelledBy: 'SYSTEM' });
    expect((await orders.read(paid.id)).status).toBe('PAID');
    expect(await typesOf(waiting.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  it('before or after the payment ends in one of the two good states', async () => {
    const order = await orders.place();
    await tellInTurn(expired(order), paymentSuccess(order));
    expect(await orders.read(order.id)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'PAID' });
    await expectDead(malformed(expired(order)));
  });
});

describe('EMAIL_VERIFIED', () => {
  it('brings a guest’s orders into the account, once, and nobody else’s', async () => {
    const email = `guest-${newId()}@example.com`;
    const guest = orders.service.client.anonymous();
    const contact = { email, phone: '+919876543210' };
    const placed = (await guest.post<PlacedOrder>('/orders', simpleOrder(contact))).body;
    const stranger = (await guest.post<PlacedOrder>('/orders', simpleOrder({ ...contact, email: `other-${email}` }))).body;
    const owner = { userId: newId(), email };
    const verified = fact(EmailVerified, owner.userId, { userId: owner.userId, email: email.toUpperCase() });
    await tellInTurn(verified);
    await tellAgain(verified);
    await tellInTurn(paymentSuccess(placed));
    expect(await orders.as(owner).get(`/orders/${placed.id}`)).toMatchObject({ status: 200, body: { userId: owner.userId, status: 'PAID' } });
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
    await tellInTurn(newest, fact(ShareLinkUpdated, id, { ...body, isActive: false }, 2), fact(ShareLinkCreated, id, body, 1));
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
    const business = { businessId, tenantId: DEFAULT_TENANT_ID, name: 'B', isActive: true, settings: DEFAULT_BUSINESS_SETTINGS };
    const updated = fact(BusinessUpdated, businessId, { ...business, name: 'New' }, 2);
    await tellInTurn(updated, fact(BusinessCreated, businessId, business, 1));
    await tellAgain(updated);
    const rows = await orders.service.db.query<{ name: string }>(`select body ->> 'name' as name from business_copies where id = $1`, [businessId]);
    expect(rows).toEqual([{ name: 'New' }]);
    await expectDead({ ...updated, id: newId(), data: {} });
  });
});
