import { z } from 'zod';
import { rupees, shortText, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import type { SellerBalances } from '../ledger/account.js';
import type { Adjustment } from './adjustment.js';

const LARGEST_RUPEES = 10_000_000;

export const adjustWalletBody = z
  .strictObject({
    /** Negative: taken from the reseller. */
    amount: rupees({ min: -LARGEST_RUPEES, max: LARGEST_RUPEES }).refine((amount) => amount !== 0, 'must not be zero'),
    reason: shortText(500),
  })
  .meta({ id: 'AdjustWallet' });
export type AdjustWalletBody = z.infer<typeof adjustWalletBody>;

export const adjustmentView = z
  .object({
    id: uuid(),
    sellerId: uuid(),
    amount: z.number(),
    reason: z.string(),
    adjustedBy: uuid(),
    /** After the adjustment. */
    availableBalance: z.number(),
    receivable: z.number(),
  })
  .meta({ id: 'WalletAdjustment' });
export type AdjustmentView = z.infer<typeof adjustmentView>;

export function toAdjustmentView(adjustment: Adjustment, after: SellerBalances): AdjustmentView {
  return {
    id: adjustment.id,
    sellerId: adjustment.sellerId,
    amount: rupeesFromPaise(adjustment.amountPaise),
    reason: adjustment.reason,
    adjustedBy: adjustment.adjustedBy,
    availableBalance: rupeesFromPaise(after.AVAILABLE),
    receivable: rupeesFromPaise(-after.RECEIVABLE),
  };
}
