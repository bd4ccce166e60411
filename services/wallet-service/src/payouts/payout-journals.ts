import type { SellerBalances } from '../ledger/account.js';
import {
  counterLeg,
  creditAvailable,
  principalLeg,
  type Journal,
  type JournalType,
  type Leg,
} from '../ledger/journal.js';
import type { PayoutStatus } from './payout-status.js';
import type { Payout } from './payout.js';

interface PayoutPosting {
  readonly journalId: string;
  readonly payout: Pick<Payout, 'id' | 'sellerId' | 'amountPaise'>;
  readonly actor: string;
}

/** The amount leaves what is available, before anybody decides: it cannot be asked for twice. */
export function payoutRequestedJournal(posting: PayoutPosting): Journal {
  const { amountPaise } = posting.payout;
  return journalOf(posting, {
    type: 'PAYOUT_REQUESTED',
    step: 'requested',
    description: 'Payout requested',
    reverses: null,
    legs: [principalLeg('AVAILABLE', -amountPaise), counterLeg('PAYOUT_IN_TRANSIT', amountPaise)],
  });
}

const RETURNS = {
  REJECTED: { description: 'Payout rejected', from: 'PAYOUT_IN_TRANSIT', reverses: 'requested' },
  FAILED: { description: 'Payout failed', from: 'PAYOUT_IN_TRANSIT', reverses: 'requested' },
  REVERSED: { description: 'Payout came back from the bank', from: 'PAYOUT_CLEARING', reverses: 'completed' },
} as const;

/**
 * What a decision moves; nothing on approval. Whatever the reason, a return has the one reference `payout:<id>:returned`,
 * so that the amount comes back at most once.
 */
export function payoutDecidedJournal(
  posting: PayoutPosting,
  to: PayoutStatus,
  balances: SellerBalances,
): Journal | undefined {
  const { amountPaise } = posting.payout;
  switch (to) {
    case 'PENDING':
    case 'APPROVED':
      return undefined;
    case 'COMPLETED':
      return journalOf(posting, {
        type: 'PAYOUT_COMPLETED',
        step: 'completed',
        description: 'Payout completed',
        reverses: null,
        legs: [principalLeg('PAYOUT_IN_TRANSIT', -amountPaise), counterLeg('PAYOUT_CLEARING', amountPaise)],
      });
    case 'REJECTED':
    case 'FAILED':
    case 'REVERSED': {
      const { description, from, reverses } = RETURNS[to];
      return journalOf(posting, {
        type: 'PAYOUT_RETURNED',
        step: 'returned',
        description,
        reverses,
        legs: [counterLeg(from, -amountPaise), ...creditAvailable(balances, amountPaise)],
      });
    }
  }
}

type PayoutStep = 'requested' | 'completed' | 'returned';

interface PayoutMovement {
  readonly type: JournalType;
  readonly step: PayoutStep;
  readonly description: string;
  readonly reverses: PayoutStep | null;
  readonly legs: readonly Leg[];
}

function journalOf({ journalId, payout, actor }: PayoutPosting, movement: PayoutMovement): Journal {
  const referenceOf = (step: PayoutStep): string => `payout:${payout.id}:${step}`;
  return {
    id: journalId,
    type: movement.type,
    reference: referenceOf(movement.step),
    description: movement.description,
    sellerId: payout.sellerId,
    orderId: null,
    payoutId: payout.id,
    reverses: movement.reverses === null ? null : referenceOf(movement.reverses),
    actor,
    legs: movement.legs,
  };
}
