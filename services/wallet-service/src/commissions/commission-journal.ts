import type { SellerBalances } from '../ledger/account.js';
import {
  counterLeg,
  creditAvailable,
  debitAvailable,
  principalLeg,
  type Journal,
  type Leg,
} from '../ledger/journal.js';
import type { CommissionMovement, CommissionMovementType } from './commission.js';

export interface CommissionPosting {
  readonly journalId: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly sellerId: string;
  /** Counts the order's postings from 1: the reference is the same however often an event comes. */
  readonly posting: number;
  readonly movement: CommissionMovement;
  readonly balances: SellerBalances;
}

const VERBS: Readonly<Record<CommissionMovementType, string>> = {
  COMMISSION_CREATED: 'locked',
  COMMISSION_UNLOCKED: 'unlocked',
  COMMISSION_RELEASED: 'released',
  COMMISSION_CLAWED_BACK: 'taken back',
};

export function commissionJournal(posting: CommissionPosting): Journal {
  const { orderId, orderNumber, sellerId, movement } = posting;
  return {
    id: posting.journalId,
    type: movement.type,
    reference: `commission:${orderId}:${posting.posting}`,
    description: `Commission ${VERBS[movement.type]} for order ${orderNumber}`,
    sellerId,
    orderId,
    payoutId: null,
    reverses: null,
    actor: null,
    legs: legsOf(movement, posting.balances),
  };
}

function legsOf({ type, amountPaise }: CommissionMovement, balances: SellerBalances): Leg[] {
  switch (type) {
    case 'COMMISSION_CREATED':
      return [counterLeg('COMMISSION_EXPENSE', -amountPaise), principalLeg('PENDING', amountPaise)];
    case 'COMMISSION_RELEASED':
      return [principalLeg('PENDING', -amountPaise), counterLeg('COMMISSION_EXPENSE', amountPaise)];
    case 'COMMISSION_UNLOCKED':
      return [counterLeg('PENDING', -amountPaise), ...creditAvailable(balances, amountPaise)];
    case 'COMMISSION_CLAWED_BACK':
      return [...debitAvailable(balances, amountPaise), counterLeg('COMMISSION_EXPENSE', amountPaise)];
  }
}

/** Only these depend on what else the seller has, and need the balances locked first. */
export function movesAvailable({ type }: CommissionMovement): boolean {
  return type === 'COMMISSION_UNLOCKED' || type === 'COMMISSION_CLAWED_BACK';
}
