import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, untilHandled } from '@reseller/testing';
import { openEventWire, type EventWire } from './event-wire.js';
import { orderCancelled, orderConfirmed, orderPaid, orderReturned, type Item } from './order-events.js';
import {
  requireBooksInOrder,
  createStocked,
  release,
  reserve,
  startProductService,
  stockOf,
  type ProductService,
} from './product-fixture.js';

let service: ProductService;
let wire: EventWire;
beforeAll(async () => {
  service = await startProductService();
  wire = await openEventWire(service);
});
afterAll(async () => {
  await wire.close();
  await service.stop();
});
afterEach(() => requireBooksInOrder(service));

/** An order for two of ten pieces, reserved. */
async function reservedOrder(): Promise<{ orderId: string; variantId: string; items: Item[] }> {
  const { variantId } = await createStocked(service.client, 10);
  const orderId = newId();
  const items = [{ variantId, quantity: 2 }];
  expect((await reserve(service.client, orderId, items)).status).toBe(201);
  return { orderId, variantId, items };
}

const statusOf = async (orderId: string) =>
  (await service.db.query<{ status: string }>('select status from reservations where owner_id = $1', [orderId]))[0]
    ?.status;

describe('ORDER_PAID and ORDER_CONFIRMED', () => {
  it('sell what was reserved', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 8, reserved: 0 });
    const movements = await service.db.query(
      "select kind, delta, stock_after, reference_id from stock_movements where variant_id = $1 and kind = 'SALE'",
      [variantId],
    );
    expect(movements).toEqual([{ kind: 'SALE', delta: -2, stock_after: 8, reference_id: orderId }]);
  });

  it('change nothing when the same event comes twice', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    const paid = orderPaid(orderId, items);
    await wire.deliver(paid);
    const marker = orderPaid(newId(), []);
    await wire.tell(paid, marker);
    await untilHandled(service.db, marker);
    expect(await stockOf(service, variantId)).toEqual({ stock: 8, reserved: 0 });
  });

  it('sell once when cash on delivery is confirmed and paid later', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderConfirmed(orderId, items));
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 8, reserved: 0 });
  });

  it('sell free stock where the reservation was given back', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await release(service.client, orderId);
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 8, reserved: 0 });
    expect(await statusOf(orderId)).toBe('CONVERTED');
  });

  it('say that the stock is gone where nothing is left, and take nothing', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await release(service.client, orderId);
    await reserve(service.client, newId(), [{ variantId, quantity: 9 }]);
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 9 });
    const failed = await service.db.query<{ payload: { data: unknown } }>(
      "select payload from outbox where type = 'STOCK_CONVERSION_FAILED' and payload->'data'->>'orderId' = $1",
      [orderId],
    );
    expect(failed.map(({ payload }) => payload.data)).toEqual([
      { orderId, items: [{ variantId, quantity: 2, available: 1 }] },
    ]);
    await wire.deliver(orderConfirmed(orderId, items));
    expect(await statusOf(orderId)).toBe('CONVERSION_FAILED');
  });
});

describe('ORDER_CANCELLED', () => {
  it('frees what was reserved', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderCancelled(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
    expect(await statusOf(orderId)).toBe('RELEASED');
  });

  it('puts back what was sold, once', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderPaid(orderId, items));
    const cancelled = orderCancelled(orderId, items);
    await wire.deliver(cancelled);
    const marker = orderCancelled(newId(), []);
    await wire.tell(cancelled, orderCancelled(orderId, items), marker);
    await untilHandled(service.db, marker);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
    expect(await statusOf(orderId)).toBe('RESTOCKED');
  });

  it('refuses a reserve that comes after it', async () => {
    const { variantId } = await createStocked(service.client, 10);
    const orderId = newId();
    const items = [{ variantId, quantity: 2 }];
    await wire.deliver(orderCancelled(orderId, items));
    expect((await reserve(service.client, orderId, items)).body.code).toBe('RESERVATION_REFUSED');
  });

  it.each([
    ['the reservation was live', async () => undefined],
    ['the reservation had been given back', async (orderId: string) => void (await release(service.client, orderId))],
  ])('keeps a later ORDER_PAID from selling anything when %s', async (_, prepare) => {
    const { orderId, variantId, items } = await reservedOrder();
    await prepare(orderId);
    await wire.deliver(orderCancelled(orderId, items));
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
  });
});

describe('ORDER_RETURNED', () => {
  it('puts back what passed inspection, never more than was ordered', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderPaid(orderId, items));
    await wire.deliver(orderReturned(orderId, items, [{ variantId, quantity: 1 }]));
    expect(await stockOf(service, variantId)).toEqual({ stock: 9, reserved: 0 });
    await wire.deliver(orderReturned(orderId, items, [{ variantId, quantity: 5 }]));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
    await wire.deliver(orderCancelled(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
  });

  it('ends the same when it is told of before the payment', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    await wire.deliver(orderReturned(orderId, items, [{ variantId, quantity: 1 }]));
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 2 });
    await wire.deliver(orderPaid(orderId, items));
    expect(await stockOf(service, variantId)).toEqual({ stock: 9, reserved: 0 });
  });
});

describe('a poisonous event', () => {
  it('is parked and does not hold up the others', async () => {
    const { orderId, variantId, items } = await reservedOrder();
    const malformed = { ...orderPaid(newId(), items), data: { orderId: 'not an order' } };
    await wire.tell(malformed);
    await wire.deliver(orderPaid(orderId, items));
    await eventually(async () => (await wire.deadIds()).includes(malformed.id));
    expect(await stockOf(service, variantId)).toEqual({ stock: 8, reserved: 0 });
  });

  it('is parked after its retries when the database refuses what it says, and leaves nothing behind', async () => {
    const orderId = newId();
    const unknown = [{ variantId: newId(), quantity: 1 }];
    const impossible = orderReturned(orderId, unknown, unknown);
    await wire.tell(impossible);
    await eventually(async () => (await wire.deadIds()).includes(impossible.id));
    expect(await statusOf(orderId)).toBeUndefined();
  });
});

it('all events of an order at once, in any order, end with the order’s stock settled', async () => {
  const orders = await Promise.all(Array.from({ length: 12 }, reservedOrder));
  const events = orders.flatMap(({ orderId, items }, index) => {
    const all = [orderConfirmed(orderId, items), orderPaid(orderId, items), orderCancelled(orderId, items)];
    return index % 2 === 0 ? all.reverse() : all;
  });
  await Promise.all(events.map((event) => wire.tell(event)));
  await untilHandled(service.db, ...events);
  for (const { variantId } of orders) expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
});
