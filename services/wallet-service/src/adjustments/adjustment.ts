import { forbidden } from '@reseller/runtime';
import type { SellerBalances } from '../ledger/account.js';
import { counterLeg, creditAvailable, debitAvailable, type Journal } from '../ledger/journal.js';

export interface Adjustment {
  /** Also the journal's id. */
  readonly id: string;
  readonly sellerId: string;
  /** Positive: given to the reseller; negative: taken from them. */
  readonly amountPaise: bigint;
  readonly reason: string;
  readonly adjustedBy: string;
}

/** What cannot be taken from the available balance is owed from then on. */
export function adjustmentJournal(adjustment: Adjustment, balances: SellerBalances): Journal {
  const { id, sellerId, amountPaise, reason, adjustedBy } = adjustment;
  return {
    id,
    type: 'ADJUSTMENT',
    reference: `adjustment:${id}`,
    description: reason,
    sellerId,
    orderId: null,
    payoutId: null,
    reverses: null,
    actor: adjustedBy,
    legs: [
      counterLeg('ADJUSTMENT_EXPENSE', -amountPaise),
      ...(amountPaise > 0n ? creditAvailable(balances, amountPaise) : debitAvailable(balances, -amountPaise)),
    ],
  };
}

/** @throws 403 OWN_WALLET */
export function requireOtherWallet(adjustment: Adjustment): void {
  if (adjustment.adjustedBy !== adjustment.sellerId) return;
  throw forbidden('OWN_WALLET', 'Another administrator has to adjust this wallet.');
}
