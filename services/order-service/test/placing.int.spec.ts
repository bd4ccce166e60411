import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusinessCreated, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, problem } from '@reseller/testing';
import {
  admin,
  customer,
  fact,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type Problem,
} from './order-fixture.js';
import { PRODUCT_ID, quote, VARIANT_ID } from './quoting.js';

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
    await eventually(
      async () =>
        (await orders.service.db.query('select 1 from business_copies where id = $1', [businessId])).length === 1,
    );
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
    const shippingAddress = {
      name: 'Asha Rao',
      line1: '12 MG Road',
      city: 'Bengaluru',
      state: 'Karnataka',
      pincode: '560001',
    };
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
    ['neither an address nor its id', { shippingAddress: undefined }],
    ['an address and an id', { shippingAddressId: newId() }],
    ['a payment method that there is not', { paymentMethod: 'CHEQUE' }],
    ['a customer that is no id', { customerId: 'asha' }],
  ])('is refused with %s', async (_, more) => {
    expect(await refused(simpleOrder(more))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('may not be in another name, except by an administrator', async () => {
    const userId = newId();
    expect(await refused(simpleOrder({ userId }))).toMatchObject({ status: 403 });
    const order = await orders.place(admin, simpleOrder({ userId }));
    expect(order.userId).toBe(userId);
  });

  it('keeps where it came from, of which kind it is and what the buyer notes', async () => {
    const said = { source: 'whatsapp', orderType: 'product', notes: 'Ring twice.\nThank you.' };
    const { id } = await orders.place(customer(), simpleOrder(said));
    expect(await orders.read(id)).toMatchObject(said);
  });

  it('with a coupon is refused, as there are none', async () => {
    expect(await refused(simpleOrder({ couponCode: 'SAVE10' }))).toMatchObject({ status: 422, code: 'COUPON_UNKNOWN' });
  });

  it('from a business that is not the items’ is refused', async () => {
    expect(await refused(simpleOrder({ businessId: newId() }))).toMatchObject({
      status: 422,
      code: 'BUSINESS_MISMATCH',
    });
    expect(await refused(simpleOrder({ tenantId: newId() }))).toMatchObject({ status: 422, code: 'BUSINESS_MISMATCH' });
  });

  it('passes on what pricing refuses', async () => {
    orders.pricing.respond = () => problem(422, 'PRICE_BELOW_BASE', { basePrice: 1000 });
    expect(await refused(simpleOrder())).toMatchObject({
      status: 422,
      code: 'PRICE_BELOW_BASE',
      details: { basePrice: 1000 },
    });
  });

  it('on several lines of one variant is reserved as one', async () => {
    const items = [
      { productId: PRODUCT_ID, quantity: 2 },
      { productId: PRODUCT_ID, quantity: 3 },
    ];
    const order = await orders.place(customer(), simpleOrder({ items }));
    expect(order.items).toHaveLength(2);
    expect(orders.product.calls[0]?.body).toMatchObject({
      ownerType: 'ORDER',
      ownerId: order.id,
      items: [{ variantId: VARIANT_ID, quantity: 5 }],
    });
  });

  it('says with the reservation until when it waits for the money', async () => {
    const order = await orders.place();
    expect(order.paymentExpiresAt).not.toBeNull();
    expect(orders.product.calls[0]?.body).toMatchObject({ ownerId: order.id, expiresAt: order.paymentExpiresAt });
  });
});

describe('cash on delivery', () => {
  it('is confirmed at once', async () => {
    const order = await orders.place(customer(), simpleOrder({ paymentMethod: 'cod' }));
    expect(order).toMatchObject({
      status: 'CONFIRMED',
      paymentMethod: 'COD',
      paymentStatus: 'PENDING',
      paymentExpiresAt: null,
    });
    expect((await orders.told(order.id)).map(({ type }) => type)).toEqual(['ORDER_CREATED', 'ORDER_CONFIRMED']);
    expect(orders.product.calls[0]?.body).toMatchObject({ ownerId: order.id, expiresAt: null });
  });

  it('is refused where the business does not offer it', async () => {
    const businessId = newId();
    const settings = { ...DEFAULT_BUSINESS_SETTINGS, cashOnDelivery: false };
    orders.auth.respond = () => ({
      status: 200,
      body: { businessId, tenantId: DEFAULT_TENANT_ID, name: 'No cash', isActive: true, settings, version: 1 },
    });
    orders.pricing.respond = ({ body }) => quote(body as Parameters<typeof quote>[0], { businessId });
    expect(await refused(simpleOrder({ paymentMethod: 'COD' }))).toMatchObject({
      status: 422,
      code: 'COD_NOT_AVAILABLE',
    });
    expect((await orders.place()).businessId).toBe(businessId);
  });
});

describe('when something fails', () => {
  it('says what is available, and keeps nothing', async () => {
    const before = await countOrders();
    orders.product.respond = () =>
      problem(409, 'OUT_OF_STOCK', { items: [{ variantId: VARIANT_ID, requested: 2, available: 1 }] });
    expect(await refused(simpleOrder())).toMatchObject({
      status: 409,
      code: 'OUT_OF_STOCK',
      details: { items: [{ available: 1 }] },
    });
    expect(orders.product.callsTo('/internal/reservations/release')).toEqual([]);
    expect(await countOrders()).toBe(before);
  });

  it('remembers for a moment what was sold out: the next is told at once, and one who wants less is asked about', async () => {
    const remembering = await startOrderService({ SOLD_OUT_TTL: '1h' });
    try {
      remembering.product.respond = () =>
        problem(409, 'OUT_OF_STOCK', { items: [{ variantId: VARIANT_ID, requested: 2, available: 1 }] });
      const order = (quantity: number) =>
        remembering
          .as(customer())
          .post<Problem>('/orders', simpleOrder({ items: [{ productId: PRODUCT_ID, quantity }] }));
      for (const quantity of [2, 3]) {
        expect(await order(quantity)).toMatchObject({
          status: 409,
          body: { code: 'OUT_OF_STOCK', details: { items: [{ variantId: VARIANT_ID, available: 1 }] } },
        });
      }
      expect(remembering.product.callsTo('/internal/reservations')).toHaveLength(1);
      expect(remembering.pricing.calls).toHaveLength(1);
      remembering.reset();
      expect((await order(1)).status).toBe(201);
    } finally {
      await remembering.stop();
    }
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
