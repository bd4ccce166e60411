import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StockConversionFailed, StockReservationExpired } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventDriver, malformed } from './event-driver.js';
import { fact, startOrderService, type OrderFixture, type PlacedOrder } from './order-fixture.js';
import { paymentSuccess } from './payment-facts.js';
import { VARIANT_ID } from './quoting.js';

let orders: OrderFixture;
beforeAll(async () => {
  orders = await startOrderService();
});
afterAll(() => orders?.stop());
beforeEach(() => orders.reset());

const { tellInTurn, tellAgain, typesOf, cancelled, expectDead } = eventDriver(() => orders);

describe('STOCK_CONVERSION_FAILED', () => {
  const missing = ({ id }: PlacedOrder) =>
    fact(StockConversionFailed, newId(), {
      orderId: id,
      items: [{ variantId: VARIANT_ID, quantity: 2, available: 0 }],
    });

  it('calls off a paid order, once', async () => {
    const order = await orders.place();
    const failed = missing(order);
    await tellInTurn(paymentSuccess(order), failed);
    await tellAgain(failed);
    expect(await orders.read(order.id)).toMatchObject({
      status: 'CANCELLED',
      cancelledBy: 'SYSTEM',
      paymentStatus: 'PAID',
    });
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_PAID', 'ORDER_CANCELLED']);
  });

  it('after the buyer has cancelled changes nothing, for an order that is not ours neither', async () => {
    const order = await cancelled();
    await tellInTurn(missing(order), missing({ ...order, id: newId() }));
    expect(await typesOf(order.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
    await expectDead(malformed(missing(order)));
  });
});

describe('STOCK_RESERVATION_EXPIRED', () => {
  const expired = ({ id }: PlacedOrder) =>
    fact(StockReservationExpired, newId(), { orderId: id, items: [{ variantId: VARIANT_ID, quantity: 2 }] });

  it('cancels an order that still waits for money, once, and no other', async () => {
    const [waiting, paid] = [await orders.place(), await orders.place()];
    const event = expired(waiting);
    await tellInTurn(event, paymentSuccess(paid), expired(paid), expired({ ...paid, id: newId() }));
    await tellAgain(event);
    expect(await orders.read(waiting.id)).toMatchObject({ status: 'CANCELLED', cancelledBy: 'SYSTEM' });
    expect((await orders.read(paid.id)).status).toBe('PAID');
    expect(await typesOf(waiting.id)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  it('before or after the payment ends in one of the two good states', async () => {
    const order = await orders.place();
    await tellInTurn(expired(order), paymentSuccess(order));
    expect(await orders.read(order.id)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'PAID' });
    await expectDead(malformed(expired(order)));
  });
});
