import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { UnlockMaturedCommissions } from '../src/commissions/unlock-matured-commissions.js';
import { orderDelivered, orderOf, paymentRefunded, paymentSuccess } from './events.js';
import { WalletFixture } from './wallet-fixture.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

let wallets: WalletFixture;
beforeAll(async () => {
  wallets = await WalletFixture.start({ COMMISSION_HOLD_DAYS: '7' });
});
afterAll(() => wallets.stop());

const runJob = () => wallets.service.app.get(UnlockMaturedCommissions).execute();

/** A paid order, delivered this many days ago by the clock of whoever says so. */
async function deliveredOrder(days: number) {
  const order = orderOf(newId());
  await wallets.others.tell(paymentSuccess(order), orderDelivered(order, daysAgo(days)));
  await eventually(async () => {
    const [row] = await wallets.service.db.query<{ complete: boolean }>(
      'select locked_at is not null and delivered_at is not null as complete from commissions where order_id = $1',
      [order.orderId],
    );
    expect(row?.complete).toBe(true);
  });
  return { order, sellerId: order.sellerId ?? '' };
}

/** As if so many days had gone by. */
const letDaysPass = (orderId: string, days: number) =>
  wallets.service.db.query(
    'update commissions set unlocks_at = unlocks_at - make_interval(days => $2) where order_id = $1',
    [orderId, days],
  );

describe('commission on hold', () => {
  it('stays pending until the hold after delivery has ended, then becomes available once', async () => {
    const { order, sellerId } = await deliveredOrder(0);
    await runJob();
    expect(await wallets.wallet(sellerId)).toMatchObject({ pendingBalance: 300, availableBalance: 0 });
    await letDaysPass(order.orderId, 7);
    // Two instances at the same time share the work and do none of it twice.
    const unlocked = await Promise.all([runJob(), runJob()]);
    expect(unlocked.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await wallets.wallet(sellerId)).toMatchObject({ pendingBalance: 0, availableBalance: 300 });
    expect(await runJob()).toBe(0);
    expect(await wallets.violations()).toEqual([]);
  });

  it('is available at once when the event comes after the hold', async () => {
    const { sellerId } = await deliveredOrder(8);
    expect(await wallets.wallet(sellerId)).toMatchObject({ pendingBalance: 0, availableBalance: 300 });
  });

  it('is not held longer by a clock that runs ahead', async () => {
    const { order, sellerId } = await deliveredOrder(-30);
    await letDaysPass(order.orderId, 7);
    expect(await runJob()).toBe(1);
    expect(await wallets.wallet(sellerId)).toMatchObject({ availableBalance: 300 });
  });

  it('unlocks what is left after a refund', async () => {
    const { order, sellerId } = await deliveredOrder(0);
    await wallets.others.tell(paymentRefunded(order, order.totalPaise / 3));
    await eventually(async () => expect(await wallets.wallet(sellerId)).toMatchObject({ pendingBalance: 200 }));
    await letDaysPass(order.orderId, 7);
    await runJob();
    expect(await wallets.wallet(sellerId)).toMatchObject({
      pendingBalance: 0,
      availableBalance: 200,
      totalEarnings: 200,
    });
  });

  it('of one order that cannot be unlocked does not hold up the others', async () => {
    const broken = await deliveredOrder(0);
    const healthy = await deliveredOrder(0);
    await letDaysPass(broken.order.orderId, 9);
    await letDaysPass(healthy.order.orderId, 8);
    // Its next posting would have the reference of the one before: the ledger refuses to post that twice.
    await wallets.service.db.query('update commissions set postings = postings - 1 where order_id = $1', [
      broken.order.orderId,
    ]);
    expect(await runJob()).toBe(1);
    expect(await wallets.wallet(healthy.sellerId)).toMatchObject({ availableBalance: 300 });
    expect(await wallets.wallet(broken.sellerId)).toMatchObject({ pendingBalance: 300 });
  });
});
