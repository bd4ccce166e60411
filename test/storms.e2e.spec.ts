import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type TestResponse } from '@reseller/testing';
import { startE2ePlatform, type Platform, type ProcessName } from './support/platform.js';
import {
  ADDRESS,
  bodyOf,
  Shop,
  unique,
  type List,
  type Order,
  type Payment,
  type Person,
  type Problem,
  type Product,
} from './support/shop.js';

/** A process that was killed needs seconds to be back, and Razorpay's next attempt may come half a minute later. */
const AFTER_A_CRASH = { timeoutMs: 60_000, intervalMs: 100 };
const CRASH_TEST_MS = 120_000;

let platform: Platform;
let shop: Shop;
let admin: Person;
let customer: Person;
const killed: ProcessName[] = [];
beforeAll(async () => {
  platform = await startE2ePlatform({ PAYMENT_RECONCILE_AFTER: '5s' });
  shop = new Shop(platform);
  admin = await shop.admin();
  customer = await shop.register('CUSTOMER');
}, 180_000);
afterAll(() => platform.stop(), 60_000);

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

const tally = (answers: readonly TestResponse<unknown>[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const kill = async (name: ProcessName): Promise<void> => {
  killed.push(name);
  await platform.kill(name);
};

const transactionsOf = async ({ api, user }: Person): Promise<readonly { type: string; orderId: string }[]> =>
  bodyOf(await api.get<List<{ type: string; orderId: string }>>(`/wallets/${user.id}/transactions?take=100`), 200).data;

describe('the last ten', () => {
  it('go to ten of a hundred buyers who come at once; the others hear what is left', async () => {
    const product = await shop.product(admin, { stock: 10 });
    const buy = (buyer: number) =>
      platform.api.post<Order & Problem>('/orders', {
        shippingAddress: ADDRESS,
        items: [{ productId: product.id, quantity: 1 }],
        email: `buyer.${buyer}.${unique()}@example.com`,
        phone: `+9198${String(10_000_000 + buyer)}`,
      });
    const answers = await times(100, buy);
    expect(tally(answers)).toEqual({ 201: 10, 409: 90 });
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body.code).toBe('OUT_OF_STOCK');
      expect(body.details?.items).toEqual([{ variantId: product.variants[0]?.id, requested: 1, available: 0 }]);
    }
    expect(await shop.stockOf(product)).toEqual({ stock: 10, available: 0 });
  }, 60_000);

  it('are shared out whole: no order gets a part of what it asked for', async () => {
    const product = await shop.product(admin, { stock: 10 });
    const items = [{ productId: product.id, quantity: 3 }];
    const answers = await times(20, () => customer.api.post<Problem>('/orders', { shippingAddress: ADDRESS, items }));
    expect(tally(answers)).toEqual({ 201: 3, 409: 17 });
    expect(await shop.stockOf(product)).toEqual({ stock: 10, available: 1 });
  }, 60_000);
});

describe('one payment told eight times at once', () => {
  it('is one payment, one paid order and one commission, whatever mixture of verify and webhook', async () => {
    const reseller = await shop.register('RESELLER');
    const product = await shop.product(admin, { stock: 50 });
    const link = await shop.link(reseller, product);
    const orders = await times(4, async () => {
      const order = await shop.order(customer, { product, shareLinkId: link.id });
      const { razorpayOrder } = await shop.openPayment(customer, order);
      const { razorpay_order_id, razorpay_payment_id, razorpay_signature } = await shop.pay(razorpayOrder, {
        webhooks: { drop: true },
      });
      const events = await platform.sandbox.get<{ items: readonly { eventId: string }[] }>(
        `/sandbox/webhooks?about=${razorpay_payment_id}`,
      );
      const [first, second, third] = bodyOf(events, 200).items.map(({ eventId }) => eventId);
      const resend = (id = first) =>
        platform.sandbox.post<{ lastStatus: number }>(`/sandbox/webhooks/${id}/resend`, {});
      const verify = () =>
        customer.api.post('/payments/verify', { razorpay_order_id, razorpay_payment_id, razorpay_signature });
      const [delivered, verified] = await Promise.all([
        Promise.all([resend(first), resend(second), resend(third ?? first), resend(second)]),
        times(4, verify),
      ]);
      expect(delivered.map(({ body }) => body.lastStatus)).toEqual([200, 200, 200, 200]);
      expect(tally(verified)).toEqual({ 200: 4 });
      return order;
    });
    await times(orders.length, (index) => shop.orderIn('PAID', customer, orders[index] ?? { id: '' }));
    await shop.walletOf(reseller, { pendingBalance: 300 * orders.length });
    for (const order of orders) {
      const payments = bodyOf(await admin.api.get<List<Payment>>(`/payments?orderId=${order.id}`), 200).data;
      expect(payments.map(({ status }) => status)).toEqual(['SUCCESS']);
      const history = await customer.api.get<{ data: readonly { toStatus: string }[] }>(`/orders/${order.id}/history`);
      expect(bodyOf(history, 200).data.filter(({ toStatus }) => toStatus === 'PAID')).toHaveLength(1);
      const commissions = (await transactionsOf(reseller)).filter(({ orderId }) => orderId === order.id);
      expect(commissions.map(({ type }) => type)).toEqual(['COMMISSION_CREATED']);
    }
    await shop.stockBecomes(product, { stock: 42, available: 42 });
  }, 60_000);
});

describe('a customer who clicks ten times', () => {
  it('orders once with one idempotency key', async () => {
    const buyer = await shop.register('CUSTOMER');
    const product = await shop.product(admin, { stock: 50 });
    const headers = { 'idempotency-key': unique() };
    const body = { shippingAddress: ADDRESS, items: [{ productId: product.id, quantity: 2 }] };
    const answers = await times(10, () => buyer.api.post<Order & Problem>('/orders', body, headers));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
    for (const { status, body: refusal, headers: answered } of answers.filter((answer) => answer.status !== 201)) {
      expect({ status, code: refusal.code }).toEqual({ status: 409, code: 'IDEMPOTENCY_IN_PROGRESS' });
      expect(Number(answered.get('retry-after'))).toBeGreaterThan(0);
    }
    const again = await buyer.api.post<Order>('/orders', body, headers);
    expect(bodyOf(again, 201).id).toBe(made[0]?.body.id);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await buyer.api.post<Problem>('/orders', { ...body, notes: 'Please hurry' }, headers);
    expect(bodyOf(other, 422).code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(bodyOf(await buyer.api.get<List<Order>>('/orders'), 200).total).toBe(1);
    expect(await shop.stockOf(product)).toEqual({ stock: 50, available: 48 });
  }, 60_000);
});

describe('buyers who pay and cancel in the same moment', () => {
  it('have either their order or their money', async () => {
    const product = await shop.product(admin, { stock: 50 });
    await times(8, async () => {
      const order = await shop.order(customer, { product });
      const { razorpayOrder } = await shop.openPayment(customer, order);
      const cancel = () => customer.api.post(`/orders/${order.id}/cancel`, { reason: 'Changed my mind' });
      const [, cancelled] = await Promise.all([shop.pay(razorpayOrder), cancel()]);
      expect(cancelled.status).toBe(200);
      await eventually(async () => {
        const [payment] = bodyOf(await admin.api.get<List<Payment>>(`/payments?orderId=${order.id}`), 200).data;
        expect(payment).toMatchObject({ status: 'REFUNDED', refundedAmount: 2000 });
      }, AFTER_A_CRASH);
    });
    await shop.stockBecomes(product, { stock: 50, available: 50 });
  }, 90_000);
});

describe('a process killed in the middle of a purchase', () => {
  interface Scene {
    readonly reseller: Person;
    readonly product: Product;
    readonly orders: readonly Order[];
    readonly pay: () => Promise<void>;
  }
  const count = 5;

  async function scene(): Promise<Scene> {
    const reseller = await shop.register('RESELLER');
    const product = await shop.product(admin, { stock: 50 });
    const link = await shop.link(reseller, product);
    const opened = await times(count, async () => {
      const order = await shop.order(customer, { product, shareLinkId: link.id });
      return { order, ...(await shop.openPayment(customer, order)) };
    });
    const pay = async () => {
      await Promise.all(opened.map(({ razorpayOrder }) => shop.pay(razorpayOrder)));
    };
    return { reseller, product, orders: opened.map(({ order }) => order), pay };
  }

  async function endsWell({ reseller, product, orders }: Scene): Promise<void> {
    await eventually(async () => {
      for (const { id } of orders)
        expect(bodyOf(await customer.api.get<Order>(`/orders/${id}`), 200).status).toBe('PAID');
      expect(await shop.stockOf(product)).toEqual({ stock: 50 - 2 * count, available: 50 - 2 * count });
      const wallet = await reseller.api.get(`/wallets/${reseller.user.id}`);
      expect(bodyOf(wallet, 200)).toMatchObject({ pendingBalance: 300 * count });
    }, AFTER_A_CRASH);
  }

  it.each<ProcessName>(['payment-service', 'order-service', 'product-service', 'wallet-service'])(
    'loses nothing when it is %s, as the payments come in',
    async (name) => {
      const purchases = await scene();
      const paid = purchases.pay();
      await kill(name);
      await paid;
      await endsWell(purchases);
    },
    CRASH_TEST_MS,
  );

  it('loses nothing when order and payment go down together after the placing', async () => {
    const purchases = await scene();
    await Promise.all([kill('order-service'), kill('payment-service')]);
    await purchases.pay();
    await endsWell(purchases);
  }, 120_000);

  it('places each order once when order-service dies while placing and the buyers try again', async () => {
    const buyer = await shop.register('CUSTOMER');
    const product = await shop.product(admin, { stock: 50 });
    const body = { shippingAddress: ADDRESS, items: [{ productId: product.id, quantity: 2 }] };
    const keys = Array.from({ length: count }, unique);
    const place = (key = unique()) => buyer.api.post<Order>('/orders', body, { 'idempotency-key': key });
    const first = Promise.all(keys.map(place));
    // At once: the requests are under way, and none of them has been answered.
    await kill('order-service');
    for (const { status } of await first) expect([201, 502, 503, 504]).toContain(status);
    const ids = await Promise.all(
      keys.map((key) => eventually(async () => bodyOf(await place(key), 201).id, AFTER_A_CRASH)),
    );
    expect(new Set(ids).size).toBe(count);
    expect(bodyOf(await buyer.api.get<List<Order>>('/orders'), 200).total).toBe(count);
    expect(await shop.stockOf(product)).toEqual({ stock: 50, available: 50 - 2 * count });
  }, 120_000);
});

it('leaves stock, orders, payments, wallets and links in agreement, and nothing dead but what was killed', async () => {
  const { orders, violations } = await platform.verify();
  expect(violations).toEqual([]);
  expect(orders).toBeGreaterThan(40);
  expect(await platform.crashes()).toHaveLength(killed.length);
}, 60_000);
