import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { startE2ePlatform, type Platform } from './support/platform.js';
import { bodyOf, Shop, type List, type Order, type Person, type Product } from './support/shop.js';
import { instant, PATIENT, TShirtShop, variantOf, type Opened } from './support/t-shirt-shop.js';

/*
 * The walk that seed 000 tells, with its figures: a T-shirt at 999 without tax, GST of 18 %, shipping for 50, 50 pieces in
 * stock of which 5 are promised to somebody else. Whatever 000 shows as a row of a database is read through the API.
 */

const MINUTE_MS = 60_000;

let platform: Platform;
let shop: Shop;
let admin: Person;
let customer: Person;
let seed: TShirtShop;
beforeAll(async () => {
  platform = await startE2ePlatform();
  shop = new Shop(platform);
  admin = await shop.admin();
  customer = await shop.register('CUSTOMER');
  seed = new TShirtShop(platform, shop, { admin, customer });
}, 180_000);
afterAll(() => platform.stop(), 60_000);

describe('000’s walk', () => {
  let product: Product;
  let order: Order;
  let payment: Opened;

  it('steps 2 and 3: 45 of 50 can be had; an order reserves two and takes none', async () => {
    product = await seed.tShirt();
    await seed.stockBecomes(product, 50, 5);

    order = await seed.orderTwo(product);
    expect(order).toMatchObject({
      orderNumber: expect.stringMatching(/^ORD-\d{4}-\d{6}$/),
      subtotal: 1998,
      taxTotal: 359.64,
      shippingTotal: 50,
      total: 2407.64,
      refundedTotal: 0,
      status: 'PENDING',
      paymentStatus: 'PENDING',
      paidAt: null,
      cancelledAt: null,
      source: 'whatsapp',
      orderType: 'product',
      items: [
        {
          id: expect.any(String),
          productId: product.id,
          variantId: variantOf(product),
          name: 'Premium Cotton T-Shirt',
          sku: expect.stringMatching(/^TSHIRT-BLUE-L/),
          variantName: 'Blue / Large',
          quantity: 2,
          sellerPrice: 999,
          subtotal: 1998,
          tax: 359.64,
        },
      ],
    });
    const { createdAt, paymentExpiresAt } = order as Order & { createdAt: string; paymentExpiresAt: string };
    expect(Date.parse(paymentExpiresAt) - Date.parse(createdAt)).toBe(15 * MINUTE_MS);
    await seed.stockBecomes(product, 50, 7);
    expect(await seed.reservationOf(order)).toMatchObject({
      status: 'ACTIVE',
      variantId: variantOf(product),
      quantity: 2,
    });
  }, 60_000);

  it('step 4: the payment is made, and waits', async () => {
    payment = await seed.openPayment(order);
    expect(payment.razorpayOrder.amount).toBe(240_764);
    expect(payment).toMatchObject({
      orderId: order.id,
      razorpayOrderId: payment.razorpayOrder.id,
      razorpayPaymentId: null,
      amount: 2407.64,
      currency: 'INR',
      status: 'PENDING',
      method: null,
      refundAmount: 0,
    });
  });

  it('steps 5 to 7: paid, verified and told by webhook, the order is paid and two pieces are sold', async () => {
    const { razorpay_order_id, razorpay_payment_id, razorpay_signature } = await shop.pay(payment.razorpayOrder);
    const verified = await customer.api.post('/payments/verify', {
      razorpay_order_id,
      razorpay_payment_id,
      razorpay_signature,
    });
    expect(bodyOf(verified, 200)).toMatchObject({ id: payment.id, orderId: order.id, status: 'SUCCESS' });

    await seed.orderBecomes(order, {
      status: 'PAID',
      paymentStatus: 'PAID',
      paidAt: instant(),
      paymentExpiresAt: null,
      paymentId: payment.id,
      razorpayPaymentId: razorpay_payment_id,
    });
    await seed.stockBecomes(product, 48, 5);
    expect(await seed.reservationOf(order)).toMatchObject({ status: 'CONVERTED', quantity: 2, settledAt: instant() });

    expect(bodyOf(await admin.api.get(`/payments/order/${order.id}`), 200)).toMatchObject({
      id: payment.id,
      razorpayOrderId: razorpay_order_id,
      razorpayPaymentId: razorpay_payment_id,
      amount: 2407.64,
      status: 'SUCCESS',
      gatewayStatus: 'captured',
      method: expect.any(String),
      capturedAt: instant(),
      refundAmount: 0,
    });
    await seed.webhookIsProcessed(razorpay_payment_id);
  }, 60_000);

  it('the order goes on as 000’s calls say: processing, shipped with a number, delivered', async () => {
    await seed.deliver(order);
    const list = await admin.api.get<List<Order>>(
      `/orders?business_id=${product.businessId}&status=delivered&page=1&limit=20`,
    );
    expect(bodyOf(list, 200).data.map(({ id }) => id)).toEqual([order.id]);
  });
});

describe('000’s customer', () => {
  it('is a contact of the business, ordered for by its administrator; what they pay makes their figures', async () => {
    const product = await seed.tShirt();
    const contact = { name: 'Rahul Sharma', phone: '919876543210', email: 'rahul.sharma@example.com' };
    const made = await admin.api.post<{ id: string }>('/customers', { businessId: product.businessId, ...contact });
    const { id: customerId } = bodyOf(made, 201);
    expect(made.body).toMatchObject({ totalOrders: 0, totalSpent: 0, lastOrderDate: null });

    const order = await seed.orderTwo(product, { api: admin.api, customerId });
    const buyer = { ...contact, phone: '+919876543210' };
    expect(order).toMatchObject({ customerId, userId: null, buyer, total: 2407.64 });
    const opened = await admin.api.post<Opened>('/payments', { orderId: order.id, amount: 2407.64 });
    await shop.pay(bodyOf(opened, 201).razorpayOrder);
    await eventually(async () => {
      const read = bodyOf(await admin.api.get(`/customers/${customerId}`), 200);
      expect(read).toMatchObject({ totalOrders: 1, totalSpent: 2407.64, lastOrderDate: instant() });
    }, PATIENT);
    const other = await seed.tShirt();
    const foreign = { ...seed.requestFor(other), customerId };
    expect(bodyOf(await admin.api.post('/orders', foreign), 422)).toMatchObject({ code: 'CUSTOMER_UNKNOWN' });
  }, 60_000);
});

describe('scenario A: nobody pays in time', () => {
  it('the order is cancelled with its reason, the payment never began, and the stock is for others', async () => {
    const product = await seed.tShirt();
    const order = await seed.orderTwo(product);
    const payment = await seed.openPayment(order);
    await seed.stockBecomes(product, 50, 7);
    await seed.letTheWindowPass(order);
    await seed.orderBecomes(order, {
      status: 'CANCELLED',
      paymentStatus: 'PENDING',
      cancelledAt: instant(),
      cancelledBy: 'SYSTEM',
      cancelReason: 'The payment window passed.',
      paidAt: null,
    });
    await seed.stockBecomes(product, 50, 5);
    expect(await seed.reservationOf(order)).toMatchObject({ status: 'EXPIRED' });
    expect(bodyOf(await customer.api.get(`/payments/${payment.id}`), 200)).toMatchObject({ capturedAt: null });
    await seed.orderBecomes(await seed.orderTwo(product), { status: 'PENDING' });
  }, 60_000);
});

describe('scenario B: the payment fails', () => {
  it('where the business keeps such orders, the customer tries again and pays', async () => {
    const product = await seed.tShirt({ paymentFailurePolicy: 'KEEP' });
    const order = await seed.orderTwo(product);
    const { razorpayOrder, id } = await seed.openPayment(order);
    await shop.pay(razorpayOrder, { outcome: 'failure' });
    await seed.orderBecomes(order, { status: 'PENDING', paymentStatus: 'FAILED', cancelledAt: null });
    expect(bodyOf(await customer.api.get(`/payments/${id}`), 200)).toMatchObject({
      failureReason: expect.any(String),
      failedAt: instant(),
    });
    await seed.stockBecomes(product, 50, 7);
    await shop.pay(razorpayOrder);
    await seed.orderBecomes(order, { status: 'PAID', paymentStatus: 'PAID', paymentExpiresAt: null });
    await seed.stockBecomes(product, 48, 5);
  }, 60_000);

  it('where the business cancels them, the stock is released at once', async () => {
    const product = await seed.tShirt({ paymentFailurePolicy: 'CANCEL' });
    const order = await seed.orderTwo(product);
    await shop.pay((await seed.openPayment(order)).razorpayOrder, { outcome: 'failure' });
    await seed.orderBecomes(order, {
      status: 'CANCELLED',
      paymentStatus: 'FAILED',
      cancelledAt: instant(),
      cancelReason: expect.stringMatching(/^The payment failed: /),
    });
    await seed.stockBecomes(product, 50, 5);
  }, 60_000);
});

describe('scenario C: money goes back', () => {
  const refund = async (order: Order, body: object): Promise<unknown> =>
    bodyOf(await admin.api.post(`/payments/${order.paymentId}/refund`, body), 201);

  it('in part, and then the rest', async () => {
    const order = await seed.purchase(await seed.tShirt());
    expect(await refund(order, { amount: 1000.0, reason: 'One item damaged' })).toMatchObject({ amount: 1000 });
    await seed.orderBecomes(order, { status: 'PAID', paymentStatus: 'PARTIALLY_REFUNDED', refundedTotal: 1000 });
    expect(bodyOf(await admin.api.get(`/payments/${order.paymentId}`), 200)).toMatchObject({
      status: 'PARTIALLY_REFUNDED',
      refundAmount: 1000,
      refundReason: 'One item damaged',
      refundedAt: instant(),
    });
    await refund(order, { reason: 'The other one too' });
    await seed.orderBecomes(order, { paymentStatus: 'REFUNDED', refundedTotal: 2407.64 });
  }, 60_000);

  it('in full, in one go', async () => {
    const order = await seed.purchase(await seed.tShirt());
    await refund(order, { reason: 'Customer not satisfied with quality' });
    await seed.orderBecomes(order, { paymentStatus: 'REFUNDED', refundedTotal: 2407.64 });
    expect(bodyOf(await admin.api.get(`/payments/${order.paymentId}`), 200)).toMatchObject({ status: 'REFUNDED' });
  }, 60_000);

  it('with the goods, when the customer calls a paid order off', async () => {
    const product = await seed.tShirt();
    const order = await seed.purchase(product);
    await seed.stockBecomes(product, 48, 5);
    const reason = 'Customer requested cancellation';
    const cancelled = await customer.api.post(`/orders/${order.id}/cancel`, { reason });
    expect(bodyOf(cancelled, 200)).toMatchObject({
      status: 'CANCELLED',
      cancelledBy: 'CUSTOMER',
      cancelReason: reason,
    });
    await seed.orderBecomes(order, { paymentStatus: 'REFUNDED', refundedTotal: 2407.64 });
    await seed.stockBecomes(product, 50, 5);
  }, 60_000);
});

describe('cash on delivery', () => {
  const cash = async (product: Product): Promise<Order> => {
    const order = await shop.order(customer, { product, paymentMethod: 'COD' });
    await seed.orderBecomes(order, { status: 'CONFIRMED', paymentStatus: 'PENDING', paymentExpiresAt: null });
    await seed.stockBecomes(product, 48, 5);
    return order;
  };

  it('is sold at once, and paid when it is delivered', async () => {
    const order = await cash(await seed.tShirt());
    await shop.shipAndDeliver(admin, order);
    await seed.orderBecomes(order, { status: 'DELIVERED', paymentStatus: 'PAID', paidAt: instant() });
    expect(bodyOf(await admin.api.get(`/payments/order/${order.id}`), 200)).toMatchObject({
      provider: 'COD',
      status: 'SUCCESS',
      amount: 2407.64,
    });
  }, 60_000);

  it('that is cancelled is put back on the shelf', async () => {
    const product = await seed.tShirt();
    const order = await cash(product);
    bodyOf(await customer.api.post(`/orders/${order.id}/cancel`, { reason: 'Found it at home' }), 200);
    await seed.orderBecomes(order, { status: 'CANCELLED', paymentStatus: 'PENDING', refundedTotal: 0 });
    await seed.stockBecomes(product, 50, 5);
  }, 60_000);

  it('that comes back from the door is restocked, and no money moves', async () => {
    const product = await seed.tShirt();
    const order = await cash(product);
    bodyOf(await admin.api.patch(`/orders/${order.id}/ship`, { trackingNumber: 'EX1' }), 200);
    const cancel = await customer.api.post(`/orders/${order.id}/cancel`, { reason: 'Too late' });
    bodyOf(cancel, 409);
    bodyOf(await admin.api.put(`/orders/${order.id}/status`, { order_status: 'returned', notes: 'Nobody there' }), 200);
    await seed.stockBecomes(product, 50, 5);
    await seed.orderBecomes(order, { status: 'RETURNED', paymentStatus: 'PENDING', paidAt: null, refundedTotal: 0 });
    expect(bodyOf(await admin.api.get<List<unknown>>(`/refunds?orderId=${order.id}`), 200).total).toBe(0);
  }, 60_000);
});

describe('004’s back office', () => {
  it('searches, counts and moves orders under 004’s paths and names', async () => {
    const product = await seed.tShirt();
    const order = await seed.purchase(product);
    const { razorpayPaymentId } = order as Order & { razorpayPaymentId: string };
    const found = await admin.api.get<List<Order>>(
      `/api/orders/admin/all?page=1&limit=20&status=confirmed&search=${razorpayPaymentId}`,
    );
    expect(bodyOf(found, 200).data.map(({ id }) => id)).toEqual([order.id]);
    const mine = await customer.api.get<List<Order>>('/api/orders/user/my-orders');
    expect(bodyOf(mine, 200).data[0]).toMatchObject({ id: order.id });
    expect(bodyOf(await platform.api.get('/api/orders/user/my-orders'), 200)).toMatchObject({ data: [] });
    bodyOf(await customer.api.get('/api/orders/admin/all'), 403);

    const stats = await admin.api.get(`/api/orders/admin/dashboard-stats?businessId=${product.businessId}`);
    expect(bodyOf(stats, 200)).toMatchObject({
      totalOrders: 2,
      totalProducts: 1,
      totalCategories: 0,
      totalUsers: expect.any(Number),
      totalRevenue: 2407.64,
      pendingOrders: 1,
      confirmedOrders: 1,
      paidOrders: 1,
      failedPayments: 0,
      recentOrders: [{ id: order.id }, {}],
      degraded: [],
    });

    const read = await admin.api.get<Order>(`/orders/${order.id}`);
    const stale = { 'if-match': read.headers.get('etag') ?? '' };
    const ship = () => admin.api.put(`/api/orders/${order.id}/status`, { order_status: 'shipped' }, stale);
    expect(bodyOf(await ship(), 200)).toMatchObject({ status: 'SHIPPED' });
    expect(bodyOf(await ship(), 412)).toMatchObject({ code: 'VERSION_MISMATCH' });
  }, 60_000);

  it('verifies a payment under 004’s names', async () => {
    const order = await seed.orderTwo(await seed.tShirt());
    const paid = await shop.pay((await seed.openPayment(order)).razorpayOrder, { webhooks: { drop: true } });
    const body = {
      orderId: order.id,
      razorpayPaymentId: paid.razorpay_payment_id,
      razorpayOrderId: paid.razorpay_order_id,
      razorpaySignature: paid.razorpay_signature,
    };
    const forged = { ...body, razorpaySignature: '0'.repeat(64) };
    bodyOf(await platform.api.post('/api/orders/verify-payment', forged), 400);
    await seed.orderBecomes(order, { status: 'PENDING' });
    bodyOf(await platform.api.post('/api/orders/verify-payment', body), 200);
    await seed.orderBecomes(order, { status: 'PAID', razorpayPaymentId: paid.razorpay_payment_id });
  }, 60_000);
});

it('leaves every figure in agreement', async () => {
  const { orders, violations } = await platform.verify();
  expect(violations).toEqual([]);
  expect(orders).toBeGreaterThan(20);
  expect(await platform.crashes()).toEqual([]);
}, 60_000);
