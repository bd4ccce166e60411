import { divideHalfUp } from '@reseller/money';
import type { JournalType } from '../ledger/journal.js';

/** What is known of one order. Each event sets its own fact, in whatever order they arrive. */
export interface CommissionFacts {
  readonly commissionPaise: bigint;
  readonly orderTotalPaise: bigint;
  /** The order was paid. */
  readonly isLocked: boolean;
  /** It was delivered and the hold after that has ended. */
  readonly isUnlocked: boolean;
  readonly isCancelled: boolean;
  /** The largest total that any refund has named. */
  readonly refundedPaise: bigint;
}

/** Where a commission stands, or should stand. Whether AVAILABLE or RECEIVABLE holds it is the wallet's matter. */
export interface CommissionPosition {
  readonly pendingPaise: bigint;
  readonly availablePaise: bigint;
}

export const NOTHING: CommissionPosition = { pendingPaise: 0n, availablePaise: 0n };

/** Where the facts say that the commission should stand, whichever of them came first. */
export function commissionCalledFor(facts: CommissionFacts): CommissionPosition {
  if (!facts.isLocked || facts.isCancelled) return NOTHING;
  const keptPaise = facts.commissionPaise - refundedShare(facts);
  return facts.isUnlocked
    ? { pendingPaise: 0n, availablePaise: keptPaise }
    : { pendingPaise: keptPaise, availablePaise: 0n };
}

/**
 * The commission that goes with what was refunded, half up to the paisa. It is always taken of the total refunded so
 * far, so that several refunds add up to the same as one, and the last one takes the remainder.
 */
function refundedShare({ commissionPaise, orderTotalPaise, refundedPaise }: CommissionFacts): bigint {
  if (refundedPaise === 0n) return 0n;
  if (refundedPaise >= orderTotalPaise) return commissionPaise;
  return divideHalfUp(commissionPaise * refundedPaise, orderTotalPaise);
}

export type CommissionMovementType = Extract<JournalType, `COMMISSION_${string}`>;

export interface CommissionMovement {
  readonly type: CommissionMovementType;
  readonly amountPaise: bigint;
}

/**
 * The movements from what was posted to what is called for. Commission always comes in through PENDING, also when the
 * parcel arrived before the money (cash on delivery), so that every wallet tells the same story.
 */
export function movementsBetween(posted: CommissionPosition, calledFor: CommissionPosition): CommissionMovement[] {
  const createdPaise = totalOf(calledFor) - totalOf(posted);
  const unlockedPaise = calledFor.availablePaise - posted.availablePaise;
  const pendingPaise = posted.pendingPaise + positive(createdPaise) - positive(unlockedPaise);
  const movements: CommissionMovement[] = [
    { type: 'COMMISSION_CREATED', amountPaise: positive(createdPaise) },
    // Released before the rest is unlocked: a refund after the hold has ended takes its share from what is pending.
    { type: 'COMMISSION_RELEASED', amountPaise: pendingPaise - calledFor.pendingPaise },
    { type: 'COMMISSION_UNLOCKED', amountPaise: positive(unlockedPaise) },
    { type: 'COMMISSION_CLAWED_BACK', amountPaise: positive(-unlockedPaise) },
  ];
  return movements.filter((movement) => movement.amountPaise > 0n);
}

export function totalOf(position: CommissionPosition): bigint {
  return position.pendingPaise + position.availablePaise;
}

const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
