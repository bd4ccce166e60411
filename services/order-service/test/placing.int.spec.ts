import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusinessCreated, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import {
  admin,
  customer,
  fact,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
  type Problem,
} from './order-fixture.js';
import { OTHER_PRODUCT_ID, PRODUCT_ID, quote, VARIANT_ID } from './quoting.js';
import { problem } from './stand-in.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const refused = async (body: Record<string, unknown>, person = customer()) => {
  const { status, body: answer } = await orders.as(person).post<Problem>('/orders', body);
  return { status, code: answer.code, details: answer.details, errors: answer.errors };
};

const countOrders = async (): Promise<bigint | undefined> =>
  (await orders.service.db.query<{ n: bigint }>('select count(*) as n from orders'))[0]?.n;

describe('totals', () => {
  it('of prices that include tax: two at 1500 are 3000', async () => {
    const order = await orders.place(
      customer(),
      simpleOrder({ sellerId: newId(), items: [{ productId: PRODUCT_ID, quantity: 2, sellerPrice: 1500 }] }),
    );
    expect(order).toMatchObject({
      subtotal: 3000,
      taxTotal: 457.63,
      shippingTotal: 0,
      discountTotal: 0,
      total: 3000,
      commission: 300,
      currency: 'INR',
      pricesIncludeTax: true,
    });
  });

  it('of prices that exclude tax, with GST 18 % and a flat 50: two at 999 are 2407.64', async () => {
    const businessId = newId();
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, pricesIncludeTax: false, shippingFeePaise: 5_000 };
    const business = { businessId, tenantId: DEFAULT_TENANT_ID, name: 'Exclusive', isActive: true, settings };
    await orders.tell(fact(BusinessCreated, businessId, business));
    await eventually(async () => (await orders.service.db.query('select 1 from business_copies where id = $1', [businessId])).length === 1);
    orders.pricing.respond = ({ body }) =>
      quote(body as Parameters<typeof quote>[0], { businessId, pricesIncludeTax: false, shippingPaise: 5_000 });

    const order = await orders.place(
      customer(),
      simpleOrder({ items: [{ productId: PRODUCT_ID, quantity: 2, sellerPrice: 999 }], total: 2407.64 }),
    );
    expect(order).toMatchObject({ subtotal: 1998, taxTotal: 359.64, shippingTotal: 50, total: 2407.64, businessId });
  });

  it('that the client expects otherwise are refused, and nothing is reserved', async () => {
    expect(await refused(simpleOrder({ total: 1999.99 }))).toMatchObject({
      status: 422,
      code: 'AMOUNT_MISMATCH',
      details: { expected: 2000, sent: 1999.99 },
    });
    expect(await refused(simpleOrder({ amount: 1 }))).toMatchObject({ code: 'AMOUNT_MISMATCH' });
    expect(orders.product.calls).toEqual([]);
  });

  it('that do not add up are never stored', async () => {
    orders.pricing.respond = ({ body }) => {
      const answer = quote(body as Parameters<typeof quote>[0]);
      return { ...answer, body: { ...(answer.body as object), totalPaise: 1 } };
    };
    expect(await refused(simpleOrder())).toMatchObject({ status: 502, code: 'QUOTE_INCONSISTENT' });
  });
});

describe('what is asked for', () => {
  it('may be addressed by a line of text or by parts, whose state decides the tax', async () => {
    const shippingAddress = { name: 'Asha Rao', line1: '12 MG Road', city: 'Bengaluru', state: 'Karnataka', pincode: '560001' };
    const order = await orders.place(customer(), simpleOrder({ shippingAddress }));
    expect(order).toMatchObject({ shippingAddress, buyer: { name: 'Asha Rao', email: 'buyer@example.com' } });
    expect(orders.pricing.calls[0]?.body).toMatchObject({ destinationState: 'Karnataka' });
  });

  it.each([
    ['an unknown field', { checkoutSessionId: newId() }],
    ['an unknown field of an item', { items: [{ productId: PRODUCT_ID, quantity: 1, price: 1 }] }],
    ['a third decimal', { items: [{ productId: PRODUCT_ID, quantity: 1, sellerPrice: 1500.001 }] }],
    ['no items', { items: [] }],
    ['a quantity of nothing', { items: [{ productId: PRODUCT_ID, quantity: 0 }] }],
    ['no address', { shippingAddress: '' }],
  ])('is refused with %s', async (_, more) => {
    expect(await refused(simpleOrder(more))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('may not be in another name, except by an administrator', async () => {
    const userId = newId();
    expect(await refused(simpleOrder({ userId }))).toMatchObject({ status: 403 });
    const order = await orders.place(admin, simpleOrder({ userId }));
    expect(order.userId).toBe(userId);
  });

  it('with a coupon is refused, as there are none', async () => {
    expect(await refused(simpleOrder({ couponCode: 'SAVE10' }))).toMatchObject({ status: 422, code: 'COUPON_UNKNOWN' });
  });

  it('from a business that is not the items’ is refused', async () => {
    expect(await refused(simpleOrder({ businessId: newId() }))).toMatchObject({ status: 422, code: 'BUSINESS_MISMATCH' });
    expect(await refused(simpleOrder({ tenantId: newId() }))).toMatchObject({ status: 422, code: 'BUSINESS_MISMATCH' });
  });

  it('passes on what pricing refuses', async () => {
    orders.pricing.respond = () => problem(422, 'PRICE_BELOW_BASE', { basePrice: 1000 });
    expect(await refused(simpleOrder())).toMatchObject({ status: 422, code: 'PRICE_BELOW_BASE', details: { basePrice: 1000 } });
  });

  it('on several lines of one variant is reserved as one', async () => {
    const items = [
      { productId: PRODUCT_ID, quantity: 2 },
      { productId: PRODUCT_ID, quantity: 3 },
    ];
    const order = await orders.place(customer(), simpleOrder({ items }));
    expect(order.items).toHaveLength(2);
    expect(orders.product.calls[0]?.body).toMatchObject({ ownerType: 'ORDER', ownerId: order.id, items: [{ variantId: VARIANT_ID, quantity: 5 }] });
  });
});

describe('cash on delivery', () => {
  it('is confirmed at once', async () => {
    const order = await orders.place(customer(), simpleOrder({ paymentMethod: 'cod' }));
    expect(order).toMatchObject({ status: 'CONFIRMED', paymentMethod: 'COD', paymentStatus: 'PENDING', paymentExpiresAt: null });
    expect((await orders.told(order.id)).map(({ type }) => type)).toEqual(['ORDER_CREATED', 'ORDER_CONFIRMED']);
  });

  it('is refused where the business does not offer it', async () => {
    const businessId = newId();
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, cashOnDelivery: false };
    orders.auth.respond = () => ({
      status: 200,
      body: { businessId, tenantId: DEFAULT_TENANT_ID, name: 'No cash', isActive: true, settings, version: 1 },
    });
    orders.pricing.respond = ({ body }) => quote(body as Parameters<typeof quote>[0], { businessId });
    expect(await refused(simpleOrder({ paymentMethod: 'COD' }))).toMatchObject({ status: 422, code: 'COD_NOT_AVAILABLE' });
    expect((await orders.place()).businessId).toBe(businessId);
  });
});

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
    expect(placed).toMatchObject({ status: 201, body: { userId: null, buyer: { email: 'guest@example.com', phone: '+919876543210' } } });

    const other = await anonymous().post<PlacedOrder>('/orders', simpleOrder(contact));
    expect((await anonymous().get(`/orders/${id}`)).status).toBe(404);
    const holder = anonymous().with({ 'x-order-token': orderToken });
    expect((await holder.get(`/orders/${id}`)).status).toBe(200);
    expect((await holder.get(`/orders/${other.body.id}`)).status).toBe(404);

    const asPayment = orders.service.client.asService('payment');
    expect((await asPayment.get(`/internal/orders/${id}/payable?orderToken=${orderToken}`)).body).toMatchObject({ orderTokenOk: true });
    expect((await asPayment.get(`/internal/orders/${other.body.id}/payable?orderToken=${orderToken}`)).body).toMatchObject({ orderTokenOk: false });

    expect((await anonymous().post(`/orders/${id}/cancel`, { reason: 'x' })).status).toBe(404);
    expect(await holder.post(`/orders/${id}/cancel`, { reason: 'Changed my mind' })).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
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

describe('who earns', () => {
  const sold = (more: Record<string, unknown>) => simpleOrder({ items: [{ productId: PRODUCT_ID, quantity: 2, sellerPrice: 1500 }], ...more });

  it('must be an active reseller', async () => {
    const account = { email: 'x@example.com', firstName: null, lastName: null, phone: null, version: 1 };
    orders.auth.respond = () => ({ status: 200, body: { ...account, roles: ['CUSTOMER'], isActive: true } });
    expect(await refused(sold({ sellerId: newId() }))).toMatchObject({ status: 422, code: 'SELLER_NOT_ACTIVE' });
    orders.auth.respond = () => ({ status: 200, body: { ...account, roles: ['RESELLER'], isActive: false } });
    expect(await refused(sold({ sellerId: newId() }))).toMatchObject({ status: 422, code: 'SELLER_NOT_ACTIVE' });
    orders.auth.respond = () => problem(404, 'USER_NOT_FOUND');
    expect(await refused(sold({ sellerId: newId() }))).toMatchObject({ status: 422, code: 'SELLER_NOT_ACTIVE' });
  });

  it('does not earn on their own purchase', async () => {
    const seller = { userId: newId(), roles: ['RESELLER'] as const };
    const order = await orders.place(seller, sold({ sellerId: seller.userId }));
    expect(order).toMatchObject({ sellerId: seller.userId, total: 3000, commission: 0 });
    expect(order.items.map(({ commission }) => commission)).toEqual([0]);
  });

  it('is asked for once: then the copy is used', async () => {
    const sellerId = newId();
    await orders.place(customer(), sold({ sellerId }));
    await orders.place(customer(), sold({ sellerId }));
    expect(orders.auth.callsTo(`/internal/users/${sellerId}`)).toHaveLength(1);
  });
});

describe('a share link', () => {
  const link = (more: Record<string, unknown> = {}) => {
    const shareLinkId = newId();
    const body = {
      shareLinkId,
      code: 'abc123',
      businessId: newId(),
      sellerId: newId(),
      productId: PRODUCT_ID,
      sellerPricePaise: 150_000,
      expiresAt: null,
      isActive: true,
      ...more,
    };
    orders.shareLink.respond = ({ path }) =>
      path === `/internal/share-links/${shareLinkId}` ? { status: 200, body } : problem(404, 'SHARE_LINK_NOT_FOUND');
    return body;
  };

  it('decides seller and price', async () => {
    const { shareLinkId, sellerId } = link();
    const order = await orders.place(customer(), simpleOrder({ shareLinkId }));
    expect(order).toMatchObject({ shareLinkId, sellerId, subtotal: 3000, commission: 300 });
    const exact = { shareLinkId, sellerId, items: [{ productId: PRODUCT_ID, quantity: 2, sellerPrice: 1500 }] };
    expect((await orders.place(customer(), simpleOrder(exact))).total).toBe(3000);
    expect(orders.shareLink.calls).toHaveLength(1);
  });

  it('gives its price to its own product only', async () => {
    const { shareLinkId } = link();
    const items = [
      { productId: PRODUCT_ID, quantity: 1 },
      { productId: OTHER_PRODUCT_ID, quantity: 1 },
    ];
    expect((await orders.place(customer(), simpleOrder({ shareLinkId, items }))).items.map(({ sellerPrice }) => sellerPrice)).toEqual([1500, 500]);
  });

  it('refuses another price, another seller and another product', async () => {
    const { shareLinkId } = link();
    const item = { productId: PRODUCT_ID, quantity: 1 };
    const mismatch = { status: 422, code: 'PRICE_MISMATCH' };
    expect(await refused(simpleOrder({ shareLinkId, items: [{ ...item, sellerPrice: 1400 }] }))).toMatchObject({
      ...mismatch,
      details: { expected: 1500, sent: 1400 },
    });
    expect(await refused(simpleOrder({ shareLinkId, sellerId: newId() }))).toMatchObject(mismatch);
    expect(await refused(simpleOrder({ shareLinkId, items: [{ productId: OTHER_PRODUCT_ID, quantity: 1 }] }))).toMatchObject(mismatch);
    const priced = { productId: OTHER_PRODUCT_ID, quantity: 1, sellerPrice: 700 };
    expect(await refused(simpleOrder({ shareLinkId, items: [item, priced] }))).toMatchObject(mismatch);
    expect(orders.product.calls).toEqual([]);
  });

  it('that is off or has expired is gone, and one that nobody knows is not found', async () => {
    expect(await refused(simpleOrder({ shareLinkId: link({ isActive: false }).shareLinkId }))).toMatchObject({ status: 410, code: 'LINK_GONE' });
    const expiresAt = new Date(Date.now() - 1_000).toISOString();
    expect(await refused(simpleOrder({ shareLinkId: link({ expiresAt }).shareLinkId }))).toMatchObject({ status: 410, code: 'LINK_GONE' });
    expect(await refused(simpleOrder({ shareLinkId: newId() }))).toMatchObject({ status: 404, code: 'SHARE_LINK_NOT_FOUND' });
  });
});

describe('when something fails', () => {
  it('says what is available, and keeps nothing', async () => {
    const before = await countOrders();
    orders.product.respond = () => problem(409, 'OUT_OF_STOCK', { items: [{ variantId: VARIANT_ID, requested: 2, available: 1 }] });
    expect(await refused(simpleOrder())).toMatchObject({ status: 409, code: 'OUT_OF_STOCK', details: { items: [{ available: 1 }] } });
    expect(orders.product.callsTo('/internal/reservations/release')).toEqual([]);
    expect(await countOrders()).toBe(before);
  });

  it('gives back a reservation whose answer was lost', async () => {
    orders.product.respond = ({ path }) => (path.endsWith('/release') ? { status: 200, body: {} } : 'hang');
    expect(await refused(simpleOrder())).toMatchObject({ status: 504, code: 'UPSTREAM_TIMEOUT' });
    expect(orders.product.callsTo('/internal/reservations/release')).toHaveLength(1);
  });

  it('answers 503 while a service that it needs is down', async () => {
    orders.pricing.respond = () => problem(503, 'DATABASE_UNAVAILABLE');
    expect(await refused(simpleOrder())).toMatchObject({ status: 503 });
  });
});

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
    const answers = await Promise.all(Array.from({ length: 8 }, () => orders.as(person).post<PlacedOrder>('/orders', simpleOrder(), headers)));
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
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update('/orders').update('\n').update(JSON.stringify(simpleOrder())).digest('hex');
    await orders.service.db.query(
      `insert into idempotency_keys (principal, route, key, request_hash, subject_id, lease_until)
       values ($1, 'POST /orders', $2, $3, $4, now() - interval '1 second')`,
      [principal, key, hash, subjectId],
    );
  }
});
