import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, type DomainEvent, type OrderSnapshot } from '@reseller/contracts';
import { paiseFromWire } from '@reseller/money';
import { Database } from '@reseller/persistence';
import { DomainError, newId } from '@reseller/runtime';
import fc from 'fast-check';
import { commissionCalledFor } from '../src/commissions/commission.js';
import { CommissionsConsumer } from '../src/commissions/commissions.consumer.js';
import { balancesOf, type SellerBalances } from '../src/ledger/account.js';
import { DecidePayout } from '../src/payouts/decide-payout.js';
import type { PayoutStatus } from '../src/payouts/payout-status.js';
import { RequestPayout } from '../src/payouts/request-payout.js';
import { orderCancelled, orderDelivered, orderOf, paymentRefunded, paymentSuccess } from './events.js';
import { handle } from './handle-directly.js';
import { WalletFixture } from './wallet-fixture.js';

/*
 * Whatever happens to orders, in whatever order and however often a wallet hears of it, with payouts in between: it ends
 * where the facts say, and the ledger is sound. Events are handed to the handlers past the inbox, so that a duplicate is
 * stopped by the facts alone; several at a time, as on the broker.
 */

interface OrderPlan {
  readonly totalPaise: number;
  readonly commissionPaise: number;
  readonly isPaid: boolean;
  readonly isDelivered: boolean;
  readonly isCancelled: boolean;
  /** Cumulative, as the payment service counts them. */
  readonly refundedTotals: readonly number[];
}

type Step =
  | { readonly kind: 'event'; readonly event: DomainEvent }
  | { readonly kind: 'payout'; readonly amountPaise: bigint; readonly decisions: readonly PayoutStatus[] };

const orderPlan: fc.Arbitrary<OrderPlan> = fc
  .record({
    totalPaise: fc.integer({ min: 1, max: 100_000 }),
    isPaid: fc.boolean(),
    isDelivered: fc.boolean(),
    isCancelled: fc.boolean(),
    share: fc.integer({ min: 1, max: 100 }),
    refundShares: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
  })
  .map(({ totalPaise, share, refundShares, ...flags }) => {
    let refunded = 0;
    const refundedTotals = refundShares.map((percent) => {
      refunded = Math.min(totalPaise, refunded + Math.ceil((totalPaise * percent) / 100));
      return refunded;
    });
    return {
      ...flags,
      totalPaise,
      commissionPaise: Math.max(1, Math.floor((totalPaise * share) / 100)),
      refundedTotals,
    };
  });

const payoutStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('payout' as const),
  amountPaise: fc.bigInt({ min: 100n, max: 60_000n }),
  decisions: fc.constantFrom<PayoutStatus[]>(
    [],
    ['APPROVED'],
    ['REJECTED'],
    ['APPROVED', 'FAILED'],
    ['APPROVED', 'COMPLETED'],
    ['APPROVED', 'COMPLETED', 'REVERSED'],
  ),
});

const storm = fc
  .tuple(fc.array(orderPlan, { minLength: 1, maxLength: 3 }), fc.array(payoutStep, { maxLength: 4 }), fc.nat())
  .chain(([plans, payouts, duplicated]) => {
    const sellerId = newId();
    const orders = plans.map((plan) => ({ plan, order: orderOf(sellerId, plan) }));
    const events = orders.flatMap(({ plan, order }) => eventsOf(plan, order));
    const twice = events.filter((_, index) => (duplicated >> (index % 16)) % 2 === 1);
    const steps = [...[...events, ...twice].map((event): Step => ({ kind: 'event', event })), ...payouts];
    return fc.record({
      sellerId: fc.constant(sellerId),
      orders: fc.constant(orders),
      steps: fc.shuffledSubarray(steps, { minLength: steps.length }),
      parallel: fc.integer({ min: 1, max: 4 }),
    });
  });

function eventsOf(plan: OrderPlan, order: OrderSnapshot): DomainEvent[] {
  return [
    ...(plan.isPaid ? [paymentSuccess(order)] : []),
    ...(plan.isDelivered ? [orderDelivered(order)] : []),
    ...(plan.isCancelled ? [orderCancelled(order)] : []),
    ...plan.refundedTotals.map((total) => paymentRefunded(order, total)),
  ];
}

let wallets: WalletFixture;
beforeAll(async () => {
  wallets = await WalletFixture.start();
});
afterAll(() => wallets.stop());

/** @returns what the payout has taken out of the wallet for good or holds in transit; 0n when it was refused */
async function requestAndDecide(sellerId: string, step: Extract<Step, { kind: 'payout' }>): Promise<PayoutOutcome> {
  const payoutId = newId();
  const { app } = wallets.service;
  try {
    await app.get(RequestPayout).execute({
      id: payoutId,
      sellerId,
      businessId: DEFAULT_BUSINESS_ID,
      amountPaise: step.amountPaise,
      bankAccount: null,
      notes: null,
      requestedBy: sellerId,
      remember: async () => undefined,
    });
  } catch (error) {
    if (isRefusal(error)) return { takenPaise: 0n, inTransitPaise: 0n };
    throw error;
  }
  for (const status of step.decisions) {
    await app
      .get(DecidePayout)
      .execute({ payoutId, status, notes: null, reference: null, decidedBy: newId(), scope: {} });
  }
  const last = step.decisions.at(-1) ?? 'PENDING';
  return {
    takenPaise: last === 'PENDING' || last === 'APPROVED' || last === 'COMPLETED' ? step.amountPaise : 0n,
    inTransitPaise: last === 'PENDING' || last === 'APPROVED' ? step.amountPaise : 0n,
  };
}

interface PayoutOutcome {
  readonly takenPaise: bigint;
  readonly inTransitPaise: bigint;
}

/** Not enough is available, or the wallet is not open yet. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof DomainError && error.code === 'INSUFFICIENT_BALANCE') ||
  (error instanceof Error && error.message.includes('without a wallet'));

async function run(sellerId: string, steps: readonly Step[], parallel: number): Promise<PayoutOutcome[]> {
  const { app } = wallets.service;
  const waiting = [...steps];
  const outcomes: PayoutOutcome[] = [];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      if (step.kind === 'payout') outcomes.push(await requestAndDecide(sellerId, step));
      else {
        const { event } = step;
        await app.get(Database).sqlTransaction((tx) => handle(app.get(CommissionsConsumer), event, tx));
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return outcomes;
}

function expectedBalances(plans: readonly OrderPlan[], payouts: readonly PayoutOutcome[]): SellerBalances {
  const positions = plans.map((plan) =>
    commissionCalledFor({
      commissionPaise: paiseFromWire(plan.commissionPaise),
      orderTotalPaise: paiseFromWire(plan.totalPaise),
      isLocked: plan.isPaid,
      isUnlocked: plan.isDelivered,
      isCancelled: plan.isCancelled,
      refundedPaise: paiseFromWire(Math.max(0, ...plan.refundedTotals)),
    }),
  );
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
  const net =
    sum(positions.map(({ availablePaise }) => availablePaise)) - sum(payouts.map(({ takenPaise }) => takenPaise));
  return {
    PENDING: sum(positions.map(({ pendingPaise }) => pendingPaise)),
    AVAILABLE: net > 0n ? net : 0n,
    PAYOUT_IN_TRANSIT: sum(payouts.map(({ inTransitPaise }) => inTransitPaise)),
    RECEIVABLE: net < 0n ? net : 0n,
  };
}

it('a wallet ends where the facts say, in whatever order and however often it hears of them', async () => {
  await fc.assert(
    fc.asyncProperty(storm, async ({ sellerId, orders, steps, parallel }) => {
      const payouts = await run(sellerId, steps, parallel);
      const accounts = await wallets.service.db.query<{ kind: string; balancePaise: bigint }>(
        'select kind, balance_paise as "balancePaise" from accounts where owner_id = $1',
        [sellerId],
      );
      expect(balancesOf(accounts)).toEqual(
        expectedBalances(
          orders.map(({ plan }) => plan),
          payouts,
        ),
      );
      expect(await wallets.violations()).toEqual([]);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 60_000);
