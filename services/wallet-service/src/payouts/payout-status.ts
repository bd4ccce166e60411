import { conflict } from '@reseller/runtime';

export const PAYOUT_STATUSES = ['PENDING', 'APPROVED', 'COMPLETED', 'REJECTED', 'FAILED', 'REVERSED'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** The one transition table. An approved payout is on its way to the bank: it arrives, fails, or comes back later. */
export const PAYOUT_MOVES: Readonly<Record<PayoutStatus, readonly PayoutStatus[]>> = {
  PENDING: ['APPROVED', 'REJECTED'],
  APPROVED: ['COMPLETED', 'FAILED'],
  COMPLETED: ['REVERSED'],
  REJECTED: [],
  FAILED: [],
  REVERSED: [],
};

/** @throws 409 INVALID_STATUS_TRANSITION, with the moves that are allowed. */
export function requirePayoutMove(from: PayoutStatus, to: PayoutStatus): void {
  const allowed = PAYOUT_MOVES[from];
  if (allowed.includes(to)) return;
  throw conflict('INVALID_STATUS_TRANSITION', `A payout that is ${from} cannot become ${to}.`, { from, to, allowed });
}
