import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { CommissionsConsumer } from '../src/commissions/commissions.consumer.js';
import { handle } from './handle-directly.js';
import { orderCancelled, orderDelivered, orderOf, paymentRefunded, paymentSuccess, userRegistered } from './events.js';
import { reseller, WalletFixture } from './wallet-fixture.js';

let wallets: WalletFixture;
const costly = { order: orderOf(newId()), statements: 0 };
beforeAll(async () => {
  wallets = await WalletFixture.start();
  // Its wallet is open: opening it is a statement of its own, once in a seller's life.
  await wallets.others.tell(userRegistered(costly.order.sellerId ?? '', ['RESELLER']));
  await eventually(() => wallets.wallet(costly.order.sellerId ?? ''));
});
afterAll(() => wallets.stop());

const balances = async (sellerId: string) => {
  const { pendingBalance, availableBalance, receivable, totalEarnings } = await wallets.wallet(sellerId);
  return { pendingBalance, availableBalance, receivable, totalEarnings };
};

const story = async (sellerId: string) =>
  (await wallets.transactions(sellerId)).data.map(({ type, balance, amount }) => [type, balance, amount]);

describe('the commission of an order', () => {
  it('is pending once the order is paid, with a wallet opened for a seller nobody has heard of', async () => {
    const order = orderOf(newId());
    await wallets.others.tell(paymentSuccess(order));
    await eventually(async () =>
      expect(await balances(order.sellerId ?? '')).toEqual({
        pendingBalance: 300,
        availableBalance: 0,
        receivable: 0,
        totalEarnings: 300,
      }),
    );
    const { data, total } = await wallets.transactions(order.sellerId ?? '');
    expect(total).toBe(1);
    expect(data[0]).toMatchObject({
      type: 'COMMISSION_CREATED',
      balance: 'PENDING',
      amount: 300,
      balanceBefore: 0,
      balanceAfter: 300,
      description: `Commission locked for order ${order.orderNumber}`,
      orderId: order.orderId,
      payoutId: null,
    });
    expect(await wallets.eventsOf(order.orderId)).toEqual([
      {
        type: 'COMMISSION_LOCKED',
        data: { sellerId: order.sellerId, orderId: order.orderId, orderNumber: order.orderNumber, amountPaise: 30_000 },
      },
    ]);
  });

  it('becomes available on delivery', async () => {
    const sellerId = newId();
    const order = orderOf(sellerId);
    await wallets.others.tell(paymentSuccess(order), orderDelivered(order));
    await eventually(async () =>
      expect(await balances(sellerId)).toMatchObject({ pendingBalance: 0, availableBalance: 300 }),
    );
    expect(await story(sellerId)).toEqual([
      ['COMMISSION_CREATED', 'PENDING', 300],
      ['COMMISSION_UNLOCKED', 'AVAILABLE', 300],
    ]);
    expect((await wallets.eventsOf(order.orderId)).map(({ type }) => type)).toEqual([
      'COMMISSION_LOCKED',
      'COMMISSION_UNLOCKED',
    ]);
  });

  it('tells the same story when the money comes after the parcel, as with cash on delivery', async () => {
    const sellerId = newId();
    const order = orderOf(sellerId, { paymentMethod: 'COD' });
    await wallets.others.tell(orderDelivered(order));
    await wallets.others.tell(paymentSuccess(order));
    await eventually(async () => expect(await story(sellerId)).toHaveLength(2));
    expect(await story(sellerId)).toEqual([
      ['COMMISSION_CREATED', 'PENDING', 300],
      ['COMMISSION_UNLOCKED', 'AVAILABLE', 300],
    ]);
  });

  it('changes nothing when the same event comes twice, nor when the same fact comes in another event', async () => {
    const sellerId = newId();
    const order = orderOf(sellerId);
    const paid = paymentSuccess(order);
    await wallets.others.tell(paid, paid, paymentSuccess(order), orderDelivered(order), orderDelivered(order));
    // The last to arrive shows that those before it have been handled.
    const last = orderOf(sellerId, { commissionPaise: 100 });
    await wallets.others.tell(paymentSuccess(last));
    await eventually(async () =>
      expect(await balances(sellerId)).toEqual({
        pendingBalance: 1,
        availableBalance: 300,
        receivable: 0,
        totalEarnings: 301,
      }),
    );
    expect(await wallets.eventsOf(order.orderId)).toHaveLength(2);
  });

  it.each([
    [
      'paid, cancelled, refunded',
      [paymentSuccess, orderCancelled, (o: ReturnType<typeof orderOf>) => paymentRefunded(o, o.totalPaise)],
    ],
    [
      'refunded, cancelled, paid',
      [(o: ReturnType<typeof orderOf>) => paymentRefunded(o, o.totalPaise), orderCancelled, paymentSuccess],
    ],
    [
      'cancelled, paid, refunded',
      [orderCancelled, paymentSuccess, (o: ReturnType<typeof orderOf>) => paymentRefunded(o, o.totalPaise)],
    ],
  ])('is nothing after a cancellation, in the order: %s', async (_, steps) => {
    const person = reseller();
    const order = orderOf(person.userId);
    await wallets.client.as(person).get(`/wallets/${person.userId}`);
    for (const step of steps) await wallets.others.tell(step(order));
    await eventually(async () => {
      const [row] = await wallets.service.db.query<{ complete: boolean }>(
        `select locked_at is not null and cancelled_at is not null and refunded_paise > 0 as complete
         from commissions where order_id = $1`,
        [order.orderId],
      );
      expect(row?.complete).toBe(true);
    });
    expect(await balances(person.userId)).toEqual({
      pendingBalance: 0,
      availableBalance: 0,
      receivable: 0,
      totalEarnings: 0,
    });
    expect(await wallets.violations()).toEqual([]);
  });

  it('goes back by the refunded share, to the paisa, and the last refund takes the remainder', async () => {
    const sellerId = newId();
    const order = orderOf(sellerId, { totalPaise: 300, commissionPaise: 100 });
    await wallets.tellHeard(paymentSuccess(order));
    for (const [refunded, kept] of [
      [100, 0.67],
      [200, 0.33],
      [300, 0],
    ] as const) {
      await wallets.others.tell(paymentRefunded(order, refunded, { refundPaise: 100 }));
      await eventually(async () =>
        expect(await balances(sellerId)).toMatchObject({ pendingBalance: kept, totalEarnings: kept }),
      );
    }
    expect((await wallets.eventsOf(order.orderId)).map(({ type, data }) => [type, data['amountPaise']])).toEqual([
      ['COMMISSION_LOCKED', 100],
      ['COMMISSION_RELEASED', 33],
      ['COMMISSION_RELEASED', 34],
      ['COMMISSION_RELEASED', 33],
    ]);
  });

  it('takes no notice of a smaller total that comes late, nor of a refund that never settled the order', async () => {
    const sellerId = newId();
    const order = orderOf(sellerId);
    await wallets.others.tell(paymentSuccess(order), paymentRefunded(order, 150_000), paymentRefunded(order, 50_000));
    await wallets.others.tell(paymentRefunded(order, order.totalPaise, { settlesOrder: false }));
    const last = orderOf(sellerId, { commissionPaise: 100 });
    await wallets.others.tell(paymentSuccess(last));
    await eventually(async () =>
      expect(await balances(sellerId)).toMatchObject({ pendingBalance: 151, totalEarnings: 151 }),
    );
  });

  it('is owed once it was paid out, and what is earned next settles that first', async () => {
    const person = reseller();
    const first = orderOf(person.userId);
    await wallets.others.tell(paymentSuccess(first), orderDelivered(first));
    await eventually(async () => expect(await balances(person.userId)).toMatchObject({ availableBalance: 300 }));
    const payout = await wallets.requestPayout(person, 250);
    await wallets.decide(payout.id, 'APPROVED');
    await wallets.decide(payout.id, 'COMPLETED');

    await wallets.others.tell(paymentRefunded(first, first.totalPaise));
    await eventually(async () =>
      expect(await balances(person.userId)).toEqual({
        pendingBalance: 0,
        availableBalance: 0,
        receivable: 250,
        totalEarnings: 0,
      }),
    );
    const second = orderOf(person.userId);
    await wallets.others.tell(paymentSuccess(second), orderDelivered(second));
    await eventually(async () =>
      expect(await balances(person.userId)).toEqual({
        pendingBalance: 0,
        availableBalance: 50,
        receivable: 0,
        totalEarnings: 300,
      }),
    );
    expect((await story(person.userId)).slice(4)).toEqual([
      ['COMMISSION_CLAWED_BACK', 'AVAILABLE', -50],
      ['COMMISSION_CLAWED_BACK', 'RECEIVABLE', -250],
      ['COMMISSION_CREATED', 'PENDING', 300],
      ['COMMISSION_UNLOCKED', 'RECEIVABLE', 250],
      ['COMMISSION_UNLOCKED', 'AVAILABLE', 50],
    ]);
    expect(await wallets.violations()).toEqual([]);
  });

  it('leaves nothing behind where nobody earns', async () => {
    const sellerId = newId();
    const withoutSeller = orderOf(null);
    const withoutCommission = orderOf(sellerId, { commissionPaise: 0 });
    const last = orderOf(sellerId);
    await wallets.others.tell(paymentSuccess(withoutSeller), paymentSuccess(withoutCommission), paymentSuccess(last));
    await eventually(async () => expect(await balances(sellerId)).toMatchObject({ pendingBalance: 300 }));
    const rows = await wallets.service.db.query('select order_id from commissions where order_id = any($1)', [
      [withoutSeller.orderId, withoutCommission.orderId],
    ]);
    expect(rows).toEqual([]);
  });

  it('parks what it cannot read and goes on with the next', async () => {
    const order = orderOf(newId());
    const poison = { ...paymentSuccess(order), data: { ...order, commissionPaise: -5 } };
    const healthy = orderOf(newId());
    await wallets.others.tell(poison, paymentSuccess(healthy));
    await eventually(async () => expect(await balances(healthy.sellerId ?? '')).toMatchObject({ pendingBalance: 300 }));
    const dead = await eventually(async () => {
      const letters = await wallets.others.deadLettersOf('wallet');
      expect(letters.map(({ id }) => id)).toContain(poison.id);
      return letters;
    });
    expect(dead.find(({ id }) => id === poison.id)?.error).toContain('commissionPaise');
  });

  it.each([
    ['a payment', paymentSuccess, 3],
    ['a repeated payment', paymentSuccess, 1],
    ['a delivery', orderDelivered, 4],
  ])('costs few statements besides the inbox row: %s', async (_, eventOf, expected) => {
    costly.statements = 0;
    await wallets.service.app.get(Database).sqlTransaction((tx) => {
      const counting: SqlTx = {
        ...tx,
        query: (text, params) => {
          costly.statements += 1;
          return tx.query(text, params);
        },
      };
      return handle(wallets.service.app.get(CommissionsConsumer), eventOf(costly.order), counting);
    });
    expect(costly.statements).toBe(expected);
  });
});
