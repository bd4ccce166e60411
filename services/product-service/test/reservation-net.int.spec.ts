import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { StandIn } from '@reseller/testing';
import { ReleaseUnwantedReservations } from '../src/reservations/release-unwanted-reservations.js';
import {
  brokenInvariants,
  createStocked,
  release,
  reserve,
  startProductService,
  stockOf,
  type ProductService,
} from './product-fixture.js';

type Verdict = 'wanted' | 'unknown' | 'cancelled' | 'converted';

/** The order service, as far as the safety net sees it. */
const verdicts = new Map<string, Verdict>();
const asked: string[][] = [];
let isDown = false;
let orders: StandIn;
let service: ProductService;

beforeAll(async () => {
  orders = await StandIn.start(({ body, headers }) => {
    const { orderIds } = body as { orderIds: string[] };
    asked.push(orderIds);
    const those = (verdict: Verdict) => orderIds.filter((id) => (verdicts.get(id) ?? 'unknown') === verdict);
    return {
      status: isDown || headers['x-service-token'] === undefined ? 503 : 200,
      body: {
        wanted: those('wanted'),
        unknown: those('unknown'),
        cancelled: those('cancelled'),
        converted: those('converted'),
      },
    };
  });
  service = await startProductService({ env: { ORDER_SERVICE_URL: orders.url } });
});
afterAll(async () => {
  await service.stop();
  await orders.close();
});
beforeEach(() => {
  isDown = false;
  asked.length = 0;
});

const run = () => service.app.get(ReleaseUnwantedReservations).execute();

async function reservedFor(minutes: number, verdict: Verdict): Promise<{ orderId: string; variantId: string }> {
  const { variantId } = await createStocked(service.client, 10);
  const orderId = newId();
  verdicts.set(orderId, verdict);
  await reserve(service.client, orderId, [{ variantId, quantity: 2 }]);
  await service.db.query(
    'update reservations set reserved_at = now() - make_interval(mins => $2) where owner_id = $1',
    [orderId, minutes],
  );
  return { orderId, variantId };
}

const expired = async (orderId: string) =>
  service.db.query(
    "select payload->'data' as data from outbox where type = 'STOCK_RESERVATION_EXPIRED' and payload->'data'->>'orderId' = $1",
    [orderId],
  );

describe('the safety net', () => {
  it.each(['unknown', 'cancelled'] as const)(
    'gives back an old reservation whose order is %s, and tells the order service',
    async (verdict) => {
      const { orderId, variantId } = await reservedFor(30, verdict);
      expect(await run()).toBe(1);
      expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
      expect(await expired(orderId)).toEqual([{ data: { orderId, items: [{ variantId, quantity: 2 }] } }]);
      expect((await reserve(service.client, orderId, [{ variantId, quantity: 2 }])).status).toBe(409);
      expect(await brokenInvariants(service)).toEqual({});
    },
  );

  it.each(['wanted', 'converted'] as const)('leaves an old reservation whose order is %s', async (verdict) => {
    const { orderId, variantId } = await reservedFor(30, verdict);
    expect(await run()).toBe(0);
    expect(asked.flat()).toContain(orderId);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 2 });
  });

  it('does not ask about young reservations or those given back', async () => {
    const young = await reservedFor(10, 'unknown');
    const released = await reservedFor(30, 'unknown');
    await release(service.client, released.orderId);
    await run();
    expect(asked.flat()).not.toContain(young.orderId);
    expect(asked.flat()).not.toContain(released.orderId);
  });

  it('waits while the order service cannot be asked, and goes on afterwards', async () => {
    isDown = true;
    const { orderId, variantId } = await reservedFor(30, 'unknown');
    expect(await run()).toBe(0);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 2 });
    isDown = false;
    await service.db.query('update reservations set next_check_at = now() where owner_id = $1', [orderId]);
    expect(await run()).toBe(1);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
  });

  it('is asked for each reservation by one instance at a time, and gives it back once', async () => {
    const { orderId, variantId } = await reservedFor(30, 'unknown');
    await Promise.all([run(), run(), run()]);
    expect(asked.flat().filter((id) => id === orderId)).toHaveLength(1);
    expect(await expired(orderId)).toHaveLength(1);
    expect(await stockOf(service, variantId)).toEqual({ stock: 10, reserved: 0 });
  });
});
