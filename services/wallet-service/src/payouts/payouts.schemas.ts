import { z } from 'zod';
import { bodyText, boundedPageOf, isoInstant, pageQuery, rupees, shortText, upperEnum, uuid } from '@reseller/http';
import { rupeesFromPaise } from '@reseller/money';
import type { PayoutRecord } from './payout.queries.js';
import { PAYOUT_STATUSES } from './payout-status.js';
import type { Payout } from './payout.js';

export const requestPayoutBody = z
  .strictObject({
    amount: rupees({ min: 0.01 }),
    bankAccount: shortText(200).optional(),
    notes: bodyText(1_000).optional(),
  })
  .meta({ id: 'RequestPayout' });
export type RequestPayoutBody = z.infer<typeof requestPayoutBody>;

export const decidePayoutBody = z
  .strictObject({
    status: upperEnum(PAYOUT_STATUSES),
    notes: bodyText(1_000).optional(),
    /** What the bank calls the transfer. */
    reference: shortText(100).optional(),
  })
  .meta({ id: 'DecidePayout' });
export type DecidePayoutBody = z.infer<typeof decidePayoutBody>;

export const payoutListQuery = z.strictObject({
  ...pageQuery(['createdAt']),
  sellerId: uuid().optional(),
  status: upperEnum(PAYOUT_STATUSES).optional(),
});
export type PayoutListQuery = z.infer<typeof payoutListQuery>;

export const payoutView = z
  .object({
    id: uuid(),
    sellerId: uuid(),
    amount: z.number(),
    currency: z.string(),
    status: z.string(),
    bankAccount: z.string().nullable(),
    notes: z.string().nullable(),
    adminNotes: z.string().nullable(),
    reference: z.string().nullable(),
    requestedBy: uuid(),
    decidedBy: uuid().nullable(),
    decidedAt: isoInstant().nullable(),
    createdAt: isoInstant(),
    updatedAt: isoInstant(),
  })
  .meta({ id: 'Payout' });
export type PayoutView = z.infer<typeof payoutView>;
export const payoutPage = boundedPageOf(payoutView);

export function toPayoutView(payout: Payout | PayoutRecord): PayoutView {
  return {
    id: payout.id,
    sellerId: payout.sellerId,
    amount: rupeesFromPaise(payout.amountPaise),
    currency: payout.currency,
    status: payout.status,
    bankAccount: payout.bankAccount,
    notes: payout.notes,
    adminNotes: payout.adminNotes,
    reference: payout.reference,
    requestedBy: payout.requestedBy,
    decidedBy: payout.decidedBy,
    decidedAt: payout.decidedAt?.toISOString() ?? null,
    createdAt: payout.createdAt.toISOString(),
    updatedAt: payout.updatedAt.toISOString(),
  };
}
