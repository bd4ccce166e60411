import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusinessCreated, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, problem } from '@reseller/testing';
import { ExpireUnpaidOrders } from '../src/orders/expire-unpaid-orders.js';
import {
  customer,
  fact,
  simpleOrder,
  startOrderService,
  type OrderFixture,
  type PlacedOrder,
} from './order-fixture.js';
import { paymentFailed, paymentSuccess } from './payment-facts.js';
import { quote } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const expire = (): Promise<number> => orders.service.app.get(ExpireUnpaidOrders, { strict: false }).execute();

async function overdue(): Promise<PlacedOrder> {
  const order = await orders.place();
  await orders.service.db.query(`update orders set payment_expires_at = now() - interval '1 second' where id = $1`, [
    order.id,
  ]);
  return order;
}

const minutesToPay = ({ createdAt, paymentExpiresAt }: PlacedOrder): number =>
  Math.round((Date.parse(paymentExpiresAt ?? '') - Date.parse(createdAt)) / 60_000);

const endLeases = () => orders.service.db.query('update orders set expiry_leased_until = null');

describe('an unpaid order', () => {
  it('expires after payment has confirmed that nothing came in', async () => {
    const order = await overdue();
    expect(await expire()).toBe(1);
    expect(orders.payment.calls.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      {
        method: 'POST',
        path: `/internal/orders/${order.id}/confirm-unpaid`,
        body: { reason: 'The payment window passed.' },
      },
    ]);
    expect(await orders.read(order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelledBy: 'SYSTEM',
      cancelReason: 'The payment window passed.',
    });
    expect((await orders.told(order.id)).at(-1)).toMatchObject({
      type: 'ORDER_CANCELLED',
      data: { wasSold: false, cancelledBy: 'SYSTEM' },
    });
  });

  it('stays while its window is open, and cash never expires', async () => {
    await orders.place();
    await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    expect(await expire()).toBe(0);
    expect(orders.payment.calls).toEqual([]);
  });

  it('waits when payment says that money came, and becomes PAID with its event', async () => {
    const order = await overdue();
    orders.payment.respond = () => ({ status: 200, body: { unpaid: false, paymentId: order.id } });
    expect(await expire()).toBe(0);
    expect((await orders.read(order.id)).status).toBe('PENDING');
    await orders.tell(paymentSuccess(order));
    await eventually(async () => expect((await orders.read(order.id)).status).toBe('PAID'));
    await endLeases();
    expect(await expire()).toBe(0);
  });

  it('waits while payment cannot say, and is asked for again when the lease has run out', async () => {
    const order = await overdue();
    orders.payment.respond = () => problem(503, 'GATEWAY_UNAVAILABLE');
    expect(await expire()).toBe(0);
    orders.reset();
    expect(await expire()).toBe(0);
    expect(orders.payment.calls).toEqual([]);
    await endLeases();
    expect(await expire()).toBe(1);
    expect((await orders.read(order.id)).status).toBe('CANCELLED');
  });

  it('is cancelled even when an attempt extended its window after payment had closed it', async () => {
    const order = await overdue();
    orders.payment.respond = async () => {
      await orders.tell(paymentFailed(order));
      await eventually(async () => (await orders.read(order.id)).paymentStatus === 'FAILED');
      return { status: 200, body: { unpaid: true } };
    };
    expect(await expire()).toBe(1);
    expect((await orders.read(order.id)).status).toBe('CANCELLED');
  });

  it('is asked for by one instance at a time', async () => {
    await Promise.all([overdue(), overdue(), overdue()]);
    const counts = await Promise.all([expire(), expire(), expire(), expire()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(orders.payment.calls).toHaveLength(3);
  });
});

describe('the job', () => {
  it('runs by itself', async () => {
    const running = await startOrderService({ ORDER_EXPIRY_INTERVAL: '50ms' });
    try {
      const order = await running.place();
      await running.service.db.query(`update orders set payment_expires_at = now() where id = $1`, [order.id]);
      await eventually(async () => expect((await running.read(order.id)).status).toBe('CANCELLED'));
    } finally {
      await running.stop();
    }
  });

  it('follows PAYMENT_FAILURE_POLICY=cancel by cancelling at the first failure', async () => {
    const strict = await startOrderService({ PAYMENT_FAILURE_POLICY: 'cancel' });
    try {
      const order = await strict.place();
      await strict.tell(paymentFailed(order));
      await eventually(async () =>
        expect(await strict.read(order.id)).toMatchObject({ status: 'CANCELLED', cancelledBy: 'SYSTEM' }),
      );
    } finally {
      await strict.stop();
    }
  });

  it('lets a business decide otherwise: its own window and its own answer to a failed payment', async () => {
    const businessId = newId();
    const settings = {
      ...DEFAULT_BUSINESS_SETTINGS,
      paymentWindowMinutes: 30,
      paymentFailurePolicy: 'CANCEL' as const,
    };
    const business = { businessId, tenantId: DEFAULT_TENANT_ID, name: 'Strict', isActive: true, settings };
    await orders.tell(fact(BusinessCreated, businessId, business));
    await eventually(async () =>
      expect(await orders.service.db.query('select 1 from business_copies where id = $1', [businessId])).toHaveLength(
        1,
      ),
    );
    orders.pricing.respond = ({ body }) => quote(body as Parameters<typeof quote>[0], { businessId });
    const order = await orders.place();
    expect(minutesToPay(order)).toBe(30);
    await orders.tell(paymentFailed(order));
    await eventually(async () => expect((await orders.read(order.id)).status).toBe('CANCELLED'));

    orders.reset();
    const other = await orders.place();
    expect(minutesToPay(other)).toBe(15);
    await orders.tell(paymentFailed(other));
    await eventually(async () => expect((await orders.read(other.id)).paymentStatus).toBe('FAILED'));
    expect((await orders.read(other.id)).status).toBe('PENDING');
  });
});
