import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type TestClient } from '@reseller/testing';
import { startE2ePlatform, type Platform } from './support/platform.js';
import {
  bodyOf,
  Shop,
  unique,
  type List,
  type Order,
  type Payment,
  type Person,
  type Problem,
  type Product,
  type Refund,
} from './support/shop.js';

const PATIENT = { timeoutMs: 20_000 };
const guestContact = () => ({ email: `guest.${unique()}@example.com`, phone: '+919876543210' });

let platform: Platform;
let shop: Shop;
let admin: Person;
let customer: Person;
beforeAll(async () => {
  platform = await startE2ePlatform();
  shop = new Shop(platform);
  admin = await shop.admin();
  customer = await shop.register('CUSTOMER');
}, 180_000);
afterAll(() => platform.stop(), 60_000);

interface Sale {
  readonly reseller: Person;
  readonly product: Product;
  /** What an order needs so that the reseller earns: 2 at 1500 make 3000 and a commission of 300. */
  readonly wish: { readonly product: Product; readonly shareLinkId: string };
}

async function sale(): Promise<Sale> {
  const reseller = await shop.register('RESELLER');
  const product = await shop.product(admin, { stock: 10 });
  const link = await shop.link(reseller, product);
  return { reseller, product, wish: { product, shareLinkId: link.id } };
}

const refundsOf = async (order: Order): Promise<readonly Refund[]> =>
  bodyOf(await admin.api.get<List<Refund>>(`/refunds?orderId=${order.id}`), 200).data;

const refundsBecome = (order: Order, expected: readonly Partial<Refund>[]): Promise<void> =>
  eventually(async () => expect(await refundsOf(order)).toMatchObject(expected), PATIENT);

const paymentsOf = async (order: Order): Promise<readonly Payment[]> =>
  bodyOf(await admin.api.get<List<Payment>>(`/payments?orderId=${order.id}`), 200).data;

const orderBecomes = (order: Order, expected: Partial<Order>, reader: { api: TestClient } = customer): Promise<void> =>
  eventually(
    async () => expect(bodyOf(await reader.api.get(`/orders/${order.id}`), 200)).toMatchObject(expected),
    PATIENT,
  );

describe('a purchase through a share link', () => {
  it('ends with the commission in the reseller’s bank account', async () => {
    const { reseller, product, wish } = await sale();
    const order = await shop.order(customer, wish);
    expect(order).toMatchObject({ status: 'PENDING', subtotal: 3000, total: 3000, commission: 300 });
    expect(order.sellerId).toBe(reseller.user.id);
    await shop.stockBecomes(product, { stock: 10, available: 8 });

    const { razorpayOrder } = await shop.openPayment(customer, order);
    const again = await shop.openPayment(customer, order);
    expect(again.razorpayOrder.id).toBe(razorpayOrder.id);
    await shop.pay(razorpayOrder);
    await shop.orderIn('PAID', customer, order);
    await shop.stockBecomes(product, { stock: 8, available: 8 });
    await shop.walletOf(reseller, { pendingBalance: 300, availableBalance: 0 });

    await shop.shipAndDeliver(admin, order);
    await shop.walletOf(reseller, { pendingBalance: 0, availableBalance: 300, totalEarnings: 300 });

    const ask = () => reseller.api.post<{ id: string }>(`/wallets/${reseller.user.id}/payouts`, { amount: 300 });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409]);
    await shop.walletOf(reseller, { availableBalance: 0, payoutInTransit: 300 });
    const path = `/wallets/payouts/${answers.find(({ status }) => status === 201)?.body.id}`;
    bodyOf(await admin.api.patch(path, { status: 'APPROVED' }), 200);
    expect(bodyOf(await admin.api.patch(path, { status: 'COMPLETED' }), 200)).toMatchObject({ status: 'COMPLETED' });
    await shop.walletOf(reseller, { availableBalance: 0, payoutInTransit: 0, totalEarnings: 300 });
    expect(bodyOf(await admin.api.patch<Problem>(path, { status: 'REJECTED' }), 409).code).toBe(
      'INVALID_STATUS_TRANSITION',
    );
  }, 60_000);

  it('tells buyer and seller of each step once', async () => {
    const { reseller, wish } = await sale();
    const buyer = await shop.register('CUSTOMER');
    const order = await shop.order(buyer, wish);
    const { razorpayOrder } = await shop.openPayment(buyer, order);
    await shop.pay(razorpayOrder, { webhooks: { times: 4 } });
    await shop.orderIn('PAID', buyer, order);
    await shop.shipAndDeliver(admin, order);

    interface Message {
      readonly type: string;
      readonly channel: string;
      readonly recipient: string;
    }
    const mailsTo = async ({ api, user }: Person): Promise<string[]> =>
      bodyOf(await api.get<List<Message>>('/notifications?take=100'), 200)
        .data.filter(({ channel, recipient }) => channel === 'EMAIL' && recipient === user.email)
        .map(({ type }) => type);
    await eventually(async () => {
      const toBuyer = await mailsTo(buyer);
      for (const type of ['ORDER_CREATED', 'ORDER_PAID', 'ORDER_SHIPPED', 'ORDER_DELIVERED'])
        expect(toBuyer.filter((one) => one === type)).toEqual([type]);
      const toSeller = await mailsTo(reseller);
      for (const type of ['COMMISSION_LOCKED', 'COMMISSION_UNLOCKED'])
        expect(toSeller.filter((one) => one === type)).toEqual([type]);
    }, PATIENT);
  }, 60_000);

  it('pays nobody a commission on their own purchase', async () => {
    const { reseller, wish } = await sale();
    expect(await shop.order(reseller, wish)).toMatchObject({ total: 3000, commission: 0 });
  });

  it('refuses a price that is not the link’s, and an amount that is not ours', async () => {
    const { product, wish } = await sale();
    const items = [{ productId: product.id, quantity: 1, sellerPrice: 1200 }];
    const order = { shippingAddress: 'Somewhere 1', shareLinkId: wish.shareLinkId };
    const cheaper = await customer.api.post<Problem>('/orders', { ...order, items });
    expect(bodyOf(cheaper, 422).code).toBe('PRICE_MISMATCH');
    const items1500 = [{ productId: product.id, quantity: 1 }];
    const other = await customer.api.post<Problem>('/orders', { ...order, items: items1500, total: 1499 });
    expect(bodyOf(other, 422).code).toBe('AMOUNT_MISMATCH');
    await shop.stockBecomes(product, { stock: 10, available: 10 });
  });
});

describe('other ways to buy', () => {
  it('lets a guest order, pay and follow the order with its token, and nobody else', async () => {
    const { reseller, wish } = await sale();
    const order = await shop.order({ api: platform.api }, { ...wish, ...guestContact() });
    const guest = { api: platform.api.with({ 'x-order-token': order.orderToken ?? '' }) };
    const other = await shop.order({ api: platform.api }, { ...wish, ...guestContact() });
    const stranger = platform.api.with({ 'x-order-token': other.orderToken ?? '' });
    for (const api of [platform.api, stranger, customer.api]) {
      const read = await api.get<Problem>(`/orders/${order.id}`);
      expect([401, 404]).toContain(read.status);
      const opened = await api.post('/payments/razorpay/create-order', { orderId: order.id });
      expect([401, 403, 404]).toContain(opened.status);
    }
    const { razorpayOrder } = await shop.openPayment(guest, order);
    await shop.pay(razorpayOrder);
    expect(await shop.orderIn('PAID', guest, order)).toMatchObject({ userId: null, orderNumber: order.orderNumber });
    bodyOf(await guest.api.get(`/orders/${order.orderNumber}`), 200);
    await shop.walletOf(reseller, { pendingBalance: 300 });
  }, 60_000);

  it('takes cash on delivery: sold at once, paid when delivered', async () => {
    const { reseller, product, wish } = await sale();
    const order = await shop.order(customer, { ...wish, paymentMethod: 'COD' });
    await shop.orderIn('CONFIRMED', customer, order);
    await shop.stockBecomes(product, { stock: 8, available: 8 });
    await shop.shipAndDeliver(admin, order);
    await orderBecomes(order, { status: 'DELIVERED', paymentStatus: 'PAID' });
    await shop.walletOf(reseller, { pendingBalance: 0, availableBalance: 300 });
  }, 60_000);

  it('adds tax and shipping where a business sells without: two at 999 are 2407.64', async () => {
    const business = await admin.api.post<{ id: string }>('/businesses', {
      name: `Business ${unique()}`,
      settings: { pricesIncludeTax: false, defaultTaxRatePercent: 18, shippingFee: 50 },
    });
    const businessId = bodyOf(business, 201).id;
    const product = await eventually(() => shop.product(admin, { basePrice: 999, businessId }), PATIENT);
    await eventually(async () => {
      const body = { items: [{ productId: product.id, quantity: 2 }] };
      expect(bodyOf(await platform.api.post('/pricing/calculate', body), 200)).toMatchObject({ total: 2407.64 });
    }, PATIENT);
    const order = await shop.order(customer, { product });
    expect(order).toMatchObject({ subtotal: 1998, taxTotal: 359.64, shippingTotal: 50, total: 2407.64 });
    const { razorpayOrder } = await shop.openPayment(customer, order);
    expect(razorpayOrder).toMatchObject({ amount: 240764 });
    await shop.pay(razorpayOrder);
    await shop.orderIn('PAID', customer, order);
  }, 60_000);

  it('lets an administrator record a payment from outside', async () => {
    const { reseller, wish } = await sale();
    const order = await shop.order(customer, wish);
    const body = { status: 'PAID', notes: 'Bank transfer' };
    bodyOf(await admin.api.patch(`/orders/${order.id}/status`, body), 200);
    expect(await paymentsOf(order)).toMatchObject([{ status: 'SUCCESS', amount: 3000, provider: 'OFFLINE' }]);
    await shop.walletOf(reseller, { pendingBalance: 300 });
  }, 60_000);
});

describe('what goes wrong with payments', () => {
  it('keeps the order open after a failed payment, and takes a late success', async () => {
    const { reseller, product, wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    await shop.pay(razorpayOrder, { outcome: 'late-success', lateAfterMs: 3_000 });
    await orderBecomes(order, { status: 'PENDING', paymentStatus: 'FAILED' });
    await shop.stockBecomes(product, { stock: 10, available: 8 });
    await orderBecomes(order, { status: 'PAID', paymentStatus: 'PAID' });
    await shop.walletOf(reseller, { pendingBalance: 300 });
  }, 60_000);

  it('settles once whatever webhooks do: doubled, shuffled, late', async () => {
    const { reseller, wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    await shop.pay(razorpayOrder, { webhooks: { times: 5, shuffle: true, delayMs: 300 } });
    await shop.orderIn('PAID', customer, order);
    await shop.walletOf(reseller, { pendingBalance: 300 });
    expect((await paymentsOf(order)).filter(({ status }) => status === 'SUCCESS')).toHaveLength(1);
    expect(await refundsOf(order)).toEqual([]);
  }, 60_000);

  it('believes no webhook with a wrong signature, and the true one after it', async () => {
    const { wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    await shop.pay(razorpayOrder, { webhooks: { wrongSignature: true } });
    interface Delivery {
      readonly eventId: string;
      readonly event: string;
      readonly lastStatus: number | null;
    }
    const path = `/sandbox/webhooks?about=${razorpayOrder.id}&event=payment.captured`;
    const refused = await eventually(async () => {
      const { items } = bodyOf(await platform.sandbox.get<{ items: readonly Delivery[] }>(path), 200);
      expect(items.map(({ lastStatus }) => lastStatus)).toEqual([400]);
      return items[0];
    }, PATIENT);
    expect(bodyOf(await customer.api.get<Order>(`/orders/${order.id}`), 200).status).toBe('PENDING');
    bodyOf(await platform.sandbox.post(`/sandbox/webhooks/${refused?.eventId}/resend`, {}), 200);
    await shop.orderIn('PAID', customer, order);
  }, 60_000);

  it('settles by verify alone when no webhook comes, and refuses a forged signature', async () => {
    const { wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    const { razorpay_order_id, razorpay_payment_id, razorpay_signature } = await shop.pay(razorpayOrder, {
      webhooks: { drop: true },
    });
    const verify = (signature: string) =>
      customer.api.post<Problem>('/payments/verify', {
        razorpay_order_id,
        razorpay_payment_id,
        razorpay_signature: signature,
      });
    expect(bodyOf(await verify('0'.repeat(64)), 400).code).toBe('INVALID_SIGNATURE');
    expect(bodyOf(await customer.api.get<Order>(`/orders/${order.id}`), 200).status).toBe('PENDING');
    bodyOf(await verify(razorpay_signature), 200);
    await shop.orderIn('PAID', customer, order);
  }, 60_000);

  it('gives a second capture of one order back, and pays one commission', async () => {
    const { reseller, wish } = await sale();
    const order = await shop.purchase(customer, wish);
    await shop.pay(await razorpayOrderOf(order));
    await refundsBecome(order, [{ amount: 3000, status: 'PROCESSED', settlesOrder: false }]);
    await orderBecomes(order, { status: 'PAID', paymentStatus: 'PAID', refundedTotal: 0 });
    await shop.walletOf(reseller, { pendingBalance: 300 });
  }, 60_000);

  it('gives back what was captured with another amount, and does not settle the order', async () => {
    const { wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    await shop.pay(razorpayOrder, { amount: 100 });
    await refundsBecome(order, [{ amount: 1, status: 'PROCESSED', settlesOrder: false }]);
    expect(bodyOf(await customer.api.get<Order>(`/orders/${order.id}`), 200).status).toBe('PENDING');
  }, 60_000);
});

describe('money and stock that go back', () => {
  it('refunds a paid order that is cancelled, once, with stock and commission', async () => {
    const { reseller, product, wish } = await sale();
    const order = await shop.purchase(customer, wish);
    await shop.walletOf(reseller, { pendingBalance: 300 });
    const cancel = () => customer.api.post<Problem>(`/orders/${order.id}/cancel`, { reason: 'Changed my mind' });
    bodyOf(await cancel(), 200);
    expect(bodyOf(await cancel(), 409).code).toBe('INVALID_STATUS_TRANSITION');
    await refundsBecome(order, [{ amount: 3000, status: 'PROCESSED' }]);
    await orderBecomes(order, { status: 'CANCELLED', paymentStatus: 'REFUNDED', refundedTotal: 3000 });
    await shop.stockBecomes(product, { stock: 10, available: 10 });
    await shop.walletOf(reseller, { pendingBalance: 0, availableBalance: 0, totalEarnings: 0 });
  }, 60_000);

  it('refunds money that arrives after the order was cancelled', async () => {
    const { reseller, product, wish } = await sale();
    const order = await shop.order(customer, wish);
    const { razorpayOrder } = await shop.openPayment(customer, order);
    bodyOf(await customer.api.post(`/orders/${order.id}/cancel`, { reason: 'Changed my mind' }), 200);
    await shop.stockBecomes(product, { stock: 10, available: 10 });
    await shop.pay(razorpayOrder);
    await refundsBecome(order, [{ amount: 3000, status: 'PROCESSED', settlesOrder: false }]);
    await orderBecomes(order, { status: 'CANCELLED' });
    await shop.walletOf(reseller, { pendingBalance: 0, availableBalance: 0, totalEarnings: 0 });
  }, 60_000);

  it('takes back the share of the commission that a partial refund calls for', async () => {
    const { reseller, wish } = await sale();
    const order = await shop.purchase(customer, wish);
    await shop.shipAndDeliver(admin, order);
    await shop.walletOf(reseller, { availableBalance: 300 });
    const path = `/payments/${order.paymentId}/refund`;
    bodyOf(await admin.api.post(path, { amount: 1000, reason: 'Damaged' }), 201);
    await orderBecomes(order, { paymentStatus: 'PARTIALLY_REFUNDED', refundedTotal: 1000 });
    await shop.walletOf(reseller, { availableBalance: 200, totalEarnings: 200 });
    const tooMuch = await admin.api.post<Problem>(path, { amount: 2000.01, reason: 'Damaged' });
    expect([409, 422]).toContain(tooMuch.status);
    bodyOf(await admin.api.post(path, { reason: 'The rest' }), 201);
    await orderBecomes(order, { paymentStatus: 'REFUNDED', refundedTotal: 3000 });
    await shop.walletOf(reseller, { availableBalance: 0, totalEarnings: 0 });
  }, 60_000);
});

it('leaves stock, orders, payments, wallets and links in agreement', async () => {
  const { orders, violations } = await platform.verify();
  expect(violations).toEqual([]);
  expect(orders).toBeGreaterThan(10);
  expect(await platform.crashes()).toEqual([]);
}, 60_000);

async function razorpayOrderOf(order: Order) {
  const [payment] = bodyOf(
    await admin.api.get<List<{ razorpayOrderId: string }>>(`/payments?orderId=${order.id}`),
    200,
  ).data;
  if (payment === undefined) throw new Error('The order has no payment.');
  return { id: payment.razorpayOrderId };
}
