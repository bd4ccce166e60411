import { z } from 'zod';
import { boundedPageOf, isoInstant, pageQuery, upperEnum, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import { SELLER_ACCOUNTS } from '../ledger/account.js';
import { JOURNAL_TYPES } from '../ledger/journal.js';
import type { TransactionRecord } from './transaction.queries.js';
import type { WalletRecord } from './wallet.queries.js';

export const walletListQuery = z.strictObject(pageQuery(['createdAt']));
export type WalletListQuery = z.infer<typeof walletListQuery>;

export const transactionListQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  type: upperEnum(JOURNAL_TYPES).optional(),
  /** The statement of one balance: every entry, also the other side of an unlock or a payout. */
  balance: upperEnum(SELLER_ACCOUNTS).optional(),
  from: isoInstant().optional(),
  to: isoInstant().optional(),
  cursor: uuid().optional(),
});
export type TransactionListQuery = z.infer<typeof transactionListQuery>;

export const walletView = z
  .object({
    id: uuid(),
    sellerId: uuid(),
    currency: z.string(),
    /** Earned, waiting for delivery or the end of the hold. */
    pendingBalance: z.number(),
    /** What a payout can be asked for. */
    availableBalance: z.number(),
    /** Asked for and not yet paid. */
    payoutInTransit: z.number(),
    /** Owed back to the platform; the next earnings settle it. */
    receivable: z.number(),
    /** Commission earned less what was taken back. */
    totalEarnings: z.number(),
    createdAt: isoInstant(),
  })
  .meta({ id: 'Wallet' });
export type WalletView = z.infer<typeof walletView>;
export const walletPage = boundedPageOf(walletView);

export const transactionView = z
  .object({
    id: uuid(),
    type: z.string(),
    /** The balance that `amount`, `balanceBefore` and `balanceAfter` are of. */
    balance: z.string(),
    amount: z.number(),
    balanceBefore: z.number(),
    balanceAfter: z.number(),
    description: z.string(),
    orderId: uuid().nullable(),
    payoutId: uuid().nullable(),
    createdAt: isoInstant(),
  })
  .meta({ id: 'WalletTransaction' });
export type TransactionView = z.infer<typeof transactionView>;
export const transactionPage = boundedPageOf(transactionView);

export function toWalletView(wallet: WalletRecord): WalletView {
  const { PENDING, AVAILABLE, PAYOUT_IN_TRANSIT, RECEIVABLE } = wallet.balances;
  return {
    id: wallet.id,
    sellerId: wallet.sellerId,
    currency: wallet.currency,
    pendingBalance: rupeesFromPaise(PENDING),
    availableBalance: rupeesFromPaise(AVAILABLE),
    payoutInTransit: rupeesFromPaise(PAYOUT_IN_TRANSIT),
    receivable: rupeesFromPaise(-RECEIVABLE),
    totalEarnings: rupeesFromPaise(wallet.totalEarningsPaise),
    createdAt: wallet.createdAt.toISOString(),
  };
}

export function toTransactionView(entry: TransactionRecord): TransactionView {
  return {
    id: entry.id,
    type: entry.type,
    balance: entry.balance,
    amount: rupeesFromPaise(entry.amountPaise),
    balanceBefore: rupeesFromPaise(entry.balanceBeforePaise),
    balanceAfter: rupeesFromPaise(entry.balanceAfterPaise),
    description: entry.description,
    orderId: entry.orderId,
    payoutId: entry.payoutId,
    createdAt: entry.createdAt.toISOString(),
  };
}
