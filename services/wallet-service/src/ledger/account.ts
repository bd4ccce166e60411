/** Money of one currency; points would be another asset in the same ledger. */
export const ASSET = 'INR';

/** Owns the accounts on the platform's side of every movement. */
export const PLATFORM_OWNER_ID = '00000000-0000-7000-8000-000000000002';

/** A reseller's accounts, in the order in which their rows are made and therefore locked. */
export const SELLER_ACCOUNTS = ['PENDING', 'AVAILABLE', 'PAYOUT_IN_TRANSIT', 'RECEIVABLE'] as const;
export type SellerAccount = (typeof SELLER_ACCOUNTS)[number];

/** Hot accounts without a running balance: it is summed when asked for. */
export const PLATFORM_ACCOUNTS = ['COMMISSION_EXPENSE', 'PAYOUT_CLEARING', 'ADJUSTMENT_EXPENSE'] as const;
export type PlatformAccount = (typeof PLATFORM_ACCOUNTS)[number];

export type AccountKind = SellerAccount | PlatformAccount;

/**
 * What the platform owes a reseller, by account. RECEIVABLE is zero or below: it is what they owe back, and while it is
 * below zero AVAILABLE is zero.
 */
export type SellerBalances = Readonly<Record<SellerAccount, bigint>>;

export const NO_BALANCES: SellerBalances = { PENDING: 0n, AVAILABLE: 0n, PAYOUT_IN_TRANSIT: 0n, RECEIVABLE: 0n };

const platformAccounts: ReadonlySet<string> = new Set(PLATFORM_ACCOUNTS);

/** Who owns an account that a journal of this seller names by its kind. */
export function ownerOf(kind: AccountKind, sellerId: string): string {
  return platformAccounts.has(kind) ? PLATFORM_OWNER_ID : sellerId;
}

/** Balances from rows of `accounts`; an account that does not exist yet is empty. */
export function balancesOf(
  rows: readonly { readonly kind: string; readonly balancePaise: bigint | null }[],
): SellerBalances {
  const paise = (kind: SellerAccount): bigint => rows.find((row) => row.kind === kind)?.balancePaise ?? 0n;
  return {
    PENDING: paise('PENDING'),
    AVAILABLE: paise('AVAILABLE'),
    PAYOUT_IN_TRANSIT: paise('PAYOUT_IN_TRANSIT'),
    RECEIVABLE: paise('RECEIVABLE'),
  };
}
