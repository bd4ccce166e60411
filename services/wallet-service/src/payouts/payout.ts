import { forbidden } from '@reseller/runtime';
import type { PayoutStatus } from './payout-status.js';

export interface Payout {
  readonly id: string;
  readonly sellerId: string;
  readonly businessId: string;
  readonly amountPaise: bigint;
  readonly currency: string;
  readonly status: PayoutStatus;
  /** Where the money shall go and why, in the reseller's words. */
  readonly bankAccount: string | null;
  readonly notes: string | null;
  /** What the administrator says about the last decision, and the transfer's reference at the bank. */
  readonly adminNotes: string | null;
  readonly reference: string | null;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Nobody decides on their own payout, neither on one that they asked for in somebody's name: an administrator who sells
 * could else approve it, or have a paid one "fail" and be paid again.
 *
 * @throws 403 OWN_PAYOUT
 */
export function requireOtherPerson(payout: Payout, actorId: string): void {
  if (actorId !== payout.sellerId && actorId !== payout.requestedBy) return;
  throw forbidden('OWN_PAYOUT', 'Another administrator has to decide on this payout.');
}
