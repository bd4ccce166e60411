import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import type { OrderBody } from '../src/orders/order-view.js';
import { admin, customer, simpleOrder, startOrderService, type OrderFixture } from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';
import { PRODUCT_ID, VARIANT_ID } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

describe('one purchase', () => {
  it('is placed, owed, paid and read', async () => {
    const buyer = customer();
    const sellerId = newId();
    const response = await orders.as(buyer).post<OrderBody>(
      '/orders',
      simpleOrder({
        userId: buyer.userId,
        sellerId,
        items: [{ productId: PRODUCT_ID, variantId: VARIANT_ID, quantity: 2, sellerPrice: 1500 }],
      }),
    );
    expect(response.status).toBe(201);
    const order = response.body;
    expect(order).toMatchObject({
      userId: buyer.userId,
      sellerId,
      status: 'PENDING',
      paymentStatus: 'PENDING',
      fulfillmentStatus: 'UNFULFILLED',
      subtotal: 3000,
      commission: 300,
      total: 3000,
    });
    expect(order.orderNumber).toMatch(/^ORD-\d{4}-\d{6}$/);
    expect(order).not.toHaveProperty('orderToken');

    const payable = await orders.service.client
      .asService('payment')
      .get(`/internal/orders/${order.orderNumber}/payable`);
    expect(payable).toMatchObject({
      status: 200,
      body: { orderId: order.id, payable: true, payablePaise: 300_000, commissionPaise: 30_000, sellerId },
    });

    await orders.tell(paymentSuccess(order));
    await eventually(async () =>
      expect(await orders.read(order.id)).toMatchObject({ status: 'PAID', paymentStatus: 'PAID' }),
    );
    expect((await orders.told(order.id)).map(({ type }) => type)).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
    expect((await orders.as(buyer).get<OrderBody>(`/orders/${order.orderNumber}`)).body.id).toBe(order.id);
    expect((await orders.as(admin).get<OrderBody>(`/orders/${order.id}/history`)).status).toBe(200);
  });
});
