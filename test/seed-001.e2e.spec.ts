import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { startE2ePlatform, type Platform } from './support/platform.js';
import { catalogueRequests } from './support/seed-001-catalogue.js';
import {
  bodyOf,
  Shop,
  type Link,
  type List,
  type Order,
  type Person,
  type Product,
  type RazorpayOrder,
  type Payment,
} from './support/shop.js';

/*
 * Every request that seed 001 prints, with its body as printed; ids, tokens and e-mail addresses take the place of its
 * placeholders. Answers must have 001's fields with its types and, where it prints figures, its figures; they may have more.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = (): unknown => expect.stringMatching(UUID);
/** 001 prints one that has passed since; a link cannot be made to expire before it is made. */
const expiresAt = `${new Date().getUTCFullYear() + 1}-12-31T23:59:59.000Z`;

let platform: Platform;
let shop: Shop;
beforeAll(async () => {
  platform = await startE2ePlatform();
  shop = new Shop(platform);
}, 180_000);
afterAll(() => platform.stop(), 60_000);

describe.each([
  ['at the root', ''],
  ['under /api', '/api'],
])('the requests of seed 001, %s', (_where, prefix) => {
  let admin: Person;
  let reseller: Person;
  let customer: Person;
  let product: Product;

  beforeAll(async () => {
    admin = await shop.admin();
    reseller = await shop.register('RESELLER');
    customer = await shop.register('CUSTOMER');
    product = await shop.product(admin, { basePrice: 1000, stock: 100 });
  }, 60_000);

  const at = (path: string): string => `${prefix}${path}`;
  const placeOrder = async (more: object = {}): Promise<Order> => {
    const placed = await customer.api.post<Order>(at('/orders'), {
      userId: customer.user.id,
      sellerId: reseller.user.id,
      shippingAddress: '123 Main St, City, Country',
      items: [{ productId: product.id, variantId: product.variants[0]?.id, quantity: 2, sellerPrice: 1500.0 }],
      ...more,
    });
    return bodyOf(placed, 201);
  };

  catalogueRequests(() => ({ platform, admin, customer, at }));

  describe('pricing', () => {
    it('calculates price and commission', async () => {
      const calculated = await platform.api.post(at('/pricing/calculate'), {
        sellerId: reseller.user.id,
        items: [{ productId: product.id, quantity: 2, sellerPrice: 1500.0 }],
      });
      expect(bodyOf(calculated, 200)).toMatchObject({
        subtotal: 3000,
        commission: 300,
        total: 3000,
        items: [
          { productId: product.id, basePrice: 1000, sellerPrice: 1500, quantity: 2, subtotal: 3000, commission: 300 },
        ],
      });
    });

    it('validates a margin', async () => {
      const body = { productId: product.id, sellerPrice: 1500.0 };
      expect(bodyOf(await platform.api.post(at('/pricing/validate-margin'), body), 200)).toEqual({
        valid: true,
        basePrice: 1000,
        sellerPrice: 1500,
        margin: 500,
        marginPercentage: 50,
      });
    });

    it('tells the pricing of a product', async () => {
      const pricing = await platform.api.get(at(`/pricing/product/${product.id}`));
      expect(bodyOf(pricing, 200)).toMatchObject({ productId: product.id, basePrice: 1000 });
    });
  });

  describe('orders', () => {
    it('places an order, lists it, shows it and lets its status be changed', async () => {
      const order = await placeOrder();
      const printed = {
        id: uuid(),
        userId: customer.user.id,
        sellerId: reseller.user.id,
        status: 'PENDING',
        subtotal: 3000,
        commission: 300,
        total: 3000,
        items: [{ productId: product.id, quantity: 2, sellerPrice: 1500, subtotal: 3000, commission: 300 }],
        createdAt: expect.stringMatching(INSTANT),
      };
      expect(order).toMatchObject(printed);
      expect(bodyOf(await customer.api.get(at(`/orders/${order.id}`)), 200)).toMatchObject(printed);

      const query = `userId=${customer.user.id}&sellerId=${reseller.user.id}&status=PENDING`;
      const list = bodyOf(await admin.api.get<List<Order>>(at(`/orders?${query}`)), 200);
      expect(list.data.find(({ id }) => id === order.id)).toMatchObject(printed);
      const own = await customer.api.get<List<Order>>(at(`/orders?userId=${customer.user.id}&status=PENDING`));
      expect(bodyOf(own, 200).data.map(({ id }) => id)).toContain(order.id);

      const body = { status: 'PAID', notes: 'Payment received' };
      bodyOf(await customer.api.patch(at(`/orders/${order.id}/status`), body), 403);
      const paid = bodyOf(await admin.api.patch<Order>(at(`/orders/${order.id}/status`), body), 200);
      expect(paid).toMatchObject({ ...printed, status: 'PAID', paymentStatus: 'PAID' });
    });
  });

  describe('payments', () => {
    const record = (order: Order) => ({
      orderId: order.id,
      userId: customer.user.id,
      amount: 3000.0,
      currency: 'INR',
      method: 'CARD',
    });
    const printedPayment = (order: Order) => ({
      id: uuid(),
      orderId: order.id,
      status: 'PENDING',
      amount: 3000,
      currency: 'INR',
    });

    it('creates a payment record', async () => {
      const order = await placeOrder();
      const created = bodyOf(await customer.api.post<Payment>(at('/payments'), record(order)), 201);
      expect(created).toMatchObject(printedPayment(order));
      expect(bodyOf(await customer.api.get(at(`/payments/${created.id}`)), 200)).toMatchObject(printedPayment(order));
      const ofOrder = await customer.api.get(at(`/payments/order/${order.id}`));
      expect(bodyOf(ofOrder, 200)).toMatchObject({ ...printedPayment(order), id: created.id });
    });

    it('creates a Razorpay order, takes its webhook, verifies, and lists what succeeded', async () => {
      const order = await placeOrder();
      const opened = await customer.api.post<{ payment: Payment; razorpayOrder: RazorpayOrder }>(
        at('/payments/razorpay/create-order'),
        record(order),
      );
      const { payment, razorpayOrder } = bodyOf(opened, 201);
      expect(payment).toMatchObject(printedPayment(order));
      expect(razorpayOrder).toEqual({
        id: expect.stringMatching(/^order_[A-Za-z0-9]{14}$/),
        amount: 300000,
        currency: 'INR',
        receipt: `order_${order.id.replaceAll('-', '')}`,
        status: 'created',
        key: platform.secrets['RAZORPAY_KEY_ID'],
      });

      const paid = await shop.pay(razorpayOrder, { webhooks: { drop: true } });
      const webhook = JSON.stringify({
        event: 'payment.captured',
        payload: {
          payment: {
            entity: {
              id: paid.razorpay_payment_id,
              order_id: razorpayOrder.id,
              status: 'captured',
              amount: 300000,
              currency: 'INR',
            },
          },
          order: {
            entity: {
              id: razorpayOrder.id,
              notes: { orderId: order.id, userId: customer.user.id, paymentId: payment.id },
            },
          },
        },
      });
      const signature = createHmac('sha256', platform.secrets['RAZORPAY_WEBHOOK_SECRET'] ?? '')
        .update(webhook)
        .digest('hex');
      const send = (sign: string) =>
        platform.api.post(at('/payments/webhook'), webhook, { 'x-razorpay-signature': sign });
      bodyOf(await send('<signature>'), 400);
      bodyOf(await send(signature), 200);
      await shop.orderIn('PAID', customer, order);

      const { razorpay_order_id, razorpay_payment_id, razorpay_signature } = paid;
      const checkout = { razorpay_order_id, razorpay_payment_id, razorpay_signature };
      const verified = await customer.api.post(at('/payments/verify'), checkout);
      expect(bodyOf(verified, 200)).toMatchObject({ ...printedPayment(order), status: 'SUCCESS' });

      const path = at(`/payments?userId=${customer.user.id}&status=SUCCESS`);
      const list = bodyOf(await customer.api.get<List<Payment>>(path), 200);
      expect(list.data.find(({ id }) => id === payment.id)).toMatchObject({
        ...printedPayment(order),
        status: 'SUCCESS',
      });
    });
  });

  describe('share links', () => {
    it('creates a link, shows it, lists it and counts what it brought', async () => {
      const created = await reseller.api.post<Link>(at('/share-links'), {
        sellerId: reseller.user.id,
        productId: product.id,
        sellerPrice: 1500.0,
        expiresAt,
      });
      const link = bodyOf(created, 201);
      const printed = {
        id: uuid(),
        code: expect.stringMatching(/^[a-z0-9]{9}$/),
        sellerId: reseller.user.id,
        productId: product.id,
        url: `${platform.gatewayUrl}/share/${link.code}`,
        expiresAt,
        isActive: true,
      };
      expect(link).toMatchObject(printed);

      const browser = (n: number) => ({
        'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:${n}.0) Gecko/20100101 Firefox/${n}.0`,
      });
      for (let visitor = 1; visitor <= 15; visitor += 1) {
        const shown = bodyOf(await platform.api.get(at(`/share-links/${link.code}`), browser(100 + visitor)), 200);
        expect(shown).toMatchObject({
          ...printed,
          product: { id: product.id },
          pricing: { basePrice: 1000, price: 1500 },
        });
      }
      const list = bodyOf(await reseller.api.get<List<Link>>(at(`/share-links?sellerId=${reseller.user.id}`)), 200);
      expect(list.data.find(({ id }) => id === link.id)).toMatchObject(printed);

      const order = await placeOrder({ shareLinkId: link.id });
      expect(order).toMatchObject({ shareLinkId: link.id, subtotal: 3000, commission: 300, total: 3000 });
      const { razorpayOrder } = await shop.openPayment(customer, order);
      await shop.pay(razorpayOrder);
      await eventually(
        async () => {
          const stats = bodyOf(await reseller.api.get(at(`/share-links/${link.code}/stats`)), 200);
          expect(stats).toMatchObject({ clicks: 15, conversions: 1, conversionRate: 6.67, totalRevenue: 3000 });
        },
        { timeoutMs: 20_000 },
      );
    }, 60_000);
  });

  describe('wallets', () => {
    it('shows wallet and transactions, and takes a payout from request to approval', async () => {
      const earner = await shop.register('RESELLER');
      const { id: sellerId } = earner.user;
      const buyFrom = (quantity: number): Promise<Order> =>
        placeOrder({ sellerId, items: [{ productId: product.id, quantity, sellerPrice: 1500.0 }] });
      const markPaid = async (order: Order) =>
        bodyOf(
          await admin.api.patch(at(`/orders/${order.id}/status`), { status: 'PAID', notes: 'Payment received' }),
          200,
        );

      const first = await buyFrom(2);
      await markPaid(first);
      await shop.walletOf(earner, { pendingBalance: 300 });
      const transactions = bodyOf(await earner.api.get(at(`/wallets/${sellerId}/transactions?skip=0&take=20`)), 200);
      expect(transactions).toMatchObject({
        data: [
          {
            id: uuid(),
            type: 'COMMISSION_CREATED',
            amount: 300,
            balanceBefore: 0,
            balanceAfter: 300,
            description: `Commission locked for order ${first.orderNumber}`,
            createdAt: expect.stringMatching(INSTANT),
          },
        ],
        total: 1,
        skip: 0,
        take: 20,
      });

      const second = await buyFrom(40);
      await markPaid(second);
      await shop.shipAndDeliver(admin, second);
      await shop.walletOf(earner, { pendingBalance: 300, availableBalance: 6000 });
      const wallet = bodyOf(await earner.api.get(at(`/wallets/${sellerId}`)), 200);
      expect(wallet).toMatchObject({
        id: uuid(),
        sellerId,
        pendingBalance: 300,
        availableBalance: 6000,
        totalEarnings: 6300,
      });

      const requested = await earner.api.post<{ id: string }>(at(`/wallets/${sellerId}/payouts`), {
        amount: 5000.0,
        bankAccount: 'Account ending in 1234',
        notes: 'Monthly payout',
      });
      const payout = bodyOf(requested, 201);
      expect(payout).toMatchObject({ amount: 5000, status: 'PENDING', bankAccount: 'Account ending in 1234' });
      const list = await earner.api.get<List<unknown>>(at(`/wallets/payouts?sellerId=${sellerId}&status=PENDING`));
      expect(bodyOf(list, 200)).toMatchObject({ data: [{ id: payout.id, sellerId, amount: 5000 }], total: 1 });

      const decision = { status: 'APPROVED', notes: 'Payout approved' };
      bodyOf(await earner.api.patch(at(`/wallets/payouts/${payout.id}`), decision), 403);
      const approved = bodyOf(await admin.api.patch(at(`/wallets/payouts/${payout.id}`), decision), 200);
      expect(approved).toMatchObject({ id: payout.id, status: 'APPROVED', amount: 5000 });
    }, 60_000);
  });
});

it('answers /health at every port that 001 names', async () => {
  const urls = [platform.gatewayUrl, ...Object.values(platform.serviceUrls)];
  const statuses = await Promise.all(urls.map(async (url) => (await fetch(`${url}/health`)).status));
  expect(statuses).toEqual(urls.map(() => 200));
});

it('leaves stock, orders, payments, wallets and links in agreement', async () => {
  const { orders, violations } = await platform.verify();
  expect(violations).toEqual([]);
  expect(orders).toBeGreaterThan(0);
  expect(await platform.crashes()).toEqual([]);
}, 60_000);
