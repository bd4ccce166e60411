import { eventOf, OrderJoinedAccount } from '@reseller/contracts';
import { advance, factAbout, unchanged, type OrderChange } from './order-change.js';
import { snapshotOf } from './order-snapshot.js';
import type { Cause, Order } from './order-state.js';

/*
 * Whose an order is, as it changes after the order was placed. Decisions only, as in `order.ts`.
 */

/** An account has proved that the guest's address is its own. An order that is somebody's, or nobody's any more, stays so. */
export function joinAccount(order: Order, userId: string, now: Date): OrderChange {
  if (order.userId !== null || order.buyerForgottenAt !== null) return unchanged(order);
  const cause: Cause = { role: 'SYSTEM', id: 'service:auth', reason: 'The address was verified.' };
  return advance(order, {
    what: 'JOINED_ACCOUNT',
    cause,
    now,
    patch: { userId },
    tell: (joined) => [
      eventOf(OrderJoinedAccount, { ...factAbout(joined, cause, now), data: { ...snapshotOf(joined), userId } }),
    ],
  });
}

/**
 * The customer was deleted. A finished order loses the person now, another one as soon as it is finished. One that has
 * joined an account since auth said whose it is waits for auth's next word, which says whether it is still theirs.
 */
export const forgetBuyerOf =
  (customerId: string) =>
  (order: Order, now: Date): OrderChange => {
    const isMoving = order.userId !== null && order.customerVersion === 1;
    if (order.customerId !== customerId || order.buyerForgottenAt !== null || isMoving) return unchanged(order);
    const cause: Cause = { role: 'SYSTEM', id: 'service:auth', reason: 'The customer was deleted.' };
    return advance(order, { what: 'BUYER_FORGOTTEN', cause, now, patch: { buyerForgottenAt: now } });
  };
