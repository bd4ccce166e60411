import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import type { OrderBody } from '../src/orders/order-view.js';
import { eventDriver, malformed } from './event-driver.js';
import { customer, simpleOrder, startOrderService, type OrderFixture, type PlacedOrder } from './order-fixture.js';
import { paymentFailed, paymentRefunded, paymentSuccess, refundFailed } from './payment-facts.js';
import { PRODUCT_ID, VARIANT_ID } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const { tellInTurn, tellAgain, whatOf, typesOf, cancelled, expectDead } = eventDriver(() => orders);

const stateOf = ({ status, paymentStatus, refundedTotal, paymentId }: OrderBody) => ({
  status,
  paymentStatus,
  refundedTotal,
  paymentId,
});

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
      data: {
        orderId: order.id,
        paymentId: read.paymentId,
        totalPaise: 200_000,
        items: [{ productId: PRODUCT_ID, variantId: VARIANT_ID, quantity: 2 }],
      },
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
    await tellInTurn(
      paymentSuccess(order),
      paymentRefunded(order, { refundPaise: 200_000, refundedTotalPaise: 200_000 }),
    );
    expect(await orders.read(order.id)).toMatchObject({
      status: 'CANCELLED',
      paymentStatus: 'REFUNDED',
      refundedTotal: 2000,
    });
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  it('of a delivered cash order leaves it DELIVERED', async () => {
    const order = await orders.place(customer(), simpleOrder({ paymentMethod: 'COD' }));
    await orders.as().patch(`/orders/${order.id}/ship`, {});
    await orders.as().patch(`/orders/${order.id}/deliver`);
    await tellInTurn(paymentSuccess(order, { provider: 'COD' }));
    expect(await orders.read(order.id)).toMatchObject({
      status: 'DELIVERED',
      paymentStatus: 'PAID',
      paymentMethod: 'COD',
    });
    expect((await typesOf(order.id)).at(-1)).toBe('ORDER_PAID');
  });

  it('of another amount, malformed, or of an order that nobody knows is dead', async () => {
    const order = await orders.place();
    const unknown = { ...order, id: newId() };
    await expectDead(
      paymentSuccess(order, { amountPaise: 1 }),
      malformed(paymentSuccess(order)),
      paymentSuccess(unknown),
    );
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
      const counting = {
        ...tx,
        query: <R extends object>(text: string, params?: readonly unknown[]) => (
          seen.push(text),
          tx.query<R>(text, params)
        ),
      };
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
    // So that the reservation shows it too.
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_PAYMENT_EXTENDED']);
  });

  it('before or after the success ends the same', async () => {
    const [inOrder, reversed] = [await orders.place(), await orders.place()];
    await tellInTurn(paymentFailed(inOrder), paymentSuccess(inOrder));
    await tellInTurn(paymentSuccess(reversed), paymentFailed(reversed));
    for (const { id } of [inOrder, reversed]) {
      expect(await orders.read(id)).toMatchObject({ status: 'PAID', paymentStatus: 'PAID' });
      const types = (await typesOf(id)).filter((type) => type !== 'ORDER_PAYMENT_EXTENDED');
      expect(types).toEqual(['ORDER_CREATED', 'ORDER_PAID']);
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
    expect(await orders.read(order.id)).toMatchObject({
      status: 'PAID',
      paymentStatus: 'PARTIALLY_REFUNDED',
      refundedTotal: 500,
    });
    await tellInTurn(refund(order, 200_000));
    expect(await orders.read(order.id)).toMatchObject({ paymentStatus: 'REFUNDED', refundedTotal: 2000 });
  });

  it('in any order, before the success too, ends the same', async () => {
    const placed = [await orders.place(), await orders.place()] as const;
    const facts = placed.map(
      (order) => [paymentSuccess(order), refund(order, 50_000), refund(order, 200_000)] as const,
    );
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

  it('of money that never settled the order is none of its history', async () => {
    const order = await orders.place();
    await tellInTurn(refundFailed(order, { settlesOrder: false }), paymentSuccess(order));
    expect(await whatOf(order.id)).toEqual(['PLACED', 'PAID']);
  });
});
