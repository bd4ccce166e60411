import type { AccountKind, SellerBalances } from './account.js';

export const JOURNAL_TYPES = [
  'COMMISSION_CREATED',
  'COMMISSION_UNLOCKED',
  'COMMISSION_RELEASED',
  'COMMISSION_CLAWED_BACK',
  'PAYOUT_REQUESTED',
  'PAYOUT_COMPLETED',
  'PAYOUT_RETURNED',
  'ADJUSTMENT',
] as const;
export type JournalType = (typeof JOURNAL_TYPES)[number];

/** One side of a movement. Credits (the platform owes more) are positive, debits negative. */
export interface Leg {
  readonly account: AccountKind;
  readonly amountPaise: bigint;
  /** The leg that the reseller is shown as the transaction; the others say where the money came from. */
  readonly isPrincipal: boolean;
}

/** A movement of money between one seller's accounts and the platform's; its legs sum to zero. */
export interface Journal {
  readonly id: string;
  readonly type: JournalType;
  /** Deterministic and unique: the database refuses to post the same thing twice. */
  readonly reference: string;
  readonly description: string;
  readonly sellerId: string;
  readonly orderId: string | null;
  readonly payoutId: string | null;
  /** The reference of the journal that this one takes back. */
  readonly reverses: string | null;
  /** The person behind it; null where an event or a job moved it. */
  readonly actor: string | null;
  readonly legs: readonly Leg[];
}

const nonZero = (legs: readonly Leg[]): Leg[] => legs.filter((leg) => leg.amountPaise !== 0n);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** A leg on the other side of what the reseller is shown. */
export function counterLeg(account: AccountKind, amountPaise: bigint): Leg {
  return { account, amountPaise, isPrincipal: false };
}

export function principalLeg(account: AccountKind, amountPaise: bigint): Leg {
  return { account, amountPaise, isPrincipal: true };
}

/** Gives the reseller an amount to draw on. What they owe is settled first. */
export function creditAvailable(balances: SellerBalances, amountPaise: bigint): Leg[] {
  const settledPaise = smaller(-balances.RECEIVABLE, amountPaise);
  return nonZero([principalLeg('RECEIVABLE', settledPaise), principalLeg('AVAILABLE', amountPaise - settledPaise)]);
}

/** Takes an amount back. What is no longer available is owed from now on; no balance goes silently below zero. */
export function debitAvailable(balances: SellerBalances, amountPaise: bigint): Leg[] {
  const takenPaise = smaller(balances.AVAILABLE, amountPaise);
  return nonZero([principalLeg('AVAILABLE', -takenPaise), principalLeg('RECEIVABLE', takenPaise - amountPaise)]);
}
