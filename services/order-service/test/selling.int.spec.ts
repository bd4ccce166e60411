import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { problem } from '@reseller/testing';
import { customer, simpleOrder, startOrderService, type OrderFixture, type Problem } from './order-fixture.js';
import { OTHER_PRODUCT_ID, PRODUCT_ID } from './quoting.js';

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

describe('who earns', () => {
  const sold = (more: Record<string, unknown>) =>
    simpleOrder({ items: [{ productId: PRODUCT_ID, quantity: 2, sellerPrice: 1500 }], ...more });

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
    expect(
      (await orders.place(customer(), simpleOrder({ shareLinkId, items }))).items.map(({ sellerPrice }) => sellerPrice),
    ).toEqual([1500, 500]);
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
    expect(
      await refused(simpleOrder({ shareLinkId, items: [{ productId: OTHER_PRODUCT_ID, quantity: 1 }] })),
    ).toMatchObject(mismatch);
    const priced = { productId: OTHER_PRODUCT_ID, quantity: 1, sellerPrice: 700 };
    expect(await refused(simpleOrder({ shareLinkId, items: [item, priced] }))).toMatchObject(mismatch);
    expect(orders.product.calls).toEqual([]);
  });

  it('that is off or has expired is gone, and one that nobody knows is not found', async () => {
    expect(await refused(simpleOrder({ shareLinkId: link({ isActive: false }).shareLinkId }))).toMatchObject({
      status: 410,
      code: 'LINK_GONE',
    });
    const expiresAt = new Date(Date.now() - 1_000).toISOString();
    expect(await refused(simpleOrder({ shareLinkId: link({ expiresAt }).shareLinkId }))).toMatchObject({
      status: 410,
      code: 'LINK_GONE',
    });
    expect(await refused(simpleOrder({ shareLinkId: newId() }))).toMatchObject({
      status: 404,
      code: 'SHARE_LINK_NOT_FOUND',
    });
  });
});
